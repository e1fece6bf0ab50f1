"""The monitoring plan as one HTML page, with its gaps on a map: no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from backstop.futures.figures import shares, spread
from backstop.report import watch_plan as words
from backstop.report.watch_html import line, page, table
from backstop.report.watch_map import WIDTH, frame_of, scale_bar

Json = Mapping[str, Any]

#: From seen least to seen most: an even scale from dark red to dark green, told apart in grey too.
_SCALE = ("#8c1a11", "#c8553d", "#d9a441", "#9aa85a", "#3f7d4e")
_STEP = 1.0 / len(_SCALE)


def plan_html(body: Json) -> str:
    """The whole page."""
    title = f"Monitoring plan {body['scenario']}/{body['design']}"
    return page(title, _body(body, title))


def _body(body: Json, title: str) -> Iterator[str]:
    yield f"<h1>{escape(title)}</h1>"
    yield line(f"Line {body['line']}; {body['worlds']:,} futures, seed {body['seed']}.", "dim")
    yield "<h2>What is seen?</h2>"
    yield line(f"{shares(body['detection'])} of violations. {' '.join(words.seen_words(body))}")
    yield "<h2>With what, by whom?</h2>"
    yield line(
        f"{spread(body['people'])} observers; with support {spread(body['people_with_support'])}."
    )
    yield table(("means", "units", "people"), words.means_rows(body), "Nobody watches.")
    yield "<h2>Gaps on the map</h2>"
    yield from _maps(body)
    yield "<h2>Where and when?</h2>"
    yield line("Chances for a kilometre and a day: median, and 5 to 95 % of the futures.", "dim")
    for stretch in body["stretches"]:
        yield f"<h3>{escape(stretch['title'])}</h3>"
        yield line(f"{spread(stretch['km'])} km, {stretch['ground']} ground", "dim")
        yield table(words.ACT_HEADS, words.act_rows(body, stretch), "")
    yield "<h2>What escapes it?</h2>"
    rows = ((gap["sentence"],) for gap in body["gaps"])
    yield table((f"{len(body['gaps'])} gaps, the worst first",), rows, "Nothing that was stated.")
    yield line(f"{body['judgements']} numbers of the table of means rest on judgement.", "dim")
    yield line(f"Backstop {body['backstop']}, {body['schema']}.", "dim")


def _maps(body: Json) -> Iterator[str]:
    drawn = [one for one in body["stretches"] if one["points"]]
    if not drawn:
        yield line("The scenario does not draw the line.", "dim")
        return
    acts = list(dict.fromkeys(cell["act"] for one in drawn for cell in one["cells"]))
    yield line("Chance that an act is seen, for a kilometre and a day: median of the futures.")
    yield '<div class="maps">'
    for act in (acts[0], _least_seen(drawn, acts)):
        for hour in ("day", "night"):
            title = escape(f"{body['acts'][act]}, by {hour}")
            yield f"<figure><figcaption>{title}</figcaption>{_svg(drawn, act, hour)}</figure>"
    yield "</div>"
    yield _key()
    yield line("The line is the scenario's; a stretch lies where its share of it falls.", "dim")


def _least_seen(drawn: list[Json], acts: list[str]) -> str:
    """The act with the lowest chance on any stretch by night."""
    return min(acts, key=lambda act: min(_chance(one, act, "night") for one in drawn))


def _key() -> str:
    keys = (
        f'<span class="key" style="background:{colour}"></span>'
        f"{_STEP * n:.0%} to {_STEP * (n + 1):.0%}"
        for n, colour in enumerate(_SCALE)
    )
    return f'<p class="dim">{"".join(keys)}</p>'


def _chance(stretch: Json, act: str, hour: str) -> float:
    cells = stretch["cells"]
    return float(next(c["detected"]["p50"] for c in cells if (c["act"], c["hour"]) == (act, hour)))


def _svg(drawn: list[Json], act: str, hour: str) -> str:
    frame = frame_of([(x, y) for one in drawn for x, y in one["points"]])
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {frame.height:.0f}" role="img" aria-label="Map of the plan">',
        f'<rect width="{WIDTH}" height="{frame.height:.0f}" fill="#f4f5f2"/>',
    ]
    for one in drawn:
        share = _chance(one, act, hour)
        colour = _SCALE[min(len(_SCALE) - 1, int(share / _STEP))]
        points = " ".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y in one["points"])
        x, y = one["points"][len(one["points"]) // 2]
        title = f"<title>{escape(one['title'])}: {share:.0%}</title>"
        style = f'fill="none" stroke="{colour}" stroke-width="10"'
        parts.append(f'<polyline points="{points}" {style}>{title}</polyline>')
        at = f'x="{frame.x(x) + 14:.1f}" y="{frame.y(y) - 14:.1f}"'
        parts.append(f'<text {at} font-size="24" fill="#222">{share:.0%}</text>')
    return "\n".join([*parts, *scale_bar(frame), "</svg>"])
