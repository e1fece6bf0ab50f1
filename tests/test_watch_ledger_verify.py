"""The offline verifier: whatever is changed after the fact is caught, and says where."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from backstop.errors import CheckFailed, InputError, NotFound
from backstop.watch.ledger import (
    SigningKey,
    Verification,
    cosign,
    leaf_hash,
    open_ledger,
    read_checkpoint,
    seal,
    verify_ledger,
)
from backstop.watch.ledger.checkpoint import TreeHead, sign_checkpoint
from backstop.watch.ledger.entry import Stamp
from backstop.watch.ledger.tree import Tree
from watch_ledger_cases import (
    LOG_KEY,
    ORIGIN,
    WITNESS_KEY,
    Mission,
    appended,
    at,
    make_mission,
    new_ledger,
    observation,
)

many = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def mission(tmp_path_factory) -> Mission:
    return make_mission(tmp_path_factory.mktemp("watch") / "mission")


def copied(mission: Mission, folder: Path) -> Path:
    """A fresh copy of the mission's folder."""
    target = folder / "copy"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(mission.folder, target)
    return target


def tampered(mission: Mission, folder: Path, *statements: str | tuple[str, tuple]) -> Path:
    """A copy in which somebody has run SQL."""
    target = copied(mission, folder)
    with closing(sqlite3.connect(target / "ledger.db", isolation_level=None)) as database:
        for statement in statements:
            text, values = statement if isinstance(statement, tuple) else (statement, ())
            database.execute(text, values)
    return target


def rebuilt(folder: Path) -> None:
    """Hash the tree of a tampered ledger anew, as somebody would who hides what he did."""
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as database:
        tree = Tree()
        old = [
            h
            for (h,) in database.execute("SELECT hashes FROM tile WHERE level = 0 ORDER BY number")
        ]
        stored = b"".join(old)
        for index, leaf in database.execute("SELECT idx, leaf FROM entry ORDER BY idx"):
            kept = stored[index * 32 : index * 32 + 32]
            tree.extend([kept if leaf is None else leaf_hash(leaf)])
        database.execute("DELETE FROM tile")
        rows = [(*place, hashes) for place, hashes in tree.unsaved().items()]
        database.executemany("INSERT INTO tile VALUES (?, ?, ?)", rows)


def whys(found: Verification) -> str:
    return "\n".join(f"{b.index}: {b.why}" for b in found.broken)


def content(folder: Path) -> list:
    """Everything that the program reads from a ledger."""
    with closing(sqlite3.connect(folder / "ledger.db")) as database:
        tables = ("entry", "opening", "tile", "checkpoint", "scrub")
        return [database.execute(f"SELECT * FROM {table}").fetchall() for table in tables]


def test_a_ledger_that_nobody_touched_is_in_order(mission):
    for kept in ((), mission.kept[:1], mission.kept):
        found = verify_ledger(mission.folder, kept=kept)
        assert found.to_dict()["broken"] == []
        assert found.ok
    assert found.size == 282
    assert found.root == read_checkpoint(mission.kept[-1])[0].root


def test_verifying_changes_nothing(mission):
    before = {p.name: p.read_bytes() for p in mission.folder.iterdir()}
    verify_ledger(mission.folder, kept=mission.kept)
    assert {p.name: p.read_bytes() for p in mission.folder.iterdir()} == before


def test_the_verdict_as_json_has_the_names_of_the_contract(mission, tmp_path):
    folder = tampered(mission, tmp_path, "UPDATE entry SET leaf = leaf || '!' WHERE idx = 7")
    found = verify_ledger(folder).to_dict()
    assert {"ok", "size", "root", "checkpoints", "broken"} <= found.keys()
    assert found["ok"] is False
    assert found["broken"][0]["index"] == 7
    assert "not what was hashed" in found["broken"][0]["why"]


# A flipped bit


def cells(folder: Path) -> list[tuple[str, str, str, object]]:
    """Every value in every row: its table, a condition that finds the row, its column, itself."""
    found = []
    with closing(sqlite3.connect(folder / "ledger.db")) as database:
        for table, keys in (
            ("entry", ["idx"]),
            ("opening", ["idx", "field"]),
            ("tile", ["level", "number"]),
            ("checkpoint", ["size"]),
        ):
            names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            for row in database.execute(f"SELECT * FROM {table}"):
                record = dict(zip(names, row, strict=True))
                where = " AND ".join(f"{key} = {record[key]!r}" for key in keys)
                found += [(table, where, name, record[name]) for name in names]
    return [cell for cell in found if cell[3] is not None]


@pytest.fixture(scope="module")
def all_cells(mission):
    found = cells(mission.folder)
    # Rows of a table that has few are drawn as often as those of the log.
    by_table: dict[tuple[str, str], list] = {}
    for cell in found:
        by_table.setdefault((cell[0], cell[2]), []).append(cell)
    assert len(by_table) == 13
    return by_table


@many
@given(st.data())
def test_any_bit_of_any_row_that_is_flipped_is_caught(mission, all_cells, tmp_path, data):
    column = data.draw(st.sampled_from(sorted(all_cells)))
    table, where, name, value = data.draw(st.sampled_from(all_cells[column]))
    change = f"UPDATE {table} SET {name} = ? WHERE {where}"
    if isinstance(value, int):
        changed: object = value ^ 1 << data.draw(st.integers(0, 40))
    else:
        raw = value.encode() if isinstance(value, str) else value
        place = data.draw(st.integers(0, len(raw) - 1))
        bit = 1 << data.draw(st.integers(0, 7))
        changed = raw[:place] + bytes([raw[place] ^ bit]) + raw[place + 1 :]
        if isinstance(value, str):
            change = change.replace("= ?", "= CAST(? AS TEXT)", 1)
    try:
        folder = tampered(mission, tmp_path, (change, (changed,)))
    except sqlite3.IntegrityError:
        assume(False)
    found = verify_ledger(folder)
    assert not found.ok, f"{table}.{name} where {where}"
    if table == "entry" and name == "leaf":
        assert f"idx = {found.broken[0].index}" == where


@many
@given(st.data())
def test_any_bit_of_the_file_that_is_flipped_is_caught_or_means_nothing(mission, tmp_path, data):
    folder = copied(mission, tmp_path)
    file = folder / "ledger.db"
    whole = bytearray(file.read_bytes())
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    file.write_bytes(whole)
    if verify_ledger(folder, kept=mission.kept).ok:
        assert content(folder) == content(mission.folder)


def test_a_flipped_bit_is_caught_though_the_tree_was_hashed_anew(mission, tmp_path):
    folder = tampered(
        mission,
        tmp_path,
        "UPDATE entry SET leaf = CAST(replace(leaf, '105', '5') AS BLOB) WHERE idx = 7",
    )
    rebuilt(folder)
    for number, kept in enumerate(mission.kept):
        found = verify_ledger(folder, kept=[kept])
        assert "the kept checkpoint has another root" in whys(found), number


# Other orders, other lengths, other pasts


def test_reordered_entries_are_caught(mission, tmp_path):
    swap = [
        f"UPDATE entry SET idx = {b} WHERE idx = {a}"
        for a, b in ((20, 9_999), (21, 20), (9_999, 21))
    ]
    folder = tampered(mission, tmp_path, *swap)
    assert {b.index for b in verify_ledger(folder).broken} == {20, 21}
    rebuilt(folder)
    for kept in mission.kept:
        assert "another root" in whys(verify_ledger(folder, kept=[kept]))


@pytest.mark.parametrize("gone", ["idx = 30", "idx >= 281", "idx >= 100", "idx = 0", "1"])
def test_missing_entries_are_caught(mission, tmp_path, gone):
    folder = tampered(mission, tmp_path, f"DELETE FROM entry WHERE {gone}")
    assert not verify_ledger(folder).ok
    rebuilt(folder)
    assert not verify_ledger(folder, kept=mission.kept[-1:]).ok


def test_a_log_cut_back_to_an_older_checkpoint_is_caught_by_a_newer_one(tmp_path):
    folder = tmp_path / "mission"
    with new_ledger(folder) as ledger:
        ledger.append(map(observation, range(300)), author="intake", now=at(1))
        old = seal(ledger, LOG_KEY, author="mission", now=at(2))
    before = tmp_path / "before"
    shutil.copytree(folder, before)
    with open_ledger(folder) as ledger:
        ledger.append([observation(301)], author="intake", now=at(3))
        new = seal(ledger, LOG_KEY, author="mission", now=at(4))
    assert verify_ledger(before, kept=[old]).ok
    found = verify_ledger(before, kept=[new])
    assert "covers 305 entries, the ledger has 303: truncated" in whys(found)
    assert found.broken[0].index == 303


def test_two_histories_signed_by_one_key_are_caught_from_either_side(tmp_path):
    kept = {}
    for side, number in (("a", 1), ("b", 2)):
        with new_ledger(tmp_path / side) as ledger:
            ledger.append([observation(number)], author="intake", now=at(1))
            kept[side] = seal(ledger, LOG_KEY, author="mission", now=at(2))
    assert verify_ledger(tmp_path / "a", kept=[kept["a"]]).ok
    for mine, other in (("a", "b"), ("b", "a")):
        found = verify_ledger(tmp_path / mine, kept=[kept[mine], kept[other]])
        assert "another of 4 entries differ: the log was forked" in whys(found)
        found = verify_ledger(tmp_path / mine, kept=[kept[other]])
        assert "differ: the log was forked" in whys(found)


def test_a_log_rewritten_as_a_whole_and_signed_anew_is_caught_only_by_a_kept_checkpoint(tmp_path):
    with new_ledger(tmp_path / "true") as ledger:
        ledger.append([observation(1), observation(2)], author="intake", now=at(1))
        kept = seal(ledger, LOG_KEY, author="mission", now=at(2))
    with new_ledger(tmp_path / "false") as ledger:
        ledger.append([observation(1), observation(3)], author="intake", now=at(1))
        seal(ledger, LOG_KEY, author="mission", now=at(2))
    assert verify_ledger(tmp_path / "false").ok
    assert not verify_ledger(tmp_path / "false", kept=[kept]).ok


def forged_entry(folder: Path, index: int, stamp: Stamp, draft) -> None:
    leaf = stamp.leaf(draft, draft.fingerprint)
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as database:
        row = (index, draft.kind.value, draft.subject, leaf)
        database.execute("INSERT INTO entry VALUES (?, ?, ?, ?)", row)
    rebuilt(folder)


def test_an_entry_dated_back_is_caught_without_any_checkpoint(mission, tmp_path):
    folder = copied(mission, tmp_path)
    forged_entry(folder, 282, Stamp("intake", at(9)), observation(7))
    assert "282: it is dated before the entry before it" in whys(verify_ledger(folder))


def test_an_entry_slipped_into_the_past_is_caught(mission, tmp_path):
    shift = "UPDATE entry SET idx = -idx - 1 WHERE idx >= 200"
    folder = tampered(mission, tmp_path, shift, "UPDATE entry SET idx = -idx WHERE idx < 0")
    forged_entry(folder, 200, Stamp("intake", at(1)), observation(7))
    for kept in mission.kept:
        assert "another root" in whys(verify_ledger(folder, kept=[kept]))


# Checkpoints and keys


@pytest.mark.parametrize("size", [256, 262, 282])
def test_a_checkpoint_taken_out_of_the_ledger_is_missed(mission, tmp_path, size):
    with closing(sqlite3.connect(mission.folder / "ledger.db")) as database:
        sizes = [s for (s,) in database.execute("SELECT size FROM checkpoint")]
    nearest = min(sizes, key=lambda s: abs(s - size))
    folder = tampered(mission, tmp_path, f"DELETE FROM checkpoint WHERE size = {nearest}")
    assert f"{nearest - 1}: the checkpoint that was signed here is gone" in whys(
        verify_ledger(folder)
    )


def test_a_kept_checkpoint_of_another_log_or_key_is_told(mission):
    root = read_checkpoint(mission.kept[0])[0]
    other = SigningKey(ORIGIN, bytes(range(9, 41)))
    strange = str(sign_checkpoint(root, other))
    assert "signed by no key that might sign it" in whys(
        verify_ledger(mission.folder, kept=[strange])
    )
    elsewhere = str(sign_checkpoint(TreeHead("example.org/other", root.size, root.root), LOG_KEY))
    assert "is of the log example.org/other" in whys(
        verify_ledger(mission.folder, kept=[elsewhere])
    )
    assert "cannot be read" in whys(verify_ledger(mission.folder, kept=["nonsense"]))


def test_a_log_begun_with_another_key_is_not_believed(mission):
    stranger = SigningKey(ORIGIN, bytes(range(9, 41)))
    found = verify_ledger(mission.folder, keys=[str(stranger.verifier)])
    assert "1: the key example.org/mission" in whys(found)


def test_a_wrong_signature_of_a_witness_is_caught(mission):
    _, note = read_checkpoint(mission.kept[0])
    signed = str(cosign(str(note), log=LOG_KEY.verifier, witness=WITNESS_KEY, now=at(8)))
    lines = signed.splitlines(keepends=True)
    other = mission.kept[1].splitlines(keepends=True)[-1]
    assert verify_ledger(mission.folder, kept=[signed]).cosignatures == 2
    found = verify_ledger(mission.folder, kept=["".join([*lines[:-1], other])])
    assert "the signature of example.org/party-a is wrong" in whys(found)


def test_a_witness_named_by_the_verifier_counts(tmp_path):
    with new_ledger(tmp_path / "m") as ledger:
        note = seal(ledger, LOG_KEY, author="mission", now=at(1))
    signed = str(cosign(note, log=LOG_KEY.verifier, witness=WITNESS_KEY, now=at(2)))
    assert verify_ledger(tmp_path / "m", kept=[signed]).cosignatures == 0
    line = str(WITNESS_KEY.verifier)
    assert verify_ledger(tmp_path / "m", kept=[signed], witnesses=[line]).cosignatures == 1


def test_a_folder_without_its_public_key_says_so(mission, tmp_path):
    folder = copied(mission, tmp_path)
    (folder / "keys.pub").unlink()
    assert "keys.pub holds no public key" in whys(verify_ledger(folder))
    assert verify_ledger(folder, keys=[str(LOG_KEY.verifier)]).ok


def test_keys_that_are_none_are_a_mistake_of_who_gave_them(mission):
    with pytest.raises(InputError):
        verify_ledger(mission.folder, keys=["nonsense"])
    with pytest.raises(NotFound):
        verify_ledger(mission.folder / "nowhere")


# Erasures


def test_an_erasure_that_no_tombstone_orders_is_caught(mission, tmp_path):
    blank = "UPDATE entry SET leaf = NULL, kind = NULL, subject = NULL WHERE idx = 33"
    found = verify_ledger(tampered(mission, tmp_path, blank))
    assert "33: the entry is gone, and no entry says that it was erased" in whys(found)
    found = verify_ledger(tampered(mission, tmp_path, "DELETE FROM opening WHERE idx = 253"))
    assert "253: the concealed /observer/name is gone" in whys(found)


def test_a_name_brought_back_after_its_erasure_is_caught(mission, tmp_path):
    source = "SELECT 252, field, salt, value FROM opening WHERE idx = 253"
    folder = tampered(mission, tmp_path, f"INSERT INTO opening {source}")
    found = whys(verify_ledger(folder))
    assert "252: the concealed /observer/name is not what was hashed" in found


def test_openings_of_no_entry_are_caught(mission, tmp_path):
    folder = tampered(mission, tmp_path, "INSERT INTO opening VALUES (5, '/a', x'00', x'00')")
    assert "1 concealed values belong to no entry" in whys(verify_ledger(folder))


# The file


def test_a_trigger_put_into_the_file_is_caught(mission, tmp_path):
    trigger = "CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM opening; END"
    folder = tampered(mission, tmp_path, trigger)
    assert "its tables are not those" in whys(verify_ledger(folder))
    with pytest.raises(CheckFailed):
        open_ledger(folder)


@pytest.mark.parametrize("size", [0, 100, 4_096, 20_000])
def test_a_file_cut_short_is_told_not_tripped_over(mission, tmp_path, size):
    folder = copied(mission, tmp_path)
    os.truncate(folder / "ledger.db", size)
    found = verify_ledger(folder, kept=mission.kept)
    assert not found.ok


def test_a_folder_where_sqlite_can_make_no_file_is_read_from_a_copy(mission, tmp_path):
    folder, medium = copied(mission, tmp_path), tmp_path / "medium"
    with open_ledger(folder) as ledger:
        ledger.append([observation(77)], author="intake", now=at(30))
        medium.mkdir()
        for name in ("ledger.db", "ledger.db-wal", "keys.pub"):
            shutil.copy(folder / name, medium / name)
    # What a medium that is only for reading does, also to a user who may do everything.
    (medium / "ledger.db-shm").mkdir()
    found = verify_ledger(medium, kept=mission.kept)
    assert (found.broken, found.size) == ((), 283)
    assert sorted(p.name for p in medium.iterdir()) == [
        "keys.pub",
        "ledger.db",
        "ledger.db-shm",
        "ledger.db-wal",
    ]


def test_a_ledger_is_verified_while_it_is_written(mission, tmp_path):
    folder = copied(mission, tmp_path)
    with open_ledger(folder) as ledger, ledger.transaction():
        ledger.add([observation(5)], ledger.stamp("intake", at(30)))
        found = verify_ledger(folder, kept=mission.kept)
        assert (found.ok, found.size) == (True, 282)
    appended(folder, observation(6), hours=31)
    assert verify_ledger(folder, kept=mission.kept).size == 284
