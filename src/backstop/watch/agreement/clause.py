"""A clause: act × weapon × zone × actor × period, and its exemptions."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from backstop.scenario.ident import Ident, Idents, did_you_mean, unique
from backstop.scenario.quantity import Real
from backstop.scenario.record import Record
from backstop.watch.vocabulary import TALLY_KINDS, WEAPON_CLASSES


def _kind(word: str) -> str:
    if word not in TALLY_KINDS:
        raise ValueError(f"there is no kind of act {word[:40]!r}{did_you_mean(word, TALLY_KINDS)}")
    return word


def _weapon_class(word: str) -> str:
    known = WEAPON_CLASSES - {"unknown", "none", "heavy_weapon"}
    if word not in known:
        raise ValueError(f"there is no weapon class {word[:40]!r}{did_you_mean(word, known)}")
    return word


Kind = Annotated[str, AfterValidator(_kind)]
WeaponClass = Annotated[str, AfterValidator(_weapon_class)]
Millimetres = Annotated[Real, Field(gt=0, lt=2000)]


class Weapons(Record):
    """Weapons by class, by type and by calibre; what is given must all hold."""

    classes: tuple[WeaponClass, ...] = ()
    """Weapon classes; none given means any. A source's "heavy weapon" is any class of them."""
    systems: Idents = ()
    """Only these types."""
    but_not: Idents = ()
    """All but these types."""
    calibre_from_mm: Millimetres | None = None
    """At least so much: "100 mm and more"."""
    calibre_over_mm: Millimetres | None = None
    """More than so much: "over 100 mm"."""
    calibre_below_mm: Millimetres | None = None
    """Less than so much: "under 100 mm"."""
    calibre_to_mm: Millimetres | None = None
    """At most so much: "up to and including 120 mm"."""

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        for first, second in (
            ("calibre_from_mm", "calibre_over_mm"),
            ("calibre_below_mm", "calibre_to_mm"),
        ):
            if getattr(self, first) is not None and getattr(self, second) is not None:
                raise ValueError(f"give {first} or {second}, not both")
        lower = self.calibre_from_mm if self.calibre_over_mm is None else self.calibre_over_mm
        upper = self.calibre_below_mm if self.calibre_to_mm is None else self.calibre_to_mm
        if lower is not None and upper is not None and upper <= lower:
            raise ValueError(f"no calibre lies between {lower:g} and {upper:g} mm")
        return self

    @property
    def calibre_bounds_mm(self) -> tuple[float, ...]:
        """The bounds that are given."""
        bounds = (
            self.calibre_from_mm,
            self.calibre_over_mm,
            self.calibre_below_mm,
            self.calibre_to_mm,
        )
        return tuple(one for one in bounds if one is not None)

    def holds_calibre(self, calibre_mm: float) -> bool:
        """Whether a calibre lies within the bounds."""
        return not (
            (self.calibre_from_mm is not None and calibre_mm < self.calibre_from_mm)
            or (self.calibre_over_mm is not None and calibre_mm <= self.calibre_over_mm)
            or (self.calibre_below_mm is not None and calibre_mm >= self.calibre_below_mm)
            or (self.calibre_to_mm is not None and calibre_mm > self.calibre_to_mm)
        )


class Exemption(Record):
    """What takes an act out of a clause: a place outside a zone, or circumstances that hold."""

    id: Ident
    """How classifications name it."""
    title: str
    """What is exempt."""
    acts: tuple[Kind, ...] = ()
    """For these acts of the clause only."""
    outside: Ident | None = None
    """It has to happen outside this zone."""
    stated: tuple[str, ...] = ()
    """Words of the source (in a record's codes) that say that it happened outside the zone."""
    circumstances: Idents = ()
    """All of these have to be stated of the record: whoever claims an exemption shows it."""
    text: str = ""
    """Article or paragraph."""
    source: Idents = ()
    """Ids of the sources it rests on."""
    note: str = ""
    """What is judgement."""

    @model_validator(mode="after")
    def _some_ground(self) -> Self:
        if self.outside is None and not self.circumstances:
            raise ValueError("an exemption needs a zone to be outside of, or circumstances")
        if self.stated and self.outside is None:
            raise ValueError("`stated` says that a place is outside a zone; name it in `outside`")
        return self


class Clause(Record):
    """One rule of an agreement that can be broken."""

    id: Ident
    """How classifications name it."""
    text: str = Field(min_length=1)
    """Article or paragraph of the agreement."""
    paraphrase: str = Field(min_length=1)
    """What it says, in our own words."""
    acts: tuple[Kind, ...] = Field(min_length=1)
    """Kinds of act that break it."""
    signs: tuple[Kind, ...] = ()
    """Kinds of record that may be a sign that it was broken and do not show it."""
    weapons: tuple[Weapons, ...] = ()
    """Any of these weapons; none given means whatever weapon, or none."""
    zone: Ident | None = None
    """Where; everywhere without one."""
    actors: Idents = ()
    """The parties it binds; without any it binds whoever did it."""
    in_force_from: AwareDatetime | None = None
    """First moment, with its offset; else that of the agreement."""
    in_force_until: AwareDatetime | None = None
    """Moment from which it no longer binds; else that of the agreement."""
    exemptions: Annotated[
        tuple[Exemption, ...], AfterValidator(unique(lambda x: x.id, "exemption"))
    ] = ()
    """What takes an act out of it."""
    source: Idents = ()
    """Ids of the sources it rests on."""
    note: str = ""
    """What is judgement."""

    @model_validator(mode="after")
    def _sound(self) -> Self:
        start, end = self.in_force_from, self.in_force_until
        if start is not None and end is not None and end <= start:
            raise ValueError("it ends before it begins")
        both = sorted(set(self.acts) & set(self.signs))
        if both:
            raise ValueError(f"{', '.join(both)} stands among the acts and among the signs")
        return self
