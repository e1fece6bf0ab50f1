"""Canonical JSON (RFC 8785): one byte string for one value, so that a hash can stand for it.

Keys are sorted by UTF-16 code units, numbers written as ECMAScript writes them, strings escaped as
little as JSON allows. Sorting and checking the keys of an object is done once for each set of keys
and then remembered: the records of one source share their keys.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any, Never

from backstop.watch.ledger.number import LARGEST_INTEGER, number_text

#: Sets of keys with more names than this are not worth remembering.
_REMEMBERED_KEYS = 128


class NotCanonical(ValueError):
    """A value that has no canonical JSON; the message says which and why."""


def canonical_json(value: object) -> bytes:
    """The canonical JSON of a value, as UTF-8.

    Parameters
    ----------
    value : dict, list, tuple, str, int, float, bool or None
        Nested as one likes. Dates, decimals and sets have no canonical form: write them as text.

    Raises
    ------
    NotCanonical
        For NaN and infinities, integers beyond 2^53 (a double does not hold them all), keys that
        are not strings, lone surrogates, foreign types and nesting too deep to walk.

    Notes
    -----
    RFC 8785 (Rundgren, Jordan and Erdtman 2020).
    """
    try:
        return _text(value).encode()
    except UnicodeEncodeError as error:
        raise NotCanonical(f"text with a lone surrogate at character {error.start}") from None
    except RecursionError:
        raise NotCanonical("nested too deeply") from None


def parse_json(text: str | bytes) -> Any:
    """A value from JSON text, read strictly: what is ambiguous is refused.

    Raises
    ------
    NotCanonical
        For a repeated key, NaN, a number too large for a double, an integer beyond 2^53 that a
        double does not hold, bytes that are not UTF-8 and anything that is not JSON.
    """
    try:
        source = text.decode() if isinstance(text, bytes) else text
        return _DECODER.decode(source)
    except NotCanonical:
        raise
    except RecursionError:
        raise NotCanonical("nested too deeply") from None
    except ValueError as error:
        raise NotCanonical(f"not JSON: {error}") from None


def _text(value: object) -> str:
    writer = _WRITERS.get(type(value))
    return writer(value) if writer is not None else _foreign(value)


def _object(value: Mapping[str, object]) -> str:
    if not value:
        return "{}"
    keys = tuple(value)
    plan = _plan if len(keys) <= _REMEMBERED_KEYS else _plan.__wrapped__
    template, values = plan(keys)
    writers = _WRITERS
    try:
        return template % tuple([writers[type(item)](item) for item in values(value)])
    except KeyError:
        return template % tuple([_text(item) for item in values(value)])


def _array(value: Sequence[object]) -> str:
    writers = _WRITERS
    try:
        return "[" + ",".join([writers[type(item)](item) for item in value]) + "]"
    except KeyError:
        return "[" + ",".join([_text(item) for item in value]) + "]"


@lru_cache(maxsize=1024)
def _plan(keys: tuple[str, ...]) -> tuple[str, Callable[[Any], tuple[object, ...]]]:
    """A template with a gap for each value, and the getter of the values in that order."""
    for key in keys:
        if not isinstance(key, str):
            raise NotCanonical(f"the key {key!r} is not a string")
    ordered = sorted(keys, key=_utf16)
    gaps = ",".join(encode_basestring(key).replace("%", "%%") + ":%s" for key in ordered)
    if len(ordered) == 1:
        only = ordered[0]
        return "{" + gaps + "}", lambda value: (value[only],)
    return "{" + gaps + "}", itemgetter(*ordered)


def _utf16(key: str) -> bytes:
    # Code units compare as their big-endian bytes do; a lone surrogate is refused on writing.
    return key.encode("utf-16-be", "surrogatepass")


def _float(value: float) -> str:
    text = repr(value)
    if text[-2:] == ".0":
        return text[:-2] if value else "0"
    if "e" in text or "n" in text:
        return _rare_float(value)
    return text


def _rare_float(value: float) -> str:
    try:
        return number_text(value)
    except ValueError as error:
        raise NotCanonical(str(error)) from None


def _integer(value: int) -> str:
    if -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
        return int.__repr__(value)
    raise NotCanonical(f"the integer {_shortened(value)} is beyond 2^53: write it as text")


def _shortened(value: int) -> str:
    # Python refuses to print integers of many thousand digits, and nobody wants to read them.
    return str(value) if value.bit_length() < 256 else f"of {value.bit_length()} bits"


def _foreign(value: object) -> str:
    """Subclasses of the plain types (an enumeration's text, a named tuple); all else is refused."""
    if isinstance(value, str):
        return encode_basestring(str.__str__(value))
    for plain in (dict, list, tuple, int, float):
        if isinstance(value, plain):
            return _WRITERS[plain](value)
    raise NotCanonical(f"a {type(value).__name__} has no canonical JSON: write it as text")


_WRITERS: dict[type, Callable[[Any], str]] = {
    str: encode_basestring,
    int: _integer,
    float: _float,
    bool: lambda value: "true" if value else "false",
    type(None): lambda value: "null",
    dict: _object,
    list: _array,
    tuple: _array,
}


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise NotCanonical(f"the key {repeated!r} stands twice in one object")
    return found


def _read_float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise NotCanonical(f"the number {text[:40]} is too large for a double")
    return value


def _read_integer(text: str) -> int | float:
    if len(text) <= 17 and abs(value := int(text)) <= LARGEST_INTEGER:
        return value
    # Doubles below 1e21 are written like integers; such text means one double and no other.
    if len(text) <= 22 and number_text(double := float(text)) == text:
        return double
    raise NotCanonical(f"the integer {text[:40]} is beyond 2^53: write it as text")


def _refuse(text: str) -> Never:
    raise NotCanonical(f"{text} is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_once,
    parse_float=_read_float,
    parse_int=_read_integer,
    parse_constant=_refuse,
)
