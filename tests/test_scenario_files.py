"""A scenario folder as the world leaves it: encodings, links, devices, sizes and names."""

from __future__ import annotations

import os
import time

import pytest

from backstop.errors import NotFound
from backstop.scenario.files import find, shipped_scenarios, split_target
from backstop.scenario.load import examine
from scenario_files import FILES, write


def _only(folder):
    scenario, problems = examine(str(folder))
    assert scenario is None
    (problem,) = problems
    return problem


def _raw(folder, name, raw):
    write(folder)
    (folder / name).write_bytes(raw)


def test_bytes_of_windows_1252_are_placed_and_guessed(tmp_path):
    raw = FILES["nations.csv"].replace("Allied", "Allié", 1).encode("cp1252")
    _raw(tmp_path, "nations.csv", raw)
    problem = _only(tmp_path)
    assert (problem.line, problem.column) == (5, 9)
    assert (
        problem.message == "byte 0xe9 ('é' in Windows-1252?) is not UTF-8; save the file as UTF-8"
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("name", ["scenario.toml", "offers.csv", "line.geojson"])
def test_utf_16_is_named_with_its_remedy(tmp_path, name, encoding):
    _raw(tmp_path, name, FILES[name].encode(encoding))
    problem = next(p for p in examine(str(tmp_path))[1] if p.file.endswith(name))
    assert "save it as UTF-8" in problem.message


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    write(tmp_path)
    plain = examine(str(tmp_path))[0]
    for name, text in FILES.items():
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + text.encode())
    marked, problems = examine(str(tmp_path))
    assert problems == []
    assert marked.digest == plain.digest


def test_a_nul_byte_is_placed(tmp_path):
    _raw(tmp_path, "offers.csv", FILES["offers.csv"].encode() + b"XAL\x00,x\n")
    problem = _only(tmp_path)
    assert problem.line == 5
    assert problem.message.startswith("holds a NUL byte")


@pytest.mark.parametrize("name", ["offers.csv", "evidence.toml", "line.geojson"])
def test_an_empty_file_is_a_clear_problem(tmp_path, name):
    _raw(tmp_path, name, b"")
    found = [p for p in examine(str(tmp_path))[1] if p.file.endswith(name)]
    if name != "evidence.toml":
        assert len(found) == 1


def test_a_missing_file_is_said_and_a_near_name_offered(tmp_path):
    write(tmp_path)
    (tmp_path / "offers.csv").rename(tmp_path / "Offer.csv")
    assert _only(tmp_path).message == "is missing; is it the one called 'Offer.csv'?"


@pytest.mark.parametrize("name", [n for n in FILES if n.count("/") + (n == "scenario.toml") == 0])
def test_a_missing_file_is_said_with_a_remedy(tmp_path, name):
    write(tmp_path, {n: text for n, text in FILES.items() if n != name})
    problem = _only(tmp_path)
    assert problem.file == str(tmp_path / name)
    assert problem.message == "is missing; `backstop init NAME` makes a scenario to copy it from"


@pytest.mark.parametrize("blank", ["\n", "\r", "\r\n", ",,,,,,,,\n"])
def test_a_table_of_millions_of_blank_lines_is_refused_quickly(tmp_path, blank):
    """They took 14 seconds to read, and nothing was said."""
    _raw(tmp_path, "offers.csv", (FILES["offers.csv"] + blank * (9_000_000 // len(blank))).encode())
    started = time.process_time()
    problem = _only(tmp_path)
    assert "lines, more than 100,000; is it the right file?" in problem.message
    assert time.process_time() - started < 5.0


def test_200_megabytes_are_refused_unread(tmp_path):
    write(tmp_path)
    with (tmp_path / "offers.csv").open("wb") as file:
        file.truncate(200_000_000)
    examine(str(tmp_path))
    started = time.process_time()
    problem = _only(tmp_path)
    assert problem.message == ("has 200.0 MB, more than the 10.0 MB allowed; is it the right file?")
    assert time.process_time() - started < 30.0  # a hang, not a speed


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_followed(tmp_path):
    inside = write(tmp_path / "mine")
    outside = tmp_path / "secret.csv"
    outside.write_text(FILES["offers.csv"])
    (inside / "offers.csv").rename(inside / "o.csv")
    (inside / "offers.csv").symlink_to("o.csv")
    assert examine(str(inside))[1] == []
    (inside / "offers.csv").unlink()
    (inside / "offers.csv").symlink_to(outside)
    assert _only(inside).message.startswith("leads out of the scenario folder")


def test_a_folder_of_designs_that_is_a_link_out_is_refused(tmp_path):
    inside, other = write(tmp_path / "mine"), write(tmp_path / "other")
    (inside / "designs" / "presence.toml").unlink()
    (inside / "designs").rmdir()
    (inside / "designs").symlink_to(other / "designs")
    assert _only(inside).message.startswith("leads out of the scenario folder")


def test_links_in_a_circle_are_a_problem(tmp_path):
    write(tmp_path)
    (tmp_path / "offers.csv").unlink()
    (tmp_path / "offers.csv").symlink_to("offers.csv")
    assert "offers.csv" in _only(tmp_path).file


@pytest.mark.parametrize("name", [*FILES])
@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "dangling"])
def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path, name, kind):
    write(tmp_path)
    path = tmp_path / name
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.symlink_to("nowhere")
    problems = [p for p in examine(str(tmp_path))[1] if p.file == str(path)]
    (problem,) = problems
    assert problem.message.startswith(
        ("is not a regular file", "leads out of the scenario folder", "is missing")
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_a_problem(tmp_path):
    write(tmp_path)
    (tmp_path / "offers.csv").chmod(0)
    assert _only(tmp_path).message.startswith("cannot be read")


def test_a_missing_or_empty_folder_of_designs(tmp_path):
    write(tmp_path)
    (tmp_path / "designs" / "presence.toml").unlink()
    assert _only(tmp_path).message == "holds no .toml file; each design is one"
    (tmp_path / "designs").rmdir()
    assert _only(tmp_path).message.startswith("is missing; a scenario needs a folder designs/")


def test_more_than_200_designs_are_refused_quickly(tmp_path):
    write(tmp_path)
    for number in range(201):
        (tmp_path / "designs" / f"d{number}.toml").write_text("title = 1\n")
    problems = examine(str(tmp_path))[1]
    assert "holds more than 200 designs" in [p.message for p in problems]


@pytest.mark.parametrize(
    "name", ["a b", "-x", ".hidden", "ä", "x" * 65, "a;b", "a\nb", "a\x1b[31m"]
)
def test_a_design_whose_name_is_no_id(tmp_path, name):
    write(tmp_path)
    (tmp_path / "designs" / f"{name}.toml").write_text(FILES["designs/presence.toml"])
    problem = _only(tmp_path)
    assert problem.path == "id"
    assert "is not an id: use letters a to z" in problem.message
    assert str(problem).isprintable()


@pytest.mark.parametrize("design", ["../presence", "..", "/etc/passwd", "presence/..", "\x00"])
def test_a_design_is_looked_up_by_name_not_by_path(tmp_path, design):
    scenario = examine(str(write(tmp_path)))[0]
    with pytest.raises(NotFound):
        scenario.design(design)


@pytest.mark.parametrize(
    "name", ["", "nowhere", "ukraine-2026", "x" * 5000, "a\x00b", "/dev/null", "../..", "\udcff"]
)
def test_a_scenario_that_is_not_there(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotFound):
        find(name)


@pytest.mark.parametrize("name", ["", " "])
def test_no_name_at_all_says_which_there_are(name):
    with pytest.raises(NotFound, match="name a scenario: your own by its path, or horn-2000"):
        find(name)


def test_a_target_is_a_scenario_or_one_of_its_designs(tmp_path, monkeypatch):
    folder = write(tmp_path / "mine")
    shipped = shipped_scenarios()[0]
    assert split_target(shipped) == (shipped, None)
    assert split_target(f"{shipped}/tripwire") == (shipped, "tripwire")
    assert split_target(f"{folder}/") == (str(folder), None)
    assert split_target(f"{folder}/presence") == (str(folder), "presence")
    assert split_target(f"{folder}/presence.toml") == (str(folder), "presence")
    monkeypatch.chdir(folder)
    assert split_target(".") == (".", None)
    assert examine(".")[1] == []


def test_a_folder_that_is_no_scenario_is_named_and_not_the_one_it_lies_in(tmp_path):
    """``check mine`` without a scenario.toml in it was told of the folder above."""
    folder = write(tmp_path / "mine", {"nations.csv": FILES["nations.csv"]})
    assert split_target(str(folder)) == (str(folder), None)
    with pytest.raises(NotFound, match=f"^{folder} holds no scenario.toml; `backstop init"):
        find(str(folder))
    nowhere = f"{tmp_path}/nowhere"
    assert split_target(nowhere) == (nowhere, None)
    with pytest.raises(NotFound, match=f"no scenario '{nowhere}'.*and {tmp_path} holds no scen"):
        find(nowhere)


@pytest.mark.parametrize("name", shipped_scenarios())
def test_the_shipped_scenarios_are_sound(name):
    assert examine(name)[1] == []


def test_problems_name_the_file_as_the_person_wrote_the_path(tmp_path, monkeypatch):
    write(tmp_path / "mine", {**FILES, "offers.csv": ""})
    monkeypatch.chdir(tmp_path)
    assert _only("mine").file == "mine/offers.csv"
    monkeypatch.chdir(tmp_path / "mine")
    assert _only(".").file == "offers.csv"
