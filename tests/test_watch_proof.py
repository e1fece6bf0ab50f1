"""Proofs by command: that an entry stands in the record, that it only grew; and a change of key."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstop.watch.ledger import (
    BadNote,
    SigningKey,
    check_proof,
    open_ledger,
    prove_entry,
    prove_growth,
    read_checkpoint,
    read_proof,
    seal,
)
from watch_cases import new_mission, ucdp_csv, write
from watch_cli_cases import KEY, keyed_mission, runner
from watch_ledger_cases import LOG_KEY, WITNESS_KEY, at, make_mission

LOG = str(KEY.verifier)


@pytest.fixture
def watch(monkeypatch, capsys):
    return runner(monkeypatch, capsys)


@pytest.fixture
def mission(tmp_path, watch):
    """A mission with three records, sealed once after two of them and once after all."""
    folder = keyed_mission(tmp_path / "m")
    watch("intake", folder, write(tmp_path / "a.csv", ucdp_csv({"id": "1"}, {"id": "2"})))
    assert watch("seal", folder, "--out", tmp_path / "first.txt").code == 0
    watch("intake", folder, write(tmp_path / "b.csv", ucdp_csv({"id": "3"})))
    assert watch("seal", folder, "--out", tmp_path / "second.txt").code == 0
    return folder


def _by_hand(text):
    """The root that a C2SP tlog-proof leads to: written anew from RFC 6962, section 2.1.1."""
    first, checkpoint = text.split("\n\n", 1)
    lines = first.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    leaf = b64decode(lines[1].removeprefix("extra "))
    index = int(lines[2].removeprefix("index "))
    path = [b64decode(line) for line in lines[3:]]
    _, size, root = checkpoint.split("\n")[:3]
    found, position, last = sha256(b"\0" + leaf).digest(), index, int(size) - 1
    while last:
        if position % 2:
            found = sha256(b"\1" + path.pop(0) + found).digest()
        elif position < last:
            found = sha256(b"\1" + found + path.pop(0)).digest()
        position, last = position // 2, last // 2
    assert not path
    return found, b64decode(root)


def test_the_proof_of_an_entry_is_a_tlog_proof_and_holds_by_hand(watch, mission):
    made = watch("prove", mission, "--entry", 3)
    assert made.code == 0
    found, root = _by_hand(made.out)
    assert found == root


def test_a_proof_is_checked_from_its_text_and_the_public_key_alone(watch, mission, tmp_path):
    place = tmp_path / "elsewhere" / "3.tlog-proof"
    place.parent.mkdir()
    body = watch("prove", mission, "--entry", 3, "--out", place, "--json").body
    assert (body["schema"], body["form"]) == ("backstop/watch-prove/1", "c2sp.org/tlog-proof@v1")
    assert body["proof"] == place.read_text()
    found = watch("verify", "--proof", place, "--key", LOG, "--json")
    assert (found.code, found.body["ok"], found.body["entry"]["index"]) == (0, True, 3)
    assert found.body["entry"]["kind"] == "observation"
    # The JSON that was printed serves as well as the text.
    printed = write(tmp_path / "3.json", json.dumps(body))
    assert watch("verify", "--proof", printed, "--key", LOG).code == 0
    assert watch("verify", mission, "--proof", place).code == 0


def test_an_entry_is_found_by_what_it_is_about_the_newest_first(watch, mission):
    subject = watch("prove", mission, "--entry", 3, "--json").body["leaf"]
    name = json.loads(subject.partition("\n")[2])["subject"]
    again = watch("prove", mission, "--entry", name, "--json").body
    assert again["entry"] == 3
    assert watch("prove", mission, "--entry", "no such record").code == 2
    assert watch("prove", mission, "--entry", 10_000).code == 2


def test_growth_is_proven_against_a_kept_checkpoint_and_not_against_another(
    watch, mission, tmp_path
):
    place = tmp_path / "grown.txt"
    made = watch("prove", mission, "--since", tmp_path / "first.txt", "--out", place)
    assert made.code == 0
    old = read_checkpoint((tmp_path / "first.txt").read_text())[0]
    assert place.read_text().startswith(f"old {old.size}\n")
    kept = ("--checkpoint", tmp_path / "first.txt")
    shown = watch("verify", "--proof", place, "--key", LOG, *kept, "--json")
    assert (shown.code, shown.body["old"]) == (0, old.size)
    # Without the old checkpoint there is nothing that it continues.
    assert watch("verify", "--proof", place, "--key", LOG).code == 1
    assert watch("verify", "--proof", place, "--key", LOG, "--checkpoint",
                 tmp_path / "second.txt").code == 1  # fmt: skip


def test_a_forked_log_cannot_prove_that_it_grew(watch, mission, tmp_path):
    """The same mission begun again has another past under the same name and key."""
    other = new_mission(tmp_path / "other").path
    other.with_name("other.key").write_text(KEY.text() + "\n")
    other.with_name("other.key").chmod(0o600)
    watch("intake", other, write(tmp_path / "x.csv", ucdp_csv({"id": "8"}, {"id": "9"})))
    watch("seal", other)
    watch("intake", other, write(tmp_path / "y.csv", ucdp_csv({"id": "7"})))
    watch("seal", other, "--out", tmp_path / "forked.txt")
    refused = watch("prove", other, "--since", tmp_path / "first.txt")
    assert (refused.code, "does not continue" in refused.err) == (1, True)
    # A proof from the fork is caught by a checkpoint of that size.
    place = tmp_path / "p"
    watch("prove", other, "--entry", 3, "--out", place)
    assert watch("verify", "--proof", place, "--key", LOG).code == 0
    kept = ("--checkpoint", tmp_path / "second.txt")
    forked = watch("verify", "--proof", place, "--key", LOG, *kept)
    assert (forked.code, "was forked" in forked.out) == (1, True)


def test_what_no_checkpoint_covers_and_what_was_erased_is_refused_with_the_remedy(
    watch, mission, tmp_path
):
    watch("intake", mission, write(tmp_path / "c.csv", ucdp_csv({"id": "4"})))
    with open_ledger(mission) as ledger:
        last = ledger.size - 1
    early = watch("prove", mission, "--entry", last)
    assert (early.code, "watch seal" in early.err) == (2, True)
    watch("redact", mission, "--entry", 3, "--whole", "--reason", "names an informant")
    watch("seal", mission)
    gone = watch("prove", mission, "--entry", 3)
    assert (gone.code, "erased" in gone.err) == (2, True)
    assert watch("prove", mission, "--entry", 4).code == 0


def test_a_proof_without_anybody_to_believe_is_not_checked(watch, mission, tmp_path):
    place = tmp_path / "p"
    watch("prove", mission, "--entry", 3, "--out", place)
    assert watch("verify", "--proof", place).code == 2
    assert watch("verify").code == 2
    assert watch("prove", mission).code == 2
    stranger = SigningKey("example.org/mission", bytes(32)).verifier
    assert watch("verify", "--proof", place, "--key", stranger).code == 1
    # Who kept that very checkpoint needs no key.
    assert watch("verify", "--proof", place, "--checkpoint", tmp_path / "second.txt").code == 0


# --- what the proofs say, over a whole log ----------------------------------------------------


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    made = make_mission(tmp_path_factory.mktemp("log") / "m")
    with open_ledger(made.folder) as ledger:
        yield made, ledger


def test_every_entry_of_a_log_of_three_hundred_is_provable(log):
    made, ledger = log
    size = read_checkpoint(made.kept[-1])[0].size
    erased = 10
    for index in set(range(0, size, 7)) | {0, size - 1}:
        if index == erased:
            continue
        found = check_proof(prove_entry(ledger, index), keys=[LOG_KEY.verifier])
        assert found.ok
        assert found.entry is not None
        assert found.entry.index == index


@given(data=st.data())
def test_a_proof_with_one_bit_changed_is_caught(log, data):
    _, ledger = log
    text = str(prove_entry(ledger, data.draw(st.sampled_from([0, 1, 77, 250]))))
    at_byte = data.draw(st.integers(0, len(text.encode()) - 1))
    raw = bytearray(text.encode())
    raw[at_byte] ^= 1 << data.draw(st.integers(0, 7))
    try:
        proof = read_proof(raw.decode())
    except (BadNote, UnicodeDecodeError):
        return
    found = check_proof(proof, keys=[LOG_KEY.verifier])
    # What still holds can differ in the lines of other signers only.
    before = read_proof(text)
    told = (proof.index, proof.leaf, proof.path, proof.head)
    assert not found.ok or told == (before.index, before.leaf, before.path, before.head)


@given(data=st.data())
def test_growth_with_a_hash_changed_or_left_out_is_caught(log, data):
    made, ledger = log
    before = read_checkpoint(made.kept[0])[0]
    proof = prove_growth(ledger, before)
    assert check_proof(proof, keys=[LOG_KEY.verifier], kept=[before]).ok
    lines = str(proof).split("\n")
    number = data.draw(st.integers(1, len(proof.path)))
    if data.draw(st.booleans()):
        del lines[number]
    else:
        raw = bytearray(b64decode(lines[number]))
        raw[data.draw(st.integers(0, 31))] ^= 1
        lines[number] = b64encode(raw).decode()
    assert not check_proof(read_proof("\n".join(lines)), keys=[LOG_KEY.verifier], kept=[before]).ok


def test_what_witnesses_signed_goes_with_the_proof(log):
    made, ledger = log
    seal(ledger, LOG_KEY, author="mission", now=at(40))
    proof = prove_entry(ledger, 5)
    found = check_proof(proof, keys=[LOG_KEY.verifier], witnesses=[WITNESS_KEY.verifier])
    assert (found.ok, found.witnesses) == (True, ())
    first = str(proof).split("\n\n")[0]
    assert read_proof(f"{first}\n\n{made.kept[-1]}").head.size < proof.head.size


@pytest.mark.parametrize(
    "text",
    ["", "old 3\n", "c2sp.org/tlog-proof@v1\nindex 0\n\nno checkpoint\n",
     "c2sp.org/tlog-proof@v1\nindex 01\n\n", "c2sp.org/tlog-proof@v2\nindex 1\n\n"],
)  # fmt: skip
def test_a_text_that_is_no_proof_is_refused(text):
    with pytest.raises(BadNote):
        read_proof(text)


# --- the signing key --------------------------------------------------------------------------


def test_a_key_is_changed_by_command_and_the_old_public_key_is_still_enough(
    watch, mission, tmp_path
):
    new = tmp_path / "new.key"
    changed = watch("rekey", mission, "--new", new, "--json")
    assert (changed.code, changed.body["endorsed"]) == (0, True)
    assert new.stat().st_mode & 0o077 == 0
    # The old key signs nothing more, the new one does.
    assert watch("seal", mission).code == 2
    assert watch("seal", mission, "--key", new, "--out", tmp_path / "third.txt").code == 0
    checked = watch("verify", mission, "--key", LOG, "--checkpoint", tmp_path / "first.txt",
                    "--checkpoint", tmp_path / "third.txt")  # fmt: skip
    assert checked.code == 0
    # A proof is now signed by the new key, which the folder's entries vouch for.
    place = tmp_path / "p"
    watch("prove", mission, "--entry", 3, "--out", place)
    assert watch("verify", "--proof", place, "--key", LOG).code == 1
    assert watch("verify", mission, "--proof", place, "--key", LOG).code == 0
    assert watch("verify", "--proof", place, "--key", changed.body["key"]).code == 0


def test_a_lost_key_is_reported_until_the_new_one_is_given(watch, mission, tmp_path):
    new = tmp_path / "new.key"
    changed = watch("rekey", mission, "--new", new, "--lost", "--json").body
    assert changed["endorsed"] is False
    assert watch("seal", mission, "--key", new).code == 0
    assert watch("verify", mission).code == 1
    assert watch("verify", mission, "--key", LOG, "--key", changed["key"]).code == 0


def test_a_key_in_use_or_a_strangers_is_no_change(watch, mission, tmp_path):
    same = watch("rekey", mission, "--new", mission.with_name("m.key"))
    assert (same.code, "in use already" in same.err) == (2, True)
    stranger = tmp_path / "s.key"
    stranger.write_text(SigningKey("example.org/mission", bytes(32)).text() + "\n")
    stranger.chmod(0o600)
    new = tmp_path / "never.key"
    refused = watch("rekey", mission, "--new", new, "--key", stranger)
    assert (refused.code, new.exists()) == (2, False)
    assert watch("verify", mission).code == 0
