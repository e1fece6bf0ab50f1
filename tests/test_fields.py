"""A parameter that nothing reads is an error.

Every field of every record of the shipped scenario is changed in a place where it should matter.
Then some output has to move, or ``check`` has to object, or the schema has to say that the field
only describes. A new field fails here until somebody says where it matters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import field_walk as walk
import numpy as np
import pytest

from backstop.assessment import findings
from backstop.assessment.alone import authorise_alone, authorise_body, size_alone
from backstop.assessment.assess import assess
from backstop.assessment.plan import Effort
from backstop.assessment.stages import Run
from backstop.futures.range import Range
from backstop.scenario.load import examine, load
from backstop.scenario.record import Record
from backstop.scenario.scenario import Scenario

WORLDS = 64
#: Parts of a result that merely repeat what was written.
ECHO = {"scenario_digest", "assumptions", "sources"}

#: Where each record is tried: its place, and what is asked of the changed scenario.
WHERE: dict[str, tuple[tuple[str, str], ...]] = {
    "ScenarioFile": (("scenario", "authorise tripwire"),),
    "Theatre": (("theatre", "size tripwire"),),
    "LineDefinition": (("theatre.lines[contact]", "size frontline"),),
    "Location": (("theatre.locations[rear-centre]", "cover tripwire"),),
    "Party": (("parties[ukraine]", "authorise tripwire"),),
    "Capability": (("capabilities[battlegroup]", "cover tripwire"),),
    "PoolRule": (("capabilities[battlegroup].pool", "cover tripwire"),),
    "Condition": (("conditions[us-backstop]", "cover tripwire"),),
    "Question": (("questions[monitoring_mission]", "cover monitors"),),
    "Sourcing": (("sourcing", "assess tripwire"),),
    "PledgeLevel": (("sourcing.pledge_levels[declared]", "cover tripwire"),),
    "Incompatible": (("sourcing.incompatible[0]", "assess air-shield"),),
    "Coupling": (("sourcing.couplings[battlegroup-isr]", "assess tripwire"),),
    "Body": (("bodies[osce]", "authorise monitors"), ("bodies[eec-1958]", "body eec-1958")),
    "Term": (("bodies[unsc].terms[1]", "body unsc"),),
    "StanceTable": (("stances", "authorise tripwire"),),
    "Stance": (("stances.stances.conditional", "authorise pledge"),),
    "Correlation": (("correlations[0]", "worlds frontline"),),
    "DebateFigure": (("debate[swp]", "size frontline"),),
    "Nation": (("nations[GBR]", "cover tripwire"),),
    "Offer": (("offers[FRA/battlegroup]", "cover tripwire"),),
    "Position": (("positions[*]", "authorise tripwire"),),
    "LineProperties": (("lines.features[0].properties", "check"),),
    "LineString": (("lines.features[0].geometry", "check"),),
    "Design": (("designs[tripwire]", "size tripwire"),),
    "Land": (("designs[frontline].land", "size frontline"),),
    "Air": (("designs[air-shield].air", "findings air-shield"),),
    "Monitoring": (("designs[monitors].monitoring", "size monitors"),),
    "Arms": (("designs[pledge].arms", "assess pledge"),),
    "Backstop": (("designs[pledge].backstop", "assess pledge"),),
    "Engagement": (("designs[monitors].engagement", "assess monitors"),),
    "Sequence": (("designs[armistice].sequence", "findings armistice"),),
    "Rotation": (("designs[tripwire].rotation", "size tripwire"),),
    "Route": (("designs[tripwire].mandate.routes[coalition]", "authorise tripwire"),),
    "Step": (("designs[tripwire].mandate.routes[coalition].steps[1]", "authorise tripwire"),),
    "Requirement": (("designs[tripwire].requirements[brigade-centre]", "cover tripwire"),),
    "Parliament": (("parliaments[convention]", "cover tripwire"),),
    "Mission": (("missions[osce-smm]", "size monitors"),),
    "Sizing": (("sizing", "size frontline"),),
    "DensityRegime": (("sizing.densities[holding]", "size frontline"),),
    "Frontage": (("sizing.frontages[classic]", "size frontline"),),
    "MonitoringRule": (("sizing.monitoring", "size monitors"),),
    "Means": (("sizing.monitoring.means[uav]", "size monitors"),),
    "GrossUp": (("sizing.gross_up", "size frontline"),),
    "CommandShares": (("sizing.gross_up.command_share", "size *"),),
}
