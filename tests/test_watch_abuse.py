"""Bad input and abuse: quarantine or a clear error, nothing lost, nothing executed."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.errors import InputError
from backstop.watch import intake as intake_module
from backstop.watch import shelf
from backstop.watch.adapters.met import MetOnDisk
from backstop.watch.adapters.ucdp import UCDP
from backstop.watch.desk import intake
from backstop.watch.form import from_dict, to_dict
from backstop.watch.identity import identify
from backstop.watch.ledger import Kind, canonical_json, open_ledger, redact, verify_ledger
from backstop.watch.quarantine import Quarantined
from backstop.watch.shelf import Shelf, quarantined_rows
from watch_cases import KYIV, NOW, UCDP_ROW, new_mission, raw_file, read_all, ucdp_csv, write
from watch_cli_cases import runner

#: What a cell may hold that nobody expects.
NASTY = (
    "", " ", "null", "NULL", "NaN", "inf", "-inf", "1e400", "1e308", "9" * 30, "-1", "1_000",
    "0x10", "1e16", "9007199254740993", "-0.0", "٣", "²", "\x00", "a\u202eb", "\ufeff",
    "=1+1", "=cmd|' /C calc'!A0", "@SUM(1)", "<script>alert(1)</script>", "%s%n", "'; DROP TABLE",
    "1900-01-01", "2100-01-01", "9999-12-31", "0001-01-01", "0001-01-01T00:00:00+14:00",
    "31/12/9999", "2022-02-30", "99991231", "0000", "2022-02-18T25:00", "24:00",
    "48.0", "37.8", "180", "-180", "91", "x" * 200_000,
)  # fmt: skip


@pytest.fixture
def watch(monkeypatch, capsys):
    return runner(monkeypatch, capsys)


def take(mission, path):
    return intake(mission, str(path), clock=lambda: NOW)


def held(mission):
    with open_ledger(mission.path) as ledger:
        return list(ledger.entries(kinds=[Kind.OBSERVATION]))


# --- any cell, any object ---------------------------------------------------------------------


@given(st.dictionaries(st.sampled_from(list(UCDP_ROW)), st.sampled_from(NASTY), min_size=1))
@settings(max_examples=300, deadline=None)
def test_any_cell_gives_a_record_that_the_ledger_can_hold_or_a_reason(change):
    assert UCDP.cells is not None
    read = UCDP.cells(list(UCDP_ROW), KYIV)
    try:
        (record,) = read([*{**UCDP_ROW, **change}.values()])
    except (ValueError, OverflowError):
        return
    canonical = canonical_json(to_dict(record))
    assert identify(record).canonical == canonical
    assert identify(from_dict(json.loads(canonical))).canonical == canonical


def broken_objects():
    leaf = st.sampled_from([
        None, True, 0, -1, 1.5, 1e308, 10**400, 2**60, "\ud800", *NASTY, [], {}, [1], [[1]],
        {"type": "Point"}, {"type": "Point", "coordinates": ["a", None]},
        {"type": "Point", "coordinates": [37.8, 48.0], "properties": "x"},
    ])  # fmt: skip
    names = ("__id", "record_type", "occurred", "stream", "act", "geopoint", "text", "reported")
    return st.one_of(leaf, st.fixed_dictionaries({}, optional=dict.fromkeys(names, leaf)))


FORM = {
    "__id": "uuid:1", "record_type": "observation", "occurred": "2022-02-18", "stream": "Olena K.",
    "act": {"kind": "explosion", "count": 2}, "text": "my name is Olena",
    "geopoint": {"type": "Point", "coordinates": [37.8, 48.0]},
}  # fmt: skip


@given(broken_objects())
@settings(max_examples=200, deadline=None)
def test_any_object_gives_records_or_a_reason(tmp_path_factory, change):
    value = {**FORM, **change} if isinstance(change, dict) else change
    path = tmp_path_factory.mktemp("o") / "f.json"
    # A sound object first, so that the file is recognised.
    path.write_text(json.dumps([FORM, value]))
    records, faults = read_all(path, adapter="odk")
    assert len(records) + len(faults) == 2


# --- one hazard each, through a whole mission -------------------------------------------------


@pytest.mark.parametrize(("change", "reason"), [
    ({"date_start": "1900-01-00", "date_end": "1900-01-00"}, "date '1900-01-00'"),
    ({"date_start": "1900-01-01", "date_end": "1900-01-01"}, "an empty date of a spreadsheet"),
    ({"date_start": "2100-01-01", "date_end": "2100-01-01"}, "it ends on 2100-01-01, after"),
    ({"date_end": "9999-12-31"}, "date value out of range"),
    ({"date_start": "0001-01-01"}, "before 1989-01-01|date value out of range"),
    ({"date_start": "null"}, "the date is empty"),
    ({"date_start": ""}, "the date is empty"),
    ({"latitude": "37.8", "longitude": "48.0"}, "look swapped"),
    ({"latitude": "0", "longitude": "0"}, "both 0"),
    ({"latitude": "", "longitude": ""}, "latitude is empty|longitude is empty"),
    ({"best": "1e16", "high": "1e16"}, r"1e\+16 is beyond 1,000,000,000"),
    ({"best": "-4", "low": "-4"}, "out of order"),
    ({"deaths_a": "9007199254740993"}, "beyond 1,000,000,000"),
    ({"id": ""}, "needs a source and the source's id"),
    ({"source_headline": "x" * 200_000}, "a cell of more than 131,072 characters"),
])  # fmt: skip
def test_a_bad_row_lies_in_quarantine_and_its_neighbours_come_in(tmp_path, change, reason):
    mission = new_mission(tmp_path / "m")
    done = take(mission, write(tmp_path / "a.csv", ucdp_csv({}, change, {})))
    assert (done.new, done.set_aside) == (2, 1)
    assert re.search(reason, done.quarantined[0].reason)
    (row,) = quarantined_rows(next((mission.path / "quarantine").iterdir()))
    assert row.row.row == 3
    assert verify_ledger(mission.path).ok


def test_two_sides_of_one_name_are_one_party_with_the_dead_of_both(tmp_path):
    same = {"side_a": "Gang", "side_b": "Gang", "deaths_a": "2", "deaths_b": "3"}
    ((record,), faults) = read_all(write(tmp_path / "a.csv", ucdp_csv(same)))
    assert faults == []
    assert record.act.casualties.killed_by_party == (("Gang", 5),)
    identify(record)


def test_half_a_character_is_set_aside_and_the_rest_of_the_file_comes_in(tmp_path):
    mission = new_mission(tmp_path / "m")
    bad = {**FORM, "__id": "uuid:2", "text": "\ud800"}
    last = {**FORM, "__id": "uuid:3"}
    done = take(mission, write(tmp_path / "f.json", json.dumps([FORM, bad, last])))
    assert (done.new, done.set_aside) == (2, 1)
    assert "half a character" in done.quarantined[0].reason
    (row,) = quarantined_rows(next((mission.path / "quarantine").iterdir()))
    assert json.loads(row.row.raw)["text"] == "\ud800"


@pytest.mark.parametrize("depth", [300, 900, 5_000])
def test_an_object_nested_deeper_than_anybody_walks_is_set_aside(tmp_path, depth):
    mission = new_mission(tmp_path / "m")
    deep = '{"a":' * depth + "1" + "}" * depth
    lines = f'{json.dumps(FORM)}\n{{"__id": "uuid:2", "act": {deep}}}\n'
    done = take(mission, write(tmp_path / "f.jsonl", lines))
    assert (done.new, done.set_aside) == (1, 1)


def test_a_file_whose_name_is_no_text_is_taken_in(tmp_path):
    mission = new_mission(tmp_path / "m")
    place = os.fsencode(tmp_path) + b"/caf\xe9.csv"
    with open(place, "wb") as file:
        file.write(ucdp_csv({}, {"best": "x"}).encode())
    done = take(mission, os.fsdecode(place))
    assert (done.new, done.set_aside) == (1, 1)
    with open_ledger(mission.path) as ledger:
        (note,) = ledger.entries(kinds=[Kind.INTAKE])
    assert note.body["file"] == "caf\\xe9.csv"


def test_a_row_that_is_long_lies_in_quarantine_and_can_be_read_there(tmp_path, monkeypatch):
    monkeypatch.setattr(intake_module, "BATCH", 2)
    mission = new_mission(tmp_path / "m")
    rows = [
        {},
        {"best": "x", "where_description": "y" * 100_000},
        {},
        {"source_headline": "z" * 200_000},
    ]
    path = write(tmp_path / "a.csv", ucdp_csv(*rows, {"best": "w"}))
    assert take(mission, path).set_aside == 3
    # Again, with the file there: no row twice.
    assert take(mission, path).set_aside == 3
    (place,) = (mission.path / "quarantine").iterdir()
    assert len(list(quarantined_rows(place))) == 3
    # Here a long cell is let in: somebody has looked at it.
    done = take(mission, place)
    assert (done.new, done.set_aside) == (1, 2)


def test_centroids_of_provinces_are_no_points(tmp_path):
    centre = {"where_prec": "4", "latitude": "48.0", "longitude": "37.8"}
    ((record,), _) = read_all(write(tmp_path / "a.csv", ucdp_csv(centre)))
    assert record.place.radius_m > 60_000
    assert record.place.precision_code == "ucdp:where_prec=4"


HOSTILE = {
    "side_a": "=HYPERLINK(\"http://x\",\"y\")", "where_coordinates": "<img src=x onerror=alert(1)>",
    "source_headline": "<script>alert(document.domain)</script>", "adm_1": "{{7*7}}",
    "where_description": "=cmd|' /C calc'!A0", "relid": "javascript:alert(1)",
}  # fmt: skip


def test_formulas_and_markup_reach_no_spreadsheet_and_no_page_alive(watch, tmp_path):
    mission = new_mission(tmp_path / "m").path
    text = ucdp_csv(HOSTILE, {**HOSTILE, "best": "x"})
    assert watch("intake", mission, write(tmp_path / "a.csv", text)).code == 0
    out = {name: tmp_path / f"r.{name}" for name in ("csv", "geojson", "jsonl", "html")}
    watch("export", mission, "--csv", out["csv"], "--geojson", out["geojson"],
          "--jsonl", out["jsonl"])  # fmt: skip
    assert watch("report", mission, "--day", "2014-01-22", "--html", out["html"]).code == 0
    for table in (out["csv"], *(mission / "quarantine").iterdir()):
        lines = io.StringIO(table.read_text(encoding="utf-8-sig"), newline="")
        cells = [cell for row in csv.reader(lines) for cell in row]
        assert not [c for c in cells if c[:1] in {"=", "@", "+"}]
    for name in ("geojson", "jsonl", "html"):
        shown = out[name].read_text()
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown


def test_the_nasty_third_file_comes_in_whole(watch, tmp_path):
    """Windows-1252, mixed dates, quoted newlines, null dates: 4,306 events, none lost."""
    path = raw_file("ucdp", "ged_plus_candidate_ukraine_2014_2023-03_cp1252_mixeddates.csv.gz")
    mission = new_mission(tmp_path / "m").path
    first = watch("intake", mission, path, "--json").body
    assert first["read"] == first["new"] + first["revised"] + len(first["quarantined"])
    again = watch("intake", mission, path, "--json").body
    assert (again["new"], again["revised"]) == (0, 0)
    assert again["read"] == first["read"]
    assert verify_ledger(mission).ok


def test_a_clock_that_runs_backwards_is_noted_and_loses_nothing(tmp_path):
    mission = new_mission(tmp_path / "m")
    clock = iter(NOW - timedelta(days=n) for n in range(10))
    path = write(tmp_path / "a.csv", ucdp_csv({}, {}))
    assert intake(mission, str(path), clock=lambda: next(clock)).new == 2
    later = write(tmp_path / "b.csv", ucdp_csv({}, {"best": "9", "high": "9"}, {}))
    assert intake(mission, str(later), clock=lambda: next(clock)).revised == 1
    found = verify_ledger(mission.path)
    assert found.ok
    assert found.held_back > 0
    with open_ledger(mission.path) as ledger:
        times = [entry.at for entry in ledger.entries()]
    assert times == sorted(times)


# --- what was erased --------------------------------------------------------------------------


def test_what_was_erased_does_not_come_back_by_way_of_the_quarantine(tmp_path):
    mission = new_mission(tmp_path / "m")
    path = write(tmp_path / "f.json", json.dumps([FORM]))
    take(mission, path)
    with open_ledger(mission.path) as ledger:
        (entry,) = ledger.entries(kinds=[Kind.OBSERVATION])
        redact(ledger, entry.index, ["/text", "/stream"], reason="asked", author="dpo", now=NOW)
    assert take(mission, path).set_aside == 1
    for place in sorted(mission.path.rglob("*")):
        if place.is_file():
            assert b"Olena" not in place.read_bytes(), place


# --- a full disk ------------------------------------------------------------------------------

FILL = """
    import resource, sys
    from backstop.errors import BackstopError
    from backstop.watch.desk import intake
    from backstop.watch.folder import open_mission
    from datetime import datetime, UTC
    import backstop.watch.intake as module
    module.BATCH = 200
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
    told = []
    def progress(done, total):
        told.append(done)
    try:
        intake(open_mission(sys.argv[1]), sys.argv[2], clock=lambda: datetime.now(UTC),
               progress=progress)
    except BackstopError as error:
        print(len(told), str(error), sep="|")
        sys.exit(error.exit_code)
"""


@pytest.mark.parametrize("room", [150_000, 1_200_000])
def test_a_disk_that_takes_no_more_is_told_and_the_intake_goes_on_afterwards(tmp_path, room):
    """A limit on the size of files stands for the full disk."""
    mission = new_mission(tmp_path / "m")
    rows = [{"best": "x"} if n % 50 == 0 else {} for n in range(2_000)]
    path = write(tmp_path / "a.csv", ucdp_csv(*rows))
    script = write(tmp_path / "fill.py", textwrap.dedent(FILL))
    left = subprocess.run(
        [sys.executable, str(script), str(mission.path), str(path), str(room)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert left.returncode == 2, left.stderr
    batches, reason = left.stdout.split("|")
    assert "disk" in reason or "cannot be written" in reason
    assert verify_ledger(mission.path).ok
    before = len(held(mission))
    assert before >= 196 * int(batches)
    done = take(mission, path)
    assert before + done.new == 1_960
    assert len(held(mission)) == 1_960
    (place,) = (mission.path / "quarantine").iterdir()
    assert len(list(quarantined_rows(place))) == 40


@pytest.mark.slow
def test_a_disk_that_is_truly_full(tmp_path):
    """A file system of 24 MB in memory; needs the right to mount one.

    It has room for a batch or two of 5,000 rows with their write-ahead log, and not for all.
    """
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if not made or made.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        mission = new_mission(disk / "m")
        path = write(tmp_path / "a.csv", ucdp_csv(*({} for _ in range(30_000))))
        with pytest.raises(InputError, match="disk is full"):
            take(mission, path)
        before = len(held(mission))
        assert 0 < before < 30_000
        subprocess.run([mount, "-o", "remount,size=160m", str(disk)], check=True)
        assert take(mission, path).new == 30_000 - before
        assert verify_ledger(mission.path).ok
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_quarantine_that_cannot_be_written_stops_the_intake_before_the_ledger(
    tmp_path, monkeypatch
):
    mission = new_mission(tmp_path / "m")
    real = os.write

    def full(file, raw):
        # Half of it goes onto the disk, then no more.
        real(file, bytes(raw)[: len(raw) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shelf.os, "write", full)
    path = write(tmp_path / "a.csv", ucdp_csv({}, {"best": "x"}))
    with pytest.raises(InputError, match="No space left"):
        take(mission, path)
    monkeypatch.setattr(shelf.os, "write", real)
    assert held(mission) == []
    done = take(mission, path)
    assert (done.new, done.set_aside) == (1, 1)
    (place,) = (mission.path / "quarantine").iterdir()
    assert place.read_text(encoding="utf-8-sig").count("\n") == 2


# --- very long files --------------------------------------------------------------------------


def test_a_shelf_does_not_read_its_file_again_for_every_batch(tmp_path, monkeypatch):
    reads = []
    real = shelf.quarantined_rows
    monkeypatch.setattr(shelf, "quarantined_rows", lambda p: reads.append(p) or real(p))
    with MetOnDisk() as lying:
        one = Shelf(tmp_path / "q.csv", ("a",), lying=lying)
        for n in range(50):
            one.keep(
                [Quarantined("f", n, "bad", "ucdp", (str(n),)), Quarantined("f", 0, "", "", ())]
            )
    assert len(reads) == 1
    assert len(list(real(tmp_path / "q.csv"))) == 51


def test_an_intake_lists_so_many_bad_rows_and_counts_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr(intake_module, "MOST_LISTED", 10)
    mission = new_mission(tmp_path / "m")
    done = take(mission, write(tmp_path / "a.csv", ucdp_csv(*({"best": "x"} for _ in range(25)))))
    assert (len(done.quarantined), done.unlisted, done.set_aside, done.read) == (10, 15, 25, 25)
    assert done.to_dict()["quarantined_unlisted"] == 15
    (place,) = (mission.path / "quarantine").iterdir()
    assert len(list(quarantined_rows(place))) == 25


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [int(os.environ.get("BACKSTOP_LONG_FILE_MB", "200"))])
def test_a_long_file_takes_little_memory(tmp_path, megabytes):
    """One row in a hundred is bad. BACKSTOP_LONG_FILE_MB=5000 makes it the file of the issue."""
    mission = new_mission(tmp_path / "m")
    head, row = ucdp_csv({"where_description": "near the village, " * 20}).splitlines()
    path, count = tmp_path / "long.csv", 0
    with path.open("w") as file:
        file.write(head + "\n")
        while file.tell() < megabytes * 1e6:
            for _ in range(1_000):
                count += 1
                number = f"{count}," if count % 100 else f'{count},"'
                file.write(row.replace("1,", number, 1) + ('"\n' if not count % 100 else "\n"))
    # The kernel's own high-water mark: what getrusage says of a child begins at its parent's size.
    script = (
        "from pathlib import Path\n"
        "from backstop.cli import main\n"
        "try: main()\n"
        "finally: print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
    )
    left = subprocess.run(
        [sys.executable, "-c", script, "watch", "intake", str(mission.path), str(path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert left.returncode == 0
    assert int(left.stdout.split()[-1]) < 400_000
    with open_ledger(mission.path) as ledger:
        (note,) = ledger.entries(kinds=[Kind.INTAKE])
    assert note.body["new"] + note.body["quarantined"] == count
