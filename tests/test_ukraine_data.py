"""The tables of the shipped scenario: whole, sourced, and in keeping with published totals."""

from __future__ import annotations

import csv
import hashlib
import re
import tomllib
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from backstop.scenario.dates import last_day
from backstop.scenario.evidence import Claim, Evidence
from backstop.scenario.ident import twice
from backstop.scenario.nation import Nation
from backstop.scenario.offer import Offer
from backstop.scenario.position import Position

FOLDER = files("backstop") / "data" / "scenarios" / "ukraine-2025"
SHARED = Path(__file__).resolve().parents[2] / "shared"
POOLED_AWACS = 14
POOLED_TANKERS = {"DEU": 5, "NLD": 2, "LUX": 1, "BEL": 1}

# fmt: off
NATO_EUROPE = frozenset([
    "ALB", "BEL", "BGR", "CZE", "DEU", "DNK", "ESP", "EST", "FIN",
    "FRA", "GBR", "GRC", "HRV", "HUN", "ITA", "LTU", "LUX", "LVA",
    "NLD", "NOR", "POL", "PRT", "ROU", "SVK", "SVN", "SWE", "TUR",
])
# fmt: on
EUROPE = NATO_EUROPE | {"AUT", "CHE", "CYP", "IRL"}
REFUSES_GROUND = frozenset(["BGR", "FIN", "GRC", "HRV", "HUN", "ITA", "POL", "ROU", "SVK"])
LAND = frozenset(["battlegroup", "artillery", "engineers"])


def table(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((FOLDER / name).read_text(encoding="utf-8").splitlines()))


def shared(*parts: str) -> Path:
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the raw data are not here: {'/'.join(parts)} beside the repository")
    return path


@cache
def nations() -> dict[str, Nation]:
    rows = [Nation.model_validate(row) for row in table("nations.csv")]
    assert not twice(row.iso3 for row in rows)
    return {row.iso3: row for row in rows}


@cache
def offers() -> tuple[Offer, ...]:
    return tuple(Offer.model_validate(row) for row in table("offers.csv"))


@cache
def positions() -> tuple[Position, ...]:
    return tuple(Position.model_validate(row) for row in table("positions.csv"))


@cache
def evidence() -> Evidence:
    return Evidence.model_validate(tomllib.loads((FOLDER / "evidence.toml").read_text("utf-8")))


@cache
def scenario() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "scenario.toml").read_text("utf-8"))


def ids(kind: str) -> set[str]:
    return {entry["id"] for entry in scenario()[kind]}


def total(stock: str, who: Iterable[str]) -> tuple[float, float, float]:
    """Lowest, middle and highest sum of a stock; unknown counts as none."""
    known = [q for iso in who if (q := nations()[iso].stocks[stock]) is not None]
    supports = [quantity.support() for quantity in known]
    return (
        sum(low for low, _ in supports),
        sum(quantity.central for quantity in known),
        sum(high for _, high in supports),
    )


# --- nations -----------------------------------------------------------------------------------


def test_the_nations_that_matter_are_there() -> None:
    assert 36 <= len(nations()) <= 40
    assert nations().keys() >= EUROPE | {"USA", "CAN", "AUS", "NZL", "JPN", "KOR", "UKR", "RUS"}


def test_no_army_is_larger_than_the_armed_forces() -> None:
    for nation in nations().values():
        active, army = nation.active_personnel.support(), nation.army_personnel.support()
        assert army[0] <= active[0], nation.iso3
        assert army[1] <= active[1], nation.iso3


def test_every_row_of_nations_says_how_far_to_trust_it() -> None:
    for nation in nations().values():
        assert nation.source
        assert nation.note
        assert nation.confidence != "high", "brigades and aircraft are background knowledge"


def test_active_strength_of_european_nato_is_the_1_86_million_of_iiss_through_csis_2025() -> None:
    """Bergmann & Svendsen, CSIS, 8 October 2025, with Türkiye."""
    supports = [nations()[iso].active_personnel.support() for iso in NATO_EUROPE]
    assert sum(low for low, _ in supports) <= 1_860_000 <= sum(high for _, high in supports)


def test_german_strength_holds_the_counts_of_those_serving_and_not_the_one_with_reserves() -> None:
    low, high = nations()["DEU"].active_personnel.support()
    assert low <= 179_850 <= high
    assert low <= 181_500 <= high
    assert high < 460_000


def test_tankers_fit_the_450_and_156_dedicated_aircraft_and_the_850_and_336_able_to_refuel() -> (
    None
):
    """CSIS 2025 and the count of dedicated aircraft beside it.

    The European count takes in transports with refuelling gear: all A400M but the British.
    """
    low, _, high = total("tankers", ["USA"])
    assert low <= 450 <= high < 850
    _, tankers, _ = total("tankers", EUROPE)
    _, transports, _ = total("airlifters", EUROPE - {"GBR"})
    assert tankers < 156
    assert tankers + transports == pytest.approx(156, rel=0.10)
    assert total("tankers", EUROPE)[2] + total("airlifters", EUROPE)[2] < 336


def test_airborne_control_fits_the_35_of_europe_and_the_120_of_the_us_in_csis_2025() -> None:
    """NATO's fourteen E-3A are in the 35 and in no national row."""
    low, middle, high = total("awacs", EUROPE)
    assert low + POOLED_AWACS <= 35 <= high + POOLED_AWACS
    assert middle + POOLED_AWACS == pytest.approx(35, abs=2)
    assert total("awacs", ["USA"])[0] >= 120


def test_surveillance_aircraft_are_a_few_dozen_against_150_in_csis_2025() -> None:
    low, middle, high = total("isr_aircraft", EUROPE)
    assert 24 <= middle <= 48
    assert low > 12
    assert high < 60
    assert total("isr_aircraft", ["USA"])[0] <= 150 <= total("isr_aircraft", ["USA"])[2]


def test_six_owners_have_about_two_dozen_patriot_batteries_as_euractiv_counted_in_2025() -> None:
    low, _, high = total("air_defence_batteries", ["DEU", "GRC", "NLD", "POL", "ROU", "ESP"])
    assert low <= 24 <= high


def test_the_pooled_tankers_are_shared_by_the_flying_hours_of_2023() -> None:
    hours = {"DEU": 5500, "NLD": 2000, "LUX": 1200, "BEL": 1000, "NOR": 100, "CZE": 100}
    for iso, bought in hours.items():
        share = 9 * bought / sum(hours.values())
        quantity = nations()[iso].stocks["tankers"]
        assert quantity is not None
        assert quantity.central == pytest.approx(share, abs=0.5), iso
    assert sum(POOLED_TANKERS.values()) == 9


def test_unknown_is_blank_and_not_zero_for_the_adversary() -> None:
    assert nations()["RUS"].stocks["isr_aircraft"] is None


@pytest.mark.parametrize(
    ("file", "columns"),
    [
        (
            "nations.csv",
            {
                "manoeuvre_brigades": "manoeuvre_brigades",
                "combat_aircraft": "combat_aircraft",
                "major_surface_ships": "major_surface_ships",
            },
        ),
        (
            "nations_second_compilation.csv",
            {
                "manoeuvre_brigades_approx": "manoeuvre_brigades",
                "combat_aircraft_approx": "combat_aircraft",
                "major_surface_combatants_approx": "major_surface_ships",
                "mcm_vessels_approx": "mcm_vessels",
            },
        ),
    ],
)
def test_the_ranges_hold_what_both_compilations_say(file: str, columns: dict[str, str]) -> None:
    text = shared("data", "nations", file).read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        nation = nations().get(row["iso3"])
        if nation is None:
            continue
        for theirs, ours in columns.items():
            quantity = nation.stocks[ours]
            assert quantity is not None
            low, high = quantity.support()
            assert low <= float(row[theirs]) <= high, (nation.iso3, ours)


def test_tankers_and_transports_split_the_merged_count_of_the_compilation() -> None:
    text = shared("data", "nations", "nations.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        nation = nations().get(row["iso3"])
        parts = [nation.stocks[s] for s in ("tankers", "airlifters")] if nation else []
        known = [part.support() for part in parts if part is not None]
        if len(known) < 2:
            continue
        merged = float(row["tankers_and_strategic_lift"]) + POOLED_TANKERS.get(row["iso3"], 0)
        assert sum(low for low, _ in known) <= merged <= sum(high for _, high in known), row["iso3"]


# --- positions ---------------------------------------------------------------------------------


def in_force(day: date) -> dict[tuple[str, str], Position]:
    dated = sorted(positions(), key=lambda p: last_day(p.date))
    return {(p.actor, p.question): p for p in dated if last_day(p.date) <= day}


def test_no_two_positions_of_an_actor_on_a_question_bear_one_date() -> None:
    assert not twice(position.id for position in positions())


def test_every_position_says_who_and_what_in_a_sentence_and_where_from() -> None:
    for position in positions():
        assert position.source, position.id
        assert position.speaker, position.id
        assert position.note.endswith("."), position.id


def test_positions_name_only_conditions_of_the_scenario() -> None:
    for position in positions():
        assert set(position.conditions) <= ids("conditions"), position.id


def test_january_2026_changes_what_germany_spain_and_czechia_say() -> None:
    question = "ground_troops_in_ukraine"
    before, after = in_force(date(2025, 12, 31)), in_force(date(2026, 1, 31))
    turned = {iso: (before[iso, question].stance, after[iso, question].stance) for iso in
              ("DEU", "ESP", "CZE")}  # fmt: skip
    assert turned == {
        "DEU": ("undecided", "refuse"),
        "ESP": ("reluctant", "lean_yes"),
        "CZE": ("lean_yes", "refuse"),
    }


def test_the_vetoes_of_the_articles_are_in_force_at_the_end_of_2025() -> None:
    said = {key: position.stance for key, position in in_force(date(2025, 12, 31)).items()}
    assert said["RUS", "un_peacekeeping_mandate"] == "veto"
    assert said["RUS", "western_troops_in_ukraine"] == "veto"
    assert said["HUN", "nato_membership_for_ukraine"] == "veto"
    assert said["USA", "ground_troops_in_ukraine"] == "refuse"
    assert said["POL", "ground_troops_in_ukraine"] == "refuse"
    assert said["POL", "logistics_only"] == "commit"


def test_no_step_of_the_union_is_decided_by_who_sends_ground_troops() -> None:
    asked = {}
    for file in (FOLDER / "designs").iterdir():
        design = tomllib.loads(file.read_text(encoding="utf-8"))
        for route in design["mandate"]["routes"]:
            for step in route["steps"]:
                if step["body"].startswith("eu-council"):
                    asked[file.name.removesuffix(".toml")] = step["question"]
    assert asked == {
        "arms": "eu_funding",
        "pledge": "eu_membership_for_ukraine",
        "tripwire": "eu_mission",
    }


def test_the_joint_loan_of_december_2025_was_carried_by_24_and_stopped_by_nobody() -> None:
    on_the_day = {
        row["actor"]: row["stance"]
        for row in table("positions.csv")
        if (row["question"], row["date"]) == ("eu_funding", "2025-12-18")
    }
    others = {actor for actor, stance in on_the_day.items() if stance != "support"}
    assert len(on_the_day) == 27
    assert others == {"CZE", "HUN", "SVK"}
    assert on_the_day["HUN"] == on_the_day["SVK"] == "reluctant"


def test_a_ship_given_away_is_not_an_offer_to_clear_mines() -> None:
    """Belgium and the Netherlands handed over minehunters in June 2025: aid, not a deployment."""
    naval = {p.actor for p in positions() if p.question == "naval_mine_clearance"}
    assert naval.isdisjoint({"BEL", "NLD"})


@pytest.mark.parametrize("file", ["positions.csv", "positions_2026_01_addendum.csv"])
def test_no_statement_of_the_compilation_is_lost(file: str) -> None:
    text = shared("data", "nations", file).read_text("utf-8")
    ours = {(position.actor, position.date) for position in positions()}
    for row in csv.DictReader(text.splitlines()):
        dates = {date for actor, date in ours if actor == row["iso3"]}
        assert any(date.startswith(row["date"]) for date in dates), (row["iso3"], row["date"])


# --- offers ------------------------------------------------------------------------------------


def test_a_nation_has_one_row_for_a_capability() -> None:
    assert not twice(offer.id for offer in offers())


def test_offers_name_only_what_the_scenario_defines() -> None:
    kinds = {"front", "rear", "sea", "outside"}
    places = {place["id"] for place in scenario()["theatre"]["locations"]}
    levels = {level["id"] for level in scenario()["sourcing"]["pledge_levels"]}
    for offer in offers():
        assert offer.nation in nations(), offer.id
        assert offer.capability in ids("capabilities"), offer.id
        assert offer.pledge in levels, offer.id
        assert set(offer.conditions) <= ids("conditions"), offer.id
        assert set(offer.caveats) <= kinds | places, offer.id


def test_every_capability_is_offered_by_somebody() -> None:
    assert {offer.capability for offer in offers()} == ids("capabilities")


def test_a_blank_number_of_units_has_a_stock_to_start_from() -> None:
    rules = {entry["id"]: entry.get("pool") for entry in scenario()["capabilities"]}
    for offer in offers():
        rule = rules[offer.capability]
        if offer.units is None:
            assert rule, offer.id
            stock = nations()[offer.nation].stocks[rule["stock"]]
            assert stock is not None, offer.id
            assert stock.support()[1] > 0, offer.id


def test_a_pledge_has_a_source_and_mere_inventory_says_it_is_no_pledge() -> None:
    for offer in offers():
        assert offer.note, offer.id
        assert offer.pledge == "inventory" or offer.source, offer.id


def test_nothing_is_offered_before_a_ceasefire() -> None:
    assert all("ceasefire" in offer.conditions for offer in offers())


def test_the_belligerents_offer_nothing() -> None:
    assert {"RUS", "UKR"}.isdisjoint(offer.nation for offer in offers())


def test_the_united_states_offers_enablers_from_outside_and_only_as_a_backstop() -> None:
    american = [offer for offer in offers() if offer.nation == "USA"]
    assert {o.capability for o in american} >= {"isr", "tankers", "sead", "awacs", "lift-aircraft"}
    for offer in american:
        assert "us-backstop" in offer.conditions, offer.id
        assert {"front", "rear"} <= set(offer.caveats), offer.id
        assert offer.capability not in LAND, offer.id


def test_poland_gives_logistics_from_its_own_soil_only() -> None:
    (polish,) = (o for o in offers() if o.id == "POL/logistics")
    assert set(polish.caveats) == {"front", "rear", "sea", "romania"}
    assert polish.pledge == "declared"


def test_who_refuses_troops_has_made_no_pledge_of_them() -> None:
    for offer in offers():
        if offer.nation in REFUSES_GROUND and offer.capability in LAND:
            assert offer.pledge == "inventory", offer.id


# --- evidence ----------------------------------------------------------------------------------


def kept(claim: Claim) -> Path:
    name = {source.id: source.file for source in evidence().sources}[claim.source]
    return shared("sources", name)


def test_every_source_named_in_the_tables_resolves() -> None:
    known = evidence().ids()
    rows: tuple[Nation | Offer | Position, ...] = (*nations().values(), *offers(), *positions())
    named = {name for row in rows for name in row.source}
    assert named <= known, sorted(named - known)


def test_every_claim_stands_in_a_known_source() -> None:
    assert {claim.source for claim in evidence().claims} <= {s.id for s in evidence().sources}


def test_the_seventy_two_claims_of_the_articles_are_located_and_no_other_pretends_to_be() -> None:
    articles = {source.id for source in evidence().sources if source.sha256}
    assert articles == {f"article-{n:03}" for n in range(5)}
    located = {claim.id for claim in evidence().claims if claim.span_sha256}
    assert located >= {f"c{n:02}" for n in range(1, 73)}
    assert located == {claim.id for claim in evidence().claims if claim.source in articles}


def test_figures_in_dispute_stand_side_by_side_with_what_they_count() -> None:
    values: dict[str, set[str]] = {}
    for claim in evidence().claims:
        if claim.quantity:
            assert all((claim.value, claim.unit, claim.definition)), claim.id
            values.setdefault(claim.quantity, set()).add(f"{claim.value} {claim.unit}")
    force = {"10000 troops", "30000 troops", "more than 100000 troops", "150000 troops"}
    assert values["force.size"] >= force
    assert values["us.aid_share"] == {"0.40 share", "0.48 share", "0.51 share"}
    assert values["coalition.members"] == {f"{n} countries" for n in (26, 30, 31, 35)}
    front = {f"{n} km" for n in (1000, 1100, 1200, 1300, 2000)} | {"2000 miles"}
    assert values["line.length_km"] == front
    assert values["nation.DEU.personnel"] >= {"181500 troops", "460000 troops"}


def test_articles_have_the_digests_of_the_kept_copies() -> None:
    for source in evidence().sources:
        if source.sha256:
            assert hashlib.sha256(shared("sources", source.file).read_bytes()).hexdigest() == (
                source.sha256
            )


def test_spans_have_their_digests_and_hold_the_figures_of_their_claims() -> None:
    for claim in evidence().claims:
        if claim.span_sha256 is None:
            continue
        span = kept(claim).read_bytes().decode("utf-8")[claim.start : claim.end]
        assert hashlib.sha256(span.encode()).hexdigest() == claim.span_sha256, claim.id
        assert span == span.strip(), claim.id
        assert len(span) < 500, claim.id
        for figure in re.findall(r"\d{2,}", claim.value.replace("0.40", "40")):
            assert figure in span.replace(",", ""), claim.id


def test_paraphrases_are_our_own_words() -> None:
    """No run of seven words of an article stands in anything that is shipped."""
    texts = [path.read_text("utf-8") for path in sorted(shared("sources").glob("*.txt"))]
    taken = {run for text in texts for run in runs(text)}
    ours = [p.note for p in positions()] + [o.note for o in offers()]
    ours += [text for c in evidence().claims for text in (c.paraphrase, c.definition)]
    for sentence in ours:
        assert taken.isdisjoint(runs(sentence)), sentence


def runs(text: str, length: int = 7) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}
