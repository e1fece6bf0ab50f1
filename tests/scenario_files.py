"""A small, complete scenario written from strings, for tests that break one thing at a time."""

from __future__ import annotations

from pathlib import Path

SCENARIO = """\
name = "small"
title = "A small scenario"
summary = "Two parties, one line, one guarantor."
as_of = "2025-06-30"

[theatre]
title = "Southland"
population_m = 10
area_km2 = { low = 90_000, mode = 100_000, high = 110_000, note = "judgement" }

[[theatre.lines]]
id = "contact"
title = "the line of contact"
length_km = { low = 100, high = 120, source = "atlas" }

[[theatre.locations]]
id = "front"
title = "Along the line"
kind = "front"
sector = true

[[theatre.locations]]
id = "capital"
title = "The capital"
kind = "rear"

[[parties]]
id = "southland"
nation = "XSO"
role = "protected"

[[parties]]
id = "northland"
nation = "XNO"
role = "challenger"

[[parties]]
id = "ally"
nation = "XAL"
role = "guarantor"

[[capabilities]]
id = "battalion"
title = "Infantry battalions"
unit = "battalion of 800"
domain = "land"
manoeuvre = true
troops_per_unit = { low = 700, mode = 800, high = 900, source = ["atlas", "claim-1"] }
cost_usd_m_per_unit_year = 60
lift_per_unit = 5
notice_days = 30
question = "send_troops"
question_outside = "support"
pool = { stock = "brigades", units_per_item = 3, usable_share = { mean = 0.5, sd = 0.1 } }

[[capabilities]]
id = "drones"
title = "Drone companies"
unit = "company of 80"
domain = "enabler"
troops_per_unit = 80
cost_usd_m_per_unit_year = { median = 6, p95 = 12 }
lift_per_unit = 1
notice_days = { values = [10, 20], weights = [1, 3] }
question = "send_troops"
question_outside = "support"

[[conditions]]
id = "ceasefire"
title = "the guns are silent"
probability = 0.3
assumed = true

[[conditions]]
id = "invited"
title = "Southland invites the force"
body = "host-consent"
requires = ["ceasefire"]

[[conditions]]
id = "backing"
title = "the ally backs it"
actor = "XAL"
question = "support"
requires = ["ceasefire"]

[sourcing]
horizon_months = 24
cap_share_of_army = 0.1
framework_share = 0.35
lift_units_per_relief = 40
extra_lift_usd_m = 1.5

[[sourcing.pledge_levels]]
id = "inventory"
title = "by the rule"
delivered_share = { low = 0.2, high = 0.6 }

[[sourcing.pledge_levels]]
id = "signed"
title = "signed"
delivered_share = { low = 0.8, high = 1.0 }

[[sourcing.incompatible]]
a = "XAL"
b = "XBE"

[[sourcing.couplings]]
id = "battalion-drones"
capability = "battalion"
needs = "drones"
units_per_enabler = 4

[[bodies]]
id = "council"
title = "A council of three"
members = ["XSO", "XAL", "XBE"]
rule = { kind = "k_of_n", yes = 2 }
lead_days = 30

[[correlations]]
a = "capabilities[battalion].troops_per_unit"
b = "theatre.lines[contact].length_km"
rho = 0.2

[[debate]]
id = "press"
who = "The press"
figure = 5000
regime = "interposition"
source = "claim-1"
"""

EVIDENCE = """\
[[sources]]
id = "atlas"
title = "Atlas"
publisher = "Office of maps"
date = "2024"
language = "en"

[[claims]]
id = "claim-1"
source = "atlas"
actor = "Office of maps"
date = 2024-05-01
paraphrase = "A battalion has 800 people."
supports = ["force.small"]
quantity = "force"
value = "5000"
unit = "troops"
"""

LINE = """\
{
  "type": "FeatureCollection",
  "features": [
    {
      "type": "Feature",
      "properties": {"id": "contact", "date": "2025-06-01", "source": "atlas"},
      "geometry": {
        "type": "LineString",
        "coordinates": [[30.0, 0.0], [30.5, 0.0], [31.0, 0.0]]
      }
    }
  ]
}
"""

NATIONS = """\
iso3,name,active_personnel,army_personnel,gdp_usd_bn,defence_expenditure_usd_bn,parliament,brigades,aircraft,source,confidence,note
XSO,Southland,50000,40000,100,5,none,8,,atlas,high,
XNO,Northland,200000,150000,900,40,none,30,100,,low,"Says ""so"",
on two lines"
XAL,Allied Land,80000~90000,50000,2000,50,prior,6,60,atlas;claim-1,medium,
XBE,Besideland,20000±500,15000,300,6,none,3,10,,low,
"""

OFFERS = """\
nation,capability,units,committed_units,pledge,caveats,conditions,source,note
XAL,battalion,6~8,1,signed,,invited,atlas,
XAL,drones,4,,signed,front,,,
XBE,battalion,,,inventory,capital;rear,ceasefire;invited,,by the rule
"""

POSITIONS = """\
actor,question,stance,date,speaker,conditions,source,confidence,note
XSO,send_troops,support,2025-05-02,Head of government,,atlas,high,Invites a force.
XNO,send_troops,oppose,2025-05,,,,medium,
XAL,send_troops,conditional,2025-06-01,Minister,ceasefire,claim-1,high,
XAL,support,support,2025,Minister,,,low,
XBE,send_troops,lean_yes,2025-06-03,,,,medium,
"""

DESIGN = """\
title = "Presence"
summary = "A battalion along the line."
order = 1
source = "atlas"

[land]
summary = "One battalion."
task = "deter"
stationing = "front"
line = "contact"
consent = 0.5
covered_share = { low = 0.2, mode = 0.4, high = 0.6 }
reserve_share = 0.1
headquarters = "brigade"

[backstop]
summary = "The ally stands behind it."
provider = "XAL"
condition = "backing"

[sequence]
summary = "Only after a ceasefire."
after = ["ceasefire"]

[rotation]
summary = "Half-year tours."
tour_months = 6
dwell_months = 12
overlap_days = 7

[mandate]
summary = "The council, then the coalition."

[[mandate.routes]]
id = "council"
title = "Through the council"
steps = [
    { body = "council", question = "send_troops" },
    { body = "coalition", question = "send_troops", roles = { lead = ["XAL"] } },
]

[[requirements]]
id = "infantry"
capability = "battalion"
location = "front"
units = 2

[[requirements]]
id = "eyes"
capability = "drones"
location = "capital"
units = { low = 1, high = 2 }
from_month = 6
to_month = 18
tier = 2
"""

FILES = {
    "scenario.toml": SCENARIO,
    "evidence.toml": EVIDENCE,
    "line.geojson": LINE,
    "nations.csv": NATIONS,
    "offers.csv": OFFERS,
    "positions.csv": POSITIONS,
    "designs/presence.toml": DESIGN,
}


def write(folder: Path, files: dict[str, str] = FILES) -> Path:
    """Write files, by their path inside the folder, as UTF-8; the folder comes back."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder


def changed(name: str, old: str, new: str, files: dict[str, str] = FILES) -> dict[str, str]:
    """The files with ``old`` replaced by ``new`` in one of them; ``old`` must stand there once."""
    assert files[name].count(old) == 1, f"{old!r} stands {files[name].count(old)} times in {name}"
    return {**files, name: files[name].replace(old, new)}


def place_of(name: str, text: str, files: dict[str, str] = FILES) -> tuple[int, int]:
    """Line and column at which a text first stands in one of the files."""
    before = files[name][: files[name].index(text)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
