"""Philox4x32-10 against its published answers and a second, scalar implementation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstop.futures import philox4x32

WORD = st.integers(0, 0xFFFFFFFF)

#: Random123 1.14, tests/kat_vectors, lines "philox4x32 10": counter, key, answer.
KNOWN = [
    (
        "00000000 00000000 00000000 00000000",
        "00000000 00000000",
        "6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    ),
    (
        "ffffffff ffffffff ffffffff ffffffff",
        "ffffffff ffffffff",
        "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ),
    (
        "243f6a88 85a308d3 13198a2e 03707344",
        "a4093822 299f31d0",
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


def words(text: str) -> list[int]:
    return [int(word, 16) for word in text.split()]


def scalar_philox(counter: list[int], key: list[int]) -> list[int]:
    """Salmon et al. (2011), section 3.3, in Python's own integers."""
    left, right = counter[:2], counter[2:]
    for number in range(10):
        k0 = (key[0] + number * 0x9E3779B9) % 2**32
        k1 = (key[1] + number * 0xBB67AE85) % 2**32
        high0, low0 = divmod(0xD2511F53 * left[0], 2**32)
        high1, low1 = divmod(0xCD9E8D57 * right[0], 2**32)
        left, right = [high1 ^ left[1] ^ k0, low1], [high0 ^ right[1] ^ k1, low0]
    return left + right


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_known_answers_of_random123(counter: str, key: str, answer: str) -> None:
    result = philox4x32(words(counter), words(key))
    assert result.dtype == np.uint32
    assert result.tolist() == words(answer)


@given(counter=st.lists(WORD, min_size=4, max_size=4), key=st.lists(WORD, min_size=2, max_size=2))
def test_equals_the_scalar_form(counter: list[int], key: list[int]) -> None:
    assert philox4x32(counter, key).tolist() == scalar_philox(counter, key)


def test_leading_axes_broadcast() -> None:
    counters = np.arange(5 * 4, dtype=np.uint32).reshape(5, 1, 4)
    keys = np.arange(3 * 2, dtype=np.uint32).reshape(1, 3, 2)
    both = philox4x32(counters, keys)
    assert both.shape == (5, 3, 4)
    assert both[4, 2].tolist() == scalar_philox([16, 17, 18, 19], [4, 5])


@pytest.mark.parametrize("counter", [[0, 0, 0], [0, 0, 0, -1], [0, 0, 0, 2**32], [0.0] * 4])
def test_other_words_are_refused(counter: list[float]) -> None:
    with pytest.raises(AssertionError):
        philox4x32(counter, [0, 0])
