"""A transition as an alert of the Common Alerting Protocol, version 1.2 (OASIS, 1 July 2010).

Only what these alerts need is written: one alert, one info, areas as polygons or circles. Text is
escaped by the serializer; characters that XML cannot hold become U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, tostring

from backstop.watch.engagement.machine import Machine
from backstop.watch.engagement.matching import Matcher
from backstop.watch.engagement.position import Move
from backstop.watch.place import Place

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

Status = Literal["Actual", "Exercise", "System", "Test", "Draft"]
Scope = Literal["Public", "Restricted", "Private"]

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_NAME = re.compile(r"[^A-Za-z0-9._@:/-]")


@dataclass(frozen=True, slots=True)
class Area:
    """Where: in words, and as polygons or circles (WGS 84)."""

    words: str
    polygons: tuple[tuple[tuple[float, float], ...], ...] = ()
    """Longitude and latitude of each corner, as elsewhere here; closed rings."""
    circles: tuple[tuple[float, float, float], ...] = ()
    """Longitude, latitude, radius in km."""

    def __post_init__(self) -> None:
        for ring in self.polygons:
            if len(ring) < 4 or ring[0] != ring[-1]:
                raise ValueError("a polygon is closed and has at least four points")
        points = [p for ring in self.polygons for p in ring]
        for longitude, latitude in (*points, *((x, y) for x, y, _ in self.circles)):
            # Written so that NaN fails too.
            if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
                raise ValueError(f"point {longitude:g}, {latitude:g} is not on Earth")
        if any(not 0 <= radius < 20_040 for *_, radius in self.circles):
            raise ValueError("a radius is between 0 and half the Earth's circumference, in km")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert with one info, as far as these alerts need the standard."""

    identifier: str
    sender: str
    """Who sends it; globally unique, such as a domain name."""
    sent: datetime
    status: Status
    message: Literal["Alert", "Update", "Cancel"]
    scope: Scope
    restriction: str = ""
    """Who may see it; needed for a restricted one."""
    addresses: tuple[str, ...] = ()
    """Who gets it; needed for a private one."""
    references: tuple[tuple[str, str, datetime], ...] = ()
    """Sender, identifier and time of earlier alerts; needed for an update or a cancellation."""
    incidents: tuple[str, ...] = ()
    language: str = "en-GB"
    event: str
    response: str
    urgency: str
    severity: str
    certainty: str
    effective: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    areas: tuple[Area, ...] = ()

    def __post_init__(self) -> None:
        for name in (self.identifier, self.sender):
            if not name or re.search(r"[\s,<&]", name):
                raise ValueError(f"{name[:60]!r} has a space, a comma, < or &, or is empty")
        if self.scope == "Restricted" and not self.restriction:
            raise ValueError("a restricted alert says to whom it is restricted")
        if self.scope == "Private" and not self.addresses:
            raise ValueError("a private alert says whom it goes to")
        if self.message != "Alert" and not self.references:
            raise ValueError(f"a CAP message of type {self.message} refers to an earlier one")


def alert_of(
    machine: Machine,
    *,
    case: str,
    move: Move,
    sender: str,
    sent: datetime,
    areas: Sequence[Area] = (),
    status: Status = "Exercise",
    restriction: str = "parties and mission only",
    previous: Alert | None = None,
) -> Alert | None:
    """The alert that a transition calls for; None when the rules ask for none.

    ``sender`` is globally unique, without space, comma, ``<`` or ``&``. ``areas`` are left out when
    the rules hold for the whole line. ``status`` is ``Exercise`` unless somebody says that it is
    meant: an alert recommends, and a person sends it. ``previous`` is the last alert of the same
    case, which this one updates.
    """
    transition = next(one for one in machine.transitions if one.id == move.transition)
    if transition.alert is None:
        return None
    rule = next(one for one in machine.cases if one.id == case)
    state, clause = machine.state(move.enters), machine.clause(move.clause)
    sectors = (("sector", rule.sector),) if rule.sector else ()
    return Alert(
        identifier=_NOT_NAME.sub("_", f"{machine.id}.{machine.version}.{case}.{move.key}"),
        sender=sender,
        sent=sent,
        status=status,
        message="Alert" if previous is None else "Update",
        scope="Restricted",
        restriction=restriction,
        references=_references(previous),
        incidents=(move.event,) if move.event else (),
        event=state.title,
        response=transition.alert.response,
        urgency=transition.alert.urgency,
        severity=transition.alert.severity,
        certainty=transition.alert.certainty,
        effective=move.at,
        headline=f"{rule.title}: {state.title}"[:160],
        description=f"{move.sentence} Clause ({clause.id}): {clause.text}",
        instruction=Matcher(machine, rule).words(state.advice),
        parameters=(("rules", machine.name), ("basis", machine.basis), ("case", case), *sectors),
        areas=tuple(areas),
    )


def _references(previous: Alert | None) -> tuple[tuple[str, str, datetime], ...]:
    return () if previous is None else ((previous.sender, previous.identifier, previous.sent),)


def area_of(place: Place, *, words: str = "") -> Area | None:
    """The area of a place of the record; None when it has no coordinates.

    A point becomes a circle of its radius (68 %).
    """
    said = words or place.name or place.region or "area"
    if place.polygon is not None:
        return Area(said, polygons=place.polygon[:1])
    if place.longitude is None or place.latitude is None:
        return None
    return Area(said, circles=((place.longitude, place.latitude, (place.radius_m or 0.0) / 1000),))


def cap_xml(alert: Alert) -> bytes:
    """The alert as an XML document in UTF-8."""
    root = Element("alert", {"xmlns": NAMESPACE})
    for name, value in (
        ("identifier", alert.identifier),
        ("sender", alert.sender),
        ("sent", cap_time(alert.sent)),
        ("status", alert.status),
        ("msgType", alert.message),
        ("scope", alert.scope),
        ("restriction", alert.restriction),
        ("addresses", " ".join(_quoted(one) for one in alert.addresses)),
        ("references", " ".join(f"{s},{i},{cap_time(t)}" for s, i, t in alert.references)),
        ("incidents", " ".join(_quoted(one) for one in alert.incidents)),
    ):
        _add(root, name, value)
    info = SubElement(root, "info")
    for name, value in (
        ("language", alert.language),
        ("category", "Security"),
        ("event", alert.event),
        ("responseType", alert.response),
        ("urgency", alert.urgency),
        ("severity", alert.severity),
        ("certainty", alert.certainty),
        ("effective", cap_time(alert.effective) if alert.effective else ""),
        ("expires", cap_time(alert.expires) if alert.expires else ""),
        ("senderName", alert.sender_name),
        ("headline", alert.headline),
        ("description", alert.description),
        ("instruction", alert.instruction),
    ):
        _add(info, name, value)
    for name, value in alert.parameters:
        parameter = SubElement(info, "parameter")
        _add(parameter, "valueName", name)
        _add(parameter, "value", value)
    for area in alert.areas:
        _add_area(info, area)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def cap_time(moment: datetime) -> str:
    """A time as the standard writes it: whole seconds and a numeric offset; UTC is ``-00:00``."""
    if moment.tzinfo is None:
        raise ValueError(f"time {moment} has no offset")
    text = moment.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    sign, offset = "+", moment.utcoffset()
    assert offset is not None
    minutes = round(offset.total_seconds() / 60)
    if minutes <= 0:
        sign, minutes = "-", -minutes
    return f"{text}{sign}{minutes // 60:02d}:{minutes % 60:02d}"


def _add_area(info: Element, area: Area) -> None:
    found = SubElement(info, "area")
    _add(found, "areaDesc", area.words)
    for ring in area.polygons:
        _add(found, "polygon", " ".join(_pair(x, y) for x, y in ring))
    for x, y, radius_km in area.circles:
        _add(found, "circle", f"{_pair(x, y)} {_decimal(radius_km)}")


def _add(parent: Element, name: str, value: str) -> None:
    if value:
        SubElement(parent, name).text = _NOT_XML.sub("\ufffd", value)


def _pair(longitude: float, latitude: float) -> str:
    return f"{_decimal(latitude)},{_decimal(longitude)}"


def _decimal(value: float) -> str:
    """To a tenth of a metre or so, without an exponent or a minus before zero."""
    return f"{value:.6f}".rstrip("0").rstrip(".") if round(value, 6) else "0"


def _quoted(text: str) -> str:
    # The standard separates names by spaces and quotes one that holds a space.
    text = text.replace('"', "'")
    return f'"{text}"' if re.search(r"\s", text) else text
