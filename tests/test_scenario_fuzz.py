"""Whatever stands in the files: a scenario, a list of problems or NotFound, and soon."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backstop.errors import NotFound
from backstop.scenario.load import examine
from scenario_files import FILES, write

JARGON = re.compile(r"Input should|<class|Traceback|pydantic")

#: Pieces that mean something to one of the readers.
_PIECES = [
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\r",
    b"\n",
    b'"',
    b"'",
    b'"""',
    b"[[",
    b"]]",
    b"{",
    b"}",
    b"=",
    b",",
    b";",
    b".",
    b"nan",
    b"inf",
    b"-1",
    b"1e309",
    b"9" * 400,
    b"true",
    b"null",
    b"NaN",
    b"0x" + b"f" * 50,
    b"\xe9",
    "é".encode(),
    "\u2028".encode(),
    b"\\u0000",
    b"\\ud800",
    b"[]",
    b"{}",
    b"2025-01-01",
    b"XAL",
    b"atlas",
    b"ceasefire",
    b"[[bodies]]\n",
    b"[stances]\n",
    b"[theatre]\n",
    b"id = 1\n",
    b"source = [[]]\n",
    b"roles = 3",
    b"steps = {}",
    b'rule = { kind = "all_of", rules = [] }',
    b"~",
    "±".encode(),
    b"1~2~3",
    b"@host",
]
_COMMON = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


def _answers(folder, name, raw):
    write(folder)
    (folder / name).write_bytes(raw)
    started = time.process_time()
    try:
        scenario, problems = examine(str(folder))
    except NotFound:
        return
    assert time.process_time() - started < 30.0  # a hang, not a speed
    assert (scenario is None) == bool(problems)
    for problem in problems:
        text = str(problem)
        text.encode()
        assert text.isprintable()
        assert len(problem.message) <= 600
        assert min(problem.line, problem.column) >= 0
        assert not JARGON.search(text)


@settings(max_examples=40, **_COMMON)
@given(name=st.sampled_from([*FILES]), raw=st.binary(max_size=400))
def test_random_bytes(folder, name, raw):
    _answers(folder, name, raw)


@settings(max_examples=100, **_COMMON)
@given(data=st.data(), name=st.sampled_from([*FILES]))
def test_one_or_more_pieces_put_anywhere(folder, data, name):
    raw = FILES[name].encode()
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(raw)))
        length = data.draw(st.sampled_from([0, 0, 1, 3, 20, 200]))
        piece = data.draw(st.sampled_from(_PIECES) | st.binary(max_size=6))
        raw = raw[:start] + piece + raw[start + length :]
    _answers(folder, name, raw)


_VALUES = [
    "7",
    "-7",
    "nan",
    "1e400",
    "true",
    '""',
    '"x"',
    '"XAL"',
    "[]",
    "[[]]",
    "[{}]",
    "{}",
    '{ id = "x" }',
    "[1, 2]",
    '["x", 1]',
    "2025-01-01",
    "2025-01-01T00:00:00Z",
    "{ value = 1 }",
    "{ low = 1, high = {} }",
    "0xffffffffffffffff",
    '{ kind = "k_of_n" }',
    '{ kind = "any_of", rules = [{ kind = "consensus", of = 3 }] }',
]


@settings(max_examples=100, **_COMMON)
@given(data=st.data(), name=st.sampled_from([n for n in FILES if n.endswith(".toml")]))
def test_a_value_replaced_by_another(folder, data, name):
    lines = FILES[name].split("\n")
    places = [n for n, line in enumerate(lines) if " = " in line and not line.startswith(" ")]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(places))
        key = lines[place].partition(" = ")[0]
        lines[place] = f"{key} = {data.draw(st.sampled_from(_VALUES))}"
    _answers(folder, name, "\n".join(lines).encode())


@settings(max_examples=40, **_COMMON)
@given(data=st.data(), name=st.sampled_from([n for n in FILES if n.endswith(".csv")]))
def test_a_cell_replaced_by_another(folder, data, name):
    rows = [line.split(",") for line in FILES[name].split("\n")]
    for _ in range(data.draw(st.integers(1, 3))):
        row = data.draw(st.sampled_from([r for r in rows if r]))
        place = data.draw(st.integers(0, len(row) - 1))
        row[place] = data.draw(
            st.sampled_from(
                ["", "x", "-1", "1e400", "nan", "1~", "a;b", ";", '"', '""', '"x"y', "@host", "é"]
            )
        )
    _answers(folder, name, "\n".join(",".join(row) for row in rows).encode())
