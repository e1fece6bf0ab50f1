"""The verb of the stage: who can supply what is required, for how long, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from backstop.sourcing.criticality import Critical, criticality
from backstop.sourcing.cyclic import Bottleneck, Sizes, Steady, size, sustain
from backstop.sourcing.finish import finish
from backstop.sourcing.horizon import build
from backstop.sourcing.integer import value_of
from backstop.sourcing.plan import Plan, Use, filled, plan_of, use
from backstop.sourcing.pledge import Pledge, next_pledges
from backstop.sourcing.problem import Problem
from backstop.sourcing.programme import Programme
from backstop.sourcing.proof import Effort, Proof
from backstop.sourcing.stages import Staged, fill

SOLVER = "HiGHS 1.14 (one thread, fixed seed), exact row check"


@dataclass(frozen=True, slots=True)
class RotationCoverage:
    """Points required and filled in one rotation, over all lines."""

    rotation: int
    required: int
    filled: int

    @property
    def coverage(self) -> float:
        """Share filled; 1 where nothing is asked."""
        return self.filled / self.required if self.required else 1.0


@dataclass(frozen=True, slots=True)
class LineCoverage:
    """Points required, filled and short on one line, by rotation and over all of them."""

    line: str
    capability: str
    location: str
    tier: int
    asked: tuple[int, ...]
    """In each rotation."""
    served: tuple[int, ...]
    """In each rotation."""

    @property
    def required(self) -> int:
        """Points asked for over all rotations."""
        return sum(self.asked)

    @property
    def filled(self) -> int:
        """Points filled over all rotations."""
        return sum(self.served)

    @property
    def shortfall(self) -> int:
        """Points not filled."""
        return self.required - self.filled


@dataclass(frozen=True, slots=True)
class Sourcing:
    """The answer of the stage.

    Attributes
    ----------
    proofs
        Each stage with its value, proven bound and unit (see ``Proof``).
    without_framework
        ``(sector, first rotation of the year)`` with no framework nation.
    steady_coverage
        Share of the required points that can be filled for ever.
    steady_proofs, bottlenecks
        The steady state's own proofs, and what limits it, worst first.
    critical, pledges
        Empty unless asked for.
    cost_usd_m_per_year
        Units, presence and extra lift of this plan, the mean over the horizon's years.
    """

    plan: Plan
    rotations: tuple[RotationCoverage, ...]
    lines: tuple[LineCoverage, ...]
    proofs: tuple[Proof, ...]
    without_framework: tuple[tuple[str, int], ...]
    steady_coverage: float
    steady_proofs: tuple[Proof, ...]
    bottlenecks: tuple[Bottleneck, ...]
    sizes: Sizes
    use: tuple[Use, ...]
    cost_usd_m_per_year: float
    critical: tuple[Critical, ...]
    pledges: tuple[Pledge, ...]
    solver: str


def source(
    problem: Problem,
    *,
    effort: Effort | None = None,
    signed: Plan | None = None,
    with_criticality: bool = False,
    with_pledges: bool = False,
) -> Sourcing:
    """Source a statement of requirements.

    Parameters
    ----------
    effort
        How hard to look; ``Effort(cost_rounds=0)`` stops after the shortfall stages.
    signed
        A plan already signed: the third stage then changes it least instead of costing least.
    with_criticality, with_pledges
        Also solve the steady state again without each nation and enabler, and with more.

    Raises
    ------
    SolverFailed
        When a plan fails its exact row check or a bound contradicts it.
    """
    effort = effort or Effort()
    staged = solve(problem, effort=effort, signed=signed)
    steady = sustain(problem, effort=effort)
    answer = describe(staged, steady=steady, sizes=size(problem))
    if with_criticality:
        answer = replace(answer, critical=criticality(steady.staged, effort=effort))
    if with_pledges:
        pledges = next_pledges(problem, steady=steady.staged, effort=effort)
        answer = replace(answer, pledges=pledges)
    return answer


def describe(staged: Staged, *, steady: Steady, sizes: Sizes) -> Sourcing:
    """Put what was solved into words and tables."""
    problem = staged.programme.problem
    plan = plan_of(staged.programme, values=staged.values)
    return Sourcing(
        plan=plan,
        rotations=_rotations(plan, problem),
        lines=_lines(plan, problem),
        proofs=staged.proofs,
        without_framework=_without_framework(staged),
        steady_coverage=steady.coverage,
        steady_proofs=steady.staged.proofs,
        bottlenecks=steady.bottlenecks,
        sizes=sizes,
        use=use(plan, problem=problem),
        cost_usd_m_per_year=_cost(staged.programme, staged),
        critical=(),
        pledges=(),
        solver=SOLVER,
    )


def solve(problem: Problem, *, effort: Effort, signed: Plan | None = None) -> Staged:
    """Take the horizon model through all stages; what ``verify`` checks again."""
    return finish(fill(build(problem), effort=effort), effort=effort, signed=signed)


def _rotations(plan: Plan, problem: Problem) -> tuple[RotationCoverage, ...]:
    points = filled(plan, problem=problem)
    return tuple(
        RotationCoverage(
            t,
            sum(line.required[t] for line in problem.lines),
            sum(points[line.id, t] for line in problem.lines),
        )
        for t in range(problem.rotations)
    )


def _lines(plan: Plan, problem: Problem) -> tuple[LineCoverage, ...]:
    points = filled(plan, problem=problem)
    return tuple(
        LineCoverage(
            line.id,
            line.capability,
            line.location,
            line.tier,
            line.required,
            tuple(points[line.id, t] for t in range(problem.rotations)),
        )
        for line in problem.lines
    )


def _without_framework(staged: Staged) -> tuple[tuple[str, int], ...]:
    missing = staged.programme.of_kind("missing")
    return tuple((key.where, key.rotation) for key, n in missing if staged.values[n])


def _cost(programme: Programme, staged: Staged) -> float:
    thousands = value_of(programme.cost_objective(), staged.values)
    years = programme.problem.rotations * programme.problem.rotation_months / 12
    return thousands / 1000 / years
