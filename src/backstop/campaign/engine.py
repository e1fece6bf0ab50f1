"""Inputs to notes: worlds cut into blocks of lanes and shared among threads."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backstop.campaign import parameters as at
from backstop.campaign.inputs import Inputs, Notes, Single
from backstop.campaign.state import WIDTHS, Given, room

#: Worlds side by side in a block.
LANES = 32

Key = tuple[int, int]


def run(
    inputs: Inputs,
    *,
    key: Key,
    checkpoints: Sequence[int],
    replication: int = 0,
    threads: int = 1,
    lanes: int = LANES,
) -> Notes:
    """Run every world of the inputs.

    Parameters
    ----------
    inputs : Inputs
    key : pair of int
        The key of Philox, 32 bits each; ``futures.Stream(seed, name).key`` gives one.
    checkpoints : sequence of int
        Days at whose end the state is noted; one beyond the last day notes the last.
    replication : int
        Number of the battle's luck: another draws other luck in the same worlds. The course of the
        main effort belongs to the world.
    threads : int
    lanes : int
        Worlds a block, 16 or 32; changes no result.

    Returns
    -------
    Notes
        The same bits whatever the threads, the lanes and the worlds run beside each other.
    """
    assert lanes in WIDTHS, f"a block has {WIDTHS} lanes"
    assert 0 <= replication < 2**32, "a replication is a 32-bit number"
    blocks = -(-inputs.worlds // lanes)
    cuts = np.linspace(0, blocks, min(max(threads, 1), max(blocks, 1)) + 1).astype(int)
    parts = [(int(a), int(b)) for a, b in pairwise(cuts) if b > a]
    noted = np.minimum(np.asarray(checkpoints, np.int64), inputs.days)
    notes = np.zeros((blocks, noted.size, at.NOTES, lanes), np.float32)
    ends = np.zeros((blocks, at.DAYS_NOTED, lanes), np.float32)

    def work(part: tuple[int, int]) -> None:
        _run_blocks(inputs, part, key, noted, replication, lanes, notes, ends)

    if len(parts) > 1:
        with ThreadPoolExecutor(max_workers=len(parts)) as pool:
            list(pool.map(work, parts))
    else:
        for part in parts:
            work(part)
    return Notes(notes=_worlds(notes, inputs.worlds), ends=_worlds(ends, inputs.worlds))


def _run_blocks(
    inputs: Inputs,
    part: tuple[int, int],
    key: Key,
    noted: NDArray[np.int64],
    replication: int,
    lanes: int,
    notes: Single,
    ends: Single,
) -> None:
    from backstop.campaign import kernel

    start, stop = part
    # The last block is filled up with copies of the last world.
    chosen = np.minimum(np.arange(start * lanes, stop * lanes), inputs.worlds - 1)
    given = Given(
        numbers=inputs.numbers[chosen].reshape(-1, lanes),
        world=_blocks(inputs.world, chosen, lanes),
        sector=_blocks(np.moveaxis(inputs.sector, 0, 1), chosen, lanes),
        weight=inputs.weight,
        cell=inputs.cell,
        cumulative=inputs.cumulative,
        wave_day=_blocks(inputs.waves.day, chosen, lanes),
        wave=_blocks(inputs.waves.value, chosen, lanes),
        wave_share=np.ascontiguousarray(inputs.waves.share).ravel(),
    )
    kernel.run[lanes](
        given,
        np.array(key, np.uint32),
        np.uint32(replication),
        inputs.days,
        noted,
        notes[start:stop],
        ends[start:stop],
        room(sectors=inputs.sectors, days=inputs.days, lanes=lanes),
    )


def _blocks(array: NDArray[Any], chosen: NDArray[np.intp], lanes: int) -> NDArray[Any]:
    """``(…, worlds)`` as ``(blocks, …, lanes)``, each block in one piece."""
    picked = array[..., chosen]
    cut = picked.reshape(*array.shape[:-1], chosen.size // lanes, lanes)
    return np.ascontiguousarray(np.moveaxis(cut, -2, 0))


def _worlds(array: Single, worlds: int) -> Single:
    """``(blocks, …, lanes)`` as ``(…, worlds)``, without what filled up the last block."""
    joined = np.moveaxis(array, 0, -2)
    flat = joined.reshape(*joined.shape[:-2], joined.shape[-2] * joined.shape[-1])
    return np.ascontiguousarray(flat[..., :worlds])
