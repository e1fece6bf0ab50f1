"""What was done before: historical deployments, one row of ``missions.csv`` each."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from backstop.errors import InputError, Problem
from backstop.scenario.explain import validate
from backstop.scenario.ident import Ident
from backstop.scenario.quantity import Amount, BlankIsNone
from backstop.scenario.record import Record
from backstop.scenario.table import Row, read_csv

MissionKind = Literal[
    "observer",
    "interposition",
    "separation",
    "stabilisation",
    "deterrent",
    "no-fly",
    "front-holding",
]
"""What a deployment was there to do."""

MissionMandate = Literal[
    "unsc-vi",
    "unsc-vii",
    "unga",
    "bilateral",
    "nato",
    "eu",
    "osce",
    "ecowas",
    "cis",
    "coalition",
    "none",
]
"""Who authorised it; a Security Council mandate by the chapter of the Charter it leaned on."""

MissionConsent = Literal["yes", "partly", "no"]
"""Whether the parties accepted it: all of them, some or some of the time, or not."""


OptionalAmount = Annotated[Amount | None, BlankIsNone]
Year = Annotated[int, Field(ge=1900, le=2100)]
OptionalYear = Annotated[Year | None, BlankIsNone]


class Mission(Record):
    """One historical deployment; a blank cell means that no source was found for it."""

    id: Ident
    """How results name it."""
    name: str = Field(json_schema_extra={"descriptive": True})
    """Its name on the page."""
    kind: MissionKind
    """What it was there to do; analogues are drawn from one kind."""
    from_year: Year = Field(json_schema_extra={"descriptive": True})
    """First year."""
    to_year: OptionalYear = Field(default=None, json_schema_extra={"descriptive": True})
    """Last year; blank while it goes on."""
    strength: OptionalAmount = None
    """Uniformed people (monitors for civilian missions), at the peak or in ``strength_year``."""
    strength_year: OptionalYear = Field(default=None, json_schema_extra={"descriptive": True})
    """The year the strength is of."""
    line_km: OptionalAmount = None
    """Length of the line or boundary it stood on, in kilometres."""
    area_km2: OptionalAmount = None
    """Area it was responsible for, in square kilometres."""
    population_m: OptionalAmount = None
    """People living there at the time, in millions."""
    consent: MissionConsent
    """Whether the parties accepted it."""
    mandate: MissionMandate
    """Who authorised it."""
    task: str = Field(json_schema_extra={"descriptive": True})
    """Its task, in a phrase."""
    outcome: str = Field(json_schema_extra={"descriptive": True})
    """What came of it, in a line."""
    source: str = Field(min_length=1, json_schema_extra={"descriptive": True})
    """Where the figures come from: publisher, title, date, address."""
    confidence: Literal["high", "medium", "low"] = Field(json_schema_extra={"descriptive": True})
    """How far the row can be trusted, set by its weakest figure."""
    note: str = Field(default="", json_schema_extra={"descriptive": True})
    """What a reader should know about the row."""

    @model_validator(mode="after")
    def _years(self) -> Self:
        if self.to_year is not None and self.to_year < self.from_year:
            raise ValueError(f"ends in {self.to_year}, before it begins in {self.from_year}")
        return self

    @property
    def troops_per_km(self) -> float | None:
        """Strength over line, at their central values; None when either is unknown."""
        return _rate(self.strength, self.line_km)

    @property
    def troops_per_km2(self) -> float | None:
        """Strength over area, at their central values."""
        return _rate(self.strength, self.area_km2)

    @property
    def troops_per_1000(self) -> float | None:
        """Strength per 1,000 inhabitants, at their central values."""
        rate = _rate(self.strength, self.population_m)
        return None if rate is None else rate / 1000


def _rate(strength: Amount | None, size: Amount | None) -> float | None:
    if strength is None or size is None or size.central == 0:
        return None
    return strength.central / size.central


def parse_missions(text: str, *, file: str = "missions.csv") -> tuple[Mission, ...]:
    """Read a table of missions.

    Parameters
    ----------
    text : str
        The whole CSV, header line first.
    file : str
        What problems call it.

    Returns
    -------
    tuple of Mission
        In the order of the table.

    Raises
    ------
    InputError
        With every bad row or cell, each with line, column, path and what is wrong.
    """
    fields = Mission.model_fields
    needed = [name for name, field in fields.items() if field.is_required()]
    rows, problems = read_csv(file, text, needed=needed, known=list(fields))
    missions: dict[str, Mission] = {}
    for row in rows:
        mission, faults = _read(row)
        problems += faults
        if mission is not None and mission.id in missions:
            problems.append(row.problem("id", f"a row for {mission.id} stands there already"))
        elif mission is not None:
            missions[mission.id] = mission
    if problems:
        raise InputError(problems)
    return tuple(missions.values())


def _read(row: Row) -> tuple[Mission | None, list[Problem]]:
    cells = {name: cell for name, cell in row.cells.items() if name in Mission.model_fields}
    mission, faults = validate(Mission, cells)
    problems = []
    for location, message in faults:
        names = [str(part) for part in location if part in row.columns]
        problems.append(row.problem(names[0] if names else "", message))
    return mission, problems
