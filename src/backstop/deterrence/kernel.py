"""The crisis game as machine code: nine numbers, and the nine that follow from them.

The game is closed by nine numbers, whatever the number of types. For each signal: the
chance that an escalated challenger presses (as the guarantor believes), the chance that a
guarantor who responded honours (as the challenger believes), the chance that a prober escalates,
and the chance that a prober escalates and presses; and the chance that an attacker presses.
Given these and λ, every choice probability is one softmax, and the choices give the nine numbers
back by Bayes' rule. With one type a side, beliefs are trivial and one backward pass is exact.

All numbers of one game stand in one table ``w``, a column each with one row a type, so that a
call passes few arrays: passing many costs more than the arithmetic. The arithmetic is plain
float64 without reordering, so that a game's answer does not depend on the games beside it.
"""

from __future__ import annotations

import math

from numba import njit

#: Places of the nine numbers: four a signal, then one; λ is the tenth direction.
_P, _H, _E, _Q, _A, _L = 0, 1, 2, 3, 8, 9

#: Outcomes, as in `crisis.OUTCOMES`; signals add 0 or 1 to the first two.
_COMPLY, _IGNORED, _BACKED, _RENEGED, _PRESSED, _RETREATED = 0, 1, 3, 5, 6, 7
_LET, _FOUGHT, _LEFT = 8, 9, 10

#: Columns of the table: what the game is.
CHALLENGER, GUARANTOR, PRIOR_C, PRIOR_G = 0, 11, 22, 23
_UC, _UG = CHALLENGER, GUARANTOR

#: Columns: how it is played. Three openings, two signals.
OPENING, RESPOND, ESCALATE, HONOUR, PRESS, HONOUR_ATTACK, PRESS_ATTACK = 24, 27, 29, 31, 33, 34, 35
VALUE_C, VALUE_G = 36, 37

#: Columns: likelihoods as mantissa and exponent, beliefs, and derivatives.
_MANTISSA, _EXPONENT, _WEIGHT, _PROBED = 38, 39, 40, 41
_H_BY, _Z_BY, _P_BY, _Q_BY = 42, 44, 48, 58
_PRESS_L, _ATTACK_L, _E_MANTISSA, _E_EXPONENT, _E_H, _E_L = 68, 69, 70, 72, 74, 76
_O_MANTISSA, _P_EXPONENT, _Q_EXPONENT = 78, 79, 80
_LIKELY = 81
COLUMNS = 82

#: Below this, a sum of likelihoods has lost digits to underflow.
_TINY = 1e-250


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def _logistic(z):  # type: ignore[no-untyped-def]
    """P, and its mantissa and exponent: P = mantissa * exp(exponent) without underflow."""
    small = math.exp(-abs(z))
    share = 1.0 / (1.0 + small)
    return (share, share, 0.0) if z >= 0.0 else (small * share, share, z)


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def _slope(before, after):  # type: ignore[no-untyped-def]
    """Slope at a point between two rises that are not negative: their harmonic mean."""
    total = before + after
    return 2.0 * before * after / total if total > 0.0 else 0.0


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def honour(x, curve, low, high):  # type: ignore[no-untyped-def]
    """P(honour) and its slope in x: the logistic function, or a curve as in `HonourCurves`."""
    points = curve.shape[0]
    if points == 0:
        p = _logistic(x)[0]
        return p, p * (1.0 - p)
    if points == 1 or not x > low:
        return curve[0], 0.0
    if x >= high:
        return curve[points - 1], 0.0
    width = (high - low) / (points - 1)
    place = min(int((x - low) / width), points - 2)
    rise = curve[place + 1] - curve[place]
    before = curve[place] - curve[place - 1] if place > 0 else 0.0
    after = curve[place + 2] - curve[place + 1] if place < points - 2 else 0.0
    start, end = _slope(before, rise), _slope(rise, after)
    t = (x - low) / width - place
    bend = start + end - 2.0 * rise
    turn = 3.0 * rise - 2.0 * start - end
    p = curve[place] + t * (start + t * (turn + t * bend))
    return min(max(p, 0.0), 1.0), (start + t * (2.0 * turn + t * 3.0 * bend)) / width


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def _weights(w, prior, likely, mantissa, exponent, weight):  # type: ignore[no-untyped-def]
    """Bayes' rule between columns: prior times likelihood, summing to 1.

    Where every likelihood is too small for a float, it is taken from mantissa and exponent.
    """
    total = 0.0
    for i in range(w.shape[0]):
        w[i, weight] = w[i, prior] * w[i, likely]
        total += w[i, weight]
    if total < _TINY:
        top = -math.inf
        for i in range(w.shape[0]):
            if w[i, prior] > 0.0:
                top = max(top, w[i, exponent])
        total = 0.0
        for i in range(w.shape[0]):
            share = 0.0
            if w[i, prior] > 0.0:
                share = w[i, prior] * w[i, mantissa] * math.exp(w[i, exponent] - top)
            w[i, weight] = share
            total += share
    total = 1.0 / total
    for i in range(w.shape[0]):
        w[i, weight] *= total


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def _guarantor(x, lam, s, w, curve, low, high, sums, new, jac):  # type: ignore[no-untyped-def]
    """Honour and respond after signal x.

    ``sums`` gets the shares that respond (row 2 x) and that respond and honour (row 2 x + 1):
    derivatives by E, Q, P and λ, then the share.
    """
    press, escalate, both = s[4 * x + _P], s[4 * x + _E], s[4 * x + _Q]
    for v in range(5):
        sums[2 * x, v] = sums[2 * x + 1, v] = 0.0
    for j in range(w.shape[0]):
        up, ur, un = w[j, _UG + _PRESSED], w[j, _UG + _RETREATED], w[j, _UG + _RENEGED]
        back = w[j, _UG + _BACKED + x]
        gain = press * up + (1.0 - press) * ur - un
        h, steep = honour(lam * gain, curve, low, high)
        extra = both * up + (escalate - both) * ur - escalate * un
        value = (1.0 - escalate) * back + h * extra + escalate * un - w[j, _UG + _IGNORED + x]
        r, w[j, _MANTISSA], w[j, _EXPONENT] = _logistic(lam * value)
        w[j, RESPOND + x], w[j, HONOUR + x] = r, h
        h_p, h_l = steep * lam * (up - ur), steep * gain
        w[j, _H_BY], w[j, _H_BY + 1] = h_p, h_l
        w[j, _Z_BY] = lam * (h * ur + (1.0 - h) * un - back)
        w[j, _Z_BY + 1] = lam * h * (up - ur)
        w[j, _Z_BY + 2] = lam * h_p * extra
        w[j, _Z_BY + 3] = value + lam * h_l * extra
        share = w[j, PRIOR_G] * r
        sums[2 * x, 4] += share
        sums[2 * x + 1, 4] += share * h
        for v in range(4):
            by_r = share * (1.0 - r) * w[j, _Z_BY + v]
            sums[2 * x, v] += by_r
            sums[2 * x + 1, v] += by_r * h
        sums[2 * x + 1, 2] += share * h_p
        sums[2 * x + 1, 3] += share * h_l
    _weights(w, PRIOR_G, RESPOND + x, _MANTISSA, _EXPONENT, _WEIGHT)
    _responded(x, w, new, jac)


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def _responded(x, w, new, jac):  # type: ignore[no-untyped-def]
    """P(honour) of a guarantor who responded to signal x, as the challenger believes."""
    honours = 0.0
    for j in range(w.shape[0]):
        honours += w[j, _WEIGHT] * w[j, HONOUR + x]
    new[4 * x + _H] = honours
    k = 4 * x + _H
    for j in range(w.shape[0]):
        weight = w[j, _WEIGHT]
        apart = weight * (1.0 - w[j, RESPOND + x]) * (w[j, HONOUR + x] - honours)
        jac[k, 4 * x + _E] += apart * w[j, _Z_BY]
        jac[k, 4 * x + _Q] += apart * w[j, _Z_BY + 1]
        jac[k, 4 * x + _P] += apart * w[j, _Z_BY + 2] + weight * w[j, _H_BY]
        jac[k, _L] += apart * w[j, _Z_BY + 3] + weight * w[j, _H_BY + 1]


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def _attacked(lam, press, w, curve, low, high):  # type: ignore[no-untyped-def]
    """P(honour | attack) over the guarantor's types, with derivatives by A and by λ."""
    honours = by_press = by_lam = 0.0
    for j in range(w.shape[0]):
        up, ur = w[j, _UG + _FOUGHT], w[j, _UG + _LEFT]
        gain = press * up + (1.0 - press) * ur - w[j, _UG + _LET]
        h, steep = honour(lam * gain, curve, low, high)
        w[j, HONOUR_ATTACK] = h
        honours += w[j, PRIOR_G] * h
        by_press += w[j, PRIOR_G] * steep * lam * (up - ur)
        by_lam += w[j, PRIOR_G] * steep * gain
    return honours, by_press, by_lam


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def _probing(i, lam, attributed, s, w, sums, met, met_l):  # type: ignore[no-untyped-def]
    """Escalate, and the expected utility of a probe, for one type of challenger."""
    un = w[i, _UC + _RENEGED]
    probe = by_lam = 0.0
    for x in range(2):
        chance = attributed if x == 0 else 1.0 - attributed
        back, ignored = w[i, _UC + _BACKED + x], w[i, _UC + _IGNORED + x]
        share, kept = sums[2 * x, 4], sums[2 * x + 1, 4]
        honours = s[4 * x + _H]
        gain = honours * met + (1.0 - honours) * un - back
        e, w[i, _E_MANTISSA + x], w[i, _E_EXPONENT + x] = _logistic(lam * gain)
        w[i, ESCALATE + x] = e
        e_h, e_l = lam * (met - un), gain + lam * honours * met_l
        w[i, _E_H + x], w[i, _E_L + x] = e_h, e_l
        edge = kept * met + (share - kept) * un - share * back
        probe += chance * ((1.0 - share) * ignored + share * back + e * edge)
        by_share = (1.0 - e) * back + e * un - ignored
        by_kept = e * (met - un)
        c, turn = chance * lam, e * (1.0 - e) * edge
        at = _P_BY + 4 * x
        w[i, at + _E] = c * (sums[2 * x, 0] * by_share + sums[2 * x + 1, 0] * by_kept)
        w[i, at + _Q] = c * (sums[2 * x, 1] * by_share + sums[2 * x + 1, 1] * by_kept)
        w[i, at + _P] = c * (sums[2 * x, 2] * by_share + sums[2 * x + 1, 2] * by_kept)
        w[i, at + _H] = c * turn * e_h
        by_lam += c * (sums[2 * x, 3] * by_share + sums[2 * x + 1, 3] * by_kept)
        by_lam += c * (turn * e_l + e * kept * met_l)
    return probe, by_lam


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def _opening(i, lam, attributed, s, w, sums, attacked):  # type: ignore[no-untyped-def]
    """The opening of one type of challenger, and the derivatives of its log P by direction."""
    gap = w[i, _UC + _PRESSED] - w[i, _UC + _RETREATED]
    met, met_l = w[i, _UC + _RETREATED] + w[i, PRESS] * gap, w[i, _PRESS_L] * gap
    gap = w[i, _UC + _FOUGHT] - w[i, _UC + _LEFT]
    hit, hit_l = w[i, _UC + _LEFT] + w[i, PRESS_ATTACK] * gap, w[i, _ATTACK_L] * gap
    probe, probe_l = _probing(i, lam, attributed, s, w, sums, met, met_l)
    honours, by_press, by_lam = attacked
    comply, let = w[i, _UC + _COMPLY], w[i, _UC + _LET]
    attack = honours * hit + (1.0 - honours) * let
    _open(i, lam, comply, probe, attack, w)
    q_a = lam * by_press * (hit - let)
    p_l = probe - comply + probe_l
    q_l = attack - comply + lam * (by_lam * (hit - let) + honours * hit_l)
    p, q = w[i, OPENING + 1], w[i, OPENING + 2]
    for v in range(8):
        turn = w[i, _P_BY + v]
        w[i, _P_BY + v], w[i, _Q_BY + v] = (1.0 - p) * turn, -p * turn
    w[i, _P_BY + _A], w[i, _Q_BY + _A] = -q * q_a, (1.0 - q) * q_a
    w[i, _P_BY + _L] = (1.0 - p) * p_l - q * q_l
    w[i, _Q_BY + _L] = (1.0 - q) * q_l - p * p_l


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def _open(i, lam, comply, probe, attack, w):  # type: ignore[no-untyped-def]
    """Softmax of the three openings, and the expected utility."""
    top = max(comply, probe, attack)
    w[i, _P_EXPONENT], w[i, _Q_EXPONENT] = lam * (probe - top), lam * (attack - top)
    c, p = math.exp(lam * (comply - top)), math.exp(w[i, _P_EXPONENT])
    q = math.exp(w[i, _Q_EXPONENT])
    share = 1.0 / (c + p + q)
    w[i, _O_MANTISSA] = share
    w[i, OPENING], w[i, OPENING + 1], w[i, OPENING + 2] = c * share, p * share, q * share
    w[i, VALUE_C] = share * (c * comply + p * probe + q * attack)


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def _probed(x, w, new, jac):  # type: ignore[no-untyped-def]
    """What the guarantor believes of a prober, and of one who escalated, after signal x."""
    types = w.shape[0]
    k = 4 * x
    escalates = both = press = 0.0
    for i in range(types):
        escalates += w[i, _PROBED] * w[i, ESCALATE + x]
        both += w[i, _PROBED] * w[i, ESCALATE + x] * w[i, PRESS]
        w[i, _LIKELY] = w[i, OPENING + 1] * w[i, ESCALATE + x]
        w[i, _MANTISSA] = w[i, _O_MANTISSA] * w[i, _E_MANTISSA + x]
        w[i, _EXPONENT] = w[i, _P_EXPONENT] + w[i, _E_EXPONENT + x]
    _weights(w, PRIOR_C, _LIKELY, _MANTISSA, _EXPONENT, _WEIGHT)
    for i in range(types):
        press += w[i, _WEIGHT] * w[i, PRESS]
    new[k + _E], new[k + _Q], new[k + _P] = escalates, both, press
    for i in range(types):
        e, p3, p3_l = w[i, ESCALATE + x], w[i, PRESS], w[i, _PRESS_L]
        a = w[i, _PROBED] * (e - escalates)
        b = w[i, _PROBED] * (e * p3 - both)
        c = w[i, _WEIGHT] * (p3 - press)
        for v in range(10):
            jac[k + _E, v] += a * w[i, _P_BY + v]
            jac[k + _Q, v] += b * w[i, _P_BY + v]
            jac[k + _P, v] += c * w[i, _P_BY + v]
        down = w[i, _PROBED] * e * (1.0 - e)
        e_h, e_l = w[i, _E_H + x], w[i, _E_L + x]
        jac[k + _E, k + _H] += down * e_h
        jac[k + _Q, k + _H] += down * e_h * p3
        jac[k + _P, k + _H] += c * (1.0 - e) * e_h
        jac[k + _E, _L] += down * e_l
        jac[k + _Q, _L] += down * e_l * p3 + w[i, _PROBED] * e * p3_l
        jac[k + _P, _L] += c * (1.0 - e) * e_l + w[i, _WEIGHT] * p3_l


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def _attackers(w, new, jac):  # type: ignore[no-untyped-def]
    """The chance that an attacker presses, as the guarantor believes."""
    _weights(w, PRIOR_C, OPENING + 2, _O_MANTISSA, _Q_EXPONENT, _WEIGHT)
    press = 0.0
    for i in range(w.shape[0]):
        press += w[i, _WEIGHT] * w[i, PRESS_ATTACK]
    new[_A] = press
    for i in range(w.shape[0]):
        apart = w[i, _WEIGHT] * (w[i, PRESS_ATTACK] - press)
        for v in range(10):
            jac[_A, v] += apart * w[i, _Q_BY + v]
        jac[_A, _L] += w[i, _WEIGHT] * w[i, _ATTACK_L]


@njit(cache=True, nogil=True, error_model="numpy")
def respond(lam, attributed, s, w, curve, low, high, sums, new, jac):  # type: ignore[no-untyped-def]
    """The nine numbers that follow from nine numbers, and their derivatives in ten directions."""
    for k in range(9):
        for v in range(10):
            jac[k, v] = 0.0
    for i in range(w.shape[0]):
        gap = w[i, _UC + _PRESSED] - w[i, _UC + _RETREATED]
        p3 = _logistic(lam * gap)[0]
        w[i, PRESS], w[i, _PRESS_L] = p3, p3 * (1.0 - p3) * gap
        gap = w[i, _UC + _FOUGHT] - w[i, _UC + _LEFT]
        p4 = _logistic(lam * gap)[0]
        w[i, PRESS_ATTACK], w[i, _ATTACK_L] = p4, p4 * (1.0 - p4) * gap
    for x in range(2):
        _guarantor(x, lam, s, w, curve, low, high, sums, new, jac)
    attacked = _attacked(lam, s[_A], w, curve, low, high)
    for i in range(w.shape[0]):
        _opening(i, lam, attributed, s, w, sums, attacked)
    _weights(w, PRIOR_C, OPENING + 1, _O_MANTISSA, _P_EXPONENT, _PROBED)
    for x in range(2):
        _probed(x, w, new, jac)
    _attackers(w, new, jac)


@njit(cache=True, nogil=True, error_model="numpy")
def backward(lam, a, w, curve, low, high):  # type: ignore[no-untyped-def]
    """The choices of a game with one type a side: one pass from the ends to the opening."""
    gap = w[0, _UC + _PRESSED] - w[0, _UC + _RETREATED]
    p3 = _logistic(lam * gap)[0]
    met = w[0, _UC + _RETREATED] + p3 * gap
    gap = w[0, _UC + _FOUGHT] - w[0, _UC + _LEFT]
    p4 = _logistic(lam * gap)[0]
    hit = w[0, _UC + _LEFT] + p4 * gap
    up, ur, un = w[0, _UG + _PRESSED], w[0, _UG + _RETREATED], w[0, _UG + _RENEGED]
    gain = p3 * up + (1.0 - p3) * ur - un
    h = honour(lam * gain, curve, low, high)[0]
    met = h * met + (1.0 - h) * w[0, _UC + _RENEGED]
    probe = 0.0
    for x in range(2):
        back = w[0, _UC + _BACKED + x]
        e = _logistic(lam * (met - back))[0]
        answer = e * (h * gain + un) + (1.0 - e) * w[0, _UG + _BACKED + x]
        r = _logistic(lam * (answer - w[0, _UG + _IGNORED + x]))[0]
        chance = a if x == 0 else 1.0 - a
        then = e * met + (1.0 - e) * back
        probe += chance * (r * then + (1.0 - r) * w[0, _UC + _IGNORED + x])
        w[0, RESPOND + x], w[0, ESCALATE + x], w[0, HONOUR + x] = r, e, h
    gain = p4 * w[0, _UG + _FOUGHT] + (1.0 - p4) * w[0, _UG + _LEFT] - w[0, _UG + _LET]
    h = honour(lam * gain, curve, low, high)[0]
    w[0, PRESS], w[0, PRESS_ATTACK], w[0, HONOUR_ATTACK] = p3, p4, h
    attack = h * hit + (1.0 - h) * w[0, _UC + _LET]
    _open(0, lam, w[0, _UC + _COMPLY], probe, attack, w)


@njit(cache=True, nogil=True, error_model="numpy")
def tell(a, w, outcome, g):  # type: ignore[no-untyped-def]
    """Probability of each outcome over all types, and the guarantor's value by type."""
    for k in range(11):
        outcome[g, k] = 0.0
    for j in range(w.shape[0]):
        w[j, VALUE_G] = 0.0
        for i in range(w.shape[0]):
            c, q = w[i, OPENING], w[i, OPENING + 2]
            p3, p4 = w[i, PRESS], w[i, PRESS_ATTACK]
            _add(outcome, g, w, _COMPLY, i, j, c)
            for x in range(2):
                probe = w[i, OPENING + 1] * (a if x == 0 else 1.0 - a)
                r, e, h = w[j, RESPOND + x], w[i, ESCALATE + x], w[j, HONOUR + x]
                _add(outcome, g, w, _IGNORED + x, i, j, probe * (1.0 - r))
                _add(outcome, g, w, _BACKED + x, i, j, probe * r * (1.0 - e))
                _add(outcome, g, w, _RENEGED, i, j, probe * r * e * (1.0 - h))
                _add(outcome, g, w, _PRESSED, i, j, probe * r * e * h * p3)
                _add(outcome, g, w, _RETREATED, i, j, probe * r * e * h * (1.0 - p3))
            h = w[j, HONOUR_ATTACK]
            _add(outcome, g, w, _LET, i, j, q * (1.0 - h))
            _add(outcome, g, w, _FOUGHT, i, j, q * h * p4)
            _add(outcome, g, w, _LEFT, i, j, q * h * (1.0 - p4))


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def _add(outcome, g, w, place, i, j, chance):  # type: ignore[no-untyped-def]
    outcome[g, place] += w[i, PRIOR_C] * w[j, PRIOR_G] * chance
    w[j, VALUE_G] += w[i, PRIOR_C] * chance * w[j, _UG + place]
