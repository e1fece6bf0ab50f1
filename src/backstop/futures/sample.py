"""Uncertain quantities to sampled worlds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from backstop.futures import latin, sobol
from backstop.futures.blocks import Blocks
from backstop.futures.copula import clusters
from backstop.futures.distributions import Floats, quantile
from backstop.futures.streams import Stream, world_numbers
from backstop.scenario.quantity import Bounds, Quantity
from backstop.scenario.rules import Correlation

Method = Literal["sobol", "lhs", "random"]


@dataclass(frozen=True, slots=True, eq=False)
class Worlds:
    """Sampled worlds: for each quantity its value in each world."""

    numbers: NDArray[np.uint64]
    """World numbers, shape (worlds,)."""
    values: Mapping[str, Floats]
    """By path of the quantity, its values, shape (worlds,); read-only."""
    seed: int
    """The seed they were drawn with."""
    method: Method
    """How they were drawn."""

    def __getitem__(self, path: str) -> Floats:
        """Values of one quantity, shape (worlds,)."""
        return self.values[path]

    def __contains__(self, path: object) -> bool:
        return path in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def __len__(self) -> int:
        """The number of worlds."""
        return len(self.numbers)

    def rows(self, places: slice | NDArray[np.integer]) -> Worlds:
        """Some of these worlds by their place among them; a world may come several times."""
        values = {path: drawn[places] for path, drawn in self.values.items()}
        for drawn in values.values():
            drawn.setflags(write=False)
        return Worlds(self.numbers[places], MappingProxyType(values), self.seed, self.method)


def sample(
    quantities: Mapping[str, tuple[Quantity, Bounds | None]],
    *,
    worlds: range | NDArray[np.integer],
    seed: int,
    method: Method = "sobol",
    correlations: Sequence[Correlation] = (),
    jointly: Sequence[str] = (),
) -> Worlds:
    """Draw the uncertain quantities of each world.

    A value depends on the seed, the method, the quantity with its path, and the number of the
    world: not on how many worlds are drawn, in what order, or beside which other quantities. Of
    correlated quantities it depends also on the pairs that hang together with it.

    Parameters
    ----------
    quantities : mapping of str to (Quantity, Bounds or None)
        By dotted path; a quantity without spread is given as its constant.
    worlds : range or array of integers, shape (worlds,)
        World numbers: below 2**32, or below 2**64 for ``"random"`` and ``"lhs"``.
    seed : int
    method : {"sobol", "lhs", "random"}
        ``"sobol"``: scrambled Sobol' points. Each quantity alone is evenly spread over every
        aligned run of 2**k worlds, k ≥ 10; two quantities are to each other as in a Latin
        hypercube, unless both are named in ``jointly``. ``"lhs"``: Latin hypercubes of 1,024
        worlds. ``"random"``: independent draws.
    correlations : sequence of Correlation
        Pairs of paths with the correlation of their normal scores.
    jointly : sequence of str
        Up to 16 paths, most important first, that share one Sobol' sequence and so are evenly
        spread *together*; a path's place is its dimension, so append, do not insert. A path that
        has no spread keeps its place. Only ``"sobol"`` uses it.

    Returns
    -------
    Worlds

    Raises
    ------
    InputError
        A pair names no uncertain quantity, or no quantities can be correlated like the pairs say;
        the message gives the nearest that can.
    """
    assert method in get_args(Method), f"no method {method!r}"
    numbers = world_numbers(worlds)
    spread = {path for path, (quantity, _) in quantities.items() if not quantity.fixed}
    draw = _Draw(seed, method, numbers, tuple(jointly))
    coupled: dict[str, Floats] = {}
    for cluster in clusters(correlations, uncertain=spread):
        coupled |= cluster.couple({path: draw.units(path) for path in cluster.paths})
    values = _margins(quantities, draw, coupled)
    numbers.setflags(write=False)
    return Worlds(numbers, MappingProxyType(values), seed, method)


def _margins(
    quantities: Mapping[str, tuple[Quantity, Bounds | None]],
    draw: _Draw,
    coupled: Mapping[str, Floats],
) -> dict[str, Floats]:
    """Values of every quantity from its shares, coupled ones from those given."""
    values = {}
    for path, (quantity, bounds) in quantities.items():
        if quantity.fixed:
            units = np.broadcast_to(0.5, draw.shape)
        else:
            units = coupled[path] if path in coupled else draw.units(path)
        values[path] = quantile(quantity, units, bounds=bounds)
        values[path].setflags(write=False)
    return values


class _Draw:
    """Independent shares of each quantity, by the chosen method."""

    def __init__(
        self, seed: int, method: Method, numbers: NDArray[np.uint64], jointly: tuple[str, ...]
    ) -> None:
        assert len(set(jointly)) == len(jointly) <= sobol.DIMENSIONS, "16 different paths at most"
        self._seed = seed
        self._method = method
        self._numbers = numbers
        self._members = Blocks.of(numbers)
        self._dimension = {path: place for place, path in enumerate(jointly)}
        if method == "sobol":
            self._orders = sobol.Orders.of(self._members)
            self._shared = self._order("jointly") if jointly else None

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the shares of one quantity: (worlds,)."""
        return self._numbers.shape

    def units(self, path: str) -> Floats:
        """Shares in (0, 1), shape (worlds,)."""
        match self._method:
            case "sobol":
                return self._sobol(path)
            case "lhs":
                return latin.points(self._members, stream=self._stream("latin", path))
            case "random":
                stream = self._stream("random", path)
                return stream.uniforms(worlds=self._numbers, draws=1)[:, 0]

    def _sobol(self, path: str) -> Floats:
        scramble = self._stream("sobol scramble", path)
        dimension = self._dimension.get(path)
        if dimension is None or self._shared is None:
            places = self._order(f"alone {path}")
            return sobol.points(places, dimension=0, stream=scramble)
        return sobol.points(self._shared, dimension=dimension, stream=scramble)

    def _order(self, group: str) -> NDArray[np.uint64]:
        return self._orders.order(
            swap=self._stream("sobol swap", group), rank=self._stream("sobol rank", group)
        )

    def _stream(self, use: str, path: str) -> Stream:
        return Stream(self._seed, f"futures {use}: {path}")
