"""Check a CAP 1.2 document: its schema, and the rules that stand only in the text.

``schema_faults`` holds what ``CAP-v1.2.xsd`` says (OASIS, CAP-v1.2-os, 1 July 2010, section 3.4):
elements, their order and number, enumerations, and the forms of times, numbers and languages.
``rule_faults`` holds what the tables of section 3.2 say besides and no schema can.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError, fromstring

from backstop.watch.engagement.cap import NAMESPACE

_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"
_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_HINTS = (f"{_INSTANCE}schemaLocation", f"{_INSTANCE}noNamespaceSchemaLocation")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d", re.ASCII)
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
_INTEGER = re.compile(r"[-+]?\d+", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)", re.ASCII)

Check = Callable[[str], bool]


def _words(listed: str) -> Check:
    allowed = frozenset(listed.split())
    return lambda text: text in allowed


def _text(_: str) -> bool:
    return True


def _time(text: str) -> bool:
    text = _collapsed(text)
    if not _TIME.fullmatch(text):
        return False
    hours, minutes = int(text[20:22]), int(text[23:25])
    if minutes > 59 or hours * 60 + minutes > 14 * 60:
        return False
    moment = text[:19]
    # Midnight at the end of a day is a time of XML Schema and none of Python.
    moment = moment.replace("T24:00:00", "T00:00:00")
    try:
        datetime.fromisoformat(moment)
    except ValueError:
        return False
    return True


def _language(text: str) -> bool:
    # An empty element takes the schema's default, en-US.
    return not text or _LANGUAGE.fullmatch(_collapsed(text)) is not None


def _integer(text: str) -> bool:
    return _INTEGER.fullmatch(_collapsed(text)) is not None


def _decimal(text: str) -> bool:
    return _DECIMAL.fullmatch(_collapsed(text)) is not None


def _collapsed(text: str) -> str:
    return text.strip(" \t\r\n")


@dataclass(frozen=True, slots=True)
class _Part:
    """An element in the sequence of another: how often, and what it holds."""

    name: str
    least: int
    most: float
    check: Check | None = None
    """None when it has elements inside."""


MANY = float("inf")
_PAIR = (_Part("valueName", 1, 1, _text), _Part("value", 1, 1, _text))

_SEQUENCES: dict[str, tuple[_Part, ...]] = {
    "alert": (
        _Part("identifier", 1, 1, _text),
        _Part("sender", 1, 1, _text),
        _Part("sent", 1, 1, _time),
        _Part("status", 1, 1, _words("Actual Exercise System Test Draft")),
        _Part("msgType", 1, 1, _words("Alert Update Cancel Ack Error")),
        _Part("source", 0, 1, _text),
        _Part("scope", 1, 1, _words("Public Restricted Private")),
        _Part("restriction", 0, 1, _text),
        _Part("addresses", 0, 1, _text),
        _Part("code", 0, MANY, _text),
        _Part("note", 0, 1, _text),
        _Part("references", 0, 1, _text),
        _Part("incidents", 0, 1, _text),
        _Part("info", 0, MANY),
    ),
    "info": (
        _Part("language", 0, 1, _language),
        _Part(
            "category",
            1,
            MANY,
            _words("Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other"),
        ),
        _Part("event", 1, 1, _text),
        _Part(
            "responseType",
            0,
            MANY,
            _words("Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None"),
        ),
        _Part("urgency", 1, 1, _words("Immediate Expected Future Past Unknown")),
        _Part("severity", 1, 1, _words("Extreme Severe Moderate Minor Unknown")),
        _Part("certainty", 1, 1, _words("Observed Likely Possible Unlikely Unknown")),
        _Part("audience", 0, 1, _text),
        _Part("eventCode", 0, MANY),
        _Part("effective", 0, 1, _time),
        _Part("onset", 0, 1, _time),
        _Part("expires", 0, 1, _time),
        _Part("senderName", 0, 1, _text),
        _Part("headline", 0, 1, _text),
        _Part("description", 0, 1, _text),
        _Part("instruction", 0, 1, _text),
        _Part("web", 0, 1, _text),
        _Part("contact", 0, 1, _text),
        _Part("parameter", 0, MANY),
        _Part("resource", 0, MANY),
        _Part("area", 0, MANY),
    ),
    "eventCode": _PAIR,
    "parameter": _PAIR,
    "geocode": _PAIR,
    "resource": (
        _Part("resourceDesc", 1, 1, _text),
        _Part("mimeType", 1, 1, _text),
        _Part("size", 0, 1, _integer),
        _Part("uri", 0, 1, _text),
        _Part("derefUri", 0, 1, _text),
        _Part("digest", 0, 1, _text),
    ),
    "area": (
        _Part("areaDesc", 1, 1, _text),
        _Part("polygon", 0, MANY, _text),
        _Part("circle", 0, MANY, _text),
        _Part("geocode", 0, MANY),
        _Part("altitude", 0, 1, _decimal),
        _Part("ceiling", 0, 1, _decimal),
    ),
}


def cap_faults(document: bytes) -> tuple[str, ...]:
    """Everything that is wrong with a CAP 1.2 document; empty when it is sound."""
    schema = schema_faults(document)
    return schema or tuple(rule_faults(document))


def schema_faults(document: bytes) -> tuple[str, ...]:
    """What the schema of CAP 1.2 forbids.

    Parameters
    ----------
    document : bytes
        XML in UTF-8. A document type declaration is refused, since it can make a small document
        unfold into a large one.
    """
    try:
        text = document.decode("utf-8-sig")
        if "<!DOCTYPE" in text:
            return ("a document type declaration is not allowed here",)
        root = fromstring(text)
    except (UnicodeDecodeError, ParseError) as error:
        return (f"this is not XML in UTF-8: {error}",)
    if root.tag != f"{{{NAMESPACE}}}alert":
        return (f"the root is {root.tag[:100]!r}, not alert in {NAMESPACE}",)
    return tuple(_element_faults(root, "alert"))


def _element_faults(element: Element, path: str) -> Iterator[str]:
    name = path.rpartition("/")[2]
    yield from _attribute_faults(element, path)
    outside = [element.text, *(child.tail for child in element)]
    if any(text and text.strip(" \t\r\n") for text in outside):
        yield f"{path}: text stands between its elements"
    sequence, place, count = _SEQUENCES[name], 0, 0
    signed = False
    for child in element:
        if name == "alert" and child.tag.startswith(_SIGNATURE):
            signed = True
            continue
        local = child.tag.removeprefix(f"{{{NAMESPACE}}}")
        if signed or local == child.tag or local not in {part.name for part in sequence}:
            yield f"{path}: {local[:60]!r} does not belong here"
            continue
        found = next(n for n, part in enumerate(sequence) if part.name == local)
        if found < place:
            yield f"{path}: {local!r} stands after {sequence[place].name!r}"
            continue
        if found > place:
            yield from _missing(sequence[place:found], count, path)
            place, count = found, 0
        count += 1
        if count > sequence[place].most:
            yield f"{path}: {local!r} stands there more than once"
        yield from _content_faults(child, sequence[place], f"{path}/{local}")
    yield from _missing(sequence[place:], count, path)


def _missing(parts: tuple[_Part, ...], first_count: int, path: str) -> Iterator[str]:
    for number, part in enumerate(parts):
        if part.least > (first_count if number == 0 else 0):
            yield f"{path}: {part.name!r} is missing"


def _content_faults(element: Element, part: _Part, path: str) -> Iterator[str]:
    if part.check is None:
        yield from _element_faults(element, path)
        return
    yield from _attribute_faults(element, path)
    if len(element):
        yield f"{path}: holds elements; it is text"
        return
    text = element.text or ""
    if not part.check(text):
        yield f"{path}: {text[:60]!r} is not allowed"


def _attribute_faults(element: Element, path: str) -> Iterator[str]:
    for name in element.attrib:
        if name not in _HINTS:
            yield f"{path}: the attribute {name[:60]!r} does not belong here"


# --- what no schema can say -------------------------------------------------------------------


def rule_faults(document: bytes) -> Iterator[str]:
    """What the text of the standard forbids in a document that keeps the schema."""
    root = fromstring(document.decode("utf-8-sig"))

    def said(element: Element, name: str) -> str:
        found = element.find(f"{{{NAMESPACE}}}{name}")
        return "" if found is None else (found.text or "").strip()

    for name in ("identifier", "sender"):
        if not said(root, name) or re.search(r"[\s,<&]", said(root, name)):
            yield f"alert/{name}: is empty, or holds a space, a comma, < or &"
    if said(root, "scope") == "Restricted" and not said(root, "restriction"):
        yield "alert/restriction: is needed when the scope is Restricted"
    if said(root, "scope") == "Private" and not said(root, "addresses"):
        yield "alert/addresses: is needed when the scope is Private"
    references = said(root, "references")
    for one in references.split():
        parts = one.split(",")
        if len(parts) != 3 or not all(parts) or not _time(parts[2]):
            yield f"alert/references: {one[:60]!r} is not sender,identifier,sent"
    if said(root, "msgType") in ("Update", "Cancel", "Ack", "Error") and not references:
        yield f"alert/references: is needed for a message of type {said(root, 'msgType')}"
    for area in root.iter(f"{{{NAMESPACE}}}area"):
        yield from _area_faults(area)
        if said(area, "ceiling") and not said(area, "altitude"):
            yield "area/ceiling: stands only beside an altitude"


def _area_faults(area: Element) -> Iterator[str]:
    for polygon in area.iter(f"{{{NAMESPACE}}}polygon"):
        pairs = (polygon.text or "").split()
        if len(pairs) < 4 or pairs[0] != pairs[-1] or not all(_point(one) for one in pairs):
            yield f"area/polygon: {(polygon.text or '')[:60]!r} is no closed ring of lat,lon pairs"
    for circle in area.iter(f"{{{NAMESPACE}}}circle"):
        parts = (circle.text or "").split()
        if len(parts) != 2 or not _point(parts[0]) or not _unsigned(parts[1]):
            yield f"area/circle: {(circle.text or '')[:60]!r} is not lat,lon and a radius in km"


def _point(text: str) -> bool:
    latitude, comma, longitude = text.partition(",")
    if not comma or not _DECIMAL.fullmatch(latitude) or not _DECIMAL.fullmatch(longitude):
        return False
    return abs(float(latitude)) <= 90 and abs(float(longitude)) <= 180


def _unsigned(text: str) -> bool:
    return _DECIMAL.fullmatch(text) is not None and float(text) >= 0
