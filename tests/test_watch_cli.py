"""The commands of the watch, end to end: from an empty folder to "is it holding?"."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from watch_cases import raw_file
from watch_cli_cases import mission_with, patrols, row, runner

SCRIPT = str(Path(sys.executable).parent / "backstop")


@pytest.fixture
def watch(monkeypatch, capsys):
    return runner(monkeypatch, capsys)


@pytest.fixture
def mission(tmp_path):
    return mission_with(tmp_path / "mission")


# --- beginning, taking in, verifying --------------------------------------------------------------


def test_from_nothing_to_a_verified_record(watch, tmp_path):
    folder, (table, mapping) = tmp_path / "m", patrols(tmp_path, row(1, "2025-03-01"))
    begun = watch("init", folder, "--scenario", "ukraine-2025", "--agreement", "package", "--json")
    assert begun.code == 0
    assert begun.body["schema"] == "backstop/watch-init/1"
    assert begun.body["agreement"] == "minsk-package-2015"
    # The private key never lies in the folder that is handed around.
    assert Path(begun.body["key"]).parent == tmp_path
    taken = watch("intake", folder, table, "--mapping", mapping, "--json")
    assert {name: taken.body[name] for name in ("read", "new", "revised", "unchanged")} == {
        "read": 1, "new": 1, "revised": 0, "unchanged": 0,
    }  # fmt: skip
    assert taken.body["quarantined"] == []
    checked = watch("verify", folder, "--json")
    assert checked.code == 0
    assert checked.body["ok"] is True
    assert {"size", "root", "checkpoints", "broken"} <= checked.body.keys()


def test_the_same_file_twice_changes_nothing_and_a_revised_one_revises(watch, mission, tmp_path):
    table, mapping = patrols(tmp_path, row(1, "2025-03-01"), row(2, "2025-03-02"))
    watch("intake", mission, table, "--mapping", mapping)
    again = watch("intake", mission, table, "--mapping", mapping, "--json").body
    assert (again["new"], again["revised"], again["unchanged"]) == (0, 0, 2)
    patrols(tmp_path, row(1, "2025-03-01", text="seen again"), row(2, "2025-03-02"))
    revised = watch("intake", mission, table, "--mapping", mapping, "--json").body
    assert (revised["new"], revised["revised"], revised["unchanged"]) == (0, 1, 1)


def test_a_bad_row_lies_in_quarantine_with_its_reason_and_comes_in_when_it_is_mended(
    watch, mission, tmp_path
):
    table, mapping = patrols(tmp_path, row(1, "2025-03-01"), row(2, "1900-01-00"))
    taken = watch("intake", mission, table, "--mapping", mapping)
    assert taken.code == 0
    assert "1 in quarantine" in taken.out
    held = watch("quarantine", mission, "--json").body
    assert held["rows"] == 1
    assert held["files"][0]["rows"][0]["row"] == 3
    place = Path(held["files"][0]["file"])
    place.write_text(place.read_text("utf-8-sig").replace("1900-01-00", "2025-03-02"), "utf-8")
    # How such a row is to be read, only its mapping says.
    bare = watch("quarantine", mission, "--take", place, "--json").body
    assert "--mapping" in bare["taken"][0]["quarantined"][0]["reason"]
    mended = watch("quarantine", mission, "--take", place, "--mapping", mapping, "--json").body
    assert mended["taken"][0]["new"] == 1
    assert mended["rows"] == 0
    # The file it came from still has the bad row; it does not come back.
    again = watch("intake", mission, table, "--mapping", mapping, "--json").body
    assert again["quarantined"] == []
    assert watch("quarantine", mission, "--json").body["rows"] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("init", "{new}", "--scenario", "ukraine-2025", "--agreement", "minsk"), "may be any of"),
        (("init", "{new}", "--scenario", "ukraine", "--agreement", "package"), "ukraine-2025"),
        (("init", "{old}", "--scenario", "ukraine-2025", "--agreement", "package"), "already"),
        (("init", "{new}", "--scenario", "ukraine-2025", "--agreement", "package",
          "--zone", "Mars/Olympus"), "time zone"),
        (("status", "{old}", "--quiet", "2021-02-01", "2021-01-01"), "quiet stretch begins"),
        (("intake", "{old}", "{missing}"), "missing.csv"),
        (("intake", "{new}", "{missing}"), "watch init"),
        (("status", "{old}"), "nothing that is counted"),
        (("report", "{old}", "--day", "2025-02-30"), "no day like"),
        (("report", "{old}", "--day", "2025-03-01", "--as-known-on", "noon"), "neither a day"),
        (("split", "{old}", "v-none", "--reason", "x"), "there is no incident"),
        (("merge", "{old}", "a/1", "a/2", "--reason", "x"), "there is no observation"),
        (("fuse", "{old}", "--window-km", "nan"), "no window"),
        (("export", "{old}"), "name a file"),
        (("seal", "{new}"), "watch init"),
    ],
)  # fmt: skip
def test_bad_input_is_2_and_says_why(watch, mission, tmp_path, arguments, said):
    names = {"new": tmp_path / "new", "old": mission, "missing": tmp_path / "missing.csv"}
    result = watch(*(one.format(**names) for one in arguments))
    assert result.code == 2
    assert said in result.err
    assert not list(tmp_path.glob("new*"))


def test_a_broken_record_is_1_and_the_entry_is_named(watch, mission, tmp_path):
    table, mapping = patrols(tmp_path, row(1, "2025-03-01"), row(2, "2025-03-02"))
    watch("intake", mission, table, "--mapping", mapping)
    with sqlite3.connect(mission / "ledger.db") as ledger:
        (leaf,) = ledger.execute("SELECT leaf FROM entry WHERE idx = 2").fetchone()
        ledger.execute("DROP TRIGGER IF EXISTS entry_stays")
        try:
            changed = leaf.replace(b"2025-03", b"2025-04")
            ledger.execute("UPDATE entry SET leaf = ? WHERE idx = 2", (changed,))
        except sqlite3.DatabaseError:
            pytest.skip("the database refuses the change itself")
    ledger.close()
    result = watch("verify", mission, "--json")
    assert result.code == 1
    assert result.body["ok"] is False
    assert result.body["broken"]


def test_a_checkpoint_that_was_kept_shows_a_shortened_record(watch, tmp_path):
    folder, kept = tmp_path / "m", tmp_path / "kept.txt"
    watch("init", folder, "--scenario", "ukraine-2025", "--agreement", "model")
    assert watch("seal", folder, "--out", kept).code == 0
    assert watch("verify", folder, "--checkpoint", kept).code == 0
    other = tmp_path / "other"
    origin = "backstop.local/m"
    watch("init", other, "--scenario", "ukraine-2025", "--agreement", "model", "--name", "m",
          "--origin", origin, "--key", tmp_path / "m.key")  # fmt: skip
    assert watch("verify", other, "--checkpoint", kept).code == 1


# --- interruptions and rivals ---------------------------------------------------------------------


def _many(folder: Path, count: int) -> tuple[Path, Path]:
    first = date(2022, 1, 1)
    rows = [row(n, str(first + timedelta(days=n % 900))) for n in range(1, count + 1)]
    return patrols(folder, *rows)


@pytest.mark.slow
def test_a_killed_intake_goes_on_where_it_stopped_and_loses_nothing(watch, mission, tmp_path):
    table, mapping = _many(tmp_path, 30_000)
    command = [SCRIPT, "watch", "intake", str(mission), str(table), "--mapping", str(mapping)]
    killed = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not list((mission / "state").glob("*.json")):
        time.sleep(0.02)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    assert killed.returncode == -signal.SIGKILL
    assert watch("verify", mission).code == 0
    rest = watch("intake", mission, table, "--mapping", mapping, "--json").body
    assert rest["files"][0]["resumed_at_row"] > 1
    again = watch("intake", mission, table, "--mapping", mapping, "--json").body
    assert (again["read"], again["unchanged"]) == (30_000, 30_000)
    assert watch("verify", mission).code == 0


@pytest.mark.slow
def test_two_intakes_at_once_take_turns_and_both_are_in(watch, mission, tmp_path):
    both = []
    for name, start in (("a.csv", 1), ("b.csv", 5_001)):
        rows = [row(n, "2025-03-01") for n in range(start, start + 5_000)]
        both.append(patrols(tmp_path, *rows, name=name))
    commands = [
        [SCRIPT, "watch", "intake", str(mission), str(table), "--mapping", str(mapping)]
        for table, mapping in both
    ]
    running = [subprocess.Popen(one, stdout=subprocess.DEVNULL) for one in commands]
    assert [one.wait(timeout=120) for one in running] == [0, 0]
    assert watch("verify", mission).code == 0
    for table, mapping in both:
        again = watch("intake", mission, table, "--mapping", mapping, "--json").body
        assert again["unchanged"] == 5_000


# --- is it holding? -------------------------------------------------------------------------------


def test_february_2022_raises_the_alarm_with_its_date(watch, mission):
    """OSCE SMM daily totals, with the days that the commands take as quiet by themselves."""
    watch("intake", mission, raw_file("osce", "smm_daily_counts.csv"))
    body = watch("status", mission, "--json").body
    assert body["breakdown"]["alarm"] is True
    since = date.fromisoformat(body["breakdown"]["since"])
    assert date(2022, 2, 18) <= since <= date(2022, 2, 22)
    assert body["breakdown"]["false_alarms_per_year"] == 1.0
    assert {one["sector"] for one in body["breakdown"]["sectors"]} == {"all", "Donetsk", "Luhansk"}
    assert body["changepoints"] == ["2022-02-16"]
    # Reports with gaps between them: said, not guessed.
    assert body["branching_ratio_upper"] is None
    assert "gaps" in body["branching_why"]
    quiet = watch("status", mission, "--quiet", "2020-12-01", "2022-01-31", "--json").body
    assert date(2022, 2, 18) <= date.fromisoformat(quiet["breakdown"]["since"]) <= date(2022, 2, 22)


def test_sentences_without_a_day_do_not_move_the_alarm(watch, mission):
    """The same reports as text, most of them undated, beside the daily totals."""
    totals, texts = (
        raw_file("osce", f"smm_{n}") for n in ("daily_counts.csv", "summary_texts.jsonl")
    )
    alone = watch("intake", mission, totals, "--json") and watch("status", mission, "--json").body
    # Two figures of the one report whose day the text gives.
    assert watch("intake", mission, texts, "--json").body["revised"] == 2
    both = watch("status", mission, "--json").body
    assert both["breakdown"] == alone["breakdown"]
    assert both["changepoints"] == alone["changepoints"]


@pytest.mark.slow
def test_the_agreements_and_battles_of_2014_to_2021_stand_out_unaided(watch, mission):
    watch("intake", mission, raw_file("ucdp", "ged_ukraine_2014_2022-01_iso_utf8.csv.gz"))
    found = watch("status", mission, "--quick", "--json").body["changepoints"]
    known = {
        "2014-09-05": "memorandum of Minsk",
        "2015-02-19": "Debaltseve taken, the package in force",
        "2017-01-29": "Avdiivka",
        "2020-07-27": "the measures of July 2020",
    }
    days = [date.fromisoformat(one) for one in found]
    for day, name in known.items():
        assert any(abs((date.fromisoformat(day) - one).days) <= 5 for one in days), name


def test_a_quiet_record_raises_no_alarm_and_a_loud_week_does(watch, mission, tmp_path):
    first = date(2025, 1, 1)
    quiet = [row(n, str(first + timedelta(days=2 * n))) for n in range(1, 80)]
    table, mapping = patrols(tmp_path, *quiet)
    watch("intake", mission, table, "--mapping", mapping)
    calm = watch("status", mission, "--quick", "--json").body["breakdown"]
    assert (calm["alarm"], calm["since"]) == (False, None)
    loud = [row(1000 + n, str(first + timedelta(days=160 + n // 10))) for n in range(70)]
    table, mapping = patrols(tmp_path, *loud, name="loud.csv")
    watch("intake", mission, table, "--mapping", mapping)
    broken = watch("status", mission, "--quick", "--json").body["breakdown"]
    assert broken["alarm"] is True
    assert date(2025, 6, 10) <= date.fromisoformat(broken["since"]) <= date(2025, 6, 12)


def test_status_says_what_the_rules_say_comes_next(watch, mission, tmp_path):
    table, mapping = patrols(tmp_path, row(1, "2025-03-01"))
    watch("intake", mission, table, "--mapping", mapping)
    body = watch("status", mission, "--json").body
    # One report is too little for a test, and is said to be.
    assert body["breakdown"]["tested"] is False
    assert body["breakdown"]["alarm"] is False
    cases = body["engagement"]["cases"]
    assert cases
    assert all(one["next"] for one in cases)


# --- fusion and its undoing -----------------------------------------------------------------------


def _fuse_meltt(watch, mission):
    for number in (1, 2, 3):
        watch("intake", mission, raw_file("meltt", f"crash_data{number}.csv"), "--adapter", "meltt")
    options = [
        part
        for name in ("color", "damage", "model")
        for part in ("--taxonomy", raw_file("meltt", f"taxonomy_{name}_tax.csv"))
    ]
    arguments = ("fuse", mission, "--window-km", 3, "--window-days", 2, *options, "--json")
    return watch(*arguments).body, arguments


def test_the_published_totals_of_meltt_come_out_and_a_merge_is_undone(watch, mission):
    """Donnay and others (2019): of 195 records 140 are unique, 55 duplicates in 34 groups."""
    body, arguments = _fuse_meltt(watch, mission)
    found = {n: body[n] for n in ("observations", "incidents", "duplicates_removed")}
    assert found == {"observations": 195, "incidents": 140, "duplicates_removed": 55}
    assert body["matched_groups"] == 34
    again = watch(*arguments).body
    entered = again["ledger"]
    assert (entered["new"], entered["revised"], entered["unchanged"]) == (0, 0, 140)
    assert (entered["withdrawn"], entered["merges"], entered["splits"]) == (0, 0, 0)
    three = next(one for one in body["groups"] if len(one["members"]) == 2)
    one, other = (member["record"] for member in three["members"])
    assert watch("split", mission, one, other, "--reason", "two crashes").code == 0
    parted = watch(*arguments).body
    assert not any({one, other} <= {m["record"] for m in g["members"]} for g in parted["groups"])
    # By hand what the rule would not join: kept too, and taken back by its name.
    said = watch("merge", mission, one, other, "--reason", "one crash after all", "--json").body
    joined = watch(*arguments).body
    assert any({one, other} <= {m["record"] for m in g["members"]} for g in joined["groups"])
    assert watch("undo", mission, said["change"]).code == 0
    assert watch(*arguments).body["groups"] == parted["groups"]
    assert watch("verify", mission).code == 0


# --- for others -----------------------------------------------------------------------------------


def test_exports_hold_the_records_and_no_formula(watch, mission, tmp_path):
    table, mapping = patrols(tmp_path, row(1, "2025-03-01", text='=HYPERLINK("http://x")'))
    watch("intake", mission, table, "--mapping", mapping)
    places = {kind: tmp_path / f"out.{kind}" for kind in ("geojson", "jsonl", "csv")}
    options = [part for kind, place in places.items() for part in (f"--{kind}", place)]
    assert watch("export", mission, *options, "--json").body["records"] == 1
    drawn = json.loads(places["geojson"].read_text("utf-8"))
    assert drawn["features"][0]["geometry"]["coordinates"] == [37.5, 48.11]
    assert json.loads(places["jsonl"].read_text("utf-8"))["source"] == "joint-commission"
    cells = places["csv"].read_text("utf-8")
    assert "'=HYPERLINK" in cells
    assert ',"=HYPERLINK' not in cells


# --- rules of engagement --------------------------------------------------------------------------


def test_an_order_before_the_mechanism_failed_is_a_breach_and_stands_in_the_record(watch, tmp_path):
    """The measures of 22 July 2020: return fire only by order, after the mechanism failed."""
    folder = tmp_path / "m"
    watch("init", folder, "--scenario", "ukraine-2025", "--agreement", "tcg")
    order = tmp_path / "order.json"
    order.write_text(
        json.dumps({
            "id": "order-1", "type": "order", "at": "2021-04-02T10:00:00Z",
            "by": {"uaf-leadership": 1.0}, "subject": "return_fire",
        }),
        "utf-8",
    )  # fmt: skip
    done = watch("engage", folder, "--event", order, "--json").body
    assert done["rules"].startswith("tcg-2020@")
    said = " ".join(done["cases"]["uaf"]["breaches"])
    assert "too early" in said
    again = watch("engage", folder, "--event", order, "--json").body
    assert again["entered"] == 0
    assert again["cases"]["uaf"]["remark"] == "It is known already."
    assert watch("verify", folder).code == 0


def test_deter_refuses_a_record_that_says_nothing_of_losses(watch, mission, monkeypatch, capsys):
    from backstop.cli.main import run

    command = ["backstop", "deter", "ukraine-2025/pledge", "--worlds", "16"]
    monkeypatch.setattr(sys, "argv", [*command, "--record", str(mission)])
    with pytest.raises(SystemExit) as ended:
        run()
    assert ended.value.code == 2
    assert "fewer than two incidents with losses" in capsys.readouterr().err
