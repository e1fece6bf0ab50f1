"""Whose act it was: assessed by a person, kept through fusions, learned from by ``deter``."""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta

import pytest

from backstop.monitoring.known import read_known
from backstop.watch.folder import open_mission
from backstop.watch.ledger import open_ledger, verify_ledger
from watch_cli_cases import main, runner

MAPPING = """
source = "{source}"
zone = "Europe/Kyiv"
[columns]
id = "No"
date = "Day"
latitude = "Y"
longitude = "X"
killed = "Dead"
[fixed]
kind = "armed_clash"
means = "seen"
rule = "one-incident@1"
count = "1"
"""
AGREEMENT = "model-ukraine-2025"
FIRST = date(2024, 1, 10)


@pytest.fixture
def run(monkeypatch, capsys):
    return runner(monkeypatch, capsys)


def _taken(run, folder, source, rows):
    """Reports of a source: number, days after the first, latitude, dead."""
    table, mapping = folder / f"{source}.csv", folder / f"{source}.toml"
    lines = [f"{n},{FIRST + timedelta(days=d)},{y},37.5,{dead}" for n, d, y, dead in rows]
    table.write_text("\n".join(["No,Day,Y,X,Dead", *lines, ""]))
    mapping.write_text(MAPPING.format(source=source))
    assert run("intake", folder / "mission", table, "--mapping", mapping).code == 0


@pytest.fixture
def mission(tmp_path, run):
    """Eight deadly incidents, one a quarter, 40 km apart, each seen by two sources."""
    held = tmp_path / "mission"
    assert run("init", held, "--scenario", "ukraine-2025", "--agreement", AGREEMENT).code == 0
    rows = [(n, 92 * n, 46 + 0.4 * n, 2) for n in range(8)]
    for source in ("post", "press"):
        _taken(run, tmp_path, source, rows)
    assert run("fuse", tmp_path / "mission").code == 0
    return tmp_path / "mission"


def _assessed(folder):
    with open_ledger(folder) as ledger:
        known = read_known(open_mission(folder), ledger)
    return {
        one.subject: dict(incident.actors.assessed.parties)
        for one, incident in known.incidents
        if incident.actors.assessed
    }


def _assess(run, folder, name, *by, basis="crater analysis"):
    more = [word for one in by for word in ("--by", one)]
    return run("assess", folder, name, *more, "--basis", basis, "--json")


def test_an_assessment_stands_in_the_incident_with_its_basis_and_the_rest_undetermined(
    mission, run
):
    done = _assess(run, mission, "post/3", "ukraine=0.2", "RUS=0.7")
    assert done.code == 0
    wanted = {"ukraine": 0.2, "russia": 0.7, "undetermined": 0.1}
    assert done.body["assessed"] == pytest.approx(wanted)
    assert done.body["ledger"]["revised"] == 1
    assert _assessed(mission) == {done.body["incident"]: pytest.approx(done.body["assessed"])}
    assert verify_ledger(mission).broken == ()


def test_it_outlives_fusions_and_the_last_one_counts(mission, run):
    subject = _assess(run, mission, "post/3", "russia=0.9").body["incident"]
    again = run("fuse", mission, "--json").body
    assert again["ledger"]["revised"] == 0
    _assess(run, mission, subject, "russia=0.4")
    assert run("fuse", mission, "--window-km", "3").code == 0
    assert _assessed(mission)[subject] == pytest.approx({"russia": 0.4, "undetermined": 0.6})


def test_where_its_reports_are_divided_it_stands_for_neither_until_they_are_one_again(mission, run):
    subject = _assess(run, mission, "post/3", "russia=0.9").body["incident"]
    split = run("split", mission, subject, "--reason", "two acts", "--json").body
    assert len(split["incidents"]) == 2
    assert _assessed(mission) == {}
    assert run("undo", mission, split["change"]).code == 0
    assert list(_assessed(mission)) == [subject]


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        (("russia=0.7", "ukraine=0.5"), "add up to 1.2"),
        (("russai=0.7",), "did you mean"),
        (("russia=0.2", "Russia=0.2"), "named twice"),
    ],
)
def test_shares_that_cannot_be_are_refused_and_nothing_is_entered(mission, run, shares, said):
    before = verify_ledger(mission).size
    bad = _assess(run, mission, "post/3", *shares)
    assert bad.code == 2
    assert said in bad.err
    assert verify_ledger(mission).size == before


def test_an_incident_that_is_not_there_and_an_assessment_without_a_basis_are_refused(mission, run):
    assert "no incident" in _assess(run, mission, "post/99", "russia").err
    assert run("assess", mission, "post/3", "--by", "russia").code == 2


def test_the_posterior_of_the_challengers_type_comes_by_commands_alone(
    mission, run, monkeypatch, capsys
):
    """Six quarters are pinned on the challenger, then one: the last assessment counts."""
    for number in range(6):
        assert _assess(run, mission, f"post/{number}", "russia=0.8").code == 0
    body = _deter(monkeypatch, capsys, mission)
    held = body["record"]["challenger"]
    assert held["probed"] == 6
    often = _types(body)
    assert held["quarters"] == pytest.approx((92 * 7 + 1) / (365.25 / 4), rel=1e-3)
    for number in range(6):
        assert _assess(run, mission, f"post/{number}", "ukraine=0.8").code == 0
    assert _assess(run, mission, "post/7", "russia=0.8").code == 0
    body = _deter(monkeypatch, capsys, mission)
    assert body["record"]["challenger"]["probed"] == 1
    seldom = _types(body)
    assert sum(often) == pytest.approx(1, abs=1e-6)
    assert max(abs(a - b) for a, b in zip(often, seldom, strict=True)) > 0.01


def _types(body):
    """Chance of each type of challenger after the record."""
    return [one["posterior"]["mean"] for one in body["challenger_types"]]


def _deter(monkeypatch, capsys, mission):
    asked = ["deter", "ukraine-2025/monitors", "--record", mission, "--challenger", "russia"]
    more = ["--worlds", 32, "--json"]
    monkeypatch.setattr(sys, "argv", ["backstop", *map(str, [*asked, *more])])
    with pytest.raises(SystemExit) as left:
        main.run()
    shown = capsys.readouterr()
    assert left.value.code == 0, shown.err
    return json.loads(shown.out)
