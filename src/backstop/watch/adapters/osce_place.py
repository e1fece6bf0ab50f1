"""Where an OSCE observation was: the observer's position from names, and the sector from words."""

from __future__ import annotations

from backstop.watch.adapters.osce_sentence import Item, Standpoint
from backstop.watch.gazetteer import Spot, fold, sharper, spot_beside
from backstop.watch.place import Place, Sector
from backstop.watch.sector import bearings_of, sector_place
from backstop.watch.setting import Setting


def observer_place(
    standpoint: Standpoint | None, item: Item | None, setting: Setting, *, region: str = ""
) -> tuple[Place, tuple[str, ...]]:
    """The place of an act, and notes on what could not be found.

    Where the gazetteer does not know the observer's place the sector keeps its range and winds
    and has no coordinates; none are made up.
    """
    name = standpoint.place if standpoint else ""
    spot = find_spot(standpoint, setting) if standpoint else None
    notes = () if spot or not name else (f"the gazetteer does not know {name[:60]!r}",)
    base = Place(name=name, language="en" if name else "", region=region)
    if item is None or item.range_km is None:
        if spot is None:
            return base, notes
        # Without a range the act lies somewhere within earshot or sight of the observer.
        radius = spot.radius_m if item is None else max(spot.radius_m, EARSHOT_M)
        place = Place(
            spot.longitude, spot.latitude, radius, "gazetteer", name=name, language="en",
            region=region,
        )  # fmt: skip
        return place, notes + setting.check_place(place)
    near, far = item.range_km
    sector = Sector(
        spot.longitude if spot else None,
        spot.latitude if spot else None,
        spot.radius_m if spot else 0.0,
        near,
        far,
        bearings_of(item.winds),
        item.winds,
    )
    if spot is None:
        return Place(
            method="sector", name=name, language=base.language, region=region, sector=sector
        ), notes
    place = sector_place(sector, base=base)
    return place, notes + setting.check_place(place)


#: 68 % radius of an act reported without a distance, in metres: judgement, from the ranges that
#: the reports do give, most of them below 10 km.
EARSHOT_M = 5_000.0


def find_spot(standpoint: Standpoint, setting: Setting) -> Spot | None:
    """The observer's position: by its own name or beside the town it is measured from."""
    named = setting.gazetteer.get(fold(standpoint.place)) or _named(standpoint.place, setting)
    beside = None
    if standpoint.anchor and standpoint.distance_km is not None:
        anchor = _named(standpoint.anchor, setting)
        if anchor is not None:
            beside = spot_beside(anchor, standpoint.distance_km, standpoint.wind)
    return sharper(named, beside)


def _named(name: str, setting: Setting) -> Spot | None:
    """A town by its name, with the words for its centre taken off."""
    folded = fold(name)
    for ending in (" city centre", " city center", " city", " town", " centre"):
        folded = folded.removesuffix(ending)
    return setting.gazetteer.get(folded)
