"""The probability that a decision passes, given every ballot's chances and how they hang together.

Willingness is latent and normal with one common factor (Vasicek 1987; Owen & Steck 1962):
``z_i = sqrt(rho) f + sqrt(1 - rho) e_i``. A ballot is a yes in the upper tail of ``z_i``, an
abstention below that, a no in the lower tail. Given ``f`` the ballots are independent and the
decision diagram gives the exact probability; the integral over ``f`` is a sum over fixed nodes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import pi

import numpy as np
import numpy.typing as npt

from backstop.authority.diagram import FAIL, PASS, Diagram
from backstop.authority.tally import Ballot

FloatArray = npt.NDArray[np.float64]

#: Floating-point numbers held at a time: worlds are taken in blocks that stay in the cache.
BLOCK = 1 << 16
#: Nodes times factor nodes times worlds up to which every world is computed exactly.
MOST_WORK = 300_000_000
#: Fewest worlds computed exactly where not all can be.
FEWEST_EXACT = 80
#: Probabilities nearer to 0 or 1 are taken as this near when they are interpolated.
TINY = 1e-9
#: The common factor is integrated over this many standard deviations either side of 0; beyond
#: lies a share of 1e-10, and no passage probability there is above 1.
SPAN = 6.5


@dataclass(frozen=True, slots=True)
class Chance:
    """How one ballot may be cast, in every world."""

    yes: FloatArray
    """Probability of a yes, shape (worlds,)."""
    abstain: FloatArray
    """Probability of an abstention, shape (worlds,)."""

    def __post_init__(self) -> None:
        assert self.yes.shape == self.abstain.shape
        assert bool(np.all(self.yes >= 0)), "a probability is never negative"
        assert bool(np.all(self.abstain >= 0)), "a probability is never negative"
        assert bool(np.all(self.yes + self.abstain <= 1 + 1e-12)), "at most 1 in all"

    @property
    def accepts(self) -> FloatArray:
        """Probability of not saying no, shape (worlds,)."""
        return np.minimum(self.yes + self.abstain, 1.0)


def passage(
    graph: Diagram, *, chances: Mapping[Ballot, Chance], rho: float | FloatArray
) -> FloatArray:
    """Probability that the decision passes, in every world.

    Parameters
    ----------
    graph
        The decision diagram of a rule, or of several joined.
    chances
        For every ballot of the diagram its chances, arrays of shape (worlds,).
    rho
        Correlation of latent willingness, 0 to 0.95: one number, or one a world.

    Returns
    -------
    Array of shape (worlds,). Exact up to the integral over the common factor, whose error is
    below 1e-7 (checked against adaptive quadrature in the tests).

    Notes
    -----
    The work is worlds x nodes of the diagram x nodes of the integral. A consensus has one node a
    member and the Security Council 63, and 10,000 worlds take a fraction of a second. A weighted
    majority of 27 has 10,000 and two thirds of 193 has 25,000: beyond ``MOST_WORK`` only some
    worlds are computed exactly and the others interpolated (see ``interpolate``).
    """
    return passages([graph], chances=chances, rho=rho)[0]


def passages(
    graphs: Sequence[Diagram], *, chances: Mapping[Ballot, Chance], rho: float | FloatArray
) -> list[FloatArray]:
    """Probability that each of several decisions passes, in every world; see ``passage``.

    Decisions of the same actors share what takes longest: every edge given the common factor.
    They share the finest nodes that any of them needs, so that each is at least as exact as alone.
    """
    worlds = len(next(iter(chances.values())).yes) if chances else np.size(rho)
    rhos = np.broadcast_to(np.asarray(rho, dtype=np.float64), (worlds,))
    assert float(rhos.min()) >= 0, "correlation lies between 0 and 0.95"
    assert float(rhos.max()) <= 0.95, "correlation lies between 0 and 0.95"
    found: dict[int, FloatArray] = {}
    shared = []
    for number, graph in {id(graph): graph for graph in graphs}.items():
        if graph.root < 2:
            found[number] = np.full(worlds, float(graph.root))
            continue
        columns = _Columns.of([graph], chances)
        factor, weight = _nodes(rhos, graph)
        work = graph.nodes * len(factor)
        exact = worlds if work * worlds <= MOST_WORK else max(FEWEST_EXACT, MOST_WORK // work)
        if exact < worlds:
            chosen = np.unique(np.linspace(0, worlds - 1, exact).round().astype(np.int64))
            known = _exact(columns.take(chosen), rhos[chosen], factor, weight)[0]
            found[number] = interpolate(columns.edges, rhos, chosen=chosen, known=known)
        elif len(factor) == 1:
            found[number] = _exact(columns, rhos, factor, weight)[0]
        else:
            shared.append((number, graph))
    if shared:
        numbers, together = zip(*shared, strict=True)
        largest = max(together, key=lambda graph: len(graph.order))
        columns = _Columns.of(together, chances)
        found |= zip(numbers, _exact(columns, rhos, *_nodes(rhos, largest)), strict=True)
    return [found[id(graph)] for graph in graphs]


def _exact(
    columns: _Columns, rhos: FloatArray, factor: FloatArray, weight: FloatArray
) -> list[FloatArray]:
    """The integral over the common factor in every world, for each graph."""
    block = max(1, BLOCK // (len(factor) * max(1, columns.width)))
    out = np.empty((len(columns.graphs), len(rhos)))
    for start in range(0, len(rhos), block):
        stop = min(len(rhos), start + block)
        lanes = columns.lanes(slice(start, stop), rhos[start:stop], factor)
        for number, graph in enumerate(columns.graphs):
            reached = _walk(graph, [lanes[edge] for edge in columns.places[number]])
            out[number, start:stop] = reached.reshape(stop - start, -1) @ weight
    return list(np.clip(out, 0.0, 1.0))


def interpolate(
    edges: tuple[FloatArray, ...],
    rhos: FloatArray,
    *,
    chosen: npt.NDArray[np.int64],
    known: FloatArray,
) -> FloatArray:
    """Probabilities in every world from those computed exactly in some.

    The normal score of the passage probability is a smooth function of the scores of the votes
    that it is made of; a quadratic one is fitted to the worlds ``chosen`` by least squares (a
    response surface: Box & Wilson 1951), without cross products where the worlds are too few
    for them. Chosen worlds keep their exact value.
    """
    from scipy.special import ndtr, ndtri

    def score(values: FloatArray) -> FloatArray:
        return np.asarray(ndtri(np.clip(values, TINY, 1 - TINY)))

    moving = [score(edge) for edge in edges if np.ptp(edge) > 0]
    moving += [rhos] if np.ptp(rhos) > 0 else []
    centred = [values - values.mean() for values in moving]
    products = [a * b for i, a in enumerate(centred) for b in centred[i:]]
    if 2 * (1 + len(centred) + len(products)) > len(chosen):
        products = [a * a for a in centred]
    features = np.stack([np.ones(len(rhos)), *centred, *products])
    fit, *_ = np.linalg.lstsq(features[:, chosen].T, score(known), rcond=None)
    guess: FloatArray = ndtr(fit @ features)
    guess[chosen] = known
    return np.clip(guess, 0.0, 1.0)


def _nodes(rhos: FloatArray, graph: Diagram) -> tuple[FloatArray, FloatArray]:
    """Trapezoidal nodes for a standard normal factor: spectrally exact for smooth integrands.

    The higher the correlation and the larger the body, the steeper the passage probability
    turns from 0 to 1 along the factor, and the finer the step.
    """
    rho, ballots = float(rhos.max()), len(graph.order)
    # One ballot alone has nobody to hang together with: its margin is the answer.
    if rho == 0 or ballots == 1:
        return np.zeros(1), np.ones(1)
    steepness = np.sqrt(ballots * rho / (1 - rho))
    count = 2 * int(np.ceil(SPAN * (1.2 + 0.5 * steepness))) + 1
    factor = np.linspace(-SPAN, SPAN, count)
    weight = np.exp(-0.5 * factor**2) / np.sqrt(2 * pi)
    return factor, weight / weight.sum()


@dataclass(frozen=True, slots=True)
class _Columns:
    """The distinct columns of probabilities: members of one stance share theirs."""

    graphs: tuple[Diagram, ...]
    edges: tuple[FloatArray, ...]
    """Probability of a yes, or of a yes or an abstention: one array a distinct edge."""
    places: tuple[tuple[int, ...], ...]
    """For each graph and layer, which edge separates yes from the rest, and which no."""
    width: int
    """Most nodes in a layer."""

    @classmethod
    def of(cls, graphs: Sequence[Diagram], chances: Mapping[Ballot, Chance]) -> _Columns:
        seen: dict[bytes, int] = {}
        edges: list[FloatArray] = []

        def place(edge: FloatArray) -> int:
            index = seen.setdefault(edge.tobytes(), len(edges))
            if index == len(edges):
                edges.append(edge)
            return index

        named = sorted({ballot for graph in graphs for ballot in graph.order})
        pairs = {b: (place(chances[b].yes), place(chances[b].accepts)) for b in named}
        places = tuple(tuple(e for b in graph.order for e in pairs[b]) for graph in graphs)
        width = max(len(layer) for graph in graphs for layer in graph.layers)
        return cls(tuple(graphs), tuple(edges), places, width)

    def take(self, worlds: npt.NDArray[np.int64]) -> _Columns:
        """The same columns in some worlds only."""
        edges = tuple(edge[worlds] for edge in self.edges)
        return _Columns(self.graphs, edges, self.places, self.width)

    def lanes(self, worlds: slice, rho: FloatArray, factor: FloatArray) -> list[FloatArray]:
        """Every edge given the factor: arrays of shape (worlds in the block x nodes,)."""
        if len(factor) == 1:
            return [edge[worlds] for edge in self.edges]
        from scipy.special import ndtr, ndtri

        shift = np.sqrt(rho)[:, None] * factor
        scale = 1.0 / np.sqrt(1.0 - rho)[:, None]
        return [
            ndtr((ndtri(edge[worlds])[:, None] + shift) * scale).reshape(-1) for edge in self.edges
        ]


def _walk(graph: Diagram, lanes: Sequence[FloatArray]) -> FloatArray:
    """Probability of reaching PASS from the start; ``lanes`` are two a layer, yes and accepts."""
    below = np.empty((2, len(lanes[0])))
    below[FAIL], below[PASS] = 0.0, 1.0
    for level in range(len(graph.order) - 1, -1, -1):
        yes, accepts = lanes[2 * level], lanes[2 * level + 1]
        to_yes, to_abstain, to_no = graph.layers[level].T
        here = np.empty((2 + len(to_yes), len(yes)))
        here[FAIL], here[PASS] = 0.0, 1.0
        on_no = below[to_no]
        if np.array_equal(to_yes, to_abstain):
            here[2:] = on_no + accepts * (below[to_yes] - on_no)
        elif np.array_equal(to_abstain, to_no):
            here[2:] = on_no + yes * (below[to_yes] - on_no)
        else:
            on_abstain = below[to_abstain]
            here[2:] = on_no + accepts * (on_abstain - on_no)
            here[2:] += yes * (below[to_yes] - on_abstain)
        below = here
    return np.asarray(below[graph.root])
