"""The named reason: which rules, of whom, keep which lines from being filled for ever.

The steady state asks that every line be filled and every sector have its framework nation,
turn after turn. When no plan does that, QuickXplain finds a few rules and lines that already
exclude each other, and then whose rows of those rules it takes.

There may be many such conflicts. Which one is named follows an order of importance: a part is
named only when those more important do not already conflict. Among lines, tier 1 comes before
tier 2. Among rules, what is hardest to change comes first: rest of the force (dwell), then the
concept's own rules (framework nations, couplings), politics between nations, lift, which money
buys, and last what one capital can decide (ceilings and caveats). So a caveat is named only
when units at rest and lift are not reason enough, and to lift it helps. What nations have is
not a rule: ``stock`` is named when it conflicts with the lines by itself, whatever rule is
lifted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backstop.sourcing.conflict import minimal_conflict
from backstop.sourcing.cyclic import ring
from backstop.sourcing.horizon import build
from backstop.sourcing.problem import Problem
from backstop.sourcing.question import Question, asked, family, is_fact
from backstop.sourcing.reason_words import sentence

#: Rules by importance; a rule not listed counts as the least important.
IMPORTANCE = ("dwell", "framework", "coupling", "incompatible", "lift", "cap", "caveat")
#: Rules whose rows belong to single nations.
NATIONAL = ("dwell", "cap", "caveat")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a steady state cannot be filled.

    Parameters
    ----------
    groups
        The rules and lines that exclude each other. A rule that nations keep each for
        themselves is one group (``dwell``, ``cap``, ``caveat``); the others carry what they
        bind (``line:tankers``, ``framework:east``, ``coupling:fuel``, ``lift``). To drop any
        one of them ends this conflict, though another may remain.
    tags
        The same down to nations: ``cap:France`` rather than ``cap``. No smaller set of them
        is in conflict.
    nations
        Nations whose own dwell, ceiling or caveats take part.
    lines
        Lines that take part.
    proven
        Whether the conflict, and that it is minimal, is proven for every plan. False when a
        search ended at its node limit, or when only a plan that repeats every turn has been
        excluded.
    certified
        Whether exact arithmetic confirms the conflict; otherwise it rests on one solver's
        word, which a second solver should confirm.
    checks
        Questions asked.
    sentence
        The reason in words, with its numbers.
    """

    groups: tuple[str, ...]
    tags: tuple[str, ...]
    nations: tuple[str, ...]
    lines: tuple[str, ...]
    proven: bool
    certified: bool
    checks: int
    sentence: str


def explain(problem: Problem, *, nodes: int = 2000) -> Reason | None:
    """Explain why the lines cannot all be filled for ever; None when they can.

    Parameters
    ----------
    nodes
        Where each integer search ends.
    """
    steady = build(ring(problem), wraps=True, explains=True)
    if not asked(steady):
        return None
    question = Question(steady, nodes)
    parts = _parts(question.tags, steady.problem)
    if not question.conflicts(_joined(parts)):
        return _not_found(question) if question.undecided else None
    found = minimal_conflict(parts, conflicts=lambda some: question.conflicts(_joined(some)))
    tags = _refined(question, found)
    rules = {_group(tag) for tag in tags if family(tag) != "line"}
    lines = tuple(sorted(tag.partition(":")[2] for tag in tags if family(tag) == "line"))
    certified = question.certified(tags)
    if not rules and _served(lines, steady.problem):
        rules = {"stock"}
    proven = not question.undecided and (certified or repeats_lose_nothing(steady.problem))
    return Reason(
        groups=(*sorted(rules, key=_importance), *(f"line:{line}" for line in lines)),
        tags=tags,
        nations=tuple(sorted({t.partition(":")[2] for t in tags if family(t) in NATIONAL})),
        lines=lines,
        proven=proven,
        certified=certified,
        checks=question.checks,
        sentence=sentence(
            steady,
            tags=tags,
            proven=proven,
            certified=certified,
            nodes=nodes,
            ending=[p for p in problem.pools if p.endurance is not None and {*p.lines} & {*lines}],
        ),
    )


def repeats_lose_nothing(problem: Problem) -> bool:
    """Whether a steady state that some plan fills is also filled by one that repeats each turn.

    It is when every window of the dwell rule is the turn itself or a single rotation: any one
    turn of an endless plan can then be repeated, since each window around the ring holds just
    the deployments of that turn.
    """
    return all(pool.dwell in (0, problem.rotations - 1) for pool in problem.pools)


def _parts(tags: Iterable[str], problem: Problem) -> list[tuple[str, ...]]:
    """Return the groups of rows that are lifted together, the most important first."""
    rules: dict[str, list[str]] = {}
    for tag in sorted(tags):
        if not is_fact(tag) and family(tag) != "line":
            rules.setdefault(_group(tag), []).append(tag)
    known = set(tags)
    lines = sorted(problem.lines, key=lambda line: (line.tier, line.id))
    asks = [f"line:{line.id}" for line in lines]
    return [
        *(tuple(rules[group]) for group in sorted(rules, key=_importance)),
        *((ask,) for ask in asks if ask in known),
    ]


def _refined(question: Question, found: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Keep of the national rules only the nations whose rows the conflict takes."""
    tags = _joined(found)
    held = tuple(tag for tag in tags if family(tag) not in NATIONAL)
    weight: dict[str, int] = {}
    for pool in question.programme.problem.pools:
        weight[pool.nation] = weight.get(pool.nation, 0) + pool.stock * pool.effectiveness
    national = sorted(
        (tag for tag in tags if family(tag) in NATIONAL),
        key=lambda tag: (_importance(tag), -weight[tag.partition(":")[2]], tag),
    )
    kept = minimal_conflict(national, conflicts=lambda some: question.conflicts(held + some))
    return (*kept, *held)


def _not_found(question: Question) -> Reason:
    text = (
        f"Neither a plan that fills every line nor a proof that there is none was found "
        f"within {question.nodes} nodes."
    )
    return Reason((), (), (), (), False, False, question.checks, text)


def _served(lines: Iterable[str], problem: Problem) -> bool:
    """Whether any pool may serve one of the lines, all caveats lifted."""
    reached = {line for p in problem.pools for line in (*p.lines, *(line for line, _ in p.barred))}
    return bool(reached & set(lines))


def _group(tag: str) -> str:
    return family(tag) if family(tag) in NATIONAL else tag


def _importance(tag: str) -> tuple[int, str]:
    name = family(tag)
    return (IMPORTANCE.index(name) if name in IMPORTANCE else len(IMPORTANCE), tag)


def _joined(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(tag for part in parts for tag in part)
