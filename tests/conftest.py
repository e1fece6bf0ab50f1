"""How property tests draw their cases."""

from __future__ import annotations

from hypothesis import settings

# The same cases in every run, so that a failing run means that something changed. New cases are
# searched for on purpose: pytest --hypothesis-profile search
settings.register_profile("steady", derandomize=True)
settings.register_profile("search", derandomize=False, print_blob=True)
settings.load_profile("steady")
