"""Counting rules: one record set, two figures, both true; never compared without saying so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.errors import InputError
from backstop.watch.act import Act, Count
from backstop.watch.counting import (
    EPISODES,
    ROUNDS_TO_EPISODES,
    Total,
    compare,
    convert,
    count,
    episodes,
    rule_of,
)
from backstop.watch.moment import between, days, instant
from backstop.watch.place import Place, Sector
from backstop.watch.record import Incident, Tally
from watch_agreement_cases import DAY, EARTH
from watch_cases import observation, raw_file, read_all

START = datetime(2021, 3, 26, 6, tzinfo=UTC)
ON_THE_DAY = days(DAY, DAY, "Europe/Kyiv")


def fired(n, *, minute, km=0.0, bearing=90.0, kind="explosion", name="", **figure):
    """Rounds at one minute, so far east of a place, fired in one direction."""
    east, north, _ = EARTH.fwd(37.7, 48.1, 90.0, km * 1000)
    when = START + timedelta(minutes=minute)
    return observation(
        source_record_id=name or f"{minute}-{km}-{bearing}-{kind}-{n}",
        occurred=instant(when),
        place=Place(east, north, 10.0, "gps"),
        act=Act(kind, count=Count(n, "rounds@1", **figure), direction="in", bearing_deg=bearing),
    )


def tally(kind, n, *, part_of="", rule="rounds@1", name="", **figure):
    return Tally(
        source="smm", source_record_id=name or kind, occurred=ON_THE_DAY, kind=kind,
        count=Count(n, rule, **figure), part_of=part_of, place=Place(region="Donetsk"),
    )  # fmt: skip


# --- published figures ------------------------------------------------------------------------


def made_day():
    """26 March 2021, MADE from the published totals: 494 rounds that are 4 episodes.

    Published are the day's 494 (OSCE) and 4 (Ukrainian headquarters), ukranews, April 2021. Where,
    when and what was fired in each of the four episodes is invented here.
    """
    day = []
    for episode, (kind, size, shots) in enumerate(
        [
            ("explosion", 120, 6),
            ("projectile_in_flight", 148, 8),
            ("burst", 200, 10),
            ("shot", 26, 2),
        ]
    ):
        for part in range(shots):
            rounds = size // shots + (part < size % shots)
            minute, km = 240 * episode + 20 * part, 40.0 * episode + 0.2 * part
            bearing = (90.0 * episode + 3.0 * part) % 360
            day.append(fired(rounds, minute=minute, km=km, bearing=bearing, kind=kind))
    return day


def test_one_day_is_494_by_one_rule_and_4_by_another():
    """26 March 2021: OSCE 494, Ukrainian headquarters 4 (ukranews, April 2021); made records."""
    day = made_day()
    by_rounds, by_episodes = count(day, rule="rounds@1"), count(day, rule="episode@1")
    assert (by_rounds.n, by_rounds.low, by_rounds.high) == (494, 494, 494)
    assert (by_episodes.n, by_episodes.low) == (4, 4)
    assert count(day, rule="incident@1").n == 26
    assert str(by_rounds) == "494 (rounds@1)"
    assert "episode@1" in str(by_episodes)


def test_the_published_parts_sum_to_the_published_total_by_rounds():
    """27 July 2020 to 17 January 2021: 6,294 violations (UNIAN)."""
    parts = [
        tally("explosion", 2660),
        tally("projectile_in_flight", 911),
        tally("muzzle_flash", 90),
        tally("illumination_flare", 54),
        tally("burst_or_shot", 2579),
    ]
    found = count(parts, rule="rounds@1")
    assert (found.n, found.low, found.high, found.rule) == (6294, 6294, 6294, "rounds@1")
    assert dict(found.by_kind)["burst_or_shot"] == 2579


def test_the_days_of_2020_give_the_total_of_2020():
    """623 a day for 208 days and 33 for 158 days are 134,798; published 134,767 (Kyiv Post)."""
    days_of_2020 = [tally("ceasefire_violation", 623, name=f"a{n}") for n in range(208)]
    days_of_2020 += [tally("ceasefire_violation", 33, name=f"b{n}") for n in range(158)]
    found = count(days_of_2020, rule="rounds@1")
    assert found.n == 134_798
    assert found.n == pytest.approx(134_767, rel=0.0003)


def test_the_daily_table_of_the_mission_counts_wholes_and_leaves_their_parts_out():
    """OSCE SMM report 39/2022, 18 February 2022: 591 and 975."""
    records, _ = read_all(raw_file("osce", "smm_daily_counts.csv"))
    day = [r for r in records if isinstance(r, Tally) and dict(r.codes)["report"] == "39/2022"]
    found = count(day, rule="each-round-or-burst@1")
    assert (found.n, found.records) == (591 + 975, 2)
    assert found.left_out == (("part of a total that is counted whole", 2),)


# --- intervals --------------------------------------------------------------------------------


def test_at_least_and_about_and_no_figure_make_an_interval():
    exact = count([fired(10, minute=0)], rule="rounds@1")
    least = count([fired(10, minute=0, at_least=True, low=10)], rule="rounds@1")
    about = count([fired(10, minute=0, uncertain=True)], rule="rounds@1")
    ranged = count([fired(10, minute=0, low=8, high=15)], rule="rounds@1")
    silent = count([replace(fired(1, minute=0), act=Act("shot"))], rule="rounds@1")
    assert (exact.low, exact.high) == (10, 10)
    assert (least.low, least.high) == (10, None)
    assert (about.low, about.high) == (8, 12)
    assert (ranged.low, ranged.high) == (8, 15)
    assert (silent.n, silent.low, silent.high) == (1, 1, None)
    assert silent.notes == ("1 without a figure: counted as at least one",)


def test_what_does_not_count_is_left_out_with_the_reason():
    found = count([fired(3, minute=0), fired(2, minute=1, kind="damage")], rule="rounds@1")
    assert (found.n, found.left_out) == (3, (("damage does not count by rounds@1", 1),))


def test_a_figure_by_another_rule_is_a_lower_bound_and_says_so():
    by_episode = replace(fired(1, minute=0), act=Act("explosion", count=Count(2, "episode@1")))
    found = count([by_episode, fired(5, minute=1)], rule="rounds@1")
    assert (found.low, found.high) == (5 + 2, None)
    assert "counted by episode@1" in found.notes[0]
    pixels = replace(fired(1, minute=0), act=Act("explosion", count=Count(7, "satellite-pixel@1")))
    assert count([pixels], rule="rounds@1").low == 1


def test_an_incident_that_may_be_several_acts_counts_as_an_interval():
    fused = Incident(
        source="fuse", source_record_id="i", occurred=ON_THE_DAY, act=Act("explosion"),
        members=(("a", 1.0), ("b", 0.6), ("c", 0.5)), confidence=0.7,
    )  # fmt: skip
    found = count([fused], rule="incident@1")
    assert (found.n, found.low, found.high) == (1, 1, 3)
    assert count([replace(fused, confidence=1.0)], rule="incident@1").high == 1


# --- refusals ---------------------------------------------------------------------------------


def test_levels_are_never_mixed():
    fused = Incident(source="f", source_record_id="i", occurred=ON_THE_DAY, act=Act("shot"))
    with pytest.raises(InputError, match="incident and observation records cannot be counted"):
        count([fused, fired(1, minute=0)], rule="rounds@1")
    with pytest.raises(InputError, match="observation and tally"):
        count([tally("shot", 3), fired(1, minute=0)], rule="rounds@1")


def test_a_published_total_cannot_be_counted_by_another_rule():
    with pytest.raises(InputError, match=r"published totals by rounds@1 cannot be counted"):
        count([tally("explosion", 494)], rule="episode@1")


def test_an_unknown_rule_is_refused_with_what_was_meant():
    with pytest.raises(InputError, match="did you mean 'rounds@1'"):
        count([], rule="round@1")
    assert rule_of("each-round-or-burst@1").key == "rounds@1"
    assert rule_of("continuous-episode-one-direction@1").key == "episode@1"


def test_figures_of_two_rules_are_not_compared_without_a_conversion():
    smm, jfo = Total("rounds@1", 494, 494, 494), Total("episode@1", 4, 4, 4)
    with pytest.raises(InputError, match=r"different rules.*smm-rounds-to-jfo-episodes@1"):
        compare(smm, jfo)
    found = compare(smm, jfo, by=ROUNDS_TO_EPISODES)
    assert found.converted == "smm-rounds-to-jfo-episodes@1"
    assert found.first.rule == "episode@1"
    for said in ("494 (rounds@1)", "4 (episode@1)", "smm-rounds-to-jfo-episodes@1"):
        assert said in found.text


def test_figures_of_one_rule_are_compared_as_they_are():
    """Donetsk region, reports 38 and 39/2022: 222 and 591."""
    found = compare(Total("rounds@1", 222, 222, 222), Total("each-round-or-burst@1", 591, 591, 591))
    assert found.converted == ""
    assert found.ratio == (pytest.approx(591 / 222), pytest.approx(591 / 222))
    open_end = compare(Total("rounds@1", 10, 10, 10), Total("rounds@1", 20, 20, None))
    assert open_end.ratio == (2.0, None)


# --- conversion -------------------------------------------------------------------------------


@pytest.mark.parametrize(("rounds", "jfo"), [(494, 4), (1021, 21)])
def test_a_conversion_holds_the_days_that_it_rests_on(rounds, jfo):
    """Published pairs of 26 March and 2 April 2021: ratios 124 and 49."""
    found = convert(Total("rounds@1", rounds, rounds, rounds), by=ROUNDS_TO_EPISODES)
    assert found.rule == "episode@1"
    assert found.low <= jfo <= found.high
    back = convert(Total("episode@1", jfo, jfo, jfo), by=ROUNDS_TO_EPISODES)
    assert back.low <= rounds <= back.high


@given(st.integers(0, 10**6), st.integers(0, 1000), st.booleans())
def test_converting_there_and_back_never_narrows(n, spread, is_open):
    start = Total("rounds@1", n + spread, n, None if is_open else n + 2 * spread)
    back = convert(convert(start, by=ROUNDS_TO_EPISODES), by=ROUNDS_TO_EPISODES)
    assert back.low <= start.low
    assert (back.high is None) == is_open
    assert is_open or back.high >= start.high


def test_a_conversion_of_other_rules_is_refused():
    with pytest.raises(InputError, match="not incident@1"):
        convert(Total("incident@1", 1, 1, 1), by=ROUNDS_TO_EPISODES)


# --- episodes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "n"),
    [
        ({"minute": 60}, 1),
        ({"minute": 61}, 2),
        ({"minute": 5, "km": 2.9}, 1),
        ({"minute": 5, "km": 3.1}, 2),
        ({"minute": 5, "bearing": 134.0}, 1),
        ({"minute": 5, "bearing": 136.0}, 2),
        ({"minute": 5, "bearing": 270.0}, 2),
    ],
)
def test_an_episode_ends_with_a_pause_a_distance_or_a_turn(second, n):
    """episode@1: 60 minutes, 3 km, 45 degrees."""
    assert count([fired(5, minute=0), fired(5, **second)], rule="episode@1").n == n


def test_north_by_west_and_north_by_east_are_one_direction():
    pair = [fired(5, minute=0, bearing=350.0), fired(5, minute=5, bearing=10.0)]
    assert count(pair, rule="episode@1").n == 1


def test_an_episode_is_continuous_and_so_may_be_long():
    chain = [fired(1, minute=50 * n) for n in range(20)]
    assert count(chain, rule="episode@1").n == 1
    assert episodes(chain, EPISODES).groups == (tuple(range(20)),)


def test_fire_in_and_out_are_two_episodes():
    incoming = fired(5, minute=0)
    outgoing = replace(incoming, source_record_id="out", act=replace(incoming.act, direction="out"))
    assert count([incoming, outgoing], rule="episode@1").low == 2


def test_a_count_over_a_night_may_be_several_episodes():
    night = observation(
        occurred=between(START, START + timedelta(hours=8)),
        act=Act("explosion", count=Count(30, "rounds@1")),
    )
    found = count([night], rule="episode@1")
    assert (found.n, found.low, found.high) == (1, 1, 8)
    two_ways = replace(
        night, place=Place(37.7, 48.1, 500.0, "sector",
                           sector=Sector(37.7, 48.1, 0, 1, 2, ((0, 22.5), (90, 112.5)))),
    )  # fmt: skip
    assert count([two_ways], rule="episode@1").high == 16


acts = st.lists(
    st.builds(
        fired,
        st.integers(1, 9),
        minute=st.integers(0, 600),
        km=st.floats(0, 12),
        bearing=st.sampled_from([0.0, 30.0, 90.0, 200.0]),
    ),
    max_size=12,
    unique_by=lambda one: one.source_record_id,
)


@settings(max_examples=60, deadline=None)
@given(acts, st.randoms(use_true_random=False))
def test_the_order_of_records_changes_no_figure(records, random):
    mixed = list(records)
    random.shuffle(mixed)
    for rule in ("rounds@1", "episode@1", "incident@1"):
        assert count(records, rule=rule).to_dict() == count(mixed, rule=rule).to_dict()


@settings(max_examples=60, deadline=None)
@given(acts)
def test_episodes_are_never_more_than_incidents_nor_those_than_rounds(records):
    figures = [count(records, rule=r).n for r in ("episode@1", "incident@1", "rounds@1")]
    assert figures == sorted(figures)


@settings(max_examples=60, deadline=None)
@given(acts, st.integers(0, 120), st.floats(0, 3000))
def test_the_interval_holds_the_truth_when_times_and_places_get_vague(records, minutes, radius_m):
    truth = count(records, rule="episode@1").n
    vague = [
        replace(
            one,
            occurred=between(
                one.occurred.best - timedelta(minutes=minutes / 3),
                one.occurred.best + timedelta(minutes=minutes * 2 / 3 + 1),
            ),
            place=replace(one.place, radius_m=radius_m),
            act=replace(one.act, count=Count(1, "rounds@1")),
        )
        for one in records
    ]
    found = count(vague, rule="episode@1")
    assert found.low <= truth <= found.high


def test_the_groups_agree_with_a_brute_force_over_all_pairs():
    """Oracle: links between all pairs, closed by repeated sweeping."""
    day = made_day()[::2] + [fired(3, minute=m, km=k) for m in (0, 100, 170) for k in (0, 2.5, 5)]
    names = list(range(len(day)))
    for _ in day:
        for i, one in enumerate(day):
            for j, two in enumerate(day):
                turn = abs(one.act.bearing_deg - two.act.bearing_deg)
                _, _, metres = EARTH.inv(one.place.longitude, one.place.latitude,
                                         two.place.longitude, two.place.latitude)  # fmt: skip
                pause = abs((one.occurred.best - two.occurred.best).total_seconds())
                if min(turn, 360 - turn) <= 45 and metres <= 3000 and pause <= 3600:
                    names[i] = names[j] = min(names[i], names[j])
    assert count(day, rule="episode@1").n == len(set(names))
