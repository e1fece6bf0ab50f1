"""A decision rule as a formula over whole-number counts of votes.

Every leaf of a rule says that a sum over the ballots reaches a number: each ballot adds one
amount when it is a yes, another when it is an abstention, a third when it is a no. All amounts
are whole numbers, so a quota of two thirds is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Literal

from backstop.scenario.body import Body
from backstop.scenario.voting import (
    AbstentionsBelow,
    AllOf,
    AnyOf,
    Automatic,
    Consensus,
    Consent,
    DualMajority,
    KOfN,
    NoVeto,
    OptIn,
    Rule,
    ShareOf,
    Unanimity,
    Weighted,
)

Ballot = tuple[str, str]
"""Who votes on what: (actor, question)."""

YES, ABSTAIN, NO = range(3)


@dataclass(frozen=True, slots=True)
class Tally:
    """A sum over ballots that must reach a number: ``adds[ballot][vote]``, at least ``need``."""

    adds: Mapping[Ballot, tuple[int, int, int]]
    need: int


@dataclass(frozen=True, slots=True)
class Junction:
    """Several parts, all of which or any of which must hold."""

    how: Literal["all", "any"]
    parts: tuple[Formula, ...]


Formula = Tally | Junction


def formula(body: Body, *, question: str) -> Formula:
    """The rule of a body, roles bound and terms resolved, put to one question."""
    assert not body.terms, f"{body.id}: say on which day it sits"
    assert not body.roles, f"{body.id}: roles {body.roles} are not bound"
    return _Writer(body, question).write(body.rule)


def ballots(root: Formula) -> frozenset[Ballot]:
    """Every ballot that some sum of the formula counts."""
    if isinstance(root, Tally):
        return frozenset(ballot for ballot, adds in root.adds.items() if any(adds))
    return frozenset(ballot for part in root.parts for ballot in ballots(part))


def both(parts: Sequence[Formula]) -> Formula:
    """The conjunction of several formulas."""
    return parts[0] if len(parts) == 1 else Junction("all", tuple(parts))


@dataclass(frozen=True, slots=True)
class _Writer:
    body: Body
    question: str

    def write(self, rule: Rule) -> Formula:
        if isinstance(rule, AllOf | AnyOf):
            how: Literal["all", "any"] = "all" if isinstance(rule, AllOf) else "any"
            return Junction(how, tuple(self.write(part) for part in rule.rules))
        return _WRITERS[type(rule)](self, rule)

    def sum(
        self, need: int, *, of: Sequence[str] = (), weight: str | None = None, **adds: int
    ) -> Tally:
        """``adds`` gives the amount a vote adds per unit of weight: yes, abstain, no."""
        table = self.body.weights[weight] if weight else dict.fromkeys(self.body.members, 1)
        unit = (adds.get("yes", 0), adds.get("abstain", 0), adds.get("no", 0))
        who = tuple(dict.fromkeys(of)) or self.body.members
        return Tally(
            {
                (actor, self.question): (
                    unit[YES] * table.get(actor, 1),
                    unit[ABSTAIN] * table.get(actor, 1),
                    unit[NO] * table.get(actor, 1),
                )
                for actor in who
            },
            need,
        )

    def total(self, weight: str | None) -> int:
        if weight is None:
            return len(self.body.members)
        return sum(self.body.weights[weight][actor] for actor in self.body.members)


def _unanimity(writer: _Writer, rule: Unanimity) -> Formula:
    return writer.sum(0, of=rule.of, abstain=-1, no=-1)


def _no_objection(writer: _Writer, rule: Consensus | NoVeto) -> Formula:
    return writer.sum(0, of=rule.of, no=-1)


def _k_of_n(writer: _Writer, rule: KOfN) -> Formula:
    return writer.sum(rule.yes, of=rule.of, yes=1)


def _weighted(writer: _Writer, rule: Weighted) -> Formula:
    return writer.sum(rule.quota, weight=rule.weight, yes=1)


def _at_least(writer: _Writer, share: Fraction, weight: str | None) -> Tally:
    return writer.sum(ceil(share * writer.total(weight)), weight=weight, yes=1)


def _share(writer: _Writer, rule: ShareOf) -> Formula:
    share: Fraction = rule.at_least
    if not rule.of_cast:
        return _at_least(writer, share, rule.weight)
    part, whole = share.numerator, share.denominator
    balance = writer.sum(0, weight=rule.weight, yes=whole - part, no=-part)
    return Junction("all", (balance, writer.sum(1, weight=rule.weight, yes=1)))


def _abstentions_below(writer: _Writer, rule: AbstentionsBelow) -> Formula:
    stops_at = ceil(rule.share * writer.total(rule.weight))
    return writer.sum(1 - stops_at, weight=rule.weight, abstain=-1)


def _dual_majority(writer: _Writer, rule: DualMajority) -> Formula:
    heads = _at_least(writer, rule.members, None)
    return Junction("all", (heads, _at_least(writer, rule.share, rule.weight)))


def _opt_in(writer: _Writer, rule: OptIn) -> Formula:
    quorum = writer.sum(rule.quorum, yes=1)
    if not rule.lead:
        return quorum
    return Junction("all", (quorum, writer.sum(0, of=rule.lead, abstain=-1, no=-1)))


def _consent(writer: _Writer, rule: Consent) -> Formula:
    return writer.sum(1, of=(rule.of,), yes=1)


def _automatic(writer: _Writer, rule: Automatic) -> Formula:
    return Tally({}, 0)


_WRITERS: Mapping[type, Callable[..., Formula]] = {
    Unanimity: _unanimity,
    Consensus: _no_objection,
    NoVeto: _no_objection,
    KOfN: _k_of_n,
    Weighted: _weighted,
    ShareOf: _share,
    AbstentionsBelow: _abstentions_below,
    DualMajority: _dual_majority,
    OptIn: _opt_in,
    Consent: _consent,
    Automatic: _automatic,
}
