"""The table of all designs: the JSON of a comparison, laid out for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from backstop.futures.figures import chance, shares, spread

Json = Mapping[str, Any]


def table(body: Json) -> Group:
    """One row a design; ranges are the middle 90 % of the futures."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim", padding=(0, 1, 0, 0))
    for column in ("design", "regime", "deployed, k", "pool, k", "filled", "mandate", "bn $/year"):
        made.add_column(column, no_wrap=True)
    for row in body["designs"]:
        made.add_row(
            row["design"],
            row["regime"],
            spread(_thousands(row["deployed"])),
            spread(_thousands(row["pool"])),
            shares(row["coverage"]),
            chance(row["route_probability"]),
            spread(_thousands(row["cost_usd_m_per_year"])),
        )
    verdicts = [
        Text.assemble((f"{row['design']}: ", "bold"), row["verdict"]) for row in body["designs"]
    ]
    return Group(
        Text(f"{body['scenario']}: {len(body['designs'])} designs", style="bold"),
        Text(f"{body['worlds']:,} futures, seed {body['seed']}, the same for all.", style="dim"),
        made,
        *verdicts,
        Text(
            "\nWhat happens if it is attacked, and whether it deters, is not assessed in this "
            "release.",
            style="dim",
        ),
    )


def _thousands(span: Mapping[str, float] | None) -> Mapping[str, float] | None:
    return None if span is None else {key: value / 1000 for key, value in span.items()}
