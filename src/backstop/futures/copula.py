"""Correlated quantities: a Gaussian copula over the pairs a scenario states.

The stated ``rho`` is the correlation of the *normal scores*: of the two quantities after each is
mapped to a standard normal one. Both margins stay exactly what they are. Spearman's rank
correlation of two continuous quantities is then 6/π · arcsin(rho / 2) (Pearson 1907), a little
less than rho. A pair that is not stated is independent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstop.errors import InputError, Problem
from backstop.scenario.ident import did_you_mean
from backstop.scenario.rules import Correlation

Floats = NDArray[np.float64]

#: How far below zero rounding alone may push an eigenvalue of a valid matrix.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Cluster:
    """Quantities that hang together through stated pairs, in the order of their paths."""

    paths: tuple[str, ...]
    factor: Floats
    """Lower triangular, rows of length one: correlated scores = factor @ independent scores."""

    def couple(self, units: Mapping[str, Floats]) -> dict[str, Floats]:
        """Correlated shares, shape (worlds,) each, from independent ones in (0, 1).

        A path's shares depend on those of the paths before it only, so the first is unchanged.
        """
        from scipy.special import ndtr, ndtri

        scores = [ndtri(units[path]) for path in self.paths]
        coupled = {}
        for place, path in enumerate(self.paths):
            row = self.factor[place]
            if row[place] == 1.0:
                coupled[path] = units[path]
                continue
            # Summed term by term: a matrix product rounds differently for other numbers of worlds.
            share = ndtr(sum(row[k] * scores[k] for k in range(place + 1)))
            coupled[path] = np.clip(share, 2.0**-53, 1 - 2.0**-53)
        return coupled


def clusters(
    correlations: Sequence[Correlation], *, uncertain: Collection[str]
) -> tuple[Cluster, ...]:
    """The clusters of correlated quantities; InputError with every problem the pairs have.

    Parameters
    ----------
    correlations : sequence of Correlation
        Pairs of paths, each with the correlation of their normal scores.
    uncertain : collection of str
        Paths of the quantities that have any spread.
    """
    problems = _pair_problems(correlations, uncertain)
    if problems:
        raise InputError(problems)
    stated = {_pair(one): one.rho for one in correlations if one.rho}
    groups = [(group, _matrix(group, stated)) for group in _connected(stated)]
    problems = [
        _problem("correlations", _remedy(group, matrix, stated))
        for group, matrix in groups
        if np.linalg.eigvalsh(matrix)[0] < -_ROUNDING
    ]
    if problems:
        raise InputError(problems)
    return tuple(Cluster(group, _factor(matrix)) for group, matrix in groups)


def _pair(one: Correlation) -> tuple[str, str]:
    return min(one.a, one.b), max(one.a, one.b)


def _problem(path: str, message: str) -> Problem:
    return Problem("scenario.toml", 0, 0, path, message)


def _pair_problems(
    correlations: Sequence[Correlation], uncertain: Collection[str]
) -> list[Problem]:
    problems = []
    seen: set[tuple[str, str]] = set()
    for number, one in enumerate(correlations):
        for side, path in (("a", one.a), ("b", one.b)):
            if path not in uncertain:
                hint = did_you_mean(path, uncertain)
                message = f"{path!r} is no uncertain quantity of this scenario{hint}"
                problems.append(_problem(f"correlations[{number}].{side}", message))
        if one.a == one.b:
            message = f"{one.a!r} is paired with itself; name two quantities"
            problems.append(_problem(f"correlations[{number}]", message))
        elif _pair(one) in seen:
            message = f"{one.a!r} and {one.b!r} are paired already; keep one of the two"
            problems.append(_problem(f"correlations[{number}]", message))
        seen.add(_pair(one))
    return problems


def _connected(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Groups of paths joined by pairs, each sorted, the groups in order of their first path."""
    groups: list[set[str]] = []
    for pair in pairs:
        touched = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if not group & set(pair)]
        groups.append(set(pair).union(*touched))
    return sorted(tuple(sorted(group)) for group in groups)


def _matrix(group: Sequence[str], stated: Mapping[tuple[str, str], float]) -> Floats:
    matrix = np.eye(len(group))
    for i, a in enumerate(group):
        for j in range(i + 1, len(group)):
            matrix[i, j] = matrix[j, i] = stated.get((a, group[j]), 0.0)
    return matrix


def _factor(matrix: Floats) -> Floats:
    """Cholesky's factor of a correlation matrix that may be singular; rows of length one."""
    factor = np.zeros_like(matrix)
    rest = matrix.copy()
    for j in range(len(matrix)):
        if rest[j, j] > 1e-7:
            factor[j:, j] = rest[j:, j] / np.sqrt(rest[j, j])
            rest -= factor[:, j, None] * factor[None, :, j]
    length: Floats = np.linalg.norm(factor, axis=1, keepdims=True)
    return factor / length


def nearest_correlation(matrix: Floats, *, steps: int = 200) -> Floats:
    """The correlation matrix nearest in the Frobenius norm, by alternating projections.

    Source: N. J. Higham (2002), "Computing the nearest correlation matrix", algorithm 3.3.
    """
    nearest, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(steps):
        shifted = nearest - correction
        values, vectors = np.linalg.eigh(shifted)
        positive = (vectors * np.maximum(values, 0.0)) @ vectors.T
        correction = positive - shifted
        nearest = positive.copy()
        np.fill_diagonal(nearest, 1.0)
    return nearest


def _remedy(group: Sequence[str], matrix: Floats, stated: Mapping[tuple[str, str], float]) -> str:
    """Which pairs contradict each other, and the nearest set, to two decimals, that does not."""
    nearest, size = nearest_correlation(matrix), 1.0
    valid = np.eye(len(group))
    while size > 0:
        valid = np.round(nearest * size, 2)
        np.fill_diagonal(valid, 1.0)
        if np.linalg.eigvalsh(valid)[0] >= -_ROUNDING:
            break
        size -= 0.005
    said = ", ".join(f"{a} ~ {b} = {rho:g}" for (a, b), rho in stated.items() if a in group)
    pairs = [(i, j) for i in range(len(group)) for j in range(i + 1, len(group)) if valid[i, j]]
    write = ", ".join(f"{group[i]} ~ {group[j]} = {valid[i, j]:g}" for i, j in pairs)
    return f"no quantities can be correlated like this: {said}. The nearest that can: {write}"
