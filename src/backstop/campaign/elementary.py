"""Powers of two and logarithms in single precision, the same to the last bit on every machine.

A library's ``exp`` and ``log`` differ from one processor to the next. These use additions,
multiplications and shifts alone, in a stated order and without fused operations, so that the
compiled kernel, which has the same in ``lanes``, gives the same bits.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Single = NDArray[np.float32]

#: log2(1 + r) = r Q(r) for 1/sqrt 2 <= 1 + r <= sqrt 2: Q by Chebyshev least squares, in
#: descending powers. The error is below 3e-7.
LOG2: Final = (
    -0.14620353281497955,
    0.2342098504304886,
    -0.24882180988788605,
    0.28707560896873474,
    -0.36024197936058044,
    0.4809240400791168,
    -0.721352756023407,
    1.442694902420044,
)
#: 2**f for 0 <= f < 1, likewise; exact at both ends, relative error below 1e-7.
EXP2: Final = (
    0.00021875505059819669,
    0.0012387821916490793,
    0.009684580378234386,
    0.05548042804002762,
    0.2402305006980896,
    0.6931469440460205,
    1.0,
)
# Polynomials are summed in pairs (Estrin 1960), so that their steps wait less for each other.
_L7, _L6, _L5, _L4, _L3, _L2, _L1, _L0 = (np.float32(c) for c in LOG2)
_E6, _E5, _E4, _E3, _E2, _E1, _E0 = (np.float32(c) for c in EXP2)
SQRT2: Final = np.float32(1.4142135)
#: Exponents beyond which a power of two is cut.
LEAST, MOST = np.float32(-126.0), np.float32(126.9)
#: Mean and standard deviation of the sum of four numbers of 16 random bits.
SUM_MEAN: Final = np.float32(131070.0)
SUM_SCALE: Final = np.float32(1.0 / 37837.227)


def log2(x: Single) -> Single:
    """Binary logarithm of positive normal numbers; absolute error below 1e-6."""
    bits = x.view(np.int32)
    exponent = (bits >> np.int32(23)) - np.int32(127)
    mantissa = ((bits & np.int32(0x007FFFFF)) | np.int32(0x3F800000)).view(np.float32)
    high = mantissa > SQRT2
    mantissa = np.where(high, mantissa * np.float32(0.5), mantissa)
    whole = np.where(high, exponent + np.int32(1), exponent).astype(np.float32)
    r = mantissa - np.float32(1.0)
    r2 = r * r
    low = (_L0 + _L1 * r) + (_L2 + _L3 * r) * r2
    high = (_L4 + _L5 * r) + (_L6 + _L7 * r) * r2
    logarithm: Single = whole + r * (low + high * (r2 * r2))
    return logarithm


def exp2(y: Single) -> Single:
    """Two to the power of ``y``, cut to normal numbers; relative error below 2e-7."""
    cut = np.minimum(np.maximum(y, LEAST), MOST)
    whole = (cut + np.float32(127.0)).astype(np.int32)
    fraction = cut - (whole - np.int32(127)).astype(np.float32)
    scale: Single = (whole << np.int32(23)).view(np.float32)
    f2 = fraction * fraction
    low = (_E0 + _E1 * fraction) + (_E2 + _E3 * fraction) * f2
    high = (_E4 + _E5 * fraction) + _E6 * f2
    power: Single = scale * (low + high * (f2 * f2))
    return power


def normal(first: NDArray[np.uint32], second: NDArray[np.uint32]) -> Single:
    """A nearly normal number from two random words: the sum of four of 16 bits, standardised.

    Irwin and Hall 1927: mean 0, variance 1, kurtosis 2.7, nothing beyond 3.47.
    """
    half = np.uint32(0xFFFF)
    low = (first & half) + (second & half)
    total = low + (first >> np.uint32(16)) + (second >> np.uint32(16))
    standard: Single = (total.astype(np.float32) - SUM_MEAN) * SUM_SCALE
    return standard


def share(word: NDArray[np.uint32]) -> Single:
    """A number in [0, 1) from the high 24 bits of a random word."""
    return (word >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-24)
