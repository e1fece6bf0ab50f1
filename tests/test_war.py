"""Campaign and crisis, wired: shared worlds, what no guarantee means, redoing it by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest

import field_walk as walk
from backstop.assessment import crisis as wars
from backstop.assessment.alone import campaign_alone, deter_alone, size_alone
from backstop.assessment.attack import attack, force_of
from backstop.assessment.crisis import crisis, without_guarantee
from backstop.assessment.stages import Run
from backstop.campaign import drawn
from backstop.comparison import compare
from backstop.errors import InputError, NotFound
from backstop.report.page import page
from backstop.report.render import as_text
from backstop.report.stage import campaign_page, deter_page
from backstop.scenario.load import load
from backstop.scenario.quantity import fixed
from backstop.scenario.scenario import Case, Scenario

WORLDS = 48
scenario_of = cache(load)
QUICK = {"ukraine-2025/tripwire", "ukraine-2025/nato", "ukraine-2025/monitors", "horn-2000/unmee"}
EVERY = [
    f"{name}/{design.id}"
    for name in ("ukraine-2025", "horn-2000")
    for design in scenario_of(name).designs
]
DESIGNS = [pytest.param(n, marks=[] if n in QUICK else [pytest.mark.slow]) for n in EVERY]


def case_of(name: str) -> Case:
    scenario, design = name.split("/")
    return scenario_of(scenario).design(design)


@cache
def fought(name: str, replay: int | None = None) -> dict[str, Any]:
    answer = campaign_alone(case_of(name), worlds=WORLDS, seed=1, threads=1, replay=replay)
    return json.loads(json.dumps(answer, allow_nan=False))


@cache
def played(name: str, years: float = 5.0, types: int = 2) -> dict[str, Any]:
    answer = deter_alone(
        case_of(name),
        worlds=WORLDS,
        seed=1,
        threads=1,
        horizon_years=years,
        types=types,
        explained=0,
    )
    return json.loads(json.dumps(answer, allow_nan=False))


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every number of a result with its path."""
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    elif isinstance(value, float | int):
        yield path, value
    for key, inner in items:
        yield from leaves(inner, f"{path}.{key}")


#: Parts of a result all of whose numbers are shares or chances.
CHANCES = {
    "campaign": ("held", "taken_share", "attacker_breaks_off", "defence_collapses"),
    "deter": (
        "per_quarter",
        "survival",
        "survival_at_horizon",
        "causes",
        "honoured_given_attack",
        "strength_given_attack",
        "members_given_honoured",
        "direct_combat",
        "expected_losses",
        "noise_floor",
        "converged",
        "multiple",
    ),
}


# --- the shapes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DESIGNS)
def test_the_campaign_of_every_design_is_finite_and_its_chances_are_chances(name: str) -> None:
    body = fought(name)
    for path, number in leaves(body):
        assert math.isfinite(number), path
    for part in (body, body["alone"]):
        for key in CHANCES["campaign"]:
            assert all(0 <= number <= 1 for _, number in leaves(part[key])), key
        means = [part["held"][day]["mean"] for day in ("7", "30", "90", "180")]
        assert means == sorted(means, reverse=True)
    for end in ("p05", "p50", "p95", "mean"):
        assert body["alone"]["losses"]["guarantor"][end] == 0
    # The force is fought in the same battles, and never loses ground (to single precision).
    assert body["area_saved_km2"]["p05"] >= -1e-3 * body["alone"]["area_lost_km2"]["p95"]
    assert "What if it is attacked?" in as_text(campaign_page(body), width=110)


@pytest.mark.parametrize("name", DESIGNS)
def test_the_crisis_of_every_design_is_finite_and_its_chances_are_chances(name: str) -> None:
    body = played(name)
    for path, number in leaves(body):
        assert math.isfinite(number), path
    for part in (body, body["without_guarantee"]):
        for key in set(CHANCES["deter"]) & part.keys():
            assert all(-1e-12 <= number <= 1 + 1e-12 for _, number in leaves(part[key])), key
        stands = [part["survival"][year]["mean"] for year in ("1", "2", "5")]
        assert stands == sorted(stands, reverse=True)
    assert sum(body["causes"].values()) == pytest.approx(1)
    assert len(body["quarters"]) == 20
    difference = body["survival"]["5"]["mean"] - body["without_guarantee"]["survival"]["5"]["mean"]
    assert body["without_guarantee"]["gain_5y"]["mean"] == pytest.approx(difference, abs=1e-9)
    assert "Would it deter?" in as_text(deter_page(body, explain=True), width=110)


# --- by hand ------------------------------------------------------------------------------------


def _fritsch_butland(points: list[float], values: list[float], x: float) -> float:
    """The printed curve between its points (Fritsch and Butland 1984), written anew."""
    x = min(max(x, points[0]), points[-1])
    step = points[1] - points[0]
    place = min(int((x - points[0]) / step), len(points) - 2)

    def slope(at: int) -> float:
        if at in (0, len(points) - 1):
            return 0.0
        before, after = values[at] - values[at - 1], values[at + 1] - values[at]
        return 2 * before * after / (before + after) if before + after > 0 else 0.0

    t = (x - points[place]) / step
    low, high = values[place], values[place + 1]
    hermite = (1 + 2 * t) * (1 - t) ** 2 * low + t * t * (3 - 2 * t) * high
    return hermite + t * (1 - t) ** 2 * slope(place) - t * t * (1 - t) * slope(place + 1)


@pytest.mark.parametrize("name", ["ukraine-2025/tripwire", "ukraine-2025/nato", "horn-2000/unmee"])
def test_every_probability_can_be_redone_from_the_printed_expected_utilities(name: str) -> None:
    told = played(name)["explanation"]
    by = set()
    for choice in told["choices"]:
        expected, chances = choice["expected"], choice["probabilities"]
        assert sum(chances.values()) == pytest.approx(1)
        if choice["by"] == "curve":
            x = told["rationality"] * (expected["honour"] - expected["renege"])
            curve = told["curve"]
            again = {"honour": _fritsch_butland(curve["x"], curve["honour"], x)}
            again["renege"] = 1 - again["honour"]
        else:
            weights = {k: math.exp(told["rationality"] * u) for k, u in expected.items()}
            again = {k: weight / sum(weights.values()) for k, weight in weights.items()}
        by.add(choice["by"])
        assert chances == pytest.approx(again, abs=2e-6), choice
    assert by == {"curve", "softmax"}


@pytest.mark.parametrize("name", ["ukraine-2025/tripwire", "horn-2000/unmee"])
def test_expected_utilities_can_be_redone_from_printed_utilities_and_choices(name: str) -> None:
    """The branch of the attack, from its end to the opening, with the printed beliefs."""
    told = played(name)["explanation"]
    utility = {(u["player"], u["type"], u["outcome"]): u["utility"] for u in told["utilities"]}
    choice = {(c["place"], c["type"]): c for c in told["choices"]}
    types = range(2)
    press = [choice["honoured after an attack", i]["probabilities"]["press"] for i in types]
    honour = [choice["answer to an attack", j]["probabilities"]["honour"] for j in types]
    opening = [choice["opening", i] for i in types]
    attacks = [c["probabilities"]["attack"] for c in opening]
    for j in types:
        seen = choice["answer to an attack", j]
        bayes = [a / sum(attacks) for a in attacks]
        assert seen["belief"] == pytest.approx(bayes)
        fights = sum(b * p for b, p in zip(seen["belief"], press, strict=True))
        own = {o: utility["guarantor", j, f"attack_{o}"] for o in OUTCOMES}
        by_hand = fights * own["pressed"] + (1 - fights) * own["retreated"]
        assert seen["expected"]["honour"] == pytest.approx(by_hand)
        assert seen["expected"]["renege"] == pytest.approx(own["reneged"])
    for i in types:
        own = {o: utility["challenger", i, f"attack_{o}"] for o in OUTCOMES}
        met = sum(b * h for b, h in zip(opening[i]["belief"], honour, strict=True))
        fights = press[i] * own["pressed"] + (1 - press[i]) * own["retreated"]
        by_hand = met * fights + (1 - met) * own["reneged"]
        assert opening[i]["expected"]["attack"] == pytest.approx(by_hand)
        assert opening[i]["expected"]["comply"] == utility["challenger", i, "comply"] == 0


OUTCOMES = ("reneged", "pressed", "retreated")


def test_the_printed_page_has_every_number_of_the_crisis() -> None:
    body = played("ukraine-2025/tripwire")
    text = " ".join(as_text(deter_page(body, explain=True), width=200).split())
    told = body["explanation"]
    for line in told["utilities"]:
        assert f"{line['utility']:.9f}" in text
    for choice in told["choices"]:
        assert all(f"{value:.9f}" in text for value in choice["expected"].values())
        assert all(f"{chance:.10g}" in text for chance in choice["probabilities"].values())
    for x, chance in zip(told["curve"]["x"], told["curve"]["honour"], strict=True):
        assert f"{x:g}: {chance:.10g}" in text
    assert "harmonic mean" in text


# --- shared worlds ------------------------------------------------------------------------------


def test_designs_fight_in_the_same_worlds() -> None:
    """Alone, two designs that send no arms lose the same battles; a seed makes others."""
    wire, shield = fought("ukraine-2025/tripwire"), fought("ukraine-2025/air-shield")
    assert wire["alone"] == shield["alone"]
    assert wire["area_lost_km2"] != shield["area_lost_km2"]
    other = campaign_alone(case_of("ukraine-2025/tripwire"), worlds=WORLDS, seed=2, threads=1)
    assert other["alone"] != wire["alone"]


@pytest.mark.parametrize("design", ["tripwire", "air-shield", "reassurance"])
def test_wars_that_nobody_comes_to_are_the_same_fought_once_or_twice(design, monkeypatch) -> None:
    """Where armies are as strong they are taken over; the numbers drawn for them always are."""
    case = case_of(f"ukraine-2025/{design}")
    run = Run.of(case, worlds=range(WORLDS), seed=1)
    coverage = run.cover()
    once = crisis(run, coverage, horizon_years=2.0, types=2, threads=1)
    monkeypatch.setattr(wars._Wars, "same", lambda *_: False)
    twice = crisis(run, coverage, horizon_years=2.0, types=2, threads=1)
    assert once.bare.to_dict() == twice.bare.to_dict()
    alone = without_guarantee(case)
    own = drawn(alone, worlds=range(WORLDS), seed=1)
    shared = force_of(run, coverage).draws(run)
    assert set(own.places) <= set(shared.places)
    for path in own.places:
        assert np.array_equal(own[path], shared[path]), path


def test_designs_are_compared_with_one_and_the_same_absence_of_a_guarantee() -> None:
    """What is random about a world without guarantee is the same beside every design."""
    wire, nato = (played(f"ukraine-2025/{name}") for name in ("tripwire", "nato"))
    assert wire["without_guarantee"]["survival"] == nato["without_guarantee"]["survival"]


def test_arms_without_money_are_no_guarantee() -> None:
    case = case_of("ukraine-2025/arms")
    nothing = {"requirements": ()}
    if case.design.arms is not None:
        nothing["arms"] = case.design.arms.model_copy(update={"usd_bn_per_year": fixed(0)})
    design = case.design.model_copy(update=nothing)
    answer = deter_alone(
        Case(scenario=case.scenario, design=design),
        worlds=WORLDS,
        seed=1,
        threads=1,
        horizon_years=5.0,
        types=2,
        explained=0,
    )
    bare = answer["without_guarantee"]
    assert answer["survival"] == bare["survival"]
    assert answer["per_quarter"] == bare["per_quarter"]
    assert set(bare["gain_5y"].values()) == {0.0}
    # And with its money it is one.
    assert played("ukraine-2025/arms")["without_guarantee"]["gain_5y"]["mean"] > 0


def test_no_guarantee_has_nothing_of_the_design() -> None:
    bare = without_guarantee(case_of("ukraine-2025/package")).design
    assert bare.requirements == ()
    for name in ("land", "air", "sea", "monitoring", "arms", "pledge", "backstop", "engagement"):
        assert getattr(bare, name) is None


def test_threads_and_numbers_of_worlds_change_no_world() -> None:
    case = case_of("ukraine-2025/reassurance")
    run = Run.of(case, worlds=range(WORLDS), seed=1)
    coverage = run.cover()
    one, two = (attack(run, coverage, threads=n).honoured for n in (1, 2))
    assert one.digest() == two.digest()
    # More worlds than futures take their force in turn; the first are the same.
    more = attack(run, coverage, worlds=3 * WORLDS, threads=1).honoured
    assert len(more) == 3 * WORLDS
    assert np.array_equal(more.area_lost_km2[:WORLDS], one.area_lost_km2)
    rows = force_of(run, coverage, worlds=3 * WORLDS).rows
    assert set(rows) == set(np.flatnonzero(coverage.given))


def test_a_replay_is_the_run_bit_for_bit() -> None:
    case = case_of("ukraine-2025/reassurance")
    run = Run.of(case, worlds=range(WORLDS), seed=1)
    found = attack(run, run.cover(), threads=1).honoured
    for world in (0, 17, WORLDS - 1):
        path = found.replay(world)
        assert path.deepest_km[-1] == found.deepest_km[world]
        assert path.losses[-1, 2] == pytest.approx(found.guarantor_losses[world], rel=1e-6)
    told = fought("ukraine-2025/reassurance", replay=17)
    assert told["trajectory"][-1]["deepest_km"] == pytest.approx(float(found.deepest_km[17]))
    assert "Future 17 day by day" in as_text(campaign_page(told), width=110)


def test_more_units_never_lose_more_ground() -> None:
    """Through the whole wiring: the same futures, four times the units asked for."""
    base = scenario_of("ukraine-2025")
    lines = base.design("reassurance").design.requirements
    lost = []
    for factor in (1, 4):
        more = tuple(
            line.model_copy(update={"units": fixed(factor * line.units.central)}) for line in lines
        )
        scenario = walk.put(base, "designs[reassurance].requirements", more)
        run = Run.of(scenario.design("reassurance"), worlds=range(WORLDS), seed=1)
        lost.append(attack(run, run.cover(), threads=1))
    few, many = (found.honoured.area_lost_km2.astype(float) for found in lost)
    assert np.array_equal(lost[0].alone.area_lost_km2, lost[1].alone.area_lost_km2)
    assert (many <= few * (1 + 1e-4) + 1e-3).all()
    assert many.sum() < few.sum()


# --- what is not there, and bad input -----------------------------------------------------------


def _without(table: str) -> Scenario:
    base = scenario_of("ukraine-2025")
    return base.model_copy(update={"file": base.file.model_copy(update={table: None})})


def test_a_scenario_that_says_nothing_of_an_attack_is_not_assessed() -> None:
    answer = compare(_without("campaign"), designs=["pledge"], worlds=WORLDS).to_dict()
    (row,) = answer["designs"]
    assert (row["held_90"], row["survival_5"], row["gain_5"]) == (None, None, None)
    from backstop.assessment.assess import assess

    body = assess(_without("campaign").design("pledge"), worlds=WORLDS).to_dict()
    assert (body["campaign"], body["deterrence"]) == (None, None)
    assert as_text(page(body), width=110).count("not assessed: the scenario has no table") == 2
    body = assess(_without("deterrence").design("pledge"), worlds=WORLDS).to_dict()
    assert body["campaign"] is not None
    assert body["deterrence"] is None
    assert "not assessed: the scenario has no table [deterrence]" in as_text(page(body), width=110)


@pytest.mark.parametrize("table", ["campaign", "deterrence"])
def test_a_stage_alone_says_which_table_is_missing(table: str) -> None:
    case = _without(table).design("pledge")
    run = Run.of(case, worlds=range(8), seed=1)
    with pytest.raises(InputError, match=table) as told:
        crisis(run, None)
    assert f"write a table [{table}]" in str(told.value)
    if table == "campaign":
        with pytest.raises(InputError, match="campaign"):
            campaign_alone(case, worlds=8, seed=1, threads=1)


def test_a_guarantee_with_more_members_than_it_is_solved_with_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Sixty is the limit; a lower one stands for it, since no scenario names sixty-one states."""
    for module in ("members", "war_findings"):
        monkeypatch.setattr(f"backstop.assessment.{module}.MOST_MEMBERS", 3)
    found = deter_alone(
        case_of("ukraine-2025/tripwire"),
        worlds=16,
        seed=1,
        threads=1,
        horizon_years=1.0,
        types=1,
        explained=0,
    )
    said = [one["text"] for one in found["findings"] if "members more than the 3" in one["text"]]
    assert len(said) == 1
    assert not any("1 years" in one["text"] for one in found["findings"])


@pytest.mark.parametrize("years", [0.003, 0.3, 100.0])
def test_any_horizon_from_a_day_to_a_century(years: float) -> None:
    body = played("horn-2000/unmee", years=years, types=1)
    assert all(math.isfinite(number) for _, number in leaves(body))
    assert body["horizon_years"] == years
    assert 0 <= body["survival_at_horizon"]["mean"] <= 1
    assert "Would it deter?" in as_text(deter_page(body, explain=True), width=110)


def test_one_world_is_enough_for_an_answer() -> None:
    case = case_of("ukraine-2025/reassurance")
    body = campaign_alone(case, worlds=1, seed=1, threads=2)
    assert body["worlds"] == 1
    told = deter_alone(case, worlds=1, seed=1, threads=2, horizon_years=1.0, types=1, explained=0)
    assert all(math.isfinite(number) for _, number in leaves(json.loads(json.dumps(told))))


def test_a_world_that_was_not_fought_in_cannot_be_replayed() -> None:
    case = case_of("ukraine-2025/pledge")
    with pytest.raises(NotFound, match="not among the 8"):
        campaign_alone(case, worlds=8, seed=1, threads=1, replay=8)


# --- sizing by a campaign -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ukraine-2025/frontline", "horn-2000/unmee"])
def test_size_says_what_a_campaign_says_of_holding(name: str) -> None:
    methods = {m["method"]: m for m in size_alone(case_of(name), worlds=64, seed=1)["methods"]}
    told = methods["holding"]
    if told["troops"] is None:
        assert "Not even 2,000,000 troops hold the line in 90% of worlds" in told["because"]
        assert "without any" in told["because"]
    else:
        assert "is possible" in told["because"] or "no upper end" in told["because"]


def test_size_without_a_force_on_the_ground_fights_nothing() -> None:
    methods = {
        m["method"]: m
        for m in size_alone(case_of("ukraine-2025/arms"), worlds=8, seed=1)["methods"]
    }
    assert methods["holding"]["because"] == "No force stands on the ground."
