"""Published figures beside which the fits stand, and how far each was checked here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from calibration.tables import Table

#: read: the source, or a page that quotes it, was read for this table; listed: taken from the
#: project's list of published numbers, where it is marked as read; recalled: from general
#: knowledge of the literature, and to be read before anything rests on it.
Checked = Literal["read", "listed", "recalled"]


@dataclass(frozen=True, slots=True)
class Published:
    """One published figure."""

    source: str
    """Author, year, work."""
    subject: str
    """What was fitted or counted."""
    finding: str
    """The figure."""
    checked: Checked
    """How far it was checked."""


PUBLISHED = (
    Published(
        "Engel 1954, J. Oper. Res. Soc. Am. 2:163–171",
        "Iwo Jima, troops by day",
        "square law: dM/dt = P(t) − A·N, dN/dt = −B·M; A = .0544, B = .0106 a day",
        "listed",
    ),
    Published(
        "Bracken 1995, Nav. Res. Log. 42:559–577",
        "Ardennes, combat forces by day",
        "dB/dt = a R^p B^q: p = q = 1 in one variant, .8 and 1.2 or 1.3 and .7 in others; "
        "the defender's advantage about 1.25",
        "recalled",
    ),
    Published(
        "Lucas & Turkes 2004, Nav. Res. Log. 51:197–213",
        "Kursk and Ardennes by day",
        "no classical law fits well; the surface of fit is flat in p and q",
        "recalled",
    ),
    Published(
        "Peterson 1967, Oper. Res. 15:557–558",
        "tank losses in small actions",
        "logarithmic law: p = 0, q = 1",
        "recalled",
    ),
    Published(
        "Dupuy, attrition verities (Dupuy Institute, 17 Jun 2016)",
        "casualty rates since 1600",
        "no direct relation of force ratio to casualty rate; rates are higher in small forces; "
        "they fall after each successive day in combat",
        "read",
    ),
    Published(
        "Jones & McCabe, CSIS, 3 Jun 2025 (as quoted by CNN, 4 Jun 2025)",
        "Russia and Ukraine, 24 Feb 2022 to Jun 2025",
        "about 950,000 Russian and nearly 400,000 Ukrainian casualties",
        "read",
    ),
    Published(
        "UK Ministry of Defence, 2025 (as quoted by CNN, 4 Jun 2025)",
        "Russian casualties a day",
        "about 1,000",
        "read",
    ),
    Published(
        "Watling & Reynolds, RUSI, 14 Feb 2025",
        "forces",
        "Russia about 580,000 on a line of 1,200 km; Ukraine about 800,000 in all, "
        "under a quarter of it combat power",
        "listed",
    ),
)

DAYS_OF_WAR = 1_196
"""From 2022-02-24 to 2025-06-04."""


@dataclass(frozen=True, slots=True)
class CampaignLoss:
    """A loss rate over months of war, of a whole force."""

    side: str
    """Who."""
    losses_per_day: float
    """Casualties a day."""
    troops: float
    """Of how many."""

    @property
    def percent_per_day(self) -> float:
        """Share lost a day, in per cent."""
        return 100 * self.losses_per_day / self.troops


#: Straight-line metres a day of whole campaigns, Kupiansk 2024–25 to Kharkiv 2022: Jones & McCabe,
#: CSIS, 3 Jun 2025, as the project's list of published numbers has them.
ADVANCES_M_PER_DAY = (
    50, 80, 90, 135, 410, 500, 590, 1_000, 1_250, 1_580, 3_120, 3_220, 6_675, 7_400,
)  # fmt: skip

CAMPAIGN_LOSSES = (
    CampaignLoss("Russia, 2025, group of forces", 1_000, 580_000),
    CampaignLoss("Ukraine, all years, all defence forces", 400_000 / DAYS_OF_WAR, 800_000),
    CampaignLoss("Ukraine, all years, combat power at most", 400_000 / DAYS_OF_WAR, 200_000),
)


def published_table() -> Table:
    """The published figures."""
    rows = tuple((p.source, p.subject, p.finding, p.checked) for p in PUBLISHED)
    return Table("published", ("source", "on", "finding", "checked"), rows)


def campaign_loss_table() -> Table:
    """Loss rates of whole forces over months."""
    rows = tuple(
        (c.side, f"{c.losses_per_day:.0f}", f"{c.troops:.0f}", f"{c.percent_per_day:.2f}")
        for c in CAMPAIGN_LOSSES
    )
    return Table("campaign-losses", ("force", "casualties a day", "troops", "% a day"), rows)
