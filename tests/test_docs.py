"""Every command, option, field, exit code and decision is documented, and no link is broken."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from backstop import errors
from backstop.cli.main import COMMANDS, backstop

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
GUIDE = (DOCS / "guide.md").read_text(encoding="utf-8")
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])


def _reference():
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _commands(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for inner, found in command.commands.items():
            yield from _commands(f"{name} {inner}", found)
    else:
        yield name, command


def _section(title: str) -> str:
    """Text under a heading that begins with the title, up to the next heading of its rank."""
    match = re.search(rf"^(#+) {re.escape(title)}\b.*\n", GUIDE, re.MULTILINE)
    assert match is not None, f"guide.md has no section {title!r}"
    following = re.split(rf"^#{{1,{len(match[1])}}} ", GUIDE[match.end() :], flags=re.MULTILINE)
    return match[0] + following[0]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_in_the_guide(name):
    shared = _section("Options that several commands share")
    top = backstop.get_command(click.Context(backstop), name)
    assert top is not None
    for words, command in _commands(name, top):
        section = _section(f"`backstop {words}")
        options = [p.opts[0] for p in command.params if isinstance(p, click.Option)]
        missing = [o for o in options if f"`{o}" not in section and f"`{o}" not in shared]
        assert missing == [], f"backstop {words}"


def test_the_guide_describes_no_command_that_is_not_there():
    described = re.findall(r"^### `backstop ([a-z]+)", GUIDE, re.MULTILINE)
    assert set(described) == set(COMMANDS)


def test_every_exit_code_is_in_the_guide():
    raised = {
        error.exit_code
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, errors.BackstopError)
    }
    table = re.findall(r"^\| (\d+) \|", _section("Exit codes"), re.MULTILINE)
    assert {int(code) for code in table} == raised | {0, 130}


def test_the_reference_of_fields_is_current():
    page = (DOCS / "scenario.md").read_text(encoding="utf-8")
    assert page == _reference().reference(), "run: python docs/make_reference.py"


def test_every_field_of_every_record_is_described():
    module = _reference()
    seen: set[type] = set()
    for _, model in module.FILES:
        rows = [row for row in module._record(model, seen) if row.startswith("| `")]
        assert [row for row in rows if re.search(r"\|\s*(\*Descriptive\.\*)?\s*\|$", row)] == []
    assert len(seen) > 40


def _slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        other = (page.parent / name).resolve() if name else page
        if not other.exists():
            broken.append(target)
        elif anchor:
            body = other.read_text(encoding="utf-8")
            headings = re.findall(r"^#+ (.+)$", body, re.MULTILINE)
            broken += [target] if anchor not in map(_slug, headings) else []
    assert broken == []


DECISIONS = sorted((DOCS / "decisions").glob("*.md"))


@pytest.mark.parametrize("page", DECISIONS, ids=lambda p: p.name)
def test_a_decision_has_a_date_and_a_status(page):
    text = page.read_text(encoding="utf-8")
    pattern = (
        r"^Date: \d{4}-\d{2}-\d{2}\. Status: (proposed|accepted|superseded by \[.+\]\(.+\))\.$"
    )
    assert text.startswith("# ")
    assert re.search(pattern, text, re.MULTILINE)


def test_the_glossary_defines_each_term_once_in_order():
    terms = re.findall(r"^\*\*(.+?)\.\*\*", GLOSSARY, re.MULTILINE)
    assert terms == sorted(set(terms), key=str.casefold)


TERMS = """
attribution, caveat, dwell, framework nation, freedom of movement, line of contact, notice to move,
pool ratio, rules of engagement, statement of requirements, tour, tripwire, withdrawal line
"""


@pytest.mark.parametrize("term", re.split(r",\s+", TERMS.strip()))
def test_the_glossary_has_the_terms_of_the_field(term):
    assert f"**{term.capitalize()}.**" in GLOSSARY
