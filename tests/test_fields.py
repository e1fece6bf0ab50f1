"""A parameter that nothing reads is an error.

Every field of every record of the shipped scenario is changed in a place where it should matter.
Then some output has to move, or ``check`` has to object, or the schema has to say that the field
only describes. A new field fails here until somebody says where it matters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest

import field_walk as walk
from backstop.assessment.alone import authorise_alone, authorise_body, size_alone
from backstop.assessment.assess import assess
from backstop.assessment.what_if import Effort
from backstop.campaign import simulate
from backstop.errors import InputError, NotFound, Problem
from backstop.scenario.body import Body
from backstop.scenario.load import examine, load
from backstop.scenario.quantity import fixed
from backstop.scenario.record import Record
from backstop.scenario.scenario import Scenario
from deterrence_cases import told

WORLDS = 64
#: Parts of a result that merely repeat what was written.
ECHO = {"scenario_digest", "assumptions", "sources"}
#: The British position in force on the scenario's day.
SPOKEN = "positions[GBR/ground_troops_in_ukraine/2025-10-20]"
#: What ``--set`` calls it -> the question that is asked of the changed scenario. A record is tried
#: in its places in turn; a field of its own comes before its record.
PLACES: dict[str, tuple[str, ...]] = {
    "ScenarioFile": ("scenario: assess tripwire",),
    "Theatre": ("theatre: size tripwire",),
    "LineDefinition": ("theatre.lines[contact]: size frontline",),
    "Location": ("theatre.locations[rear-centre]: assess tripwire",),
    "Location.kind": ("theatre.locations[poland]: assess tripwire",),
    "Party": ("parties[ukraine]: authorise tripwire",),
    "Capability": ("capabilities[battlegroup]: assess tripwire",),
    "Capability.domain": ("capabilities[fighters]: assess air-shield",),
    "Capability.question_outside": ("capabilities[isr]: assess tripwire",),
    "PoolRule": ("capabilities[battlegroup].pool: assess tripwire",),
    "Condition": ("conditions[us-backstop]: assess tripwire",),
    "Condition.body": ("conditions[host-consent]: assess tripwire",),
    "Condition.probability": ("conditions[ceasefire]: assess tripwire open",),
    "Condition.assumed": ("conditions[ceasefire]: assess tripwire",),
    "Question": ("questions[air_policing]: assess tripwire",),
    "Sourcing": ("sourcing: assess tripwire",),
    "PledgeLevel": ("sourcing.pledge_levels[declared]: assess tripwire",),
    "Incompatible": ("sourcing.incompatible[0]: assess tripwire",),
    "Coupling": ("sourcing.couplings[battlegroup-isr]: assess tripwire",),
    "Body": ("bodies[host-consent]: assess tripwire",),
    "Body.members": ("bodies[six]: body six",),
    "Body.weights": ("bodies[six]: body six",),
    "Body.mandate": ("bodies[unsc]: size consent",),
    "Term": ("bodies[unsc].terms[1]: check",),
    "Term.members": ("bodies[unsc].terms[1]: body unsc",),
    "StanceTable": ("stances: assess tripwire",),
    "StanceTable.unnamed": ("stances: authorise pledge",),
    "Stance": ("stances.stances.conditional: authorise pledge",),
    "Stance.abstains": ("stances.stances.unknown: body nac",),
    "Correlation": ("correlations[2]: assess tripwire",),
    "DebateFigure": ("debate[swp]: size frontline",),
    "DebateFigure.basis": ("debate[radakin-pool]: size tripwire",),
    "Nation": ("nations[GBR]: assess tripwire",),
    "Offer": ("offers[FRA/battlegroup]: assess tripwire",),
    "Position": (f"{SPOKEN}: assess tripwire",),
    "Position.confidence": (
        "positions[GBR/ground_troops_in_ukraine/2025-10-20]: authorise tripwire tied",
    ),
    "LineProperties": ("lines.features[0].properties: check",),
    "LineString": ("lines.features[0].geometry: check",),
    "Design": ("designs[tripwire]: authorise tripwire",),
    "Land": ("designs[frontline].land: size frontline",),
    "Land.consent": ("designs[consent].land: size consent",),
    "Land.stationing": ("designs[tripwire].land: size tripwire",),
    "Air": ("designs[air-shield].air: assess air-shield",),
    "Monitoring": ("designs[monitors].monitoring: size monitors",),
    "Arms": ("designs[pledge].arms: assess pledge",),
    "Backstop": ("designs[pledge].backstop: assess pledge",),
    "Engagement": ("designs[monitors].engagement: assess monitors",),
    "Sequence": ("designs[armistice].sequence: assess armistice",),
    "Rotation": ("designs[tripwire].rotation: assess tripwire",),
    "Route": ("designs[tripwire].mandate.routes[coalition]: authorise tripwire",),
    "Step": ("designs[tripwire].mandate.routes[coalition].steps[1]: authorise tripwire",),
    "Requirement": ("designs[tripwire].requirements[brigade-centre]: assess tripwire",),
    "DeterrenceTerms": ("deterrence: deter tripwire",),
    "DeterrenceTerms.attribution_if_seen": ("deterrence: deter package",),
    "ChallengerStakes": ("deterrence.challenger: deter tripwire",),
    "GuarantorStakes": ("deterrence.guarantor: deter package",),
    "RenegeCosts": ("deterrence.guarantor.reneging: deter tripwire",),
    "RenegeCosts.political": ("deterrence.guarantor.reneging: deter package political",),
    "RenegeCosts.binding": ("deterrence.guarantor.reneging: deter package",),
    "RenegeCosts.treaty": ("deterrence.guarantor.reneging: deter nato",),
    "Coalition": ("deterrence.coalition: deter tripwire",),
    "Passing": ("deterrence.passing: deter package",),
    "Passing.buffer_effect": ("deterrence.passing: deter armistice",),
    "Pledge": ("designs[package].pledge: deter package",),
    "Pledge.force_needed": ("designs[package].pledge: deter package weighted",),
    "Parliament": ("parliaments[convention]: assess tripwire",),
    "Parliament.vote_after_days": ("parliaments[after]: assess tripwire",),
    "Mission": ("missions[osce-smm]: size monitors", "missions[undof]: size consent"),
    "Campaign": ("campaign: campaign reassurance",),
    "Campaign.lift_days": ("campaign: campaign tripwire lifted",),
    "Stretch": ("campaign.stretches[donetsk]: campaign frontline",),
    "Army": ("campaign.attacker: campaign frontline",),
    "Force": ("campaign.attacker.forces[0]: campaign frontline",),
    "Force.brigades": ("campaign.attacker.forces[1]: campaign frontline",),
    "Unit": ("campaign.units[0]: campaign frontline",),
    "Unit.aircraft": ("campaign.units[5]: campaign air-shield",),
    "Unit.suppression": ("campaign.units[6]: campaign air-shield",),
    "Pipeline": ("campaign.arms: campaign arms",),
    "Battle": ("battle: campaign frontline",),
    "Attrition": ("battle.attrition: campaign frontline",),
    "Movement": ("battle.movement: campaign frontline",),
    "Terrain": ("battle.terrains[closed]: campaign frontline",),
    "Tempo": ("battle.tempo: campaign frontline",),
    "Command": ("battle.command: campaign frontline",),
    "AirPower": ("battle.air: campaign air-shield",),
    "TypeWorth": ("battle.types[light]: campaign frontline",),
    "Sizing": ("sizing: size frontline",),
    "Sizing.consent_needed": ("sizing: size consent",),
    "DensityRegime": ("sizing.densities[holding]: size frontline",),
    "Frontage": ("sizing.frontages[classic]: size frontline",),
    "MonitoringRule": ("sizing.monitoring: size monitors",),
    "Means": ("sizing.monitoring.means[uav]: size monitors",),
    "GrossUp": ("sizing.gross_up: size frontline",),
    "CommandShares.none": ("sizing.gross_up.command_share: size nato",),
    "CommandShares.brigade": ("sizing.gross_up.command_share: size tripwire",),
    "CommandShares.division": ("sizing.gross_up.command_share: size reassurance",),
    "CommandShares.corps": ("sizing.gross_up.command_share: size frontline",),
    "CommandShares.theatre": ("sizing.gross_up.command_share: size frontline theatre",),
}
#: Fields that no change can show, each with the reason; one that is read may not stay.
EXEMPT: dict[str, str] = {}
#: Values worth a try that no other record holds.
TRIED: dict[str, tuple[Any, ...]] = {
    "Army.aircraft_stock": ("manoeuvre_brigades",),
    # Tied to another quantity, so it must keep a spread.
    "Attrition.attacker_loss_share": ({"low": 0.1, "high": 0.2},),
    "Attrition.defender_loss_share": ({"low": 0.1, "high": 0.2},),
    "Campaign.line": ("with-border",),
    "Force.stock": ("combat_aircraft",),
    "Condition.question": ("ground_troops_in_ukraine",),
    "Condition.requires": (("russian-consent",),),
    "Backstop.condition": ("russian-consent",),
    "Backstop.provider": ("FRA",),
    "Incompatible.a": ("GBR",),
    "Incompatible.b": ("GBR",),
    "Question.easier_than": ("monitoring_mission",),
    "Requirement.to_month": (12,),
    "ScenarioFile.as_of": ("2025-02-01",),
    "Term.start": (date(2026, 1, 1), date(2025, 12, 31)),
    "Term.end": (date(2025, 6, 30),),
}
#: Rules are tried one by one in a body of six.
RULES: dict[str, dict[str, Any]] = {
    "unanimity": {"kind": "unanimity", "of": ["FRA", "DEU"]},
    "consensus": {"kind": "consensus", "of": ["FRA", "DEU"]},
    "no_veto": {"kind": "no_veto", "of": ["FRA", "DEU"]},
    "k_of_n": {"kind": "k_of_n", "yes": 2, "of": ["FRA", "DEU", "ITA"]},
    "weighted": {"kind": "weighted", "weight": "votes", "quota": 12},
    "share": {"kind": "share", "at_least": "2/3", "weight": "votes", "of_cast": True},
    "abstentions_below": {"kind": "abstentions_below", "share": "1/3", "weight": "votes"},
    "dual_majority": {"kind": "dual_majority", "members": 0.5, "weight": "votes", "share": 0.65},
    "opt_in": {"kind": "opt_in", "quorum": 2, "lead": ["FRA"]},
    "consent": {"kind": "consent", "of": "FRA"},
    "automatic": {"kind": "automatic"},
    "all_of": {"kind": "all_of", "rules": [{"kind": "consent", "of": "FRA"}]},
    "any_of": {"kind": "any_of", "rules": [{"kind": "consent", "of": "FRA"}]},
}
#: Another value of each field of a rule.
OTHER: dict[str, Any] = {
    "of": ["FRA", "BEL"],
    "yes": 3,
    "weight": "other",
    "quota": 13,
    "at_least": 0.9,
    "of_cast": False,
    "share": 0.9,
    "members": 0.9,
    "quorum": 5,
    "lead": ["BEL"],
    "rules": [{"kind": "consent", "of": "BEL"}],
}


def fields() -> Iterator[tuple[str, str]]:
    """Record and name of every field that some stage has to read."""
    for record, model in walk.records().items():
        if record in ("Scenario", "Evidence", "Source", "Claim") or "voting" in model.__module__:
            continue
        for name in model.model_fields:
            told = walk.descriptive(model, name) or name == "source"
            if not told and not walk.container(model, name) and len(walk.choices(model, name)) != 1:
                yield record, name


def _where(record: str, name: str) -> tuple[str, ...]:
    return PLACES.get(f"{record}.{name}", PLACES.get(record, ()))


def _cases() -> Iterator[Any]:
    for record, name in fields():
        long = not any(": size" in place for place in _where(record, name))
        yield pytest.param(record, name, marks=[pytest.mark.slow] if long else [])


@pytest.mark.parametrize(("record", "name"), list(_cases()))
def test_every_field_is_read(record: str, name: str) -> None:
    where = _where(record, name)
    assert where, f"say in PLACES where {record}.{name} matters, or declare it descriptive"
    read = any(_read(place, name) for place in where)
    if f"{record}.{name}" in EXEMPT:
        assert not read, f"{record}.{name} is read after all: take it off EXEMPT"
    else:
        assert read, f"nothing reads {record}.{name}"


@pytest.mark.parametrize(
    ("kind", "name"), [(k, n) for k, rule in RULES.items() for n in rule if n != "kind"]
)
def test_every_field_of_a_rule_is_read(kind: str, name: str) -> None:
    rule = RULES[kind]
    of = OTHER[name][1] if kind == "consent" else OTHER[name]
    assert _ruled(rule) != _ruled({**rule, name: of})


def test_every_rule_is_tried() -> None:
    known = [m for m in walk.records().values() if m.__module__ == "backstop.scenario.voting"]
    assert sorted(RULES) == sorted(kind for m in known for kind in walk.choices(m, "kind"))
    for model in known:
        (kind,) = walk.choices(model, "kind")
        assert set(model.model_fields) <= set(RULES[kind])


def _ruled(rule: dict[str, Any]) -> dict[str, Any]:
    base = _base("six")
    body = base.body("six")
    ruled = Body.model_validate({**body.model_dump(exclude={"rule"}), "rule": rule})
    return _asked(walk.put(base, "bodies[six]", ruled), "body six")


def test_every_named_source_is_looked_up() -> None:
    """``source`` of every record that a person writes must lead to the evidence."""
    places = [
        f"{place.partition(': ')[0]}.source"
        for record, place in ((r, p[0]) for r, p in PLACES.items() if "." not in r)
        if "source" in walk.records()[record].model_fields
        and not walk.descriptive(walk.records()[record], "source")
    ]
    told = {problem.path for problem in _problems(dict.fromkeys(places, "nowhere"))}
    shipped = ("bodies[", "parliaments[", "stances")
    assert [p for p in places if p not in told and not p.startswith(shipped)] == []


def test_every_source_in_the_shipped_tables_is_there() -> None:
    scenario = load("ukraine-2025")
    known = {source.id for source in scenario.library_sources}
    own = scenario.library
    named = {s for body in own for s in (*body.source, *(s for t in body.terms for s in t.source))}
    named |= {s for parliament in scenario.parliaments for s in parliament.source}
    named |= set(scenario.stances.source)
    assert named - known == set()


def _read(place: str, name: str) -> bool:
    path, _, question = place.partition(": ")
    base = _base(question)
    records = walk.changed(walk.at(base, path), name, others=_others(base, path, name))
    if question == "check":
        return any(_objects(path, name, record) for record in records)
    if name in ("id", "iso3") and _objects(path, name, None):
        return True
    before = _answer(question)
    return any(_differs(walk.put(base, path, r), question, before) for r in records)


def _differs(scenario: Scenario, question: str, before: dict[str, Any]) -> bool:
    try:
        return _asked(scenario, question) != before
    except (AssertionError, InputError, KeyError, NotFound, StopIteration):
        # A value that fits nothing else in the scenario: ``check`` would have refused it.
        return False


def _objects(path: str, name: str, record: Record | None) -> bool:
    """Whether ``check`` objects to the record's new value, or to a name that nothing knows."""
    value = "nowhere" if record is None else json.dumps(record.model_dump(mode="json")[name])
    return bool(_problems({f"{path}.{name}": value}))


def _problems(changes: dict[str, str]) -> list[Problem]:
    return examine("ukraine-2025", overrides=changes)[1]


def _others(base: Scenario, path: str, name: str) -> tuple[Any, ...]:
    """What the same field holds elsewhere in the scenario."""
    model = type(walk.at(base, path))
    held = {repr(v): v for v in (getattr(r, name) for r in walk.every(_whole(), model))}
    return (*TRIED.get(f"{model.__name__}.{name}", ()), *tuple(held.values())[:12])


@cache
def _answer(question: str) -> dict[str, Any]:
    return _asked(_base(question), question)


def _asked(scenario: Scenario, question: str) -> dict[str, Any]:
    verb, name = question.split()[:2]
    if verb == "body":
        answer = authorise_body(scenario, name, question=None, worlds=WORLDS, seed=1)
    elif verb == "size":
        answer = size_alone(scenario.design(name), worlds=WORLDS, seed=1)
    elif verb == "deter":
        answer = told(scenario.design(name))
    elif verb == "campaign":
        # 256 worlds, so that in some of them either side gives up.
        outcomes = simulate(scenario.design(name), worlds=range(256), seed=1)
        answer = {"digest": outcomes.digest()}
    elif verb == "authorise":
        answer = authorise_alone(scenario.design(name), worlds=WORLDS, seed=1)
    else:
        effort = Effort(cost_rounds=1)
        answer = assess(scenario.design(name), worlds=WORLDS, seed=1, effort=effort).to_dict()
    return {key: value for key, value in answer.items() if key not in ECHO}


def _base(question: str) -> Scenario:
    for ending, made in MADE.items():
        if question.endswith(ending):
            return made()
    return _whole() if question == "check" or question.startswith("campaign ") else _small()


@cache
def _whole() -> Scenario:
    return load("ukraine-2025")


@cache
def _small() -> Scenario:
    """A year and a half, few contributors, one route: quick to solve, and short of everything."""
    base = _whole()
    few = {"FRA", "GBR", "GRC", "TUR"}
    offers = tuple(offer for offer in base.offers if offer.nation in few)
    base = base.model_copy(update={"offers": offers})
    base = walk.put(base, "sourcing.horizon_months", 18)
    base = walk.put(base, "sourcing.lift_units_per_relief", fixed(20))
    base = walk.put(base, "sourcing.incompatible[0].b", "FRA")  # two that both come
    for design in base.designs:
        kept = tuple(r for r in design.requirements if r.capability in KEPT)
        base = walk.put(base, f"designs[{design.id}].requirements", kept)
        base = walk.put(base, f"designs[{design.id}].mandate.routes", design.mandate.routes[:1])
    return base


#: Capabilities of the small scenario.
KEPT = {"battlegroup", "isr", "fighters", "monitors"}


@cache
def _open() -> Scenario:
    """The small scenario with a ceasefire that may fail."""
    return walk.put(_small(), "conditions[ceasefire].assumed", False)


@cache
def _tied() -> Scenario:
    """The small scenario with two statements of one day, the better attested a refusal."""
    spoken = walk.at(_small(), SPOKEN)
    base = walk.put(_small(), f"{SPOKEN}.stance", "refuse")
    weaker = spoken.model_copy(update={"confidence": "low"})
    return base.model_copy(update={"positions": (*base.positions, weaker)})


@cache
def _six() -> Scenario:
    """A library with a body of six, in which two tables of weights differ."""
    base = _small()
    body = base.body("eec-1958")
    reverse = dict(zip(body.members, reversed(body.weights["votes"].values()), strict=True))
    weights = {**body.weights, "other": reverse}
    six = body.model_copy(update={"id": "six", "weights": weights})
    return base.model_copy(update={"library": (*base.library, six)})


@cache
def _theatre() -> Scenario:
    """A front held under the headquarters of a theatre, which no shipped design has."""
    return walk.put(_small(), "designs[frontline].land.headquarters", "theatre")


@cache
def _consent() -> Scenario:
    """The tripwire as a force of the Security Council between parties that half agree to it."""
    base = _small()
    blue, wire = base.design("blue-helmets").design, base.design("tripwire").design
    land = blue.land.model_copy(update={"consent": fixed(0.6)}) if blue.land else None
    mandate = blue.mandate.model_copy(update={"routes": blue.mandate.routes[:1]})
    design = wire.model_copy(update={"id": "consent", "land": land, "mandate": mandate})
    return base.model_copy(update={"designs": (design,)})


@cache
def _political() -> Scenario:
    """The package with a promise that is a mere declaration."""
    return walk.put(_small(), "designs[package].pledge.formality", "political")


@cache
def _weighted() -> Scenario:
    """The package with a promise that takes a share of the force to keep."""
    return walk.put(_small(), "designs[package].pledge.rule", "weighted")


@cache
def _lifted() -> Scenario:
    """The tripwire on allied soil, which no shipped design has."""
    return walk.put(_whole(), "designs[tripwire].requirements[brigade-centre].location", "poland")


MADE = {
    "lifted": _lifted,
    "political": _political,
    "weighted": _weighted,
    "open": _open,
    "tied": _tied,
    "six": _six,
    "theatre": _theatre,
    "consent": _consent,
}
