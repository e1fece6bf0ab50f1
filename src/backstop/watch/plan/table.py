"""What each means sees of each act: ``data/watch/means.toml``."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from backstop.scenario.campaign import Ground
from backstop.scenario.evidence import Source
from backstop.scenario.explain import validate
from backstop.scenario.files import shipped_text
from backstop.scenario.ident import Ident, unique
from backstop.scenario.quantity import Amount, Flag, Real, Share
from backstop.scenario.record import Record
from backstop.scenario.toml_text import read_toml

MeansId = Literal["post", "patrol", "camera", "uav", "acoustic", "satellite"]

#: The means whose reach, night effect and people stand in ``regimes.toml``.
SIZED = ("post", "patrol", "camera", "uav")


class ActRule(Record):
    """One kind of act that is to be seen."""

    id: Ident
    """How results name it."""
    title: str
    """What it is."""
    probe_weight: Real = Field(ge=0)
    """Its part in a probe; only the ratios count."""


class MeansPlan(Record):
    """What one means sees of each act; the rest only where sizing does not say it."""

    id: MeansId
    """The means."""
    title: str = ""
    """What it is."""
    reach_km: Amount | None = None
    """Kilometres of line that one of them sweeps once a day, in daylight."""
    night_effect: Share | None = None
    """Its effect at night, as a share of that by day."""
    people: Amount | None = None
    """People on duty for one of them."""
    shift_factor: Amount | None = None
    """People needed for one to be on duty."""
    needs_access: Flag | None = None
    """Whether it works only where the parties let the observers go."""
    jammed: Flag = True
    """Whether interference reaches it; of the means of sizing only aircraft are."""
    sees: dict[Ident, Amount]
    """What it sees of an act, relative to the average violation."""
    pins: dict[Ident, Amount]
    """How often that says who did it, relative to the average."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        own = (self.reach_km, self.night_effect, self.people, self.shift_factor, self.needs_access)
        if any((one is None) != (self.id in SIZED) for one in own):
            raise ValueError(
                "reach, night effect, people, shifts and access of posts, patrols, cameras and "
                "aircraft stand in regimes.toml, those of other means here"
            )
        return self


class PlanTable(Record):
    """The whole table."""

    sources: Annotated[tuple[Source, ...], AfterValidator(unique(lambda x: x.id, "source"))] = ()
    """The documents it rests on."""
    acts: Annotated[tuple[ActRule, ...], AfterValidator(unique(lambda x: x.id, "act"))] = Field(
        min_length=1
    )
    """The acts."""
    ground: dict[Ground, Amount]
    """Reach on each kind of ground, relative to mixed ground."""
    means: Annotated[tuple[MeansPlan, ...], AfterValidator(unique(lambda x: x.id, "means"))] = (
        Field(min_length=1)
    )
    """The means."""
    attribution_if_seen: Share
    """Chance that what was seen is pinned on its author, where no scenario says it."""

    @model_validator(mode="after")
    def _covers(self) -> Self:
        acts = {act.id for act in self.acts}
        for one in self.means:
            if set(one.sees) != acts or set(one.pins) != acts:
                raise ValueError(f"{one.id!r} must say sees and pins for each act and no other")
        if not sum(act.probe_weight for act in self.acts) > 0:
            raise ValueError("a probe consists of some act")
        return self

    def one(self, means: str) -> MeansPlan:
        """A means by its id."""
        return next(found for found in self.means if found.id == means)


def shipped_table() -> PlanTable:
    """The table that comes with the package."""
    document, problems = read_toml("means.toml", shipped_text("watch", "means.toml"))
    assert document is not None, problems
    table, faults = validate(PlanTable, document.data)
    assert table is not None, faults
    assert isinstance(table, PlanTable)
    return table
