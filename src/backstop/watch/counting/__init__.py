"""Counting rules as named, versioned objects, and figures that name them.

from backstop.watch.counting import compare, count

count(observations, rule="rounds@1")     # 494 (rounds@1)
count(observations, rule="episode@1")    # 4 (episode@1)
"""

from backstop.watch.counting.compare import (
    CONVERSIONS,
    ROUNDS_TO_EPISODES,
    Comparison,
    Conversion,
    compare,
    convert,
)
from backstop.watch.counting.count import Countable, count
from backstop.watch.counting.episodes import Episodes, episodes
from backstop.watch.counting.rule import EPISODES, INCIDENTS, ROUNDS, RULES, Rule, rule_of
from backstop.watch.counting.total import Total

__all__ = [
    "CONVERSIONS",
    "EPISODES",
    "INCIDENTS",
    "ROUNDS",
    "ROUNDS_TO_EPISODES",
    "RULES",
    "Comparison",
    "Conversion",
    "Countable",
    "Episodes",
    "Rule",
    "Total",
    "compare",
    "convert",
    "count",
    "episodes",
    "rule_of",
]
