"""Count records by a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from backstop.watch.act import Count
from backstop.watch.counting.episodes import episodes
from backstop.watch.counting.rule import RULES, TOTAL_KIND, Rule, refusal, rule_of, same_rule
from backstop.watch.counting.total import Total
from backstop.watch.record import Incident, Observation, Tally

Countable = Observation | Incident | Tally
#: What "about" and "several" may be off, as a share of the figure: judgement.
DOUBT = 0.25


def count(records: Iterable[Countable], *, rule: str) -> Total:
    """How many, by a rule, as an interval.

    Observations count as often as they were made: two observers of one explosion make two. Fused
    incidents are the remedy. Of a total that a source published only the whole is counted where
    its parts stand beside it.

    Parameters
    ----------
    records : iterable of Observation, Incident or Tally
        All of one type: incidents were made of observations, and a published total counts some of
        them again.
    rule : str
        Name and version, such as ``rounds@1``.

    Raises
    ------
    InputError
        When the rule is unknown, types are mixed, or tallies are to be counted as events.
    """
    chosen, held = rule_of(rule), list(records)
    kinds = sorted({one.record_type for one in held})
    if len(kinds) > 1:
        raise refusal(
            f"{' and '.join(kinds)} records cannot be counted together: some would count twice; "
            "count each type by itself"
        )
    tallies = [one for one in held if isinstance(one, Tally)]
    if tallies:
        return _of_tallies(tallies, chosen)
    acts = [one for one in held if not isinstance(one, Tally)]
    counted = [one for one in acts if one.act.kind in chosen.kinds]
    left = Counter(
        f"{one.act.kind} does not count by {chosen.key}"
        for one in acts
        if one.act.kind not in chosen.kinds
    )
    if chosen.unit == "round":
        return _of_rounds(counted, chosen, left)
    if chosen.unit == "episode":
        found = episodes(counted, chosen)
        return _events(chosen, found.n, found.low, found.high, len(counted), left)
    high = sum(_acts_at_most(one) for one in counted)
    return _events(chosen, len(counted), len(counted), high, len(counted), left)


def _events(rule: Rule, n: int, low: int, high: int, size: int, left: Counter[str]) -> Total:
    return Total(rule.key, n, low, high, records=size, left_out=tuple(sorted(left.items())))


def _acts_at_most(record: Observation | Incident) -> int:
    """An incident that may be several acts is at most one for each of its observations."""
    if isinstance(record, Incident) and record.confidence < 1:
        return max(1, len(record.members))
    return 1


def _of_rounds(records: Sequence[Observation | Incident], rule: Rule, left: Counter[str]) -> Total:
    parts = [(one.act.kind, one.act.count) for one in records]
    return _summed(parts, rule, len(records), left)


def _summed(
    parts: Sequence[tuple[str, Count | None]], rule: Rule, size: int, left: Counter[str]
) -> Total:
    """Add figures: by the rule itself as they are, by another as a lower bound."""
    n = low = high = 0
    is_open = False
    by_kind: Counter[str] = Counter()
    notes: Counter[str] = Counter()
    for kind, figure in parts:
        best, least, most = interval(figure, rule)
        n, low, by_kind[kind] = n + best, low + least, by_kind[kind] + best
        is_open |= most is None
        high += most or 0
        if figure is None:
            notes["without a figure: counted as at least one"] += 1
        elif not same_rule(figure.rule, rule.key):
            notes[f"counted by {figure.rule}: a lower bound for {rule.key}"] += 1
    return Total(
        rule.key,
        n,
        low,
        None if is_open else high,
        tuple(sorted(by_kind.items())),
        size,
        tuple(sorted(left.items())),
        tuple(f"{times} {words}" for words, times in sorted(notes.items())),
    )


def interval(figure: Count | None, rule: Rule) -> tuple[int, int, int | None]:
    """Best, least and most of one figure under a rule.

    An episode or an incident has at least one round; nobody knows how many more. Of a rule that is
    not known here (a satellite's pixels) a figure says no more than that something was there.
    """
    if figure is None:
        return 1, 1, None
    low = figure.n if figure.low is None else figure.low
    if not same_rule(figure.rule, rule.key):
        known = any(same_rule(figure.rule, one.key) for one in RULES)
        return figure.n, low if known else min(1, low), None
    high = figure.high
    if figure.at_least:
        return figure.n, low, high
    if figure.uncertain and figure.low is None and figure.high is None:
        margin = max(1, round(DOUBT * figure.n)) if figure.n else 0
        return figure.n, figure.n - margin, figure.n + margin
    return figure.n, low, figure.n if high is None else high


# --- published totals -------------------------------------------------------------------------


def _of_tallies(tallies: Sequence[Tally], rule: Rule) -> Total:
    foreign = sorted({t.count.rule for t in tallies if not same_rule(t.count.rule, rule.key)})
    if foreign:
        raise refusal(
            f"published totals by {', '.join(foreign)} cannot be counted by {rule.key}: the acts "
            "behind them are not there; convert them, which says how uncertain that is"
        )
    wholes = {t.source_record_id for t in tallies if not t.part_of}
    left: Counter[str] = Counter()
    parts: list[tuple[str, Count | None]] = []
    size = 0
    for tally in tallies:
        if tally.part_of in wholes:
            left["part of a total that is counted whole"] += 1
        elif tally.kind not in rule.kinds | {TOTAL_KIND, "live_fire_exercise"}:
            left[f"{tally.kind} does not count by {rule.key}"] += 1
        else:
            parts.append((tally.kind, tally.count))
            size += 1
    return _summed(parts, rule, size, left)
