"""What the repository and the package must not carry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RAW = ROOT.parent / "shared" / "sources"
FOLDERS = ("src", "tests", "docs", "benchmarks", "calibration", ".ci")
IGNORED = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
#: The kinds of file a scenario, a table or the package itself is made of.
PACKAGED = {".py", ".toml", ".csv", ".geojson", ".md", ".typed", ".xlsx"}


def _files() -> Iterator[Path]:
    yield from (p for p in ROOT.iterdir() if p.is_file() and p.name not in {"uv.lock", ".git"})
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and not IGNORED & set(path.parts):
                yield path


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def test_no_file_holds_a_path_of_a_machine():
    machine = re.compile(r"(?<![\w.])/(?:work|farm|home|root|Users|tmp/\w)[\w.-]*/[\w.]")
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in _files()
        if (match := machine.search(_text(path)))
    ]
    assert found == []


def test_the_package_holds_only_code_and_the_tables_it_reads():
    packaged = [p for p in _files() if p.is_relative_to(ROOT / "src")]
    odd = [str(p.relative_to(ROOT)) for p in packaged if (p.suffix or p.name) not in PACKAGED]
    assert odd == []
    assert sum(p.stat().st_size for p in packaged) < 5_000_000


@pytest.mark.skipif(not RAW.is_dir(), reason="the raw documents are not beside the repository")
def test_no_passage_of_a_source_document_is_shipped():
    """Twelve words in a row, other than its title, are a quotation and not a paraphrase."""
    run = 12
    passages: dict[str, str] = {}
    for document in RAW.glob("*.txt"):
        words = _words(_text(document))
        for start in range(len(words) - run + 1):
            passages[" ".join(words[start : start + run])] = document.name
    assert len(passages) > 3_000
    copied = []
    for path in _files():
        words = _words(re.sub(r"(?m)^title = .*$", "", _text(path)))
        for start in range(len(words) - run + 1):
            passage = " ".join(words[start : start + run])
            if passage in passages:
                copied.append(f"{path.relative_to(ROOT)}: {passage}")
                break
    assert copied == []


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
