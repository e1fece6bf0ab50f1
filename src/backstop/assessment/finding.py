"""A design's strength or weakness that a reader must not miss: a sentence with its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["info", "warning", "critical"]
_ORDER = {"critical": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at."""

    stage: str
    severity: Severity
    text: str
    sources: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The contract's form."""
        return {
            "stage": self.stage,
            "severity": self.severity,
            "text": self.text,
            "sources": list(self.sources),
        }


def ordered(findings: list[Finding]) -> tuple[Finding, ...]:
    """Gravest first, otherwise in the order of the stages."""
    return tuple(sorted(findings, key=lambda finding: _ORDER[finding.severity]))
