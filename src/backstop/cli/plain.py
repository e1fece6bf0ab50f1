"""Text for a terminal: what others wrote made safe to show, and numbers of things."""

from __future__ import annotations

import unicodedata

#: Categories of characters that steer instead of show: controls, overrides of direction, private
#: use, unassigned, halves of pairs, separators of lines and paragraphs.
_STEERING = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}


def printable(text: str) -> str:
    """The text with every steering character written out, such as ``\\x1b`` or ``\\u202e``.

    A terminal obeys escape sequences in what it prints, and overrides of direction make it show
    words in another order than they stand in.
    """
    return "".join(
        char.encode("unicode_escape").decode() if unicodedata.category(char) in _STEERING else char
        for char in text
    )


def counted(count: int, one: str, many: str = "") -> str:
    """``1 entry``, ``2,000 entries``; the plural is the noun with an s when left out."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
