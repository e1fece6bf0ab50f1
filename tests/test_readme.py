"""The README shows what the program prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import backstop

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_sample_is_what_the_command_prints() -> None:
    section = README.split("## What it prints")[1].split("\n`backstop compare")[0]
    sample = [line[4:].rstrip() for line in section.splitlines() if line.startswith("    ")]
    assert len(sample) > 30
    page = str(backstop.assess(backstop.load("ukraine-2025").design("reassurance")))
    printed = {line.rstrip() for line in page.splitlines()}
    assert [line for line in sample if line.strip() not in ("…", "") and line not in printed] == []


def test_the_figure_in_the_python_example_is_the_one_it_gives() -> None:
    stated = re.search(r"page\.sizing\.deployed\.p50 +# ([\d,]+) troops", README)
    assert stated is not None
    design = backstop.load("ukraine-2025").design("tripwire")
    computed = backstop.assess(design, worlds=10_000, seed=1).sizing.deployed.p50
    assert f"{computed:,.0f}" == stated[1]


def test_both_commands_are_given() -> None:
    assert "uvx --from . backstop assess ukraine-2025/reassurance" in README
    assert "uv run pytest" in README
