"""What deterrence needs to know: stakes, costs, resolve, who decides how, and what time changes.

Utilities are counted in prizes: 0 is the ceasefire as it stands, +1 the whole prize without cost
to the challenger, -1 the total loss of what is protected to the guarantor. Each party's costs are
therefore stated *relative to how much it values the prize*; a party that values it twice as much
bears costs half as large. Only the product of rationality and utility can be told from behaviour.
"""

from __future__ import annotations

from typing import Annotated

from backstop.scenario.ident import Idents
from backstop.scenario.quantity import (
    Bounds,
    LogOdds,
    Months,
    PerYear,
    Prizes,
    Quantity,
    Rationality,
    Share,
    Years,
)
from backstop.scenario.record import Record

Quarters = Annotated[Quantity, Bounds(0.0, 400.0, " quarters (a century)")]
"""A time in quarters of a year."""


#: Highest correlation of members' latent willingness.
MOST_CORRELATED = 0.8
Correlation = Annotated[Quantity, Bounds(0.0, MOST_CORRELATED, " (a correlation, no percentage)")]
"""A correlation of members' willingness; beyond it they would be one member."""


class ChallengerStakes(Record):
    """What breaking the ceasefire brings and costs the one that may break it."""

    cost_of_war: Prizes
    """Political and economic cost of an open attack, whatever its outcome."""
    cost_of_losses: Prizes
    """Cost of losing its whole force; a share of the force costs that share."""
    cost_of_direct_combat: Prizes
    """Cost and danger of fighting the guarantor itself."""
    cost_of_retreat: Prizes
    """Cost of breaking an attack off once the guarantor honours its promise."""
    cost_of_backing_down: Prizes
    """Cost of giving a probe up once it is answered."""
    cost_of_exposure: Prizes
    """Cost of a probe that is proven to be its doing."""
    probe_gain: Share
    """Share of the prize that a probe nobody answers takes."""
    resolve_spread: LogOdds
    """Spread of resolve: standard deviation of the logarithm of all its costs over its types."""
    source: Idents = ()
    """Ids of the evidence it rests on."""


class RenegeCosts(Record):
    """What breaking the promise costs a guarantor, in reputation abroad and at home."""

    none: Prizes
    """Where nothing was promised."""
    political: Prizes
    """After a political declaration."""
    binding: Prizes
    """After a binding promise that is no treaty of alliance."""
    treaty: Prizes
    """After a ratified treaty of alliance."""
    troops: Prizes
    """In addition, where its own troops stand in the country; in proportion to the presence."""
    source: Idents = ()
    """Ids of the evidence it rests on."""


class GuarantorStakes(Record):
    """What keeping and breaking the promise costs the reference member of the guarantor."""

    cost_of_war: Prizes
    """Cost of honouring at all: mobilising, breaking with the challenger, paying for it."""
    cost_of_losses: Prizes
    """Cost of losing its whole force; a share of the force costs that share."""
    cost_of_direct_combat: Prizes
    """Cost and danger of fighting the challenger itself."""
    cost_of_response: Prizes
    """Cost of answering a probe."""
    cost_of_false_alarm: Prizes
    """Added cost of answering a probe that nobody can prove."""
    ignoring_share: Share
    """Cost of ignoring a proven probe, as a share of the cost of reneging."""
    reneging: RenegeCosts
    """What reneging costs."""
    resolve_spread: LogOdds
    """Spread of resolve: standard deviation of the logarithm of its costs over its types."""
    source: Idents = ()
    """Ids of the evidence it rests on."""


class Coalition(Record):
    """How the members decide, each for itself, and what ties their decisions."""

    common_factor: Correlation
    """Correlation of the members' latent willingness, 0 to 0.8."""
    position_share: Share
    """Share of the log-odds of a member's public position that carries over to the deed."""
    caveat: LogOdds
    """Fall in the log-odds of a member whose force may not be used where it is needed."""
    lead_pull: LogOdds
    """Rise in the log-odds of the others once a lead nation acts."""
    backstop_pull: LogOdds
    """Rise in everyone's log-odds where the backstop acts."""
    follow: LogOdds
    """Rise in a member's log-odds if it expects all the others to act."""
    drawn_in: Share
    """Chance that an attack draws those in the country into the fighting before anyone decides,
    where the force stands along the line."""
    drawn_in_rear: Share
    """The same where the force stands elsewhere in the country, as a share of the former."""
    source: Idents = ()
    """Ids of the evidence it rests on."""


class Passing(Record):
    """What changes from quarter to quarter."""

    review_months: Months
    """Months between two occasions on which the challenger weighs breaking the ceasefire."""
    resolve_years: Years
    """Mean years until a side's resolve is drawn anew (a new leader, a new government, a new mood);
    the same for both sides."""
    reconstitution_months: Months
    """Months until the challenger's force has recovered."""
    starting_share: Share
    """Its force at the start, as a share of the recovered one."""
    growth_per_usd_bn: Share
    """Growth of the protected army for every billion US dollars of arms and training."""
    largest_growth: Prizes
    """Growth at which the protected army is full, as a share of its size at the start."""
    support_decay_per_year: Share
    """Yearly rise in what honouring costs the guarantor, as domestic support fades."""
    incidents_per_year: PerYear
    """Armed incidents a year that could get out of hand."""
    escalation_chance: Share
    """Chance that one such incident brings the ceasefire down by accident."""
    monitoring_effect: Share
    """Share of these that a watch which attributes every incident would prevent."""
    buffer_effect: Share
    """Share of these that forces or a zone between the armies prevent."""
    watched_quarters: Quarters | None = None
    """Quarters of the ceasefire that are already on record, from which the challenger's type is
    learnt; without them it is as likely to be of each type."""
    probed_quarters: Quarters | None = None
    """In how many of these the challenger probed."""
    source: Idents = ()
    """Ids of the evidence it rests on."""


class DeterrenceTerms(Record):
    """``[deterrence]``: what the crisis is about, and how it is played."""

    rationality: Rationality
    """Precision λ of every choice, per prize; a judgement, swept in every run."""
    warning_share: Share
    """Share of what an attack takes that is lost to it when it grows out of an answered probe."""
    attribution: Share
    """Chance that a probe is pinned on its author without any monitoring mission."""
    attribution_if_seen: Share
    """Chance that a probe which a mission has seen is pinned on its author."""
    challenger: ChallengerStakes
    """The challenger's gains and costs."""
    guarantor: GuarantorStakes
    """The guarantor's gains and costs."""
    coalition: Coalition
    """How the members decide."""
    passing: Passing
    """What time changes."""
    source: Idents = ()
    """Ids of the evidence it rests on."""
