"""The CSV files of a scenario: which columns they have, and rows turned into records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backstop.errors import Problem
from backstop.scenario import references
from backstop.scenario.explain import validate
from backstop.scenario.ident import twice
from backstop.scenario.nation import Nation
from backstop.scenario.offer import Offer
from backstop.scenario.position import Position
from backstop.scenario.record import Record
from backstop.scenario.table import Row


@dataclass(slots=True)
class Table:
    """One CSV file on its way from rows to records; ``key`` names the columns of its key."""

    file: str
    model: type[Record]
    key: tuple[str, ...]
    columns: Mapping[str, str]
    open_columns: bool = False
    rows: list[Row] = field(default_factory=list)
    records: list[Any] = field(default_factory=list)

    def needed(self) -> list[str]:
        """Columns that must be there: the record's required fields."""
        return [n for n, f in self.model.model_fields.items() if f.is_required()]

    def known(self) -> list[str] | None:
        """Columns that may be there; None when any may."""
        return None if self.open_columns else list(self.model.model_fields)

    def row_key(self, row: Row) -> str:
        """The key of a row, from its raw cells, as ``--set`` writes it."""
        return "/".join(row.cells.get(name, "") for name in self.key)

    def sorted_records(self) -> tuple[Any, ...]:
        """The records in canonical order: their order in the file changes nothing."""
        return tuple(sorted(self.records, key=lambda record: record.model_dump_json()))

    def validate(self) -> Iterator[Problem]:
        """Turn rows into records; yield what is wrong with them."""
        for row in self.rows:
            given = {k: v for k, v in row.cells.items() if v != "" or k in self.needed()}
            if self.open_columns:
                given = dict(row.cells)
            record, faults = validate(self.model, {k: str(v) for k, v in given.items()})
            for location, message in faults:
                names = [part for part in location if part in row.columns]
                yield row.problem(str(names[0]) if names else "", message)
            if record is not None:
                self.records.append(record)

    def duplicates(self) -> Iterator[Problem]:
        """Rows whose key an earlier row has."""
        again = set(twice(self.row_key(row) for row in self.rows))
        first: set[str] = set()
        for row in self.rows:
            key = self.row_key(row)
            if key in again and key in first:
                yield row.problem("", f"a row for {key} stands there already")
            first.add(key)


def tables() -> dict[str, Table]:
    """The three tables of a scenario, still empty, by name."""
    return {
        "nations": Table("nations.csv", Nation, ("iso3",), references.NATIONS, open_columns=True),
        "offers": Table("offers.csv", Offer, ("nation", "capability"), references.OFFERS),
        "positions": Table(
            "positions.csv",
            Position,
            ("actor", "question", "date", "speaker"),
            references.POSITIONS,
        ),
    }
