"""Exact numbers of a game: rationals and decimals as they are written, never rounded."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import TypeAlias

#: A payoff or probability as a person gives it; text may be "1/3" or "-2.5e-3".
Amount: TypeAlias = int | float | Fraction | str

#: More digits than this are no measurement, and exact arithmetic with them would take for ever.
_LONGEST = 1_000

#: Beyond this a payoff could overflow when it is multiplied.
_LARGEST = Fraction(10) ** 100

_FORM = re.compile(r"[+-]?(\d+(/\d+)?|(\d+\.\d*|\.\d+|\d+)([eE][+-]?\d{1,3})?)", re.ASCII)


def exact(value: Amount) -> Fraction:
    """The number as a fraction; a float stands for the shortest decimal that reads as it.

    Raises
    ------
    ValueError
        Text that is no number, a zero denominator, a value that is not finite, more than 1,000
        characters, or beyond 1e100.
    """
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is not a finite number")
        value = repr(value)
    if isinstance(value, str):
        if len(value) > _LONGEST:
            raise ValueError(f"a number of {len(value)} characters; write at most {_LONGEST}")
        if not _FORM.fullmatch(value):
            raise ValueError(f"{value[:40]!r} is not a number such as 1/3, -2 or 0.25")
    try:
        found = Fraction(value)
    except ZeroDivisionError:
        raise ValueError(f"{value} divides by zero") from None
    if abs(found) > _LARGEST:
        raise ValueError("a number beyond 1e100; choose a larger unit of utility")
    return found


def written(value: Fraction) -> str:
    """The number as text: a decimal where it ends soon, else a fraction."""
    bottom, twos, fives = value.denominator, 0, 0
    while bottom % 2 == 0:
        bottom, twos = bottom // 2, twos + 1
    while bottom % 5 == 0:
        bottom, fives = bottom // 5, fives + 1
    places = max(twos, fives)
    if bottom != 1 or places > 40:
        return f"{value.numerator}/{value.denominator}"
    if not places:
        return str(value.numerator)
    digits = str(abs(value.numerator) * 10**places // value.denominator).zfill(places + 1)
    return f"{'-' * (value < 0)}{digits[:-places]}.{digits[-places:]}"
