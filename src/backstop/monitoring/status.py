"""Is it holding? The test by sector, the dates of change, and how far it feeds itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np

from backstop.errors import InputError, NotFound, Problem
from backstop.monitoring.known import Known
from backstop.monitoring.quiet import Quiet, quiet_stretch
from backstop.monitoring.series import ALL, RegionSeries, Unit, described, region_series, units
from backstop.scenario.ident import did_you_mean
from backstop.watch.folder import MissionFolder
from backstop.watch.statistics import (
    CountSeries,
    best_size,
    find_changes,
    fit_self_exciting,
    fit_size,
    learn_reference,
    penalty_for,
    watch_sectors,
)
from backstop.watch.statistics.reference import ENOUGH, Reference

#: Chance of one false change in the whole series.
FALSE_CHANGE_SHARE = 0.05
#: Simulated records by which that chance is set.
RUNS = 99


@dataclass(frozen=True, slots=True)
class Wish:
    """How a person wants the test done."""

    series: str = ""
    """Name of a unit; empty for the one that covers most days."""
    quiet: tuple[date, date] | None = None
    """First and last reporting date of the stretch that was quiet; left out, the record says."""
    in_force: date | None = None
    """The day the agreement came into force; what was before it is no measure of quiet."""
    false_alarms_per_year: float = 1.0
    """Over all sectors together."""
    since: date | None = None
    """Earlier reporting dates are left out altogether."""
    deep: bool = True
    """Whether to fit the self-exciting model, which takes most of the time."""


def holding(mission: MissionFolder, known: Known, *, wish: Wish) -> dict[str, Any]:
    """The contract's status, and what stands behind it.

    Raises
    ------
    InputError
        When the record holds too little for a reference level.
    NotFound
        When there is no series of that name.
    """
    if wish.quiet is not None and wish.quiet[0] > wish.quiet[1]:
        reason = f"the quiet stretch begins on {wish.quiet[0]} and ends on {wish.quiet[1]}"
        raise InputError([Problem("--quiet", 0, 0, "", reason)])
    unit, others = _chosen(known, wish.series)
    found = region_series(known, unit, zone=mission.mission.zone)
    if wish.since is not None:
        found = _from(found, wish.since)
    body: dict[str, Any] = {
        "series": described(found),
        "other_series": [{**one.to_dict(), "name": one.name, "days": n} for one, n in others],
    }
    whole = found.regions.get(ALL) or next(iter(found.regions.values()))
    changes = _changes(whole)
    body |= _breakdown(found, wish, _quiet(whole, changes["changes"], wish))
    body |= changes
    body |= _branching(whole) if wish.deep else {
        "branching_ratio_upper": None, "branching_why": "it was not asked for (--quick)",
    }  # fmt: skip
    return body


def _chosen(known: Known, name: str) -> tuple[Unit, list[tuple[Unit, int]]]:
    found = units(known)
    if not found:
        raise InputError(
            [Problem("the record", 0, 0, "", "holds nothing that is counted; take in files first")]
        )
    named = {unit.name: unit for unit in found}
    if name and name not in named:
        listed = "; ".join(named)
        raise NotFound(f"there is no series {name[:80]!r} ({listed}){did_you_mean(name, named)}")
    unit = named[name] if name else next(iter(found))
    return unit, [(one, days) for one, days in found.items() if one != unit]


def _from(found: RegionSeries, since: date) -> RegionSeries:
    kept = {
        region: series.where(series.reporting_dates >= np.datetime64(since))
        for region, series in found.regions.items()
    }
    return RegionSeries(
        found.unit, {r: s for r, s in kept.items() if len(s)}, found.notes, found.left_out
    )


def _quiet(whole: CountSeries, changes: Mapping[str, Any] | None, wish: Wish) -> Quiet | None:
    """The stretch as asked, else as the whole record shows it; None where it is too short."""
    if wish.quiet is not None:
        return Quiet(*wish.quiet, because="as was asked")
    try:
        return quiet_stretch(whole, changes, begins=wish.in_force)
    except InputError:
        return None


def _breakdown(found: RegionSeries, wish: Wish, quiet: Quiet | None) -> dict[str, Any]:
    sectors: dict[str, tuple[CountSeries, Reference]] = {}
    stretches: dict[str, dict[str, str]] = {}
    faults: list[Problem] = []
    for region, series in found.regions.items():
        try:
            first, last = _stretch(series, quiet, asked=wish.quiet is not None)
            baseline = series.between(first, last)
            after = series.where(series.reporting_dates > np.datetime64(last))
            if not len(after.observed):
                message = f"nothing was observed after the quiet stretch, which ends on {last}"
                raise InputError([Problem("the record", 0, 0, region, message)])
            if len(baseline.observed) < ENOUGH:
                message = (
                    f"{len(baseline.observed)} observed periods from {first} to {last}; "
                    f"a reference level needs {ENOUGH}"
                )
                raise InputError([Problem("the record", 0, 0, region, message)])
            sectors[region] = (after, learn_reference(baseline))
            stretches[region] = {"first": str(first), "last": str(last)}
        except InputError as error:
            faults += error.problems
    if not sectors:
        return {
            "breakdown": {
                "alarm": False, "since": None, "false_alarms_per_year": None, "sectors": [],
                "tested": False, "why": "; ".join(p.message for p in faults[:3]),
            }
        }  # fmt: skip
    result = watch_sectors(sectors, false_alarms_per_year=wish.false_alarms_per_year).to_dict()
    for sector in result["sectors"]:
        sector["quiet"] = stretches[sector["sector"]]
        _drop_empty_alarms(sector, sectors[sector["sector"]][0])
    raised = [sector["since"] for sector in result["sectors"] if sector["alarm"]]
    result |= {"alarm": bool(raised), "since": min(raised, default=None)}
    result["tested"] = True
    result["untested"] = [{"sector": p.path, "why": p.message} for p in faults]
    result["quiet_because"] = "its first observed periods" if quiet is None else quiet.because
    return {"breakdown": result}


def _drop_empty_alarms(sector: dict[str, Any], series: CountSeries) -> None:
    """Take back alarms in a stretch in which nothing was counted.

    Where next to nothing is ever counted the statistic climbs by a step a day and passes the
    threshold about as often as the stated rate allows. To take such alarms back can only make
    false ones rarer.
    """
    dates = series.reporting_dates
    kept = []
    for alarm in sector["alarms"]:
        inside = dates >= np.datetime64(alarm["onset"])
        inside &= dates <= np.datetime64(alarm["raised"])
        if series.counts[inside].any():
            kept.append(alarm)
    first = kept[0] if kept else None
    sector |= {
        "alarms": kept,
        "alarm": bool(kept),
        "since": first["raised"] if first else None,
        "onset": first["onset"] if first else None,
    }


def _stretch(series: CountSeries, quiet: Quiet | None, *, asked: bool) -> tuple[date, date]:
    """The quiet stretch in one region: the record's, or the region's first observed periods."""
    dates = [d.astype(date) for d in series.observed.reporting_dates]
    if quiet is not None:
        inside = sum(quiet.first <= one <= quiet.last for one in dates)
        if asked or inside >= ENOUGH:
            return quiet.first, quiet.last
    if len(dates) < ENOUGH:
        message = f"{len(dates)} observed periods; a reference level needs {ENOUGH}"
        raise InputError([Problem("the record", 0, 0, "", message)])
    return dates[0], dates[ENOUGH - 1]


def _changes(series: CountSeries) -> dict[str, Any]:
    seen = series.observed
    if len(seen) < ENOUGH or not seen.counts.any():
        why = f"{len(seen)} observed periods with {int(seen.counts.sum())} counted are too few"
        return {"changepoints": [], "changes": None, "changes_why": why}
    size = best_size(series)
    found = _segmented(series, size)
    if len(found["changes"]) > len(seen) / ENOUGH:
        # Jointly, the best size of a short series can be none: every period its own rate. Then all
        # scatter about one rate is taken for scatter, which makes the search careful.
        size = fit_size(seen.counts, exposure=seen.exposure, group=np.zeros(len(seen), np.int64))
        found = _segmented(series, size)
    return {"changepoints": found["changepoints"], "changes": found}


def _segmented(series: CountSeries, size: float) -> dict[str, Any]:
    penalty = penalty_for(series, size=size, false_alarm_share=FALSE_CHANGE_SHARE, runs=RUNS)
    found = find_changes(series, size=size, penalty=penalty).to_dict()
    return {**found, "false_change_share": FALSE_CHANGE_SHARE}


def _branching(series: CountSeries) -> dict[str, Any]:
    try:
        found = fit_self_exciting(series).to_dict()
    except InputError as error:
        why = "; ".join(problem.message for problem in error.problems)
        return {"branching_ratio_upper": None, "branching_why": f"not for this series: {why}"}
    upper = found.pop("branching_ratio_upper")
    found.pop("background")
    return {"branching_ratio_upper": upper, "branching_why": found.pop("why"), "branching": found}


def stamp(known: Known) -> dict[str, Any]:
    """Which record an answer rests on."""
    last: datetime | None = known.moment.last
    return {
        "entries": known.moment.size,
        "last_entry": last.isoformat() if last else None,
        "root": known.moment.root.hex(),
    }
