"""The agreement as data, and what a record is under it.

from backstop.watch.agreement import classify, shipped_agreement

package = shipped_agreement("minsk-package-2015")
found = classify(record, package, lines={"actual": series, "line-2014-09-19": frozen})
found.outcome, found.clauses, found.why
ledger.append([classification_draft(found)], author="classify", now=now)
"""

from backstop.watch.agreement.agreement import Agreement, Circumstance, Party, System
from backstop.watch.agreement.apportion import Apportionment, apportion
from backstop.watch.agreement.chance import Chance
from backstop.watch.agreement.classification import (
    Classification,
    ClauseFinding,
    classification_draft,
)
from backstop.watch.agreement.classify import classify, classify_all
from backstop.watch.agreement.clause import Clause, Exemption, Weapons
from backstop.watch.agreement.drawn import DRAWINGS, joined, scenario_line, shipped_line
from backstop.watch.agreement.load import (
    SHIPPED,
    examine_agreement,
    read_agreement,
    shipped_agreement,
)
from backstop.watch.agreement.zone import LineReference, Zone

__all__ = [
    "DRAWINGS",
    "SHIPPED",
    "Agreement",
    "Apportionment",
    "Chance",
    "Circumstance",
    "Classification",
    "Clause",
    "ClauseFinding",
    "Exemption",
    "LineReference",
    "Party",
    "System",
    "Weapons",
    "Zone",
    "apportion",
    "classification_draft",
    "classify",
    "classify_all",
    "examine_agreement",
    "joined",
    "read_agreement",
    "scenario_line",
    "shipped_agreement",
    "shipped_line",
]
