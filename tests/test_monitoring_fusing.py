"""Fusing a mission, and what persons say of it: kept through later fusions, and undone."""

from __future__ import annotations

import pytest

from watch_cli_cases import MAPPING, mission_with, runner

HEAD = "No,Day,Y,X,Region,Type,Text"
#: Three acts, days and tens of kilometres apart; sources A and B see two of them, C all.
SEEN = {
    "A": ((1, "2025-03-01", 48.100), (2, "2025-03-10", 48.500)),
    "B": ((1, "2025-03-01", 48.101), (2, "2025-03-20", 48.901)),
    "C": ((1, "2025-03-01", 48.102), (2, "2025-03-10", 48.501), (3, "2025-03-20", 48.900)),
}


@pytest.fixture
def watch(monkeypatch, capsys):
    return runner(monkeypatch, capsys)


@pytest.fixture
def mission(tmp_path):
    return mission_with(tmp_path / "mission")


@pytest.fixture
def take(watch, mission, tmp_path):
    """Take in rows of a source: number, day, latitude."""

    def taken(source, rows):
        table, mapping = tmp_path / f"{source}.csv", tmp_path / f"{source}.toml"
        lines = [
            f"{number},{day},{north},{37.5 if north else ''},North,explosion,"
            for number, day, north in rows
        ]
        table.write_text("\n".join([HEAD, *lines, ""]), encoding="utf-8")
        mapping.write_text(MAPPING.replace("joint-commission", source), encoding="utf-8")
        assert watch("intake", mission, table, "--mapping", mapping).code == 0

    return taken


@pytest.fixture
def fused(watch, mission, take):
    for source, rows in SEEN.items():
        take(source, rows)
    return watch("fuse", mission, "--json").body


def _groups(body):
    """The reports that are together."""
    return {frozenset(one["report"] for one in group["members"]) for group in body["groups"]}


def test_each_merge_is_an_entry_with_names_that_split_understands(watch, mission, fused):
    assert _groups(fused) == {
        frozenset({"A/1", "B/1", "C/1"}),
        frozenset({"A/2", "C/2"}),
        frozenset({"B/2", "C/3"}),
    }
    assert fused["ledger"]["merges"] == 3
    assert fused["ledger"]["new"] == fused["incidents"] == 3
    listed = watch("undo", mission, "--all", "--json").body["changes"]
    assert {frozenset(one["reports"]) for one in listed} == _groups(fused)
    assert not any(one["by_hand"] for one in listed)
    name = fused["groups"][0]["incident"]
    assert watch("split", mission, name, "--reason", "three acts").code == 0
    assert watch("verify", mission).code == 0


def test_a_second_fusion_of_the_same_record_enters_nothing(watch, mission, fused):
    again = watch("fuse", mission, "--json").body["ledger"]
    assert again == {
        "new": 0, "revised": 0, "unchanged": 3, "withdrawn": 0,
        "merges": 0, "splits": 0, "judgements": 0,
    }  # fmt: skip


def test_a_split_takes_effect_at_once_and_outlives_a_new_intake(watch, mission, take, fused):
    done = watch("split", mission, "A/2", "C/2", "--reason", "two craters", "--json").body
    assert done["settled"] is True
    assert len(done["incidents"]) == 2
    take("D", [(1, "2025-03-20", 48.902)])
    body = watch("fuse", mission, "--json").body
    assert not any({"A/2", "C/2"} <= one for one in _groups(body))
    assert any({"B/2", "C/3", "D/1"} <= one for one in _groups(body))
    assert body["ledger"]["judgements"] == 1


def test_a_merge_by_hand_binds_beyond_the_window_and_undoing_it_frees_it(watch, mission, fused):
    body = watch("merge", mission, "A/2", "B/2", "--reason", "one attack", "--json").body
    # C reports in both of their incidents, so A/2 alone joins that of B/2.
    assert len(body["incidents"]) == 2
    kept = watch("fuse", mission, "--json").body
    assert any({"A/2", "B/2"} <= one for one in _groups(kept))
    assert watch("undo", mission, body["change"]).code == 0
    free = watch("fuse", mission, "--json").body
    assert _groups(free) == _groups(fused)
    listed = watch("undo", mission, "--json").body["changes"]
    assert [(one["change"], one["undone"]) for one in listed] == [(body["change"], True)]
    assert watch("undo", mission, body["change"]).code == 2


def test_undoing_at_once_brings_back_what_stood(watch, mission, fused):
    name = watch("split", mission, "A/2", "C/2", "--reason", "no", "--json").body["change"]
    back = watch("undo", mission, name, "--json").body
    assert back["settled"] is True
    again = watch("fuse", mission, "--json").body["ledger"]
    assert (again["merges"], again["splits"], again["new"], again["revised"]) == (0, 0, 0, 0)


def test_a_fusions_merge_is_undone_too(watch, mission, fused):
    listed = watch("undo", mission, "--all", "--json").body["changes"]
    pair = next(one for one in listed if len(one["reports"]) == 2)
    assert watch("undo", mission, pair["change"]).code == 0
    # Nobody said that it was wrong, so the next fusion finds it again, under a name of its own.
    body = watch("fuse", mission, "--json").body
    assert _groups(body) == _groups(fused)
    assert body["ledger"]["merges"] == 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("merge", "A/1", "A/2"), "of one stream"),
        (("merge", "A/1", "A/1"), "one report"),
        (("split", "A/1", "A/1"), "one report"),
        (("split", "backstop-fusion/none"), "no incident"),
        (("merge", "A/1", "Z/9"), "no observation"),
    ],
)
def test_what_cannot_be_is_refused_before_it_stands_in_the_ledger(
    watch, mission, fused, arguments, reason
):
    command, *names = arguments
    got = watch(command, mission, *names, "--reason", "x")
    assert got.code == 2
    assert any(one in got.err for one in reason.split("|"))
    assert watch("undo", mission, "--json").body["changes"] == []


def test_a_chain_of_merges_that_contradicts_a_split_is_refused(watch, mission, fused):
    assert watch("split", mission, "A/2", "B/2", "--reason", "far apart").code == 0
    assert watch("merge", mission, "A/2", "C/3", "--reason", "x").code == 0
    got = watch("merge", mission, "B/2", "C/3", "--reason", "x")
    assert got.code == 2
    assert "judged not to be" in got.err
    assert watch("fuse", mission).code == 0


def test_a_report_without_coordinates_can_be_merged_by_hand_and_stays(watch, mission, take, fused):
    take("E", [(1, "2025-03-10", "")])
    alone = watch("fuse", mission, "--json").body
    assert (alone["unplaced"], alone["incidents"]) == (1, 4)
    assert watch("merge", mission, "E/1", "A/2", "--reason", "the same text").code == 0
    body = watch("fuse", mission, "--json").body
    assert any({"E/1", "A/2"} <= one for one in _groups(body))
    assert (body["observations"], body["incidents"]) == (8, 3)
    assert body["incidents_range"]["p05"] <= 3


def test_what_was_known_before_a_fusion_is_made_again(watch, mission, take):
    for source, rows in SEEN.items():
        take(source, rows)
    before = watch("verify", mission, "--json").body["size"]
    watch("fuse", mission)
    from backstop.monitoring.known import read_known
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import open_ledger

    folder = open_mission(mission)
    with open_ledger(folder.path) as ledger:
        moments = [entry.at for entry in ledger.entries(stop=before)]
        known = read_known(folder, ledger, as_known_on=moments[-1])
        now = read_known(folder, ledger)
    assert (known.changes, known.fusions, known.incidents) == ((), (), ())
    assert len(now.changes) == len(now.incidents) == 3
    assert len(now.fusions) == 1
