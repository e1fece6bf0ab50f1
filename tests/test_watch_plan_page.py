"""The monitoring plan on the terminal and as a page."""

from __future__ import annotations

import json
from importlib import import_module

import pytest

from backstop.errors import InputError
from backstop.report.watch_plan_html import plan_html
from backstop.scenario.load import load
from backstop.watch.plan import Draws, plan
from test_watch_report import _Elements

main = import_module("backstop.cli.main")


@pytest.fixture
def run(monkeypatch, capsys):
    def command(*arguments):
        monkeypatch.setattr("sys.argv", ["backstop", "watch", "plan", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main.run()
        return left.value.code, capsys.readouterr()

    return command


def test_arrays_and_satellites_can_be_added_and_more_is_seen(run):
    seen = []
    for more in ((), ("--add", "acoustic=20"), ("--add", "acoustic=20", "--add", "satellite=1")):
        _, shown = run("ukraine-2025/monitors", "--worlds", 64, "--json", *more)
        seen.append(json.loads(shown.out))
    assert [len(one["means"]) for one in seen] == [4, 5, 6]
    chances = [one["detection"]["p50"] for one in seen]
    assert chances == sorted(chances)
    assert chances[0] < chances[1]


@pytest.mark.parametrize(("more", "said"), [
    ("acustic=20", "did you mean 'acoustic'"), ("acoustic", "not like acoustic=20"),
    ("acoustic=-1", "not like acoustic=20"), ("acoustic=nan", "not like acoustic=20"),
])  # fmt: skip
def test_means_that_make_no_sense_are_mistakes(run, more, said):
    code, shown = run("ukraine-2025/monitors", "--worlds", 16, "--add", more)
    assert code == 2
    assert said in shown.err


def test_the_terminal_names_acts_in_words_and_each_stretch_once(run):
    _, shown = run("ukraine-2025/monitors", "--worlds", 64)
    assert "explosion_heavy" not in shown.out
    assert shown.out.count("Kupiansk to the Siverskyi Donets,") >= 1
    assert "Fire with small" in shown.out


def body(scenario="ukraine-2025", design="monitors"):
    case = load(scenario).design(design)
    found = plan(case, draws=Draws.of(case, worlds=range(64), seed=1)).to_dict()
    return {**found, "scenario": scenario, "backstop": "0", "schema": "x"}


def test_the_page_draws_the_gaps_and_runs_nothing(tmp_path):
    told = body()
    told["stretches"][0]["title"] = '<script>alert(1)</script>"'
    text = plan_html(told)
    elements = _Elements()
    elements.feed(text)
    assert "script" not in elements.tags
    assert text.count("<svg") == 4
    # Five stretches on each of the four maps.
    assert text.count("<polyline") == 4 * len(told["stretches"])
    assert all(gap["sentence"][:20].split("<")[0] in text for gap in told["gaps"][-3:])


def test_a_means_that_nobody_knows_is_a_mistake_in_python_too():
    case = load("ukraine-2025").design("monitors")
    with pytest.raises(InputError, match="no means 'radar'"):
        plan(case, draws=Draws.of(case, worlds=range(8), seed=1), extra={"radar": 1})


@pytest.mark.parametrize(("scenario", "design", "places"), [
    # The drawn line and the list of stretches run the same way.
    ("ukraine-2025", "monitors", {0: (37.6, 49.8), 2: (37.2, 48.2), 4: (32.6, 46.6)}),
])  # fmt: skip
def test_a_stretch_is_drawn_where_its_name_says(scenario, design, places):
    """North of Kupiansk, the towns of Donetsk region, the lower Dnipro."""
    case = load(scenario).design(design)
    found = plan(case, draws=Draws.of(case, worlds=range(8), seed=1)).stretches
    for number, (longitude, latitude) in places.items():
        x, y = found[number].points[len(found[number].points) // 2]
        assert abs(x - longitude) < 0.8, found[number].title
        assert abs(y - latitude) < 0.5, found[number].title
