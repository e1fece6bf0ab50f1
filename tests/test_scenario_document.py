"""Text to data with places: TOML and JSON, every syntax error, and texts meant to exhaust."""

from __future__ import annotations

import json
import time

import pytest

from backstop.scenario.document import dotted
from backstop.scenario.files import LIMITS
from backstop.scenario.json_text import read_json
from backstop.scenario.toml_text import read_toml


def _place(text: str, location: tuple[str | int, ...], reader=read_toml) -> tuple[int, int]:
    document, problems = reader("f", text)
    assert problems == []
    return document.place(location)


@pytest.mark.parametrize(
    ("text", "location", "place"),
    [
        ("a = 1\nb = 2\n", ("b",), (2, 1)),
        ("[t]\n  x = 1\n", ("t", "x"), (2, 3)),
        ("[t]\nx = { low = 1, high = 2 }\n", ("t", "x", "high"), (2, 16)),
        ("x = [1, 22, 333]\n", ("x", 2), (1, 13)),
        ("x = [\n  # one\n  1,\n  2,\n]\n", ("x", 1), (4, 3)),
        ("x = [{a = 1}, {a = 2}]\n", ("x", 1, "a"), (1, 16)),
        ("[[t]]\na = 1\n[[t]]\na = 2\n", ("t", 1, "a"), (4, 1)),
        ("[[t]]\n[[t]]\n", ("t",), (1, 1)),
        (
            "[[t]]\n[[t.u]]\nb = 1\n[[t]]\n[[t.u]]\nb = 2\n[[t.u]]\nb = 3\n",
            ("t", 1, "u", 1, "b"),
            (8, 1),
        ),
        ("[[t]]\n[t.sub]\nb = 1\n", ("t", 0, "sub", "b"), (3, 1)),
        ("a.b.c = 1\na.b.d = 2\n", ("a", "b", "d"), (2, 1)),
        ("a.b.c = 1\na.b.d = 2\n", ("a", "b"), (1, 1)),
        ('"a b"."c.d" = 1\n', ("a b", "c.d"), (1, 1)),
        ('"\\u0061" = 1\n', ("a",), (1, 1)),
        ('s = """\none\ntwo = 3\n"""\nb = 2\n', ("b",), (5, 1)),
        ('x = { t = "öö", y = 1 }\n', ("x", "y"), (1, 17)),
        ("a = 1\r\nb = 2\r\n", ("b",), (2, 1)),
        ("[t]\nx = 1\n", ("t", "missing"), (1, 1)),
        ("a = 1\n", ("gone", 3, "x"), (1, 1)),
    ],
)
def test_a_toml_value_is_found_where_it_stands(text, location, place):
    assert _place(text, location) == place


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ((), (1, 1)),
        (("a",), (2, 8)),
        (("b", 1), (3, 12)),
        (("b", 1, 0), (3, 13)),
        (("c", "d"), (5, 10)),
        (("c", "e"), (5, 18)),
    ],
)
def test_a_json_value_is_found_where_it_stands(location, place):
    text = '{\n  "a": "x,]}",\n  "b": [1, [2, 3]],\n  "c":\n  { "d": null, "e": "ö" }\n}\n'
    assert _place(text.replace('"d": null', '"d": null'), location, read_json)[0] == place[0]
    if location != ("c", "e"):
        assert _place(text, location, read_json) == place


def test_a_path_names_list_items_by_their_id():
    data = {"a": [{"id": "x", "b": [1, 2]}, {"c": 1}]}
    assert dotted(("a", 0, "b", 1), data) == "a[x].b[1]"
    assert dotted(("a", 1, "c"), data) == "a[1].c"


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ('a = "x\nb = 2\nc = \n', [(1, 7), (3, 4)]),
        ("a 1\nb = 2\n[t\nc = 3\n", [(1, 3), (3, 3)]),
        ("a = [1, 2\nb = 3\nc = 01\n", [(1, 10), (3, 6)]),
        ("a = 1\na = 2\nb = 1\nb = 2\n[t]\nx = 1\n[t]\nx = 1\n", [(2, 1), (4, 1), (7, 1)]),
        ("a = {x = 1, y = }\nb = nope\n", [(1, 17), (2, 5)]),
        ("a = 1\nö = 1\nb = 1 x\n", [(2, 1), (3, 7)]),
        ('a = """\nb = 2\n', [(1, 8)]),
        ("a = “x”\nb = 'x\nc = 5 km\nd = 1,000\n", [(1, 5), (2, 7), (3, 7), (4, 6)]),
    ],
)
def test_every_toml_error_is_reported_at_its_place(text, places):
    document, problems = read_toml("f", text)
    assert document is None
    assert [problem.line for problem in problems] == [line for line, _ in places]
    assert [(problem.line, problem.column) for problem in problems] == places


def test_a_sound_statement_of_several_lines_is_no_error_beside_a_broken_one():
    text = 'bad = \nx = [\n  "a = 1",\n  2,\n]\ns = """\nkey = 1\n[table]\n"""\nt = 1\n'
    _, problems = read_toml("f", text)
    assert [problem.line for problem in problems] == [1]


@pytest.mark.parametrize(
    "text",
    [
        '{"a": NaN}',
        '{"a": Infinity}',
        '{"a": 1, "a": 2}',
        '{"a": }',
        "",
        "[" * 100_000,
        '{"a": ' * 100 + "1" + "}" * 100,
        '{"a": ' + "9" * 5000 + "}",
        '{"a": ' + "9" * 30 + "}",
    ],
    ids=lambda text: text[:12],
)
def test_json_that_is_none_is_refused(text):
    document, problems = read_json("f", text)
    assert document is None
    assert len(problems) == 1
    assert "sys." not in problems[0].message


def test_what_python_takes_for_json_and_is_none_is_told_all_at_once_and_in_its_place():
    text = f"""{{
  "a": {{"b": 1, "c": NaN}},
  "d": [1, -Infinity, "NaN", {"9" * 5000}],
  "a": {{"b": 2, "c": "x"}}
}}"""
    _, problems = read_json("f", text)
    twice = "this key stands there already; keep one of the two"
    assert [(p.line, p.column, p.path, p.message) for p in problems] == [
        (2, 22, "a.c", "NaN is not a number that JSON knows; write a finite one"),
        (3, 12, "d[1]", "-Infinity is not a number that JSON knows; write a finite one"),
        (3, 30, "d[3]", "a number has thousands of digits"),
        (4, 8, "a", twice),
    ]


def test_of_two_kinds_of_mistake_the_one_that_hides_the_other_is_told():
    _, problems = read_json("f", '{"a": NaN,\n"b": }')
    assert [(p.line, p.column, p.message) for p in problems] == [
        (2, 6, "this is not valid JSON: expecting value")
    ]


@pytest.mark.parametrize(
    ("read", "text"),
    [(read_toml, f"\n[a]\nb = {'9' * 30}\n"), (read_json, f'\n{{"a":\n{{  "b":{"9" * 30}}}}}')],
)
def test_a_number_beyond_64_bits_is_placed(read, text):
    _, (problem,) = read("f", text)
    assert problem.path == "a.b"
    assert (problem.line, problem.column) in {(3, 1), (3, 8)}
    assert "64 bits" in problem.message


_BOMBS = {
    "deep lists": "a=" + "[" * 400_000 + "]" * 400_000,
    "open lists": "a=" + "[" * 900_000,
    "deep tables": "a=" + "{a=" * 200_000 + "1" + "}" * 200_000,
    "dotted key": ".".join("a" * 450_000) + "=1",
    "dotted header": "[" + ".".join("a" * 450_000) + "]",
    "dotted key inside": "x = { " + ".".join("a" * 450_000) + " = 1 }",
    "quoted dotted key": ".".join(['"a"'] * 200_000) + "=1",
    "digits": "a=" + "9" * 900_000,
    "hexadecimal digits": "a=0x" + "f" * 900_000,
    "tables": "[[a]]\n" * 150_000,
    "many tables": "".join(f"[t{n}]\n" for n in range(80_000)),
    "many keys": "".join(f"k{n}=1\n" for n in range(100_000)),
    "numbers": "a=[" + "1," * 450_000 + "]",
    "long keys": "".join(".".join("a" * 20) + f".k{n}=1\n" for n in range(20_000)),
    "long headers": "".join("[[" + ".".join("a" * 20) + "]]\n" for n in range(20_000)),
    "open text": 'a="""' + "x" * 900_000,
    "open texts": 'a="""\n' * 150_000,
    "open tables": "a = {\n" * 150_000,
    "same key": "a = 1\n" * 150_000,
    "nonsense": "]=[{,.\n" * 140_000,
    "no statements": "x[\n" * 300_000,
    "escapes": 'a="""' + "\\u0041" * 150_000 + '"""',
    "empty lines": "\n" * 990_000 + "a",
}


@pytest.mark.parametrize("name", _BOMBS)
def test_a_toml_bomb_does_not_hang(name):
    started = time.process_time()
    document, problems = read_toml("f", _BOMBS[name][: LIMITS[".toml"]])
    for problem in problems:
        assert len(problem.message) < 300
    if document is not None:
        document.place(("a", 3))
    assert (document is None) == bool(problems)
    assert time.process_time() - started < 30.0  # a hang, not a speed


def test_a_line_of_200_000_points_in_one_row_of_json_is_placed():
    text = json.dumps({"a": [[1.5, 2.5]] * 100_000})
    started = time.process_time()
    document, _ = read_json("f", text)
    assert document.place(("a", 99_999)) == (1, len(text) - len("[1.5, 2.5]]}") + 1)
    assert time.process_time() - started < 30.0  # a hang, not a speed
