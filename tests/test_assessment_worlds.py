"""Futures of a case, and those of a war beside them."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache

import numpy as np
import pytest

from backstop.assessment.worlds import _of_war, _places, draw, draw_war
from backstop.campaign import drawn, simulate
from backstop.futures import sample
from backstop.scenario.load import load
from backstop.scenario.rules import Correlation
from backstop.scenario.scenario import Case

#: One of a war, and one of every case.
WAR, PEACE = "battle.attrition.attacker_loss_share", "theatre.lines[contact].length_km"


@cache
def tied() -> Case:
    """Tripwire with a quantity of the war that hangs together with one that every case draws."""
    case = load("ukraine-2025").design("tripwire")
    main = case.scenario.file
    pairs = (*main.correlations, Correlation(a=WAR, b=PEACE, rho=0.4))
    scenario = case.scenario.model_copy(
        update={"file": main.model_copy(update={"correlations": pairs})}
    )
    return scenario.design("tripwire")


def test_the_futures_of_a_war_are_those_that_are_drawn_at_once() -> None:
    case = tied()
    places = {p.path: p for p in _places(case)} | _of_war(case, seed=3)
    whole = sample(
        {path: (place.quantity, place.bounds) for path, place in places.items()},
        worlds=range(96),
        seed=3,
        correlations=[
            c for c in case.scenario.file.correlations if c.a in places and c.b in places
        ],
    )
    found = draw_war(case, draw(case, worlds=range(128), seed=3), first=96)
    assert len(found) == 96
    assert list(found.places) == list(places)
    for path, values in found.uncertain():
        assert np.array_equal(values, whole[path]), path


def test_a_pair_of_war_and_peace_moves_both() -> None:
    """The test above would say nothing if the pair were lost on both sides."""
    found = draw_war(tied(), draw(tied(), worlds=range(512), seed=3), first=512)
    apart = draw_war(
        load("ukraine-2025").design("tripwire"), draw(tied(), worlds=range(512), seed=3), first=512
    )
    assert np.corrcoef(found[WAR], found[PEACE])[0, 1] > 0.3
    assert abs(np.corrcoef(apart[WAR], apart[PEACE])[0, 1]) < 0.2


def test_more_futures_than_there_are_give_those_there_are() -> None:
    case = tied()
    assert len(draw_war(case, draw(case, worlds=range(8), seed=1), first=100)) == 8


def test_a_campaign_is_the_same_when_its_worlds_were_drawn_before() -> None:
    case = load("ukraine-2025").design("tripwire")
    worlds = np.array([5, 3, 700, 3, 9])
    before = simulate(case, worlds=drawn(case, worlds=worlds, seed=2), seed=2)
    assert before.digest() == simulate(case, worlds=worlds, seed=2).digest()
    some = drawn(case, worlds=range(1024), seed=2).rows(worlds)
    assert simulate(case, worlds=some, seed=2).digest() == before.digest()
    assert before.replay(700).deepest_km[-1] == before.deepest_km[2]


_WHO = """
import sys
from backstop.assessment.members import members_of
from backstop.assessment.stages import Run
from backstop.scenario.load import load
import numpy as np
for design in load("ukraine-2025").designs:
    run = Run.of(load("ukraine-2025").design(design.id), worlds=range(32), seed=1)
    found = members_of(run, rows=np.arange(32))
    print(design.id, found.names, found.position.sum(axis=0).tolist(), found.weight.tolist())
    print(run.decisions.authorisation.to_dict(), sorted(run.decisions.planning()))
"""

_PAGES = """
import json
from backstop.assessment.assess import assess
from backstop.scenario.load import load
for name in ("ukraine-2025", "horn-2000"):
    for design in load(name).designs:
        page = assess(load(name).design(design.id), worlds=64)
        print(json.dumps(page.to_dict()))
"""


def _printed(code: str, *, hashing: int) -> str:
    """What a program prints when names are hashed in one of many ways."""
    env = {**os.environ, "PYTHONHASHSEED": str(hashing)}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    return ran.stdout


@pytest.mark.parametrize("code", [_WHO, pytest.param(_PAGES, marks=pytest.mark.slow)])
def test_nothing_hangs_on_how_names_are_hashed(code: str) -> None:
    """A set has no order of its own: one that was gone through decided which answer counted."""
    assert _printed(code, hashing=1) == _printed(code, hashing=2)
