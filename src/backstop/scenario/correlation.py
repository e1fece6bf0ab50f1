"""Correlations between uncertain quantities: do both exist, and can they move together so?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backstop.errors import Problem
from backstop.scenario import override
from backstop.scenario.document import Document, at
from backstop.scenario.explain import validate
from backstop.scenario.quantity import Quantity, as_quantity

#: Rounding of the stated figures alone must not make a matrix impossible.
_ROUNDING = 1e-9
#: More correlated quantities than anybody has an opinion on.
_MOST = 200


def correlation_problems(main: Document, tree: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the pairs, and with all of them together."""
    pairs: dict[tuple[str, str], float] = {}
    items = at(main.data, ("correlations",))
    for place, item in enumerate(items if isinstance(items, list) else ()):
        if not isinstance(item, dict):
            continue
        sound = True
        for key in ("a", "b"):
            fault = _fault(item.get(key), tree)
            if fault:
                sound = False
                yield main.problem(("correlations", place, key), fault)
        a, b, rho = item.get("a"), item.get("b"), item.get("rho")
        if not (isinstance(a, str) and isinstance(b, str) and isinstance(rho, int | float)):
            continue
        pair = min(a, b), max(a, b)
        if a == b:
            message = f"{a!r} is paired with itself; name two quantities"
            yield main.problem(("correlations", place), message)
        elif pair in pairs:
            yield main.problem(("correlations", place), "this pair stands there already")
        elif sound and -1 <= rho <= 1:
            pairs[pair] = float(rho)
    names = sorted({name for pair in pairs for name in pair})
    if len(names) > _MOST:
        yield main.problem(("correlations",), f"ties together more than {_MOST} quantities")
    elif not _possible(names, pairs):
        message = (
            "no quantities can move together like this: what is close to one thing cannot be "
            "far from what is close to that; bring the figures nearer to 0"
        )
        yield main.problem(("correlations",), message)


def _fault(path: Any, tree: Mapping[str, Any]) -> str:
    """Why a path names no uncertain quantity; empty when it does, or is no text at all."""
    if not isinstance(path, str):
        return ""
    value, fault = override.lookup(tree, path)
    if fault:
        return fault
    try:
        raw = as_quantity(value)
    except ValueError:
        return f"{path!r} is no quantity"
    quantity, _ = validate(Quantity, raw)
    if quantity is not None and quantity.fixed:
        return f"{path!r} has no spread, so that nothing can move with it"
    return ""


def _possible(names: Sequence[str], pairs: Mapping[tuple[str, str], float]) -> bool:
    """Whether the matrix is positive semi-definite: whether Cholesky's factor exists.

    A pair that is not stated has correlation 0.
    """
    number = {name: place for place, name in enumerate(names)}
    size = len(names)
    rest = [[float(i == j) * (1 + _ROUNDING) for j in range(size)] for i in range(size)]
    for (a, b), rho in pairs.items():
        rest[number[a]][number[b]] = rest[number[b]][number[a]] = rho
    for k in range(size):
        if rest[k][k] <= 0:
            return False
        column = [rest[i][k] / math.sqrt(rest[k][k]) for i in range(size)]
        for i in range(k + 1, size):
            if column[i]:
                for j in range(k + 1, size):
                    rest[i][j] -= column[i] * column[j]
    return True
