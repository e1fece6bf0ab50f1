"""The ledger of a mission, in CPU time: ``python benchmarks/bench_ledger.py [--entries N]``.

Peers: ``json.dumps`` with sorted keys, which checks nothing and writes numbers its own way, for
canonical JSON; and plain SQLite inserts of the same bytes, which prove nothing, for committed
appends. Committed means on disk: synchronous FULL, one wait for the disk a group. Exit status 1
when a budget is missed.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from backstop.watch.ledger import (
    Draft,
    Kind,
    Ledger,
    SigningKey,
    canonical_json,
    create_ledger,
    leaf_hash,
    seal,
    verify_ledger,
)
from backstop.watch.ledger.tree import Tree
from measure import cpu

START = datetime(2025, 3, 1, tzinfo=UTC)
KEY = SigningKey("example.org/bench", bytes(range(32)))

#: How much longer than ``json.dumps`` the canonical form of about forty fields may take.
CANONICAL_BUDGET = 1.6
#: Entries a CPU second, from drafts to disk, in groups of 10,000; the wall time is the disk's.
APPEND_BUDGET = 50_000
#: CPU seconds to verify a million entries.
VERIFY_BUDGET_S = 30.0


def record(number: int) -> dict[str, object]:
    """A record like an observation's: about forty fields, five of them nested."""
    return {
        "record_type": "observation",
        "version": 1,
        "source_id": "smm",
        "source_record_id": f"smm-{number}",
        "occurred": {
            "earliest": "2021-03-26T08:05:00Z",
            "latest": "2021-03-26T08:45:00Z",
            "best": "2021-03-26T08:20:00Z",
            "precision": "hour",
        },
        "reported_at": "2021-03-27T17:30:00Z",
        "tz_stated": "+02:00",
        "place": {
            "method": "sector",
            "name": "Svitlodarsk",
            "uncertainty_m": 2500,
            "position": [38.2213 + number * 1e-6, 48.4342],
            "range_km": [2, 7.5],
            "bearings_deg": [0, 45],
        },
        "relation": {
            "line_id": "loc-2014-09-19",
            "line_vintage": "2021-03-26",
            "dist_line_m": -1523.4 + number,
            "side": "gca",
            "zones": ["security-zone"],
        },
        "act": {
            "kind": "explosion",
            "effect": "undetermined",
            "count": 48,
            "rule": "each",
            "at_least": False,
            "weapon_class": "artillery",
            "weapon_text": "assessed as 122mm",
            "calibre_mm": 122,
            "direction": "unknown",
        },
        "means": "heard",
        "effort_id": "patrol-17",
        "actor_assessed": {"undetermined": 0.7, "a": 0.2, "b": 0.1},
        "basis": ["bearing", "sound"],
        "reliability": "B",
        "credibility": 2,
        "state": "reported",
        "handling": "amber",
        "media": [],
        "text": "48 undetermined explosions 2-7km N and NE, assessed as outgoing",
    }


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall seconds of one run."""
    start = time.process_time(), time.perf_counter()
    call()
    return time.process_time() - start[0], time.perf_counter() - start[1]


def say(case: str, figure: str, peer: str = "", missed: bool = False) -> bool:
    print(f"{case:<46}{figure:>34}  {'MISSED  ' if missed else ''}{peer}")
    return missed


def canonical() -> bool:
    records = [record(n) for n in range(2_000)]
    size = len(canonical_json(records[0]))
    ours = cpu(lambda: [canonical_json(r) for r in records], runs=5) / 2e-3
    options = {"sort_keys": True, "ensure_ascii": False, "separators": (",", ":")}
    peer = cpu(lambda: [json.dumps(r, **options).encode() for r in records], runs=5) / 2e-3
    dumps = f"json.dumps: {peer:.1f} µs"
    return say(
        f"canonical JSON, {size} bytes",
        f"{ours:.1f} µs a record",
        dumps,
        ours > CANONICAL_BUDGET * peer,
    )


def hashing() -> None:
    leaves = [canonical_json(record(n)) for n in range(5_000)]
    seconds = cpu(lambda: [leaf_hash(leaf) for leaf in leaves], runs=5)
    say("leaf hashes, full records", f"{5_000 / seconds:,.0f} a second")
    short = [b"%d" % n for n in range(50_000)]
    seconds = cpu(lambda: [leaf_hash(leaf) for leaf in short], runs=5)
    say("leaf hashes, short leaves", f"{50_000 / seconds:,.0f} a second")
    hashes = [leaf_hash(leaf) for leaf in short]
    seconds = cpu(lambda: Tree().extend(hashes), runs=5)
    say("appends to the tree in memory", f"{50_000 / seconds:,.0f} a second")
    tree = Tree()
    tree.extend(hashes)
    seconds = cpu(lambda: [tree.root() for _ in range(5_000)], runs=5)
    say("roots of a tree of 50,000", f"{5_000 / seconds:,.0f} a second")


def drafts(first: int, count: int) -> list[Draft]:
    return [
        Draft(Kind.OBSERVATION, canonical_json(record(n)), f"smm/{n}", f"{n:064x}")
        for n in range(first, first + count)
    ]


def begun(folder: Path) -> Ledger:
    return create_ledger(folder, origin=KEY.name, key=KEY, author="bench", now=START, mission={})


def appending(folder: Path) -> bool:
    missed = False
    for group, groups in ((1, 300), (100, 60), (1_000, 30), (10_000, 5)):
        batches = [drafts(n * group, group) for n in range(groups)]
        with begun(folder / f"group-{group}") as ledger:
            seconds, wall = timed(
                lambda: [ledger.append(b, author="bench", now=START) for b in batches]  # noqa: B023
            )
        entries = group * groups
        late = group == 10_000 and entries / seconds < APPEND_BUDGET
        figure = f"{entries / wall:,.0f} a second, {entries / seconds:,.0f} a CPU-s"
        peer = f"plain inserts: {plain_inserts(folder / f'plain-{group}', batches):,.0f} a second"
        say(f"committed appends, groups of {group:,}", figure, peer, late)
        missed |= late
    return missed


def plain_inserts(file: Path, batches: list[list[Draft]]) -> float:
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE entry (idx INTEGER PRIMARY KEY, leaf BLOB)")

    def insert() -> None:
        for batch in batches:
            database.execute("BEGIN")
            rows = [(draft.body,) for draft in batch]
            database.executemany("INSERT INTO entry (leaf) VALUES (?)", rows)
            database.execute("COMMIT")

    _, wall = timed(insert)
    database.close()
    return sum(map(len, batches)) / wall


def large(folder: Path, entries: int) -> bool:
    mission = folder / "large"
    with begun(mission) as ledger:
        for first in range(0, entries, 10_000):
            batch = drafts(first, min(10_000, entries - first))
            ledger.append(batch, author="bench", now=START + timedelta(seconds=first))
            if first % 100_000 == 0:
                seal(ledger, KEY, author="bench", now=START + timedelta(seconds=first))
        size = ledger.size
        numbers = [(n * 7_919) % size for n in range(500)]
        seconds = cpu(lambda: [ledger.inclusion_proof(n, size=size) for n in numbers], runs=2)
        say(f"inclusion proofs in {size:,}", f"{500 / seconds:,.0f} a second")
        seconds = cpu(lambda: [ledger.consistency_proof(n, size=size) for n in numbers], runs=2)
        say(f"consistency proofs in {size:,}", f"{500 / seconds:,.0f} a second")
        seconds = cpu(lambda: [ledger.known_on(START) for _ in range(500)], runs=2)
        say("as known on a date", f"{500 / seconds:,.0f} a second")
        subjects = [f"smm/{n}" for n in numbers]
        seconds = cpu(lambda: ledger.standing(subjects), runs=2)
        say("standing of a subject", f"{500 / seconds:,.0f} a second")
        seconds, _ = timed(lambda: sum(1 for _ in ledger.entries(stop=100_000)))
        say("entries read and checked", f"{min(size, 100_000) / seconds:,.0f} a second")
    found = None

    def verify() -> None:
        nonlocal found
        found = verify_ledger(mission)

    seconds, wall = timed(verify)
    assert found is not None
    assert found.ok, found.broken
    late = seconds > VERIFY_BUDGET_S * max(size, 100_000) / 1e6
    megabytes = (mission / "ledger.db").stat().st_size / 1e6
    figure = f"{seconds:.1f} CPU-s, {wall:.1f} s wall"
    return say(f"verify {size:,} entries, {megabytes:,.0f} MB", figure, missed=late)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=100_000, help="size of the large ledger")
    arguments = parser.parse_args()
    missed = canonical()
    hashing()
    with tempfile.TemporaryDirectory() as folder:
        missed |= appending(Path(folder))
        missed |= large(Path(folder), arguments.entries)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
