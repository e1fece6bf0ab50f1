"""Fusion: which records are of one act, with counts as intervals and merges that can be undone."""

from __future__ import annotations

from backstop.watch.fusion.fuse import fuse
from backstop.watch.fusion.fusion import Alternative, Fusion, Group, Member
from backstop.watch.fusion.judgement import Judgement
from backstop.watch.fusion.ledger import (
    Change,
    Division,
    apply,
    changes_to,
    judgements_of,
    read_change,
    replay,
    settled,
)
from backstop.watch.fusion.linkage import Linkage
from backstop.watch.fusion.observed import Observed, observed
from backstop.watch.fusion.pairs import Pairs, candidate_pairs
from backstop.watch.fusion.quality import Quality, Reliability, measure, reliability
from backstop.watch.fusion.reports import UNSTATED, Reports, reports
from backstop.watch.fusion.scoring import Scored, score_pairs
from backstop.watch.fusion.taxonomy import Taxonomy, read_taxonomy, taxonomy_name
from backstop.watch.fusion.window import Window

__all__ = [
    "UNSTATED",
    "Alternative",
    "Change",
    "Division",
    "Fusion",
    "Group",
    "Judgement",
    "Linkage",
    "Member",
    "Observed",
    "Pairs",
    "Quality",
    "Reliability",
    "Reports",
    "Scored",
    "Taxonomy",
    "Window",
    "apply",
    "candidate_pairs",
    "changes_to",
    "fuse",
    "judgements_of",
    "measure",
    "observed",
    "read_change",
    "read_taxonomy",
    "reliability",
    "replay",
    "reports",
    "score_pairs",
    "settled",
    "taxonomy_name",
]
