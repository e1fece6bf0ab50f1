"""Alerts against an XML schema of CAP 1.2, by a validator that nobody here wrote.

The schema, ``cap-1.2.xsd``, is ours: the element tables of the standard written out, since the
published file is not shipped. The validator is libxml2's, through lxml.
"""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from lxml import etree

from backstop.watch.engagement import cap_xml
from backstop.watch.engagement.cap import NAMESPACE
from backstop.watch.engagement.cap_check import schema_faults
from test_watch_engagement_cap import alerts, every_transition
from watch_engagement_cases import MODEL, TCG, at

ElementTree.register_namespace("", NAMESPACE)


@pytest.fixture(scope="module")
def schema():
    return etree.XMLSchema(etree.parse(str(Path(__file__).with_name("cap-1.2.xsd"))))


def valid(schema, document: bytes) -> bool:
    return schema.validate(etree.fromstring(document))


def test_every_alert_of_every_transition_validates(schema):
    made = 0
    for _, alert in every_transition():
        if alert is not None:
            assert valid(schema, cap_xml(alert)), schema.error_log
            made += 1
    assert made == sum(
        len(machine.cases) * sum(one.alert is not None for one in machine.transitions)
        for machine in (TCG, MODEL)
    )


def test_alerts_with_areas_updates_and_times_validate(schema):
    for alert in alerts():
        document = cap_xml(replace(alert, expires=at(30), headline='5 < 6 & "x" ]]> вибух'))
        assert valid(schema, document), schema.error_log


@pytest.mark.parametrize(("old", "new"), [
    ("<status>Exercise</status>", ""), ("<status>Exercise</status>", "<status>Real</status>"),
    ("-00:00</sent>", "Z</sent>"), ("<category>Security</category>", ""),
    ("<areaDesc>Zolote</areaDesc>", ""), ("<scope>", "<extra/><scope>"),
    ("<urgency>Immediate</urgency>", "<urgency>Now</urgency>"), ("<info>", '<info lang="en">'),
])  # fmt: skip
def test_the_schema_refuses_what_the_standard_does(schema, old, new):
    text = cap_xml(alerts()[0]).decode()
    assert valid(schema, text.encode())
    assert not valid(schema, text.replace(old, new, 1).encode())


def _broken(document: bytes, draw: random.Random) -> bytes:
    """The document with one to three elements dropped, doubled, moved, renamed or refilled."""
    root = ElementTree.fromstring(document)
    for _ in range(draw.randint(1, 3)):
        parents = [one for one in root.iter() if len(one)]
        parent = draw.choice(parents)
        place = draw.randrange(len(parent))
        child = parent[place]
        match draw.randrange(5):
            case 0:
                parent.remove(child)
            case 1:
                parent.insert(place, child)
            case 2:
                parent.remove(child)
                parent.insert(draw.randrange(len(parent) + 1), child)
            case 3:
                names = ["status", "note", "polygon", "size", "event", "nothing"]
                child.tag = f"{{{NAMESPACE}}}{draw.choice(names)}"
            case _:
                if not len(child):
                    words = ["", "Test", "Z", "1", "en-GB", "2020-02-30T00:00:00+00:00", " Other "]
                    child.text = draw.choice(words)
        if not len(root):
            break
    return ElementTree.tostring(root, encoding="utf-8")


def test_the_checker_of_the_package_and_the_schema_agree_on_broken_documents(schema):
    draw = random.Random(7)
    sound = [cap_xml(one) for one in alerts()]
    verdicts = []
    for _ in range(1_500):
        document = _broken(draw.choice(sound), draw)
        expected = valid(schema, document)
        verdicts.append(expected)
        assert (schema_faults(document) == ()) == expected, document.decode()
    assert 100 < sum(verdicts) < 1_400
