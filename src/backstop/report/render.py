"""A laid-out page as plain text or HTML."""

from __future__ import annotations

from io import StringIO

from rich.console import Console, RenderableType


def as_text(page: RenderableType, *, width: int) -> str:
    """The page as plain text of a given width."""
    console = Console(
        file=StringIO(), width=width, no_color=True, highlight=False, markup=False, emoji=False
    )
    console.print(page)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def as_html(page: RenderableType, *, width: int) -> str:
    """The page as one HTML element with its colours; all text is escaped."""
    console = Console(
        file=StringIO(), width=width, record=True, highlight=False, markup=False, emoji=False
    )
    console.print(page)
    return console.export_html(inline_styles=True, code_format="<pre>{code}</pre>")
