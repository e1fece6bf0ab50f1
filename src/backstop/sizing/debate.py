"""Why a published figure differs from the computed one, in a sentence made of the differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from backstop.futures.range import Range
from backstop.scenario.debate import DebateFigure
from backstop.scenario.mission import Mission
from backstop.scenario.regime import RegimeName
from backstop.sizing.words import brief, people

#: The kind of mission whose density a line regime is compared with.
_KIND = {
    "monitoring": "observer",
    "interposition": "interposition",
    "separation": "separation",
    "holding": "front-holding",
}
_FORCE = {
    "none": "no force on the ground",
    "presence": "a presence, which mans no line",
    "monitoring": "a monitoring mission",
    "interposition": "a force between consenting parties",
    "separation": "a force that separates armies",
    "holding": "a force that holds a front",
}
#: Lengths and sizes closer than this count as the same.
SAME = 0.05


@dataclass(frozen=True, slots=True)
class Computed:
    """What a figure is compared with."""

    regime: RegimeName
    """The design's regime."""
    deployed: Range
    """Its troops in theatre."""
    line: str
    """The definition of its line; empty when it has none."""
    covered_km: float
    """Its covered line, median."""
    line_km: float
    """Its line, median; 0 when it has none."""
    pool_to_deployed: float
    """People in the pool for one deployed, median."""
    gross_ratio: float
    """Whole force for one combat soldier, median."""


@dataclass(frozen=True, slots=True)
class DebateEntry:
    """A published figure beside the computed requirement."""

    id: str
    """The figure's id."""
    figure: float
    """The figure, at its middle."""
    shown: str
    """The figure as published."""
    who: str
    """Who gave it."""
    why_different: str
    """Why it differs, in a sentence."""
    headline: bool
    """Whether it is one that everybody cites."""
    sources: tuple[str, ...]
    """What the figure rests on."""

    def to_dict(self) -> dict[str, object]:
        """The contract's form."""
        return {
            "id": self.id,
            "figure": self.figure,
            "shown": self.shown,
            "who": self.who,
            "why_different": self.why_different,
            "headline": self.headline,
            "sources": list(self.sources),
        }


def debate(
    figures: Sequence[DebateFigure], *, computed: Computed, missions: Sequence[Mission]
) -> tuple[DebateEntry, ...]:
    """One entry a figure, in their order.

    Each sentence names what the figure counts, how dense it is where it is about a line, how the
    design differs in regime or length of line, and what remains between the two numbers.
    """
    return tuple(_entry(figure, computed, missions) for figure in figures)


def _entry(figure: DebateFigure, computed: Computed, missions: Sequence[Mission]) -> DebateEntry:
    deployed, counting = _as_deployed(figure, computed)
    clauses = [
        *counting,
        *_density(figure, deployed, computed=computed, missions=missions),
        *_kind(figure, computed),
        *_line(figure, computed),
        _difference(figure, deployed, computed=computed),
    ]
    return DebateEntry(
        id=figure.id,
        figure=figure.figure.central,
        shown=_published(figure),
        who=figure.who,
        why_different=f"{figure.who}: {_published(figure)} {'; '.join(clauses)}.",
        headline=figure.headline,
        sources=figure.source,
    )


def _published(figure: DebateFigure) -> str:
    low, high = figure.figure.support()
    if low < high and isfinite(high):
        return f"{low:,.0f} to {high:,.0f}"
    return f"{figure.figure.central:,.0f}"


def _as_deployed(figure: DebateFigure, computed: Computed) -> tuple[float, list[str]]:
    """The figure as a whole force in theatre, and what had to be done to it."""
    troops = figure.figure.central
    clauses: list[str] = []
    if figure.counts == "combat":
        troops *= computed.gross_ratio
        clauses.append(
            "counts combat troops only, which with support and headquarters at "
            f"{computed.gross_ratio:.2g} for one are {people(troops)}"
        )
    if figure.basis == "pool":
        troops /= computed.pool_to_deployed
        clauses.append(
            "counts the whole rotation pool, which at this design's "
            f"{computed.pool_to_deployed:.2g} for one deployed keeps {people(troops)} in theatre"
        )
    if figure.basis == "peak":
        clauses.append("is a peak and not a strength that rotation keeps up")
    return troops, clauses


def _density(
    figure: DebateFigure, deployed: float, *, computed: Computed, missions: Sequence[Mission]
) -> Iterator[str]:
    """Troops per km of its own line, against the largest mission of its kind and the design."""
    if figure.line_km is None or figure.line_km.central <= 0 or figure.regime not in _KIND:
        return
    km = figure.line_km.central
    density = deployed / km
    clause = f"spreads {brief(density)} troops per km over {km:,.0f} km"
    reference = _reference(figure.regime, missions)
    theirs = None if reference is None else reference.troops_per_km
    if reference is not None and theirs is not None:
        same = abs(density - theirs) <= SAME * theirs
        clause += (
            f", the density of {reference.name}"
            if same
            else f", {_times(density / theirs)} the density of {reference.name} "
            f"({brief(theirs)} per km)"
        )
    if computed.regime in _KIND and computed.covered_km > 0:
        ours = computed.deployed.p50 / computed.covered_km
        clause += f", where this design takes {brief(ours)} per km"
    yield clause


def _reference(regime: RegimeName, missions: Sequence[Mission]) -> Mission | None:
    """The largest mission of the regime's kind whose line is known."""
    alike = [m for m in missions if m.kind == _KIND[regime] and m.troops_per_km is not None]
    return max(alike, key=lambda m: (m.strength.central if m.strength else 0, m.id), default=None)


def _kind(figure: DebateFigure, computed: Computed) -> Iterator[str]:
    """Whether it is about the same kind of force."""
    if figure.regime != computed.regime:
        yield f"is {_FORCE[figure.regime]}, where this design is {_FORCE[computed.regime]}"
    elif figure.regime == "presence":
        yield "is a presence too, sized by what it is to do and not by the line"
    elif figure.line_km is None and figure.regime in _KIND:
        yield "is the same kind of force, on a line that its author does not state"


def _line(figure: DebateFigure, computed: Computed) -> Iterator[str]:
    """Whether it is about the same length of line."""
    if figure.line_km is None or computed.regime not in _KIND or computed.line_km <= 0:
        return
    theirs, ours = figure.line_km.central, computed.line_km
    if abs(theirs - ours) > SAME * ours:
        yield f"assumes {theirs:,.0f} km, where this design counts {ours:,.0f} km ({computed.line})"
    if computed.covered_km < (1 - SAME) * ours:
        yield f"covers all of its line, where this design covers {computed.covered_km:,.0f} km"


def _difference(figure: DebateFigure, deployed: float, *, computed: Computed) -> str:
    """What remains between the two numbers."""
    ours = computed.deployed
    if ours.p50 <= 0:
        return "this design itself deploys nobody"
    spread = f"{people(ours.p05)} to {people(ours.p95)}"
    if ours.p05 <= deployed <= ours.p95:
        if figure.regime != computed.regime:
            return f"meets this design's {spread} in number only"
        return f"lies inside this design's range of {spread}"
    if abs(deployed - ours.p50) <= SAME * ours.p50:
        return f"comes to this design's {people(ours.p50)} within {SAME:.0%}"
    return f"is {_times(deployed / ours.p50)} this design's {people(ours.p50)} ({spread})"


def _times(ratio: float) -> str:
    if ratio < 1:
        return f"{100 * ratio:.2g}% of"
    return f"{ratio:.2g} times" if ratio < 10 else f"{ratio:,.0f} times"
