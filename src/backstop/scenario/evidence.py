"""Where numbers and positions come from: sources, and claims located in them."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from backstop.scenario.dates import DatedOrBlank
from backstop.scenario.ident import Digest, Ident, Idents, unique
from backstop.scenario.quantity import Whole
from backstop.scenario.record import Record


def _inside(name: str) -> str:
    if re.match(r"[/\\]|[A-Za-z]:", name) or ".." in re.split(r"[/\\]", name):
        raise ValueError(
            f"{name[:80]!r} leads out of the folder of kept documents; write a plain file name"
        )
    return name


class Source(Record):
    """A document, dataset or statement."""

    id: Ident
    """How records name it."""
    title: str
    """Its title."""
    publisher: str
    """Who published it."""
    date: DatedOrBlank
    """When, as exactly as known; empty when the document does not say."""
    language: str
    """ISO 639-1 code of its language."""
    address: str = ""
    """Where it was read, when it has an address."""
    file: Annotated[str, AfterValidator(_inside)] = ""
    """File name of the kept copy, for ``evidence verify``."""
    sha256: Digest | None = None
    """Digest of that file."""
    note: str = ""
    """What a reader should know: mirror, translation, hostile outlet …"""


class Claim(Record):
    """Something a source asserts, located by character span and paraphrased."""

    id: Ident
    """How records name it."""
    source: Ident
    """The source it stands in."""
    start: Whole | None = Field(default=None, ge=0)
    """First character of the span, counted from 0 in the decoded text."""
    end: Whole | None = Field(default=None, ge=0)
    """Character after the last of the span."""
    span_sha256: Digest | None = None
    """Digest of the span's UTF-8 text."""
    actor: str
    """Who asserts it, or about whom."""
    date: DatedOrBlank = ""
    """When it was asserted, as exactly as known."""
    paraphrase: str
    """The claim in our own words; the text itself is not shipped."""
    supports: Idents = ()
    """Dotted names of what it speaks to, such as ``force.tripwire``."""
    quantity: str = ""
    """The quantity it gives a figure for; claims on one quantity are shown side by side."""
    value: str = ""
    """The figure as stated."""
    unit: str = ""
    """Its unit."""
    definition: str = ""
    """What exactly is counted, where others count differently."""

    @model_validator(mode="after")
    def _span(self) -> Self:
        given = [x is not None for x in (self.start, self.end, self.span_sha256)]
        if any(given) and not all(given):
            raise ValueError("start, end and span_sha256 stand together or not at all")
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError(f"the span ends at {self.end}, before it starts at {self.start}")
        return self


class Evidence(Record):
    """``evidence.toml``: descriptive throughout, since no model reads it."""

    sources: Annotated[tuple[Source, ...], AfterValidator(unique(lambda x: x.id, "source"))] = (
        Field(default=(), json_schema_extra={"descriptive": True})
    )
    """The documents."""
    claims: Annotated[tuple[Claim, ...], AfterValidator(unique(lambda x: x.id, "claim"))] = Field(
        default=(), json_schema_extra={"descriptive": True}
    )
    """What they assert."""

    @model_validator(mode="after")
    def _one_name_each(self) -> Self:
        both = sorted({x.id for x in self.sources} & {x.id for x in self.claims})
        if both:
            raise ValueError(f"both a source and a claim are called {', '.join(both)}")
        return self

    def ids(self) -> frozenset[str]:
        """Every id that a ``source`` may name."""
        return frozenset({x.id for x in self.sources} | {x.id for x in self.claims})
