"""Strategic logit and probit: what attackers and defenders want, read off what they did.

Two players (Signorino 1999; Signorino and Tarar 2006). The attacker attacks or leaves the status
quo; if attacked, the defender resists or capitulates. Each errs on its own actions, so that

    P(resist) = F(U_D(war))                 U_D(capitulation) = 0
    P(attack) = F(P(resist) U_A(war) + (1 - P(resist)) U_A(capitulation) - U_A(status quo))

with utilities linear in what is known of the case. **Not for point forecasts**: on the 58 cases
of Huth (1988) the published model of 21 parameters predicts worse, left one out, than base rates.
It is for priors, and for checking that a method can find what is there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from backstop.deterrence.links import Chances, Link, chances
from backstop.errors import InputError, Problem

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Penalty = Literal["logf", "ridge", "none"]

#: The four utilities, in the order of the coefficients.
BLOCKS = ("status_quo", "capitulation", "war", "resist")


@dataclass(frozen=True, slots=True, eq=False)
class Crises:
    """Crises as they went. A matrix has one row a case; a utility without regressors is 0."""

    attacked: BoolArray
    """Whether the attacker attacked, shape (cases,)."""
    resisted: BoolArray
    """Whether the defender resisted; read only where attacked, shape (cases,)."""
    status_quo: FloatArray
    """What the attacker's utility of the status quo is linear in, shape (cases, any)."""
    capitulation: FloatArray
    """The same for its utility of a capitulation."""
    war: FloatArray
    """The same for its utility of war."""
    resist: FloatArray
    """The same for the defender's utility of war."""

    def __post_init__(self) -> None:
        cases = len(self.attacked)
        problems = []
        for name in BLOCKS:
            matrix = getattr(self, name)
            if matrix.ndim != 2 or len(matrix) != cases:
                problems.append(Problem("", 0, 0, name, f"one row for each of {cases} cases"))
            elif not bool(np.all(np.isfinite(matrix))):
                problems.append(Problem("", 0, 0, name, "holds a number that is not finite"))
        if len(self.resisted) != cases or cases == 0:
            problems.append(Problem("", 0, 0, "resisted", "one entry a case, of at least one"))
        if problems:
            raise InputError(problems)

    def __len__(self) -> int:
        return len(self.attacked)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many coefficients each utility has."""
        return tuple(getattr(self, name).shape[1] for name in BLOCKS)

    def take(self, rows: npt.NDArray[np.integer]) -> Crises:
        """Some of the cases."""
        kept = {name: getattr(self, name)[rows] for name in ("attacked", "resisted", *BLOCKS)}
        return replace(self, **kept)

    @property
    def constant(self) -> BoolArray:
        """Which coefficients stand on a constant column: those are never penalised."""
        flags = [np.ptp(getattr(self, name), axis=0) == 0 for name in BLOCKS]
        return np.concatenate(flags)

    @property
    def spread(self) -> FloatArray:
        """Standard deviation of each regressor, 1 for a constant."""
        found = np.concatenate([getattr(self, name).std(axis=0) for name in BLOCKS])
        return np.where(self.constant, 1.0, found)


@dataclass(frozen=True, slots=True, eq=False)
class Estimated:
    """Coefficients with their errors, and whether they can be trusted."""

    link: Link
    penalty: Penalty
    coefficients: dict[str, FloatArray]
    """By utility, in prizes where a rationality was given."""
    errors: dict[str, FloatArray]
    """Standard errors, from the curvature of the penalised likelihood."""
    log_likelihood: float
    """Without the penalty."""
    separated: bool
    """Whether some regressors tell attackers or resisters apart without error, so that without a
    penalty a coefficient would run to infinity."""
    converged: bool
    """Whether the optimiser ended at a stationary point."""
    rationality: float
    """The λ that the utilities are stated for."""


def estimate(
    data: Crises,
    *,
    link: Link = "logit",
    penalty: Penalty = "logf",
    strength: float = 1.0,
    rationality: float | Literal["free"] = 1.0,
) -> Estimated:
    """Fit the strategic model by penalised maximum likelihood.

    Parameters
    ----------
    data : Crises
    link : {"logit", "probit"}
    penalty : {"logf", "ridge", "none"}
        On standardised slopes, never on constants. ``"logf"``: a log-F(m, m) prior with m the
        strength, as if m/2 cases had gone either way (Greenland and Mansournia 2015);
        ``"ridge"``: a normal prior of precision ``strength``.
    strength : float
    rationality : float
        λ that the utilities are stated for: only λ · u is identified.

    Returns
    -------
    Estimated

    Raises
    ------
    InputError
        Where λ is to be estimated beside the utilities; where nobody or everybody attacked, or
        all or none of the attacked resisted; where the cases are separated and no penalty is set.
    """
    scale = _scale(rationality)
    _told_apart(data)
    apart = separated(data)
    if apart and penalty == "none":
        message = 'a regressor tells the cases apart without error; set a penalty, such as "logf"'
        raise InputError([Problem("", 0, 0, "penalty", message)])
    task = _Task(data, link, penalty, strength)
    found, converged = task.fit()
    error = np.sqrt(np.maximum(np.diag(np.linalg.pinv(task.curvature(found))), 0.0))
    return Estimated(
        link=link,
        penalty=penalty,
        coefficients=_split(data, found / scale),
        errors=_split(data, error / scale),
        log_likelihood=float(task.likelihood(found)[0]),
        separated=apart,
        converged=converged,
        rationality=scale,
    )


def predict(fitted: Estimated, data: Crises) -> tuple[FloatArray, FloatArray]:
    """P(attack) and P(resist | attack) of every case, shape (cases,) each."""
    beta = np.concatenate([fitted.coefficients[name] for name in BLOCKS]) * fitted.rationality
    attack, resist, _ = _play(data, beta, fitted.link)
    return attack.p, resist.p


def _scale(rationality: float | Literal["free"]) -> float:
    if rationality == "free":
        message = (
            "only the product of rationality and utility is identified; give a rationality, and "
            "read the utilities as stated for it"
        )
        raise InputError([Problem("", 0, 0, "rationality", message)])
    if not (np.isfinite(rationality) and rationality > 0):
        message = f"is {rationality}; give a number above 0"
        raise InputError([Problem("", 0, 0, "rationality", message)])
    return float(rationality)


def _told_apart(data: Crises) -> None:
    attacked, resisted = data.attacked, data.resisted[data.attacked]
    if attacked.all() or not attacked.any():
        message = "every case must not go the same way: some attacked, some not"
        raise InputError([Problem("", 0, 0, "attacked", message)])
    if resisted.all() or not resisted.any():
        message = "some of the attacked must have resisted and some not"
        raise InputError([Problem("", 0, 0, "resisted", message)])


def separated(data: Crises) -> bool:
    """Whether a linear rule tells resisters, or attackers, apart without error (Konis 2007).

    For the attacker the utilities are multiplied by an unknown P(resist); the rule is sought in
    the regressors themselves, which is what any P(resist) strictly within (0, 1) leaves of them.
    """
    rows = data.attacked
    attacker = np.hstack([data.status_quo, data.capitulation, data.war])
    return _separates(data.resist[rows], data.resisted[rows]) or _separates(attacker, rows)


def _separates(matrix: FloatArray, yes: BoolArray) -> bool:
    from scipy.optimize import linprog

    if matrix.shape[1] == 0:
        return False
    signed = matrix * np.where(yes, 1.0, -1.0)[:, None]
    best = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=(-1, 1))
    # 0 is always allowed, so an optimum of 0 says that no rule does better than nothing.
    return bool(best.status == 0 and float(best.fun or 0.0) < -1e-7)


def _split(data: Crises, values: FloatArray) -> dict[str, FloatArray]:
    edges = np.cumsum(data.sizes)[:-1]
    return dict(zip(BLOCKS, np.split(values, edges), strict=True))


def _play(data: Crises, beta: FloatArray, link: Link) -> tuple[Chances, Chances, FloatArray]:
    """Chances at both nodes, and the attacker's utilities of war less capitulation."""
    part = _split(data, beta)
    resist = chances(link, data.resist @ part["resist"])
    war, gives_in = data.war @ part["war"], data.capitulation @ part["capitulation"]
    p = resist.p
    attack = chances(link, p * war + (1 - p) * gives_in - data.status_quo @ part["status_quo"])
    return attack, resist, war - gives_in


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    data: Crises
    link: Link
    penalty: Penalty
    strength: float

    def fit(self) -> tuple[FloatArray, bool]:
        """The best coefficients, from statistical backward induction on."""
        from scipy.optimize import minimize

        start = self.backward_induction()
        best = minimize(self._loss, start, jac=True, method="BFGS", options={"gtol": 1e-7})
        stationary = float(np.max(np.abs(self._loss(best.x)[1]))) < 1e-3
        return np.asarray(best.x), stationary

    def backward_induction(self) -> FloatArray:
        """Starting values: fit the defender, then the attacker against the fitted defender.

        Bas, Signorino and Walker 2008.
        """
        data = self.data
        rows = data.attacked
        defender = _one_choice(self.link, data.resist[rows], data.resisted[rows])
        p = chances(self.link, data.resist @ defender).p[:, None]
        stacked = np.hstack([-data.status_quo, (1 - p) * data.capitulation, p * data.war])
        attacker = _one_choice(self.link, stacked, data.attacked)
        return np.concatenate([attacker, defender])

    def _loss(self, beta: FloatArray) -> tuple[float, FloatArray]:
        value, slope = self.likelihood(beta)
        prior, prior_slope = self._prior(beta)
        return -value - prior, -slope - prior_slope

    def likelihood(self, beta: FloatArray) -> tuple[float, FloatArray]:
        """Log-likelihood and its gradient."""
        data = self.data
        attack, resist, gap = _play(data, beta, self.link)
        attacked, resisted = data.attacked, data.resisted
        value = np.where(attacked, attack.yes, attack.no)
        value = value + np.where(attacked, np.where(resisted, resist.yes, resist.no), 0.0)
        by_attack = np.where(attacked, attack.yes_slope, attack.no_slope)
        by_resist = np.where(attacked, np.where(resisted, resist.yes_slope, resist.no_slope), 0.0)
        p = resist.p
        slope = np.concatenate(
            [
                -data.status_quo.T @ by_attack,
                data.capitulation.T @ (by_attack * (1 - p)),
                data.war.T @ (by_attack * p),
                data.resist.T @ (by_resist + by_attack * gap * resist.p_slope),
            ]
        )
        return float(value.sum()), slope

    def _prior(self, beta: FloatArray) -> tuple[float, FloatArray]:
        from scipy.special import expit

        spread = np.where(self.data.constant, 0.0, self.data.spread)
        scaled, m = beta * spread, self.strength
        match self.penalty:
            case "logf":
                value = m / 2 * scaled - m * np.logaddexp(0.0, scaled)
                slope = (m / 2 - m * expit(scaled)) * spread
            case "ridge":
                value, slope = -0.5 * m * scaled**2, -m * scaled * spread
            case "none":
                return 0.0, np.zeros(len(beta))
        return float(value[spread > 0].sum()), slope

    def curvature(self, beta: FloatArray) -> FloatArray:
        """Second derivatives of the penalised loss, by central differences of its gradient."""
        step = 1e-5 * np.maximum(1.0, np.abs(beta))
        rows = []
        for place, h in enumerate(step):
            ahead, behind = beta.copy(), beta.copy()
            ahead[place] += h
            behind[place] -= h
            rows.append((self._loss(ahead)[1] - self._loss(behind)[1]) / (2 * h))
        found = np.array(rows).reshape(len(beta), len(beta))
        return np.asarray((found + found.T) / 2)


def _one_choice(link: Link, matrix: FloatArray, yes: BoolArray) -> FloatArray:
    """Coefficients of one agent's choice, held finite by a light ridge."""
    from scipy.optimize import minimize

    if matrix.shape[1] == 0:
        return np.zeros(0)

    def loss(beta: FloatArray) -> tuple[float, FloatArray]:
        found = chances(link, matrix @ beta)
        value = float(np.where(yes, found.yes, found.no).sum())
        slope = matrix.T @ np.where(yes, found.yes_slope, found.no_slope)
        return 0.05 * float(beta @ beta) - value, 0.1 * beta - slope

    return np.asarray(minimize(loss, np.zeros(matrix.shape[1]), jac=True, method="BFGS").x)
