"""The OSCE mission's daily report: sentences with a known parse, totals, the annex, whole texts."""

from __future__ import annotations

import json
from datetime import date

import pytest

from backstop.watch.adapters.osce_sentence import (
    parse_items,
    parse_observed,
    parse_totals,
)
from backstop.watch.adapters.osce_words import time_said
from watch_cases import KYIV, raw_file, read_all, write


def sentences():
    return [
        json.loads(line)
        for line in raw_file("osce", "smm_summary_texts.jsonl").read_text().splitlines()
    ]


def told(text: str, year: int) -> dict[str, object]:
    """What was parsed, in the words of the expected parse."""
    totals = parse_totals(text)
    if totals is None:
        seen = parse_observed(text)
        return {
            "observer_place": seen.standpoint.place,
            "mode": seen.means,
            "items": [_item(item) for item in seen.items],
        }
    found = {"region": totals.region, "cfv": totals.violations.n, "prev": totals.previous.n}
    for part in totals.parts:
        found[f"{part.kind}s"] = part.number.n
    if totals.previous.at_least:
        found["prev_at_least"] = True
    if totals.exercise and totals.outside_zone:
        found["live_fire_outside_zone"] = totals.exercise.n
    period = time_said(text, year=year)
    if period is not None:
        found["period"] = [str(period.first_day), str(period.last_day)]
    return found


def _item(item) -> dict[str, object]:
    found = {
        "n": item.number.n,
        "kind": f"{item.detail} {item.kind}".strip(),
        "range_km": list(item.range_km),
        "bearings": list(item.winds),
    }
    if item.weapon_class != "unknown":
        found["weapon"] = item.weapon_class.replace("_", " ")
    return found


@pytest.mark.parametrize("number", range(8))
def test_sentences_of_published_reports_have_the_expected_parse(number):
    case = sentences()[number]
    year = int(case["report"][-4:] if "/" in case["report"] else case["report"][:4])
    assert told(case["text"], year) == case["expect"]


def test_the_eight_sentences_become_records():
    records, faults = read_all(raw_file("osce", "smm_summary_texts.jsonl"))
    assert faults == []
    assert [record.record_type for record in records] == ["tally"] * 11 + ["observation"] * 4
    whole = [r for r in records if r.record_type == "tally" and not r.part_of]
    assert [r.count.n for r in whole] == [197, 5, 1182, 0, 97, 152]
    heard = records[11]
    # Donetsk railway station, 6 km north-west of the centre; the sector lies north of it.
    assert heard.place.sector.words == ("NNE", "NE", "NNW")
    assert heard.place.latitude > heard.place.sector.latitude
    assert heard.occurred.first_day == date(2016, 9, 10)
    assert heard.occurred.precision == "part-of-day"


def test_a_total_whose_day_nobody_knows_revises_none_whose_day_is_known():
    texts, _ = read_all(raw_file("osce", "smm_summary_texts.jsonl"))
    undated = [r for r in texts if r.record_type == "tally" and r.occurred.precision == "year"]
    assert len(undated) == 9
    assert {r.period for r in undated} == {None}
    dated, _ = read_all(raw_file("osce", "smm_daily_counts.csv"))
    assert not {r.source_record_id for r in undated} & {r.source_record_id for r in dated}


def test_parts_of_a_total_name_the_whole():
    records, _ = read_all(raw_file("osce", "smm_summary_texts.jsonl"))
    first = [r for r in records if r.record_type == "tally"][:3]
    assert [r.kind for r in first] == ["ceasefire_violation", "explosion", "live_fire_exercise"]
    assert {r.part_of for r in first[1:]} == {first[0].source_record_id}


def test_daily_totals_chain_from_report_to_report():
    """Where two reports follow each other, the later one's previous figure is the earlier one's."""
    records, faults = read_all(raw_file("osce", "smm_daily_counts.csv"))
    assert faults == []
    totals = {r.source_record_id: r for r in records if not r.part_of}
    assert len(totals) == 53
    later = totals["39/2022:Donetsk:ceasefire_violation"]
    assert later.previous.n == totals["38/2022:Donetsk:ceasefire_violation"].count.n == 222
    assert later.period.edtf == "2022-02-17T19:30+02:00/2022-02-18T19:30+02:00"
    assert totals["303/2020:Donetsk:ceasefire_violation"].count.at_least
    assert totals["304/2020:Donetsk:ceasefire_violation"].previous.at_least


@pytest.mark.parametrize(("text", "n", "least", "about"), [
    ("1,182 explosions", 1182, False, False), ("at least 91 explosions", 91, True, False),
    ("about 30 bursts", 30, False, True), ("twenty-one shots", 21, False, False),
    ("an explosion", 1, False, False), ("more than 20 shots", 21, True, False),
    ("no explosions", 0, False, False),
])  # fmt: skip
def test_numbers_in_figures_and_words(text, n, least, about):
    (item,) = parse_items(text)
    assert (item.number.n, item.number.at_least, item.number.about) == (n, least, about)


def test_an_assessed_explosion_with_winds_in_letters():
    text = "The SMM heard 48 undetermined explosions assessed as outgoing rounds 2–7km N and NE."
    (item,) = parse_observed(text).items
    assert (item.range_km, item.winds, item.weapon_text) == ((2, 7), ("N", "NE"), "outgoing rounds")


def test_weapons_and_calibres():
    text = "heard ten bursts of heavy-machine-gun (12.7mm) fire 500m south-west of its position"
    (item,) = parse_items(text)
    assert (item.weapon_class, item.calibre_mm, item.range_km) == (
        "heavy_machine_gun",
        12.7,
        (0.5, 0.5),
    )


@pytest.mark.parametrize(("text", "first", "last"), [
    ("between the evenings of 30 December and 3 January", date(2021, 12, 30), date(2022, 1, 3)),
    ("During the night of 10-11 September,", date(2022, 9, 10), date(2022, 9, 11)),
    ("during the evening of 5 May", date(2022, 5, 5), date(2022, 5, 5)),
    ("On 18 February, a", date(2022, 2, 18), date(2022, 2, 18)),
])  # fmt: skip
def test_times_as_reports_state_them(text, first, last):
    moment = time_said(text, year=2022)
    assert (moment.first_day, moment.last_day) == (first, last)


DAILY = """Daily Report 39/2022 issued on 19 February 2022

Based on information from the Monitoring teams as of 19:30 18 February 2022.

The SMM visited four areas.

In Donetsk region, the SMM recorded 591 ceasefire violations, including 553 explosions. In the
previous reporting period, it recorded 222 ceasefire violations in the region.

At a checkpoint near Olenivka (23km south-west of Donetsk), a member of the armed formations denied
the SMM passage for 25 minutes.

On 18 February, an SMM UAV experienced loss of GPS signal, assessed as due to probable jamming.

There was talk of explosions.
"""


def test_a_whole_report_gives_totals_restrictions_and_jamming(tmp_path):
    records, faults = read_all(write(tmp_path / "39.txt", DAILY))
    assert [r.record_type for r in records] == ["tally", "tally", "denial", "jamming"]
    assert records[0].period.last_day == date(2022, 2, 18)
    assert (records[2].minutes, records[2].place.name) == (25.0, "Olenivka")
    assert records[3].target == "gnss"
    # What counts something and fits no pattern is set aside; what counts nothing is passed over.
    assert [(fault.row, "fits no pattern" in fault.reason) for fault in faults] == [(15, True)]


ANNEX = (
    'SMM position,Event location,Means,No.,Observation,Description,Weapon,"Date, time",report\n'
    '"Donetsk railway station (6km NW of Donetsk city centre)",2-4km SW,Heard,3,Explosion,'
    'Undetermined,N/K,"18-Feb, 08:17",39/2022\n'
    '"Camera in Nowhere",1-2km N,Recorded,1,Projectile,,N/K,"18-Feb, 23:05",39/2022\n'
    'Popasna,N/K,Heard,12,Burst,,Small arms,"18-Feb, 09:10-09:30",\n'
)


def test_the_annex_gives_sectors_and_makes_up_no_place(tmp_path):
    records, faults = read_all(write(tmp_path / "annex.csv", ANNEX))
    assert [(r.act.kind, r.act.count.n, r.means) for r in records] == [
        ("explosion", 3, "heard"),
        ("projectile_in_flight", 1, "camera"),
    ]
    assert records[0].place.located
    assert not records[1].place.located
    assert records[1].place.sector.words == ("N",)
    assert records[1].notes == ("the gazetteer does not know 'Camera in Nowhere'",)
    assert "the date has no year" in faults[0].reason


def test_a_report_without_a_day_or_number_is_set_aside(tmp_path):
    path = write(tmp_path / "a.jsonl", '{"report": "", "text": "two explosions"}\n')
    _, faults = read_all(path, adapter="osce", setting=KYIV)
    assert "neither a number with its year nor a day" in faults[0].reason
