"""Tables of figures, as Markdown between markers of a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the validation page."""

    name: str
    """Marker of the place in the page where it stands."""
    head: tuple[str, ...]
    """Column titles."""
    rows: tuple[tuple[str, ...], ...]
    """Cells as text."""

    def markdown(self) -> str:
        """The table in Markdown."""
        lines = [self.head, tuple("---" for _ in self.head), *self.rows]
        return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def place(page: str, tables: Sequence[Table]) -> str:
    """A page with each table put between its markers.

    Raises
    ------
    LookupError
        When the page has no markers for a table.
    """
    for table in tables:
        pattern = _pattern(table.name)
        if not pattern.search(page):
            raise LookupError(f"the page has no place <!-- {table.name} --> … <!-- end -->")
        text = f"<!-- {table.name} -->\n\n{table.markdown()}\n\n<!-- end -->"
        page = pattern.sub(lambda _, text=text: text, page)
    return page


def placed(page: str, name: str) -> str:
    """What stands between the markers of a table in a page."""
    found = _pattern(name).search(page)
    if found is None:
        raise LookupError(f"the page has no table {name}")
    return found[1].strip()


def numbers(text: str) -> list[float]:
    """Every number in a text, in order."""
    return [float(n) for n in re.findall(r"(?<![\w.])[-−]?\d+(?:\.\d+)?", text.replace("−", "-"))]


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"<!-- {re.escape(name)} -->(.*?)<!-- end -->", re.DOTALL)


def figure(value: float, digits: int = 2) -> str:
    """A number with a fixed number of decimals; never a negative zero."""
    text = f"{value:.{digits}f}"
    return text.lstrip("-") if float(text) == 0 else text
