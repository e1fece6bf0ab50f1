"""How likely it is that clauses were broken, over all that is not known of a record.

Place, time and the error of a line are the points of the record's cloud. The party is weighed by
the assessment, as far as there is one. Over what has no probability (the rest of the party, the
weapon) the worst and the best case are the bounds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backstop.watch.agreement.arms import Arm, means
from backstop.watch.agreement.case import Case, kind_of
from backstop.watch.agreement.chance import ALWAYS, OPEN, Chance, all_of, given
from backstop.watch.agreement.clause import Clause, Exemption
from backstop.watch.agreement.whereabouts import Bounds


@dataclass(frozen=True, slots=True)
class Weighed:
    """Bounds over all that is not known: by clause, and for all clauses together."""

    violation: Chance
    exempt: Chance
    by_clause: Mapping[str, tuple[Chance, Chance]]


def weigh(case: Case, clauses: Sequence[Clause]) -> Weighed:
    """Mix the hypotheses on the party; over the weapon nobody has a probability."""
    names = [one.id for one in case.agreement.parties]
    arms = _telling(case, clauses)
    under = {
        party: _worst([_under(case, clauses, party, arm) for arm in arms])
        for party in dict.fromkeys([*names, *case.parties])
    }
    violation = _mix(case, names, {party: found[0] for party, found in under.items()})
    exempt = _mix(case, names, {party: found[1] for party, found in under.items()})
    by_clause = {}
    for place, clause in enumerate(clauses):
        by_clause[clause.id] = (
            _mix(case, names, {party: found[2][place][0] for party, found in under.items()}),
            _mix(case, names, {party: found[2][place][1] for party, found in under.items()}),
        )
    return Weighed(violation, exempt, by_clause)


def _mix(case: Case, names: Sequence[str], chances: Mapping[str, Chance]) -> Chance:
    """The chance over the parties: weighted where assessed, the worst and best where unknown."""
    low = case.nobody_knows * min(chances[name].low for name in names)
    high = case.nobody_knows * max(chances[name].high for name in names)
    for party, share in case.parties.items():
        low, high = low + share * chances[party].low, high + share * chances[party].high
    return Chance(low, min(1.0, high))


_Under = tuple[Chance, Chance, list[tuple[Chance, Chance]]]


def _worst(cases: Sequence[_Under]) -> _Under:
    """Bounds that hold whichever of the cases is true."""
    return (
        hull(one[0] for one in cases),
        hull(one[1] for one in cases),
        [
            (hull(one[0] for one in column), hull(one[1] for one in column))
            for column in zip(*(one[2] for one in cases), strict=True)
        ],
    )


def hull(chances: Iterable[Chance]) -> Chance:
    """Bounds that hold whichever of the chances is the true one."""
    held = list(chances)
    return Chance(min(one.low for one in held), max(one.high for one in held))


def _telling(case: Case, clauses: Sequence[Clause]) -> list[Arm]:
    """Weapons it may have been, one for each way in which the clauses would take them."""
    found: dict[tuple[bool, ...], Arm] = {}
    for arm in case.arms:
        found.setdefault(tuple(means(clause.weapons, arm) for clause in clauses), arm)
    return list(found.values())


def _under(case: Case, clauses: Sequence[Clause], party: str, arm: Arm) -> _Under:
    """The chances if that party did it with that weapon."""
    size = case.cloud.size
    violated = Bounds(np.zeros(size), np.zeros(size))
    excused = Bounds(np.zeros(size), np.zeros(size))
    by_clause = []
    for clause in clauses:
        broken, freed = _clause(case, clause, party, arm)
        by_clause.append((broken.chance, freed.chance))
        violated, excused = _either(violated, broken), _either(excused, freed)
    only_excused = Chance(
        float(np.maximum(0.0, excused.low - violated.high).mean()),
        float(np.minimum(excused.high, 1.0 - violated.low).mean()),
    )
    return violated.chance, only_excused, by_clause


def _either(first: Bounds, second: Bounds) -> Bounds:
    """One of two conditions, at each point (Fréchet 1935)."""
    return Bounds(np.maximum(first.low, second.low), np.minimum(1.0, first.high + second.high))


def _clause(case: Case, clause: Clause, party: str, arm: Arm) -> tuple[Bounds, Bounds]:
    """That a clause was broken, and that it was not for an exemption, at each point."""
    size = case.cloud.size
    if (clause.actors and party not in clause.actors) or not means(clause.weapons, arm):
        return Bounds(np.zeros(size), np.zeros(size)), Bounds(np.zeros(size), np.zeros(size))
    kind = kind_of(case.record, case.act)
    applies = _scaled(in_force(case, clause), OPEN if kind in clause.signs else ALWAYS)
    if clause.zone is not None:
        there = case.inside(clause.zone, party if clause.actors else None)
        applies = Bounds(applies.low * there.low, applies.high * there.high)
    freed = Bounds(np.zeros(size), np.zeros(size))
    for exemption in clause.exemptions:
        freed = _either(freed, exempted(case, exemption, kind))
    return (
        Bounds(applies.low * (1 - freed.high), applies.high * (1 - freed.low)),
        Bounds(applies.low * freed.low, applies.high * freed.high),
    )


def _scaled(bounds: Bounds, chance: Chance) -> Bounds:
    return Bounds(bounds.low * chance.low, bounds.high * chance.high)


def in_force(case: Case, clause: Clause) -> Bounds:
    """Whether the clause was in force at each point's time."""
    start, end = case.agreement.period(clause)
    held = case.seconds >= start.timestamp()
    if end is not None:
        held &= case.seconds < end.timestamp()
    share = held.astype(np.float64)
    return Bounds(share, share)


def exempted(case: Case, exemption: Exemption, kind: str) -> Bounds:
    """Whether an exemption holds at each point."""
    size = case.cloud.size
    if exemption.acts and kind not in exemption.acts:
        return Bounds(np.zeros(size), np.zeros(size))
    claimed = all_of(given(case.circumstances.get(one, 0.0)) for one in exemption.circumstances)
    held = _scaled(Bounds(np.ones(size), np.ones(size)), claimed)
    if exemption.outside is None:
        return held
    there = case.inside(exemption.outside, None)
    if stated(case, exemption) and not there.low.any():
        # The source's word stands where the record's own place does not contradict it.
        return held
    return Bounds(held.low * (1 - there.high), held.high * (1 - there.low))


def stated(case: Case, exemption: Exemption) -> bool:
    """Whether the source itself says, in words, that it was outside the zone."""
    said = {text.casefold() for _, text in case.record.codes}
    return any(words.casefold() in said for words in exemption.stated)
