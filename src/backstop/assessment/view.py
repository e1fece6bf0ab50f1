"""JSON objects with their keys as attributes: ``page.sizing.deployed.p50``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class View:
    """A read-only look at a JSON object; inner objects and lists are wrapped when reached."""

    __slots__ = ("_body",)

    def __init__(self, body: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_body", body)

    def __getattr__(self, name: str) -> Any:
        try:
            return wrap(self._body[name])
        except KeyError:
            known = ", ".join(self._body)
            raise AttributeError(f"there is no {name!r} here; there are {known}") from None

    def __getitem__(self, key: str) -> Any:
        return wrap(self._body[key])

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("results are read-only")

    def __dir__(self) -> list[str]:
        return [*self._body, "to_dict"]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, View) and self._body == other._body

    def __hash__(self) -> int:
        raise TypeError("results are compared, not hashed")

    def __repr__(self) -> str:
        return f"View({', '.join(self._body)})"

    def to_dict(self) -> dict[str, Any]:
        """The JSON object itself."""
        return dict(self._body)


def wrap(value: Any) -> Any:
    """A view of an object, a tuple of views of a list, anything else as it is."""
    if isinstance(value, Mapping):
        return View(value)
    if isinstance(value, list):
        return tuple(wrap(item) for item in value)
    return value
