"""Whether some rules of a steady state can all hold: the question a reason is made of.

What nations have is no rule: their stock, and that units count where their nation is present,
hold whatever else is lifted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from backstop.sourcing.certificate import certified_bound
from backstop.sourcing.exact import violations
from backstop.sourcing.highs import Limits, Relaxation, minimise
from backstop.sourcing.integer import IntegerModel
from backstop.sourcing.programme import Programme

_NEAR = 1e-6


def family(tag: str) -> str:
    """Return the rule a group of rows belongs to: ``dwell`` for ``dwell:France``."""
    return tag.partition(":")[0]


def is_fact(tag: str) -> bool:
    """Whether a group of rows states what is so, not a rule that someone set."""
    return family(tag) in ("stock", "presence")


@dataclass(slots=True)
class Question:
    """Asks of sets of groups of rows whether any plan keeps to all of them.

    The relaxation answers first. What it refuses is refused for good: its duals are checked in
    exact arithmetic. What it allows goes to the integer search, unless a plan seen before, or
    the relaxation's own, already keeps to it.
    """

    programme: Programme
    nodes: int
    checks: int = 0
    undecided: int = 0
    tags: frozenset[str] = field(init=False)
    _asked: dict[int, int] = field(init=False)
    _relaxation: Relaxation = field(init=False)
    _kept: list[frozenset[str]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.tags = frozenset(row.group for row in self.programme.model.rows)
        self._asked = asked(self.programme)
        self._relaxation = Relaxation(self.programme.model, objective=self._asked)

    def conflicts(self, tags: Iterable[str]) -> bool:
        """Whether it is proven that no plan keeps to these groups, the facts besides.

        An integer search that ends at its node limit proves nothing: it counts as
        ``undecided`` and the answer is False.
        """
        self.checks += 1
        on = frozenset(tags) | {tag for tag in self.tags if is_fact(tag)}
        if any(on <= kept for kept in self._kept):
            return False
        if self.certified(on):
            return True
        if any(on <= kept for kept in self._kept):
            return False
        answer = minimise(
            self.programme.model,
            objective={},
            fixed=dict.fromkeys(self._asked, 0),
            ignored=self.tags - on,
            limits=Limits(self.nodes),
        )
        if answer.status == "infeasible":
            return True
        if answer.values:
            self._remember(answer.values)
        else:
            self.undecided += 1
        return False

    def certified(self, tags: Iterable[str]) -> bool:
        """Whether the relaxation refuses these groups, confirmed in exact arithmetic."""
        out = self.tags - frozenset(tags) - {tag for tag in self.tags if is_fact(tag)}
        relaxed = self._relaxation.solve(ignored=out)
        if relaxed.objective > _NEAR:
            model, duals = self.programme.model, relaxed.duals.tolist()
            bound = certified_bound(model, objective=self._asked, duals=duals, ignored=out)
            return bound > 0
        values = [round(value) for value in relaxed.values.tolist()]
        if all(values[number] == 0 for number in self._asked):
            self._remember(values)
        return False

    def _remember(self, values: Collection[int]) -> None:
        """Note all the groups that a plan keeps to; it answers for every set of them."""
        plan = list(values)
        broken = {v.group for v in violations(self.programme.model, values=plan)}
        if "bound" not in broken:
            self._kept.append(self.tags - broken)


def asked(programme: Programme) -> dict[int, int]:
    """What must be zero when everything is filled: shortfalls and missing framework nations."""
    rule = programme.problem.framework
    kinds = ("short", "missing") if rule is not None and rule.penalty else ("short",)
    return {number: 1 for kind in kinds for _, number in programme.of_kind(kind)}


def only(model: IntegerModel, *, tags: Iterable[str]) -> IntegerModel:
    """Return the model with the rows of these groups and the facts, for a second solver.

    That the groups conflict is the claim that the sum of what is ``asked`` is at least 1.
    """
    on = frozenset(tags)
    other = model.copy()
    other.rows = [row for row in model.rows if row.group in on or is_fact(row.group)]
    return other
