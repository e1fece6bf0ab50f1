"""Options that several commands share, and how they print."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

from backstop import __version__

Command = TypeVar("Command", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
set_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PATH=VALUE",
    help="Override a field, e.g. designs[tripwire].rotation.dwell_months=12. Repeatable.",
)
seed_option = click.option(
    "--seed", default=1, show_default=True, type=click.IntRange(0, 2**63 - 1), help="Random seed."
)
worlds_option = click.option(
    "--worlds",
    default=10_000,
    show_default=True,
    type=click.IntRange(1, 1_000_000),
    help="How many futures to draw.",
)
out_option = click.option(
    "--out",
    type=click.Path(dir_okay=True, file_okay=True),
    help="Also write the tables and the JSON into this folder.",
)


def head(command: str, **more: Any) -> dict[str, Any]:
    """The common head of every JSON object."""
    return {"schema": f"backstop/{command}/1", "backstop": __version__, **more}


def print_json(body: dict[str, Any]) -> None:
    """Print one JSON object and nothing else on stdout; NaN is a defect, not a value."""
    click.echo(json.dumps(body, ensure_ascii=False, indent=2, allow_nan=False))
