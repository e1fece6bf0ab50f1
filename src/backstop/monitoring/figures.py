"""The figures of a day by region, each with its counting rule, against the period before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from backstop.errors import InputError
from backstop.monitoring.known import Known
from backstop.monitoring.series import NOWHERE
from backstop.watch.act import Count
from backstop.watch.counting.count import count
from backstop.watch.counting.rule import RULES
from backstop.watch.record import Entry, Incident, Observation, Tally
from backstop.watch.vocabulary import ONE_INCIDENT, plural


@dataclass(frozen=True, slots=True)
class Number:
    """A figure with its bounds."""

    n: int
    low: int
    high: int | None
    """None where the source says "at least"."""
    records: int

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers."""
        return {"n": self.n, "low": self.low, "high": self.high, "records": self.records}

    def words(self) -> str:
        """As a sentence says it."""
        if not self.records:
            return "none reported"
        if self.high is None:
            return f"at least {self.low:,}"
        return (
            f"{self.n:,}" if self.low == self.high else f"{self.n:,} ({self.low:,}–{self.high:,})"
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """How many of what in a region, by one source under one rule, now and before."""

    region: str
    level: str
    source: str
    what: str
    rule: str
    now: Number
    before: Number | None
    """None where nothing is known of the period before."""
    period: str
    """The source's own period, or nothing for the calendar day."""
    before_from: str
    """Where the figure before comes from."""
    whole: bool = True
    """Whether it is a whole and not a part of another figure."""
    stated_before: int | None = None
    """What this report itself gives for the period before, where an earlier report gives another
    figure."""

    def to_dict(self) -> dict[str, Any]:
        """As the report's JSON has it."""
        return {
            "region": self.region,
            "level": self.level,
            "source": self.source,
            "what": self.what,
            "rule": self.rule,
            "now": self.now.to_dict(),
            "before": self.before.to_dict() if self.before else None,
            "before_from": self.before_from,
            "stated_before": self.stated_before,
            "period": self.period,
            "whole": self.whole,
        }

    def sentence(self) -> str:
        """The summary's sentence on it."""
        unit = {"tally": "published total", "incident": "fused"}.get(self.level, "reported")
        told = "nothing is known of the period before"
        if self.before is not None:
            told = f"{self.before.words()} in the period before"
        many = f"{self.now.words() if self.now.records else 'no'} {self._nouns()}"
        return f"{self.region}: {many} ({self.source}, {unit}, rule {self.rule}); {told}."

    def _nouns(self) -> str:
        one = self.now.low == self.now.high == 1
        if self.what in {"incidents", "acts"}:
            return self.what[:-1] if one else self.what
        return self.what.replace("_", " ") if one else plural(self.what)


def region_figures(
    known: Known, *, today: Sequence[Entry], before: Sequence[Entry]
) -> tuple[Figure, ...]:
    """All figures of a day, by level, source, rule and region."""
    found = [*_of_tallies(known, [r for r in today if isinstance(r, Tally)])]
    found += _of_acts(today, before)
    order = {"tally": 0, "incident": 1, "observation": 2}
    return tuple(
        sorted(found, key=lambda f: (order[f.level], f.source, not f.whole, f.region, f.what))
    )


def _number(figures: Iterable[Count]) -> Number:
    n = low = high = records = 0
    is_open = False
    for figure in figures:
        n, records = n + figure.n, records + 1
        low += figure.n if figure.low is None else figure.low
        is_open |= figure.at_least and figure.high is None
        high += figure.n if figure.high is None else figure.high
    return Number(n, low, None if is_open else high, records)


def _of_tallies(known: Known, today: Sequence[Tally]) -> Iterator[Figure]:
    ended = {
        (one.source, one.place.region, one.kind, one.occurred.latest): one for one in known.tallies
    }
    for tally in today:
        key = (tally.source, tally.place.region, tally.kind, tally.occurred.earliest)
        own, stated = ended.get(key), tally.previous
        before, comes = None, "nothing"
        if own is not None and own.count.rule == tally.count.rule:
            before, comes = _number([own.count]), "the report on that period"
        elif stated is not None:
            before, comes = _number([stated]), "this report"
        differs = own is not None and stated is not None and stated.n != own.count.n
        yield Figure(
            region=tally.place.region or NOWHERE,
            level="tally",
            source=tally.source,
            what=tally.kind,
            rule=tally.count.rule,
            now=_number([tally.count]),
            before=before,
            period=tally.occurred.edtf,
            before_from=comes,
            whole=not tally.part_of,
            stated_before=stated.n if differs and stated is not None else None,
        )


def _of_acts(today: Sequence[Entry], before: Sequence[Entry]) -> Iterator[Figure]:
    now, then = _grouped(today), _grouped(before)
    for key in sorted(now.keys() | then.keys()):
        level, source, rule, region = key
        if level == "tally":
            continue
        yield Figure(
            region=region,
            level=level,
            source=source,
            what="incidents" if level == "incident" else "acts",
            rule=rule,
            now=_number(now.get(key, [])),
            before=_number(then.get(key, [])),
            period="",
            before_from="the day before",
        )


def _grouped(records: Sequence[Entry]) -> dict[tuple[str, str, str, str], list[Count]]:
    found: dict[tuple[str, str, str, str], list[Count]] = defaultdict(list)
    for record in records:
        region = record.place.region or NOWHERE
        if isinstance(record, Incident):
            found["incident", record.source, ONE_INCIDENT, region].append(Count(1, ONE_INCIDENT))
        elif isinstance(record, Observation) and record.act.count is not None:
            figure = record.act.count
            found["observation", record.source, figure.rule, region].append(figure)
    return found


def by_rule(today: Sequence[Entry]) -> list[dict[str, Any]]:
    """The day's observations under each counting rule: one record set, several true numbers."""
    seen = [one for one in today if isinstance(one, Observation)]
    fused = [one for one in today if isinstance(one, Incident)]
    found = []
    for level, records in (("observation", seen), ("incident", fused)):
        for rule in RULES if records else ():
            try:
                total = count(records, rule=rule.key)
            except InputError:
                continue
            found.append({"level": level, "title": rule.title, **total.to_dict()})
    return found
