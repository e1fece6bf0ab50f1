"""Bad input: a clear error or a right answer, never a number that is none, never a hang."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.campaign import engine
from backstop.campaign import parameters as at
from backstop.campaign.arrivals import Arrivals
from backstop.campaign.draws import Questions
from backstop.campaign.engine import run
from backstop.campaign.holding import holds
from backstop.campaign.outcomes import ARRAYS, Outcomes
from backstop.campaign.reference import run_one
from backstop.campaign.stage import simulate
from backstop.errors import InputError, NotFound
from backstop.scenario.load import examine, load
from backstop.scenario.scenario import Case
from campaign_cases import DAYS, KEY, case, plain, ukraine, wild


def sound(outcomes: Outcomes) -> None:
    for name in ARRAYS:
        values = getattr(outcomes, name)
        assert values.dtype == np.float32, name
        assert np.isfinite(values).all(), name
        assert (values >= 0).all(), name
    for name in ("attacker", "protected", "guarantor"):
        gone = getattr(outcomes, f"{name}_losses").astype(np.float64)
        assert (gone <= getattr(outcomes, f"{name}_committed") * (1 + 1e-4) + 0.1).all(), name
    assert (outcomes.taken_share <= 1 + 1e-4).all()
    assert (np.diff(outcomes.held, axis=0) <= 0).all(), "a line once lost is not held later"


def changed(design: str, **changes: str) -> Case:
    paths = {name.replace("__", "."): value for name, value in changes.items()}
    return load("ukraine-2025", overrides=paths).design(design)


@pytest.mark.parametrize("name", [design.id for design in ukraine().designs])
def test_every_shipped_design_of_ukraine(name: str) -> None:
    sound(simulate(case(name), worlds=range(300)))


def test_every_shipped_design_of_the_horn() -> None:
    horn = load("horn-2000")
    for design in horn.designs:
        sound(simulate(horn.design(design.id), worlds=range(300)))


@pytest.mark.parametrize("sectors", [1, 2, 3, 500])
def test_any_number_of_sectors(sectors: int) -> None:
    sound(simulate(changed("frontline", campaign__sectors=str(sectors)), worlds=range(32)))


@pytest.mark.parametrize(
    ("change", "beside"),
    [
        ("sectors=1", "horizon_days=9"),
        ("sectors=500", "horizon_days=9"),
        ("horizon_days=1", "sectors=3"),
        ("horizon_days=3660", "sectors=3"),
        ("attacker.replacements_per_day=0", "attacker.reserve_share=1"),
    ],
)
def test_the_same_by_the_command(
    change: str,
    beside: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It ends well, and every number it gives is one."""

    def refuse(number: str) -> None:
        raise AssertionError(f"{number} in the answer")

    sets = [part for one in (change, beside) for part in ("--set", f"campaign.{one}")]
    command = ["backstop", "campaign", "ukraine-2025/pledge", "--worlds", "32", "--json", *sets]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit) as left:
        import_module("backstop.cli.main").run()
    assert left.value.code == 0
    assert json.loads(capsys.readouterr().out, parse_constant=refuse)


@pytest.mark.parametrize("days", [1, 8, 3660])
def test_a_day_and_ten_years(days: int) -> None:
    outcomes = simulate(
        changed("tripwire", campaign__horizon_days=str(days), campaign__sectors="3"),
        worlds=range(32),
    )
    sound(outcomes)
    assert outcomes.replay(5).front_km.shape == (days, 3) if days < 100 else True


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("campaign.sectors", "0"),
        ("campaign.sectors", "501"),
        ("campaign.horizon_days", "0"),
        ("campaign.horizon_days", "3661"),
        ("campaign.attacker.reserve_share", "1.5"),
        ("campaign.attacker.break_share", "-0.1"),
        ("campaign.stretches[donetsk].works_share", "2"),
        ("campaign.stretches[donetsk].length_share", "0"),
        ("campaign.stretches[donetsk].ground", "swamp"),
        ("campaign.stretches[donetsk].location", "nowhere"),
        ("campaign.line", "nowhere"),
        ("campaign.attacker.party", "nobody"),
        ("campaign.protected.aircraft_stock", "airships"),
        ("campaign.attacker.forces[0].stock", "camels"),
        ("campaign.units[0].capability", "dragons"),
        ("battle.attrition.own_power", "1.2"),
        ("battle.attrition.daily_cap", "7"),
    ],
)
def test_what_cannot_be_is_named_with_its_place(path: str, value: str) -> None:
    scenario, problems = examine("ukraine-2025", overrides={path: value})
    assert scenario is None
    assert problems
    assert any(path.split("[")[0] in problem.path for problem in problems), problems


def test_nobody_attacks_and_nothing_is_lost() -> None:
    outcomes = simulate(case(), worlds=range(64), attacker_scale=0)
    sound(outcomes)
    assert not outcomes.attacker_losses.any()
    # Replacements still come in, a few brigades over months, and may find the line strong.
    assert np.median(outcomes.deepest_km) < 5


def test_nobody_at_all() -> None:
    """No attacker, no replacements, no aircraft: not a metre, not a man."""
    still = {
        "campaign__attacker__replacements_per_day": "0",
        "campaign__protected__replacements_per_day": "0",
    }
    both = changed("tripwire", **still)
    none = Arrivals.none(64)
    outcomes = simulate(both, worlds=range(64), arrivals=none, attacker_scale=0, protected_scale=0)
    sound(outcomes)
    assert not outcomes.deepest_km.any()
    assert outcomes.held.all()
    assert (outcomes.effective_day == 180).all()


def test_nobody_defends_and_the_attacker_takes_what_he_wants() -> None:
    inputs = plain(
        {at.ATTACKER_LINE: 10, at.SPEED: -2, at.SPEED_DEFENDER: 1}, sectors=3, worlds=4, days=60
    )
    sector = inputs.sector.copy()
    sector[at.TOP_SPEED], sector[at.OBJECTIVE] = 5, 200
    notes = engine.run(replace(inputs, sector=sector), key=KEY, checkpoints=(60,)).notes
    assert (notes[0, at.DEEPEST] == 200).all()


def test_who_meets_nobody_loses_nobody() -> None:
    still = {"campaign__protected__replacements_per_day": "0"}
    outcomes = simulate(
        changed("monitors", **still),
        worlds=range(64),
        arrivals=Arrivals.none(64),
        protected_scale=0,
    )
    sound(outcomes)
    assert not outcomes.attacker_losses.any()
    assert outcomes.held_at(90).mean() < 0.1


def test_a_scenario_without_an_attack_says_so() -> None:
    bare = ukraine().file.model_copy(update={"campaign": None})
    scenario = ukraine().model_copy(update={"file": bare})
    with pytest.raises(InputError, match=r"write a table \[campaign\]"):
        simulate(scenario.design("tripwire"))


@pytest.mark.parametrize("scale", [-1.0, np.nan, np.inf])
def test_a_scale_that_is_none(scale: float) -> None:
    with pytest.raises(InputError, match="a factor on an army"):
        simulate(case(), worlds=range(4), attacker_scale=scale)


def test_arrivals_that_are_no_force() -> None:
    good = Arrivals.none(3)
    with pytest.raises(AssertionError):
        replace(good, backstop=np.full(3, 2.0))
    with pytest.raises(AssertionError):
        replace(good, suppression=np.full(3, np.nan))
    never = Arrivals(
        day=np.full((1, 3), np.inf),
        strength=np.ones((1, 3, 3)),
        aircraft=np.zeros((1, 3)),
        place=("rear",),
        suppression=np.ones(3),
        backstop=np.ones(3),
    )
    outcomes = simulate(case(), worlds=range(3), arrivals=never)
    assert not outcomes.guarantor_committed.any()
    assert (outcomes.effective_day == 180).all()


def test_what_was_not_run_cannot_be_replayed() -> None:
    outcomes = simulate(case(), worlds=range(10, 20))
    with pytest.raises(NotFound, match="world 3 is not among"):
        outcomes.replay(3)
    with pytest.raises(NotFound, match="not 8"):
        outcomes.held_at(8)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), sectors=st.sampled_from([1, 3, 11]), days=st.integers(1, 90))
def test_anything_the_rows_may_hold_gives_numbers(seed: int, sectors: int, days: int) -> None:
    inputs = wild(seed, sectors=sectors, worlds=48, days=days)
    noted = run(inputs, key=(seed, 7), checkpoints=DAYS)
    assert np.isfinite(noted.notes).all()
    assert (noted.notes >= 0).all()
    assert (np.diff(noted.notes, axis=0) >= 0).all(), "nothing noted ever shrinks"
    assert (noted.notes[:, at.DEEPEST] <= inputs.sector[at.OBJECTIVE].max(axis=0) + 1e-3).all()


def test_a_worlds_values_do_not_depend_on_the_chunk() -> None:
    questions = Questions.of(case("air-shield"), seed=4)
    numbers = np.arange(3000, dtype=np.uint64)
    whole, part = questions.draw(numbers), questions.draw(numbers[1500:1510])
    for path in questions.places:
        assert (whole[path][1500:1510] == part[path]).all(), path


def test_a_world_has_the_values_that_the_other_stages_draw() -> None:
    from backstop.assessment.worlds import draw

    futures = draw(case("air-shield"), worlds=range(200), seed=9)
    mine = Questions.of(case("air-shield"), seed=9).draw(np.arange(200, dtype=np.uint64))
    both = [path for path in mine.places if path in futures.places]
    assert "theatre.lines[contact].length_km" in both
    assert "designs[air-shield].air.availability_share" in both
    for path in both:
        assert np.array_equal(mine[path], futures[path]), path


def test_whether_the_line_holds_answers_sizing() -> None:
    held = holds(case("frontline"), days=30, worlds=range(256))
    shares = [held(troops).mean() for troops in (0, 20_000, 200_000, 2_000_000)]
    assert held(0).dtype == bool
    assert shares == sorted(shares)
    assert shares[-1] > shares[0]
    with pytest.raises(InputError, match="none of the days"):
        holds(case(), days=8)


def test_importing_the_package_does_not_load_numba() -> None:
    code = (
        "import sys, backstop, backstop.campaign, backstop.cli; "
        "from backstop.scenario.load import load; load('ukraine-2025'); "
        "raise SystemExit('numba' in sys.modules or 'scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_source_in_the_shipped_parameters_is_there() -> None:
    from backstop.futures import quantities

    battle = ukraine().battle
    known = {source.id for source in battle.sources}
    for place in quantities(battle, prefix="battle"):
        assert set(place.quantity.source) <= known, place.path
        assert place.quantity.source or place.quantity.note, f"{place.path}: source or judgement"


def test_the_worn_share_is_what_the_guarantor_lost_of_what_came() -> None:
    """Never more than all of it, and nothing where nobody came."""
    some = simulate(case("tripwire"), worlds=range(256), seed=1)
    worn = some.worn_share()
    assert worn.dtype == np.float32
    assert worn == pytest.approx(some.guarantor_losses / some.guarantor_committed)
    assert worn.min() >= 0
    assert 0.1 < worn.max() <= 1.001
    assert not simulate(case("monitors"), worlds=range(32), seed=1).worn_share().any()


def test_sectors_that_share_all_their_luck_move_alike_and_others_do_not() -> None:
    """One row decides how much of what lasts the whole line has in common."""
    spread = []
    for shared in (1.0, 0.0):
        rows = {
            at.SPEED: -3.0,
            at.SPEED_WEEK: 1.0,
            at.FRESH: 1.0,
            at.SHARED: shared,
            at.OWN: 1.0 - shared,
            at.ATTACKER_LINE: 5.0,
            at.PROTECTED_LINE: 5.0,
        }
        inputs = plain(rows, sectors=6, worlds=1, days=14)
        _, path = run_one(inputs, key=KEY, checkpoints=DAYS)
        spread.append(float(np.ptp(path.front_km[-1])))
        assert path.front_km[-1].min() > 0
    assert spread[0] < 1e-6 < spread[1]
