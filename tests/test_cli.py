"""The command line: exit codes, what goes to stdout and what does not, and files that are whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from backstop.errors import CheckFailed, Infeasible, InputError, NotFound, Problem, SolverFailed

main = import_module("backstop.cli.main")  # the package has a function of that name
QUICK = ("--worlds", "32")
CHEAP = "ukraine-2025/pledge"
SCRIPT = str(Path(sys.executable).parent / "backstop")


@pytest.fixture
def backstop(monkeypatch, capsys):
    """Run the command line in this process: exit code, stdout and stderr."""

    def run(*arguments: object) -> SimpleNamespace:
        monkeypatch.setattr(sys, "argv", ["backstop", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main.run()
        shown = capsys.readouterr()
        return SimpleNamespace(code=left.value.code, out=shown.out, err=shown.err)

    return run


# --- exit codes ---------------------------------------------------------------------------------


def test_done_is_0(backstop):
    result = backstop("assess", CHEAP, *QUICK)
    assert result.code == 0
    assert "How much force?" in result.out
    assert result.err == ""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CheckFailed("a digest differs"), 1),
        (SolverFailed("two solvers disagree"), 1),
        (InputError([Problem("a.toml", 1, 2, "x", "is no number")]), 2),
        (NotFound("there is no such thing"), 2),
        (Infeasible("the rules contradict each other"), 3),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
    ],
)
def test_an_error_has_its_exit_code_and_no_traceback(backstop, monkeypatch, error, code):
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("backstop.assessment.assess.assess", fail)
    result = backstop("assess", CHEAP, *QUICK)
    assert result.code == code
    assert result.out == ""
    assert "Traceback" not in result.err
    assert str(error) in result.err or code == 130


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("asses", CHEAP), "did you mean 'assess'"),
        (("assess",), "Missing argument"),
        (("assess", CHEAP, "--worlds", "0"), "--worlds"),
        (("assess", CHEAP, "--worlds", "ten"), "--worlds"),
        (("assess", CHEAP, "--seed", "-1"), "--seed"),
        (("assess", CHEAP, "--nonsense"), "--nonsense"),
        (("assess", CHEAP, "--out", ""), "names no folder; write . for this one"),
        (("size", CHEAP, "--set", "a", "--set", "title=7"), "--set: title: must be text"),
        (("assess", "ukrain-2025/tripwire"), "a shipped one (horn-2000, ukraine-2025)"),
        (("assess", "ukraine-2025/tripwir"), "did you mean 'tripwire'"),
        (("assess", "ukraine-2025"), "tripwire"),
        (("compare", "ukraine-2025", "tripwir"), "did you mean 'tripwire'"),
        (("size", "ukraine-2025"), "one of monitors, blue-helmets"),
        (("authorise", "ukraine-2025", "--body", "unscc"), "did you mean 'unsc'"),
        (("authorise", "ukraine-2025", "--body", "nac", "--question", "tea"), "'tea'"),
        (("source", "ukraine-2025/monitors", "--without", "XYZ", *QUICK), "XYZ"),
        (("source", CHEAP, "--without", "FRA", *QUICK), "FRA"),
        (("campaign", "ukraine-2025"), "name a design"),
        (("campaign", CHEAP, "--threads", "0"), "--threads"),
        (("campaign", CHEAP, "--replay", "-1"), "--replay"),
        (("campaign", CHEAP, "--replay", "32", *QUICK), "world 32 is not among the 32"),
        (("deter", CHEAP, "--years", "0"), "--years"),
        (("deter", CHEAP, "--years", "101"), "--years"),
        (("deter", CHEAP, "--years", "nan"), "nan"),
        (("deter", CHEAP, "--types", "0"), "--types"),
        (("deter", CHEAP, "--types", "10"), "--types"),
        (("deter", CHEAP, "--explain", "--future", "32", *QUICK), "there is no world 32"),
    ],
)
def test_a_mistake_is_2_with_a_remedy(backstop, arguments, words):
    result = backstop(*arguments)
    assert result.code == 2
    assert words in result.err
    assert result.out == ""
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("rotation", "write path=value"),
        ("=3", "write path=value"),
        ("designs[tripwir].rotation.tour_months=6", "did you mean 'tripwire'"),
        ("designs[tripwire].rotation.tour_month=6", "tour_month"),
        ("designs[tripwire].rotation.tour_months=0", "tour_months"),
        ("designs[tripwire].land.consent=1.5", "share"),
        ("stances.rho=nan", "stances.rho"),
        ("sourcing.horizon_months=1e9", "horizon_months"),
    ],
)
def test_a_setting_that_leads_nowhere_is_2(backstop, setting, words):
    result = backstop("assess", "ukraine-2025/tripwire", "--set", setting, *QUICK)
    assert result.code == 2
    assert words in result.err
    assert result.out == ""


@pytest.mark.parametrize("command", ["campaign", "deter"])
def test_a_scenario_without_an_attack_is_2_and_says_what_to_write(backstop, tmp_path, command):
    folder = tmp_path / "baltic"
    assert backstop("init", folder).code == 0
    result = backstop(command, f"{folder}/presence", *QUICK)
    assert result.code == 2
    assert "scenario.toml" in result.err
    assert "[campaign]" in result.err
    assert result.out == ""
    assert "Traceback" not in result.err


def test_the_crisis_is_laid_open_only_on_demand(backstop):
    short = ("deter", CHEAP, *QUICK, "--types", "1", "--years", "1", "--json")
    assert "explanation" not in json.loads(backstop(*short).out)
    told = json.loads(backstop(*short, "--explain", "--future", "5").out)["explanation"]
    assert told["world"] == 5


def test_every_bad_setting_is_told_at_once(backstop):
    result = backstop("size", CHEAP, "--set", "a.b=1", "--set", "c.d=2")
    assert len([line for line in result.err.splitlines() if line.startswith("--set: ")]) == 2
    assert "nothing was written" in result.err


def test_a_setting_changes_the_answer(backstop):
    def pool(*more: str) -> float:
        shown = backstop("size", "ukraine-2025/monitors", "--json", *QUICK, *more).out
        return json.loads(shown)["pool_to_deployed"]

    short = ("--set", "designs[monitors].rotation.dwell_months=6")
    assert pool(*short) < pool()


# --- stdout and stderr --------------------------------------------------------------------------

JSON = [
    ("assess", CHEAP, *QUICK),
    ("size", CHEAP, *QUICK),
    ("source", CHEAP, *QUICK),
    ("authorise", CHEAP, *QUICK),
    ("authorise", "ukraine-2025", "--body", "nac", *QUICK),
    ("campaign", CHEAP, *QUICK, "--replay", "3"),
    ("deter", CHEAP, *QUICK, "--types", "1", "--years", "0.003", "--explain"),
    ("compare", "ukraine-2025", "pledge", "monitors", *QUICK),
    ("check", "ukraine-2025"),
    ("evidence", "list", CHEAP),
]


@pytest.mark.parametrize("arguments", JSON, ids=" ".join)
def test_json_prints_one_object_and_nothing_else(backstop, arguments):
    result = backstop(*arguments, "--json")
    body = json.loads(result.out)
    name = "evidence-list" if arguments[0] == "evidence" else arguments[0]
    assert result.code == 0
    assert body["schema"] == f"backstop/{name}/1"
    assert body["backstop"]
    assert result.err == ""


def test_check_says_in_json_what_is_wrong_and_where(backstop):
    result = backstop("check", "ukraine-2025", "--set", "stances.rho=2", "--json")
    (problem,) = json.loads(result.out)["problems"]
    assert result.code == 2
    assert problem.keys() == {"file", "line", "column", "path", "message"}
    assert (problem["file"], problem["path"]) == ("--set", "stances.rho")


@pytest.mark.parametrize(
    "arguments", [("assess", "ukraine-2025/nowhere"), ("size", CHEAP, "--set", "a.b=1")]
)
def test_an_error_is_an_object_where_json_was_asked_for(backstop, arguments):
    result = backstop(*arguments, "--json")
    body = json.loads(result.out)
    assert result.code == 2
    assert body["schema"] == "backstop/error/1"
    assert body["message"] in result.err or body["problems"]


def test_a_mistake_on_the_command_line_is_an_object_too(backstop):
    result = backstop("assess", CHEAP, "--worlds", "0", "--json")
    assert result.code == 2
    assert json.loads(result.out)["schema"] == "backstop/error/1"


@pytest.mark.parametrize("command", ["assess", "size", "source", "authorise"])
def test_no_steering_characters_when_nobody_is_looking(backstop, command, monkeypatch):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert "\x1b" not in backstop(command, CHEAP, *QUICK).out


# --- files --------------------------------------------------------------------------------------


def test_out_writes_the_json_the_page_and_the_tables(backstop, tmp_path):
    folder = tmp_path / "new" / "deep"
    result = backstop("assess", "ukraine-2025/monitors", *QUICK, "--json", "--out", folder)
    written = {path.name for path in folder.iterdir()}
    name = "ukraine-2025-monitors"
    assert {f"{name}.json", f"{name}.txt", f"{name}-plan.csv", f"{name}-lines.csv"} <= written
    assert json.loads((folder / f"{name}.json").read_text()) == json.loads(result.out)
    assert "wrote" in result.err
    assert not [path for path in written if path.startswith(".")]


@pytest.mark.parametrize(
    "arguments",
    [
        ("size", CHEAP),
        ("source", CHEAP),
        ("authorise", CHEAP),
        ("authorise", "ukraine-2025", "--body", "nac"),
        ("campaign", CHEAP, "--replay", "3"),
        ("deter", CHEAP, "--types", "1"),
        ("compare", "ukraine-2025", "pledge"),
    ],
)
def test_out_works_for_every_command_that_has_it(backstop, tmp_path, arguments):
    result = backstop(*arguments, *QUICK, "--out", tmp_path)
    assert result.code == 0, result.err
    (path,) = tmp_path.glob("*.json")
    assert json.loads(path.read_text())["schema"] == f"backstop/{arguments[0]}/1"


def test_out_refuses_a_place_that_is_no_folder(backstop, tmp_path):
    (tmp_path / "file").write_text("mine")
    result = backstop("assess", CHEAP, *QUICK, "--out", tmp_path / "file")
    assert result.code == 2
    assert "file" in result.err
    assert (tmp_path / "file").read_text() == "mine"


def test_nothing_is_written_when_the_input_is_bad(backstop, tmp_path):
    folder = tmp_path / "out"
    backstop("assess", CHEAP, "--set", "a.b=1", "--out", folder)
    assert not folder.exists()


def test_an_interruption_while_writing_leaves_whole_files_only(backstop, tmp_path, monkeypatch):
    replace, done = os.replace, []

    def interrupted(source: str, target: Path) -> None:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(target)
        replace(source, target)

    monkeypatch.setattr("backstop.store.atomic.os.replace", interrupted)
    result = backstop("assess", CHEAP, *QUICK, "--out", tmp_path)
    assert result.code == 130
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in done}
    assert all(path.read_text().endswith("\n") for path in done)


# --- as a process -------------------------------------------------------------------------------


def _process(*arguments: str, **options: object) -> subprocess.Popen[str]:
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([SCRIPT, *arguments], **streams, **options)


@pytest.mark.parametrize("arguments", [("schema",), ("assess", CHEAP, *QUICK)], ids=" ".join)
def test_a_reader_that_leaves_causes_no_traceback(arguments):
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen([SCRIPT, *arguments], stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    _, shown = process.communicate(timeout=60)
    assert shown == b""
    assert process.returncode == 0


def _heed() -> None:
    """In the child: Control-C counts, whether the tests run in the background or not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _ignore() -> None:
    """In the child: as a job that a shell put into the background."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def test_control_c_is_130_and_leaves_no_file(tmp_path):
    arguments = ("compare", "ukraine-2025", "--worlds", "20000", "--out", str(tmp_path))
    process = _process(*arguments, preexec_fn=_heed)
    try:
        process.wait(timeout=2.5)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("began", [_heed, _ignore])
def test_a_request_to_end_while_writing_leaves_no_half_file(tmp_path, began):
    """``timeout``, ``kill`` and a service's stop send SIGTERM, which left a half file behind."""
    code = (
        "import os, signal, time\n"
        "from backstop.cli import main\n"
        "from backstop.store import atomic\n"
        "def slow(_): os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)\n"
        "atomic.os.fsync = slow\n"
        "main()\n"
    )
    arguments = ["size", CHEAP, *QUICK, "--out", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=began,
    )
    assert done.returncode == 130
    assert "interrupted" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_that_a_library_swallows_is_repeated():
    code = (
        "import os, signal, time\n"
        "from importlib import import_module\n"
        "main = import_module('backstop.cli.main')\n"
        "main.INSIST_S = 0.1\n"
        "def deaf(**_):\n"
        "    try: os.kill(os.getpid(), signal.SIGINT); time.sleep(60)\n"
        "    except KeyboardInterrupt: time.sleep(60)\n"
        "main.backstop.main = deaf\n"
        "main.run()\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=50, preexec_fn=_heed
    )
    assert (run.returncode, run.stderr) == (130, "interrupted; what was finished is kept\n")


def test_help_of_every_command_comes_without_the_heavy_libraries():
    code = (
        "import sys\n"
        "from backstop.cli.main import run\n"
        "for command in sys.argv[1:]:\n"
        "    sys.argv = ['backstop', *command.split(), '--help']\n"
        "    try: run()\n"
        "    except SystemExit as left: assert left.code == 0, left.code\n"
        "heavy = {'numpy', 'scipy', 'highspy', 'pyproj', 'pydantic'}\n"
        "print(sorted(heavy & sys.modules.keys()))\n"
    )
    commands = ["", *main.COMMANDS, "evidence list", "evidence verify"]
    call = [sys.executable, "-c", code, *commands]
    shown = subprocess.run(call, capture_output=True, text=True, check=True)
    assert shown.stdout.count("Usage: backstop") == len(commands)
    assert shown.stdout.rstrip().endswith("[]")
    assert shown.stderr == ""


# --- published figures --------------------------------------------------------------------------


def _powers(backstop, body: str) -> dict[str, dict]:
    shown = backstop("authorise", "ukraine-2025", "--body", body, "--power", "--json", *QUICK).out
    (route,) = json.loads(shown)["routes"]
    return {member["actor"]: member for member in route["power"]}


def test_power_in_the_security_council_is_as_published(backstop):
    """Shapley and Shubik (1954) for 15 members; Felsenthal and Machover (1998), 848 and 84."""
    members = _powers(backstop, "unsc")
    permanent = {"CHN", "FRA", "GBR", "RUS", "USA"}
    assert len(members) == 15
    for actor, power in members.items():
        share, swings = (
            (Fraction(421, 2145), 848) if actor in permanent else (Fraction(4, 2145), 84)
        )
        assert Fraction(power["shapley_shubik_exact"]) == share
        assert power["shapley_shubik"] == pytest.approx(float(share))
        assert power["swings"] == swings


def test_power_in_the_council_of_six_is_as_published(backstop):
    """EEC Council of 1958, 4-4-4-2-2-1 with a quota of 12: Luxembourg has none (Brams 1976)."""
    members = _powers(backstop, "eec-1958")
    shares = {actor: Fraction(power["shapley_shubik_exact"]) for actor, power in members.items()}
    large = dict.fromkeys(("DEU", "FRA", "ITA"), Fraction(14, 60))
    small = dict.fromkeys(("BEL", "NLD"), Fraction(9, 60))
    assert shares == {**large, **small, "LUX": Fraction(0)}
    assert [members[a]["swings"] for a in ("FRA", "BEL", "LUX")] == [10, 6, 0]


def test_the_page_shows_the_power_that_the_json_has(backstop):
    shown = backstop("authorise", "ukraine-2025", "--body", "unsc", "--power", *QUICK).out
    assert shown.count("= 421/2145") == 5
    assert shown.count("= 4/2145") == 10


def test_strict_sourcing_exits_with_3_and_says_why(backstop):
    done = backstop("source", "ukraine-2025/tripwire", "--worlds", "64", "--strict")
    assert done.code == 3
    assert "the first tier cannot be filled" in done.err
    assert "air-defence" in done.err


def test_explain_lists_every_number_by_the_path_that_set_takes(backstop):
    """Square brackets in a path are no markup."""
    done = backstop("assess", "ukraine-2025/pledge", "--worlds", "64", "--explain")
    assert "theatre.lines[contact].length_km" in done.out


def test_a_title_cannot_steer_the_terminal(backstop):
    title = 'designs[pledge].title="\\u001b[2J[red]wiped[/red]"'
    done = backstop("assess", "ukraine-2025/pledge", "--worlds", "64", "--set", title)
    assert "\x1b" not in done.out
    assert "[red]wiped[/red]" in done.out
