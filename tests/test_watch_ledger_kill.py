"""A process killed at any instant loses nothing that it had acknowledged."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backstop.watch.ledger import open_ledger, verify_ledger
from watch_ledger_cases import at, new_ledger, observation

# Appends small batches as fast as it can; after each commit it says how far the ledger reaches.
WRITER = """
import os, random, sys
from backstop.watch.ledger import open_ledger, redact, seal
from watch_ledger_cases import LOG_KEY, at, named_observation, observation

chance = random.Random(int(sys.argv[2]))
with open_ledger(sys.argv[1]) as ledger:
    os.write(1, b"ready\\n")
    while True:
        choice = chance.random()
        if choice < 0.8:
            batch = [observation(n) for n in range(chance.choice([1, 3, 40, 400]))]
            size = ledger.append(batch, author="intake", now=at(1)).size
        elif choice < 0.9:
            seal(ledger, LOG_KEY, author="mission", now=at(1))
            size = ledger.size
        else:
            named = [named_observation(1, "Olena Kovalenko")]
            first = ledger.append(named, author="intake", now=at(1)).first
            os.write(1, b"%d\\n" % (first + 1))
            size = redact(ledger, first, ["/observer/name"], reason="r", author="d", now=at(1)).size
        os.write(1, b"%d\\n" % size)
"""


def killed(folder: Path, chance: random.Random) -> int:
    """Start a writer, kill it after a moment, and say up to where it had acknowledged."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sys.path))}
    command = [sys.executable, "-c", WRITER, str(folder), str(chance.randrange(10**9))]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    assert writer.stdout is not None
    with writer.stdout as said:
        assert said.readline() == b"ready\n"
        lines = [said.readline() for _ in range(chance.randrange(4))]
        time.sleep(chance.random() ** 2 * 0.05)
        writer.send_signal(signal.SIGKILL)
        lines += [line for line in said.read().split(b"\n")[:-1] if line]
    assert writer.wait() == -signal.SIGKILL
    return int(lines[-1]) if lines else 0


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("rounds", [8, pytest.param(300, marks=pytest.mark.slow)])
def test_a_writer_killed_at_any_instant_loses_nothing_it_acknowledged(tmp_path, rounds):
    folder = tmp_path / "mission"
    new_ledger(folder).close()
    chance = random.Random(rounds)
    size, root, written = 2, b"", 0
    for number in range(rounds):
        acknowledged = killed(folder, chance)
        with open_ledger(folder) as ledger:
            assert ledger.size >= max(acknowledged, size), f"round {number}"
            # What stood there before the kill still stands there, and the tree continues it.
            assert not root or ledger.root(size) == root
            written += ledger.size > size
            size, root = ledger.size, ledger.root()
        if number % 10 == 0 or number == rounds - 1:
            found = verify_ledger(folder)
            assert found.broken == (), f"round {number}"
        if size > 60_000:
            shutil.rmtree(folder)
            new_ledger(folder).close()
            size, root = 2, b""
    # The killing came late enough to interrupt writing, not only starting.
    assert written > rounds / 3


def test_a_write_ahead_log_cut_anywhere_leaves_a_beginning_of_the_record(tmp_path):
    folder, cut = tmp_path / "mission", tmp_path / "cut"
    ledger = new_ledger(folder)
    sizes = {ledger.size: ledger.root()}
    for number in range(12):
        ledger.append([observation(number)] * 5, author="intake", now=at(number))
        sizes[ledger.size] = ledger.root()
    files = {p.name: p.read_bytes() for p in folder.iterdir() if not p.name.endswith("-shm")}
    ledger.close()
    whole = files["ledger.db-wal"]
    chance = random.Random(5)
    seen = set()
    for length in [
        0,
        1,
        31,
        32,
        33,
        *(chance.randrange(len(whole)) for _ in range(40)),
        len(whole),
    ]:
        shutil.rmtree(cut, ignore_errors=True)
        cut.mkdir()
        for name, data in files.items():
            (cut / name).write_bytes(data[:length] if name.endswith("-wal") else data)
        found = verify_ledger(cut)
        assert found.broken == ()
        assert found.root == sizes[found.size]
        seen.add(found.size)
    assert len(seen) > 5
    assert max(seen) == 62
