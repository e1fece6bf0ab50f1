"""The daily report as one HTML page: no script, nothing fetched, every text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from backstop.report import watch_words as words
from backstop.report.watch_map import svg

Json = Mapping[str, Any]

#: Nothing may be loaded or run, whatever a text of the record says.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'none'; base-uri 'none'"
_STYLE = """
:root{color-scheme:light}
body{font:15px/1.5 system-ui,sans-serif;color:#1a1c1e;background:#fff;margin:2rem auto;
max-width:62rem;padding:0 1rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}
h3{font-size:1rem;margin:1.4rem 0 .2rem}
p{margin:.35rem 0;max-width:46rem}.dim{color:#5a6066}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.86rem;font-variant-numeric:tabular-nums}
th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;
border-bottom:1px solid #dcdfe2;overflow-wrap:break-word;min-width:3.5rem;
max-width:26rem}
th{font-weight:600;color:#5a6066}
.maps{display:grid;grid-template-columns:repeat(auto-fit,minmax(22rem,1fr));gap:.8rem}
figure{margin:0}figcaption{font-size:.86rem}
.key{display:inline-block;width:1.2em;height:.7em;margin:0 .3em 0 .8em}
svg{width:100%;height:auto;border:1px solid #dcdfe2}
code{overflow-wrap:anywhere}
@media print{body{margin:0}h2{break-after:avoid}}
"""


def day_html(body: Json) -> str:
    """The whole page."""
    title = f"Daily report of {body['mission']}, {body['day']}"
    return page(title, _body(body, title))


def page(title: str, body: Iterable[str]) -> str:
    """A whole page of the watch around the parts of its body."""
    parts = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(title)}</title>",
        f"<style>{_STYLE}</style>",
        "</head>",
        "<body>",
        *body,
        "</body>",
        "</html>",
        "",
    ]
    return "\n".join(parts)


def _body(body: Json, title: str) -> Iterator[str]:
    record = body["record"]
    yield f"<h1>{_text(title)}</h1>"
    yield line(words.clock_line(body), "dim")
    yield line(
        f"As known after entry {record['entries']:,} of the ledger ({record['last_entry']}).", "dim"
    )
    yield "<h2>Summary</h2>"
    yield from map(line, body["summary"])
    yield "<h2>By region, against the period before</h2>"
    yield table(words.FIGURE_HEADS, words.figure_rows(body), "No figures for this day.")
    rules = list(words.rule_rows(body))
    if rules:
        yield line("The same records under each counting rule:")
        yield table(("rule", "figure", "level", "what it counts", "left out"), rules, "")
    yield "<h2>Under the agreement</h2>"
    yield table(words.VERDICT_HEADS, words.verdict_rows(body), "No records to classify.")
    yield "<h2>Map</h2>"
    yield from _map(body["map"])
    yield "<h2>Incidents</h2>"
    yield table(words.INCIDENT_HEADS, words.incident_rows(body), "None was fused.")
    yield "<h2>Observations</h2>"
    yield table(words.RECORD_HEADS, words.record_rows(body), "No observations of this day.")
    if body["not_listed"]:
        yield line(f"{body['not_listed']} restricted records are counted and not listed.")
    yield "<h2>Restrictions of movement and jamming</h2>"
    yield table(words.BARRED_HEADS, words.barred_rows(body), "None was recorded.")
    yield "<h2>Effort</h2>"
    yield table(words.EFFORT_HEADS, words.effort_rows(body), "None was recorded.")
    yield "<h2>How this was made</h2>"
    yield from map(line, body["method"])
    yield line(f"Backstop {body['backstop']}, {body['schema']}.", "dim")


def _map(found: Json) -> Iterator[str]:
    if found["none"]:
        yield line(f"No map: {found['none']}.")
        return
    yield svg(found)
    drawn = (
        f"The line is as drawn for {found['line_day']}."
        if found["line"]
        else "No line of contact is known for this day; none is drawn."
    )
    yield line(f"{found['note']} {drawn}", "dim")
    if found["without_place"]:
        yield line(f"{found['without_place']} records without coordinates are not on it.", "dim")
    if found["left_out"]:
        yield line(f"{found['left_out']:,} more places are not drawn.", "dim")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], empty: str) -> str:
    """A table, or the sentence that stands in its place where there are no rows."""
    held = list(rows)
    if not held:
        return line(empty, "dim")
    head = "".join(f"<th>{_text(one)}</th>" for one in heads)
    body = ["".join(f"<td>{_text(cell)}</td>" for cell in row) for row in held]
    inner = "\n".join(f"<tr>{one}</tr>" for one in body)
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{inner}\n</tbody></table></div>"
    )


def line(text: str, style: str = "") -> str:
    """A paragraph."""
    return f'<p class="{style}">{_text(text)}</p>' if style else f"<p>{_text(text)}</p>"


def _text(text: str) -> str:
    return escape(text, quote=True)
