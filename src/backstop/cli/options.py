"""Options that several commands share, and how they print."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from backstop import __version__
from backstop.cli.plain import printable

if TYPE_CHECKING:
    from backstop.scenario.scenario import Case, Scenario

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
critical_option = click.option(
    "--critical", is_flag=True, help="Also solve again without each nation and each enabler."
)


def _named(_context: click.Context, _option: click.Parameter, folder: str | None) -> str | None:
    if folder is not None and not folder.strip():
        raise click.BadParameter("names no folder; write . for this one")
    return folder


out_option = click.option(
    "--out",
    type=click.Path(dir_okay=True, file_okay=True),
    callback=_named,
    help="Also write the tables and the JSON into this folder.",
)


def rounds_option(default: int) -> Callable[[Command], Command]:
    """``--cost-rounds``: a page should come soon, a plan should be cheap."""
    return click.option(
        "--cost-rounds",
        default=default,
        show_default=True,
        type=click.IntRange(0, 50),
        help="Rounds of looking for a cheaper plan; 0 stops when it is as full as can be.",
    )


def head(command: str, **more: Any) -> dict[str, Any]:
    """The common head of every JSON object."""
    return {"schema": f"backstop/{command}/1", "backstop": __version__, **more}


def print_json(body: dict[str, Any]) -> None:
    """Print one JSON object and nothing else on stdout; NaN is a defect, not a value."""
    click.echo(json.dumps(body, ensure_ascii=False, indent=2, allow_nan=False))


def scenario_of(name: str, settings: Sequence[str]) -> Scenario:
    """The scenario of a command, with its overrides."""
    from backstop.scenario.load import load

    return load(name, overrides=settings)


def case_of(target: str, settings: Sequence[str]) -> Case:
    """The design of a command that needs one; NotFound lists the designs when it names none."""
    from backstop.errors import NotFound
    from backstop.scenario.files import split_target

    name, design = split_target(target)
    scenario = scenario_of(name, settings)
    if design is None:
        known = ", ".join(d.id for d in scenario.designs)
        raise NotFound(f"name a design: {name}/DESIGN, one of {known}")
    return scenario.design(design)


@contextmanager
def working(what: str) -> Iterator[Callable[[str], None]]:
    """Show on stderr that work goes on, where a person is looking; yields a way to say on what."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{what} …") as status:
        yield lambda part: status.update(f"{what}: {part} …")


def _printable(value: Any) -> Any:
    """The same JSON with every text made safe for a terminal."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    return [_printable(item) for item in value] if isinstance(value, list) else value


def emit(
    body: dict[str, Any],
    render: Callable[[dict[str, Any]], Any],
    *,
    as_json: bool,
    out: str | None,
    name: str,
) -> None:
    """Print the JSON or the page, and write both and the tables where ``--out`` says."""
    if out is not None:
        from backstop.report.render import as_text
        from backstop.report.tables import files_of
        from backstop.store.atomic import write_all

        text = json.dumps(body, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
        plain = as_text(render(_printable(body)), width=120)
        files = {f"{name}.json": text, f"{name}.txt": plain, **files_of(body, name=name)}
        written = write_all(out, files)
        click.echo(f"wrote {len(written)} files to {out}", err=True)
    if as_json:
        print_json(body)
        return
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, emoji=False, width=110, no_color=True)
    console.print(render(_printable(body)))
