"""The daily report: what it says, that it can be made again, and that no text runs in it."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from backstop.report.watch_grid import grid, strip
from backstop.report.watch_html import day_html
from watch_cases import raw_file
from watch_cli_cases import mission_with, patrols, row, runner

NASTY = '<script>alert(1)</script><img src=x onerror="alert(2)">&amp;\u202eexe'


@pytest.fixture
def watch(monkeypatch, capsys):
    return runner(monkeypatch, capsys)


@pytest.fixture
def mission(tmp_path):
    return mission_with(tmp_path / "mission")


@pytest.fixture
def clock(monkeypatch):
    """What the commands take for the time; set it with ``clock(...)``."""
    held = [datetime(2025, 6, 1, 12, tzinfo=UTC)]
    for module in ("watch_keep", "watch_judge", "watch_rows", "watch_ask"):
        monkeypatch.setattr(f"backstop.cli.{module}.clock", lambda: held[0])
    return lambda *parts: held.__setitem__(0, datetime(*parts, tzinfo=UTC))


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_figures_of_a_day_name_their_rule_and_stand_against_the_period_before(watch, mission):
    """OSCE SMM report 39/2022: 591 violations in Donetsk after 222, 975 in Luhansk after 648."""
    watch("intake", mission, raw_file("osce", "smm_daily_counts.csv"))
    body = watch("report", mission, "--day", "2022-02-18", "--json").body
    whole = {
        one["region"]: (one["now"]["n"], one["before"]["n"], one["rule"], one["before_from"])
        for one in body["regions"]
        if one["whole"]
    }
    rule = "each-round-or-burst@1"
    assert whole == {
        "Donetsk": (591, 222, rule, "the report on that period"),
        "Luhansk": (975, 648, rule, "the report on that period"),
    }
    parts = {one["region"]: one["now"]["n"] for one in body["regions"] if not one["whole"]}
    assert parts == {"Donetsk": 553, "Luhansk": 860}
    shown = watch("report", mission, "--day", "2022-02-18").out
    assert "591 ceasefire violations (" in shown
    assert rule in shown
    # No effort is recorded: the report must not read as if silence were peace.
    assert "nobody may have looked" in " ".join(shown.split())


def test_a_day_without_a_report_of_its_own_is_covered_by_the_next_one(watch, mission):
    """Report 40/2022 covers the 18th 19:30 to the 20th 19:30: 2,158 in Donetsk."""
    watch("intake", mission, raw_file("osce", "smm_daily_counts.csv"))
    body = watch("report", mission, "--day", "2022-02-19", "--json").body
    found = [(one["region"], one["now"]["n"], one["period"]) for one in body["regions"]]
    assert ("Donetsk", 2158) in [one[:2] for one in found]
    assert all("2022-02-20" in one[2] for one in found)


def test_one_record_set_gives_several_true_numbers_each_with_its_rule(watch, mission, tmp_path):
    rows = [row(n, "2025-03-01") for n in range(1, 6)]
    table, mapping = patrols(tmp_path, *rows)
    watch("intake", mission, table, "--mapping", mapping)
    body = watch("report", mission, "--day", "2025-03-01", "--json").body
    by_rule = {one["rule"]: one["n"] for one in body["same_records_by_rule"]}
    assert by_rule["rounds@1"] == 5
    assert by_rule["incident@1"] == 5
    assert all(one["rule"] for one in body["regions"])


def test_a_day_of_nothing_is_not_called_quiet(watch, mission):
    shown = " ".join(watch("report", mission, "--day", "2025-03-01").out.split())
    assert "That is not to say that nothing happened." in shown
    assert "No map: no record of this day has coordinates." in shown


def test_no_text_of_a_record_runs_in_the_page_or_steers_the_terminal(watch, mission, tmp_path):
    table, mapping = patrols(tmp_path, row(1, "2025-03-01", region='"><b>North', text=NASTY))
    table.write_text(table.read_text("utf-8").replace('"><b>North', '"""><b>North"'), "utf-8")
    assert watch("intake", mission, table, "--mapping", mapping).code == 0
    page = tmp_path / "day.html"
    result = watch("report", mission, "--day", "2025-03-01", "--html", page)
    text = page.read_text("utf-8")
    assert "&lt;script&gt;alert(1)" in text
    found = _Elements()
    found.feed(text)
    assert not {"script", "img", "b", "a", "link", "iframe"} & found.tags
    assert not [name for name in found.attributes if name.startswith("on")]
    assert "default-src 'none'" in text
    assert "\u202e" not in text + result.out
    assert not {"src", "href", "style"} & found.attributes


def test_the_same_day_is_the_same_report_byte_for_byte(watch, mission, tmp_path, clock):
    table, mapping = patrols(tmp_path, row(1, "2025-03-01"), row(2, "2025-02-28"))
    watch("intake", mission, table, "--mapping", mapping)
    first = _report(watch, mission, tmp_path, "first.html")
    assert _report(watch, mission, tmp_path, "again.html") == first
    # A month later a report of that day comes in, and another is corrected.
    clock(2025, 7, 1)
    late, _ = patrols(tmp_path, row(1, "2025-03-01", text="two"), row(3, "2025-03-01"))
    watch("intake", mission, late, "--mapping", mapping)
    watch("fuse", mission)
    watch("classify", mission)
    now = _report(watch, mission, tmp_path, "now.html")
    assert now != first
    then = _report(watch, mission, tmp_path, "then.html", "--as-known-on", "2025-06-15")
    assert then == first


def _report(watch, mission, tmp_path, name, *more):
    page = tmp_path / name
    shown = watch("report", mission, "--day", "2025-03-01", "--html", page, *more, "--json")
    assert shown.code == 0
    return page.read_bytes(), shown.out


def test_classified_and_fused_records_show_their_clause_and_their_members(watch, mission, tmp_path):
    table, mapping = patrols(tmp_path, row(1, "2025-07-01"), row(2, "2025-07-01"))
    watch("intake", mission, table, "--mapping", mapping)
    assert watch("fuse", mission, "--json").body["observations"] == 2
    done = watch("classify", mission, "--json").body
    # Two acts, each held as an observation and as the incident that it stands in.
    assert (sum(done["outcomes"].values()), done["entered"]) == (2, 4)
    assert {level: sum(n.values()) for level, n in done["by_level"].items()} == {
        "incident": 2, "observation": 2,
    }  # fmt: skip
    assert sum(done["violations_by_clause"].values()) <= 2
    again = watch("classify", mission, "--json").body
    assert (again["entered"], again["unchanged"]) == (0, 4)
    body = watch("report", mission, "--day", "2025-07-01", "--json").body
    assert len(body["incidents"]) == 2
    assert all(one["verdict"]["why"] for one in body["incidents"] + body["observations"])
    assert sum(body["verdicts"]["outcomes"].values()) == 2
    assert set(body["verdicts"]["by_level"]) == {"incident", "observation"}
    assert any("fused with a window of 5 km" in one for one in body["method"])


def test_the_map_draws_what_is_vague_as_vague(watch, mission, tmp_path):
    raw = raw_file("ucdp", "ged_ukraine_2014_2022-01_iso_utf8.csv.gz")
    watch("intake", mission, raw)
    body = watch("report", mission, "--day", "2017-01-29", "--json").body
    shapes = {one["shape"]: one for one in body["map"]["shapes"]}
    # One event is known to the town, one to the oblast only: 69.6 km, never a point.
    assert set(shapes) == {"point", "circle"}
    assert shapes["circle"]["radius_m"] > 50_000
    # The line that comes with the package serves from 18 February 2015; before it there is none.
    assert body["map"]["line_day"] == "2015-02-18"
    early = watch("report", mission, "--day", "2015-01-22", "--json").body
    assert early["map"]["line"] == []
    assert "No line of contact is known for this day" in day_html(early)


def test_the_terminal_draws_the_day_in_characters(watch, mission):
    watch("intake", mission, raw_file("ucdp", "ged_ukraine_2014_2022-01_iso_utf8.csv.gz"))
    shown = watch("report", mission, "--day", "2017-01-29").out
    _, _, drawn = shown.partition("5  Map")
    assert "· the line as drawn for 2015-02-18" in drawn
    body = watch("report", mission, "--day", "2017-01-29", "--json").body
    rows = [one for one in grid(body["map"]) if one.startswith("|")]
    assert sum(int(char) for row in rows for char in row if char.isdigit()) == 2
    assert sum(int(n) for _, n, _ in strip(body["map"])) == 2
    # Avdiivka and Donetsk lie in the third and fourth eighth of the line from the sea.
    assert [place for place, (_, n, _) in enumerate(strip(body["map"])) if n != "0"] in (
        [2], [3], [2, 3]
    )  # fmt: skip


def test_a_map_in_characters_puts_north_up_and_marks_what_barred_the_way():
    point = {"shape": "point", "radius_m": None, "what": "x", "name": "", "region": ""}
    shapes = [
        {**point, "type": "observation", "longitude": 37.0, "latitude": 49.0},
        {**point, "type": "observation", "longitude": 37.0, "latitude": 49.0},
        {**point, "type": "denial", "longitude": 38.0, "latitude": 48.0},
    ]
    told = {"shapes": shapes, "line": [], "line_day": None, "none": ""}
    rows = [one for one in grid(told) if one.startswith("|")]
    (acts,) = [(r, row.index("2")) for r, row in enumerate(rows) if "2" in row]
    (barred,) = [(r, row.index("x")) for r, row in enumerate(rows) if "x" in row]
    assert acts[0] < barred[0]
    assert acts[1] < barred[1]
    assert list(strip(told)) == []
    assert grid({**told, "shapes": []}) == []


@pytest.mark.parametrize(("day", "zone", "hours"), [
    ("2021-06-01", "Europe/Kyiv", 24), ("2021-03-28", "Europe/Kyiv", 23),
    ("2021-10-31", "Europe/Kyiv", 25), ("2021-06-01", "America/Bogota", 24),
])  # fmt: skip
def test_a_report_says_by_which_clock_its_day_is_counted(watch, tmp_path, day, zone, hours):
    folder = mission_with(tmp_path / "m", zone=zone)
    body = watch("report", folder, "--day", day, "--json").body
    first, last = (datetime.fromisoformat(body["clock"][one]) for one in ("from", "until"))
    assert body["clock"]["zone"] == zone
    assert (last.astimezone(UTC) - first.astimezone(UTC)).total_seconds() == 3600 * hours
    shown = " ".join(watch("report", folder, "--day", day).out.split())
    assert f"by the clock of {zone}: {body['clock']['from']}" in shown


def test_a_mission_takes_the_clock_of_its_scenario(watch, tmp_path):
    arguments = ("--agreement", "package", "--json")
    kyiv = watch("init", tmp_path / "a", "--scenario", "ukraine-2025", *arguments).body
    horn = watch("init", tmp_path / "b", "--scenario", "horn-2000", *arguments).body
    own = watch("init", tmp_path / "c", "--scenario", "horn-2000", "--zone", "UTC", *arguments).body
    assert [one["zone"] for one in (kyiv, horn, own)] == ["Europe/Kyiv", "Africa/Asmara", "UTC"]
