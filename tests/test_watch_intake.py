"""The intake: idempotent, nothing dropped, resumable, and safe against hostile files."""

from __future__ import annotations

import csv
import gzip
import io
import json
import signal
import subprocess
import sys
import tracemalloc
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from backstop.errors import InputError, NotFound
from backstop.watch.adapters import stream
from backstop.watch.adapters.met import MetOnDisk
from backstop.watch.adapters.objects import read_objects
from backstop.watch.adapters.reading import choose, read_file
from backstop.watch.adapters.stream import survey
from backstop.watch.adapters.table import BadRow, Lines, read_header, rows
from backstop.watch.book import Held
from backstop.watch.desk import Order, intake
from backstop.watch.folder import open_mission
from backstop.watch.form import from_dict
from backstop.watch.identity import identify
from backstop.watch.intake import take_in
from backstop.watch.ledger import Kind, open_ledger, redact, verify_ledger
from backstop.watch.mission import theatre_around
from backstop.watch.quarantine import Quarantined, neutral, plain
from backstop.watch.shelf import quarantined_rows
from watch_cases import KYIV, NOW, new_mission, raw_file, ucdp_csv, write


def take(mission, path, **order):
    return intake(mission, str(path), clock=lambda: NOW, order=Order(**order))


def counts(done):
    return done.new, done.revised, done.unchanged, len(done.quarantined)


def bodies(mission, kind=Kind.OBSERVATION):
    with open_ledger(mission.path) as ledger:
        return [entry.body for entry in ledger.entries(kinds=[kind])]


@dataclass
class Memory:
    """A book in memory."""

    entries: list = field(default_factory=list)

    def standing(self, subjects):
        held = {a.subject: Held(a.digest) for a in self.entries}
        return {name: held[name] for name in subjects if name in held}

    def once_held(self, subject, digest):
        return any((a.subject, a.digest) == (subject, digest) for a in self.entries)

    def append(self, arrivals):
        self.entries += arrivals


# --- idempotence and revisions ----------------------------------------------------------------


def test_the_same_file_twice_changes_nothing(tmp_path):
    mission = new_mission(tmp_path / "m")
    path = write(tmp_path / "a.csv", ucdp_csv({}, {}, {"latitude": ""}))
    assert counts(take(mission, path)) == (2, 0, 0, 1)
    with open_ledger(mission.path) as ledger:
        size, root = ledger.size, ledger.root()
    assert counts(take(mission, path)) == (0, 0, 2, 1)
    with open_ledger(mission.path) as ledger:
        assert (ledger.size, ledger.root()) == (size, root)


def test_a_revised_file_makes_revisions(tmp_path):
    mission = new_mission(tmp_path / "m")
    take(mission, write(tmp_path / "a.csv", ucdp_csv({}, {}, {})))
    second = ucdp_csv({}, {"best": "9", "high": "9"}, {}, {})
    assert counts(take(mission, write(tmp_path / "b.csv", second))) == (1, 1, 2, 0)
    held = [b["act"]["casualties"]["killed"]["best"] for b in bodies(mission)]
    assert sorted(held) == [5, 5, 5, 5, 9]


def test_an_old_file_given_again_does_not_set_a_revision_back(tmp_path):
    mission = new_mission(tmp_path / "m")
    old = write(tmp_path / "a.csv", ucdp_csv({}))
    take(mission, old)
    take(mission, write(tmp_path / "b.csv", ucdp_csv({"best": "9", "high": "9"})))
    assert counts(take(mission, old)) == (0, 0, 1, 0)


def test_a_new_file_that_goes_back_to_the_old_figure_is_a_revision(tmp_path):
    mission = new_mission(tmp_path / "m")
    take(mission, write(tmp_path / "a.csv", ucdp_csv({})))
    take(mission, write(tmp_path / "b.csv", ucdp_csv({"best": "9", "high": "9"})))
    assert counts(take(mission, write(tmp_path / "c.csv", ucdp_csv({}, {})))) == (1, 1, 0, 0)


def test_an_id_that_stands_twice_with_other_contents_is_taken_once(tmp_path):
    mission = new_mission(tmp_path / "m")
    twice = ucdp_csv({"id": "7"}, {"id": "7", "best": "9", "high": "9"}, {"id": "7"})
    path = write(tmp_path / "a.csv", twice)
    done = take(mission, path)
    assert counts(done) == (1, 0, 1, 1)
    assert "stands twice in this file" in done.quarantined[0].reason
    assert counts(take(mission, path)) == (0, 0, 2, 1)


def test_two_real_vintages_of_ucdp(tmp_path):
    """79 events are new in the later file, two of the earlier one are gone from it."""
    mission = new_mission(tmp_path / "m")
    assert counts(take(mission, raw_file("ucdp", "ged221_ukraine_2014_2021_api.csv.gz")))[0] == 3000
    done = take(mission, raw_file("ucdp", "ged_ukraine_2014_2022-01_iso_utf8.csv.gz"))
    assert done.new == 79
    assert done.read == 3077
    assert 0 < done.revised < 100


def test_counts_add_up(tmp_path):
    mission = new_mission(tmp_path / "m")
    done = take(mission, write(tmp_path / "a.csv", ucdp_csv({}, {"best": "x"}, {})))
    shown = done.to_dict()
    assert shown["read"] == shown["new"] + shown["revised"] + shown["unchanged"] + 1
    assert shown["quarantined"] == [
        {"file": str(tmp_path / "a.csv"), "row": 3, "reason": "deaths 'x' is not a number"}
    ]


def test_what_lies_in_the_ledger_is_the_record(tmp_path):
    mission = new_mission(tmp_path / "m")
    take(mission, write(tmp_path / "a.csv", ucdp_csv({})))
    with open_ledger(mission.path) as ledger:
        (entry,) = ledger.entries(kinds=[Kind.OBSERVATION])
    assert identify(from_dict(entry.body)).digest == entry.fingerprint
    assert entry.subject == "ucdp-ged/1"
    assert verify_ledger(mission.path).ok


def test_a_file_leaves_a_note_of_what_was_read(tmp_path):
    mission = new_mission(tmp_path / "m")
    path = write(tmp_path / "a.csv", ucdp_csv({}, {"best": "x"}))
    take(mission, path)
    (note,) = bodies(mission, Kind.INTAKE)
    assert (note["file"], note["adapter"], note["new"], note["quarantined"]) == (
        "a.csv", "ucdp", 1, 1,
    )  # fmt: skip
    assert note["sha256"] == survey(path).sha256


# --- quarantine -------------------------------------------------------------------------------


def test_a_mended_row_is_taken_in_and_leaves_the_quarantine(tmp_path):
    mission = new_mission(tmp_path / "m")
    path = write(tmp_path / "a.csv", ucdp_csv({}, {"latitude": "37.8", "longitude": "48.0"}))
    take(mission, path)
    (held,) = (mission.path / "quarantine").glob("*.csv")
    table = list(csv.DictReader(io.StringIO(held.read_text(encoding="utf-8-sig"))))
    assert "look swapped" in table[0]["_reason"]
    table[0]["latitude"], table[0]["longitude"] = table[0]["longitude"], table[0]["latitude"]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(table[0]))
    writer.writeheader()
    writer.writerows(table)
    held.write_text(out.getvalue())
    done = take(mission, held)
    assert counts(done) == (1, 0, 0, 0)
    assert list((mission.path / "quarantine").iterdir()) == []
    # The file it came from still has the row as it was: known, mended, not counted again.
    assert counts(take(mission, path)) == (0, 0, 2, 0)


def test_a_row_that_is_mended_badly_stays_in_quarantine(tmp_path):
    mission = new_mission(tmp_path / "m")
    take(mission, write(tmp_path / "a.csv", ucdp_csv({"best": "x"}, {"best": "y"})))
    (held,) = (mission.path / "quarantine").glob("*.csv")
    text = held.read_text(encoding="utf-8-sig").replace(",x,", ",5,").replace(",y,", ",z,")
    held.write_text(text)
    done = take(mission, held)
    assert counts(done) == (1, 0, 0, 1)
    assert done.quarantined[0].reason == "deaths 'z' is not a number"
    (left,) = quarantined_rows(held)
    assert "z" in left.row.cells


def test_a_broken_line_can_be_mended_as_text(tmp_path):
    mission = new_mission(tmp_path / "m")
    sound = ucdp_csv({}, {})
    head, first, second = sound.splitlines()
    path = write(tmp_path / "a.csv", f"{head}\n{first},surplus\n{second}\n")
    done = take(mission, path)
    assert counts(done) == (1, 0, 0, 1)
    assert "cells where the first row has" in done.quarantined[0].reason
    (held,) = (mission.path / "quarantine").glob("*.csv")
    held.write_text(held.read_text(encoding="utf-8-sig").replace(",surplus", ""))
    assert counts(take(mission, held)) == (1, 0, 0, 0)


def test_a_quarantined_sentence_can_be_mended(tmp_path):
    mission = new_mission(tmp_path / "m")
    line = {"report": "39/2022", "as_of": "2022-02-18", "text": "There was talk of explosions."}
    take(mission, write(tmp_path / "a.jsonl", json.dumps(line)))
    (held,) = (mission.path / "quarantine").glob("*.csv")
    text = held.read_text(encoding="utf-8-sig")
    said = "On 18 February the SMM heard two explosions 2km north of its position."
    held.write_text(text.replace("There was talk of explosions.", said))
    assert counts(take(mission, held)) == (1, 0, 0, 0)


@pytest.mark.parametrize("cell", [
    "=1+1", "+CMD|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "'=1", "''=1",
])  # fmt: skip
def test_a_formula_is_made_plain_and_comes_back(cell):
    assert neutral(cell) == f"'{cell}"
    assert plain(neutral(cell)) == cell


@pytest.mark.parametrize("cell", ["-75.98", "+5", "-1e-3", "text", "", "'quoted'", "1=1"])
def test_numbers_and_words_stay_as_they_are(cell):
    assert neutral(cell) == cell
    assert plain(cell) == cell


def test_no_formula_reaches_the_quarantine_file(tmp_path):
    mission = new_mission(tmp_path / "m")
    text = ucdp_csv({"side_a": "=HYPERLINK(1)", "best": "x", "source_headline": "<script>alert(1)"})
    take(mission, write(tmp_path / "a.csv", text))
    (held,) = (mission.path / "quarantine").glob("*.csv")
    cells = next(iter(csv.DictReader(io.StringIO(held.read_text(encoding="utf-8-sig")))))
    assert cells["side_a"] == "'=HYPERLINK(1)"
    (kept,) = quarantined_rows(held)
    assert "=HYPERLINK(1)" in kept.row.cells


def test_the_id_of_a_quarantined_row_is_that_of_its_content():
    first = Quarantined("a.csv", 2, "x", "ucdp", ("1", "2"))
    assert first.id == Quarantined("b.csv", 9, "y", "ucdp", ("1", "2")).id
    assert first.id != Quarantined("a.csv", 2, "x", "ucdp", ("1", "3")).id


# --- streams, encodings, broken tables --------------------------------------------------------


def read_rows(raw: bytes):
    file = io.BytesIO(raw)
    header = read_header(file)
    file.seek(header.offset)
    lines = Lines(file, offset=header.offset)
    return header, list(rows(lines, header.delimiter, width=len(header.columns))), lines


def test_utf8_with_a_mark_and_windows_1252_line_by_line():
    raw = b"\xef\xbb\xbfid,text\n1,caf\xc3\xa9\n2,caf\xe9 \x96 \x93x\x94\n"
    header, found, lines = read_rows(raw)
    assert header.columns == ("id", "text")
    assert found == [["1", "café"], ["2", "café – “x”"]]
    assert lines.converted == 1


def test_bytes_of_no_encoding_are_set_aside_and_readable():
    _, found, _ = read_rows(b"id,text\n1,\x81\x8d\n2,ok\n")
    assert isinstance(found[0], BadRow)
    assert "\\x81" in found[0].text
    assert found[1] == ["2", "ok"]


def test_quoted_newlines_belong_to_their_row():
    raw = b'id,text\r\n1,"a\r\nb ""c"""\r\n2,x\r\n'
    _, found, lines = read_rows(raw)
    assert found == [["1", 'a\r\nb "c"'], ["2", "x"]]
    assert lines.offset == len(raw)


def test_an_open_quote_costs_one_line_and_not_the_rest():
    raw = b'id,text\n1,"open\n' + b"".join(b"%d,x\n" % n for n in range(2, 50_000))
    _, found, _ = read_rows(raw)
    assert isinstance(found[0], BadRow)
    assert found[0].text == '1,"open\n'
    assert len(found) == 1 + 49_998
    assert found[1] == ["2", "x"]


def test_rows_that_are_too_long_or_short_are_set_aside():
    _, found, _ = read_rows(b"a,b\n1\n1,2,3\n1,2\n\n")
    assert [isinstance(row, BadRow) for row in found] == [True, True, False]


@pytest.mark.parametrize("raw", [b"", b"\xff\xfea\x00", b"SQLite format 3\x00\x10"])
def test_an_empty_file_utf16_and_what_is_no_text_are_refused(raw):
    with pytest.raises(ValueError, match=r"empty|UTF-16|no text"):
        read_header(io.BytesIO(raw))


def test_delimiters_are_told():
    assert read_header(io.BytesIO(b"a;b;c\n")).delimiter == ";"
    assert read_header(io.BytesIO(b"a\tb,c\td\n")).delimiter == "\t"


def test_objects_are_read_from_lists_and_lines_without_holding_them():
    many = b",".join(b'{"n": %d}' % n for n in range(20_000))
    for raw in (b"[" + many + b"]", b'{"x": 1, "features": [' + many + b"]}"):
        found = [one["n"] for _, one in read_objects(io.BytesIO(raw))]
        assert found == list(range(20_000))
    lines = many.replace(b",{", b"\n{")
    assert len(list(read_objects(io.BytesIO(lines)))) == 20_000


def test_a_broken_object_line_is_set_aside_and_a_broken_list_ends():
    found = [one for _, one in read_objects(io.BytesIO(b'{"a": 1}\n{"a": \n{"a": 2}\n'))]
    assert [isinstance(one, dict) for one in found] == [True, False, True]
    found = [one for _, one in read_objects(io.BytesIO(b'[{"a": 1}, {"a": NaN}, {"a": 3}]'))]
    assert "nothing behind it" in str(found[1])


def test_a_letter_on_the_edge_of_a_chunk_is_whole():
    text = json.dumps([{"t": "в" * 50_000}, {"t": "ї" * 50_001}], ensure_ascii=False)
    found = [one["t"] for _, one in read_objects(io.BytesIO(text.encode()))]
    assert found == ["в" * 50_000, "ї" * 50_001]


# --- hostile files ----------------------------------------------------------------------------


@pytest.fixture
def small_limits(monkeypatch):
    monkeypatch.setattr(stream, "FREE_BYTES", 100_000)


def test_a_gzip_bomb_is_refused(tmp_path, small_limits):
    mission = new_mission(tmp_path / "m")
    bomb = gzip.compress(ucdp_csv({}).encode() + b"\n" * 2_000_000)
    with pytest.raises(InputError, match="refused as a zip bomb"):
        take(mission, write(tmp_path / "a.csv.gz", bomb))


def test_a_zip_bomb_is_refused_and_a_zip_of_one_file_is_read(tmp_path, small_limits):
    mission = new_mission(tmp_path / "m")
    for name, padding in (("bomb.zip", b"\n" * 2_000_000), ("good.zip", b"")):
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.csv", ucdp_csv({}).encode() + padding)
    with pytest.raises(InputError, match="refused as a zip bomb"):
        take(mission, tmp_path / "bomb.zip")
    assert take(mission, tmp_path / "good.zip").read == 1


def test_archives_that_name_no_file_are_refused(tmp_path):
    mission = new_mission(tmp_path / "m")
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", "x")
        archive.writestr("b.csv", "x")
    with pytest.raises(InputError, match="holds 2 files"):
        take(mission, tmp_path / "two.zip")
    cut = gzip.compress(ucdp_csv({}).encode() * 50)[:-20]
    with pytest.raises(InputError, match="cannot be unpacked"):
        take(mission, write(tmp_path / "cut.csv.gz", cut))


def test_missing_files_and_folders_are_named(tmp_path):
    mission = new_mission(tmp_path / "m")
    with pytest.raises(NotFound, match="there is no file"):
        take(mission, tmp_path / "none.csv")
    with pytest.raises(InputError, match="not a regular file"):
        take(mission, tmp_path)


def test_a_long_file_is_streamed(tmp_path):
    """A file of 40 MB never takes 30 MB; the rows of two batches do."""
    row = ucdp_csv({"source_headline": "x" * 10_000}).splitlines()
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write(row[0] + "\n")
        file.writelines(row[1].replace("1,", f"{n},", 1) + "\n" for n in range(4_000))
    source = survey(path)
    assert source.size > 40_000_000
    readings = read_file(source, choose(source), KYIV)
    tracemalloc.start()
    with MetOnDisk() as met:
        done = take_in(
            readings, Forgetful(), met=met, again=False, keep=lambda _: None, reached=lambda _: None
        )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert done.new == 4_000
    assert peak < 30_000_000


class Forgetful(Memory):
    """A book that keeps nothing, so that memory is the intake's own."""

    def append(self, arrivals):
        assert arrivals


def test_met_records_are_found_again_on_disk(monkeypatch):
    monkeypatch.setattr("backstop.watch.adapters.met.MOST_IN_MEMORY", 100)
    with MetOnDisk() as met:
        for start in range(0, 1_000, 50):
            met.add({f"s/{n}": str(n) for n in range(start, start + 50)})
        assert met.digests([f"s/{n}" for n in range(990, 1_010)]) == {
            f"s/{n}": str(n) for n in range(990, 1_000)
        }


# --- interruption -----------------------------------------------------------------------------


def test_an_interrupted_reading_goes_on_where_it_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr("backstop.watch.intake.BATCH", 100)
    mission = new_mission(tmp_path / "m")
    path = write(tmp_path / "a.csv", ucdp_csv(*({} for _ in range(950))))
    calls = []

    def fail_after(done, total):
        calls.append(done)
        if len(calls) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        intake(mission, str(path), clock=lambda: NOW, progress=fail_after)
    done = take(mission, path)
    assert done.resumed_at_row == 402
    assert counts(done) == (550, 0, 0, 0)
    assert len(bodies(mission)) == 950
    assert counts(take(mission, path)) == (0, 0, 950, 0)


def test_an_interruption_between_ledger_and_position_loses_and_doubles_nothing(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("backstop.watch.intake.BATCH", 100)
    mission = new_mission(tmp_path / "m")
    path = write(tmp_path / "a.csv.gz", gzip.compress(ucdp_csv(*({} for _ in range(250))).encode()))
    real = type(mission).reach

    def dies(self, *held):
        raise KeyboardInterrupt

    monkeypatch.setattr(type(mission), "reach", dies)
    with pytest.raises(KeyboardInterrupt):
        take(mission, path)
    monkeypatch.setattr(type(mission), "reach", real)
    assert counts(take(mission, path)) == (150, 0, 100, 0)
    assert len(bodies(mission)) == 250


def test_two_intakes_at_once_are_kept_apart(tmp_path):
    mission = new_mission(tmp_path / "m")
    path = write(tmp_path / "a.csv", ucdp_csv({}))
    with (
        mission.alone(),
        pytest.raises(InputError, match="another intake is at work"),
        mission.alone(wait_s=0.05),
    ):
        take(mission, path)


LEAVES = """
import os, signal, sys
from pathlib import Path

os.fsync = lambda file: os.kill(os.getpid(), signal.SIGKILL)
from backstop.watch.folder import write_whole

write_whole(Path(sys.argv[1]), "half a file")
"""


@pytest.mark.parametrize("name", ["state/0123abcd-ucdp.json", "quarantine/a.csv-0123456789ab.csv"])
def test_what_a_killed_writer_left_is_swept_away_by_the_next_one(tmp_path, name):
    mission = new_mission(tmp_path / "m")
    folder = (mission.path / name).parent
    others = [folder / ".a.csv.swp", folder / ".notes.csv.ABCDEFGH", folder / "a.csv.abcdefgh"]
    for other in others:
        other.write_text("somebody's", encoding="utf-8")
    (folder / ".b.csv.abcdefgh").mkdir()
    (folder / ".c.csv.abcdefgh").symlink_to(others[0])
    before = set(folder.iterdir())
    killed = subprocess.run([sys.executable, "-c", LEAVES, str(mission.path / name)], check=False)
    assert killed.returncode == -signal.SIGKILL
    (left,) = set(folder.iterdir()) - before
    assert left.name.startswith(f".{Path(name).name}.")
    with mission.alone(), pytest.raises(InputError), mission.alone(wait_s=0.05):
        pass
    assert {one for one in folder.iterdir() if one.name != "intake.lock"} == {
        one for one in before if one.name != "intake.lock"
    }


def test_nothing_is_swept_by_whoever_does_not_get_the_lock(tmp_path):
    mission = new_mission(tmp_path / "m")
    with mission.alone():
        working = mission.path / "state" / ".x.json.abcdefgh"
        working.write_text("", encoding="utf-8")
        with pytest.raises(InputError), mission.alone(wait_s=0.05):
            pass
        assert working.exists()


# --- missions ---------------------------------------------------------------------------------


def test_a_mission_folder_is_opened_again(tmp_path):
    mission = new_mission(tmp_path / "m")
    assert open_mission(tmp_path / "m").mission == mission.mission
    assert mission.mission.zone == "Europe/Kyiv"
    west, south, east, north = mission.mission.theatre
    assert west < 24 < 40 < east
    assert south < 44.5 < 52 < north


#: Sound but for its zone.
MARS = (
    'name = "x"\nscenario = "u"\nscenario_digest = "d"\nagreement = "p"\norigin = "o"\n'
    'zone = "Mars"\n'
)


def test_the_theatre_tells_swapped_coordinates_everywhere_on_the_line():
    """No point of the country, with its coordinates swapped, falls into the theatre's box."""
    west, south, east, north = theatre_around([(31.5, 46.5), (39.9, 49.9)])
    assert not (west <= 46.5 <= east and south <= 31.5 <= north)
    assert not (west <= 49.9 <= east and south <= 39.9 <= north)


@pytest.mark.parametrize(("text", "reason"), [
    ("name = ", "not valid TOML"), ('name = "x"\ncolour = 1\n', "Extra inputs"),
    (MARS, "time zone 'Mars' is unknown"),
])  # fmt: skip
def test_a_broken_mission_file_is_an_error_with_its_place(tmp_path, text, reason):
    mission = new_mission(tmp_path / "m")
    (mission.path / "mission.toml").write_text(text)
    with pytest.raises(InputError, match=reason):
        open_mission(mission.path)


def test_a_folder_that_is_no_mission_is_named(tmp_path):
    with pytest.raises(NotFound, match="backstop watch init"):
        open_mission(tmp_path)


def test_a_mission_is_not_made_twice(tmp_path):
    new_mission(tmp_path / "m")
    with pytest.raises(InputError, match="a mission already"):
        new_mission(tmp_path / "m")


# --- names that can be erased -----------------------------------------------------------------

FORM = {
    "__id": "uuid:1", "record_type": "observation", "occurred": "2022-02-18",
    "stream": "Olena K.", "act": {"kind": "explosion", "count": 2},
    "geopoint": {"type": "Point", "coordinates": [37.8, 48.0]}, "text": "my name is Olena",
}  # fmt: skip


def test_words_of_a_protected_record_can_be_erased_and_do_not_come_in_again(tmp_path):
    mission = new_mission(tmp_path / "m")
    path = write(tmp_path / "f.json", json.dumps([FORM]))
    assert counts(take(mission, path)) == (1, 0, 0, 0)
    assert counts(take(mission, path)) == (0, 0, 1, 0)
    with open_ledger(mission.path) as ledger:
        (entry,) = ledger.entries(kinds=[Kind.OBSERVATION])
        assert "Olena" not in json.dumps(entry.body)
        (open_entry,) = ledger.entries(kinds=[Kind.OBSERVATION], revealed=True)
        assert open_entry.body["text"] == "my name is Olena"
        redact(ledger, entry.index, ["/text", "/stream"], reason="asked", author="dpo", now=NOW)
    done = take(mission, path)
    assert "erased on order" in done.quarantined[0].reason
    assert verify_ledger(mission.path).ok
