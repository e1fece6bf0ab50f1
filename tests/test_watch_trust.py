"""The ledger by command: sealed, witnessed, redacted, and every kind of tampering caught."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from backstop.watch.ledger import SigningKey
from watch_cases import ucdp_csv, write
from watch_cli_cases import keyed_mission, runner

FORM = {
    "__id": "uuid:1", "record_type": "observation", "occurred": "2022-02-18", "stream": "Olena K.",
    "act": {"kind": "explosion", "count": 2}, "text": "my name is Olena",
    "geopoint": {"type": "Point", "coordinates": [37.8, 48.0]},
}  # fmt: skip


@pytest.fixture
def watch(monkeypatch, capsys):
    return runner(monkeypatch, capsys)


@pytest.fixture
def mission(tmp_path, watch):
    """A mission with two records, one of a form, and its key where the commands look for it."""
    folder = keyed_mission(tmp_path / "m")
    watch("intake", folder, write(tmp_path / "a.csv", ucdp_csv({}, {})))
    watch("intake", folder, write(tmp_path / "f.json", json.dumps([FORM])))
    return folder


def sealed(watch, mission, name):
    place = mission.with_name(name)
    assert watch("seal", mission, "--out", place).code == 0
    return place


def statement(mission, text):
    """Somebody edits the database by hand."""
    with closing(sqlite3.connect(mission / "ledger.db")) as connection:
        connection.execute(text)
        connection.commit()


# --- witnesses --------------------------------------------------------------------------------


def test_a_party_signs_from_its_copy_and_the_mission_takes_that_in(watch, mission, tmp_path):
    sealed(watch, mission, "first.txt")
    copy = shutil.copytree(mission, tmp_path / "copy")
    before = (copy / "ledger.db").read_bytes()
    key, signed = tmp_path / "a.key", tmp_path / "a1.txt"
    first = watch("witness", copy, "--key", key, "--name", "party-a.example", "--out", signed,
                  "--json")  # fmt: skip
    assert first.code == 0
    assert (copy / "ledger.db").read_bytes() == before
    assert key.stat().st_mode & 0o077 == 0
    # Nobody has named the witness in the log yet.
    stranger = watch("seal", mission, "--take", signed)
    assert (stranger.code, "name one with seal --admit" in stranger.err) == (2, True)
    assert watch("seal", mission, "--admit", first.body["witness"]).code == 0
    assert watch("seal", mission, "--take", signed).code == 0
    found = watch("verify", mission, "--checkpoint", signed, "--json").body
    assert (found["ok"], found["cosignatures"]) == (True, 2)


def test_a_witness_signs_only_what_continues_what_it_signed_before(watch, mission, tmp_path):
    sealed(watch, mission, "first.txt")
    old = shutil.copytree(mission, tmp_path / "old")
    key, first, second = tmp_path / "a.key", tmp_path / "a1.txt", tmp_path / "a2.txt"
    watch("witness", mission, "--key", key, "--name", "a.example", "--out", first)
    watch("intake", mission, write(tmp_path / "b.csv", ucdp_csv({}, {}, {})))
    sealed(watch, mission, "second.txt")
    done = watch("witness", mission, "--key", key, "--seen", first, "--out", second)
    assert done.code == 0
    # An older copy of the same log is shorter than what was signed.
    back = watch("witness", old, "--key", key, "--seen", second)
    assert (back.code, "nothing is signed" in back.err) == (1, True)
    # Another history from the same beginning.
    watch("intake", old, write(tmp_path / "c.csv", ucdp_csv({}, {}, {"best": "7", "high": "7"})))
    shutil.copyfile(mission.with_name("m.key"), old.with_name("old.key"))
    old.with_name("old.key").chmod(0o600)
    sealed(watch, old, "fork.txt")
    fork = watch("witness", old, "--key", key, "--seen", second, "--out", tmp_path / "no.txt")
    assert (fork.code, "nothing is signed" in fork.err) == (1, True)
    assert not (tmp_path / "no.txt").exists()


def test_a_witness_says_what_is_missing(watch, mission, tmp_path):
    key = tmp_path / "a.key"
    assert "--name" in watch("witness", mission, "--key", key).err
    bare = watch("witness", mission, "--key", key, "--name", "a.example")
    assert (bare.code, "no checkpoint to sign" in bare.err) == (2, True)
    first = sealed(watch, mission, "first.txt")
    other = watch("witness", mission, "--key", key, "--seen", first)
    assert (other.code, "is not signed by a.example" in other.err) == (2, True)
    own = watch("witness", mission, "--key", mission.with_name("m.key"))
    assert (own.code, "no witness of itself" in own.err) == (2, True)
    stranger = SigningKey("x.example", bytes(32)).verifier
    wrong = watch("witness", mission, "--key", key, "--log-key", stranger)
    assert (wrong.code, "nothing is signed" in wrong.err) == (1, True)


# --- what somebody did to the log -------------------------------------------------------------

TAMPERED = {
    "a flipped bit": "UPDATE entry SET leaf = CAST(replace(CAST(leaf AS TEXT), 'Kiev', 'Kiew') AS"
    " BLOB) WHERE idx = 2",
    "reordered": "UPDATE entry SET idx = CASE idx WHEN 2 THEN 103 WHEN 3 THEN 2 ELSE idx END"
    " WHERE idx IN (2, 3)",
    "truncated": "DELETE FROM entry WHERE idx >= 4",
    "slipped in": "INSERT INTO entry SELECT (SELECT max(idx) + 1 FROM entry), kind, subject, leaf"
    " FROM entry WHERE idx = 2",
    "dated back": 'UPDATE entry SET leaf = CAST(replace(CAST(leaf AS TEXT), \'"at":"20\','
    ' \'"at":"19\') AS BLOB) WHERE idx = 4',
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_log_somebody_edited_is_caught_on_a_copied_folder_alone(watch, mission, tmp_path, what):
    kept = sealed(watch, mission, "kept.txt")
    copy = shutil.copytree(mission, tmp_path / "far" / "copy")
    statement(copy, TAMPERED[what])
    found = watch("verify", copy, "--checkpoint", kept)
    assert found.code == 1
    assert "BROKEN" in found.out
    told = watch("verify", copy, "--checkpoint", kept, "--json")
    assert (told.code, told.body["ok"]) == (1, False)
    assert all(one["why"] for one in told.body["broken"])
    assert watch("verify", mission, "--checkpoint", kept).code == 0


# --- erasing a name ---------------------------------------------------------------------------


def test_a_name_is_found_erased_and_gone_and_the_record_still_verifies(watch, mission):
    kept = sealed(watch, mission, "kept.txt")
    (one,) = watch("redact", mission, "--find", "OLENA", "--json").body["entries"]
    assert (one["kind"], one["concealed"], one["open"]) == (
        "observation", ["/stream", "/text"], [],
    )  # fmt: skip
    done = watch("redact", mission, "--entry", one["entry"], "--field", "/text", "--field",
                 "/stream", "--reason", "asked by the person")  # fmt: skip
    assert done.code == 0
    assert watch("redact", mission, "--find", "olena", "--json").body["entries"] == []
    for place in mission.rglob("*"):
        assert not place.is_file() or b"Olena" not in place.read_bytes(), place
    found = watch("verify", mission, "--checkpoint", kept, "--json").body
    assert (found["ok"], found["redactions"]) == (True, 1)


def test_a_name_that_stands_openly_goes_with_its_entry(watch, mission):
    (one, *_) = watch("redact", mission, "--find", "disperse protest", "--json").body["entries"]
    assert one["open"] == ["/text"]
    done = watch(
        "redact", mission, "--entry", one["entry"], "--whole", "--reason", "names a person"
    )
    assert done.code == 0
    assert watch("verify", mission).code == 0


@pytest.mark.parametrize(("arguments", "said"), [
    ((), "either --find TEXT, or --entry"),
    (("--find", "x", "--entry", "2"), "either --find TEXT, or --entry"),
    (("--entry", "2"), "needs --field POINTER or --whole"),
    (("--entry", "2", "--whole"), "and a --reason"),
    (("--entry", "0", "--whole", "--reason", "r"), "holds the log together"),
    (("--entry", "99", "--whole", "--reason", "r"), "there is no entry 99"),
    (("--entry", "2", "--field", "/text", "--reason", "r"), "not concealed, or erased already"),
])  # fmt: skip
def test_what_cannot_be_erased_says_why_and_erases_nothing(watch, mission, arguments, said):
    left = watch("redact", mission, *arguments)
    assert left.code == 2
    assert said in left.err
    assert watch("verify", mission, "--json").body["redactions"] == 0


# --- as it was known --------------------------------------------------------------------------


def test_a_report_is_made_again_as_known_at_a_time_byte_for_byte(watch, mission, tmp_path):
    then = datetime.now(UTC).isoformat()
    asked = ("report", mission, "--day", "2014-01-22")
    first, second = tmp_path / "first.html", tmp_path / "second.html"
    before = watch(*asked, "--as-known-on", then, "--html", first, "--json")
    assert before.body["summary"]
    more = write(tmp_path / "b.csv", ucdp_csv({"best": "9", "high": "9"}, {}, {}))
    assert watch("intake", mission, more, "--json").body["revised"] == 1
    again = watch(*asked, "--as-known-on", then, "--html", second, "--json")
    assert again.out == before.out
    assert second.read_bytes() == first.read_bytes()
    assert watch(*asked, "--json").out != before.out
