"""CSV rows with places: quoting, raggedness, headers, other people's spreadsheets."""

from __future__ import annotations

import time

import pytest

from backstop.scenario.table import MOST_ROWS, read_csv, read_sheet


def _problems(text, needed=("a", "b"), known=("a", "b", "c")):
    rows, problems = read_csv("t.csv", text, needed=needed, known=known)
    return rows, [(p.line, p.column, p.path, p.message) for p in problems]


def test_rows_know_where_each_cell_stands_also_behind_quoted_newlines():
    text = 'a,b,c\r\n1,"two\r\nlines, ""quoted""",3\r\n\r\n  x ,y,z\r\n'
    (first, second), problems = _problems(text)
    assert problems == []
    assert first.cells == {"a": "1", "b": 'two\nlines, "quoted"', "c": "3"}
    assert first.place("b") == (2, 3)
    assert first.place("c") == (3, 20)
    assert second.cells["a"] == "x"
    assert second.place("b") == (5, 6)
    assert second.place("unknown") == (5, 1)


def test_unicode_line_separators_end_no_line():
    (first, second), problems = _problems("a,b\nx\u2028y\x0b,1\nz,2\n")
    assert problems == []
    assert first.cells["a"] == "x\u2028y"
    assert second.line == 3


def test_the_ending_of_lines_changes_nothing():
    text = 'a,b\n1,"x\ny"\n2,z\n'
    unix, _ = _problems(text)
    windows, _ = _problems(text.replace("\n", "\r\n"))
    old, _ = _problems(text.replace("\n", "\r"))
    assert [r.cells for r in unix] == [r.cells for r in windows] == [r.cells for r in old]
    assert [r.line for r in unix] == [r.line for r in windows]


@pytest.mark.parametrize(
    ("header", "place", "words"),
    [
        ("a,c", (1, 1), "column 'b' is missing"),
        ("a,B", (1, 1), "column 'b' is missing; is it the one called 'B'?"),
        ("a,b,cc", (1, 5), "unknown column 'cc'; did you mean 'c'?"),
        ("a,b,a", (1, 5), "column 'a' stands there twice"),
        ("a,b,", (1, 5), "a column has no name"),
        ("a,b,,", (1, 6), "columns have no name"),
    ],
)
def test_header_mistakes_are_named_in_their_place(header, place, words):
    cells = ",".join("1" for _ in header.split(","))
    _, problems = _problems(f"{header}\n{cells}\n")
    assert any(
        (line, column) == place and words in message for line, column, _, message in problems
    )


def test_an_open_table_refuses_another_spelling_of_a_field_as_a_stock():
    sheet = read_sheet(
        "t.csv", "a,sources,tanks\n1,2,3\n", needed=["a"], known=None, fields=["a", "source"]
    )
    assert [(p.column, p.message) for p in sheet.problems] == [
        (3, "column 'sources' would be a stock; did you mean 'source'?")
    ]


@pytest.mark.parametrize("text", ["", "\n", " , ,\n", "\n\n\n"])
def test_an_empty_file_says_what_its_first_line_must_be(text):
    rows, problems = _problems(text)
    assert rows == []
    assert problems == [(1, 1, "", "is empty; its first line must be a,b")]


def test_a_header_alone_is_an_empty_table():
    assert _problems("a,b\n\n")[1] == [(1, 1, "", "the table is empty; it needs at least one row")]


def test_a_table_whose_rows_are_not_all_there_says_so():
    """What names a row of such a table is not complained about: one complaint is enough."""
    for text in ("a,b\n", "a,b,a\n1,2,3\n", "a;b\n1;2\n", 'a,b\n1,2\n3,"4\n'):
        sheet = read_sheet("t.csv", text, needed=["a"], known=None)
        assert sheet.problems
        assert not sheet.complete


def test_a_row_under_a_column_that_stands_twice_is_not_judged():
    rows, problems = _problems("a,b,a\n1,2,\n,2,1\n")
    assert rows == []
    assert [p[3] for p in problems] == ["column 'a' stands there twice"]


def test_a_million_columns_are_refused_at_once():
    started = time.process_time()
    header = ",".join(["a", "b", *(f"c{n}" for n in range(1_000_000))])
    sheet = read_sheet("t.csv", f"{header}\n", needed=["a", "b"], known=None, fields=["a", "b"])
    assert [(p.line, p.message) for p in sheet.problems] == [
        (1, "has 1,000,002 columns, more than 500; is it the right file?")
    ]
    assert time.process_time() - started < 30.0  # minutes before, for each was sought in all


@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_spreadsheet_saved_with_other_separators_is_recognised(mark):
    rows, problems = _problems(f"a{mark}b\n1{mark}2\n")
    assert rows == []
    assert [p[3] for p in problems] == [
        "its columns are not separated by commas; save it as CSV with commas"
    ]


def test_ragged_rows_are_all_reported_and_the_others_kept():
    rows, problems = _problems("a,b\n1,2\n3\n4,5,6\n7,8\n")
    assert [row.cells["a"] for row in rows] == ["1", "7"]
    assert [(line, path) for line, _, path, _ in problems] == [(3, "3"), (4, "4")]
    assert "has 1 cells where the header has 2" in problems[0][3]
    assert 'a cell that holds a comma stands in "quotes"' in problems[1][3]


def test_reading_goes_on_after_bad_quoting():
    rows, problems = _problems('a,b\n"x"y,1\n2,3\n"z"w,1\n4\n')
    assert [row.cells["a"] for row in rows] == ["2"]
    assert [line for line, *_ in problems] == [2, 4, 5]
    assert "must be doubled" in problems[0][3]


def test_a_quote_that_is_never_closed_is_reported_where_it_opens():
    rows, problems = _problems('a,b\n1,2\n3,"x\n5,6\n7,8\n')
    assert [row.cells["a"] for row in rows] == ["1"]
    assert [(line, message) for line, _, _, message in problems] == [
        (3, 'this is not valid CSV: a cell that starts with " here is never closed')
    ]


def test_too_many_rows_and_too_many_mistakes_end_the_reading():
    rows, problems = _problems("a,b\n" + "1,2\n" * (MOST_ROWS + 50))
    assert len(rows) == MOST_ROWS + 1
    assert problems[-1][3] == "has more than 20,000 rows"
    _, problems = _problems("a,b\n" + "1\n" * 10_000)
    assert len(problems) == 202
    assert problems[-1][3] == "has more than 200 problems"


@pytest.mark.parametrize(
    "text",
    [
        'a,b\n"' + "x" * 3_000_000,
        "a,b\n" + "x" * 3_000_000,
        "a,b\n" + "," * 3_000_000,
        "," * 1_000_000 + "\n",
        "a,b\n" + '"\n' * 1_000_000,
        "a,b\n" + '"x"y,1\n' * 300_000,
        "\n" * 3_000_000,
        "x" * 3_000_000,
    ],
    ids=range(8),
)
def test_a_csv_bomb_does_not_hang(text):
    started = time.process_time()
    _, problems = _problems(text)
    assert problems
    assert all(len(p[3]) < 1_000 for p in problems)
    assert time.process_time() - started < 30.0  # a hang, not a speed
