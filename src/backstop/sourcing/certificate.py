"""An exact bound from the duals of a relaxation: a proof that asks for no trust in a solver.

For any multipliers ``y`` on the rows of ``minimise c x, lower <= A x <= upper, l <= x <= u``,
weak duality gives::

    c x >= sum_r (y_r lower_r if y_r > 0 else y_r upper_r) + sum_j min over x_j of (c - A'y)_j x_j

whatever the multipliers are worth; good ones merely make it tight. Taken as whole multiples of
a power of two they let the right-hand side be summed in integers of any size, so a solver's
tolerances can weaken the bound but never make it wrong.

Source: Neumaier and Shcherbina (2004), "Safe bounds in linear and mixed-integer linear
programming", Mathematical Programming 99, 283-296 (there with interval arithmetic).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from backstop.sourcing.integer import IntegerModel

_SCALE = 1 << 40


def certified_bound(
    model: IntegerModel,
    *,
    objective: Mapping[int, int],
    duals: Sequence[float],
    ignored: Collection[str] = (),
) -> int:
    """Return a whole number that no integer solution's objective is below.

    Parameters
    ----------
    duals
        A multiplier for each row; positive holds up the lower side, negative the upper.
        A multiplier on a side that has no limit, or of an ignored group, counts as zero.
    """
    assert len(duals) == len(model.rows), "one dual a row"
    out = frozenset(ignored)
    reduced = [0] * len(model.names)
    for variable, price in objective.items():
        reduced[variable] = price * _SCALE
    total = 0
    for row, dual in zip(model.rows, duals, strict=True):
        weight = 0 if row.group in out else round(dual * _SCALE)
        side = row.lower if weight > 0 else row.upper
        if not weight or side is None:
            continue
        total += weight * side
        for variable, coefficient in row.terms:
            reduced[variable] -= weight * coefficient
    for price, lower, upper in zip(reduced, model.lower, model.upper, strict=True):
        total += price * (lower if price > 0 else upper)
    return -(-total // _SCALE)
