"""``backstop evidence``: where numbers and positions come from, and whether it still stands."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from backstop.cli.options import head, json_option, print_json
from backstop.cli.plain import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from backstop.evidence.provenance import Number, Provenance
    from backstop.evidence.verification import DocumentCheck, SpanCheck, Verification
    from backstop.scenario.evidence import Evidence
    from backstop.scenario.scenario import Scenario

#: No kept document is larger; a file beyond it is not the one that was quoted.
LARGEST_BYTES = 50_000_000


@click.group()
def evidence() -> None:
    """Show where numbers and positions come from, and check it against the documents."""


@evidence.command("list")
@click.argument("target", metavar="SCENARIO[/DESIGN]")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print one table of numbers and positions.")
def list_(target: str, as_json: bool, as_csv: bool) -> None:
    """List what each number and position of SCENARIO, or of one DESIGN of it, rests on.

    A number rests on a source or claim that it names; it rests on it partly, when its note says
    that the rest is judgement; it has a context, when only the record or row around it names one,
    and so does not say for which number; or it is bare judgement. Claims that give different
    figures for one quantity are shown side by side, each with its definition.
    """
    from backstop.evidence.provenance import trace
    from backstop.scenario.files import split_target
    from backstop.scenario.load import load

    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other")
    name, wanted = split_target(target)
    scenario = load(name)
    design = scenario.design(wanted).design if wanted else None
    found = trace(scenario, design=design)
    if as_json:
        about = {"scenario_digest": scenario.digest, "design": wanted}
        sources = [source.model_dump(mode="json") for source in scenario.evidence.sources]
        body = head("evidence-list", scenario=scenario.name, **about)
        print_json({**body, **found.to_dict(), "sources": sources})
    elif as_csv:
        _print_csv(found)
    else:
        click.echo(f"{scenario.name}{f'/{wanted}' if wanted else ''}")
        _print_list(found)


@evidence.command("verify")
@click.argument("scenario")
@click.option(
    "--sources",
    "folder",
    required=True,
    type=click.Path(exists=True, file_okay=False),
    help="Folder that holds the kept documents, under the file names evidence.toml gives.",
)
@json_option
def verify_(scenario: str, folder: str, as_json: bool) -> int:
    """Check the evidence of SCENARIO against the documents: digests of files and of spans.

    Prints each quoted span with its claim. Exit code 1 when a digest differs or a file is missing.
    """
    from backstop.evidence.verification import verify
    from backstop.scenario.files import split_target
    from backstop.scenario.load import load

    loaded = load(split_target(scenario)[0])
    documents, faults = _read_documents(loaded.evidence, folder)
    result = verify(loaded.evidence, documents=documents, faults=faults)
    if as_json:
        body = head("evidence-verify", scenario=loaded.name, scenario_digest=loaded.digest)
        print_json({**body, **result.to_dict()})
    else:
        _print_verification(loaded, result)
    return 0 if result.ok else 1


def _read_documents(evidence: Evidence, folder: str) -> tuple[dict[str, bytes], dict[str, str]]:
    from pathlib import Path

    documents: dict[str, bytes] = {}
    faults: dict[str, str] = {}
    base = Path(folder).resolve()
    for name in sorted({source.file for source in evidence.sources if source.file}):
        path = base / name
        try:
            if not path.resolve().is_relative_to(base):
                faults[name] = "leads out of the folder; evidence.toml should give a plain name"
            elif not path.is_file():
                faults[name] = f"is not in {folder}" if not path.exists() else "is not a plain file"
            elif path.stat().st_size > LARGEST_BYTES:
                faults[name] = f"has more than {LARGEST_BYTES / 1e6:,.0f} MB; is it the right file?"
            else:
                documents[name] = path.read_bytes()
        except (OSError, ValueError) as error:
            faults[name] = f"cannot be read: {getattr(error, 'strerror', None) or error}"
    return documents, faults


def _print_csv(found: Provenance) -> None:
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("path", "value", "basis", "sources", "note"))
    for n in found.numbers:
        writer.writerow((n.path, n.value, n.basis, ";".join(n.sources), n.note))
    for p in found.positions:
        note = f"{p.date}, attested with {p.confidence} confidence"
        writer.writerow((p.path, p.stance, p.basis, ";".join(p.sources), note))
    click.echo(out.getvalue(), nl=False)


def _print_list(found: Provenance) -> None:
    counted = (
        (a.area, a.total, a.source, a.partly, a.context, a.judgement, _percent(a.share))
        for a in found.areas()
    )
    columns = ("part", "entries", "source", "partly", "context", "judgement", "sourced")
    _print_table("What it rests on", columns, counted)
    _print_table("Numbers", ("path", "value", "basis", "rests on"), _number_rows(found.numbers))
    positions = (
        (p.path.removeprefix("positions[").removesuffix("]"), p.stance, p.basis, _names(p.sources))
        for p in found.positions
    )
    _print_table("Positions", ("position", "stance", "basis", "rests on"), positions)
    for dispute in found.disputes:
        claims = (
            (f"{c.value} {c.unit}", c.actor, c.date, c.definition or "not stated", c.id, c.source)
            for c in dispute.claims
        )
        title = f"Claims that differ: {dispute.quantity}"
        _print_table(title, ("figure", "who", "date", "counts", "claim", "source"), claims)
    if found.unused:
        click.echo(f"\nNothing rests on: {_names(found.unused)}")
    _print_summary(found)


def _print_summary(found: Provenance) -> None:
    numbers, positions = found.coverage()["numbers"], found.coverage()["positions"]
    click.echo(
        f"\n{_percent(numbers.share)} of {numbers.total:,} numbers rest on named evidence; "
        f"{numbers.partly:,} rest on it in part, {numbers.context:,} only stand in a record that "
        f"names some, and {numbers.judgement:,} are judgement. "
        f"{_percent(positions.share)} of {positions.total:,} positions rest on named evidence."
    )


def _percent(share: float) -> str:
    """Rounded down: 100 % means all."""
    return f"{int(share * 100)} %"


def _number_rows(numbers: Iterable[Number]) -> Iterable[tuple[str, ...]]:
    """One line a number; the many that share a row's evidence in one line."""
    from itertools import groupby

    for (record, sources, basis), group in groupby(
        numbers, key=lambda n: (n.record, n.sources, n.basis)
    ):
        items = list(group)
        if len(items) > 1 and basis in ("source", "context"):
            yield record, f"{len(items)} numbers", basis, _names(sources)
            continue
        for n in items:
            reason = n.note or "no reason given"
            yield n.path, n.value, basis, reason if basis == "judgement" else _names(sources)


def _names(ids: Iterable[str]) -> str:
    return ", ".join(ids) or "nothing"


def _print_verification(scenario: Scenario, result: Verification) -> None:
    words = {"same": "ok", "differs": "DIFFERS", "missing": "MISSING", "unchecked": "unchecked"}
    for check in result.documents:
        message = f": {check.message}" if check.message else ""
        _echo(f"{words[check.status]:<9} {check.file} ({check.source}){message}")
    for span in result.spans:
        message = f": {span.message}" if span.message else ""
        click.echo()
        _echo(f"{words[span.status]:<9} {span.claim} in {span.source}{message}")
        if span.quote:
            _echo(f"  quoted   {span.quote}")
        _echo(f"  claimed  {span.paraphrase}")
    if not result.documents and not result.spans:
        click.echo(f"{scenario.name} names no kept file and no span: there was nothing to check")
        return
    click.echo(
        f"\n{scenario.name}: {_same(result.documents)} documents and {_same(result.spans)} spans "
        f"are as recorded. {result.without_file} sources name no kept file and "
        f"{result.without_span} claims no span; these cannot be checked."
    )


def _same(checks: Sequence[DocumentCheck] | Sequence[SpanCheck]) -> str:
    return f"{[check.status for check in checks].count('same')} of {len(checks)}"


def _echo(text: str) -> None:
    click.echo(printable(text))


def _print_table(title: str, columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # What others wrote is text, never markup; and a pipe has no width of its own.
    width = None if sys.stdout.isatty() else 180
    console = Console(markup=False, emoji=False, highlight=False, width=width)
    table = Table(title=Text(title), title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(str(cell))) for cell in row))
    click.echo()
    console.print(table)
