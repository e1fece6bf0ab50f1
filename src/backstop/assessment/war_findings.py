"""What a reader of the campaign and the crisis must not miss."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backstop.assessment.attack import Attack
from backstop.assessment.crisis import Crisis
from backstop.assessment.finding import Finding, Severity
from backstop.deterrence.members import MOST_MEMBERS
from backstop.futures.figures import chance, percent, several, spread, years
from backstop.futures.range import Range
from backstop.scenario.scenario import Case

#: A difference in the chance of holding below which the force does not show.
TELLING = 0.02
#: Share of futures above which a force that is never there is worth a line.
ABSENT = 0.05
#: Share of its troops lost from which a force that fights on undiminished is too good to be true,
#: and share of futures above which that is worth a line.
WORN, OFTEN = 0.5, 0.02
#: Rationality below which a choice is mostly noise, for the ends of the bands.
SPREAD = 0.2


def campaign_findings(case: Case, found: Attack) -> Iterator[Finding]:
    """What the force changes, when it counts, and what the model cannot tell."""
    yield from _difference(found)
    if not found.honoured.guarantor_committed.any():
        text = "Nobody fights beside the protected state: the design sends no fighting units."
        yield Finding("campaign", "warning", text)
        return
    never = found.never_effective()
    day = Range.of(found.honoured.effective_day)
    severity: Severity = "warning" if day.p50 > 7 or never > ABSENT else "info"
    text = f"Half of the guarantor's force fights from day {spread(day.to_dict())}"
    text += f"; in {percent(never)} of futures it never does." if never > ABSENT else "."
    yield Finding("campaign", severity, text)
    week = Range.of(found.honoured.first_week_guarantor_losses)
    text = f"In the first week the guarantor loses {spread(week.to_dict())} people."
    yield Finding("campaign", "info", text)
    yield from _worn(found)


def _worn(found: Attack) -> Iterator[Finding]:
    """Where the force loses so much that the model, which keeps its strength, flatters it."""
    worn = found.honoured.worn_share()
    often = float(np.mean(worn >= WORN))
    if often <= OFTEN:
        return
    text = (
        f"In {percent(often)} of futures the guarantor loses half of its troops or more "
        f"({spread(Range.of(100 * worn).to_dict())} % of those it brings in, relief counted). Its "
        "weight in the campaign falls with them; whether it would stay after such losses is not "
        "asked."
    )
    yield Finding("campaign", "warning", text)


def _difference(found: Attack) -> Iterator[Finding]:
    """The same battles with and without the force."""
    day = found.honoured.telling_day()
    alone = float(found.alone.held_at(day).mean())
    gained = float(found.honoured.held_at(day).mean()) - alone
    spared = Range.of(found.saved_km2())
    text = (
        f"On the same futures the force adds {100 * gained:.1f} points to the chance that the "
        f"line holds for {several(day, 'day')} ({percent(alone)} without it) and "
        f"saves {spread(spared.to_dict())} square kilometres. In history the ratio of forces "
        "hardly told who won or how far (see the validation of the campaign model): differences "
        "between designs say more than levels."
    )
    yield Finding("campaign", "warning" if gained < TELLING else "info", text)


def crisis_findings(case: Case, found: Crisis) -> Iterator[Finding]:
    """How far the answer is noise, and what the numbers rest on."""
    answer = found.answer
    if answer.converged < 1:
        severity: Severity = "warning" if answer.convergence.matters else "info"
        yield Finding("deterrence", severity, answer.convergence.sentence)
    if answer.multiple > 0:
        text = (
            f"In {percent(answer.multiple)} of futures the crisis, or what members expect of each "
            "other, has more than one solution; the page takes the one that follows from low "
            "rationality, and for expectations the lowest."
        )
        yield Finding("deterrence", "info", text)
    if found.members_left_out:
        text = (
            f"The guarantee has {found.members_left_out} members more than the {MOST_MEMBERS} it "
            "is solved with; those are left out that bring least."
        )
        yield Finding("deterrence", "warning", text)
    yield from _noise(found)
    yield from _rationality(found)
    if answer.member_names:
        combat = answer.direct_combat
        text = (
            f"Direct combat between guarantor and challenger within "
            f"{years(answer.horizon_years)}: {chance(combat.to_dict())}."
        )
        yield Finding("deterrence", "warning" if combat.mean > 0.1 else "info", text)
    if case.design.pledge is None and answer.member_names:
        text = "Nothing is promised: who would fight is decided when it comes to it."
        yield Finding("deterrence", "info", text)


def _noise(found: Crisis) -> Iterator[Finding]:
    after = next((y for y in ("5", "2", "1") if y in found.answer.survival), None)
    if after is None:
        return
    floor = found.answer.noise_floor.survival[after]
    text = (
        f"Choices made at random would leave the ceasefire standing after {years(float(after))} "
        f"with {chance(floor.to_dict())}: that is the noise floor, not a forecast."
    )
    yield Finding("deterrence", "info", text)


def _rationality(found: Crisis) -> Iterator[Finding]:
    bands = [band for band in found.answer.by_rationality if band.worlds]
    if len(bands) < 2:
        return
    low, high = bands[0], bands[-1]
    if abs(high.survival.mean - low.survival.mean) < SPREAD:
        return
    text = (
        f"Survival after {years(found.answer.band_years)} is "
        f"{percent(low.survival.mean)} with rationality {low.band}, "
        f"{percent(high.survival.mean)} with {high.band}: how closely states follow their "
        "interests is a judgement that moves the answer."
    )
    yield Finding("deterrence", "warning", text)
