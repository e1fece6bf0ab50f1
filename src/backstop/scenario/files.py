"""The files of a scenario folder: found, bounded in size, inside the folder, and UTF-8.

The only place below the edges that opens a file.
"""

from __future__ import annotations

import os
import stat
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path

from backstop.errors import NotFound, Problem
from backstop.scenario.ident import did_you_mean, near

#: Upper limits in bytes; a scenario that outgrows them is not a scenario.
LIMITS = {".toml": 500_000, ".csv": 10_000_000, ".geojson": 5_000_000}
#: The same for one design; there may be many.
DESIGN_LIMIT = 200_000
MOST_DESIGNS = 200


def shipped_scenarios() -> list[str]:
    """Names of the scenarios in the package."""
    return sorted(entry.name for entry in _scenarios().iterdir() if entry.is_dir())


def _scenarios() -> Traversable:
    return files("backstop") / "data" / "scenarios"


def shipped_text(*parts: str) -> str:
    """Text of a file in the package's ``data`` folder."""
    return files("backstop").joinpath("data", *parts).read_text(encoding="utf-8")


def find(name: str) -> Traversable:
    """The folder of a shipped scenario by its name, or of one's own by its path."""
    shipped = shipped_scenarios()
    if name in shipped:
        return _scenarios() / name
    if not name.strip():
        raise NotFound(f"name a scenario: your own by its path, or {' or '.join(shipped)}")
    if _holds_scenario(name):
        return Path(name)
    if _is_folder(name):
        raise NotFound(f"{name} holds no scenario.toml; `backstop init {name}/new` makes one")
    above = name.rpartition("/")[0]
    bare = f", and {above} holds no scenario.toml" if _is_folder(above) else ""
    raise NotFound(
        f"there is no scenario {name[:100]!r}: neither a folder of that name here nor a shipped "
        f"one ({', '.join(shipped)}){bare}"
        f"{did_you_mean(name, shipped) if len(shipped) > 12 else ''}"
    )


def _is_folder(name: str) -> bool:
    try:
        return bool(name) and Path(name).is_dir()
    except (OSError, ValueError):
        return False


def _holds_scenario(name: str) -> bool:
    """Whether a folder holds something called scenario.toml, of whatever kind."""
    try:
        return os.path.lexists(Path(name) / "scenario.toml")
    except (OSError, ValueError):
        return False


def label(folder: Traversable, name: str) -> str:
    """How problems call a file: the path as the person wrote it, or ``scenario/file``."""
    inside_package = folder.parent == _scenarios() if isinstance(folder, Path) else True
    return f"{folder.name}/{name}" if inside_package else str(folder.joinpath(name))


def split_target(target: str) -> tuple[str, str | None]:
    """``ukraine-2025/tripwire`` or ``path/to/mine/tripwire`` as scenario and design.

    In a folder that is no scenario nothing is a design: the whole then names a scenario that is
    not there, or not whole.
    """
    target = target.rstrip("/") or target
    shipped = shipped_scenarios()
    if target in shipped or _holds_scenario(target):
        return target, None
    scenario, slash, design = target.rpartition("/")
    no_scenario = scenario not in shipped and not _holds_scenario(scenario)
    if not slash or (no_scenario and (_is_folder(target) or _is_folder(scenario))):
        return target, None
    return scenario or "/", design.removesuffix(".toml")


def read(folder: Traversable, name: str, *, label: str) -> tuple[str | None, list[Problem]]:
    """Text of one file of a scenario folder, or the reason why there is none."""
    entry = folder.joinpath(*name.split("/"))
    limit = DESIGN_LIMIT if name.startswith("designs/") else LIMITS[Path(name).suffix]
    fault = _unreadable(folder, entry, limit)
    if fault:
        return None, [Problem(label, 0, 0, "", fault)]
    try:
        with entry.open("rb") as file:
            raw = file.read(limit + 1)
    except OSError as error:
        return None, [Problem(label, 0, 0, "", f"cannot be read: {error.strerror}")]
    if len(raw) > limit:
        return None, [Problem(label, 0, 0, "", _too_large(len(raw), limit))]
    return _decode(raw, label)


def _unreadable(folder: Traversable, entry: Traversable, limit: int) -> str:
    if not isinstance(folder, Path) or not isinstance(entry, Path):
        return "" if entry.is_file() else "is missing"
    try:
        if not entry.resolve().is_relative_to(folder.resolve()):
            return "leads out of the scenario folder; put a copy of the file there instead"
        status = os.stat(entry)
    except (FileNotFoundError, NotADirectoryError):
        return f"is missing; {_misnamed(entry) or _FROM_TEMPLATE}"
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "its links run in a circle"
        return f"cannot be read: {reason}"
    if not stat.S_ISREG(status.st_mode):
        return "is not a regular file; put a plain file there"
    return _too_large(status.st_size, limit) if status.st_size > limit else ""


def _too_large(size: int, limit: int) -> str:
    return (
        f"has {size / 1e6:,.1f} MB, more than the {limit / 1e6:,.1f} MB allowed; "
        "is it the right file?"
    )


def _misnamed(entry: Path) -> str:
    """A hint at a file beside the missing one that has nearly its name."""
    try:
        beside = [other.name for other in islice(entry.parent.iterdir(), 1_000)]
    except OSError:
        return ""
    others = [name for name in beside if name not in _EXPECTED]
    meant = near(entry.name, others)
    return f"is it the one called {meant!r}?" if meant else ""


_FROM_TEMPLATE = "`backstop init NAME` makes a scenario to copy it from"


_EXPECTED = {
    "scenario.toml", "evidence.toml", "line.geojson", "designs",
    "nations.csv", "offers.csv", "positions.csv",
}  # fmt: skip


def _decode(raw: bytes, label: str) -> tuple[str | None, list[Problem]]:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return None, [Problem(label, 1, 1, "", "is in UTF-16 or UTF-32; save it as UTF-8")]
    if b"\x00" in raw:
        line = raw[: raw.index(b"\x00")].count(b"\n") + 1
        message = "holds a NUL byte; it is not a text file, or one in UTF-16: save it as UTF-8"
        return None, [Problem(label, line, 1, "", message)]
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        start = before.rfind(b"\n") + 1
        # What stands before the first bad byte is sound UTF-8.
        column = len(before[start:].decode("utf-8-sig")) + 1
        bad = raw[error.start : error.start + 1]
        guess = bad.decode("cp1252", errors="ignore")
        meant = f" ({guess!r} in Windows-1252?)" if guess else ""
        message = f"byte 0x{bad.hex()}{meant} is not UTF-8; save the file as UTF-8"
        return None, [Problem(label, before.count(b"\n") + 1, column, "", message)]


def design_names(folder: Traversable) -> tuple[list[str], str]:
    """Names of the design files, sorted, and what is wrong with the folder they are in."""
    designs = folder / "designs"
    try:
        if not designs.is_dir():
            return [], "is missing; a scenario needs a folder designs/ with a .toml file in it"
        entries = islice(designs.iterdir(), 50 * MOST_DESIGNS)
        names = sorted(entry.name for entry in entries if entry.name.endswith(".toml"))
    except OSError as error:
        return [], f"cannot be read: {error.strerror}"
    if not names:
        return [], "holds no .toml file; each design is one"
    if len(names) > MOST_DESIGNS:
        return names[:MOST_DESIGNS], f"holds more than {MOST_DESIGNS} designs"
    return names, ""
