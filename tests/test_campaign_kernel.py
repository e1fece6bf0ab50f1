"""The compiled kernel is the reference, bit for bit, however the work is cut."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from backstop.campaign import engine
from backstop.campaign import parameters as at
from backstop.campaign.elementary import exp2, log2, normal
from backstop.campaign.reference import run_one
from backstop.campaign.stage import simulate
from backstop.futures import philox4x32
from campaign_cases import DAYS, KEY, case, wild


def same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and a.tobytes() == b.tobytes()


@pytest.mark.parametrize(
    ("sectors", "cells", "days", "waves"),
    [(1, 1, 9, 0), (1, 1, 30, 2), (7, 4, 40, 3), (20, 20, 60, 4), (33, 11, 15, 1)],
)
def test_the_kernel_gives_the_bits_of_the_reference(
    sectors: int, cells: int, days: int, waves: int
) -> None:
    inputs = wild(sectors, sectors=sectors, cells=cells, worlds=40, days=days, waves=waves)
    quick = engine.run(inputs, key=KEY, checkpoints=DAYS, replication=5)
    for place in (0, 1, 17, 39):
        slow, _ = run_one(inputs.one(place), key=KEY, checkpoints=DAYS, replication=5)
        assert same(slow.notes[:, :, 0], quick.notes[:, :, place])
        assert same(slow.ends[:, 0], quick.ends[:, place])


@pytest.mark.parametrize("lanes", [16, 32])
def test_lanes_and_threads_change_nothing(lanes: int) -> None:
    inputs = wild(3, sectors=5, worlds=101, days=20)
    one = engine.run(inputs, key=KEY, checkpoints=DAYS)
    for threads in (1, 2, 3, 200):
        other = engine.run(inputs, key=KEY, checkpoints=DAYS, lanes=lanes, threads=threads)
        assert same(one.notes, other.notes)
        assert same(one.ends, other.ends)


def test_a_world_is_the_same_alone_and_among_others() -> None:
    inputs = wild(4, sectors=6, worlds=70, days=25)
    among = engine.run(inputs, key=KEY, checkpoints=DAYS)
    alone = engine.run(inputs.one(66), key=KEY, checkpoints=DAYS)
    assert same(among.notes[:, :, 66], alone.notes[:, :, 0])


def test_a_replication_draws_other_luck_and_keeps_the_main_effort() -> None:
    inputs = wild(5, sectors=6, worlds=1, days=40)
    _, first = run_one(inputs, key=KEY, checkpoints=DAYS, replication=0)
    _, second = run_one(inputs, key=KEY, checkpoints=DAYS, replication=1)
    assert same(first.effort, second.effort)
    assert not same(first.front_km, second.front_km)


def test_the_digest_of_4096_worlds_does_not_depend_on_how_they_are_run() -> None:
    """Threads 1 and 2, lanes 16 and 32, and chunks that fit nothing."""
    base = simulate(case(), worlds=range(4096), seed=1, threads=1)
    cuts = ({"threads": 2}, {"lanes": 16, "chunk": 1000}, {"threads": 2, "chunk": 333})
    for cut in cuts:
        assert simulate(case(), worlds=range(4096), seed=1, **cut).digest() == base.digest()
    part = simulate(case(), worlds=range(1000, 1100), seed=1)
    assert same(part.deepest_km, base.deepest_km[1000:1100])
    assert simulate(case(), worlds=range(4096), seed=2).digest() != base.digest()


_DIGEST = """
from backstop.campaign.stage import simulate
from backstop.scenario.load import load
print(simulate(load("ukraine-2025").design("tripwire"), worlds=range(4096), seed=1).digest())
"""


@pytest.mark.slow
def test_the_generic_processor_gives_the_same_digest(tmp_path: object) -> None:
    here = simulate(case(), worlds=range(4096), seed=1).digest()
    for name in ("generic", "host"):
        env = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
        if name == "generic":
            env["NUMBA_CPU_NAME"] = "generic"
        ran = subprocess.run(
            [sys.executable, "-c", _DIGEST], env=env, capture_output=True, text=True, check=True
        )
        assert ran.stdout.strip() == here, name


def test_the_kernels_random_numbers_are_philox() -> None:
    """Random123's known answers, by the NumPy function that is checked against them itself."""
    from numba import njit

    from backstop.campaign.lanes import philox

    words = njit(lambda c, k: philox(c[0], c[1], c[2], c[3], k[0], k[1]))
    known = {
        ((0, 0, 0, 0), (0, 0)): (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2): (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
        ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0)): (
            0xD16CFE09,
            0x94FDCCEB,
            0x5001E420,
            0x24126EA1,
        ),
    }
    for (counter, key), answer in known.items():
        found = words(np.array(counter, np.uint32), np.array(key, np.uint32))
        assert tuple(int(word) for word in found) == answer
        assert tuple(philox4x32(counter, key)) == answer


def test_powers_and_logarithms_are_as_exact_as_stated() -> None:
    y = np.linspace(-120, 120, 100_001).astype(np.float32)
    exact = np.exp2(y.astype(np.float64))
    assert np.abs(exp2(y) / exact - 1).max() < 2e-7
    assert np.abs(log2(exact.astype(np.float32)) - np.log2(exact)).max() < 1e-5
    near = np.linspace(0.5, 2, 100_001).astype(np.float32)
    assert np.abs(log2(near) - np.log2(near.astype(np.float64))).max() < 3e-7


def test_the_normal_number_is_irwin_and_halls() -> None:
    words = philox4x32(np.stack([np.arange(200_000)] + [np.zeros(200_000, int)] * 3, -1), (1, 2))
    z = normal(words[:, 0], words[:, 1]).astype(np.float64)
    assert abs(z.mean()) < 0.01
    assert abs(z.std() - 1) < 0.01
    assert abs((z**4).mean() - 2.7) < 0.05
    assert np.abs(z).max() < 3.47


def test_a_replayed_world_is_the_one_that_was_run() -> None:
    outcomes = simulate(case("reassurance"), worlds=range(40), seed=3)
    for world in (0, 17, 39):
        path = outcomes.replay(world=world)
        assert path.deepest_km[-1] == outcomes.deepest_km[world]
        assert path.area_lost_km2[-1] == pytest.approx(outcomes.area_lost_km2[world], rel=1e-5)
        assert path.losses[-1, 2] == pytest.approx(outcomes.guarantor_losses[world], rel=1e-5)
        assert path.front_km.shape == (180, 20)


def test_one_kernel_is_compiled_for_all_of_this() -> None:
    from backstop.campaign import kernel

    for waves in (0, 2):
        engine.run(wild(1, sectors=2, worlds=3, days=2, waves=waves), key=KEY, checkpoints=(1,))
    assert len(kernel.run[engine.LANES].signatures) == 1


def test_every_row_is_read() -> None:
    """A row that changes nothing would be a parameter that nothing reads."""
    inputs = wild(8, sectors=5, worlds=64, days=50, waves=4)
    base = engine.run(inputs, key=KEY, checkpoints=DAYS)
    for row in range(at.ROWS):
        world = inputs.world.copy()
        world[row] *= np.float32(0.5)
        other = wild(8, sectors=5, worlds=64, days=50, waves=4)
        object.__setattr__(other, "world", world)
        changed = engine.run(other, key=KEY, checkpoints=DAYS)
        assert not (same(base.notes, changed.notes) and same(base.ends, changed.ends)), row
