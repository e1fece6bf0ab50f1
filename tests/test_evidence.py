"""Where numbers come from, and whether the documents still say so."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from backstop.cli.evidence import evidence as evidence_command
from backstop.cli.init import init
from backstop.cli.plain import printable
from backstop.evidence.provenance import disputes, trace
from backstop.evidence.verification import verify
from backstop.scenario.evidence import Claim, Evidence, Source
from backstop.scenario.load import load

ARTICLES = Path(__file__).resolve().parents[2] / "shared" / "sources"


def claim(name: str, **fields: object) -> Claim:
    return Claim(id=name, source="s", actor="a", paraphrase="p", **fields)  # type: ignore[arg-type]


def claims(*figures: tuple[str, str], quantity: str = "force.size") -> Evidence:
    made = [
        claim(f"c{number}", quantity=quantity, value=value, unit=unit)
        for number, (value, unit) in enumerate(figures)
    ]
    return Evidence(claims=tuple(made))


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def located(text: str, start: int, end: int, *, file_digest: str | None = None) -> Evidence:
    source = Source(
        id="s",
        title="t",
        publisher="p",
        date="",
        language="en",
        file="s.txt",
        sha256=file_digest or digest(text.encode()),
    )
    span = digest(text[start:end].encode())
    return Evidence(sources=(source,), claims=(claim("c", start=start, end=end, span_sha256=span),))


# --- disputes ---------------------------------------------------------------------------------


def test_figures_of_one_quantity_stand_side_by_side_smallest_first_and_words_last():
    stated = (("150000", "troops"), ("tens of thousands", "troops"), ("10000", "troops"))
    (dispute,) = disputes(claims(*stated))
    assert [c.value for c in dispute.claims] == ["10000", "150000", "tens of thousands"]


def test_the_same_figure_written_in_two_ways_is_no_dispute():
    assert list(disputes(claims(("30,000", "troops"), ("30000", "troops")))) == []


def test_the_same_number_of_something_else_is_a_dispute():
    (dispute,) = disputes(claims(("2000", "km"), ("2000", "miles")))
    assert {c.unit for c in dispute.claims} == {"km", "miles"}


def test_claims_on_different_quantities_do_not_dispute():
    one = claims(("1", "x"), quantity="a").claims
    other = claim("d", quantity="b", value="2", unit="x")
    assert list(disputes(Evidence(claims=(*one, other)))) == []


# --- verification -----------------------------------------------------------------------------


@given(st.text(min_size=2), st.data())
def test_a_span_of_an_unchanged_document_is_the_same(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    try:
        content = text.encode()
    except UnicodeEncodeError:
        return
    result = verify(located(text, start, end), documents={"s.txt": content})
    assert result.ok
    assert result.spans[0].quote == text[start:end]


def test_spans_count_characters_not_bytes():
    text = "Рада НАТО: 30 000 військових"
    result = verify(located(text, 11, 17), documents={"s.txt": text.encode()})
    assert result.ok
    assert result.spans[0].quote == "30 000"


def test_a_changed_document_is_named_though_the_span_still_stands():
    result = verify(located("about 30,000 troops", 6, 12), documents={"s.txt": b"about 30,000 men"})
    assert not result.ok
    assert [check.status for check in result.documents] == ["differs"]
    assert [check.status for check in result.spans] == ["same"]


def test_a_moved_span_differs_and_shows_what_stands_there_now():
    recorded = located("about 30,000 troops", 6, 12)
    result = verify(recorded, documents={"s.txt": b"now about 30,000 troops"})
    assert result.spans[0].status == "differs"
    assert result.spans[0].quote == "out 30"


def test_a_span_beyond_the_end_says_how_long_the_text_is():
    result = verify(located("about 30,000 troops", 6, 12), documents={"s.txt": b"about 3"})
    assert result.spans[0].status == "differs"
    assert "the text has 7 characters" in result.spans[0].message


def test_a_missing_document_fails_and_so_do_its_spans():
    result = verify(located("about 30,000 troops", 6, 12), documents={})
    assert not result.ok
    assert result.documents[0].message == "is not in the folder"
    assert result.spans[0].status == "missing"


def test_a_document_that_is_not_utf_8_differs():
    content = "über 30,000".encode("latin-1")
    recorded = located("über 30,000", 5, 11, file_digest=digest(content))
    result = verify(recorded, documents={"s.txt": content})
    assert result.documents[0].status == "same"
    assert result.spans[0].status == "differs"
    assert "UTF-8" in result.spans[0].message


def test_a_document_without_a_digest_is_called_unchecked():
    recorded = located("about 30,000 troops", 6, 12)
    bare = recorded.sources[0].model_copy(update={"sha256": None})
    result = verify(
        recorded.model_copy(update={"sources": (bare,)}),
        documents={"s.txt": b"about 30,000 troops"},
    )
    assert result.documents[0].status == "unchecked"
    assert result.ok


@pytest.mark.skipif(not ARTICLES.is_dir(), reason="the five articles are not beside the repository")
def test_the_shipped_spans_stand_in_the_five_articles():
    evidence = load("ukraine-2025").evidence
    documents = {path.name: path.read_bytes() for path in ARTICLES.glob("*.txt")}
    result = verify(evidence, documents=documents)
    assert result.ok
    assert len(result.documents) == 5
    assert {f"c{number:02}" for number in range(1, 73)} <= {check.claim for check in result.spans}


# --- provenance -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("evidence") / "mine"
    CliRunner().invoke(init, [str(path)], catch_exceptions=False)
    return path


@pytest.fixture
def scenario(folder):
    return load(str(folder))


def basis(scenario, path, **changes):
    number = {n.path: n for n in trace(scenario).numbers}[path]
    return number.basis, number.sources


def test_a_number_with_a_source_and_no_reservation_rests_on_it(scenario):
    assert basis(scenario, "debate[example-figure].figure") == ("source", ("example-source",))


def test_a_number_whose_note_admits_judgement_rests_on_its_source_partly(scenario):
    path = "theatre.lines[contact].length_km"
    assert basis(scenario, path) == ("partly", ("example-claim",))


def test_a_number_without_a_source_is_judgement(scenario):
    assert basis(scenario, "sourcing.framework_share") == ("judgement", ())


def test_a_cell_of_a_row_with_sources_has_a_context_not_a_source(scenario):
    path = "offers[XAL/battalion].committed_units"
    assert basis(scenario, path) == ("context", ("example-source",))


def test_a_number_in_a_sourced_block_that_calls_itself_judgement_is_believed(scenario):
    (design,) = (d for d in scenario.designs if d.id == "presence")
    land = design.land.model_copy(update={"source": ("example-source",)})
    changed = scenario.model_copy(update={"designs": (design.model_copy(update={"land": land}),)})
    assert basis(changed, "designs[presence].land.consent") == ("judgement", ())
    covered = basis(changed, "designs[presence].land.covered_share")
    assert covered == ("context", ("example-source",))


def test_every_number_is_counted_once(scenario):
    found = trace(scenario)
    paths = [number.path for number in found.numbers]
    assert len(set(paths)) == len(paths)
    whole = found.coverage()["numbers"]
    assert whole.source + whole.partly + whole.context + whole.judgement == len(paths)
    assert sum(part.total for part in found.areas()) == len(paths) + len(found.positions)


def test_a_design_lists_only_what_it_depends_on(scenario):
    (design,) = (d for d in scenario.designs if d.id == "observers")
    found = trace(scenario, design=design)
    assert not any("battalion" in number.path for number in found.numbers)
    assert not any("presence" in number.path for number in found.numbers)
    assert any(n.path == "designs[observers].monitoring.access_share" for n in found.numbers)
    assert {n.path for n in found.numbers} < {n.path for n in trace(scenario).numbers}


def test_a_design_lists_the_positions_on_harder_questions_that_its_own_lean_on(scenario):
    (design,) = (d for d in scenario.designs if d.id == "observers")
    leaning = scenario.file.model_copy(update={"questions": ()})
    alone = trace(scenario.model_copy(update={"file": leaning}), design=design)
    asked = {"monitoring_mission", "support_from_outside"}
    assert {p.question for p in alone.positions} == asked
    whole = trace(scenario, design=design)
    assert {p.question for p in whole.positions} == asked | {"troops_in_southland"}


def test_evidence_that_nothing_rests_on_is_named(scenario):
    spare = scenario.evidence.sources[0].model_copy(update={"id": "spare"})
    changed = scenario.evidence.model_copy(update={"sources": (*scenario.evidence.sources, spare)})
    assert trace(scenario).unused == ()
    assert trace(scenario.model_copy(update={"evidence": changed})).unused == ("spare",)


# --- the command ------------------------------------------------------------------------------


def run(*arguments: object, exit_code: int = 0) -> str:
    result = CliRunner().invoke(
        evidence_command, [str(a) for a in arguments], standalone_mode=False, catch_exceptions=False
    )
    assert (result.return_value or 0) == exit_code
    return result.output


def test_list_prints_the_same_numbers_as_json_and_as_csv(folder, scenario):
    body = json.loads(run("list", folder, "--json"))
    assert body["schema"] == "backstop/evidence-list/1"
    assert body["scenario_digest"] == scenario.digest
    rows = list(csv.DictReader(io.StringIO(run("list", folder, "--csv"))))
    listed = [(n["path"], n["value"], n["basis"]) for n in body["numbers"]]
    listed += [(p["path"], p["stance"], p["basis"]) for p in body["positions"]]
    assert [(r["path"], r["value"], r["basis"]) for r in rows] == listed


def test_list_shows_what_a_number_rests_on(folder):
    lines = run("list", f"{folder}/presence").splitlines()
    (line,) = (text for text in lines if "theatre.lines[contact].length_km" in text)
    assert "example-claim" in line
    assert "200~220~260" in line


def documented(folder: Path, text: str, *, file: str = "a.txt") -> Path:
    """The folder with one document recorded as its evidence, and that document."""
    paraphrase = "[bold]not markup[/bold] \\u001b[31m"
    (folder / "evidence.toml").write_text(
        f"""
[[sources]]
id = "example-source"
title = "t"
publisher = "p"
date = ""
language = "en"
file = "{file}"
sha256 = "{digest(text.encode())}"

[[claims]]
id = "example-claim"
source = "example-source"
start = 0
end = {len(text)}
span_sha256 = "{digest(text.encode())}"
actor = "a"
paraphrase = "{paraphrase}"
"""
    )
    sources = folder.parent / "documents"
    sources.mkdir(exist_ok=True)
    (sources / "a.txt").write_text(text)
    return sources


@pytest.fixture
def fresh(tmp_path):
    CliRunner().invoke(init, [str(tmp_path / "mine")], catch_exceptions=False)
    return tmp_path / "mine"


def test_verify_prints_the_span_with_its_claim_and_exits_0(fresh):
    sources = documented(fresh, "about 30,000 troops")
    output = run("verify", fresh, "--sources", sources)
    assert "quoted   about 30,000 troops" in output
    assert "claimed  [bold]not markup[/bold]" in output
    assert "1 of 1 documents and 1 of 1 spans are as recorded" in output


def test_verify_says_so_when_there_is_nothing_to_check(fresh):
    output = run("verify", fresh, "--sources", fresh)
    assert output == "mine names no kept file and no span: there was nothing to check\n"


def test_verify_exits_1_when_a_document_was_changed(fresh):
    sources = documented(fresh, "about 30,000 troops")
    (sources / "a.txt").write_text("about 10,000 troops")
    body = json.loads(run("verify", fresh, "--sources", sources, "--json", exit_code=1))
    assert body["schema"] == "backstop/evidence-verify/1"
    assert body["ok"] is False
    assert [check["status"] for check in body["documents"]] == ["differs"]


def test_verify_exits_1_when_a_document_is_missing_and_names_the_folder(fresh):
    sources = documented(fresh, "about 30,000 troops")
    (sources / "a.txt").unlink()
    output = run("verify", fresh, "--sources", sources, exit_code=1)
    assert f"MISSING   a.txt (example-source): is not in {sources}" in output


def test_verify_reads_nothing_outside_the_folder(fresh):
    """Neither by a path, which `check` refuses already, nor by a link in the folder."""
    sources = documented(fresh, "secret", file="kept.txt")
    (sources.parent / "secret.txt").write_text("secret")
    (sources / "kept.txt").unlink(missing_ok=True)
    (sources / "kept.txt").symlink_to("../secret.txt")
    output = run("verify", fresh, "--sources", sources, exit_code=1)
    assert "leads out of the folder" in output
    assert "quoted" not in output


def test_verify_does_not_let_a_document_steer_the_terminal(fresh):
    sources = documented(fresh, "\x1b[2Jgone \u202eesrever \x9b31m")
    output = run("verify", fresh, "--sources", sources)
    assert "quoted   \\x1b[2Jgone \\u202eesrever \\x9b31m" in output
    assert not set(output) & {"\x1b", "\u202e", "\x9b"}


@given(st.text())
def test_printable_text_has_no_steering_characters_and_keeps_the_others(text):
    shown = printable(text)
    assert all(char.isprintable() or unicodedata.category(char) == "Zs" for char in shown)
    if text.isascii() and text.isprintable():
        assert shown == text
