"""Numbers as ECMAScript writes them: the shortest digits that give the double back."""

from __future__ import annotations

from decimal import Decimal
from math import isfinite

#: Up to here every integer is a double of its own.
LARGEST_INTEGER = 2**53


def number_text(value: float) -> str:
    """A double as ``Number.prototype.toString`` writes it (ECMA-262, Number::toString, radix 10).

    Python's ``repr`` has the same shortest digits; only where the point and the exponent go
    differs.

    Raises
    ------
    ValueError
        For NaN and infinities, which JSON does not have.
    """
    if not isfinite(value):
        raise ValueError(f"{value!r} is not a JSON number")
    if value == 0:
        return "0"
    sign, figures, exponent = Decimal(repr(value)).as_tuple()
    assert isinstance(exponent, int)
    digits = "".join(map(str, figures))
    point = len(digits) + exponent
    digits = digits.rstrip("0")
    return "-" * sign + _placed(digits, point)


def _placed(digits: str, point: int) -> str:
    """Digits with the decimal point after the first ``point`` of them."""
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    head = digits if len(digits) == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{head}e{point - 1:+d}"
