"""A classification in words: act, distance to the line, age of the line, period, what is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from backstop.watch.agreement.case import Case, kind_of
from backstop.watch.agreement.chance import ALWAYS, NEVER, Chance
from backstop.watch.agreement.classification import (
    EXEMPT,
    NOT_COVERED,
    UNDETERMINED,
    VIOLATION,
    ClauseFinding,
)
from backstop.watch.agreement.clause import Clause
from backstop.watch.agreement.whereabouts import Distance
from backstop.watch.agreement.zone import Zone

#: The kind of a total over all acts that a source calls violations.
TOTAL_KIND = "ceasefire_violation"


def sentence(
    case: Case, clause: Clause, finding: ClauseFinding, distance: Distance | None
) -> ClauseFinding:
    """The finding with a sentence that says how the clause bears on the record."""
    parts = [_act(case, clause, finding), _place(case, clause, finding, distance)]
    parts += [_period(case, clause, finding), _actor(clause, finding)]
    parts += [_exempt(clause, finding)]
    text = f"{clause.text} ({clause.id}): " + "; ".join(part for part in parts if part) + "."
    return replace(finding, because=text)


def summary(
    case: Case,
    outcome: str,
    violation: Chance,
    culprits: Sequence[ClauseFinding],
    findings: Sequence[ClauseFinding],
) -> str:
    """The outcome in a sentence or two."""
    agreement = case.agreement.key
    if not findings:
        words = kind_of(case.record, case.act).replace("_", " ")
        return f"Not covered: no clause of {agreement} names {words}."
    if outcome == NOT_COVERED:
        nearest = min(findings, key=_misses)
        return f"Not covered by {agreement}: {nearest.because}"
    first = culprits[0].because if culprits else findings[0].because
    if outcome == VIOLATION:
        return f"Violation of {agreement}, {first}"
    if outcome == EXEMPT:
        return f"Exempt under {agreement}, {first}"
    assert outcome == UNDETERMINED
    return f"Undetermined under {agreement} (violation {violation.words()}), {first}"


def _misses(finding: ClauseFinding) -> tuple[int, float, float, str]:
    """How far a clause is from covering the record: what is wrong, the weapon first."""
    wrong = (finding.weapon, finding.bound, finding.period, finding.inside)
    return (
        sum(one.high <= 1e-9 for one in wrong),
        -finding.weapon.high,
        -finding.bound.high,
        finding.clause,
    )


def _act(case: Case, clause: Clause, finding: ClauseFinding) -> str:
    act, kind = case.act, kind_of(case.record, case.act)
    words = kind.replace("_", " ")
    weapon = [] if act.weapon_class == "unknown" else [act.weapon_class.replace("_", " ")]
    if act.calibre_mm is not None:
        weapon.append(f"{act.calibre_mm:g} mm")
    if act.weapon_text:
        weapon.append(f"({act.weapon_text[:40]})")
    said = f"{words} of {' '.join(weapon)}" if weapon else words
    if kind == TOTAL_KIND:
        said += ", a total of several acts, each of which is for itself"
    elif kind in clause.signs:
        said += ", a sign of a breach that does not show one"
    if clause.weapons and finding.weapon == NEVER:
        said += ", not a weapon of this clause"
    elif clause.weapons and finding.weapon != ALWAYS:
        said += ", and whether that is a weapon of this clause is not known"
    return said


def _place(case: Case, clause: Clause, finding: ClauseFinding, distance: Distance | None) -> str:
    if clause.zone is None:
        return "it holds everywhere"
    zone = case.agreement.zone(clause.zone)
    if zone.line is None:
        return f"{_membership(finding.inside)} {zone.title!r}"
    assert distance is not None
    if finding.distance_km is None:
        return f"its distance to the line is not known: {distance.missing}"
    low, middle, high = finding.distance_km
    spread = "" if high - low < 0.1 else f" ({low:.1f} to {high:.1f})"
    drawn = f"as drawn on {finding.vintage}" if finding.vintage else "undated"
    late = f", {finding.stale_days} days before the day asked for" if finding.stale_days else ""
    gaps = f" where it is known at all ({distance.missing})" if distance.missing else ""
    return (
        f"{middle:.1f} km{spread} from the {distance.line.title} {drawn}{late}{gaps}, "
        f"{_membership(finding.inside)} {zone.title!r}, {_band(zone)}"
    )


def _band(zone: Zone) -> str:
    """Both measures, so that nobody takes the one for the other."""
    text = f"{zone.side_km:g} km per side, {zone.whole_km:g} km wide"
    narrow, wide = zone.edges_km
    if narrow != wide:
        other = wide if zone.side_km == narrow else narrow
        text += f" (or {other:g} km per side in another reading)"
    return text


def _membership(chance: Chance) -> str:
    if chance.low >= 1 - 1e-9:
        return "inside"
    if chance.high <= 1e-9:
        return "outside"
    return f"inside with probability {chance.words()}"


def _period(case: Case, clause: Clause, finding: ClauseFinding) -> str:
    start, end = case.agreement.period(clause)
    until = f" until {end.isoformat(timespec='minutes')}" if end else ""
    span = f"from {start.isoformat(timespec='minutes')}{until}"
    if finding.period.low >= 1 - 1e-9:
        return f"in force {span}"
    if finding.period.high <= 1e-9:
        return f"not in force at the time, only {span}"
    share = finding.period.words()
    return f"in force with probability {share}, because the time straddles the period {span}"


def _actor(clause: Clause, finding: ClauseFinding) -> str:
    if not clause.actors:
        return ""
    who = " and ".join(clause.actors)
    if finding.bound.low >= 1 - 1e-9:
        return f"it binds {who}, who did it"
    if finding.bound.high <= 1e-9:
        return f"it binds {who}, who did not do it"
    if finding.bound.known:
        return f"it binds {who}, who did it with probability {finding.bound.words()}"
    return f"it binds {who}, and who did it is not determined"


def _exempt(clause: Clause, finding: ClauseFinding) -> str:
    if not finding.exemption:
        return ""
    title = next(one.title for one in clause.exemptions if one.id == finding.exemption)
    if finding.exempt.low >= 1 - 1e-9:
        return f"exempt as {title}"
    return f"exempt with probability {finding.exempt.words()} as {title}"
