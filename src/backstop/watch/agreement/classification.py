"""What a classification says: outcome, clause, reason; and the entry it becomes in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from backstop.watch.agreement.chance import Chance
from backstop.watch.book import subject_of
from backstop.watch.ledger.canonical import canonical_json
from backstop.watch.ledger.entry import Draft, Kind

VIOLATION = "violation"
EXEMPT = "exempt"
NOT_COVERED = "not_covered"
UNDETERMINED = "undetermined"
OUTCOMES = (VIOLATION, EXEMPT, NOT_COVERED, UNDETERMINED)
#: Version of the method; it stands in every entry.
METHOD = "classify@1"


@dataclass(frozen=True, slots=True)
class ClauseFinding:
    """How one clause bears on a record."""

    clause: str
    text: str
    """Article or paragraph."""
    violation: Chance
    """That the clause was broken, whoever did it."""
    exempt: Chance
    """That it would have been, but for an exemption."""
    period: Chance
    """That it was in force."""
    inside: Chance
    """That it happened where the clause holds; certain for a clause without a zone."""
    weapon: Chance
    """That the weapon is one of the clause's."""
    bound: Chance
    """That a party whom the clause binds did it."""
    zone: str = ""
    line: str = ""
    """The line the zone hangs on."""
    vintage: date | None = None
    """The drawing of the line it was measured against."""
    stale_days: int = 0
    """How much older than the day asked for that drawing is."""
    distance_km: tuple[float, float, float] | None = None
    """Distance to the line: 5th, 50th and 95th percentile."""
    exemption: str = ""
    """The exemption that may hold."""
    because: str = ""
    """All of it in a sentence."""


@dataclass(frozen=True, slots=True)
class Classification:
    """One record against one agreement."""

    agreement: str
    """Name and version, e.g. ``minsk-package-2015@2``."""
    source: str
    source_record_id: str
    record: str
    """Id of this version of the record."""
    outcome: str
    """``violation``, ``exempt``, ``not_covered`` or ``undetermined``."""
    clauses: tuple[str, ...]
    """By which clauses, the surest first."""
    exemption: str
    """By which exemption, where it is exempt."""
    violation: Chance
    """That at least one clause was broken."""
    exempt: Chance
    """That none was, because of an exemption."""
    confidence: float
    """How sure an outcome has to be to be stated."""
    why: str
    """The outcome in a sentence or two."""
    findings: tuple[ClauseFinding, ...]
    """Each clause that names the act, in order of ids."""
    circumstances: tuple[tuple[str, float], ...] = ()
    """What was stated of the record, and how sure it is."""

    @property
    def wanting(self) -> tuple[str, ...]:
        """What it would take to know: the conditions that are open in clauses that may be broken.

        ``edge`` is a place that may lie on either side of a zone's edge; ``place`` one of which
        next to nothing is known, for want of coordinates, of a drawing, or of a statement.
        """
        held = [one for one in self.findings if one.violation.high > 1 - self.confidence]
        open_ = {
            name
            for one in held
            for name, chance in (
                ("edge" if one.inside.high - one.inside.low < 0.5 else "place", one.inside),
                ("party", one.bound),
                ("weapon", one.weapon),
                ("time", one.period),
            )
            if 1 - self.confidence < chance.high and chance.low < self.confidence
        }
        # A sign of a breach shows none, however well the rest is known.
        return tuple(sorted(open_)) or ("sign",)

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "agreement": self.agreement,
            "circumstances": dict(self.circumstances),
            "clauses": list(self.clauses),
            "confidence": self.confidence,
            "exempt": _chance(self.exempt),
            "exemption": self.exemption,
            "findings": [_finding(one) for one in self.findings],
            "method": METHOD,
            "outcome": self.outcome,
            "record": self.record,
            "violation": _chance(self.violation),
            "why": self.why,
        }


def classification_draft(classification: Classification) -> Draft:
    """The entry of the ledger: of the record's subject, and without a fingerprint.

    Without one, so that it never stands for the record's own content in the intake.
    """
    return Draft(
        Kind.CLASSIFICATION,
        canonical_json(classification.to_dict()),
        subject_of(classification.source, classification.source_record_id),
    )


def _chance(chance: Chance) -> list[float]:
    """Four places: more would be the lattice's, not the record's."""
    return [round(chance.low, 4), round(chance.high, 4)]


def _finding(finding: ClauseFinding) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "clause": finding.clause,
        "text": finding.text,
        "because": finding.because,
        "bound": _chance(finding.bound),
        "exempt": _chance(finding.exempt),
        "inside": _chance(finding.inside),
        "period": _chance(finding.period),
        "violation": _chance(finding.violation),
        "weapon": _chance(finding.weapon),
    }
    if finding.zone:
        shown["zone"] = finding.zone
    if finding.line:
        shown |= {"line": finding.line, "stale_days": finding.stale_days}
    if finding.vintage is not None:
        shown["vintage"] = finding.vintage.isoformat()
    if finding.distance_km is not None:
        shown["distance_km"] = [round(km, 3) for km in finding.distance_km]
    if finding.exemption:
        shown["exemption"] = finding.exemption
    return shown
