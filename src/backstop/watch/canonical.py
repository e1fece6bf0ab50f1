"""The canonical form of a record (RFC 8785), written straight from its fields.

It is the same text as the canonical JSON of ``to_dict(record)``, and tests hold the two together.
An intake of years of records spends most of its time here. So each class of record gets a writer
of its own, made from its fields once, as ``dataclasses`` makes their constructors.
"""

from __future__ import annotations

import json.encoder
import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import is_dataclass
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from backstop.watch.form import PAIRS, hints_of, plan
from backstop.watch.ledger.number import number_text
from backstop.watch.moment import Moment
from backstop.watch.part import Part
from backstop.watch.record import Entry
from backstop.watch.stamp import stamp

Writer = Callable[[Any], str]

#: The escapes of RFC 8785 are those of Python's encoder that leaves other letters alone.
_string: Writer = json.encoder.encode_basestring


def canonical_text(record: Entry, *, recurring: bool = False) -> str:
    """The record as RFC 8785 JSON; ``encode`` it for the bytes that are hashed.

    ``recurring`` says that its parts are those of records to come, so that they shall remember
    their text. Of records that are all in memory that would be half as much again.
    """
    kind: Any = type(record)
    return _writer(kind, recurring)(record)


@cache
def _writer(kind: type, recurring: bool = False) -> Writer:
    """The writer of one class: for each field some lines that add its text unless it is default."""
    names: dict[str, Any] = {"_string": _string, "_number": _number, "_any": _any}
    lines = ["def write(value):", "    texts = ['{']"]
    for name, default in _ordered_plan(kind):
        hint = _less_none(hints_of(kind).get(name, str))
        lines.append(f"    held = value.{name}")
        is_part = recurring and isinstance(hint, type) and issubclass(hint, Part)
        lines += (_part if is_part else _plain)(name, default, names, hint)
    # Each field has its comma before it; the first one is taken off again.
    lines += ["    if len(texts) > 1:", "        texts[1] = texts[1][1:]"]
    lines += ["    texts.append('}')", "    return ''.join(texts)"]
    exec("\n".join(lines), names)
    written: Writer = names["write"]
    return written


def _ordered_plan(kind: type) -> list[tuple[str, Any]]:
    """Fields in the order of RFC 8785; every record says its type too."""
    fields = dict(plan(kind))
    if issubclass(kind, Entry):
        fields["record_type"] = object()
    return sorted(fields.items())


def _plain(name: str, default: Any, names: dict[str, Any], hint: Any) -> list[str]:
    """Lines that add a field which differs from record to record."""
    names[f"_default_{name}"] = default
    names[f"_write_{name}"] = _writer_of(hint, name)
    text = f"_write_{name}(held)"
    if type(default) is object:
        text = f"('null' if held is None else {text})"
    return [f"    if {_kept(name, default)}:", f"        {_added(name, text)}"]


def _added(name: str, text: str) -> str:
    """The line that adds a field and the text that an expression gives."""
    return f'texts.append(f""",{json.dumps(name)}:{{{text}}}""")'


def _kept(name: str, default: Any) -> str:
    if default is None:
        return "held is not None"
    if default == "" or default == ():
        return "held"
    if type(default) is object:
        return "True"
    return f"held is not _default_{name} and held != _default_{name}"


def _part(name: str, default: Any, names: dict[str, Any], hint: Any) -> list[str]:
    """Lines that add a part, which remembers its text for the next record that has it."""
    write = _writer_of(hint, name)
    needed = type(default) is object

    def first(part: Part) -> str:
        text = write(part)
        # Nothing that can be seen of the part changes.
        object.__setattr__(part, "canonical", text)
        return text

    names[f"_first_{name}"] = first
    # Two parts of one class are equal when their texts are, and texts are compared much faster.
    usual = "" if needed or default is None else write(default)
    lines = [
        "    try:",
        f"        found = held.canonical or _first_{name}(held)",
        # A copy of a part remembers nothing, not even that.
        "    except AttributeError:",
        f"        found = _first_{name}(held)",
    ]
    if needed:
        return [*lines, f"    {_added(name, 'found')}"]
    lines = ["    " + line for line in lines]
    lines += [f"        if found != {usual!r}:", f"            {_added(name, 'found')}"]
    names[f"_default_{name}"] = default
    return [f"    if held is not _default_{name}:", *lines]


def _less_none(hint: Any) -> Any:
    """What a field may hold besides nothing."""
    if typing.get_origin(hint) is types.UnionType:
        (hint,) = (arm for arm in typing.get_args(hint) if arm is not type(None))
    return hint


def _writer_of(hint: Any, name: str) -> Writer:
    """The writer for what a field may hold; None never reaches it."""
    if hint is str:
        return _string
    if hint is float:
        return _number
    if hint is Moment:
        return _moment
    if is_dataclass(hint):
        return _writer(typing.cast(type, hint))
    if name == "taxonomy":
        return _categories
    if name in PAIRS:
        return _texts if hint == tuple[tuple[str, str], ...] else _pairs
    return _any


def _number(value: float) -> str:
    text = repr(value)
    if text.endswith(".0") and value:
        return text[:-2]
    return number_text(value) if "e" in text or "n" in text or not value else text


def _moment(moment: Moment) -> str:
    """A moment, its fields in the order of RFC 8785; the same as of ``moment_dict``."""
    edtf, zone = moment.edtf, moment.zone
    earliest = stamp(moment.earliest)
    # An instant is one time, and writing times is what takes the time here.
    best = earliest if moment.best is moment.earliest else stamp(moment.best)
    latest = earliest if moment.latest is moment.earliest else stamp(moment.latest)
    about = '"approximate":true,' if moment.approximate else ""
    words = f'"edtf":{_string(edtf)},' if edtf else ""
    doubt = ',"uncertain":true' if moment.uncertain else ""
    read_in = f',"zone":{_string(zone)}' if zone != "UTC" else ""
    return (
        f'{{{about}"best":"{best}","earliest":"{earliest}",{words}"latest":"{latest}",'
        f'"precision":{_string(moment.precision)}{doubt}{read_in}}}'
    )


def _pairs(held: tuple[Any, ...]) -> str:
    return _mapping(held) if type(held[0]) is tuple else _any(held)


#: Categories are few, and the same in many records.
_categories = lru_cache(maxsize=1024)(_pairs)


def _texts(held: tuple[tuple[str, str], ...]) -> str:
    """Pairs of texts as an object; the codes of a source are many in every record."""
    names, texts = zip(*held, strict=True)
    template, pick = _gaps(names)
    return template % tuple(map(_string, pick(texts)))


def _mapping(pairs: Sequence[tuple[str, Any]]) -> str:
    names, values = zip(*pairs, strict=True)
    template, pick = _gaps(names)
    return template % tuple(map(_any, pick(values)))


@lru_cache(maxsize=1024)
def _gaps(keys: tuple[str, ...]) -> tuple[str, Callable[[Sequence[Any]], tuple[Any, ...]]]:
    """An object with a gap for each value, and which value goes where: by UTF-16 code units."""
    if len(set(keys)) < len(keys):
        raise ValueError("a name stands twice in one list of pairs")
    order = sorted(range(len(keys)), key=lambda place: keys[place].encode("utf-16-be"))
    gaps = ",".join(_string(keys[place]).replace("%", "%%") + ":%s" for place in order)
    # Of one place itemgetter gives the value itself.
    return "{" + gaps + "}", itemgetter(*order) if len(order) > 1 else tuple


def _any(value: Any) -> str:
    kind: Any = type(value)
    if kind is str:
        return _string(value)
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value)
    if kind is float:
        return _number(value)
    if kind is tuple:
        return "[" + ",".join([_any(one) for one in value]) + "]"
    return _moment(value) if kind is Moment else _writer(kind)(value)
