"""All tables of the validation page from a folder of raw data."""

from __future__ import annotations

from pathlib import Path

import shapely

from calibration import (
    battle_model,
    battle_tables,
    diagnosis,
    front_model,
    front_tables,
    published,
    scenario_model,
)
from calibration.cdb90 import Battle, read_battles
from calibration.front import changes, read_line, read_maps
from calibration.front_tables import CELLS, FITTED_UNTIL, Series, series
from calibration.shipped import shipped_draws
from calibration.tables import Table


def battle_report(battles: list[Battle]) -> list[Table]:
    """The tables on battles that need no campaign model."""
    return [
        battle_tables.loss_table(battles),
        battle_tables.duration_table(battles),
        battle_tables.advance_table(battles),
        battle_tables.attrition_table(battles),
        battle_tables.break_off_table(battles),
        diagnosis.components_table(battles),
        diagnosis.repulse_table(battles),
    ]


def front_axis(folder: Path) -> shapely.LineString:
    """What cells are measured along."""
    return read_line(folder / "front_line_fortnightly.geojson")


def front_series(folder: Path) -> tuple[Series, Series, Series]:
    """The year, the days that fits may see, and the days of the test."""
    archive = next(folder.glob("occupied_daily_*.tar.xz"))
    axis = front_axis(folder)
    found = changes(read_maps(archive))
    return (
        series(found, axis),
        series(found.until(FITTED_UNTIL), axis),
        series(found.since(FITTED_UNTIL), axis),
    )


def front_report(spans: tuple[Series, Series, Series]) -> list[Table]:
    """The tables on the front that need no campaign model."""
    year, fitted, tested = spans
    return [
        front_tables.front_table(year, fitted, tested),
        front_tables.noise_table(year, fitted),
        front_tables.tomorrow_table(year, fitted),
        front_tables.tomorrow_cells_table(year, fitted),
    ]


def published_report() -> list[Table]:
    """The tables that need no raw file."""
    return [published.published_table(), published.campaign_loss_table()]


def model_battle_report(battles: list[Battle]) -> list[Table]:
    """The campaign model on the battles, beside the naive forecasts."""
    runs = battle_model.simulate_battles(battles, shipped_draws)
    located = battle_model.simulate_located(battles, shipped_draws)
    kinds = {"model as shipped": runs, "model, fitted to the other half": located}
    return [
        battle_model.model_battle_table(battles, runs),
        battle_model.model_duration_table(battles, runs),
        diagnosis.still_table(battles, runs),
        battle_tables.posture_table(battles, battle_model.by_words(runs)),
        diagnosis.covariates_table(battles, battle_model.by_words(runs)),
        battle_tables.win_table(battles, {words: kind.win for words, kind in kinds.items()}),
        battle_tables.distance_table(
            battles, {words: kind.km_per_day for words, kind in kinds.items()}
        ),
    ]


def model_front_report(
    spans: tuple[Series, Series, Series], axis: shapely.LineString
) -> list[Table]:
    """The campaign model on the front."""
    year, fitted, tested = spans
    runs = front_model.simulate_front(
        shipped_draws,
        km2_per_day=fitted.gained.sum() / fitted.days,
        cell_km=axis.length / CELLS,
        days=len(year.gained),
    )
    return [
        front_model.prior_table(runs, fitted),
        front_model.model_front_table(runs, fitted, tested),
    ]


def full_report(folder: Path) -> list[Table]:
    """Every table of the page."""
    battles = read_battles(folder / "battles")
    spans = front_series(folder / "front")
    return [
        *published_report(),
        *battle_report(battles),
        *model_battle_report(battles),
        *front_report(spans),
        *model_front_report(spans, front_axis(folder / "front")),
        scenario_model.scenario_table(),
    ]
