"""``backstop watch`` killed with signal 9 at any instant: nothing acknowledged is ever lost."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from backstop.monitoring.known import read_known
from backstop.watch.folder import open_mission
from backstop.watch.ledger import Kind, open_ledger, verify_ledger

MAPPING = """
source = "post"
zone = "Europe/Kyiv"
[columns]
id = "No"
date = "Day"
latitude = "Y"
longitude = "X"
[fixed]
kind = "explosion"
means = "heard"
rule = "one-incident@1"
count = "1"
"""
#: Rows of a file: a batch of an intake and a part of a second.
ROWS = 6_000


def _started(*words: object) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sys.path))}
    start = "from backstop.cli.main import run; run()"
    command = [sys.executable, "-c", start, "watch", *map(str, words)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, env=environment)


def _done(*words: object) -> float:
    """Run a command to its end; how long that took, in seconds."""
    begin = time.monotonic()
    worker = _started(*words)
    _, said = worker.communicate()
    assert worker.returncode == 0, said
    return time.monotonic() - begin


def _table(folder: Path, number: int) -> Path:
    place = folder / f"{number}.csv"
    rows = (f"{number}-{n},2024-01-{n % 28 + 1:02d},48.{n % 90 + 10},37.5" for n in range(ROWS))
    place.write_text("\n".join(["No,Day,Y,X", *rows, ""]))
    return place


def _killed_again_and_again(home: Path, chance: random.Random, rounds: int) -> Counter[str]:
    """One mission through so many kills: how many cut a file short, and how many came too late."""
    folder, mapping = home / "mission", home / "post.toml"
    home.mkdir()
    mapping.write_text(MAPPING)
    _done("init", folder, "--scenario", "ukraine-2025", "--agreement", "model-ukraine-2025")
    last = _done("intake", folder, _table(home, 0), "--mapping", mapping)
    file, seen, taken = 0, Counter[str](), Counter({0: ROWS})
    with open_ledger(folder) as ledger:
        size, root = ledger.size, ledger.root()
    for number in range(rounds):
        sealing = chance.random() < 0.125
        if taken[file] == ROWS and not sealing:
            file += 1
            _table(home, file)
        words = ("intake", folder, home / f"{file}.csv", "--mapping", mapping)
        worker = _started(*(("seal", folder) if sealing else words))
        # From the start of the interpreter to the end of the work, most often while it writes.
        time.sleep(last * chance.uniform(0.2, 1.1))
        worker.send_signal(signal.SIGKILL)
        acknowledged = b" read, " in worker.communicate()[0]
        before = size
        with open_ledger(folder) as ledger:
            assert ledger.root(size) == root, f"round {number}"
            size, root = ledger.size, ledger.root()
            new = sum(1 for _ in ledger.entries(before, size, kinds=(Kind.OBSERVATION,)))
        taken[file] += new
        # What a command said it had taken in is there; and a file taken in again is not twice.
        assert taken[file] == ROWS or not (acknowledged or taken[file] > ROWS), f"round {number}"
        seen["cut"] += 0 < new < ROWS or (size > before and not new)
        seen["whole"] += acknowledged
    for number in range(file + 1):
        _done("intake", folder, home / f"{number}.csv", "--mapping", mapping)
    with open_ledger(folder) as ledger:
        held = read_known(open_mission(folder), ledger).observations
    assert len(held) == (file + 1) * ROWS
    assert verify_ledger(folder).broken == ()
    return seen


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize(
    ("missions", "each"), [(1, 3), pytest.param(5, 20, marks=pytest.mark.slow)]
)
def test_commands_killed_at_any_instant_lose_nothing_they_acknowledged(tmp_path, missions, each):
    """Intakes, one in eight a seal; a killed file is taken in again, as a person would."""
    chance, seen = random.Random(missions), Counter[str]()
    for number in range(missions):
        seen += _killed_again_and_again(tmp_path / str(number), chance, each)
        shutil.rmtree(tmp_path / str(number))
    # The killing came late enough to cut writing short, not only starting.
    assert missions == 1 or seen["cut"] > missions * each / 20
