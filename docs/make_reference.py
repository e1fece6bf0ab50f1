"""Write ``docs/scenario.md`` from the records' docstrings: ``python docs/make_reference.py``."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from datetime import date
from math import isinf
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from backstop.scenario.battle import Battle
from backstop.scenario.body import BodyLibrary
from backstop.scenario.ident import Digest, Ident, Idents, Iso3
from backstop.scenario.mission import Mission
from backstop.scenario.quantity import LARGEST, Bounds
from backstop.scenario.record import Record, help_of
from backstop.scenario.regime import Sizing
from backstop.scenario.schema import MODELS
from backstop.scenario.voting import Member

TARGET = Path(__file__).with_name("scenario.md")

FILES: tuple[tuple[str, type[Record]], ...] = (
    ("`scenario.toml`", MODELS["scenario"]),
    ("`designs/NAME.toml`", MODELS["design"]),
    ("`nations.csv`", MODELS["nation"]),
    ("`offers.csv`", MODELS["offer"]),
    ("`positions.csv`", MODELS["position"]),
    ("`evidence.toml`", MODELS["evidence"]),
    ("`line.geojson`", MODELS["line"]),
    ("Shipped: `bodies.toml`", BodyLibrary),
    ("Shipped: `regimes.toml`", Sizing),
    ("Shipped: `campaign.toml`", Battle),
    ("Shipped: `missions.csv`", Mission),
)

INTRODUCTION = """\
# The scenario, field by field

A scenario is a folder. This page is made from the records that read it, by
`python docs/make_reference.py`; do not edit it by hand. `backstop schema` gives the same as JSON
Schema for an editor. How to begin is in the [guide](guide.md); the terms are in the
[glossary](glossary.md).

A key that a record does not know is an error. A field marked *descriptive* is shown or kept for
the reader and changes no result. A *number* may be written as a plain number or in any shape of
[Quantity](#quantity). An *id* has letters, digits, `-`, `_` and `.`, at most 64 of them. In a CSV
cell several ids are separated by semicolons, and a distribution is written `8~12`, `8~10~14` or
`10±2`.
"""

WORDS = (
    (Ident, "id"),
    (Idents, "ids"),
    (Iso3, "ISO 3166-1 code of three letters"),
    (Member, "actor or `@role`"),
    (Digest, "SHA-256 in hexadecimal"),
)
PLAIN: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "plain number",
    bool: "true or false",
    date: "date (`YYYY-MM-DD`)",
    # Only the exact shares of decision rules may be anything before they are read.
    Any: 'share, such as 0.55 or `"2/3"`',
}


def reference() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    seen: set[type[Record]] = set()
    for title, model in FILES:
        parts.append(f"## {title}\n")
        parts += _record(model, seen, top=True)
    return "\n".join(parts)


def _record(model: type[Record], seen: set[type[Record]], *, top: bool = False) -> Iterator[str]:
    seen.add(model)
    if not top:
        yield f"### {model.__name__}\n"
    yield f"{_text(model.__doc__ or '')}\n"
    yield "| field | value | when left out | what it is |"
    yield "|---|---|---|---|"
    for name, field in model.model_fields.items():
        yield f"| `{name}` | {_value(field)} | {_default(field)} | {_help(model, name)} |"
    yield ""
    for inner in dict.fromkeys(r for f in model.model_fields.values() for r in _records(_full(f))):
        if inner not in seen:
            yield from _record(inner, seen)


def _full(field: FieldInfo) -> Any:
    return field.rebuild_annotation()


def _help(model: type[Record], name: str) -> str:
    extra = model.model_fields[name].json_schema_extra
    descriptive = isinstance(extra, Mapping) and extra.get("descriptive")
    return _text(help_of(model)[name]) + (" *Descriptive.*" if descriptive else "")


def _text(docstring: str) -> str:
    return " ".join(docstring.replace("``", "`").replace("|", "\\|").split())


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None or value in ((), "", {}):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _value(field: FieldInfo) -> str:
    return _kind(_full(field))


def _kind(annotation: Any) -> str:
    for known, word in WORDS:
        if annotation == known:
            return word
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _annotated(inside[0], inside[1:])
    if origin is Literal:
        return ", ".join(f"`{choice}`" for choice in inside)
    if origin in (Union, types.UnionType):
        kinds = (_kind(part) for part in inside if part is not type(None))
        return " or ".join(dict.fromkeys(kinds))
    if origin is tuple:
        if inside[-1] is ...:
            return f"list of {_kind(inside[0])}"
        return "pair of " + " and ".join(_kind(part) for part in inside)
    if origin is dict:
        return f"table of {_kind(inside[1])} by {_kind(inside[0])}"
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return PLAIN.get(annotation, getattr(annotation, "__name__", "value"))


def _annotated(base: Any, extras: tuple[Any, ...]) -> str:
    for extra in extras:
        if isinstance(extra, Bounds):
            return _number(extra)
        if isinstance(extra, FieldInfo) and extra.discriminator:
            return "a decision rule, told apart by `kind`: " + _kind(base)
    limits = [f"{sign} {getattr(extra, name)}" for extra in _flat(extras) for name, sign in SIGNS
              if getattr(extra, name, None) is not None]  # fmt: skip
    return ", ".join([_kind(base), *limits])


SIGNS = (("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<"))


def _flat(extras: tuple[Any, ...]) -> Iterator[Any]:
    for extra in extras:
        yield from extra.metadata if isinstance(extra, FieldInfo) else (extra,)


def _number(bounds: Bounds) -> str:
    if isinf(bounds.low):
        return "number"
    above = f"number, ≥ {bounds.low:,.15g}"
    return above if bounds.high >= LARGEST else f"number, {bounds.low:,.15g} to {bounds.high:,.15g}"


def _records(annotation: Any) -> Iterator[type[Record]]:
    if isinstance(annotation, type) and issubclass(annotation, Record):
        yield annotation
    for inner in get_args(annotation):
        yield from _records(inner)


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
