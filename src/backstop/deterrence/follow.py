"""The principal branch of one crisis game in machine code: pseudo-arclength continuation.

The place on the branch is ten numbers: the nine of `kernel`, and log(1 + λ range), where range is
the largest difference between two utilities of one type. A step goes along the tangent and is
corrected by Newton's method across it; it is halved where the correction is long or the branch
turns. Folds are passed, so that the first crossing of λ is found where there is one.
"""

from __future__ import annotations

import math

from numba import njit

from backstop.deterrence.kernel import honour, respond

#: Steps along the branch.
_FIRST, _LONGEST, _SHORTEST, _MOST_STEPS = 1.0, 2.0, 1e-9, 3_000

#: The same for games that are followed as closely as a float allows. At a very large λ a choice
#: turns while the number that it depends on moves by 1e-10 and less.
_CLOSEST, _MOST_CLOSE_STEPS = 1e-14, 20_000

#: Residuals, in probability, at which Newton's method stops, and at which it may when stuck.
_EXACT, _NEARLY = 1e-12, 1e-9

#: Length of a correction that is nothing but rounding, and the largest residual, in probability,
#: that is put down to it.
_ROUNDED, ROUGHEST = 1e-15, 1e-6

#: Longest first correction, in probability, of a game that is started from another one's numbers.
NEAR = 0.05

#: Rows of the table of places: where it is, its tangent, both before the step, and half of how the
#: tangent turned along the last step, by its length.
_PLACE, _TANGENT, _BEFORE, _BEFORE_TANGENT, _BEND = 0, 1, 2, 3, 4
PLACES = 5


@njit(cache=True, nogil=True, error_model="numpy")
def _eliminate(m):  # type: ignore[no-untyped-def]
    """Solve ten equations for the two last columns; sign of the determinant, 0: singular."""
    sign = 1.0
    for k in range(10):
        pivot, top = k, abs(m[k, k])
        for i in range(k + 1, 10):
            if abs(m[i, k]) > top:
                pivot, top = i, abs(m[i, k])
        if not top > 1e-300:
            return 0.0
        if pivot != k:
            sign = -sign
            for v in range(12):
                m[k, v], m[pivot, v] = m[pivot, v], m[k, v]
        inverse = 1.0 / m[k, k]
        if inverse < 0.0:
            sign = -sign
        for i in range(k + 1, 10):
            share = m[i, k] * inverse
            if share != 0.0:
                for v in range(k + 1, 12):
                    m[i, v] -= share * m[k, v]
    for k in range(9, -1, -1):
        inverse = 1.0 / m[k, k]
        for v in range(10, 12):
            rest = m[k, v]
            for i in range(k + 1, 10):
                rest -= m[k, i] * m[i, v]
            m[k, v] = rest * inverse
    return sign


@njit(cache=True, nogil=True, error_model="numpy")
def _correct(new, jac, m, u, stretch, fixed):  # type: ignore[no-untyped-def]
    """One Newton correction of the place: its length (inf where there is none) and orientation.

    Across the tangent, or at fixed λ; ``stretch`` is the derivative of λ by its logarithm. The
    last column of ``m`` becomes the new tangent. The orientation is the sign of the determinant:
    along one branch it never changes, so that a negative one gives away a step onto another
    (Allgower & Georg 1990, section 2.1).
    """
    for k in range(9):
        for v in range(9):
            m[k, v] = -jac[k, v]
        m[k, k] += 1.0
        m[k, 9] = -jac[k, 9] * stretch
        m[k, 10], m[k, 11] = new[k] - u[_PLACE, k], 0.0
    for v in range(10):
        m[9, v] = 0.0 if fixed else u[_TANGENT, v]
    if fixed:
        m[9, 9] = 1.0
    m[9, 10], m[9, 11] = 0.0, 1.0
    way = _eliminate(m)
    if way == 0.0:
        return math.inf, way
    length = 0.0
    for k in range(10):
        length = max(length, abs(m[k, 10]))
    if not length < 10.0:
        return math.inf, way
    for k in range(10):
        u[_PLACE, k] += m[k, 10]
    return length, way


@njit(cache=True, nogil=True, error_model="numpy")
def _turn(m, u, least):  # type: ignore[no-untyped-def]
    """Take the new tangent at length one; False where it turns further than a cosine."""
    size = cosine = 0.0
    for k in range(10):
        size += m[k, 11] ** 2
        cosine += m[k, 11] * u[_TANGENT, k]
    size = math.sqrt(size)
    if not cosine > least * size:
        return False
    for k in range(10):
        u[_TANGENT, k] = m[k, 11] / size
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def _start(a, w, curve, low, high, sums, new, jac, m, u, unit):  # type: ignore[no-untyped-def]
    """The one equilibrium at λ = 0, and the tangent there."""
    # At λ = 0 every choice is even but for a collective's, so that the place is known; and choices
    # depend on nothing but λ, so that the tangent needs no equations.
    even = honour(0.0, curve, low, high)[0]
    for x in range(2):
        u[_PLACE, 4 * x], u[_PLACE, 4 * x + 1] = 0.5, even
        u[_PLACE, 4 * x + 2], u[_PLACE, 4 * x + 3] = 0.5, 0.25
    u[_PLACE, 8], u[_PLACE, 9] = 0.5, 0.0
    respond(0.0, a, u[_PLACE], w, curve, low, high, sums, new, jac)
    for k in range(9):
        m[k, 11] = jac[k, 9] * unit
        u[_TANGENT, k] = 0.0
    m[9, 11] = u[_TANGENT, 9] = 1.0
    _turn(m, u, 0.0)


@njit(cache=True, nogil=True, error_model="numpy")
def _advance(a, w, curve, low, high, sums, new, jac, m, u, unit, good, fair, close):  # type: ignore[no-untyped-def]
    """Correct a predicted place; length of the first correction (inf: too far) and their number.

    Until a correction is no longer than ``close``, or than rounding makes it.
    """
    first = last = math.inf
    used = 0
    while last > close:
        lam = math.expm1(u[_PLACE, 9]) * unit
        respond(lam, a, u[_PLACE], w, curve, low, high, sums, new, jac)
        length, way = _correct(new, jac, m, u, lam + unit, False)
        used += 1
        if not length <= (fair if used == 1 else max(0.5 * last, _ROUNDED)):
            return math.inf, used
        if used == 1:
            first = length
        last = length
    if way < 0.0 or u[_PLACE, 9] < 0.0 or not _turn(m, u, 0.8):
        return math.inf, used
    return first, used


@njit(cache=True, nogil=True, error_model="numpy")
def _land(lam, a, w, curve, low, high, sums, new, jac, m, u, unit, fair):  # type: ignore[no-untyped-def]
    """Newton's method at the λ asked for: the residual (inf: it left) and the corrections.

    The choices in ``w`` are the answers to the nine numbers of the place.
    """
    last = math.inf
    best = math.inf
    for number in range(14):
        respond(lam, a, u[_PLACE], w, curve, low, high, sums, new, jac)
        residual = 0.0
        for k in range(9):
            residual = max(residual, abs(new[k] - u[_PLACE, k]))
        if residual <= _EXACT or (residual >= best and best <= _NEARLY):
            return residual, number
        # The numbers are as good as a float holds; what is left over is their last digit.
        if last <= _ROUNDED and residual <= ROUGHEST:
            return residual, number
        best = min(best, residual)
        length, way = _correct(new, jac, m, u, lam + unit, True)
        if way < 0.0 or not length <= (fair if number == 0 else max(0.5 * last, _NEARLY)):
            return math.inf, number
        last = length
    return math.inf, 14


@njit(cache=True, nogil=True, error_model="numpy")
def settle(lam, a, w, curve, low, high, sums, new, jac, m, u, near):  # type: ignore[no-untyped-def]
    """Newton's method from the nine numbers of a game like this one, as `_land` says."""
    for k in range(9):
        u[_PLACE, k] = near[k]
    u[_PLACE, 9] = 0.0
    return _land(lam, a, w, curve, low, high, sums, new, jac, m, u, 1.0, NEAR)


@njit(cache=True, nogil=True, error_model="numpy")
def follow(rationality, a, w, curve, low, high, sums, new, jac, m, u, spread, good, fair, close):  # type: ignore[no-untyped-def]
    """Follow the branch from λ = 0 to its first crossing of λ.

    Returns the corrections, the folds, the λ reached and the residual there; the choices at that
    place stand in ``w``. A first correction below ``good`` is aimed at, above ``fair`` the step is
    halved.
    """
    unit = 1.0 / spread
    goal = math.log1p(rationality * spread)
    _start(a, w, curve, low, high, sums, new, jac, m, u, unit)
    step, corrections, folds = _FIRST, 0, 0
    near = close < good
    for k in range(10):
        u[_BEND, k] = 0.0
    shortest, most = (_CLOSEST, _MOST_CLOSE_STEPS) if near else (_SHORTEST, _MOST_STEPS)
    for _ in range(most):
        if step < shortest:
            break
        ahead = u[_PLACE, 9] + step * u[_TANGENT, 9]
        landing = ahead >= goal
        if landing and ahead > u[_PLACE, 9]:
            step *= (goal - u[_PLACE, 9]) / (ahead - u[_PLACE, 9])
        for k in range(10):
            u[_BEFORE, k], u[_BEFORE_TANGENT, k] = u[_PLACE, k], u[_TANGENT, k]
            u[_PLACE, k] += step * (u[_TANGENT, k] + step * u[_BEND, k])
        if landing:
            u[_PLACE, 9] = goal
            residual, used = _land(
                rationality, a, w, curve, low, high, sums, new, jac, m, u, unit, fair
            )
            corrections += used
            if residual < math.inf:
                return corrections, folds, rationality, residual
        else:
            first, used = _advance(
                a, w, curve, low, high, sums, new, jac, m, u, unit, good, fair, close
            )
            corrections += used
            if first < math.inf and u[_PLACE, 9] <= goal:
                if near:
                    for k in range(10):
                        u[_BEND, k] = (u[_TANGENT, k] - u[_BEFORE_TANGENT, k]) / (2.0 * step)
                folds += 1 if u[_TANGENT, 9] < 0.0 <= u[_BEFORE_TANGENT, 9] else 0
                step = min(_LONGEST, step * min(2.0, max(0.5, math.sqrt(good / (first + 1e-9)))))
                continue
        for k in range(10):
            u[_PLACE, k], u[_TANGENT, k] = u[_BEFORE, k], u[_BEFORE_TANGENT, k]
        step *= 0.5
    reached = math.expm1(u[_PLACE, 9]) * unit
    respond(reached, a, u[_PLACE], w, curve, low, high, sums, new, jac)
    residual = 0.0
    for k in range(9):
        residual = max(residual, abs(new[k] - u[_PLACE, k]))
    return corrections, folds, reached, residual
