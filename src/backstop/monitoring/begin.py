"""A new mission: its folder, its ledger, the agreement it watches and the line it watches over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backstop.errors import NotFound
from backstop.scenario.ident import did_you_mean
from backstop.scenario.scenario import Scenario
from backstop.watch.agreement.agreement import Agreement
from backstop.watch.agreement.load import SHIPPED, read_agreement, shipped_agreement
from backstop.watch.folder import MissionFolder, create_mission, write_whole
from backstop.watch.ledger import SigningKey
from backstop.watch.mission import MissionFile

#: Where a mission keeps an agreement of its own.
AGREEMENT_FILE = "agreement.toml"


@dataclass(frozen=True, slots=True)
class Start:
    """What a person says of a mission when it begins."""

    scenario: Scenario
    scenario_name: str
    """A shipped name or a path."""
    agreement: str
    """The id of a shipped agreement; ``agreement.toml`` for one of its own."""
    agreement_text: str = ""
    """The text of an agreement of its own."""
    name: str = ""
    origin: str = ""
    zone: str = ""
    """Whose clock it counts days by; that of the scenario's theatre when left out."""


def begin_mission(folder: str, *, start: Start, key: SigningKey, now: datetime) -> MissionFolder:
    """Make the folder of a mission.

    Raises
    ------
    InputError
        When there is a mission already, the folder cannot be written, or the zone is unknown.
    """
    mission = create_mission(
        folder,
        scenario=start.scenario,
        scenario_name=start.scenario_name,
        agreement=start.agreement,
        key=key,
        origin=start.origin,
        author="init",
        now=now,
        name=start.name,
        zone=start.zone or start.scenario.file.theatre.time_zone,
    )
    if start.agreement_text:
        write_whole(mission.path / AGREEMENT_FILE, start.agreement_text)
    line = start.scenario.lines.features[0]
    day = line.properties.date
    text = f'{{"type":"FeatureCollection","features":[{line.model_dump_json()}]}}\n'
    write_whole(mission.path / "lines" / f"{line.properties.id}-{day}.geojson", text)
    return mission


def shipped_name(given: str) -> str:
    """The id of the shipped agreement that a person means: its id or a part of only one id.

    Raises
    ------
    NotFound
        When none or several fit.
    """
    fitting = [name for name in SHIPPED if given == name] or [n for n in SHIPPED if given in n]
    if given and len(fitting) == 1:
        return fitting[0]
    several = f"; {given[:60]!r} may be any of {', '.join(fitting)}" if fitting and given else ""
    raise NotFound(
        f"there is no shipped agreement {given[:60]!r} ({', '.join(SHIPPED)})"
        f"{several or did_you_mean(given, SHIPPED)}; a file of your own ends in .toml"
    )


def agreement_of(mission: MissionFile, *, own_text: str = "") -> Agreement:
    """The agreement that a mission classifies against.

    Parameters
    ----------
    own_text : str
        What ``agreement.toml`` in the mission's folder says, where the mission has one of its own.

    Raises
    ------
    NotFound
        When it is none that is shipped.
    InputError
        When the mission's own file is not sound.
    """
    if mission.agreement == AGREEMENT_FILE:
        return read_agreement(own_text, file=AGREEMENT_FILE)
    return shipped_agreement(shipped_name(mission.agreement))
