"""Signed notes, checkpoints and witnesses' signatures against published ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstop.watch.ledger import (
    BadNote,
    SigningKey,
    TreeHead,
    cosign,
    cosigned_at,
    read_checkpoint,
    read_verifier_key,
)
from backstop.watch.ledger.checkpoint import sign_checkpoint
from backstop.watch.ledger.merkle import consistency_proof, leaf_hash, range_root
from backstop.watch.ledger.note import read_note, read_signing_key, sign_note
from backstop.watch.ledger.signature import public_key, sign, signed
from backstop.watch.ledger.tree import Tree, node_in_tiles
from watch_ledger_cases import LOG_KEY, ORIGIN, START, WITNESS_KEY

# The example in the documentation of golang.org/x/mod/sumdb/note, the format's first home.
GO_SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""  # noqa: E501

# The example of C2SP signed-note.
C2SP_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
C2SP_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""  # noqa: E501

# A checkpoint of a public log, with its own Ed25519 signature, one of another type, and those of
# public witnesses.
PUBLIC_LOG = "arche2025h1.staging.ct.transparency.dev"
PUBLIC_LOG_KEY = f"{PUBLIC_LOG}+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
PUBLIC_WITNESSES = (
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
    "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
    (
        "transparency.dev/DEV:witness-little-garden+d8042a87"
        "+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM"
    ),
)
PUBLIC_CHECKPOINT = """arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
"""  # noqa: E501


def test_ed25519_is_that_of_rfc_8032_section_7_1_test_1():
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    signature = (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
        "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert public_key(seed).hex() == public
    assert sign(b"", seed).hex() == signature
    assert signed(b"", bytes.fromhex(signature), bytes.fromhex(public))
    assert not signed(b"\0", bytes.fromhex(signature), bytes.fromhex(public))


@pytest.mark.parametrize(("key", "text"), [(GO_KEY, GO_NOTE), (C2SP_KEY, C2SP_NOTE)])
def test_published_notes_verify_and_are_written_back_as_they_are(key, text):
    note = read_note(text)
    assert note.signed_by(read_verifier_key(key))
    assert str(note) == text
    assert str(read_verifier_key(key)) == key


def test_signing_the_published_text_gives_the_published_note():
    key = read_signing_key(GO_SIGNER)
    assert key.text() == GO_SIGNER
    assert str(key.verifier) == GO_KEY
    assert str(sign_note(read_note(GO_NOTE).text, key)) == GO_NOTE


def test_a_checkpoint_of_a_public_log_and_its_witnesses():
    head, note = read_checkpoint(PUBLIC_CHECKPOINT)
    assert (head.origin, head.size) == (PUBLIC_LOG, 1_432_088_532)
    assert str(head) == note.text
    assert note.signed_by(read_verifier_key(PUBLIC_LOG_KEY))
    for line in PUBLIC_WITNESSES:
        when = cosigned_at(note, read_verifier_key(line))
        assert when == datetime.fromtimestamp(0x6A122120, UTC), line


@pytest.mark.parametrize("line", PUBLIC_WITNESSES)
def test_a_witness_signs_the_whole_checkpoint(line):
    _, note = read_checkpoint(PUBLIC_CHECKPOINT.replace("1432088532", "1432088533"))
    assert cosigned_at(note, read_verifier_key(line)) is None
    assert not note.signed_by(read_verifier_key(PUBLIC_LOG_KEY))


def test_a_witness_line_is_no_log_signature():
    head = TreeHead(ORIGIN, 1, leaf_hash(b""))
    note = cosign(
        str(sign_checkpoint(head, LOG_KEY)), log=LOG_KEY.verifier, witness=WITNESS_KEY, now=START
    )
    assert cosigned_at(note, WITNESS_KEY.verifier) == START
    assert not note.signed_by(WITNESS_KEY.verifier)


def test_a_witness_signs_only_what_continues_what_it_saw():
    hashes = [leaf_hash(b"%d" % n) for n in range(100)]
    tree = Tree()
    tree.extend(hashes)
    tiles = tree.unsaved()

    def node(height, position):
        return node_in_tiles(lambda level, number: tiles[level, number], height, position)

    seen = TreeHead(ORIGIN, 40, range_root(node, 0, 40))
    now = START + timedelta(days=1)
    text = str(sign_checkpoint(TreeHead(ORIGIN, 100, tree.root()), LOG_KEY))
    proof = consistency_proof(node, 40, size=100)
    arguments = {"log": LOG_KEY.verifier, "witness": WITNESS_KEY, "now": now}
    note = cosign(text, **arguments, seen=seen, proof=proof)
    assert cosigned_at(note, WITNESS_KEY.verifier) == now
    forked = TreeHead(ORIGIN, 40, hashes[0])
    for head, path in ((seen, ()), (forked, proof), (TreeHead(ORIGIN, 101, seen.root), proof)):
        with pytest.raises(BadNote, match="does not continue"):
            cosign(text, **arguments, seen=head, proof=path)
    with pytest.raises(BadNote, match="not other"):
        cosign(text, **arguments, seen=TreeHead("other", 40, seen.root), proof=proof)
    with pytest.raises(BadNote, match="is not signed by"):
        cosign(text, log=WITNESS_KEY.verifier, witness=WITNESS_KEY, now=now)


@pytest.mark.parametrize(
    "text",
    [
        "no signature\n",
        "no blank line\n— a AAAAAAAA\n",
        "text\n\n",
        "text\n\n— a AAAAAAAA",
        "text\n\n- a AAAAAAAA\n",
        "text\n\n— a b AAAAAAAA\n",
        "text\n\n— a+b AAAAAAAA\n",
        "text\n\n— a AAAAAAA\n",
        "text\n\n— a AAAAAB==\n",
        "text\n\n— a AAAA\n",
        "te\txt\n\n— a AAAAAAAA\n",
        "text\n\n— a AAAAAAAA\r\n",
    ],
)
def test_malformed_notes_are_refused(text):
    with pytest.raises(BadNote):
        read_note(text)


@pytest.mark.parametrize(
    "body",
    [
        "origin\n1\n",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
        "origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2=\n",
    ],
)
def test_malformed_checkpoints_are_refused(body):
    with pytest.raises(BadNote):
        read_checkpoint(f"{body}\n— a AAAAAAAA\n")


def test_extension_lines_are_read_over_but_signed():
    head, note = read_checkpoint(str(sign_note(f"{TreeHead('o', 1, bytes(32))}extra\n", LOG_KEY)))
    assert head == TreeHead("o", 1, bytes(32))
    assert note.signed_by(LOG_KEY.verifier)


@given(st.integers(0, len(GO_KEY) - 1), st.integers(0, 7))
def test_a_flipped_bit_in_a_public_key_is_noticed(place, bit):
    letter = chr(ord(GO_KEY[place]) ^ 1 << bit)
    line = GO_KEY[:place] + letter + GO_KEY[place + 1 :]
    if line.strip() == GO_KEY:
        return
    with pytest.raises(BadNote):
        read_verifier_key(line)


def test_a_private_key_does_not_show_its_seed():
    key = SigningKey("a", bytes(range(32)))
    assert "seed" not in repr(key)
    assert repr(bytes(range(32))) not in repr(key)
