"""Alerts in the Common Alerting Protocol 1.2 (OASIS, CAP-v1.2-os, 1 July 2010)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.watch.engagement import Alert, Area, alert_of, area_of, cap_faults, cap_xml
from backstop.watch.engagement.cap import NAMESPACE, cap_time
from backstop.watch.place import Place
from watch_engagement_cases import MODEL, TCG, at, by_the_book, live

SENDER = "mission.example.org"
PLACE = Area(
    "Zolote",
    polygons=(((38.5, 48.6), (38.6, 48.6), (38.6, 48.7), (38.5, 48.6)),),
    circles=((38.51, 48.69, 2.5),),
)


def written(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def alerts() -> list[Alert]:
    moves = live(by_the_book())[0].position.moves
    made, previous = [], None
    for move in moves:
        alert = alert_of(
            TCG, case="uaf", move=move, sender=SENDER, sent=at(9), areas=[PLACE], previous=previous
        )
        if alert is not None:
            made.append(alert)
            previous = alert
    return made


def test_the_transitions_that_call_for_an_alert_get_a_sound_one():
    made = alerts()
    assert [one.event for one in made] == [
        "Offensive operation found",
        "Mechanism failed",
        "Return fire permitted",
    ]
    for alert in made:
        assert cap_faults(cap_xml(alert)) == ()
    assert made[1].message == "Update"
    assert made[1].references == ((SENDER, made[0].identifier, made[0].sent),)


def test_an_alert_is_an_exercise_until_somebody_says_otherwise():
    assert {one.status for one in alerts()} == {"Exercise"}


def every_transition():
    """Each transition of both machines in each of their cases, and its alert or None."""
    move = live(by_the_book())[0].position.moves[0]
    for machine in (TCG, MODEL):
        for transition in machine.transitions:
            one = replace(
                move, transition=transition.id, enters=transition.enters, clause=transition.clause
            )
            for case in machine.cases:
                made = alert_of(machine, case=case.id, move=one, sender=SENDER, sent=at(1))
                yield transition, made


def test_every_alert_of_both_machines_is_sound():
    for transition, alert in every_transition():
        assert (alert is None) == (transition.alert is None)
        assert alert is None or cap_faults(cap_xml(alert)) == ()


def test_what_is_written_is_read_back():
    alert = replace(alerts()[0], headline='5 < 6 & "x" ]]> вибух', expires=at(20))
    root = ElementTree.fromstring(cap_xml(alert))
    info = root.find(written("info"))
    assert info.find(written("headline")).text == '5 < 6 & "x" ]]> вибух'
    assert info.find(written("expires")).text == "2020-09-08T06:00:00-00:00"
    # Latitude stands first in CAP, longitude in GeoJSON.
    area = info.find(written("area"))
    assert area.find(written("polygon")).text.split()[0] == "48.6,38.5"
    assert area.find(written("circle")).text == "48.69,38.51 2.5"


def test_times_have_a_numeric_offset_and_utc_is_minus_zero():
    """Section 3.3.2: alphabetic zones must not be used; UTC must be -00:00."""
    moment = datetime(2020, 7, 27, 0, 1, tzinfo=timezone(timedelta(hours=3)))
    assert cap_time(moment) == "2020-07-27T00:01:00+03:00"
    assert cap_time(moment.astimezone(UTC)) == "2020-07-26T21:01:00-00:00"
    west = timezone(-timedelta(hours=3, minutes=30))
    assert cap_time(datetime(2020, 7, 27, tzinfo=west)) == "2020-07-27T00:00:00-03:30"


def test_a_place_of_the_record_becomes_an_area():
    assert area_of(Place()) is None
    found = area_of(Place(longitude=38.5, latitude=48.6, radius_m=1500, name="Zolote"))
    assert found == Area("Zolote", circles=((38.5, 48.6, 1.5),))


@pytest.mark.parametrize(
    "wrong",
    [
        {"identifier": "a b"},
        {"sender": "a,b"},
        {"scope": "Restricted", "restriction": ""},
        {"scope": "Private"},
        {"message": "Cancel", "references": ()},
    ],
)
def test_an_alert_that_breaks_the_standard_cannot_be_made(wrong):
    with pytest.raises(ValueError, match=r"\w"):
        replace(alerts()[0], **wrong)


# --- the checker ------------------------------------------------------------------------------

SOUND = cap_xml(alerts()[0]).decode()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<status>Exercise</status>", "", "'status' is missing"),
        ("<status>Exercise</status>", "<status>Real</status>", "'Real' is not allowed"),
        ("<status>Exercise</status>", "<status>Test</status><status>Test</status>", "once"),
        ("-00:00</sent>", "Z</sent>", "is not allowed"),
        ("2020-09-07T19:00:00-00:00</sent>", "2020-02-30T19:00:00-00:00</sent>", "not allowed"),
        ("<category>Security</category>", "", "'category' is missing"),
        ("<urgency>Immediate</urgency>", "<urgency>Now</urgency>", "'Now' is not allowed"),
        ("<areaDesc>Zolote</areaDesc>", "", "'areaDesc' is missing"),
        ("</circle>", "</circle><polygon>1,1</polygon>", "'polygon' stands after 'circle'"),
        ("<scope>", "<extra/><scope>", "'extra' does not belong here"),
        ("<info>", '<info lang="en">', "attribute"),
        ("<info>", "<info>words", "text stands between"),
        ("48.6,38.5 48.6,38.6", "48.6,38.4 48.6,38.6", "no closed ring"),
        ("38.51 2.5", "38.51", "radius in km"),
        ("48.69,38.51", "98.69,38.51", "radius in km"),
        ("<restriction>parties and mission only</restriction>", "", "needed when the scope"),
        (f'xmlns="{NAMESPACE}"', 'xmlns="urn:x"', "the root is"),
        ("<alert", '<!DOCTYPE alert [<!ENTITY a "b">]><alert', "document type"),
        ("</alert>", "", "not XML"),
    ],
)  # fmt: skip
def test_every_departure_from_the_standard_is_found(old, new, said):
    text = SOUND.replace("encoding='utf-8'", "encoding='utf-8'")
    assert old in text
    found = cap_faults(text.replace(old, new, 1).encode())
    assert any(said in one for one in found), found


def test_the_amber_alert_example_of_the_standard_in_outline_is_sound():
    """Appendix A.4's shape: two info blocks, two languages, parameters and a geocode."""
    info = (
        "<info><language>{0}</language><category>Rescue</category><event>Child Abduction</event>"
        "<urgency>Immediate</urgency><severity>Severe</severity><certainty>Likely</certainty>"
        "<eventCode><valueName>SAME</valueName><value>CAE</value></eventCode>"
        "<headline>H</headline><contact>C</contact><area><areaDesc>A</areaDesc>"
        "<geocode><valueName>SAME</valueName><value>006037</value></geocode></area></info>"
    )
    text = (
        f'<alert xmlns="{NAMESPACE}"><identifier>KAR0-0306112239-SW</identifier>'
        "<sender>KARO@CLETS.DOJ.CA.GOV</sender><sent>2003-06-11T22:39:00-07:00</sent>"
        "<status>Actual</status><msgType>Alert</msgType><source>SW</source><scope>Public</scope>"
        f"{info.format('en-US')}{info.format('es-US')}</alert>"
    )
    assert cap_faults(text.encode()) == ()


TEXTS = st.text(max_size=30)


@settings(max_examples=100, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_no_text_breaks_the_document(headline, description, words):
    alert = replace(
        alerts_once(), headline=headline, description=description, areas=(Area(words or "x"),)
    )
    assert cap_faults(cap_xml(alert)) == ()


_ONCE: list[Alert] = []


def alerts_once() -> Alert:
    if not _ONCE:
        _ONCE.append(alerts()[0])
    return _ONCE[0]
