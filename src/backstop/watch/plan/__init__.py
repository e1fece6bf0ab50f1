"""The monitoring plan: what posts, patrols, cameras and aircraft would see, where, when, of what.

``plan(case, draws=…)`` answers for a design; ``attribution(case, draws=…)`` is what the deterrence
stage takes from it.
"""

from backstop.watch.plan.coverage import attribution
from backstop.watch.plan.draws import Draws
from backstop.watch.plan.plan import Cell, Gap, Plan, StretchPlan, plan
from backstop.watch.plan.table import PlanTable, shipped_table

__all__ = [
    "Cell",
    "Draws",
    "Gap",
    "Plan",
    "PlanTable",
    "StretchPlan",
    "attribution",
    "plan",
    "shipped_table",
]
