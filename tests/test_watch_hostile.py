"""Hostile text in a record: it is shown as text in every output of the watch, and runs in none."""

from __future__ import annotations

import csv
import io
from xml.etree import ElementTree

import pytest

from backstop.report.watch_html import day_html
from backstop.watch.act import Act, Count
from backstop.watch.actors import Actors, Attribution
from backstop.watch.moment import instant
from backstop.watch.place import Place
from backstop.watch.record import Incident, Observation
from test_watch_proposing import DAY, clock, enter, key, mission  # noqa: F401
from test_watch_report import _Elements
from watch_cli_cases import runner

NASTY = '=HYPERLINK("http://x","y")<script>alert(1)</script>\x1b[31m\u202e]]>&amp;'


@pytest.fixture
def watch(monkeypatch, capsys):
    return runner(monkeypatch, capsys)


@pytest.fixture
def hostile(watch, mission):  # noqa: F811
    """One incident and one observation whose every free text is hostile."""
    place = Place(37.8, 48.4, 500.0, "gps", name=NASTY, region=NASTY)
    who = Actors(assessed=Attribution((("Russia", 1.0),), (NASTY,)))
    head = {"source_record_id": NASTY, "occurred": instant(DAY), "place": place, "text": NASTY,
            "notes": (NASTY,), "codes": ((NASTY, NASTY),)}  # fmt: skip
    act = Act("attack", "", Count(1, "one-incident@1"), "artillery", NASTY)
    enter(
        mission,
        Incident(source="fusion", act=act, actors=who, **head),
        Observation(source=NASTY, act=act, actors=who, means="seen", **head),
    )
    watch("classify", mission)
    return mission


def clean(shown: str) -> None:
    """Nothing that steers a terminal; what is there is written out."""
    assert "\x1b[31m" not in shown
    assert "\u202e" not in shown


@pytest.mark.parametrize("command", [
    ("report", "--day", "2026-03-04"), ("status", "--quick"), ("engage",), ("classify",),
])  # fmt: skip
def test_the_terminal_is_not_steered(watch, hostile, command):
    name, *options = command
    found = watch(name, hostile, *options)
    assert found.code == 0
    clean(found.out + found.err)


def test_the_page_holds_it_as_text(watch, hostile, tmp_path):
    page = tmp_path / "day.html"
    watch("report", hostile, "--day", "2026-03-04", "--html", page)
    text = page.read_text("utf-8")
    elements = _Elements()
    elements.feed(text)
    assert "script" not in elements.tags
    assert not {one for one in elements.attributes if one.startswith("on")}
    assert "&lt;script&gt;" in text
    clean(text)


def test_a_page_made_of_the_json_holds_it_as_text_too(watch, hostile):
    body = watch("report", hostile, "--day", "2026-03-04", "--json").body
    elements = _Elements()
    elements.feed(day_html(body))
    assert "script" not in elements.tags


def test_an_alert_holds_it_as_text(watch, hostile, tmp_path):
    alerts = tmp_path / "alerts"
    done = watch(
        "engage", hostile, "--confirm", key(NASTY), "--directed-at", "force", "--reason", NASTY,
        "--role", NASTY, "--cap", alerts,
    )  # fmt: skip
    assert done.code == 0
    clean(done.out + done.err)
    (file,) = alerts.iterdir()
    root = ElementTree.parse(file).getroot()
    assert {one.tag.rpartition("}")[2] for one in root.iter()}.isdisjoint({"script"})


def test_a_table_holds_no_formula(watch, hostile, tmp_path):
    file = tmp_path / "record.csv"
    watch("export", hostile, "--csv", file)
    rows = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"))))
    cells = [cell for row in rows[1:] for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))
                and "HYPERLINK" in cell]  # fmt: skip
