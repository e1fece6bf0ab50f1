"""The validation page says what the raw files give."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from calibration import report
from calibration.cdb90 import read_battles
from calibration.files import FILES, problems
from calibration.published import CAMPAIGN_LOSSES
from calibration.scenario_model import scenario_table
from calibration.tables import Table, figure, numbers, place, placed

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "models" / "campaign-validation.md").read_text(encoding="utf-8")
RAW = ROOT.parent / "shared" / "data"
needs_raw = pytest.mark.skipif(
    not RAW.is_dir(), reason="the raw files are not beside the repository"
)


def _agrees(table: Table) -> bool:
    """Whether the page has the table: its words exactly, its numbers within a fiftieth.

    Resampled bounds move in their last digit with versions of NumPy.
    """
    stated, found = placed(PAGE, table.name), table.markdown()
    assert numbers(stated) == pytest.approx(numbers(found), rel=0.02, abs=0.011), table.name
    return len(stated.splitlines()) == len(found.splitlines())


def test_the_page_holds_the_tables_that_need_no_raw_file():
    assert all(_agrees(table) for table in report.published_report())


@needs_raw
def test_the_page_holds_what_the_battles_give():
    assert all(_agrees(table) for table in report.battle_report(read_battles(RAW / "battles")))


@needs_raw
@pytest.mark.slow
def test_the_page_holds_what_the_front_and_the_model_on_it_give():
    spans = report.front_series(RAW / "front")
    assert all(_agrees(table) for table in report.front_report(spans))
    axis = report.front_axis(RAW / "front")
    assert all(_agrees(table) for table in report.model_front_report(spans, axis))


@needs_raw
@pytest.mark.slow
def test_the_page_holds_what_the_model_gives_on_the_battles():
    """Where this fails after a change of the model or its parameters: the page has to be renewed,
    with ``python -m calibration --data DIR --write docs/models/campaign-validation.md``."""
    battles = read_battles(RAW / "battles")
    assert all(_agrees(table) for table in report.model_battle_report(battles))


@pytest.mark.slow
def test_the_page_holds_what_the_shipped_scenario_gives():
    assert _agrees(scenario_table())


@needs_raw
def test_the_raw_files_are_the_documented_ones():
    assert list(problems(RAW)) == []


def test_a_file_that_is_absent_or_another_is_named(tmp_path):
    assert len(list(problems(tmp_path))) == len(FILES)
    path = tmp_path / FILES[0].path
    path.parent.mkdir()
    path.write_text("other")
    assert "differs" in next(problems(tmp_path))


def test_the_readme_names_every_file_with_its_digest():
    readme = (ROOT / "calibration" / "README.md").read_text(encoding="utf-8")
    assert all(f"`{file.path}` | `{file.sha256}`" in readme for file in FILES)
    assert all(len(file.sha256) == hashlib.sha256().digest_size * 2 for file in FILES)


def test_campaign_losses_are_several_times_below_those_of_battles():
    """CSIS and the UK Ministry of Defence on Russia and Ukraine, against 1.7 and 4.6 % in CDB90."""
    assert all(0.02 < loss.percent_per_day < 1.7 / 5 for loss in CAMPAIGN_LOSSES)


def test_a_table_is_put_between_its_markers_and_found_there():
    table = Table("gain", ("what", "km²"), (("a day", "12.0"),))
    page = place("before\n<!-- gain -->\nold\n<!-- end -->\nafter", [table])
    assert placed(page, "gain") == "| what | km² |\n| --- | --- |\n| a day | 12.0 |"
    assert "old" not in page
    assert place(page, [table]) == page
    with pytest.raises(LookupError, match="no place"):
        place("nothing", [table])


def test_numbers_are_read_with_their_sign():
    assert numbers("−0.13 (-0.26 to 0.03), 68 %") == [-0.13, -0.26, 0.03, 68]


def test_a_figure_is_never_minus_nothing():
    assert figure(-0.001) == "0.00"
    assert figure(-0.125, 3) == "-0.125"
