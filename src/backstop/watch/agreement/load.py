"""From TOML to an agreement: every problem at once, or a frozen record."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from backstop.errors import InputError, NotFound, Problem
from backstop.scenario.document import Document
from backstop.scenario.explain import MOST, validate
from backstop.scenario.files import shipped_text
from backstop.scenario.ident import did_you_mean
from backstop.scenario.references import Known, check_document, check_ids, listed
from backstop.scenario.toml_text import read_toml
from backstop.watch.agreement.agreement import Agreement
from backstop.watch.agreement.drawn import DRAWINGS

#: The agreements that come with the package.
SHIPPED = (
    "minsk-memorandum-2014",
    "minsk-package-2015",
    "tcg-measures-2020",
    "model-ukraine-2025",
)

#: Which key names which kind of thing; ``*`` stands for a list index.
_REFERENCES = {
    "zones.*.line": "line",
    "lines.*.drawing": "shipped drawing",
    "zones.*.circumstance": "circumstance",
    "clauses.*.zone": "zone",
    "clauses.*.actors": "party",
    "clauses.*.weapons.*.systems": "system",
    "clauses.*.weapons.*.but_not": "system",
    "clauses.*.exemptions.*.outside": "zone",
    "clauses.*.exemptions.*.circumstances": "circumstance",
}
_LISTS = {
    "line": "lines",
    "zone": "zones",
    "party": "parties",
    "system": "systems",
    "circumstance": "circumstances",
    "listed source": "sources",
    "source": "sources",
}


def shipped_agreement(name: str) -> Agreement:
    """An agreement that comes with the package, by its id.

    Raises
    ------
    NotFound
        When there is none of that name.
    """
    if name not in SHIPPED:
        raise NotFound(
            f"there is no shipped agreement {name[:60]!r} ({', '.join(SHIPPED)})"
            f"{did_you_mean(name, SHIPPED) if len(SHIPPED) > 12 else ''}"
        )
    text = shipped_text("watch", "agreements", f"{name}.toml")
    return read_agreement(text, file=f"agreements/{name}.toml")


def read_agreement(text: str, *, file: str) -> Agreement:
    """An agreement from the text of its file.

    Raises
    ------
    InputError
        With every problem in it, each with file, line, column, path and remedy.
    """
    agreement, problems = examine_agreement(text, file=file)
    if agreement is None:
        raise InputError(problems)
    return agreement


def examine_agreement(text: str, *, file: str) -> tuple[Agreement | None, list[Problem]]:
    """The agreement if it is sound, and every problem if it is not."""
    document, problems = read_toml(file, text)
    if document is None:
        return None, problems
    agreement, faults = validate(Agreement, document.data)
    problems = [document.problem(location, message) for location, message in faults]
    problems += islice(_reference_problems(document), MOST)
    return (None, sorted(set(problems))) if problems else (agreement, [])


def _reference_problems(document: Document) -> Iterator[Problem]:
    ids = {kind: listed(document.data, key, needed=False) for kind, key in _LISTS.items()}
    known = Known({**ids, "shipped drawing": set(DRAWINGS)})
    wanted = dict(_REFERENCES)
    for place in ("lines", "zones", "clauses", "clauses.*.exemptions"):
        wanted[f"{place}.*.source"] = "listed source"
    yield from check_document(document, wanted, known)
    yield from check_ids(document)
