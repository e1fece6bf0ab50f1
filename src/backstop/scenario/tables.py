"""The CSV files of a scenario: which columns they have, and rows turned into records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from backstop.errors import Problem
from backstop.scenario import references
from backstop.scenario.explain import validate
from backstop.scenario.nation import Nation
from backstop.scenario.offer import Offer
from backstop.scenario.position import Position
from backstop.scenario.record import Record
from backstop.scenario.table import Row, Sheet, read_sheet


@dataclass(slots=True)
class Table:
    """One CSV file on its way from rows to records; ``key`` names the columns of its key."""

    file: str
    model: type[Record]
    key: tuple[str, ...]
    references: Mapping[str, str]
    open_columns: bool = False
    sheet: Sheet = field(default_factory=lambda: Sheet(complete=False))
    records: list[Any] = field(default_factory=list)

    @property
    def rows(self) -> list[Row]:
        """The whole rows."""
        return self.sheet.rows

    def read(self, label: str, text: str) -> list[Problem]:
        """Take in the file's text; what is wrong with its shape comes back."""
        fields = list(self.model.model_fields)
        self.sheet = read_sheet(
            label,
            text,
            needed=[n for n, f in self.model.model_fields.items() if f.is_required()],
            known=None if self.open_columns else fields,
            fields=fields,
        )
        return self.sheet.problems

    def column(self, name: str) -> set[str] | None:
        """Every value of a column; None when the file does not give them all."""
        if not self.sheet.complete or name not in self.sheet.columns:
            return None
        return {row.cells.get(name, "") for row in (*self.rows, *self.sheet.ragged)}

    def own_columns(self) -> set[str] | None:
        """Names of the columns that are no field of the record; None without a header."""
        if not self.sheet.columns:
            return None
        return {name for name in self.sheet.columns if name not in self.model.model_fields}

    def settable(self, column: str) -> bool:
        """Whether ``--set`` may write a column: one of the file, or a field it leaves out."""
        own = column in self.sheet.columns
        return own or (column in self.model.model_fields and column != "stocks")

    def row_key(self, row: Row) -> str:
        """The key of a row, from its raw cells, as ``--set`` writes it."""
        return "/".join([row.cells.get(name, "") for name in self.key])

    def sorted_records(self) -> tuple[Any, ...]:
        """The records in canonical order: their order in the file changes nothing."""
        return tuple(sorted(self.records, key=lambda record: record.model_dump_json()))

    def validate(self) -> Iterator[Problem]:
        """Turn rows into records; yield what is wrong with them."""
        fields = self.model.model_fields
        for row in self.rows:
            given = {
                name: cell
                for name, cell in row.cells.items()
                if (name in fields and (cell != "" or fields[name].is_required()))
                or (name not in fields and self.open_columns)
            }
            record, faults = validate(self.model, given)
            for location, message in faults:
                name = next((str(part) for part in location if part in row.cells), "")
                # A column that the file lacks has been complained about once, in its header.
                if name or not any(part in fields for part in location):
                    yield row.problem(name, message)
            if record is not None:
                self.records.append(record)

    def duplicates(self) -> Iterator[Problem]:
        """Rows whose key an earlier row has."""
        first: dict[str, int] = {}
        for row in self.rows:
            key = self.row_key(row)
            if first.setdefault(key, row.line) != row.line:
                yield row.problem("", f"line {first[key]} is a row for {key} already")


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
