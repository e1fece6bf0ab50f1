"""Who has to agree, how likely that is, and who can block it."""

from __future__ import annotations

from backstop.authority.authorise import (
    Authorisation,
    Route,
    RoutePassage,
    Step,
    authorise,
    needed_ballots,
)
from backstop.authority.condition import Premise, Settlement, Vote, condition_cycles, settle
from backstop.authority.opening import Blocker, Opening
from backstop.authority.passage import Chance
from backstop.authority.power import MemberPower, power
from backstop.authority.stance import StanceDraw, StanceDraws, branches, chances, latest
from backstop.authority.willingness import correlated
from backstop.authority.words import in_words

__all__ = [
    "Authorisation",
    "Blocker",
    "Chance",
    "MemberPower",
    "Opening",
    "Premise",
    "Route",
    "RoutePassage",
    "Settlement",
    "StanceDraw",
    "StanceDraws",
    "Step",
    "Vote",
    "authorise",
    "branches",
    "chances",
    "condition_cycles",
    "correlated",
    "in_words",
    "latest",
    "needed_ballots",
    "power",
    "settle",
]
