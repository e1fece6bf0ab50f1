"""Decision rules: small trees over votes, as a person writes them.

The leaves say what the votes must look like; ``all_of`` and ``any_of`` join them. A vote is
yes, abstention or no; a member that stays silent abstains. Examples::

    rule = { kind = "consensus" }
    rule = { kind = "all_of", rules = [
        { kind = "k_of_n", yes = 9 },
        { kind = "no_veto", of = ["CHN", "FRA", "GBR", "RUS", "USA"] },
    ] }
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
)

from backstop.scenario.ident import Ident
from backstop.scenario.record import Record

Member = Annotated[str, StringConstraints(pattern=r"^@?[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
"""An actor's id, or a role: ``@`` and a name that a route binds to actors."""


def _exact(value: Any) -> Any:
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError('write a share as a number or a fraction, such as 0.55 or "2/3"')
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise ValueError(f'{value!r} is not a share: write 0.55 or "2/3"') from None


def _a_share(value: Fraction) -> Fraction:
    if not 0 < value <= 1:
        raise ValueError(f"a share lies above 0 and at most at 1, not at {value}")
    return value


ExactShare = Annotated[
    Any,
    BeforeValidator(_exact),
    AfterValidator(_a_share),
    PlainSerializer(str, return_type=str),
    Field(json_schema_extra={"type": ["number", "string"]}),
]
"""A share kept as a fraction, so that a quota of two thirds is two thirds."""


class Unanimity(Record, defer_build=False):
    """Every member named says yes; an abstention stops it."""

    kind: Literal["unanimity"]
    """Which rule this is."""
    of: tuple[Member, ...] = ()
    """The members who must; all of them when left out."""


class Consensus(Record, defer_build=False):
    """No member says no; an abstention or silence does not stop it."""

    kind: Literal["consensus"]
    """Which rule this is."""
    of: tuple[Member, ...] = ()
    """The members who may object; all of them when left out."""


class NoVeto(Record, defer_build=False):
    """None of the members named says no."""

    kind: Literal["no_veto"]
    """Which rule this is."""
    of: tuple[Member, ...] = Field(min_length=1)
    """The members with a veto."""


class KOfN(Record, defer_build=False):
    """At least a number of members say yes."""

    kind: Literal["k_of_n"]
    """Which rule this is."""
    yes: int = Field(ge=1)
    """How many must say yes."""
    of: tuple[Member, ...] = ()
    """Of whom; of all members when left out."""


class Weighted(Record, defer_build=False):
    """The members who say yes carry at least a quota of weight."""

    kind: Literal["weighted"]
    """Which rule this is."""
    weight: Ident
    """Name of the body's table of weights."""
    quota: int = Field(ge=1)
    """Weight that must say yes."""


class ShareOf(Record, defer_build=False):
    """Those who say yes are at least a share of all, or of the votes cast."""

    kind: Literal["share"]
    """Which rule this is."""
    at_least: ExactShare
    """The share, as 0.55 or "2/3"."""
    weight: Ident | None = None
    """Table of weights; every member counts one when left out."""
    of_cast: bool = False
    """Whether abstentions are left out of the base (members present and voting)."""


class AbstentionsBelow(Record, defer_build=False):
    """Members who abstain are less than a share of all."""

    kind: Literal["abstentions_below"]
    """Which rule this is."""
    share: ExactShare
    """The share that stops it when reached."""
    weight: Ident | None = None
    """Table of weights; every member counts one when left out."""


class DualMajority(Record, defer_build=False):
    """A share of the members who also carry a share of a weight (such as population)."""

    kind: Literal["dual_majority"]
    """Which rule this is."""
    members: ExactShare
    """Share of the members who must say yes."""
    weight: Ident
    """Table of weights of the second condition."""
    share: ExactShare
    """Share of that weight that must say yes."""


class OptIn(Record, defer_build=False):
    """A coalition: each takes part by its own decision, and nobody can stop the others."""

    kind: Literal["opt_in"]
    """Which rule this is."""
    quorum: int = Field(default=1, ge=0)
    """Fewest members with whom it goes ahead."""
    lead: tuple[Member, ...] = ()
    """Members without whom it does not go ahead."""


class Consent(Record, defer_build=False):
    """One actor's prior consent: a parliament, a host, a belligerent."""

    kind: Literal["consent"]
    """Which rule this is."""
    of: Member
    """Whose consent it is."""


class Automatic(Record, defer_build=False):
    """No decision is needed: the obligation stands."""

    kind: Literal["automatic"]
    """Which rule this is."""


class AllOf(Record):
    """Every rule of a list."""

    kind: Literal["all_of"]
    """Which rule this is."""
    rules: tuple[Rule, ...] = Field(min_length=1)
    """The rules."""


class AnyOf(Record):
    """At least one rule of a list."""

    kind: Literal["any_of"]
    """Which rule this is."""
    rules: tuple[Rule, ...] = Field(min_length=1)
    """The rules."""


Rule = Annotated[
    Unanimity
    | Consensus
    | NoVeto
    | KOfN
    | Weighted
    | ShareOf
    | AbstentionsBelow
    | DualMajority
    | OptIn
    | Consent
    | Automatic
    | AllOf
    | AnyOf,
    Field(discriminator="kind"),
]
"""A decision rule."""


def leaves(rule: Rule) -> Iterator[Rule]:
    """Every rule of the tree that is not ``all_of`` or ``any_of``, in order."""
    if isinstance(rule, AllOf | AnyOf):
        for inner in rule.rules:
            yield from leaves(inner)
    else:
        yield rule


AllOf.model_rebuild()
AnyOf.model_rebuild()
