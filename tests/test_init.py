"""``backstop init``: a whole, valid scenario folder, or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from backstop.cli.init import init
from backstop.errors import InputError, NotFound
from backstop.scenario.load import examine, load
from backstop.scenario.nation import Nation
from backstop.scenario.offer import Offer
from backstop.scenario.position import Position
from backstop.store import folder


def make(*arguments: object) -> str:
    command = [str(argument) for argument in arguments]
    result = CliRunner().invoke(init, command, standalone_mode=False, catch_exceptions=True)
    if result.exception:
        raise result.exception
    return result.output


def contents(path: Path) -> dict[str, bytes]:
    return {str(p.relative_to(path)): p.read_bytes() for p in path.rglob("*") if p.is_file()}


def test_the_new_scenario_has_no_problem_and_its_own_name(tmp_path):
    make(tmp_path / "mine")
    scenario, problems = examine(str(tmp_path / "mine"))
    assert problems == []
    assert scenario is not None
    assert scenario.name == "mine"
    assert {design.id for design in scenario.designs} == {"observers", "presence"}


def test_the_template_claims_nothing_about_a_real_country(tmp_path):
    make(tmp_path / "mine")
    nations = load(str(tmp_path / "mine")).nations
    # ISO 3166-1 leaves XAA to XZZ to users; no country will ever have such a code.
    assert all(nation.iso3.startswith("X") for nation in nations)


def test_the_readme_names_every_column_of_the_tables(tmp_path):
    make(tmp_path / "mine")
    readme = (tmp_path / "mine" / "README.md").read_text()
    for name in ("nations", "offers", "positions"):
        header = (tmp_path / "mine" / f"{name}.csv").read_text().splitlines()[0].split(",")
        model = {"nations": Nation, "offers": Offer, "positions": Position}[name]
        assert {*model.model_fields} - {"stocks"} <= set(header)
        assert [c for c in header if f"`{c}`" not in readme and c not in SPEAKING] == []


#: Columns whose name says it all.
SPEAKING = {"name", "gdp_usd_bn", "defence_expenditure_usd_bn", "drone_companies", "nation"}
SPEAKING |= {"capability", "date", "speaker", "source", "note"}


def test_a_shipped_scenario_can_be_copied(tmp_path):
    make(tmp_path / "copy", "--from", "ukraine-2025")
    copy, original = load(str(tmp_path / "copy")), load("ukraine-2025")
    assert copy.name == "copy"
    assert copy.designs == original.designs
    assert copy.nations == original.nations


def test_json_names_the_folder_and_its_files(tmp_path):
    body = json.loads(make(tmp_path / "mine", "--json"))
    assert body["schema"] == "backstop/init/1"
    assert set(body["files"]) == set(contents(tmp_path / "mine"))


def test_what_is_there_already_is_left_as_it_was(tmp_path):
    make(tmp_path / "mine")
    (tmp_path / "mine" / "scenario.toml").write_text("my work")
    before = contents(tmp_path)
    with pytest.raises(InputError, match="is there already"):
        make(tmp_path / "mine")
    assert contents(tmp_path) == before


def test_a_file_of_that_name_is_not_replaced(tmp_path):
    (tmp_path / "mine").write_text("a file")
    with pytest.raises(InputError, match="is there already"):
        make(tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "a file"


@pytest.mark.parametrize("name", ["a b", "..", "-x", "é", "x" * 65, 'quo"te'])
def test_a_name_that_no_scenario_may_have_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="is no name for a scenario"):
        make("--", tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_a_shipped_scenario_is_refused(tmp_path):
    with pytest.raises(InputError, match="shipped scenario"):
        make(tmp_path / "ukraine-2025")


def test_an_unknown_origin_names_the_nearest(tmp_path):
    with pytest.raises(NotFound, match="ukraine-2025"):
        make(tmp_path / "mine", "--from", "ukraine-2052")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_parent_folder_is_named(tmp_path):
    with pytest.raises(InputError, match="is not a folder"):
        make(tmp_path / "missing" / "mine")


def test_an_interruption_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        folder.make(tmp_path / "mine", files={"designs/a.toml": b"", "scenario.toml": b""})
    assert list(tmp_path.iterdir()) == []
