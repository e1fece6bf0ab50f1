"""The folder of a mission on disk.

mission.toml     what it is
ledger.db        the record (see ``backstop.watch.ledger``)
keys.pub         public keys of the record
quarantine/      rows that could not be read, one CSV for each file they came from
lines/           dated lines of contact, as GeoJSON
exports/         what was written for others
state/           where interrupted readings stopped; may be thrown away
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from backstop.errors import InputError, NotFound, Problem
from backstop.scenario.scenario import Scenario
from backstop.watch.ledger.note import SigningKey
from backstop.watch.ledger.store.folder import create_ledger
from backstop.watch.mission import MissionFile, mission_toml, theatre_around

MISSION_FILE = "mission.toml"
_FOLDERS = ("quarantine", "lines", "exports", "state")
#: Those of them that are written only by whoever holds the lock.
_WRITTEN_ALONE = ("quarantine", "state")
#: The names under which `write_whole` writes there before a file gets its own.
_UNFINISHED = re.compile(r"\..+\.(?:csv|json)\.[a-z0-9_]{8}")


@dataclass(frozen=True, slots=True)
class Position:
    """Where the reading of a file stopped, everything before being on disk."""

    offset: int
    row: int


@dataclass(frozen=True, slots=True)
class MissionFolder:
    """An open mission; holds nothing but the path and what ``mission.toml`` says."""

    path: Path
    mission: MissionFile

    @contextmanager
    def alone(self, *, wait_s: float = 10.0) -> Iterator[None]:
        """Keep other intakes out; the lock goes with the process that holds it."""
        lock = sqlite3.connect(self.path / "state" / "intake.lock", timeout=wait_s)
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            lock.close()
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            reason = "another intake is at work here" if busy else "its state cannot be written"
            raise fault(self.path, f"{reason} ({error})") from None
        try:
            self._sweep()
            yield
        finally:
            lock.rollback()
            lock.close()

    def _sweep(self) -> None:
        """Remove what a killed process left of files that it was writing.

        Only in folders where nobody writes without the lock; what cannot be removed does no harm.
        """
        for inner in _WRITTEN_ALONE:
            with suppress(OSError), os.scandir(self.path / inner) as found:
                for one in found:
                    if _UNFINISHED.fullmatch(one.name) and one.is_file(follow_symlinks=False):
                        os.unlink(one.path)

    def position(self, sha256: str, adapter: str) -> Position | None:
        """Where an interrupted reading of that file with that adapter stopped."""
        try:
            held = json.loads(self._state(sha256, adapter).read_text(encoding="utf-8"))
            return Position(int(held["offset"]), int(held["row"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def reach(self, sha256: str, adapter: str, position: Position | None) -> None:
        """Remember how far a file was read; None when it was read to its end."""
        place = self._state(sha256, adapter)
        if position is None:
            place.unlink(missing_ok=True)
            return
        write_whole(place, json.dumps({"offset": position.offset, "row": position.row}))

    def _state(self, sha256: str, adapter: str) -> Path:
        return self.path / "state" / f"{sha256[:32]}-{adapter}.json"

    def quarantine_file(self, name: str, sha256: str) -> Path:
        """Where the rows of a file lie that could not be read."""
        stem = "".join(c if c.isalnum() or c in "-_." else "_" for c in Path(name).name)[:60]
        return self.path / "quarantine" / f"{stem}-{sha256[:12]}.csv"


def create_mission(
    folder: str | Path,
    *,
    scenario: Scenario,
    scenario_name: str,
    agreement: str,
    key: SigningKey,
    origin: str,
    author: str,
    now: datetime,
    name: str = "",
    zone: str = "UTC",
) -> MissionFolder:
    """Make the folder of a mission and begin its ledger.

    Raises
    ------
    InputError
        When there is a mission already, or the folder cannot be written.
    """
    path = Path(folder)
    if (path / MISSION_FILE).exists():
        raise fault(path, "holds a mission already; choose another folder")
    points = [p for line in scenario.lines.features for p in line.geometry.coordinates]
    try:
        mission = MissionFile(
            name=name or path.resolve().name,
            scenario=scenario_name,
            scenario_digest=scenario.digest,
            agreement=agreement,
            origin=origin,
            zone=zone,
            theatre=theatre_around(points),
        )
    except ValidationError as error:
        raise fault(path, "; ".join(str(one["msg"]) for one in error.errors())) from None
    create_ledger(
        path,
        origin=origin,
        key=key,
        author=author,
        now=now,
        mission=mission.model_dump(mode="json"),
    ).close()
    try:
        for inner in _FOLDERS:
            (path / inner).mkdir(exist_ok=True)
        # Last, so that a folder with it is a whole mission.
        write_whole(path / MISSION_FILE, mission_toml(mission))
    except OSError as error:
        raise fault(path, f"cannot be written: {error.strerror}") from error
    return MissionFolder(path, mission)


def open_mission(folder: str | Path) -> MissionFolder:
    """The mission in a folder.

    Raises
    ------
    NotFound
        When there is none.
    InputError
        When its ``mission.toml`` is not sound.
    """
    path = Path(folder)
    place = path / MISSION_FILE
    try:
        held = tomllib.loads(place.read_text(encoding="utf-8"))
        mission = MissionFile.model_validate(held)
    except FileNotFoundError:
        raise NotFound(
            f"{path} holds no {MISSION_FILE}; `backstop watch init {path}` makes a mission"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise fault(place, f"cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise fault(place, f"this is not valid TOML: {error}") from None
    except ValidationError as error:
        problems = [
            Problem(str(place), 0, 0, ".".join(map(str, one["loc"])), str(one["msg"]))
            for one in error.errors()
        ]
        raise InputError(problems) from None
    for inner in _FOLDERS:
        (path / inner).mkdir(exist_ok=True)
    return MissionFolder(path, mission)


def write_whole(place: Path, text: str) -> None:
    """A text file that is there whole or not at all.

    Raises
    ------
    InputError
        When the disk is full or refuses it; what was there before is there still.
    """
    name = ""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, place)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise fault(place, f"cannot be written: {error.strerror}") from error


def fault(place: str | Path, reason: str) -> InputError:
    """A person's mistake, or the disk's, in one place."""
    return InputError([Problem(str(place), 0, 0, "", reason)])
