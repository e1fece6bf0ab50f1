"""The stages after the shortfalls: cost or least change, fairness, and a canonical plan."""

from __future__ import annotations

from dataclasses import replace

from backstop.sourcing.blocks import keep
from backstop.sourcing.integer import IntegerModel, value_of
from backstop.sourcing.plan import Plan
from backstop.sourcing.polish import Search, at_once, polish
from backstop.sourcing.programme import Programme
from backstop.sourcing.proof import Effort, Proof
from backstop.sourcing.stages import Staged
from backstop.sourcing.turns import cheaper

SHARES = 1000
"""Shares of GDP are whole thousandths, so that every coefficient stays an integer."""
LATE_GAP = 0.05
"""A window of the last stages this near its own bound is left."""
TROOPS_A_STEP = 100
"""Burden is counted in hundreds of troop-rotations."""


def finish(staged: Staged, *, effort: Effort, signed: Plan | None = None) -> Staged:
    """Take a plan through the stages that follow the shortfalls.

    With a ``signed`` plan the third stage is least change against it, else cost. Then comes
    unfairness, last a tie-break. With no rounds of effort the plan is returned as it is.
    """
    if not effort.cost_rounds:
        return staged
    if signed is None:
        staged = cheapen(staged, effort=effort)
    else:
        staged = least_change(staged, signed=signed)
    if not effort.fair_rounds:
        return staged
    return late(staged, rounds=effort.fair_rounds)


def late(staged: Staged, *, rounds: int) -> Staged:
    """Take a plan through unfairness and the tie-break.

    One node a window: with the cost held at its value these searches are hard, and worth less.
    """
    search = Search(rounds, 1, LATE_GAP)
    staged = fairer(staged, search=search)
    return lessen(staged, "tie-break", ranks(staged.programme), search)


def cheapen(staged: Staged, *, effort: Effort) -> Staged:
    """Lessen the cost and keep the result."""
    values, proof = cheaper(staged, effort=effort)
    return _done(staged, staged.programme.cost_objective(), values, proof)


def lessen(staged: Staged, name: str, objective: dict[int, int], search: Search) -> Staged:
    """Polish one more objective and keep the result."""
    values, proof = polish(
        staged.programme,
        staged.model,
        name=name,
        objective=objective,
        values=staged.values,
        search=search,
    )
    return _done(staged, objective, values, proof)


def _done(
    staged: Staged, objective: dict[int, int], values: tuple[int, ...], proof: Proof
) -> Staged:
    model = staged.model.copy()
    keep(model, objective, proof.objective, name=proof.stage)
    return replace(staged, model=model, values=values, proofs=(*staged.proofs, proof))


def least_change(staged: Staged, *, signed: Plan) -> Staged:
    """Change as few unit-rotations of the signed plan as can be.

    ``|x - signed|`` is ``x - signed + 2 less`` with ``less >= signed - x``. Deployments of
    nations that are no longer there are not counted: they are gone whatever is done.
    """
    programme, model = staged.programme, staged.model.copy()
    values = list(staged.values)
    counts = signed.counts()
    objective: dict[int, int] = {}
    constant = 0
    for key, number in programme.of_kind("x"):
        was = counts.get((key.who, key.where, key.rotation), 0)
        objective[number] = 1
        if was:
            constant += was
            less = model.variable(f"less[{key.who},{key.where},{key.rotation}]", upper=was)
            name = f"change[{key.who},{key.where},{key.rotation}]"
            model.row(name, group="stage", terms=[(number, 1), (less, 1)], lower=was)
            objective[less] = 2
            values.append(max(0, was - values[number]))
    grown = replace(staged, model=model, values=tuple(values))
    lessened, last = at_once(model, name="change", objective=objective, values=values)
    done = _done(grown, objective, lessened, last)
    proof = Proof("change", last.objective - constant, max(0, last.bound - constant))
    return replace(done, proofs=(*done.proofs[:-1], proof))


def fairer(staged: Staged, *, search: Search) -> Staged:
    """Lessen what nations carry above their share of GDP.

    The sum over nations of ``max(0, burden - gdp share x total burden)``, burden in hundreds of
    troop-rotations: the numerator of the Hoover index (Hoover 1936).
    """
    programme, model = staged.programme, staged.model.copy()
    shares = gdp_shares(programme)
    values = list(staged.values)
    terms = _burdens(programme)
    carried = {n: value_of(dict(pairs), values) for n, pairs in terms.items()}
    most = sum(w * model.upper[v] for pairs in terms.values() for v, w in pairs)
    total = _equal(model, values, "burden", [p for pairs in terms.values() for p in pairs], most)
    objective: dict[int, int] = {}
    for nation, pairs in sorted(terms.items()):
        if not pairs:
            continue
        own = _equal(model, values, f"burden[{nation}]", pairs, most)
        over = model.variable(f"over[{nation}]", upper=most)
        above = SHARES * carried[nation] - shares[nation] * sum(carried.values())
        values.append(max(0, -(-above // SHARES)))
        row = [(over, SHARES), (own, -SHARES), (total, shares[nation])]
        model.row(f"fair[{nation}]", group="stage", terms=row, lower=0)
        objective[over] = 1
    grown = replace(staged, model=model, values=tuple(values))
    return lessen(grown, "unfairness", objective, search)


def gdp_shares(programme: Programme) -> dict[str, int]:
    """Return each nation's share of GDP in whole thousandths, rounded down."""
    nations = programme.problem.nations
    total = sum(nation.gdp_usd_bn for nation in nations)
    return {n.id: int(SHARES * n.gdp_usd_bn / total) if total else 0 for n in nations}


def ranks(programme: Programme) -> dict[int, int]:
    """Return a weight for each deployment, scrambled so that few plans weigh the same.

    It depends on the canonical order of pools, lines and rotations alone (Knuth's
    multiplicative scramble).
    """
    numbers = [number for _, number in programme.of_kind("x")]
    return {n: 1 + (rank * 2654435761 % 2**32) % 997 for rank, n in enumerate(numbers, start=1)}


def _burdens(programme: Programme) -> dict[str, list[tuple[int, int]]]:
    pools = {pool.id: pool for pool in programme.problem.pools}
    terms: dict[str, list[tuple[int, int]]] = {n.id: [] for n in programme.problem.nations}
    for key, number in programme.of_kind("x"):
        pool = pools[key.who]
        steps = max(1, round(pool.troops_per_unit / TROOPS_A_STEP))
        terms[pool.nation].append((number, steps))
    return terms


def _equal(
    model: IntegerModel, values: list[int], name: str, terms: list[tuple[int, int]], most: int
) -> int:
    """Add a variable that equals a sum, and its value."""
    number = model.variable(name, upper=most)
    values.append(value_of(dict(terms), values))
    model.row(f"sum.{name}", group="stage", terms=[*terms, (number, -1)], lower=0, upper=0)
    return number
