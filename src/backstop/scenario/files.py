"""The files of a scenario folder: found, bounded in size, inside the folder, and UTF-8.

The only place below the edges that opens a file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from backstop.errors import NotFound, Problem
from backstop.scenario.ident import did_you_mean

#: Upper limits in bytes; a scenario that outgrows them is not a scenario.
LIMITS = {".toml": 2_000_000, ".csv": 20_000_000, ".geojson": 20_000_000}
MOST_DESIGNS = 200


def shipped_scenarios() -> list[str]:
    """Names of the scenarios in the package."""
    folder = files("backstop") / "data" / "scenarios"
    return sorted(entry.name for entry in folder.iterdir() if entry.is_dir())


def shipped_text(*parts: str) -> str:
    """Text of a file in the package's ``data`` folder."""
    return files("backstop").joinpath("data", *parts).read_text(encoding="utf-8")


def find(name: str) -> Traversable:
    """The folder of a shipped scenario by its name, or of one's own by its path."""
    shipped = shipped_scenarios()
    if name in shipped:
        return files("backstop") / "data" / "scenarios" / name
    folder = Path(name)
    if (folder / "scenario.toml").is_file():
        return folder
    if folder.is_dir():
        raise NotFound(f"{name} holds no scenario.toml; `backstop init {name}/new` makes one")
    raise NotFound(
        f"there is no scenario {name!r}: neither a folder of that name here nor a shipped one "
        f"({', '.join(shipped)}){did_you_mean(name, shipped) if len(shipped) > 12 else ''}"
    )


def split_target(target: str) -> tuple[str, str | None]:
    """``ukraine-2025/tripwire`` or ``path/to/mine/tripwire`` as scenario and design."""
    target = target.rstrip("/")
    if target in shipped_scenarios() or (Path(target) / "scenario.toml").is_file():
        return target, None
    scenario, slash, design = target.rpartition("/")
    return (scenario, design.removesuffix(".toml")) if slash else (target, None)


def read(folder: Traversable, name: str, *, label: str) -> tuple[str | None, list[Problem]]:
    """Text of one file of a scenario folder, or the reason why there is none."""
    entry = folder.joinpath(*name.split("/"))
    fault = _unreadable(folder, entry, name)
    if fault:
        return None, [Problem(label, 0, 0, "", fault)]
    try:
        raw = entry.read_bytes()
    except OSError as error:
        return None, [Problem(label, 0, 0, "", f"cannot be read: {error.strerror}")]
    return _decode(raw, label)


def _unreadable(folder: Traversable, entry: Traversable, name: str) -> str:
    limit = LIMITS[Path(name).suffix]
    if not isinstance(folder, Path) or not isinstance(entry, Path):
        return "" if entry.is_file() else "is missing"
    if not entry.resolve().is_relative_to(folder.resolve()):
        return "leads out of the scenario folder; put a copy of the file there instead"
    try:
        status = os.stat(entry)
    except OSError:
        return "is missing"
    if not stat.S_ISREG(status.st_mode):
        return "is not a regular file"
    if status.st_size > limit:
        return (
            f"has {status.st_size / 1e6:,.0f} MB, more than the {limit / 1e6:,.0f} MB allowed; "
            "is it the right file?"
        )
    return ""


def _decode(raw: bytes, label: str) -> tuple[str | None, list[Problem]]:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None, [Problem(label, 1, 1, "", "is in UTF-16; save it as UTF-8")]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before) - (before.rfind(b"\n") + 1) + 1
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8"
        return None, [Problem(label, line, column, "", message)]
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        return None, [Problem(label, line, 1, "", "holds a NUL character; it is not a text file")]
    return text, []


def design_names(folder: Traversable) -> Iterator[str]:
    """Names of the design files, sorted; at most ``MOST_DESIGNS`` and one more."""
    designs = folder / "designs"
    if not designs.is_dir():
        return
    names = sorted(entry.name for entry in designs.iterdir() if entry.name.endswith(".toml"))
    yield from names[: MOST_DESIGNS + 1]
