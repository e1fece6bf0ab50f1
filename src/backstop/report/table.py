"""The table of all designs: the JSON of a comparison, laid out for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from backstop.futures.figures import chance, futures, percent, shares, spread

Json = Mapping[str, Any]


def table(body: Json) -> Group:
    """Two rows a design: what it takes, and what it changes; ranges are the middle 90 %."""
    verdicts = [
        Text.assemble((f"{row['design']}: ", "bold"), row["verdict"]) for row in body["designs"]
    ]
    return Group(
        Text(f"{body['scenario']}: {len(body['designs'])} designs", style="bold"),
        Text(f"{futures(body['worlds'])}, seed {body['seed']}, the same for all.", style="dim"),
        _built(body),
        *_tested(body),
        *verdicts,
    )


def _columns(*names: str) -> Table:
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim", padding=(0, 1, 0, 0))
    for place, name in enumerate(names):
        made.add_column(name, no_wrap=place == 0)
    return made


def _built(body: Json) -> Table:
    """What a design takes and whether it gets it."""
    made = _columns("design", "regime", "deployed, k", "pool, k", "filled", "mandate", "bn $/year")
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
    return made


def _tested(body: Json) -> Iterator[RenderableType]:
    """What a design with its mandate changes, before how things then stand."""
    if all(row["area_saved_km2"] is None for row in body["designs"]):
        yield Text("Attack and ceasefire: not assessed, the scenario says nothing of an attack.\n")
        return
    made = _columns(
        "design", "adds in 5 years", "stands 5 years", "honoured", "km² saved", "holds 90 days"
    )
    for row in body["designs"]:
        gain = row["gain_5"]
        made.add_row(
            row["design"],
            points(gain) if gain else "—",
            chance(row["survival_5"]),
            chance(row["honoured_given_attack"]),
            spread(row["area_saved_km2"]),
            _holding(row),
        )
    yield made
    yield Text(
        "Adds in 5 years: points of per cent by which the design raises the chance that the "
        "ceasefire stands, against no guarantee in the same futures. Honoured: if it is attacked. "
        "Saved: ground, against the protected state alone in the same battles. Holds 90 days: the "
        "chance that the line does if the guarantee is honoured, with what that adds. All for a "
        "design that has its mandate. What a design adds says more than the levels.\n",
        style="dim",
    )


def _holding(row: Json) -> str:
    """The chance of holding for 90 days with what the design adds; a shorter war says nothing."""
    if row["held_90"] is None:
        return "—"
    held, alone = row["held_90"]["mean"], row["held_90_alone"]["mean"]
    return f"{percent(held)} ({point(held - alone)})"


def points(span: Mapping[str, float]) -> str:
    """``+7 (-1 to +20)``: a difference between chances, by its mean."""
    low, mean, high = (point(span[key]) for key in ("p05", "mean", "p95"))
    return mean if low == mean == high else f"{mean} ({low} to {high})"


def point(difference: float) -> str:
    """A difference between chances in points of per cent, with its sign."""
    rounded = round(100 * difference)
    if rounded == 0 and abs(difference) >= 0.0005:
        return f"{100 * difference:+.1f}"
    return f"{rounded:+d}" if rounded else "0"


def _thousands(span: Mapping[str, float] | None) -> Mapping[str, float] | None:
    return None if span is None else {key: value / 1000 for key, value in span.items()}
