"""A part of many records."""

from __future__ import annotations


class Part:
    """A frozen part of a record that remembers its canonical text once it was written.

    A file repeats its days, places, acts and parties, and its reader hands the same object out
    again. The text lives exactly as long as the object, so that nothing has to be forgotten. It is
    no field: it takes no part in comparison, copies or ``to_dict``.
    """

    __slots__ = ("canonical",)

    canonical: str
    """Empty until it was written; a copy has none at all until it was."""
