"""How a page is laid out: sections, plain tables and indented lines."""

from __future__ import annotations

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text


def section(number_: int, question: str, answer: str) -> Text:
    """The heading of a section: its question and the answer in short."""
    text = Text(f"\n{number_}  {question}  ", style="bold cyan")
    text.append(answer, style="bold")
    return text


def columns(*names: str) -> Table:
    """A plain table; columns of numbers stand to the right."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim")
    for column in names:
        numeric = column in {"troops", "figure", "asked", "filled", "tier"}
        table.add_column(column, justify="right" if numeric else "left", no_wrap=numeric)
    return table


def inset(item: RenderableType) -> Padding:
    """Indented under its section."""
    return Padding(item, (0, 0, 0, 3))


def note(text: str) -> Padding:
    """A line of text under its section."""
    return inset(Text(text))
