"""Whether the kept documents are those that the evidence was taken from, span by span."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Literal

from backstop.scenario.evidence import Claim, Evidence, Source

Status = Literal["same", "differs", "missing", "unchecked"]
"""As recorded; not as recorded; not to be had; or nothing recorded to compare with."""


@dataclass(frozen=True, slots=True)
class DocumentCheck:
    """One kept document against its recorded digest."""

    source: str
    """Id of the source."""
    file: str
    """Name of the kept copy."""
    status: Status
    """The verdict."""
    message: str
    """What is wrong, in words; empty when nothing is."""


@dataclass(frozen=True, slots=True)
class SpanCheck:
    """One claim's span against its recorded digest."""

    claim: str
    """Id of the claim."""
    source: str
    """Id of the source it stands in."""
    status: Status
    """The verdict."""
    message: str
    """What is wrong, in words; empty when nothing is."""
    quote: str
    """The text of the span as the document has it now; empty when it has none."""
    paraphrase: str
    """The claim in the author's words."""


@dataclass(frozen=True, slots=True)
class Verification:
    """All checks of one scenario's evidence."""

    documents: tuple[DocumentCheck, ...]
    """Every source that names a kept copy."""
    spans: tuple[SpanCheck, ...]
    """Every claim that gives a span."""
    without_file: int
    """Sources that name no kept copy."""
    without_span: int
    """Claims that give no span."""

    @property
    def ok(self) -> bool:
        """Whether nothing differs and nothing is missing."""
        verdicts = [check.status for check in self.documents]
        verdicts += [check.status for check in self.spans]
        return not {"differs", "missing"} & set(verdicts)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "ok": self.ok,
            "documents": [asdict(check) for check in self.documents],
            "spans": [asdict(check) for check in self.spans],
            "sources_without_file": self.without_file,
            "claims_without_span": self.without_span,
        }


def verify(
    evidence: Evidence,
    *,
    documents: Mapping[str, bytes],
    faults: Mapping[str, str] | None = None,
) -> Verification:
    """Compare the kept documents with what the evidence recorded of them.

    Parameters
    ----------
    evidence : Evidence
        Digests of files, and spans with their digests. Spans count the characters of the text
        decoded as UTF-8, from 0.
    documents : mapping of str to bytes
        Content by file name; a name that is not there is missing.
    faults : mapping of str to str, optional
        Why a document could not be had, by file name.
    """
    kept = [source for source in evidence.sources if source.file]
    by_id = {source.id: source for source in evidence.sources}
    located = [claim for claim in evidence.claims if claim.span_sha256 is not None]
    return Verification(
        documents=tuple(_document(source, documents, faults or {}) for source in kept),
        spans=tuple(_spans(located, by_id, documents)),
        without_file=len(evidence.sources) - len(kept),
        without_span=len(evidence.claims) - len(located),
    )


def _document(
    source: Source, documents: Mapping[str, bytes], faults: Mapping[str, str]
) -> DocumentCheck:
    def verdict(status: Status, message: str = "") -> DocumentCheck:
        return DocumentCheck(source.id, source.file, status, message)

    content = documents.get(source.file)
    if content is None:
        return verdict("missing", faults.get(source.file, "is not in the folder"))
    if source.sha256 is None:
        return verdict("unchecked", "no digest was recorded, so any content would do")
    found = sha256(content).hexdigest()
    if found != source.sha256:
        return verdict("differs", f"has SHA-256 {found}, recorded was {source.sha256}")
    return verdict("same")


def _spans(
    claims: list[Claim], sources: Mapping[str, Source], documents: Mapping[str, bytes]
) -> Iterator[SpanCheck]:
    texts: dict[str, str | None] = {}
    for claim in claims:
        source = sources.get(claim.source)
        file = source.file if source else ""
        if file not in texts:
            texts[file] = _decoded(documents.get(file))
        status, message, quote = _span(claim, texts[file], has_document=file in documents)
        yield SpanCheck(claim.id, claim.source, status, message, quote, claim.paraphrase)


def _span(claim: Claim, text: str | None, *, has_document: bool) -> tuple[Status, str, str]:
    if not has_document:
        return "missing", f"there is no document of {claim.source} to look in", ""
    if text is None:
        return "differs", "the document is not UTF-8, so its characters cannot be counted", ""
    assert claim.start is not None
    assert claim.end is not None
    quote = text[claim.start : claim.end]
    if claim.end > len(text):
        return "differs", f"ends at {claim.end:,}, the text has {len(text):,} characters", quote
    if sha256(quote.encode()).hexdigest() != claim.span_sha256:
        return "differs", "the text at this place is not the text that was recorded", quote
    return "same", "", quote


def _decoded(content: bytes | None) -> str | None:
    if content is None:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None
