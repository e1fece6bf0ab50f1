"""The face for Python and notebooks: results that show themselves."""

from __future__ import annotations

from typing import Any

from backstop.assessment import assess as use_case
from backstop.assessment.what_if import Effort
from backstop.scenario.scenario import Case


class Assessment(use_case.Assessment):
    """The answer for one design; its parts are attributes: ``page.sizing.deployed.p50``."""

    __slots__ = ()

    def __str__(self) -> str:
        """The page as plain text."""
        from backstop.report.page import page
        from backstop.report.render import as_text

        return as_text(page(self.to_dict()), width=110)

    def _repr_html_(self) -> str:
        """The page, for a notebook."""
        from backstop.report.page import page
        from backstop.report.render import as_html

        return as_html(page(self.to_dict()), width=110)


def assess(case: Case, **options: Any) -> Assessment:
    """Answer for one design; see ``backstop.assessment.assess.assess`` for the options."""
    return Assessment(use_case.assess(case, **options).to_dict())


__all__ = ["Assessment", "Effort", "assess"]
