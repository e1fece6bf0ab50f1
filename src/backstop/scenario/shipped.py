"""The tables that come with the package: bodies, stances, missions and regimes."""

from __future__ import annotations

import tomllib
from typing import Any

from backstop.scenario import files
from backstop.scenario.body import BodyLibrary
from backstop.scenario.mission import Mission, parse_missions


def library() -> BodyLibrary:
    """The shipped bodies, forms of parliamentary consent and stance table."""
    return BodyLibrary.model_validate(tomllib.loads(files.shipped_text("bodies.toml")))


def sizing_data() -> dict[str, Any]:
    """Raw data of the regimes and gross-up factors, before overrides."""
    return tomllib.loads(files.shipped_text("regimes.toml"))


def missions() -> tuple[Mission, ...]:
    """The shipped table of historical deployments."""
    return parse_missions(files.shipped_text("missions.csv"))
