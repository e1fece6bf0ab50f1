"""Taxonomies: how the words of several sources agree, from the finest level to the broadest.

The layout is that of MELTT (Donnay and others, 2019): a CSV with the columns ``data.source``,
``base.categories`` and one column a level, finest first.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backstop.errors import InputError, Problem

_LEADING = ("data.source", "base.categories")


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """One taxonomy, named like the column of the records that it explains."""

    name: str
    depth: int
    levels: Mapping[tuple[str, str], tuple[str, ...]]
    """By source and base category, the category on each level; empty where there is none."""

    def find(self, source: str, category: str) -> tuple[str, ...] | None:
        """The categories of a source's base category."""
        return self.levels.get((source, category))


def taxonomy_name(file: str) -> str:
    """The column that a taxonomy file explains: ``taxonomy_color_tax.csv`` is of ``color_tax``."""
    stem = file.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".csv")
    return stem.removeprefix("taxonomy_")


def read_taxonomy(lines: Iterable[str], *, name: str, file: str = "") -> Taxonomy:
    """A taxonomy from the lines of its CSV.

    Raises
    ------
    InputError
        Where a column is missing, a row is too short, or a category is explained twice.
    """
    rows = csv.reader(lines)
    head = [cell.strip().lstrip("\ufeff") for cell in next(rows, [])]
    place = file or name
    if tuple(head[:2]) != _LEADING or len(head) < 3:
        reason = f"a taxonomy has the columns {', '.join(_LEADING)} and its levels, finest first"
        raise InputError([Problem(place, 1, 1, "", reason)])
    levels: dict[tuple[str, str], tuple[str, ...]] = {}
    problems = []
    for number, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = [cell.strip() for cell in row]
        key = tuple(cells[:2])
        if len(cells) != len(head):
            reason = f"{len(cells)} cells where the head has {len(head)}"
            problems.append(Problem(place, number, 1, "", reason))
        elif key in levels and levels[key[0], key[1]] != tuple(cells[2:]):
            reason = f"{key[1]!r} of {key[0]!r} is explained twice"
            problems.append(Problem(place, number, 1, "", reason))
        else:
            levels[key[0], key[1]] = tuple(cells[2:])
    if problems:
        raise InputError(problems)
    return Taxonomy(name, len(head) - 2, levels)
