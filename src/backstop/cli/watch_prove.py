"""``backstop watch prove`` and ``rekey``, and the check of a proof by ``verify --proof``."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from backstop.cli.options import head, json_option, print_json
from backstop.cli.plain import counted, printable
from backstop.cli.watch_mission import clock, key_place, mission_argument, own_text, watch_head

if TYPE_CHECKING:
    from backstop.watch.ledger import Consistency, Entry, Inclusion, Proven, TreeHead, VerifierKey


@click.command()
@mission_argument
@click.option(
    "--entry", default="", metavar="ENTRY", help="The number of an entry, or what it is about."
)
@click.option(
    "--since",
    type=click.Path(dir_okay=False),
    metavar="CHECKPOINT",
    help="Prove that the log continues this checkpoint.",
)
@click.option("--out", type=click.Path(dir_okay=False), help="Write the proof to this file.")
@json_option
def prove(folder: str, entry: str, since: str | None, out: str | None, as_json: bool) -> None:
    """Prove that an entry stands in the record, or that the record only grew.

    The proof is against the newest checkpoint. Whoever has the log's public key checks it with
    `verify --proof`, without the folder. What is concealed in an entry stays so.

    \b
    backstop watch prove mission/ --entry 17 --out 17.tlog-proof
    backstop watch prove mission/ --since 2025-06-01.txt --out since-june.txt
    backstop watch verify --proof 17.tlog-proof --key 'example.org/mission+1a2b3c4d+AeTn…'
    """
    from pathlib import Path

    from backstop.store.atomic import write_all
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import entry_of, open_ledger, prove_entry, prove_growth

    if bool(entry) == (since is not None):
        raise click.UsageError("either --entry ENTRY or --since CHECKPOINT")
    mission = open_mission(folder)
    before = None if since is None else state_of(since)
    proof: Inclusion | Consistency
    with open_ledger(mission.path) as ledger:
        if before is not None:
            proof = prove_growth(ledger, before)
        else:
            proof = prove_entry(ledger, entry_of(ledger, entry))
    if out is not None:
        write_all(Path(out).parent, {Path(out).name: str(proof)})
    if as_json:
        print_json({**watch_head("prove", mission), **_as_json(proof)})
    else:
        click.echo(str(proof), nl=False)


def _as_json(proof: Inclusion | Consistency) -> dict[str, Any]:
    """The proof taken apart, and its text."""
    from backstop.watch.ledger import CONSISTENCY_FORM, INCLUSION_FORM, Inclusion, leaf_hash

    body: dict[str, Any] = {
        "size": proof.head.size,
        "root": _text(proof.head.root),
        "path": [_text(one) for one in proof.path],
        "checkpoint": proof.checkpoint,
        "proof": str(proof),
    }
    if isinstance(proof, Inclusion):
        leaf = proof.leaf.decode()
        about = {"entry": proof.index, "leaf": leaf, "leaf_hash": _text(leaf_hash(proof.leaf))}
        return {"form": INCLUSION_FORM, **about, **body}
    return {"form": CONSISTENCY_FORM, "old": proof.old, **body}


def _text(data: bytes) -> str:
    return b64encode(data).decode()


def state_of(file: str) -> TreeHead:
    """What the checkpoint in a file states."""
    from backstop.errors import InputError, Problem
    from backstop.watch.ledger import BadNote, read_checkpoint

    try:
        return read_checkpoint(own_text(file))[0]
    except BadNote as error:
        raise InputError([Problem(file, 0, 0, "", f"is no checkpoint: {error}")]) from None


def _proof_in(file: str) -> Inclusion | Consistency:
    """The proof in a file: its text, or the JSON that ``prove`` prints."""
    import json

    from backstop.errors import InputError, Problem
    from backstop.watch.ledger import BadNote, read_proof

    text = own_text(file)
    try:
        if text.lstrip().startswith("{"):
            text = str(json.loads(text)["proof"])
        return read_proof(text)
    except (BadNote, ValueError, LookupError, TypeError) as error:
        raise InputError([Problem(file, 0, 0, "", f"is no proof: {error}")]) from None


def verify_proof(
    file: str,
    *,
    folder: str,
    kept: Sequence[str],
    keys: Sequence[VerifierKey],
    witnesses: Sequence[VerifierKey],
    as_json: bool,
) -> bool:
    """Check a proof, say what it shows, and whether it does."""
    if not (folder or keys or kept):
        raise click.UsageError(
            "say whose signature to believe: --key with the log's public key, MISSION, or "
            "--checkpoint with one that you kept"
        )
    found, faults = _checked(_proof_in(file), folder=folder, kept=kept, keys=keys, known=witnesses)
    if as_json:
        print_json({**head("watch-verify"), "proof": file, **_checked_body(found, faults)})
    elif faults:
        click.echo(f"{file}: BROKEN")
        for why in faults:
            click.echo(f"  {printable(why)}")
    else:
        click.echo(f"{file}: {_shown(found)}")
        click.echo(f"{counted(len(found.witnesses), 'signature')} of known witnesses under it")
    return not faults


def _checked(
    proof: Inclusion | Consistency,
    *,
    folder: str,
    kept: Sequence[str],
    keys: Sequence[VerifierKey],
    known: Sequence[VerifierKey],
) -> tuple[Proven, list[str]]:
    """The proof held against keys and kept checkpoints, and everything that is wrong with it."""
    from backstop.watch.ledger import check_proof, ring_of

    signers, witnesses, faults = list(keys), list(known), list[str]()
    if folder:
        ring = ring_of(folder, trusted=keys)
        signers, witnesses = ring.signers(proof.head.size), [*witnesses, *ring.witnesses]
        if ring.origin != proof.head.origin:
            faults.append(f"it is of the log {proof.head.origin}, not {ring.origin}")
    states = [state_of(place) for place in kept]
    found = check_proof(proof, keys=signers, kept=states, witnesses=witnesses)
    return found, [*faults, *found.faults]


def _checked_body(found: Proven, faults: Sequence[str]) -> dict[str, Any]:
    return {
        "ok": not faults,
        "origin": found.head.origin,
        "size": found.head.size,
        "root": _text(found.head.root),
        "entry": None if found.entry is None else _entry(found.entry),
        "old": found.old,
        "witnesses": list(found.witnesses),
        "broken": [{"index": None, "why": why} for why in faults],
    }


def _shown(found: Proven) -> str:
    """What a proof without fault shows."""
    of = f"the log {printable(found.head.origin)} of {counted(found.head.size, 'entry', 'entries')}"
    one = found.entry
    if one is None:
        return f"{of} continues the checkpoint of {found.old} that was kept"
    about = f" about {printable(one.subject)}" if one.subject else ""
    return f"entry {one.index}, {one.kind.value}{about}, known {one.at.isoformat()}, stands in {of}"


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "index": one.index,
        "kind": one.kind.value,
        "at": one.at.isoformat(),
        "author": one.author,
        "subject": one.subject,
        "body": one.body,
    }


@click.command()
@mission_argument
@click.option(
    "--new",
    "new_file",
    required=True,
    type=click.Path(dir_okay=False),
    help="The new private key; made when there is none.",
)
@click.option("--key", "key_file", type=click.Path(dir_okay=False), help="The private key in use.")
@click.option(
    "--lost",
    is_flag=True,
    help="The key in use is lost: nothing in the log can then vouch for the new one.",
)
@json_option
def rekey(folder: str, new_file: str, key_file: str | None, lost: bool, as_json: bool) -> None:
    """Change the key that signs: an entry signed by the old key names the new one.

    Whoever trusts the old public key then trusts the new one, and the old signs nothing more. Sign
    with `seal --key NEW` from then on, and destroy the old key.

    \b
    backstop watch rekey mission/ --new mission-2026.key
    """
    from pathlib import Path

    from backstop.errors import BackstopError
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import create_key, open_ledger, read_key, rotate_key

    if lost and key_file:
        raise click.UsageError("--lost says that there is no old key; leave --key out")
    mission = open_mission(folder)
    old = None if lost else read_key(key_place(folder, key_file))
    made = not Path(new_file).exists()
    name = mission.mission.origin
    new = create_key(new_file, name=name) if made else read_key(new_file)
    try:
        with open_ledger(mission.path) as ledger:
            rotate_key(ledger, old=old, new=new, author="rekey", now=clock())
    except BackstopError:
        if made:
            Path(new_file).unlink(missing_ok=True)
        raise
    if as_json:
        body = {"key": str(new.verifier), "endorsed": old is not None, "file": new_file}
        print_json({**watch_head("rekey", mission), **body})
        return
    click.echo(f"New public key, for the parties and whoever verifies: {new.verifier}")
    if old is None:
        click.echo("No old key vouches for it: give it to everybody by other means.")
    click.echo(f"Sign the record with it now: backstop watch seal {folder} --key {new_file}")


COMMANDS = (prove, rekey)
