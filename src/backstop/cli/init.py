"""``backstop init``: a scenario folder to edit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from backstop.cli.options import head, json_option, print_json
from backstop.errors import InputError, NotFound, Problem

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@click.command()
@click.argument("name")
@click.option(
    "--from", "origin", metavar="SCENARIO", help="Copy this shipped scenario, not the template."
)
@json_option
def init(name: str, origin: str | None, as_json: bool) -> None:
    """Make a new scenario folder NAME: complete, valid and commented, for you to edit.

    NAME may be a path; its last part becomes the scenario's name. A folder that is there already
    is never touched.
    """
    from backstop.scenario.files import shipped_scenarios
    from backstop.store import folder

    shipped = shipped_scenarios()
    target = Path(name)
    _check_name(target, shipped)
    texts = _renamed(dict(_contents(_origin(origin, shipped))), target.name)
    made = folder.make(target, files=texts)
    if as_json:
        print_json(head("init", scenario=target.name, folder=str(made), files=sorted(texts)))
        return
    click.echo(f"made {made} with {len(texts)} files; next:")
    click.echo(f"  backstop check {made}")
    click.echo(f"  backstop compare {made}")


def _check_name(target: Path, shipped: list[str]) -> None:
    if not _NAME.fullmatch(target.name):
        message = "is no name for a scenario: letters, digits, - _ and . only, at most 64"
        raise InputError([Problem(target.name or str(target), 0, 0, "", message)])
    if target.name in shipped:
        message = "is the name of a shipped scenario, which would be found first; choose another"
        raise InputError([Problem(target.name, 0, 0, "", message)])


def _origin(name: str | None, shipped: list[str]) -> Traversable:
    from backstop.scenario.ident import did_you_mean

    data = files("backstop") / "data"
    if name is None:
        return data / "template"
    if name not in shipped:
        raise NotFound(f"there is no shipped scenario {name!r}{did_you_mean(name, shipped)}")
    return data / "scenarios" / name


def _contents(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir():
            yield from _contents(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", entry.read_bytes()


def _renamed(texts: dict[str, bytes], name: str) -> dict[str, bytes]:
    main = texts["scenario.toml"].decode()
    main, changed = re.subn(r'^name = "[^"]*"$', f'name = "{name}"', main, count=1, flags=re.M)
    assert changed, "scenario.toml of a shipped scenario names it on a line of its own"
    return {**texts, "scenario.toml": main.encode()}
