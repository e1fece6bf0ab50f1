"""A small mission's ledger with something of everything, to read and to tamper with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from backstop.watch.ledger import (
    Draft,
    Kind,
    SigningKey,
    admit_witness,
    canonical_json,
    conceal,
    cosign,
    create_ledger,
    open_ledger,
    read_checkpoint,
    redact,
    seal,
    take_cosignatures,
)

ORIGIN = "example.org/mission"
START = datetime(2025, 3, 1, 12, tzinfo=UTC)
LOG_KEY = SigningKey(ORIGIN, bytes(range(32)))
WITNESS_KEY = SigningKey("example.org/party-a", bytes(range(1, 33)))
NAMES = ("Olena Kovalenko", "Іван Петренко", "Marie Dupont")


@dataclass(frozen=True, slots=True)
class Mission:
    """A finished ledger and the checkpoints that a party kept."""

    folder: Path
    kept: tuple[str, ...]


def at(hours: float) -> datetime:
    """So many hours after the mission began."""
    return START + timedelta(hours=hours)


def observation(number: int) -> Draft:
    """One draft without anything concealed."""
    body = {"act": "explosion", "count": number, "text": f"heard {number} · вибух"}
    return Draft(
        Kind.OBSERVATION,
        canonical_json(body),
        subject=f"smm/{number}",
        fingerprint=f"{number:064x}",
    )


def named_observation(number: int, name: str) -> Draft:
    """One draft whose observer's name is concealed, with a fixed salt."""
    body = {"act": "burst", "observer": {"name": name, "post": "Svitlodarsk"}}
    salts = iter([bytes([number]) * 32])
    public, secrets = conceal(body, ["/observer/name"], salt=lambda: next(salts))
    return Draft(
        Kind.OBSERVATION, canonical_json(public), f"smm/{number}", f"{number:064x}", secrets
    )


def new_ledger(folder: Path):
    """An empty ledger, but for its first two entries."""
    return create_ledger(
        folder,
        origin=ORIGIN,
        key=LOG_KEY,
        author="init",
        now=START,
        mission={"scenario": "ukraine-2025"},
    )


def make_mission(folder: Path) -> Mission:
    """About 300 entries, three checkpoints, a witness, both kinds of redaction, a late clock."""
    kept = []
    with new_ledger(folder) as ledger:
        ledger.append(map(observation, range(100, 350)), author="intake", now=at(1))
        named = [named_observation(n, name) for n, name in enumerate(NAMES, 1)]
        ledger.append(named, author="intake", now=at(2))
        kept.append(seal(ledger, LOG_KEY, author="mission", now=at(3)))
        admit_witness(ledger, WITNESS_KEY.verifier, author="mission", now=at(4))
        ledger.append([Draft(Kind.EFFORT, b'{"hours":8}')], author="ops", now=at(3.5))
        redact(ledger, 252, ["/observer/name"], reason="asked to", author="dpo", now=at(5))
        redact(ledger, 10, None, reason="a name in free text", author="dpo", now=at(6))
        kept.append(seal(ledger, LOG_KEY, author="mission", now=at(7)))
        kept[-1] = str(
            cosign(
                kept[-1],
                log=LOG_KEY.verifier,
                witness=WITNESS_KEY,
                now=at(8),
                seen=read_checkpoint(kept[0])[0],
                proof=ledger.consistency_proof(read_checkpoint(kept[0])[0].size),
            )
        )
        assert take_cosignatures(ledger, kept[-1]) == 1
        ledger.append([observation(n) for n in range(400, 420)], author="intake", now=at(9))
        kept.append(seal(ledger, LOG_KEY, author="mission", now=at(10)))
    return Mission(folder, tuple(kept))


def appended(folder: Path, *drafts: Draft, hours: float = 20) -> None:
    """Open a mission's ledger and append to it."""
    with open_ledger(folder) as ledger:
        ledger.append(drafts, author="intake", now=at(hours))
