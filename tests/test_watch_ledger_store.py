"""The ledger in a mission's folder: append, read, as known on a date, and what can go wrong."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from backstop.errors import CheckFailed, InputError, NotFound
from backstop.watch.ledger import (
    Draft,
    Kind,
    SigningKey,
    admit_witness,
    canonical_json,
    checkpoints,
    conceal,
    consistent,
    cosign,
    create_key,
    create_ledger,
    included,
    leaf_hash,
    open_ledger,
    read_checkpoint,
    read_key,
    redact,
    rotate_key,
    salt,
    seal,
    take_cosignatures,
    verify_ledger,
)
from backstop.watch.ledger.entry import Stamp
from watch_ledger_cases import (
    LOG_KEY,
    NAMES,
    ORIGIN,
    START,
    WITNESS_KEY,
    appended,
    at,
    make_mission,
    named_observation,
    new_ledger,
    observation,
)


@pytest.fixture
def ledger(tmp_path):
    with new_ledger(tmp_path / "mission") as opened:
        yield opened


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


# Appending and reading


def test_what_was_appended_is_read_back(ledger):
    receipt = ledger.append([observation(1), observation(2)], author="intake", now=at(1))
    assert (receipt.first, receipt.size, receipt.at) == (2, 4, at(1))
    one, two = ledger.entries(start=2)
    assert (one.index, one.kind, one.at, one.author) == (2, Kind.OBSERVATION, at(1), "intake")
    assert one.body == {"act": "explosion", "count": 1, "text": "heard 1 · вибух"}
    assert (one.subject, one.fingerprint, one.claimed) == ("smm/1", f"{1:064x}", None)
    assert two.index == 3


def test_a_ledger_begins_with_its_mission_and_its_key(ledger):
    mission, key = ledger.entries()
    assert mission.body == {"origin": ORIGIN, "scenario": "ukraine-2025"}
    assert key.body == {"action": "add", "key": str(LOG_KEY.verifier)}
    assert (ledger.folder / "keys.pub").read_text() == f"{LOG_KEY.verifier}\n"


def test_entries_are_found_by_type_subject_and_place(ledger):
    drafts = [observation(1), Draft(Kind.EFFORT, b"{}"), observation(2), observation(1)]
    ledger.append(drafts, author="intake", now=at(1))
    assert [e.index for e in ledger.entries(kinds=[Kind.EFFORT])] == [3]
    assert [e.index for e in ledger.entries(subject="smm/1")] == [2, 5]
    assert [e.index for e in ledger.entries(3, 5)] == [3, 4]
    assert [e.index for e in ledger.entries(kinds=[])] == []


def test_reading_goes_on_past_one_page(ledger):
    ledger.append(map(observation, range(4_500)), author="intake", now=at(1))
    found = [e.body["count"] for e in ledger.entries(kinds=[Kind.OBSERVATION])]
    assert found == list(range(4_500))


def test_two_types_with_one_body_have_two_hashes():
    stamp = Stamp("intake", START)
    leaves = {stamp.leaf(Draft(kind, b"{}"), None) for kind in Kind}
    assert len(leaves) == len(Kind)
    assert all(leaf.startswith(b"backstop-ledger/1 ") for leaf in leaves)


def test_the_hashed_bytes_are_the_documented_ones():
    leaf = Stamp("intake", START, at(-1)).leaf(observation(7), f"{7:064x}")
    head, _, text = leaf.partition(b"\n")
    assert head == b"backstop-ledger/1 observation"
    assert (
        canonical_json(
            {
                "at": "2025-03-01T12:00:00.000000Z",
                "author": "intake",
                "body": {"act": "explosion", "count": 7, "text": "heard 7 · вибух"},
                "claimed": "2025-03-01T11:00:00.000000Z",
                "fingerprint": f"{7:064x}",
                "subject": "smm/7",
            }
        )
        == text
    )


def test_a_batch_with_a_fault_in_it_leaves_nothing(ledger):
    def broken():
        yield observation(1)
        raise RuntimeError("the adapter fell over")

    with pytest.raises(RuntimeError):
        ledger.append(broken(), author="intake", now=at(1))
    assert ledger.size == 2
    ledger.append([observation(2)], author="intake", now=at(1))
    assert [e.subject for e in ledger.entries(start=2)] == ["smm/2"]
    assert verify_ledger(ledger.folder).ok


def test_a_record_that_plays_a_concealed_value_is_refused(ledger):
    body = canonical_json({"a": {"salted-sha256": "0" * 64}})
    with pytest.raises(InputError, match="no record may use it"):
        ledger.append([Draft(Kind.OBSERVATION, body, "smm/1")], author="intake", now=at(1))
    quoted = canonical_json({"text": '{"salted-sha256": "0"}', "salted-sha256x": 1})
    ledger.append([Draft(Kind.OBSERVATION, quoted, "smm/1")], author="intake", now=at(1))
    assert verify_ledger(ledger.folder).ok


def test_a_changed_entry_is_not_read(ledger):
    ledger.append([observation(1), observation(2)], author="intake", now=at(1))
    change = "UPDATE entry SET leaf = CAST(replace(leaf, 'explosion', 'ceasefire') AS BLOB)"
    ledger.connection.execute(f"{change} WHERE idx = 3")
    assert len(list(ledger.entries(stop=3))) == 3
    with pytest.raises(CheckFailed, match="entry 3 is not what was hashed"):
        list(ledger.entries())


def test_a_changed_opening_is_not_read(ledger):
    ledger.append([named_observation(1, NAMES[0])], author="intake", now=at(1))
    ledger.connection.execute("UPDATE opening SET value = CAST('\"somebody\"' AS BLOB)")
    assert len(list(ledger.entries())) == 3
    with pytest.raises(CheckFailed, match="entry 2 cannot be read: the concealed"):
        list(ledger.entries(revealed=True))


def test_an_empty_batch_is_no_entry(ledger):
    receipt = ledger.append([], author="intake", now=at(1))
    assert (receipt.first, receipt.size) == (2, 2)


# Intake once and once again


def test_standing_tells_new_same_and_revised_apart(ledger):
    ledger.append([observation(1), observation(2)], author="intake", now=at(1))
    revised = Draft(Kind.OBSERVATION, b"{}", "smm/2", "f" * 64)
    ledger.append([revised], author="intake", now=at(2))
    found = ledger.standing(["smm/1", "smm/2", "smm/3"])
    assert found.keys() == {"smm/1", "smm/2"}
    assert (found["smm/1"].index, found["smm/1"].fingerprint) == (2, f"{1:064x}")
    assert (found["smm/2"].index, found["smm/2"].fingerprint) == (4, "f" * 64)


def test_standing_keeps_the_record_when_something_else_is_said_about_it(ledger):
    ledger.append([observation(1)], author="intake", now=at(1))
    ledger.append([Draft(Kind.REVIEW, b"{}", "smm/1")], author="desk", now=at(2))
    assert ledger.standing(["smm/1"])["smm/1"].index == 2


def test_standing_of_more_subjects_than_one_statement_takes(ledger):
    ledger.append(map(observation, range(1_200)), author="intake", now=at(1))
    found = ledger.standing(f"smm/{n}" for n in range(1_500))
    assert len(found) == 1_200
    assert found["smm/1199"].fingerprint == f"{1199:064x}"


# As known on a date


def test_the_record_as_known_on_a_day_is_a_beginning_of_it(ledger):
    for day in range(3):
        ledger.append([observation(day)], author="intake", now=at(24 * day + 1))
    assert ledger.known_on(date(2025, 2, 28)) == 0
    assert ledger.known_on(date(2025, 3, 1)) == 3
    assert ledger.known_on(date(2025, 3, 2)) == 4
    assert ledger.known_on(date(2099, 1, 1)) == 5
    assert ledger.known_on(at(25)) == 4
    assert ledger.known_on(at(25) - timedelta.resolution) == 3
    kyiv = timezone(timedelta(hours=2))
    assert ledger.known_on(at(25).astimezone(kyiv)) == 4


def test_what_was_known_on_a_day_has_the_same_root_for_ever(ledger):
    ledger.append(map(observation, range(300)), author="intake", now=at(1))
    then, root = ledger.known_on(START.date()), ledger.root()
    ledger.append(map(observation, range(300, 700)), author="intake", now=at(50))
    assert ledger.root(ledger.known_on(START.date())) == root
    assert then == 302


def test_an_erased_entry_does_not_disturb_the_day(ledger):
    ledger.append([observation(1)], author="intake", now=at(1))
    ledger.append([observation(2)], author="intake", now=at(30))
    redact(ledger, 2, None, reason="asked", author="dpo", now=at(60))
    assert ledger.known_on(date(2025, 3, 2)) == 4
    assert [e.index for e in ledger.entries(stop=4)] == [0, 1, 3]


# The clock


def test_a_clock_that_runs_backwards_is_held_and_noted(ledger):
    ledger.append([observation(1)], author="intake", now=at(10))
    receipt = ledger.append([observation(2)], author="intake", now=at(4))
    assert receipt.at == at(10)
    (late,) = ledger.entries(start=3)
    assert (late.at, late.claimed) == (at(10), at(4))
    ledger.append([observation(3)], author="intake", now=at(11))
    (after,) = ledger.entries(start=4)
    assert (after.at, after.claimed) == (at(11), None)
    found = verify_ledger(ledger.folder)
    assert (found.ok, found.held_back) == (True, 1)


def test_a_clock_in_another_zone_is_the_same_clock(ledger):
    kyiv = timezone(timedelta(hours=2))
    ledger.append([observation(1)], author="intake", now=at(1))
    receipt = ledger.append([observation(2)], author="intake", now=at(2).astimezone(kyiv))
    assert receipt.at == at(2)


def test_a_clock_without_an_offset_is_refused(ledger):
    with pytest.raises(InputError, match="names no offset"):
        ledger.append([observation(1)], author="intake", now=datetime(2025, 3, 2))
    assert ledger.size == 2


# Making and opening


def test_a_folder_without_a_ledger_says_so(tmp_path):
    with pytest.raises(NotFound, match="watch init"):
        open_ledger(tmp_path)


def test_a_ledger_is_not_begun_twice(ledger):
    with pytest.raises(InputError, match="a ledger already"):
        new_ledger(ledger.folder)


def test_another_database_is_not_a_ledger(tmp_path):
    with sqlite3.connect(tmp_path / "ledger.db") as other:
        other.execute("CREATE TABLE entry (x)")
    other.close()
    with pytest.raises(CheckFailed, match="not a Backstop ledger"):
        open_ledger(tmp_path)


def test_a_file_that_is_no_database_is_damaged(tmp_path):
    (tmp_path / "ledger.db").write_bytes(b"x" * 8192)
    with pytest.raises(CheckFailed, match="damaged"):
        open_ledger(tmp_path)


def test_an_origin_with_a_space_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot name a key"):
        create_ledger(tmp_path, origin="my mission", key=LOG_KEY, author="a", now=START, mission={})
    assert list(tmp_path.iterdir()) == []


def test_every_commit_waits_for_the_disk(ledger):
    pragma = {
        name: ledger.connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "secure_delete")
    }
    assert pragma == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1}


# Several processes


def test_two_writers_take_turns_and_never_fork(ledger):
    folder, rounds = ledger.folder, 30

    def write(name: str) -> None:
        with open_ledger(folder) as own:
            for number in range(rounds):
                body = canonical_json({"writer": name, "number": number})
                own.append([Draft(Kind.OBSERVATION, body)] * 3, author=name, now=at(1))

    writers = [threading.Thread(target=write, args=(name,)) for name in ("a", "b", "c")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    entries = list(ledger.entries(start=2))
    assert len(entries) == 3 * 3 * rounds
    for name in ("a", "b", "c"):
        numbers = [e.body["number"] for e in entries if e.author == name]
        assert numbers == sorted(numbers)
    assert verify_ledger(folder).ok


def test_a_writer_that_waits_too_long_says_who_is_in_the_way(ledger):
    with open_ledger(ledger.folder, wait_s=0.05) as other:
        with ledger.transaction(), pytest.raises(InputError, match="another process is writing"):
            other.append([observation(1)], author="intake", now=at(1))
        other.append([observation(1)], author="intake", now=at(1))
    assert ledger.size == 3


def test_one_reads_while_another_writes(ledger):
    with open_ledger(ledger.folder) as other, ledger.transaction():
        ledger.add([observation(1)], ledger.stamp("intake", at(1)))
        assert other.size == 2
        assert ledger.size == 3
    assert ledger.size == 3


# The disk


def test_a_full_disk_is_told_and_nothing_is_lost(ledger):
    ledger.append([observation(1)], author="intake", now=at(1))
    (pages,) = ledger.connection.execute("PRAGMA page_count").fetchone()
    ledger.connection.execute(f"PRAGMA max_page_count = {pages + 5}")
    with pytest.raises(InputError, match=r"disk is full; .*nothing of this batch"):
        ledger.append(map(observation, range(2_000)), author="intake", now=at(2))
    assert ledger.size == 3
    ledger.connection.execute("PRAGMA max_page_count = 1073741823")
    ledger.append([observation(2)], author="intake", now=at(3))
    assert [e.subject for e in ledger.entries(start=2)] == ["smm/1", "smm/2"]
    assert verify_ledger(ledger.folder).ok


REFUSED_WRITES = """
import resource, sys
from backstop.errors import InputError
from backstop.watch.ledger import open_ledger
from watch_ledger_cases import at, observation

with open_ledger(sys.argv[1]) as ledger:
    ledger.append([observation(1)], author="intake", now=at(1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    try:
        ledger.append(map(observation, range(5_000)), author="intake", now=at(2))
    except InputError as error:
        print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits on file sizes are POSIX")
def test_a_disk_that_refuses_a_write_is_told_and_nothing_is_lost(ledger):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sys.path))}
    command = [sys.executable, "-c", REFUSED_WRITES, str(ledger.folder)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert "nothing of this batch is in" in shown.stdout
    assert ledger.size == 3
    ledger.append([observation(2)], author="intake", now=at(3))
    assert verify_ledger(ledger.folder).ok


# Proofs


def test_an_entry_can_be_proven_to_who_has_only_a_checkpoint(ledger):
    ledger.append(map(observation, range(600)), author="intake", now=at(1))
    head, _ = read_checkpoint(seal(ledger, LOG_KEY, author="mission", now=at(2)))
    ledger.append(map(observation, range(600, 900)), author="intake", now=at(3))
    leaf = Stamp("intake", at(1)).leaf(observation(17), f"{17:064x}")
    proof = ledger.inclusion_proof(19, size=head.size)
    assert included(leaf_hash(leaf), 19, size=head.size, root=head.root, proof=proof)
    later, _ = read_checkpoint(seal(ledger, LOG_KEY, author="mission", now=at(4)))
    proof = ledger.consistency_proof(head.size, size=later.size)
    assert consistent(head.size, head.root, size=later.size, root=later.root, proof=proof)


# Concealed values and redaction


def test_a_concealed_name_is_read_back_only_when_asked_for(ledger):
    ledger.append([named_observation(1, NAMES[0])], author="intake", now=at(1))
    (closed,) = ledger.entries(start=2)
    (opened,) = ledger.entries(start=2, revealed=True)
    assert closed.body["observer"].keys() == {"name", "post"}
    assert closed.body["observer"]["name"].keys() == {"salted-sha256"}
    assert opened.body["observer"] == {"name": NAMES[0], "post": "Svitlodarsk"}
    assert (closed.fingerprint, opened.fingerprint) == (None, f"{1:064x}")
    assert ledger.standing(["smm/1"])["smm/1"].fingerprint == f"{1:064x}"


def test_two_concealed_values_alike_do_not_look_alike():
    body = {"a": "name", "b": ["name", {"c/d": "name"}], "e": None}
    public, secrets = conceal(body, ["/a", "/b/0", "/b/1/c~1d", "/e", "/f"], salt=salt)
    assert len(secrets) == 3
    digests = {s.digest for s in secrets}
    assert len(digests) == 3
    assert b"name" not in canonical_json(public)
    assert body == {"a": "name", "b": ["name", {"c/d": "name"}], "e": None}


@pytest.mark.parametrize("whole", [False, True])
def test_an_erased_name_is_gone_from_every_byte_and_the_tree_still_stands(ledger, whole):
    folder = ledger.folder
    drafts = [named_observation(n, name) for n, name in enumerate(NAMES, 1)]
    ledger.append([*map(observation, range(100, 400)), *drafts], author="intake", now=at(1))
    kept = seal(ledger, LOG_KEY, author="mission", now=at(2))
    salts = [bytes([n]) * 32 for n in (1, 2, 3)]
    for name, secret in zip(NAMES, salts, strict=True):
        assert name.encode() in on_disk(folder)
        assert secret in on_disk(folder)
    redact(
        ledger, 303, None if whole else ["/observer/name"], reason="asked", author="dpo", now=at(3)
    )
    left = on_disk(folder)
    assert NAMES[1].encode() not in left
    assert salts[1] not in left
    assert f"{2:064x}".encode() not in left
    assert NAMES[0].encode() in left
    assert NAMES[2].encode() in left
    found = verify_ledger(folder, kept=[kept])
    assert (found.ok, found.redactions) == (True, 1)
    assert ledger.standing(["smm/2"])["smm/2"].redacted
    assert ledger.standing(["smm/2"])["smm/2"].fingerprint is None
    assert not ledger.standing(["smm/1"])["smm/1"].redacted


def test_a_name_in_free_text_goes_with_its_whole_entry(ledger):
    body = canonical_json({"text": f"heard from {NAMES[0]}"})
    ledger.append([Draft(Kind.OBSERVATION, body, "smm/1")], author="intake", now=at(1))
    redact(ledger, 2, None, reason="asked", author="dpo", now=at(2))
    assert NAMES[0].encode() not in on_disk(ledger.folder)
    (tombstone,) = ledger.entries(start=2)
    assert tombstone.body == {
        "entry": 2,
        "fields": "all",
        "kind": "observation",
        "reason": "asked",
    }
    assert verify_ledger(ledger.folder).ok


def test_the_tombstone_names_entry_fields_and_reason(ledger):
    ledger.append([named_observation(1, NAMES[0])], author="intake", now=at(1))
    redact(ledger, 2, ["/observer/name"], reason="asked", author="dpo", now=at(2))
    (tombstone,) = ledger.entries(start=3)
    assert (tombstone.kind, tombstone.subject) == (Kind.REDACTION, "smm/1")
    assert tombstone.body["fields"] == ["/observer/name", "fingerprint"]
    (entry,) = ledger.entries(2, 3, revealed=True)
    assert entry.body["observer"]["post"] == "Svitlodarsk"
    assert entry.body["observer"]["name"].keys() == {"salted-sha256"}


@pytest.mark.parametrize(
    ("index", "fields", "words"),
    [
        (2, ["/observer/post"], "not concealed, or erased already: /observer/post; there are: "),
        (2, [], "no field given"),
        (1, None, "of type key holds the log together"),
        (0, None, "of type mission holds the log together"),
    ],
)
def test_what_cannot_be_erased_is_refused(ledger, index, fields, words):
    ledger.append([named_observation(1, NAMES[0])], author="intake", now=at(1))
    with pytest.raises(InputError, match=words):
        redact(ledger, index, fields, reason="asked", author="dpo", now=at(2))
    assert ledger.size == 3


def test_what_is_erased_cannot_be_erased_again(ledger):
    ledger.append([named_observation(1, NAMES[0])], author="intake", now=at(1))
    redact(ledger, 2, ["/observer/name"], reason="asked", author="dpo", now=at(2))
    with pytest.raises(InputError, match="erased already"):
        redact(ledger, 2, ["/observer/name"], reason="asked", author="dpo", now=at(3))
    redact(ledger, 2, None, reason="all of it", author="dpo", now=at(4))
    with pytest.raises(InputError, match="erased whole already"):
        redact(ledger, 2, None, reason="all of it", author="dpo", now=at(5))
    with pytest.raises(NotFound, match="no entry 99"):
        redact(ledger, 99, None, reason="asked", author="dpo", now=at(6))
    assert verify_ledger(ledger.folder).ok


def test_a_reader_in_the_way_is_named_and_the_bytes_go_when_it_has_gone(tmp_path):
    folder = tmp_path / "mission"
    with new_ledger(folder) as made:
        made.append([named_observation(1, NAMES[0])], author="intake", now=at(1))
    with open_ledger(folder, wait_s=0.05) as ledger, open_ledger(folder) as reader:
        reader.connection.execute("BEGIN")
        assert reader.size == 3
        with pytest.raises(InputError, match="old bytes still stand in the file"):
            redact(ledger, 2, ["/observer/name"], reason="asked", author="dpo", now=at(2))
        assert ledger.size == 4
        reader.connection.execute("COMMIT")
    open_ledger(folder).close()
    assert NAMES[0].encode() not in on_disk(folder)
    assert verify_ledger(folder).ok


# Checkpoints, witnesses, keys


def test_a_checkpoint_is_kept_and_named_in_the_log(ledger):
    first = seal(ledger, LOG_KEY, author="mission", now=at(1))
    second = seal(ledger, LOG_KEY, author="mission", now=at(2))
    assert checkpoints(ledger) == [first, second]
    bodies = [e.body["previous"] for e in ledger.entries(kinds=[Kind.CHECKPOINT])]
    head, _ = read_checkpoint(first)
    assert bodies[0] is None
    assert bodies[1]["size"] == head.size == 3
    assert read_checkpoint(second)[0].root == ledger.root()


def test_a_stranger_does_not_sign(ledger):
    with pytest.raises(InputError, match="may not sign"):
        seal(ledger, WITNESS_KEY, author="mission", now=at(1))
    assert ledger.size == 2


def test_a_ledger_that_no_longer_continues_its_checkpoint_is_not_signed(ledger):
    ledger.append([observation(1)], author="intake", now=at(1))
    seal(ledger, LOG_KEY, author="mission", now=at(2))
    third = "CAST(substr(hashes, 1, 64) || zeroblob(32) || substr(hashes, 97) AS BLOB)"
    ledger.connection.execute(f"UPDATE tile SET hashes = {third} WHERE level = 0")
    with pytest.raises(CheckFailed, match="does not continue its checkpoint"):
        seal(ledger, LOG_KEY, author="mission", now=at(3))


def test_signatures_of_unknown_witnesses_are_not_taken(ledger):
    note = seal(ledger, LOG_KEY, author="mission", now=at(1))
    signed = str(cosign(note, log=LOG_KEY.verifier, witness=WITNESS_KEY, now=at(2)))
    assert take_cosignatures(ledger, signed) == 0
    admit_witness(ledger, WITNESS_KEY.verifier, author="mission", now=at(3))
    assert take_cosignatures(ledger, signed) == 1
    assert checkpoints(ledger) == [signed]
    with pytest.raises(InputError, match="no such checkpoint"):
        take_cosignatures(ledger, signed.replace("\n3\n", "\n2\n"))
    assert verify_ledger(ledger.folder).cosignatures == 1


def test_a_new_key_endorsed_by_the_old_signs_on(ledger):
    new = SigningKey("example.org/second", bytes(range(2, 34)))
    before = seal(ledger, LOG_KEY, author="mission", now=at(1))
    rotate_key(ledger, old=LOG_KEY, new=new, author="mission", now=at(2))
    with pytest.raises(InputError, match="may not sign"):
        seal(ledger, LOG_KEY, author="mission", now=at(3))
    after = seal(ledger, new, author="mission", now=at(3))
    assert verify_ledger(ledger.folder, kept=[before, after]).ok
    assert verify_ledger(ledger.folder, keys=[str(LOG_KEY.verifier)]).ok


def test_a_key_that_replaces_a_lost_one_must_be_told_to_verifiers(ledger):
    new = SigningKey("example.org/second", bytes(range(2, 34)))
    rotate_key(ledger, old=None, new=new, author="mission", now=at(2))
    seal(ledger, new, author="mission", now=at(3))
    found = verify_ledger(ledger.folder)
    assert found.broken[0].index == 2
    assert "admitted by no key" in found.broken[0].why
    told = [str(LOG_KEY.verifier), str(new.verifier)]
    assert verify_ledger(ledger.folder, keys=told).ok


def test_a_key_file_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "mission.key"
    key = create_key(path, name="example.org/mission")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_key(path) == key
    with pytest.raises(InputError, match="never overwritten"):
        create_key(path, name="example.org/mission")
    path.chmod(0o644)
    with pytest.raises(InputError, match="chmod 600"):
        read_key(path)


def test_key_files_that_will_not_do(tmp_path):
    with pytest.raises(NotFound, match="no such key file"):
        read_key(tmp_path / "none")
    with pytest.raises(InputError, match="cannot name a key"):
        create_key(tmp_path / "key", name="two words")
    bad = tmp_path / "bad"
    bad.touch(0o600)
    with pytest.raises(InputError, match="begins with PRIVATE"):
        read_key(bad)
    with pytest.raises(InputError, match="cannot be written"):
        create_key(tmp_path / "no" / "key", name="a")


def test_the_finished_mission_of_these_tests_is_in_order(tmp_path):
    mission = make_mission(tmp_path / "mission")
    appended(mission.folder, observation(999))
    found = verify_ledger(mission.folder, kept=mission.kept)
    assert found.broken == ()
    assert (found.redactions, found.held_back, found.cosignatures) == (2, 1, 2)
    assert (found.checkpoints, found.unsigned) == (6, 1)
