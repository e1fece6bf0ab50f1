"""The crisis repeated over quarters: closed forms, signs and orders, and bad input."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from backstop.deterrence.members import Rule
from backstop.deterrence.quarters import (
    Calendar,
    accident_hazard,
    attacker_scale,
    fatigue,
    protected_scale,
    review_chance,
)
from backstop.deterrence.stage import deter, promises, rule_of
from backstop.deterrence.stakes import Stakes
from backstop.errors import InputError
from deterrence_cases import (
    War,
    answer,
    case,
    draw,
    members,
    prospects,
    with_pledge,
    with_terms,
)

#: A crisis in which nothing else than the challenger's choice moves.
QUIET = {"passing__escalation_chance": 0.0, "passing__review_months": 3.0}
KEEN = (0.98,) * 5
LOTH = (0.02,) * 5


def numbers(**values: float) -> Stakes:
    """One world with these numbers of ``[deterrence.passing]``."""
    return Stakes({f"passing.{name}": np.array([v]) for name, v in values.items()})


# --- the clock -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("years", "quarters"), [(10, 40), (1, 4), (1 / 365.25, 1), (1.1, 5)])
def test_the_horizon_is_cut_into_quarters(years, quarters):
    calendar = Calendar(years)
    assert len(calendar) == quarters
    assert calendar.lengths.sum() / 4 == pytest.approx(years)
    assert calendar.ends[-1] == pytest.approx(years)
    assert (calendar.lengths > 0).all()
    assert (calendar.lengths <= 1).all()


@pytest.mark.parametrize("years", [0.0, -1.0, float("nan"), float("inf"), 101.0])
def test_a_horizon_that_is_none_is_refused(years):
    with pytest.raises(InputError, match="horizon"):
        Calendar(years)


def test_the_challenger_recovers_in_a_straight_line():
    found = attacker_scale(numbers(starting_share=0.5, reconstitution_months=60.0), Calendar(10.0))[
        0
    ]
    assert found[0] == pytest.approx(0.5 + 0.5 * 0.125 / 5)
    assert found[-1] == 1
    assert (np.diff(found) >= 0).all()
    at_once = attacker_scale(numbers(starting_share=0.5, reconstitution_months=0.0), Calendar(1.0))
    assert at_once == pytest.approx(1)


def test_arms_without_the_backstops_share_grow_the_army_more_slowly():
    terms, calendar = numbers(growth_per_usd_bn=0.002, largest_growth=0.4), Calendar(10.0)
    arms = {"usd_bn_per_year": np.array([45.0]), "backstop_share": np.array([0.4])}
    backed, alone = (
        protected_scale(terms, calendar, backstop=np.array([there]), **arms)[0]
        for there in (True, False)
    )
    assert backed[0] == pytest.approx(1 + 0.002 * 45 * 0.125)
    assert alone[0] == pytest.approx(1 + 0.002 * 45 * 0.6 * 0.125)
    assert backed[-1] == alone[-1] == pytest.approx(1.4)
    assert (alone <= backed).all()


def test_support_fades_by_compounding():
    found = fatigue(numbers(support_decay_per_year=0.1), Calendar(10.0))[0]
    assert found[0] == pytest.approx(1.1**0.125)
    assert found[-1] == pytest.approx(1.1**9.875)


def test_accidents_are_a_poisson_process_that_watch_and_buffer_lower():
    terms = numbers(
        incidents_per_year=20.0, escalation_chance=0.01, monitoring_effect=0.5, buffer_effect=0.5
    )
    hazards = [
        accident_hazard(terms, Calendar(1.0), attribution=np.array([a]), buffer=b)[0]
        for a, b in ((0.0, False), (0.8, False), (0.8, True))
    ]
    for found, rate in zip(hazards, (0.2, 0.12, 0.06), strict=True):
        assert np.prod(1 - found) == pytest.approx(np.exp(-rate))


def test_a_challenger_that_reviews_once_a_year_has_a_quarter_of_the_occasions():
    assert review_chance(numbers(review_months=12.0), Calendar(1.0))[0] == pytest.approx(0.25)
    assert review_chance(numbers(review_months=0.0), Calendar(1.0))[0] == pytest.approx(1)


# --- what must add up ----------------------------------------------------------------------------


def test_openings_add_to_one_and_ends_to_what_has_ended():
    found = answer(case("package"), years=10.0)
    for period in found.periods:
        means = [getattr(period.opening, name).mean for name in ("comply", "probe", "attack")]
        assert sum(means) == pytest.approx(1)
    ended = sum(sum(period.causes) for period in found.periods)
    assert ended == pytest.approx(1 - found.at_horizon.mean)
    assert sum(found.causes.values()) == pytest.approx(1)
    assert sum(found.members) == pytest.approx(1)
    curve = [found.survival[year].mean for year in ("1", "2", "5", "10")]
    assert curve == sorted(curve, reverse=True)
    assert found.survival["10"].mean == pytest.approx(found.at_horizon.mean)
    assert found.converged > 0.95


def test_the_contracts_keys_are_there_and_plain():
    told = answer(case("package"), years=10.0, worlds=16).to_dict()
    for key in (
        "per_quarter", "survival", "causes", "honoured_given_attack", "by_rationality",
        "converged", "multiple",
    ):  # fmt: skip
        assert key in told
    assert set(told["survival"]) == {"1", "2", "5", "10"}
    assert set(told["causes"]) == {"probe", "attack", "accident"}
    assert set(told["per_quarter"]) == {"comply", "probe", "attack"}
    assert all({"band", "survival_5y"} <= set(band) for band in told["by_rationality"])
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_the_same_worlds_give_the_same_answer():
    assert answer(case()).to_dict() == answer(case()).to_dict()


def test_only_accidents_leave_the_exponential_law():
    """No reviews to speak of: S(t) = exp(-rate · t)."""
    base = with_terms(
        case(),
        passing__review_months=360.0,
        passing__incidents_per_year=10.0,
        passing__escalation_chance=0.01,
        passing__monitoring_effect=0.0,
        challenger__cost_of_war=100.0,
        challenger__cost_of_exposure=100.0,
        challenger__cost_of_backing_down=100.0,
        rationality=50.0,
    )
    # An ambiguous probe costs nothing, so it is made dear by being attributed for certain.
    found = answer(base, War(attribution=1.0), years=10.0, worlds=16)
    for year in (1, 2, 5, 10):
        assert found.survival[str(year)].mean == pytest.approx(np.exp(-0.1 * year), rel=1e-6)
    assert found.causes["accident"] == pytest.approx(1, abs=1e-6)


# --- noise floor, rationality --------------------------------------------------------------------


def test_rationality_0_is_the_noise_floor():
    """λ → 0: every opening one in three, whatever the utilities."""
    base = with_terms(case(), rationality=0.0)
    found = answer(base)
    floor = found.noise_floor
    for name in ("comply", "probe", "attack"):
        assert getattr(found.per_quarter, name).mean == pytest.approx(
            getattr(floor.opening, name).mean, abs=1e-9
        )
    for year, span in floor.survival.items():
        assert found.survival[year].mean == pytest.approx(span.mean, abs=1e-9)


def test_at_rationality_0_a_quarterly_review_leaves_seven_twelfths_each_quarter():
    base = with_terms(case(), rationality=0.0, **QUIET)
    assert answer(base).survival["1"].mean == pytest.approx((7 / 12) ** 4)


@pytest.mark.parametrize("rationality", [0.0, 1e-6, 1e3, 1e6])
def test_any_rationality_gives_finite_answers(rationality):
    found = answer(with_terms(case("package"), rationality=rationality), worlds=16)
    json.dumps(found.to_dict(), allow_nan=False)
    assert 0 <= found.survival["2"].mean <= 1


def test_a_hopeless_attack_is_never_made_by_the_fully_rational():
    base = with_terms(
        case(), rationality=1e5, challenger__cost_of_war=1.0, passing__escalation_chance=0.0
    )
    found = answer(base, War(attribution=1.0), worlds=16)
    assert found.per_quarter.attack.mean == pytest.approx(0, abs=1e-9)


def test_bands_of_rationality_hold_every_world_once_and_survival_rises_with_them():
    found = answer(case(), worlds=256, types=1, years=5.0)
    assert sum(band.worlds for band in found.by_rationality) == 256
    means = [band.survival.mean for band in found.by_rationality]
    assert means == sorted(means)
    floor = found.noise_floor.survival["5"].mean
    assert floor < means[0]


# --- signs and orders ----------------------------------------------------------------------------


def test_heavy_forces_in_theatre_deter_more_than_light_ones():
    heavy = answer(case(), War(denial=0.8, added_loss=0.2))
    light = answer(case(), War(denial=0.1, added_loss=0.02))
    assert heavy.per_quarter.attack.mean < light.per_quarter.attack.mean
    assert heavy.survival["2"].mean > light.survival["2"].mean


def test_capability_and_resolve_multiply_and_neither_alone_suffices():
    """Blankenship and Lin-Greenberg 2022: the drop from both exceeds the sum of either's."""
    base = with_terms(case(), challenger__cost_of_direct_combat=0.0, coalition__position_share=1.0)
    able, weak = War(denial=0.9, added_loss=0.5), War(denial=0.0, added_loss=0.0)
    attack = {
        (name, kind): answer(base, war, who=members(positions=positions)).per_quarter.attack.mean
        for name, positions in (("keen", KEEN), ("loth", LOTH))
        for kind, war in (("able", able), ("weak", weak))
    }
    nothing = attack["loth", "weak"]
    resolve, capability = nothing - attack["keen", "weak"], nothing - attack["loth", "able"]
    assert nothing - attack["keen", "able"] > 1.5 * (max(resolve, 0) + max(capability, 0))


def test_denial_of_quick_victory_matters_more_than_the_global_balance():
    """Huth 1988, of short wars: halving what is taken against halving the challenger's whole army.

    A land grab costs a few per cent of the whole army, and half an army loses twice the share. In
    a war of attrition, where it loses a third of it, the model has no such order.
    """
    grab = War(challenger_loss=0.06, added_loss=0.06)
    start = answer(case(), grab).per_quarter.attack.mean
    denied = answer(case(), replace(grab, taken=grab.taken / 2)).per_quarter.attack.mean
    smaller = replace(grab, challenger_loss=0.12, added_loss=0.12)
    balance = answer(case(), smaller).per_quarter.attack.mean
    assert start - denied > 1.5 * (start - balance) > 0


def test_more_honour_can_move_attack_to_probe():
    """It need not lower every kind of breach: with a probe on the menu attacks turn into probes."""
    base = with_terms(case(), coalition__position_share=1.0)
    loth, keen = (answer(base, who=members(positions=p)).per_quarter for p in (LOTH, KEEN))
    assert keen.attack.mean < loth.attack.mean
    assert keen.probe.mean > loth.probe.mean


def test_a_promise_that_is_dearer_to_break_is_kept_more_often():
    base = case("package")
    kept = [
        answer(with_pledge(base, formality=form)).honoured_given_attack.mean
        for form in ("political", "binding", "treaty")
    ]
    assert kept == sorted(kept)
    assert kept[0] < kept[-1]


def test_fading_support_costs_honour_and_time():
    fresh = answer(with_terms(case(), passing__support_decay_per_year=0.0), years=5.0)
    tired = answer(with_terms(case(), passing__support_decay_per_year=0.3), years=5.0)
    assert tired.honoured_given_attack.mean < fresh.honoured_given_attack.mean
    assert tired.survival["5"].mean < fresh.survival["5"].mean


def test_a_watch_that_can_say_who_did_it_lowers_probes():
    seen, unseen = (answer(case(), War(attribution=a)) for a in (0.95, 0.05))
    assert seen.per_quarter.probe.mean < unseen.per_quarter.probe.mean


def test_lasting_resolve_makes_the_hazard_fall_with_time():
    """Those who would have attacked have; a resolve drawn anew each quarter keeps it level."""
    wide = {"challenger__resolve_spread": 1.5, "passing__support_decay_per_year": 0.0, **QUIET}
    lasting, anew = (
        [p.opening.attack.mean for p in found.periods]
        for found in (
            answer(with_terms(case(), passing__resolve_years=y, **wide)) for y in (100.0, 0.0)
        )
    )
    assert lasting[-1] < 0.8 * lasting[0]
    assert anew[-1] == pytest.approx(anew[0], rel=1e-3)
    assert lasting[0] == pytest.approx(anew[0], rel=1e-3)


def test_members_in_any_order_give_the_same_answer():
    who = members(positions=(0.9, 0.2, 0.6, 0.7, 0.4), in_place=(True, False, True, False, True))
    places = np.array([4, 2, 0, 3, 1])
    other = replace(
        who,
        names=tuple(who.names[i] for i in places),
        position=who.position[:, places],
        weight=who.weight[places],
        in_place=who.in_place[places],
        lead=who.lead[places],
        caveat=who.caveat[places],
    )
    one, two = (answer(case(), who=w) for w in (who, other))
    assert two.survival["2"].mean == pytest.approx(one.survival["2"].mean, abs=1e-9)


def test_more_types_change_little():
    """Five types as a check on three."""
    three, five = (answer(case(), types=t).survival["2"].mean for t in (3, 5))
    assert five == pytest.approx(three, abs=0.02)


# --- rules ---------------------------------------------------------------------------------------


def test_the_rule_of_a_design_is_read_from_its_pledge():
    who = members()
    assert rule_of(case("tripwire"), who) == Rule("opt-in", 1)
    base = case("package")
    assert rule_of(with_pledge(base, rule="k-of-n", members_needed=3), who) == Rule("k-of-n", 3)
    assert rule_of(with_pledge(base, rule="weighted", force_needed=0.5), who) == Rule(
        "weighted", 12
    )


def test_unanimity_is_honoured_less_often_than_opt_in():
    base = case("package")
    kept = {
        rule: answer(with_pledge(base, rule=rule)).honoured_given_attack.mean
        for rule in ("opt-in", "unanimity", "lead-nation")
    }
    assert kept["unanimity"] < kept["lead-nation"] < kept["opt-in"]


def test_troops_that_are_drawn_in_are_honoured_for():
    base = with_pledge(case("package"), drawn_in=1.0)
    assert answer(base).honoured_given_attack.p05 == pytest.approx(1)


@pytest.mark.parametrize("design", ["monitors", "arms", "blue-helmets"])
def test_who_has_promised_no_war_breaks_no_promise(design):
    """Watchers, blue helmets and givers of arms: nobody would have to fight."""
    found = answer(case(design))
    assert found.honoured_given_attack.mean == 0
    assert found.member_names == ()
    for promised in ("tripwire", "nato", "armistice", "frontline"):
        assert promises(case(promised).design)


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize("years", [1 / 365.25, 0.25, 10.0])
def test_a_horizon_of_a_day_and_of_ten_years_are_both_answered(years):
    found = answer(case(), years=years, worlds=16)
    json.dumps(found.to_dict(), allow_nan=False)
    assert set(found.survival) == ({"1", "2", "5", "10"} if years == 10 else set())
    assert 0 < found.at_horizon.mean <= 1
    if years < 0.01:
        assert found.at_horizon.mean > 0.99


def test_a_coalition_of_none_and_one_of_sixty_are_both_answered():
    nobody = members(16, positions=(), leads=0)
    found = answer(case(), who=nobody, worlds=16)
    assert found.honoured_given_attack.mean == 0
    assert found.members == (1.0,)
    assert found.direct_combat.mean == 0
    crowd = members(16, positions=(0.5,) * 60)
    json.dumps(answer(case(), who=crowd, worlds=16).to_dict(), allow_nan=False)


@pytest.mark.parametrize("name", ["taken", "presence", "attribution", "guarantor_loss"])
@pytest.mark.parametrize("bad", [-0.1, 1.1, np.nan])
def test_shares_outside_their_range_are_refused(name, bad):
    fine = prospects(worlds=4)
    with pytest.raises(InputError, match=rf"prospects\.{name}"):
        replace(fine, **{name: np.full(getattr(fine, name).shape, bad)})


def test_prospects_that_do_not_fit_are_refused():
    base, worlds = case(), draw(case(), worlds=4)
    with pytest.raises(InputError, match="the horizon has 40"):
        deter(base, prospects=prospects(worlds=4, years=1.0), worlds=worlds)
    with pytest.raises(InputError, match="worlds"):
        deter(base, prospects=prospects(worlds=5), worlds=worlds)
    with pytest.raises(InputError, match="types"):
        deter(base, prospects=prospects(worlds=4), worlds=worlds, types=0)
    bare = base.scenario.file.model_copy(update={"deterrence": None})
    without = replace(base, scenario=base.scenario.model_copy(update={"file": bare}))
    with pytest.raises(InputError, match="no \\[deterrence\\] table"):
        deter(without, prospects=prospects(worlds=4), worlds=worlds)


@pytest.mark.parametrize("scenario", ["ukraine-2025", "horn-2000"])
def test_both_shipped_scenarios_have_their_table(scenario):
    design = {"ukraine-2025": "frontline", "horn-2000": "unmee"}[scenario]
    found = answer(case(design, scenario), worlds=16)
    assert 0 < found.survival["2"].mean < 1
