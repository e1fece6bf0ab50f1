"""Rules in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

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


def in_words(body: Body) -> str:
    """The body's rule as a sentence fragment, such as ``at least 9 of 15 say yes``."""
    return _say(body.rule, body)


def _say(rule: Rule, body: Body) -> str:
    if isinstance(rule, AllOf):
        return "; and ".join(_say(part, body) for part in rule.rules)
    if isinstance(rule, AnyOf):
        return "; or ".join(_say(part, body) for part in rule.rules)
    return _WORDS[type(rule)](rule, body)


def _list(names: Sequence[str]) -> str:
    return ", ".join(sorted(names))


def _percent(share: Fraction) -> str:
    in_percent = share * 100
    return f"{in_percent} %" if in_percent.denominator == 1 else str(share)


def _all(of: Sequence[str], body: Body) -> str:
    if not of:
        return f"all {len(body.members)} members"
    return of[0] if len(of) == 1 else f"each of {_list(of)}"


def _unanimity(rule: Unanimity, body: Body) -> str:
    who = _all(rule.of or (body.members if len(body.members) == 1 else ()), body)
    return f"{who} must say yes"


def _consensus(rule: Consensus, body: Body) -> str:
    among = f" among {_list(rule.of)}" if rule.of else f" of {len(body.members)}"
    return f"consensus{among}: nobody objects"


def _no_veto(rule: NoVeto, body: Body) -> str:
    return f"no veto by {_list(rule.of)}"


def _k_of_n(rule: KOfN, body: Body) -> str:
    count = len(rule.of) or len(body.members)
    return f"at least {rule.yes} of {count} say yes"


def _weighted(rule: Weighted, body: Body) -> str:
    total = sum(body.weights[rule.weight].values())
    return f"at least {rule.quota} of {total} {rule.weight} say yes"


def _share(rule: ShareOf, body: Body) -> str:
    base = "those voting yes or no" if rule.of_cast else "all members"
    by = f", by {rule.weight}" if rule.weight else ""
    return f"at least {_percent(rule.at_least)} of {base} say yes{by}"


def _abstentions(rule: AbstentionsBelow, body: Body) -> str:
    base = rule.weight or "members"
    return f"abstentions stay below {_percent(rule.share)} of {base}"


def _dual(rule: DualMajority, body: Body) -> str:
    return (
        f"at least {_percent(rule.members)} of members with at least "
        f"{_percent(rule.share)} of {rule.weight} say yes"
    )


def _opt_in(rule: OptIn, body: Body) -> str:
    lead = f", among them {_list(rule.lead)}" if rule.lead else ""
    return f"each nation decides for itself; at least {rule.quorum} take part{lead}"


def _consent(rule: Consent, body: Body) -> str:
    return f"{rule.of} must say yes"


def _automatic(rule: Automatic, body: Body) -> str:
    return "no decision is needed"


_WORDS: Mapping[type, Callable[..., str]] = {
    Unanimity: _unanimity,
    Consensus: _consensus,
    NoVeto: _no_veto,
    KOfN: _k_of_n,
    Weighted: _weighted,
    ShareOf: _share,
    AbstentionsBelow: _abstentions,
    DualMajority: _dual,
    OptIn: _opt_in,
    Consent: _consent,
    Automatic: _automatic,
}
