"""HiGHS, fed straight from the arrays of an ``IntegerModel``.

Runs repeat: one thread, a fixed seed, and limits in nodes, never in seconds. Every solution is
rounded to integers and checked exactly before anyone sees it.

Source: Huangfu and Hall (2018), "Parallelizing the dual revised simplex method",
Mathematical Programming Computation 10, 119-142 (the HiGHS solver).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from backstop.errors import SolverFailed
from backstop.sourcing.exact import demand_exact
from backstop.sourcing.integer import IntegerModel, value_of

Status = Literal["optimal", "feasible", "infeasible", "undecided"]

_SEED = 20250417
_UNIT_GAP = 1 - 1e-4
"""An integer objective within less than one of its bound is proven."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a search stops: nodes of the tree, and the relative gap that is good enough."""

    nodes: int = 100_000
    gap: float = 0.0
    stall_nodes: int | None = None
    near: bool = False
    """Look for better plans near the one at hand (RINS) and not anywhere (RENS)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A solve's verdict: integer values (empty without a solution), objective, proven bound."""

    status: Status
    values: tuple[int, ...]
    objective: int | None
    bound: int | None
    nodes: int


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The linear relaxation: whether it is feasible, its value, and a dual for each row."""

    feasible: bool
    objective: float
    values: NDArray[np.float64]
    duals: NDArray[np.float64]


def minimise(
    model: IntegerModel,
    *,
    objective: Mapping[int, int],
    start: Sequence[int] | None = None,
    fixed: Mapping[int, int] | None = None,
    ignored: Collection[str] = (),
    limits: Limits | None = None,
) -> Answer:
    """Minimise an integer objective.

    Parameters
    ----------
    start
        A complete solution to begin from; with it an answer is never worse than the start.
    fixed
        Variables held at a value.
    ignored
        Group tags whose rows are left out.

    Raises
    ------
    SolverFailed
        When HiGHS returns a plan that its exact row check refuses, or stops with an error.
    """
    limits = limits or Limits()
    solver = _loaded(model, objective=objective, fixed=fixed or {}, ignored=ignored, whole=True)
    solver.setOptionValue("mip_max_nodes", limits.nodes)
    solver.setOptionValue("mip_rel_gap", limits.gap)
    solver.setOptionValue("mip_abs_gap", _UNIT_GAP)
    if limits.stall_nodes is not None:
        solver.setOptionValue("mip_max_stall_nodes", limits.stall_nodes)
    solver.setOptionValue("mip_heuristic_run_rens", not limits.near)
    if start is not None:
        # Last before the run: HiGHS drops a start without a word when the model changes after.
        numbers = np.arange(len(start), dtype=np.int32)
        solver.setSolution(len(start), numbers, np.asarray(start, dtype=np.float64))
    solver.run()
    return _answer(solver, model, objective=objective, start=start, ignored=ignored)


def relax(
    model: IntegerModel, *, objective: Mapping[int, int], ignored: Collection[str] = ()
) -> Relaxed:
    """Solve the linear relaxation."""
    solver = _loaded(model, objective=objective, fixed={}, ignored=ignored, whole=False)
    solver.run()
    return _relaxed(solver)


def multipliers(model: IntegerModel, *, objective: Mapping[int, int]) -> list[float]:
    """Return a multiplier a row for a bound, by an interior point and no vertex.

    Not exact duals, which a bound checked in integers need not be; where one cost has to be kept
    they come many times sooner than a simplex method's.
    """
    solver = _loaded(model, objective=objective, fixed={}, ignored=(), whole=False)
    solver.setOptionValue("solver", "ipm")
    solver.setOptionValue("run_crossover", "off")
    solver.run()
    duals = list(solver.getSolution().row_dual)
    found = len(duals) == len(model.rows) and all(math.isfinite(dual) for dual in duals)
    return duals if found else [0.0] * len(model.rows)


class Relaxation:
    """A relaxation solved again and again with different groups of rows switched off.

    It keeps the last basis, so that the next solve begins where the last ended.
    """

    def __init__(self, model: IntegerModel, *, objective: Mapping[int, int]) -> None:
        self._solver = _loaded(model, objective=objective, fixed={}, ignored=(), whole=False)
        self._tags = np.array([row.group for row in model.rows])
        self._numbers = np.arange(len(model.rows), dtype=np.int32)
        self._lower, self._upper = _row_bounds(model, ())

    def solve(self, *, ignored: Collection[str] = ()) -> Relaxed:
        """Solve with the rows of the ``ignored`` groups left out."""
        off = np.isin(self._tags, list(ignored)) if ignored else np.zeros(len(self._tags), bool)
        lower = np.where(off, -np.inf, self._lower)
        upper = np.where(off, np.inf, self._upper)
        self._solver.changeRowsBounds(len(self._numbers), self._numbers, lower, upper)
        self._solver.run()
        return _relaxed(self._solver)


def _row_bounds(
    model: IntegerModel, ignored: Collection[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    out = frozenset(ignored)
    lower = [-math.inf if r.lower is None or r.group in out else float(r.lower) for r in model.rows]
    upper = [math.inf if r.upper is None or r.group in out else float(r.upper) for r in model.rows]
    return np.array(lower), np.array(upper)


def _loaded(
    model: IntegerModel,
    *,
    objective: Mapping[int, int],
    fixed: Mapping[int, int],
    ignored: Collection[str],
    whole: bool,
) -> Any:
    import highspy

    columns = len(model.names)
    cost = np.zeros(columns)
    cost[list(objective.keys())] = list(objective.values())
    lower = np.array(model.lower, dtype=np.float64)
    upper = np.array(model.upper, dtype=np.float64)
    held = list(fixed.keys())
    lower[held] = upper[held] = list(fixed.values())
    row_lower, row_upper = _row_bounds(model, ignored)
    lengths = [len(row.terms) for row in model.rows]
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    index = np.array([v for row in model.rows for v, _ in row.terms], dtype=np.int32)
    value = np.array([c for row in model.rows for _, c in row.terms], dtype=np.float64)
    integrality = np.full(columns, int(whole), dtype=np.int32)
    solver = highspy.Highs()
    for name, option in (
        ("output_flag", False),
        ("threads", 1),
        ("parallel", "off"),
        ("random_seed", _SEED),
    ):
        solver.setOptionValue(name, option)
    by_row, minimise_sense = int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize)
    sizes = (columns, len(model.rows), len(index), by_row, minimise_sense)
    bounds = (cost, lower, upper, row_lower, row_upper)
    status = solver.passModel(*sizes, 0.0, *bounds, starts, index, value, integrality)
    assert status != highspy.HighsStatus.kError, "HiGHS refused the model"
    return solver


def _answer(
    solver: Any,
    model: IntegerModel,
    *,
    objective: Mapping[int, int],
    start: Sequence[int] | None,
    ignored: Collection[str],
) -> Answer:
    import highspy

    status = solver.getModelStatus()
    info = solver.getInfo()
    nodes = max(0, int(info.mip_node_count))
    if status in (
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    ):
        if start is not None:
            raise SolverFailed("HiGHS calls a model infeasible that has a checked solution")
        return Answer("infeasible", (), None, None, nodes)
    bound = _whole_bound(info.mip_dual_bound)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        if start is None:
            return Answer("undecided", (), None, bound, nodes)
        values = tuple(start)
    else:
        values = tuple(round(value) for value in solver.getSolution().col_value)
    demand_exact(model, values=values, ignored=ignored)
    worth = value_of(objective, values)
    if start is not None and value_of(objective, start) < worth:
        values, worth = tuple(start), value_of(objective, start)
    if bound is not None and worth < bound:
        raise SolverFailed(f"HiGHS claims a bound of {bound} above a checked plan of {worth}")
    proven = bound is not None and worth == bound
    return Answer("optimal" if proven else "feasible", values, worth, bound, nodes)


def _whole_bound(bound: float) -> int | None:
    """Round a proven bound up to the next integer the objective can take."""
    if not math.isfinite(bound):
        return None
    return math.ceil(bound - 1e-6 * max(1.0, abs(bound) * 1e-3))


def _relaxed(solver: Any) -> Relaxed:
    import highspy

    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        solution = solver.getSolution()
        worth = float(solver.getInfo().objective_function_value)
        return Relaxed(True, worth, np.array(solution.col_value), np.array(solution.row_dual))
    if status == highspy.HighsModelStatus.kInfeasible:
        return Relaxed(False, math.inf, np.empty(0), np.empty(0))
    raise SolverFailed(f"HiGHS stopped on a relaxation: {solver.modelStatusToString(status)}")
