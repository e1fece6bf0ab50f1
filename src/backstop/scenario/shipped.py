"""The tables that come with the package: bodies, stances, missions, regimes and battle."""

from __future__ import annotations

from backstop.scenario import files
from backstop.scenario.body import BodyLibrary
from backstop.scenario.document import Document
from backstop.scenario.mission import Mission, parse_missions
from backstop.scenario.toml_text import read_toml


def library() -> BodyLibrary:
    """The shipped bodies, forms of parliamentary consent and stance table."""
    return BodyLibrary.model_validate(raw("bodies.toml").data)


def raw(name: str) -> Document:
    """A shipped file such as ``bodies.toml`` before it is validated, for ``--set`` to change."""
    document, problems = read_toml(name, files.shipped_text(name))
    assert document is not None, problems
    return document


def missions() -> tuple[Mission, ...]:
    """The shipped table of historical deployments."""
    return parse_missions(files.shipped_text("missions.csv"))
