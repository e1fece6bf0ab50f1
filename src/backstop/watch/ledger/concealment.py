"""Names in a record that can be erased later without breaking the tree.

In the hashed body stands only a salted hash of the value. The value and its salt, the *opening* of
the commitment, are kept beside the log. Once the opening is erased nobody can tell what the value
was, not even by trying every name, because the salt is gone too; the hash of the entry stays right.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from backstop.watch.ledger.canonical import canonical_json, parse_json

#: The only key of the object that stands in place of a concealed value.
MARK = "salted-sha256"
#: What every body with a concealed value holds, and no other: quotes inside text are escaped.
MARK_BYTES = f'"{MARK}":'.encode()
SALT_BYTES = 32

_DOMAIN = b"backstop-ledger/1 concealed value\n"


@dataclasses.dataclass(frozen=True, slots=True)
class Secret:
    """The opening of one commitment: where it stands (JSON Pointer, RFC 6901), salt and value."""

    field: str
    salt: bytes = dataclasses.field(repr=False)
    value: bytes = dataclasses.field(repr=False)

    @property
    def digest(self) -> str:
        """What stands in the body instead of the value."""
        return commitment(self.salt, self.value)


def commitment(salt: bytes, value: bytes) -> str:
    """The salted hash of a canonical value, in hexadecimal."""
    assert len(salt) == SALT_BYTES
    return sha256(_DOMAIN + salt + value).hexdigest()


def conceal(
    body: Mapping[str, object], fields: Iterable[str], *, salt: Callable[[], bytes]
) -> tuple[dict[str, object], tuple[Secret, ...]]:
    """A copy of a body with some values replaced by commitments, and their openings.

    Parameters
    ----------
    body : mapping
        A record, of JSON types.
    fields : iterable of str
        JSON Pointers such as ``/observer/name`` or ``/casualties/0/name``. One that leads nowhere,
        or to null, is skipped. None may lie inside another.
    salt : callable
        Gives 32 fresh random bytes each time: ``salt`` of the store, or a fixed series in a test.
    """
    public: dict[str, object] = dict(body)
    secrets = []
    for place in fields:
        keys = _path(place)
        assert keys, "a pointer to a field begins with a slash"
        holder = _own(public, keys[:-1])
        key = _key(holder, keys[-1])
        if key is None or holder[key] is None:
            continue
        assert not (isinstance(holder[key], dict) and MARK in holder[key]), f"{place} twice"
        secret = Secret(place, salt(), canonical_json(holder[key]))
        holder[key] = {MARK: secret.digest}
        secrets.append(secret)
    return public, tuple(secrets)


def reveal(body: dict[str, Any], secrets: Iterable[Secret]) -> None:
    """Put values back in their places, in the body given.

    Raises
    ------
    ValueError
        When a value is not the one that the body commits to.
    """
    for secret in secrets:
        keys = _path(secret.field)
        holder: Any = body
        for name in keys[:-1]:
            holder = None if holder is None else holder[_key(holder, name)]
        key = _key(holder, keys[-1])
        if key is None or holder[key] != {MARK: secret.digest}:
            raise ValueError(f"the concealed {secret.field} is not what was hashed")
        holder[key] = parse_json(secret.value)


def commitments(value: object, *, place: str = "") -> Iterator[tuple[str, str]]:
    """Every commitment in a body: its JSON Pointer and its digest."""
    if isinstance(value, dict):
        if value.keys() == {MARK}:
            yield place, str(value[MARK])
            return
        inner: Iterable[tuple[object, object]] = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    else:
        return
    for key, item in inner:
        name = str(key).replace("~", "~0").replace("/", "~1")
        yield from commitments(item, place=f"{place}/{name}")


def _path(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def _own(body: dict[str, object], path: list[str]) -> Any:
    """The object or list at a path, copied on the way there: the caller's stays as it was."""
    holder: Any = body
    for name in path:
        key = _key(holder, name)
        if key is None or not isinstance(holder[key], dict | list):
            return {}
        holder[key] = holder[key].copy()
        holder = holder[key]
    return holder


def _key(holder: Any, name: str) -> Any:
    """The name as a key of an object or an index of a list; None when it is neither."""
    if isinstance(holder, dict):
        return name if name in holder else None
    if isinstance(holder, list) and name.isdecimal() and int(name) < len(holder):
        return int(name)
    return None
