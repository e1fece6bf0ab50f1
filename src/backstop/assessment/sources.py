"""The documents that a result rests on, so that every id in it can be looked up in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from backstop.assessment.stages import Run
from backstop.scenario.evidence import Source

#: What sizing calls a row of the table of missions.
MISSION = "mission:"


def sources(run: Run, named: Iterable[str]) -> list[dict[str, Any]]:
    """Documents, once each, in the order of their ids.

    Parameters
    ----------
    run
        The case; what its votes, offers and design rest on is always among them.
    named
        Ids of sources, claims and missions that the result names. A claim leads to the document
        it stands in, which lists it under ``claims``; a mission is shown with what its row
        says of its figures.
    """
    scenario = run.case.scenario
    wanted = {*named, *_votes(run), *run.case.design.source}
    wanted |= {s for offer in run.supplies for s in offer.offer.source}
    claims = {claim.id: claim.source for claim in scenario.evidence.claims}
    quoted: dict[str, list[str]] = defaultdict(list)
    for claim in sorted(wanted & claims.keys()):
        quoted[claims[claim]].append(claim)
    documents = [
        {**_plain(source), "claims": quoted[source.id]}
        for source in _known(run)
        if source.id in wanted or source.id in quoted
    ]
    missions = [
        {
            "id": f"{MISSION}{mission.id}",
            "title": mission.name,
            "publisher": mission.source,
            "date": "",
            "claims": [],
        }
        for mission in scenario.missions
        if f"{MISSION}{mission.id}" in wanted
    ]
    return sorted([*documents, *missions], key=lambda one: str(one["id"]))


def _plain(source: Source) -> dict[str, str]:
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "date": source.date,
    }


def _known(run: Run) -> Iterable[Source]:
    """Every document on record, once; a scenario's own before a shipped one of the same id."""
    scenario = run.case.scenario
    tables = (
        scenario.battle.sources,
        scenario.library_sources,
        scenario.sizing.sources,
        scenario.evidence.sources,
    )
    return {source.id: source for table in tables for source in table}.values()


def _votes(run: Run) -> Iterator[str]:
    """What the positions rest on that the routes, the conditions and the nations' offers ask."""
    file = run.case.scenario.file
    ballots = {b for route in run.decisions.authorisation.routes for b in route.graph.order}
    ballots |= run.decisions.comes.keys()
    ballots |= {(c.actor, c.question) for c in file.conditions if c.actor and c.question}
    harder = {one.id: one.easier_than for one in file.questions}
    ballots |= {(actor, harder[asked]) for actor, asked in ballots if asked in harder}
    for position in run.case.scenario.positions:
        if (position.actor, position.question) in ballots:
            yield from position.source
