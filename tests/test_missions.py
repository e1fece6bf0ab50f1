"""The missions table: what ships, and what a bad row is told."""

from __future__ import annotations

from importlib.resources import files

import pytest

from backstop.errors import InputError
from backstop.scenario.mission import Mission, parse_missions
from sizing_cases import missions

HEADER = "id,name,kind,from_year,to_year,strength,consent,mandate,task,outcome,source,confidence"
GOOD = "unef,UNEF,interposition,1956,1967,6073,yes,unga,stand between,ten years,UN 1996,high"


def by_id(name: str) -> Mission:
    return next(mission for mission in missions() if mission.id == name)


def test_at_least_twenty_five_missions_ship_and_every_row_names_its_source() -> None:
    assert len(missions()) >= 25
    assert all(len(mission.source) > 10 for mission in missions())
    assert len({mission.id for mission in missions()}) == len(missions())


def test_every_kind_of_force_has_a_precedent() -> None:
    kinds = {mission.kind for mission in missions()}
    assert kinds == {
        "observer", "interposition", "separation", "stabilisation", "deterrent", "no-fly",
        "front-holding",
    }  # fmt: skip


def test_every_kind_that_sizing_scales_by_the_kilometre_has_a_known_line() -> None:
    for kind in ("observer", "interposition", "separation", "front-holding"):
        assert any(m.kind == kind and m.troops_per_km for m in missions()), kind


def test_published_densities_come_out_of_the_table() -> None:
    """IFOR: 60,000 (CRS RS21774) on 1,080 km; UNFICYP: 929 on 180; RUSI: 580,000 on 1,200."""
    assert by_id("ifor").troops_per_km == pytest.approx(55.6, abs=0.1)
    assert by_id("unficyp").troops_per_km == pytest.approx(5.2, abs=0.1)
    assert by_id("russia-front-2025").troops_per_km == pytest.approx(483, abs=1)


def test_troops_per_1000_agree_with_dobbins_peaks() -> None:
    """Dobbins et al. (RAND): Bosnia 18.6 and Kosovo 20 per 1,000, from other population counts."""
    assert by_id("ifor").troops_per_1000 == pytest.approx(18.6, rel=0.1)
    kosovo = by_id("kfor").troops_per_1000
    assert kosovo is not None
    assert 20 <= kosovo <= 30, "the population of 1999 is the one after the flight"


def test_a_jfo_brigade_at_twenty_kilometres_is_200_to_250_troops_a_kilometre() -> None:
    """Cohen and O'Brien (CSIS, 24 September 2024)."""
    jfo = by_id("jfo-2022")
    assert jfo.strength is not None
    assert jfo.line_km is not None
    low, high = jfo.strength.support()
    assert (low / jfo.line_km.central, high / jfo.line_km.central) == (200, 250)


def test_an_unknown_size_stays_unknown() -> None:
    assert by_id("untso").line_km is None
    assert by_id("untso").troops_per_km is None
    assert by_id("deny-flight").strength is None


def test_the_shipped_file_is_plain_utf8_with_unix_line_ends() -> None:
    raw = (files("backstop") / "data" / "missions.csv").read_bytes()
    assert b"\r" not in raw
    raw.decode("utf-8")


def test_a_good_row_is_read_with_its_blank_cells() -> None:
    (mission,) = parse_missions(f"{HEADER}\n{GOOD}\n")
    assert mission.strength is not None
    assert mission.strength.central == 6073
    assert mission.line_km is None


@pytest.mark.parametrize(
    ("row", "place", "message"),
    [
        (GOOD.replace("interposition", "interpostion"), (2, 11), "not one of observer"),
        (GOOD.replace("6073", "-3"), (2, 35), "-3"),
        (GOOD.replace("6073", "many"), (2, 35), "is not a number"),
        (GOOD.replace("1956,1967", "1967,1956"), (2, 1), "before it begins"),
        (GOOD.replace("UN 1996", ""), (2, 73), "is empty"),
        (GOOD.replace(",high", ""), (2, 1), "has 11 cells where the header has 12"),
    ],
)
def test_a_bad_cell_is_named_with_line_and_column(
    row: str, place: tuple[int, int], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        parse_missions(f"{HEADER}\n{row}\n", file="m.csv")
    (problem,) = caught.value.problems
    assert problem.file == "m.csv"
    assert (problem.line, problem.column) == place
    assert message in problem.message


def test_all_bad_rows_are_reported_at_once_with_a_suggestion_for_a_column() -> None:
    text = f"{HEADER.replace('strength', 'strenght')}\n{GOOD}\n{GOOD}\n"
    with pytest.raises(InputError) as caught:
        parse_missions(text)
    messages = [problem.message for problem in caught.value.problems]
    assert any("did you mean 'strength'?" in message for message in messages)
    assert any("stands there already" in message for message in messages)


def test_an_empty_table_is_an_error() -> None:
    with pytest.raises(InputError, match="at least one row"):
        parse_missions(f"{HEADER}\n")
