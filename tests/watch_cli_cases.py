"""What the tests of the watch's commands share: the command line in this process, and missions."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from backstop.watch.ledger import SigningKey
from watch_cases import new_mission

main = import_module("backstop.cli.main")  # the package has a function of that name
#: The key that ``new_mission`` signs with.
KEY = SigningKey("example.org/mission", bytes(range(32)))


def runner(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Any]:
    """Run the command line: exit code, stdout, stderr, and the JSON where that was asked."""

    def run(*arguments: object) -> SimpleNamespace:
        monkeypatch.setattr("sys.argv", ["backstop", "watch", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main.run()
        shown = capsys.readouterr()
        body = json.loads(shown.out) if "--json" in arguments else None
        return SimpleNamespace(code=left.value.code, out=shown.out, err=shown.err, body=body)

    return run


def mission_with(folder: Path, *, zone: str = "Europe/Kyiv") -> Path:
    """A mission, quickly: without the work of ``init``."""
    new_mission(folder, zone=zone)
    return folder


def keyed_mission(folder: Path) -> Path:
    """A mission with its key where the commands look for it."""
    mission_with(folder)
    place = folder.with_name(f"{folder.name}.key")
    place.write_text(KEY.text() + "\n")
    place.chmod(0o600)
    return folder


MAPPING = """
source = "joint-commission"
zone = "Europe/Kyiv"
[columns]
id = "No"
date = "Day"
latitude = "Y"
longitude = "X"
region = "Region"
kind = "Type"
text = "Text"
[fixed]
means = "party_report"
rule = "each-round-or-burst@1"
count = "1"
"""


def patrols(folder: Path, *rows: str, name: str = "patrols.csv") -> tuple[Path, Path]:
    """A made table of reports and its mapping: number, day, latitude, longitude, region, kind."""
    table, mapping = folder / name, folder / "patrols.toml"
    table.write_text("\n".join(["No,Day,Y,X,Region,Type,Text", *rows, ""]), encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")
    return table, mapping


def row(number: int, day: str, *, region: str = "North", text: str = "") -> str:
    """One row of that table."""
    quoted = text.replace('"', '""')
    return f'{number},{day},48.{number % 90 + 10},37.5,{region},explosion,"{quoted}"'
