"""``backstop watch seal``, ``witness``, ``verify``, ``redact``: that the record can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from backstop.cli.options import head, json_option, print_json
from backstop.cli.plain import counted, printable
from backstop.cli.watch_mission import clock, key_place, mission_argument, own_text, watch_head

if TYPE_CHECKING:
    from backstop.watch.ledger import Ledger, VerifierKey


@click.command()
@click.argument("folder", metavar="[MISSION]", default="")
@click.option(
    "--proof",
    type=click.Path(dir_okay=False),
    help="Check this proof instead; the folder is then not needed.",
)
@click.option(
    "--checkpoint",
    "kept",
    multiple=True,
    type=click.Path(dir_okay=False),
    help="A checkpoint that you kept. Repeatable.",
)
@click.option("--key", "keys", multiple=True, help="A public key of the log, got from elsewhere.")
@click.option("--witness", "witnesses", multiple=True, help="A public key of a witness.")
@json_option
def verify(
    folder: str,
    proof: str | None,
    kept: tuple[str, ...],
    keys: tuple[str, ...],
    witnesses: tuple[str, ...],
    as_json: bool,
) -> int:
    """Has nobody rewritten the past? Exit code 1 when something is not as it was.

    Without a checkpoint that somebody kept, a log rewritten as a whole and signed anew with the
    mission's key cannot be told from the true one.

    \b
    backstop watch verify mission/ --checkpoint 2025-06-01.txt
    backstop watch verify --proof 17.tlog-proof --key 'example.org/mission+1a2b3c4d+AeTn…'
    """
    from backstop.cli.watch_prove import verify_proof
    from backstop.errors import CheckFailed
    from backstop.watch.ledger import verify_ledger

    if proof is not None:
        trusted = [_public_key(line, "--key") for line in keys]
        known = [_public_key(line, "--witness") for line in witnesses]
        shown = verify_proof(
            proof, folder=folder, kept=kept, keys=trusted, witnesses=known, as_json=as_json
        )
        return 0 if shown else CheckFailed.exit_code
    if not folder:
        raise click.UsageError("name a MISSION, or a --proof to check without one")
    texts = [own_text(place) for place in kept]
    found = verify_ledger(folder, kept=texts, keys=keys, witnesses=witnesses)
    if as_json:
        print_json({**head("watch-verify"), "folder": folder, **found.to_dict()})
        return 0 if found.ok else CheckFailed.exit_code
    if found.ok:
        click.echo(f"{folder}: {found.size:,} entries as they were appended")
    else:
        click.echo(f"{folder}: BROKEN in {counted(len(found.broken), 'place')}")
    for one in found.broken[:20]:
        where = "" if one.index is None else f"entry {one.index}: "
        click.echo(f"  {where}{printable(one.why)}")
    click.echo(
        f"{counted(found.checkpoints, 'checkpoint')}, "
        f"{counted(found.cosignatures, 'signature')} of witnesses, "
        f"{counted(found.redactions, 'redaction')}, "
        f"{counted(found.held_back, 'entry', 'entries')} while the clock ran backwards"
    )
    if found.unsigned:
        bare = counted(found.unsigned, "entry", "entries")
        click.echo(f"{bare} under no checkpoint yet: backstop watch seal {folder}")
    if not kept:
        click.echo("No kept checkpoint was given: a log rewritten as a whole would not show.")
    return 0 if found.ok else CheckFailed.exit_code


@click.command()
@mission_argument
@click.option("--key", "key_file", type=click.Path(dir_okay=False), help="The private key.")
@click.option("--out", type=click.Path(dir_okay=False), help="Write the checkpoint to this file.")
@click.option(
    "--admit", multiple=True, metavar="PUBLIC-KEY", help="Name this witness in the log. Repeatable."
)
@click.option(
    "--take",
    "signed",
    multiple=True,
    type=click.Path(dir_okay=False),
    help="Take in a witness's signature under a checkpoint, and sign nothing new. Repeatable.",
)
@json_option
def seal(
    folder: str,
    key_file: str | None,
    out: str | None,
    admit: tuple[str, ...],
    signed: tuple[str, ...],
    as_json: bool,
) -> None:
    """Sign the record as it is: a checkpoint for the parties to keep.

    Whoever keeps it can show later, with `verify --checkpoint`, that the past was rewritten.

    \b
    backstop watch seal mission/ --out 2025-06-01.txt
    backstop watch seal mission/ --admit 'party-a.example+1a2b3c4d+AeTn…'
    backstop watch seal mission/ --take signed-by-party-a.txt
    """
    from pathlib import Path

    from backstop.store.atomic import write_all
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import open_ledger, read_key
    from backstop.watch.ledger import seal as sign

    mission = open_mission(folder)
    if signed:
        if admit or out or key_file:
            raise click.UsageError("--take signs nothing; give it without --admit, --out and --key")
        _take(folder, signed, as_json=as_json)
        return
    key = read_key(key_place(folder, key_file))
    with open_ledger(mission.path) as ledger:
        _admit(ledger, admit)
        text = sign(ledger, key, author="seal", now=clock())
        size = ledger.size
    if out is not None:
        write_all(Path(out).parent, {Path(out).name: text})
    if as_json:
        print_json({**watch_head("seal", mission), "size": size, "checkpoint": text})
        return
    click.echo(text, nl=False)


def _admit(ledger: Ledger, lines: Sequence[str]) -> None:
    """Name witnesses in the log, unless they stand there."""
    from backstop.watch.ledger import admit_witness, witnesses

    named = witnesses(ledger)
    for key in [_public_key(line, "--admit") for line in lines]:
        if key not in named:
            admit_witness(ledger, key, author="seal", now=clock())


def _take(folder: str, files: Sequence[str], *, as_json: bool) -> None:
    from backstop.errors import InputError, Problem
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import open_ledger, take_cosignatures

    mission = open_mission(folder)
    taken = {}
    with open_ledger(mission.path) as ledger:
        for file in files:
            taken[file] = take_cosignatures(ledger, own_text(file))
    if not as_json:
        for file, count in taken.items():
            click.echo(f"{printable(file)}: {counted(count, 'new signature')} of witnesses")
    if not any(taken.values()) and not as_json:
        reason = "no new signature of a witness that the log names; name one with seal --admit"
        raise InputError([Problem(files[0], 0, 0, "", reason)])
    if as_json:
        print_json({**watch_head("seal", mission), "taken": taken})


def _public_key(line: str, option: str) -> VerifierKey:
    from backstop.errors import InputError, Problem
    from backstop.watch.ledger import BadNote, read_verifier_key

    try:
        return read_verifier_key(line)
    except BadNote as error:
        raise InputError([Problem(option, 0, 0, "", str(error))]) from None


@click.command()
@mission_argument
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(dir_okay=False),
    help="Your private key, not the mission's; made when there is none.",
)
@click.option("--name", default="", help="Whose key it is, when it is made: like party-a.example.")
@click.option(
    "--seen",
    type=click.Path(dir_okay=False),
    help="The last checkpoint that you signed. The first time there is none.",
)
@click.option("--log-key", default="", help="The log's public key, got from elsewhere.")
@click.option("--out", type=click.Path(dir_okay=False), help="Write what you signed to this file.")
@json_option
def witness(
    folder: str,
    key_file: str,
    name: str,
    seen: str | None,
    log_key: str,
    out: str | None,
    as_json: bool,
) -> None:
    """Sign the newest checkpoint as a witness, after holding the whole record against it.

    For a party with a copy of the folder, which is not changed. Keep what you signed: it is what
    `--seen` wants the next time, and what proves a fork. Hand it to the mission, which takes it in
    with `seal --take`.

    \b
    backstop watch witness copy/ --key party-a.key --name party-a.example --out first.txt
    backstop watch witness copy/ --key party-a.key --seen first.txt --out second.txt
    """
    from pathlib import Path

    from backstop.store.atomic import write_all
    from backstop.watch.ledger import bear_witness, create_key, read_key

    before = own_text(seen) if seen else ""
    log = _public_key(log_key, "--log-key") if log_key else None
    if not Path(key_file).exists() and not name:
        raise click.UsageError(f"there is no key {key_file}; say whose it shall be with --name")
    key = read_key(key_file) if Path(key_file).exists() else create_key(key_file, name=name)
    text = bear_witness(folder, key, now=clock(), seen=before, log=log)
    if out is not None:
        write_all(Path(out).parent, {Path(out).name: text})
    if as_json:
        body = {"folder": folder, "witness": str(key.verifier), "checkpoint": text}
        print_json({**head("watch-witness"), **body})
        return
    click.echo(text, nl=False)
    click.echo(f"Your public key, for the mission and whoever verifies: {key.verifier}", err=True)


@click.command()
@mission_argument
@click.option("--find", "sought", default="", metavar="TEXT", help="List where a text stands.")
@click.option("--entry", type=click.IntRange(0), help="The entry to erase from.")
@click.option(
    "--field", "fields", multiple=True, metavar="POINTER", help="A concealed field. Repeatable."
)
@click.option("--whole", is_flag=True, help="Erase the whole entry; only its hash stays.")
@click.option("--reason", default="", help="On what ground. It stays in the record.")
@json_option
def redact(
    folder: str,
    sought: str,
    entry: int | None,
    fields: tuple[str, ...],
    whole: bool,
    reason: str,
    as_json: bool,
) -> None:
    """Erase a name for good, and say so in the record, which still verifies.

    Concealed fields (free text and names of forms) can be erased by themselves. What stands openly
    goes with its whole entry. Copies, backups and files written before are not reached.

    \b
    backstop watch redact mission/ --find 'Olena K.'
    backstop watch redact mission/ --entry 17 --field /text --reason 'asked by the person'
    backstop watch redact mission/ --entry 18 --whole --reason 'names an informant'
    """
    if bool(sought) == (entry is not None):
        raise click.UsageError("either --find TEXT, or --entry NUMBER with what to erase of it")
    if sought:
        _print_mentions(folder, sought, as_json=as_json)
        return
    if bool(fields) == whole or not reason.strip():
        raise click.UsageError("--entry needs --field POINTER or --whole, and a --reason")
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import open_ledger
    from backstop.watch.ledger import redact as erase

    mission = open_mission(folder)
    with open_ledger(mission.path) as ledger:
        wanted = None if whole else fields
        assert entry is not None
        done = erase(ledger, entry, wanted, reason=reason, author="redact", now=clock())
    if as_json:
        body = {"entry": entry, "fields": list(fields) or "all", "tombstone": done.first}
        print_json({**watch_head("redact", mission), **body})
        return
    what = "the whole of it" if whole else ", ".join(fields)
    click.echo(f"Entry {entry}: erased {printable(what)}; entry {done.first} says so.")
    click.echo(f"Sign the record as it is now: backstop watch seal {folder}")


def _print_mentions(folder: str, sought: str, *, as_json: bool) -> None:
    from backstop.watch.folder import open_mission
    from backstop.watch.ledger import mentions, open_ledger
    from backstop.watch.shelf import quarantined_rows

    mission = open_mission(folder)
    with open_ledger(mission.path) as ledger:
        found = list(mentions(ledger, sought))
    shelves = [
        str(place)
        for place in sorted((mission.path / "quarantine").glob("*.csv"))
        if any(
            sought.casefold() in text.casefold()
            for one in quarantined_rows(place)
            for text in (*one.row.cells, one.row.raw)
        )
    ]
    if as_json:
        entries = [
            {"entry": m.index, "kind": m.kind.value, "subject": m.subject,
             "concealed": list(m.concealed), "open": list(m.open)}
            for m in found
        ]  # fmt: skip
        print_json({**watch_head("redact", mission), "entries": entries, "quarantine": shelves})
        return
    for one in found:
        click.echo(f"entry {one.index}, {one.kind.value} {printable(one.subject or '')}")
        if one.concealed:
            click.echo(f"  concealed: {' '.join(f'--field {p}' for p in one.concealed)}")
        if one.open:
            click.echo(f"  open, goes only with --whole: {', '.join(map(printable, one.open))}")
    for shelf in shelves:
        click.echo(f"{shelf}: holds it too; mend or remove its rows there")
    click.echo(f"{counted(len(found), 'entry', 'entries')} with it")


COMMANDS = (seal, verify, witness, redact)
