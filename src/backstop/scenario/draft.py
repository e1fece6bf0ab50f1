"""A scenario while it is being read: files to raw data, raw data to records, records to one.

Every step notes its problems and goes on, so that a person sees all of them at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from importlib.resources.abc import Traversable
from typing import Any

from backstop.errors import InputError, Problem
from backstop.scenario import checks, files, override, references, shipped
from backstop.scenario.body import Body, StanceTable
from backstop.scenario.design import Design
from backstop.scenario.document import Document, read_json, read_toml
from backstop.scenario.evidence import Evidence
from backstop.scenario.explain import validate
from backstop.scenario.geometry import Lines
from backstop.scenario.nation import Nation
from backstop.scenario.record import Record
from backstop.scenario.regime import Sizing
from backstop.scenario.scenario import Scenario, ScenarioFile
from backstop.scenario.table import read_csv
from backstop.scenario.tables import tables


class Draft:
    """A scenario while it is being read."""

    def __init__(self, folder: Traversable) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.documents: dict[str, Document] = {}
        self.tables = tables()
        self.syntax_broken = False
        self.records: dict[str, Any] = {}
        self.designs: list[Design] = []
        self.sizing_data: dict[str, Any] = {}
        self.library = shipped.library()

    def _label(self, name: str) -> str:
        return f"{getattr(self.folder, 'name', '')}/{name}"

    def read(self) -> None:
        """Read and parse every file."""
        for name in ("scenario.toml", "evidence.toml", "line.geojson"):
            self._read_document(name, name)
        names = list(files.design_names(self.folder))
        if not names or len(names) > files.MOST_DESIGNS:
            fault = "holds no .toml file" if not names else "holds more than 200 designs"
            self.problems.append(Problem(self._label("designs"), 0, 0, "", fault))
        for name in names[: files.MOST_DESIGNS]:
            self._read_document(f"designs/{name}", f"designs/{name}")
        for table in self.tables.values():
            text = self._text(table.file)
            if text is not None:
                table.rows, faults = read_csv(
                    self._label(table.file), text, needed=table.needed(), known=table.known()
                )
                self._note(faults)
                if faults:
                    self.syntax_broken = True

    def _text(self, name: str) -> str | None:
        text, faults = files.read(self.folder, name, label=self._label(name))
        self._note(faults)
        self.syntax_broken |= bool(faults)
        return text

    def _note(self, problems: Iterable[Problem]) -> None:
        self.problems.extend(problems)

    def _read_document(self, name: str, key: str) -> None:
        text = self._text(name)
        if text is None:
            return
        reader = read_json if name.endswith(".geojson") else read_toml
        document, faults = reader(self._label(name), text)
        self._note(faults)
        if document is None:
            self.syntax_broken = True
        else:
            self.documents[key] = document

    def tree(self) -> dict[str, Any]:
        """What ``--set`` may change, as one tree of the raw data."""
        self.sizing_data = shipped.sizing_data()
        main = self.documents.get("scenario.toml")
        tree: dict[str, Any] = main.data if main else {}
        designs = {
            key.removeprefix("designs/").removesuffix(".toml"): document.data
            for key, document in self.documents.items()
            if key.startswith("designs/")
        }
        rows = {}
        for name, table in self.tables.items():
            for row in table.rows:
                row.cells.update(override.cells(row.cells))
            rows[name] = {table.row_key(row): row.cells for row in table.rows}
        return _Layered(tree, {"designs": designs, "sizing": self.sizing_data, **rows})

    def validate(self) -> None:
        """Turn raw data into records."""
        for key, model in (
            ("scenario.toml", ScenarioFile),
            ("evidence.toml", Evidence),
            ("line.geojson", Lines),
        ):
            self._validate(key, model)
        for key in [k for k in self.documents if k.startswith("designs/")]:
            data = self.documents[key].data
            named = key.removeprefix("designs/").removesuffix(".toml")
            if "id" in data and data["id"] != named:
                message = f"is {data['id']!r}, but the file is named {named!r}; leave it out"
                self._note([self.documents[key].problem(("id",), message)])
            data["id"] = named
            self._validate(key, Design)
            if key in self.records:
                self.designs.append(self.records[key])
        for table in self.tables.values():
            self._note(table.validate())
            self._note(table.duplicates())

    def _validate(self, key: str, model: type[Record]) -> None:
        document = self.documents.get(key)
        if document is None:
            return
        record, faults = validate(model, document.data)
        self._note(document.problem(location, message) for location, message in faults)
        if record is not None:
            self.records[key] = record

    def cross_check(self) -> None:
        """Check what one file says about another."""
        main = self.documents["scenario.toml"]
        known = references.Known(self._known(main.data))
        patterns = {
            "scenario.toml": references.SCENARIO,
            "line.geojson": references.LINES,
            "evidence.toml": references.EVIDENCE,
        }
        for key, document in self.documents.items():
            default = references.DESIGN if key.startswith("designs/") else {}
            self._note(references.check_document(document, patterns.get(key, default), known))
        for table in self.tables.values():
            self._note(references.check_rows(table.rows, table.columns, known))
        self._note(checks.circle_problems(main))
        if "scenario.toml" in self.records and "line.geojson" in self.records:
            lines = self.records["line.geojson"]
            drawn = self.documents["line.geojson"]
            self._note(checks.line_problems(self.records["scenario.toml"], lines, drawn))

    def _known(self, data: Any) -> dict[str, set[str]]:
        listed = references.listed
        evidence = self.documents["evidence.toml"].data
        nations = {row.cells.get("iso3", "") for row in self.tables["nations"].rows}
        columns = {name for row in self.tables["nations"].rows[:1] for name in row.columns}
        bodies = [*self.library.bodies, *self._own_bodies()]
        members = {m for body in bodies for m in _actors(body)}
        locations = set(listed(data, "theatre", "locations", "id"))
        return {
            "nation": nations,
            "stock": columns - set(Nation.model_fields),
            "actor": nations | members,
            "condition": set(listed(data, "conditions", "id")),
            "body": {b.id for b in bodies} | set(listed(data, "bodies", "id")),
            "capability": set(listed(data, "capabilities", "id")),
            "location": locations,
            "location or kind of location": locations | set(references.KINDS),
            "line": set(listed(data, "theatre", "lines", "id")),
            "pledge level": set(listed(data, "sourcing", "pledge_levels", "id")),
            "form of parliamentary consent": {form.id for form in self.library.parliaments},
            "stance": set(self._stances().stances),
            "source": {*listed(evidence, "sources", "id"), *listed(evidence, "claims", "id")},
        }

    def _own_bodies(self) -> tuple[Body, ...]:
        main = self.records.get("scenario.toml")
        return main.bodies if main else ()

    def _stances(self) -> StanceTable:
        main = self.records.get("scenario.toml")
        return (main.stances if main else None) or self.library.stances

    def scenario(self) -> Scenario:
        """The frozen record, its rows in canonical order."""
        main: ScenarioFile = self.records["scenario.toml"]
        sizing, faults = validate(Sizing, self.sizing_data)
        if faults:
            raise InputError(
                [Problem("--set", 0, 0, ".".join(map(str, loc)), text) for loc, text in faults]
            )
        parts: dict[str, Any] = {
            "file": main,
            **{name: table.sorted_records() for name, table in self.tables.items()},
            "evidence": self.records["evidence.toml"],
            "lines": self.records["line.geojson"],
            "designs": tuple(sorted(self.designs, key=lambda d: (d.order, d.id))),
            "library": self.library.bodies,
            "parliaments": self.library.parliaments,
            "stances": self._stances(),
            "missions": shipped.missions(),
            "sizing": sizing,
        }
        return Scenario.model_construct(**parts, digest=_digest(parts))


class _Layered(dict[str, Any]):
    """The tree of ``scenario.toml`` with the other files hung beside its keys."""

    def __init__(self, base: dict[str, Any], others: dict[str, Any]) -> None:
        super().__init__({**base, **others})
        self._base = base

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        self._base[key] = value


def _actors(body: Body) -> set[str]:
    seats = (*body.members, *(member for term in body.terms for member in term.members))
    return {member for member in seats if not member.startswith("@")}


def _digest(parts: Mapping[str, Any]) -> str:
    plain = {
        name: value.model_dump(mode="json")
        if isinstance(value, Record)
        else [item.model_dump(mode="json") for item in value]
        for name, value in parts.items()
    }
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
