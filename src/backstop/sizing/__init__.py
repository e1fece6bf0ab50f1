"""How much force does the concept take?"""

from backstop.sizing.concept import Concept, MonitoringNeed
from backstop.sizing.factors import Factors
from backstop.sizing.requirement import Remark, Requirement
from backstop.sizing.stage import size

__all__ = ["Concept", "Factors", "MonitoringNeed", "Remark", "Requirement", "size"]
