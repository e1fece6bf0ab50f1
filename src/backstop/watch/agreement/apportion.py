"""A published total split into what is set aside and what is left, from its own parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backstop.watch.agreement.classification import EXEMPT, NOT_COVERED, Classification
from backstop.watch.record import Tally


@dataclass(frozen=True, slots=True)
class Apportionment:
    """Of one published total, how much stands as violations."""

    source_record_id: str
    """The total's own id."""
    region: str
    rule: str
    """The counting rule of every figure here."""
    total: int
    set_aside: tuple[tuple[str, int], ...]
    """What is exempt or not covered, by exemption or kind of act."""
    remaining: int
    """What is left."""
    at_least: bool
    """Whether the source gives a figure as "at least"."""


def apportion(
    tallies: Iterable[Tally], classifications: Iterable[Classification]
) -> tuple[Apportionment, ...]:
    """Take from each total the parts that are no violation.

    Parts may overlap ("26 explosions" and "173 of a live-fire exercise" of one total); so only
    parts that are set aside are taken off, and of one rule. The mission's report 6/2022 gives 197
    for Donetsk region, 173 of them live-fire training outside the security zone: 24 are left.
    """
    held = list(tallies)
    found = {(one.source, one.source_record_id): one for one in classifications}
    parts: dict[tuple[str, str], list[Tally]] = {}
    for tally in held:
        if tally.part_of:
            parts.setdefault((tally.source, tally.part_of), []).append(tally)
    return tuple(
        _apportioned(one, parts.get((one.source, one.source_record_id), []), found)
        for one in held
        if not one.part_of
    )


def _apportioned(
    whole: Tally, parts: list[Tally], found: Mapping[tuple[str, str], Classification]
) -> Apportionment:
    aside: dict[str, int] = {}
    for part in parts:
        outcome = found.get((part.source, part.source_record_id))
        if outcome is None or part.count.rule != whole.count.rule:
            continue
        if outcome.outcome == EXEMPT:
            aside[outcome.exemption] = aside.get(outcome.exemption, 0) + part.count.n
        elif outcome.outcome == NOT_COVERED:
            aside[part.kind] = aside.get(part.kind, 0) + part.count.n
    taken = min(sum(aside.values()), whole.count.n)
    return Apportionment(
        whole.source_record_id,
        whole.place.region,
        whole.count.rule,
        whole.count.n,
        tuple(sorted(aside.items())),
        whole.count.n - taken,
        whole.count.at_least,
    )
