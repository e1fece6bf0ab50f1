"""A scenario while it is being read: files to raw data, raw data to records, records to one.

Every step notes its problems and goes on, so that a person sees all of them at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable
from itertools import islice
from typing import Any

from backstop.errors import Problem
from backstop.scenario import checks, files, override, references, shipped
from backstop.scenario.battle import Battle
from backstop.scenario.body import BodyLibrary
from backstop.scenario.correlation import correlation_problems
from backstop.scenario.definitions import Definitions
from backstop.scenario.design import Design
from backstop.scenario.document import Document, Location
from backstop.scenario.evidence import Evidence
from backstop.scenario.explain import MOST, validate
from backstop.scenario.geometry import LineFeature, Lines, crs_problem
from backstop.scenario.json_text import read_json
from backstop.scenario.record import Record
from backstop.scenario.regime import Sizing
from backstop.scenario.scenario import Scenario, ScenarioFile
from backstop.scenario.tables import tables
from backstop.scenario.theatre import LineDefinition
from backstop.scenario.toml_text import read_toml

MAIN, EVIDENCE, LINES = "scenario.toml", "evidence.toml", "line.geojson"
LIBRARY, REGIMES, BATTLE = "bodies.toml", "regimes.toml", "campaign.toml"


class Draft:
    """A scenario while it is being read."""

    def __init__(self, folder: Traversable) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.documents: dict[str, Document] = {}
        self.designs: dict[str, Document] = {}
        self.tables = tables()
        self.shipped = {name: shipped.raw(name) for name in (LIBRARY, REGIMES, BATTLE)}
        self.records: dict[str, Any] = {}

    def _note(self, problems: Iterable[Problem]) -> None:
        self.problems.extend(islice(problems, MOST))

    def _label(self, name: str) -> str:
        return files.label(self.folder, name)

    # --- files ---------------------------------------------------------------------------------

    def read(self) -> None:
        """Read and parse every file."""
        for name in (MAIN, EVIDENCE, LINES):
            document = self._document(name)
            if document is not None:
                self.documents[name] = document
        names, fault = files.design_names(self.folder)
        if fault:
            self._note([Problem(self._label("designs"), 0, 0, "", fault)])
        for name in names:
            document = self._document(f"designs/{name}")
            if document is not None:
                self.designs[name.removesuffix(".toml")] = document
        for table in self.tables.values():
            text = self._text(table.file)
            if text is not None:
                self._note(table.read(self._label(table.file), text))

    def _text(self, name: str) -> str | None:
        text, faults = files.read(self.folder, name, label=self._label(name))
        self._note(faults)
        return text

    def _document(self, name: str) -> Document | None:
        text = self._text(name)
        if text is None:
            return None
        reader = read_json if name.endswith(".geojson") else read_toml
        document, faults = reader(self._label(name), text)
        self._note(faults)
        if document is not None and name == LINES:
            fault = crs_problem(document)
            if fault is not None:
                # Every point would be complained about beside it.
                self._note([fault])
                return None
        return document

    # --- overrides -----------------------------------------------------------------------------

    def override(self, settings: Mapping[str, str] | Sequence[str]) -> None:
        """Change fields before they are checked; what leads nowhere is a problem."""
        if not settings:
            return
        changes, malformed = override.parse(settings)
        self._note(malformed)
        main = self.documents.get(MAIN)
        tree, homes = self._tree()
        broken = self._broken()
        changed, faults = override.apply(
            tree,
            {path: value for path, value in changes.items() if _first(path) not in broken},
            own=ScenarioFile.model_fields.keys(),
            main=main.data if main else None,
        )
        self._note(faults)
        for location, path in changed.items():
            length = max((n for n in range(3) if location[:n] in homes), default=0)
            document, base = homes.get(location[:length], (main, ()))
            assert document is not None
            document.overridden[(*base, *location[length:])] = path

    def _broken(self) -> set[str]:
        """First steps of paths into files that cannot be read: they cannot be judged."""
        broken = {name for name, table in self.tables.items() if not table.sheet.complete}
        broken |= {"evidence"} if EVIDENCE not in self.documents else set()
        broken |= {"lines"} if LINES not in self.documents else set()
        if MAIN not in self.documents:
            broken |= set(ScenarioFile.model_fields) - {"stances", "bodies"}
        names, _ = files.design_names(self.folder)
        lost = {name.removesuffix(".toml") for name in names} - self.designs.keys()
        return broken | {f"designs[{name}]" for name in lost}

    def _tree(self) -> tuple[dict[str, Any], dict[Location, tuple[Document, Location]]]:
        """Everything ``--set`` can name, and which document a first step leads into."""
        main, library = self.documents.get(MAIN), self.shipped[LIBRARY]
        own = main.data if main else {}
        homes: dict[Location, tuple[Document, Location]] = {}
        tree: dict[str, Any] = dict(own)
        for name, file in (("evidence", EVIDENCE), ("lines", LINES)):
            if file in self.documents:
                tree[name], homes[(name,)] = self.documents[file].data, (self.documents[file], ())
        for name, file in (("sizing", REGIMES), ("battle", BATTLE)):
            tree[name], homes[(name,)] = self.shipped[file].data, (self.shipped[file], ())
        parliaments = library.data["parliaments"]
        tree["parliaments"], homes[("parliaments",)] = parliaments, (library, ("parliaments",))
        if not isinstance(own.get("stances"), dict):
            tree["stances"], homes[("stances",)] = (
                library.data["stances"],
                (library, ("stances",)),
            )
        bodies = own["bodies"] if isinstance(own.get("bodies"), list) else []
        mine = [body.get("id") for body in bodies if isinstance(body, dict)]
        tree["bodies"] = list(bodies)
        for place, body in enumerate(library.data["bodies"]):
            if body["id"] not in mine:
                homes[("bodies", len(tree["bodies"]))] = library, ("bodies", place)
                tree["bodies"].append(body)
        tree["designs"] = {name: design.data for name, design in self.designs.items()}
        homes |= {("designs", name): (design, ()) for name, design in self.designs.items()}
        for name, table in self.tables.items():
            columns = frozenset(
                c for c in (*table.sheet.columns, *table.model.model_fields) if table.settable(c)
            )
            rows = {table.row_key(row): override.TableRow(row, columns) for row in table.rows}
            tree[name] = rows
        return tree, homes

    # --- records -------------------------------------------------------------------------------

    def validate(self) -> None:
        """Turn raw data into records."""
        self._validate(MAIN, ScenarioFile, self.documents.get(MAIN))
        self._validate(EVIDENCE, Evidence, self.documents.get(EVIDENCE))
        self._validate(LINES, Lines, self.documents.get(LINES))
        self._validate(LIBRARY, BodyLibrary, self.shipped[LIBRARY])
        self._validate(REGIMES, Sizing, self.shipped[REGIMES])
        self._validate(BATTLE, Battle, self.shipped[BATTLE])
        for name, design in self.designs.items():
            if "id" in design.data and design.data["id"] != name:
                message = f"the file's name is the id: leave this out, or write {name!r}"
                self._note([design.problem(("id",), message)])
            design.data["id"] = name
            self._validate(f"designs/{name}", Design, design)
        for table in self.tables.values():
            self._note(table.validate())
            self._note(table.duplicates())

    def _validate(self, key: str, model: type[Record], document: Document | None) -> None:
        if document is None:
            return
        record, faults = validate(model, document.data)
        self._note(document.problem(location, message) for location, message in faults)
        if record is not None:
            self.records[key] = record

    # --- references ----------------------------------------------------------------------------

    def cross_check(self) -> None:
        """Check what one file says about another, as far as the files can be read."""
        main = self.documents.get(MAIN)
        defined = Definitions(main.data if main else None, self.shipped[LIBRARY].data)
        evidence = self.documents.get(EVIDENCE)
        known = references.Known(defined.ids(evidence.data if evidence else None, self.tables))
        patterns = {MAIN: references.SCENARIO, LINES: references.LINES}
        for name, document in (*self.documents.items(), *self.designs.items()):
            default = references.DESIGN if document is self.designs.get(name) else {}
            wanted = references.EVIDENCE if name == EVIDENCE else patterns.get(name, default)
            self._note(references.check_document(document, wanted, known))
            self._note(references.check_ids(document))
        for table in self.tables.values():
            self._note(references.check_rows(table.rows, table.references, known))
        bodies = defined.bodies(library=self.records.get(LIBRARY), main=self.records.get(MAIN))
        as_of, filled = main.data.get("as_of") if main else None, checks.filled_roles(main)
        for design in self.designs.values():
            self._note(checks.step_problems(design, bodies, filled=filled, as_of=as_of))
        if main is not None:
            self._note(checks.party_problems(main))
            self._note(checks.circle_problems(main))
            if not self._broken():
                self._note(correlation_problems(main, self._tree()[0]))
            if LINES in self.documents:
                self._note(self._line_problems(main, self.documents[LINES]))

    def _line_problems(self, main: Document, drawing: Document) -> Iterator[Problem]:
        defined = checks.parts(
            self.records.get(MAIN), LineDefinition, main.data, "theatre", "lines"
        )
        drawn = checks.parts(self.records.get(LINES), LineFeature, drawing.data, "features")
        return checks.line_problems((line for _, line in defined), drawn, drawing)

    # --- the scenario --------------------------------------------------------------------------

    def scenario(self) -> Scenario:
        """The frozen record, its rows in canonical order; only when there is no problem."""
        main, library = self.records[MAIN], self.records[LIBRARY]
        designs = [self.records[f"designs/{name}"] for name in self.designs]
        parts: dict[str, Any] = {
            "file": main,
            **{name: table.sorted_records() for name, table in self.tables.items()},
            "evidence": self.records[EVIDENCE],
            "lines": self.records[LINES],
            "designs": tuple(sorted(designs, key=lambda design: (design.order, design.id))),
            "library": library.bodies,
            "library_sources": library.sources,
            "parliaments": library.parliaments,
            "stances": main.stances or library.stances,
            "missions": shipped.missions(),
            "sizing": self.records[REGIMES],
            "battle": self.records[BATTLE],
        }
        return Scenario.model_construct(**parts)


def _first(path: str) -> str:
    """The first step of an override's path; of a design, with its name."""
    step = _FIRST.match(path)
    return step[0] if step else ""


_FIRST = re.compile(r"designs\[[^\]]*\]|[^.\[]*")
