"""Hold a record against an agreement: violation, exempt, not covered or undetermined, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from backstop.errors import InputError, Problem
from backstop.scenario.ident import did_you_mean
from backstop.watch.agreement.agreement import Agreement
from backstop.watch.agreement.arms import means
from backstop.watch.agreement.case import Case, Classifiable, case_of, kind_of
from backstop.watch.agreement.chance import ALWAYS, NEVER, Chance
from backstop.watch.agreement.classification import (
    EXEMPT,
    NOT_COVERED,
    UNDETERMINED,
    VIOLATION,
    Classification,
    ClauseFinding,
)
from backstop.watch.agreement.clause import Clause
from backstop.watch.agreement.reason import sentence, summary
from backstop.watch.agreement.weigh import Weighed, exempted, hull, in_force, weigh
from backstop.watch.agreement.whereabouts import Distance, LineLookup
from backstop.watch.identity import identify

#: An outcome is stated when it is at least so probable. Judgement: in a hundred calls one is
#: wrong; below it the record is undetermined and the probability given.
CONFIDENCE = 0.99
#: Points of a record's cloud; a probability is good to about 0.01.
DRAWS = 1024


def classify(
    record: Classifiable,
    agreement: Agreement,
    *,
    lines: Mapping[str, LineLookup] | None = None,
    circumstances: Mapping[str, float] | None = None,
    confidence: float = CONFIDENCE,
    draws: int = DRAWS,
) -> Classification:
    """Whether a record shows a violation, by which clause, and why.

    Place, time, line and actor are as uncertain as the record says. A probability is the share of
    the record's equally likely points at which a clause was broken. What nobody knows (a party, a
    calibre, a line without a drawing) is not given a probability: it leaves bounds. The outcome is
    stated when the bounds leave at least ``confidence`` for it; else it is undetermined.

    Parameters
    ----------
    record : Observation, Incident, Denial, Jamming or Tally
        What was reported.
    agreement : Agreement
        What was agreed.
    lines : mapping of line id to LineLookup, optional
        Geometry of the agreement's lines. A zone on a line without any is undetermined.
    circumstances : mapping of circumstance id to probability, optional
        What is stated of the record and cannot be seen in it ("notified"). An exemption that
        nobody claims does not hold; a zone of which nobody says whether it was there is open.
    confidence : float
        Between 0.5 and 1, see ``CONFIDENCE``.
    draws : int
        Points of the cloud.

    Raises
    ------
    InputError
        When a circumstance or a line is none of the agreement's, or a probability is none.
    """
    assert 0.5 < confidence <= 1, "an outcome has to be likelier than not"
    stated, drawn = dict(circumstances or {}), dict(lines or {})
    _check(agreement, stated, drawn)
    case = case_of(record, agreement, lines=drawn, circumstances=stated, draws=draws)
    kind = kind_of(record, case.act)
    named = [c for c in agreement.clauses if kind in c.acts or kind in c.signs]
    clauses = sorted(named, key=lambda clause: clause.id)
    return _told(case, weigh(case, clauses), clauses, confidence)


def classify_all(
    records: Iterable[Classifiable],
    agreement: Agreement,
    *,
    lines: Mapping[str, LineLookup] | None = None,
    confidence: float = CONFIDENCE,
    draws: int = DRAWS,
) -> tuple[Classification, ...]:
    """Each record against one agreement, nothing stated of any beyond what it says itself."""
    return tuple(
        classify(one, agreement, lines=lines, confidence=confidence, draws=draws) for one in records
    )


def _told(
    case: Case, weighed: Weighed, clauses: Sequence[Clause], confidence: float
) -> Classification:
    """The outcome, by which clauses, and why."""
    findings = tuple(_finding(case, clause, weighed) for clause in clauses)
    outcome = _outcome(weighed.violation, weighed.exempt, confidence)
    culprits = _culprits(outcome, findings, confidence)
    record = case.record
    return Classification(
        agreement=case.agreement.key,
        source=record.source,
        source_record_id=record.source_record_id,
        record=identify(record).id,
        outcome=outcome,
        clauses=tuple(one.clause for one in culprits),
        exemption=culprits[0].exemption if outcome == EXEMPT and culprits else "",
        violation=weighed.violation,
        exempt=weighed.exempt,
        confidence=confidence,
        why=summary(case, outcome, weighed.violation, culprits, findings),
        findings=findings,
        circumstances=tuple(sorted(case.circumstances.items())),
    )


def _check(
    agreement: Agreement, stated: Mapping[str, float], lines: Mapping[str, LineLookup]
) -> None:
    problems = []
    known = [one.id for one in agreement.circumstances]
    for name, share in stated.items():
        if name not in known:
            message = f"there is no circumstance {name[:60]!r}{did_you_mean(name, known)}"
            problems.append(Problem(agreement.key, 0, 0, "circumstances", message))
        elif not 0 <= share <= 1:
            message = f"{share} is not a probability"
            problems.append(Problem(agreement.key, 0, 0, f"circumstances.{name}", message))
    drawn = [one.id for one in agreement.lines]
    for name in lines:
        if name not in drawn:
            message = f"there is no line {name[:60]!r}{did_you_mean(name, drawn)}"
            problems.append(Problem(agreement.key, 0, 0, "lines", message))
    if problems:
        raise InputError(problems)


def _outcome(violation: Chance, exempt: Chance, confidence: float) -> str:
    """The outcome that the bounds allow to state."""
    if violation.low >= confidence:
        return VIOLATION
    if violation.high > 1 - confidence + 1e-12:
        return UNDETERMINED
    if exempt.low >= confidence:
        return EXEMPT
    return NOT_COVERED if exempt.high <= 1 - confidence + 1e-12 else UNDETERMINED


def _culprits(
    outcome: str, findings: Sequence[ClauseFinding], confidence: float
) -> tuple[ClauseFinding, ...]:
    """The clauses by which it is so, the surest first."""
    if outcome == NOT_COVERED:
        return ()
    key = "exempt" if outcome == EXEMPT else "violation"
    chances = {one.clause: getattr(one, key) for one in findings}
    if outcome == VIOLATION:
        sure = [one for one in findings if one.violation.low >= confidence]
        findings = sure or findings
    possible = [one for one in findings if chances[one.clause].high > 1 - confidence]
    return tuple(
        sorted(possible, key=lambda x: (-chances[x.clause].low, -chances[x.clause].high, x.clause))
    )


def _finding(case: Case, clause: Clause, weighed: Weighed) -> ClauseFinding:
    violation, exempt = weighed.by_clause[clause.id]
    weapon = hull(ALWAYS if means(clause.weapons, arm) else NEVER for arm in case.arms)
    inside, distance = _where(case, clause)
    kind = kind_of(case.record, case.act)
    likely = [one for one in clause.exemptions if exempted(case, one, kind).chance.high > 0]
    finding = ClauseFinding(
        clause=clause.id,
        text=clause.text,
        violation=violation,
        exempt=exempt,
        period=in_force(case, clause).chance,
        inside=inside,
        weapon=weapon,
        bound=_bound(case, clause),
        zone=clause.zone or "",
        line=distance.line.id if distance else "",
        vintage=distance.vintage if distance else None,
        stale_days=distance.stale_days if distance else 0,
        distance_km=distance.typical_km() if distance else None,
        exemption=likely[0].id if likely else "",
    )
    return sentence(case, clause, finding, distance)


def _where(case: Case, clause: Clause) -> tuple[Chance, Distance | None]:
    if clause.zone is None:
        return ALWAYS, None
    bound = [one.id for one in case.agreement.parties if one.id in clause.actors]
    zone = clause.zone
    inside = (
        hull(case.inside(zone, party).chance for party in bound)
        if bound
        else case.inside(zone, None).chance
    )
    line = case.agreement.zone(clause.zone).line
    return inside, None if line is None else case.distance(line)


def _bound(case: Case, clause: Clause) -> Chance:
    """That somebody did it whom the clause binds."""
    if not clause.actors:
        return ALWAYS
    known = sum(case.parties.get(one, 0.0) for one in clause.actors)
    everybody = {one.id for one in case.agreement.parties} <= set(clause.actors)
    low = known + (case.nobody_knows if everybody else 0.0)
    return Chance(min(1.0, low), min(1.0, known + case.nobody_knows))
