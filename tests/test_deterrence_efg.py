"""Gambit's .efg format: read as real files use it, written so that it reads back the same."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstop.deterrence import read_efg, write_efg
from backstop.errors import InputError
from deterrence_games import beer_quiche, horse, poker, random_tree

HEAD = 'EFG 2 R "title" { "A" "B" }\n'


def test_a_file_as_gambit_writes_it():
    tree = read_efg(
        HEAD + '"a comment"\n\n'
        'c "deal" 1 "" { "l" 1/3 "r" 2/3 } 0\n'
        'p "" 1 1 "I" { "x" "y" } 1 "toll" { -1, 0 }\n'
        't "" 2 "won" { 10, -2.5 }\n'
        't "" 0\n'
        'p "" 1 1 0\n'
        't "" 2\n'
        't "end" 3 "" { .5 1e2 }\n'
    )
    assert tree.comment == "a comment"
    assert tree.sets[0].chances == (Fraction(1, 3), Fraction(2, 3))
    assert [n.move for n in tree.nodes] == [0, 1, -1, -1, 1, -1, -1]
    assert [n.outcome for n in tree.nodes] == [-1, 0, 1, -1, -1, 1, 2]
    assert tree.outcomes[1].payoffs == (10, Fraction(-5, 2))
    assert tree.outcomes[2].payoffs == (Fraction(1, 2), 100)
    assert tree.nodes[4].line == 8


def test_type_d_escapes_and_commas_are_read():
    tree = read_efg('EFG 2 D "say \\"no\\" \\n" {"A"}\np "" 1 7 {"a" "b"} 0 t "" 1 {1} t "" 1 ""')
    assert tree.title == 'say "no" \\n'
    assert tree.sets[0].number == 7
    assert tree.set_names == (("A", "7"),)


@pytest.mark.parametrize("tree", [horse(), poker(), beer_quiche()], ids=lambda t: t.title)
def test_textbook_games_round_trip(tree):
    assert read_efg(write_efg(tree)) == tree


@pytest.mark.parametrize("seed", range(40))
def test_random_games_round_trip(seed):
    tree = random_tree(seed)
    assert read_efg(write_efg(tree)) == tree


@given(st.text(), st.text())
def test_any_label_round_trips(title, comment):
    tree = replace(horse(), title=title, comment=comment)
    assert read_efg(write_efg(tree)) == tree


@pytest.mark.parametrize("end", range(0, len(write_efg(poker())) - 2, 7))
def test_a_truncated_file_is_an_error_with_its_place(end):
    with pytest.raises(InputError) as caught:
        read_efg(write_efg(poker())[:end], file="poker.efg")
    problem = caught.value.problems[0]
    assert problem.file == "poker.efg"
    assert problem.line >= 1
    assert problem.column >= 1


@given(st.text(alphabet=st.sampled_from(list('EFG2RDcpt01 "\\{},./-\n')), max_size=300))
def test_garbage_is_an_error_and_never_another(text):
    with pytest.raises(InputError):
        read_efg(HEAD + text)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('p "" 3 1 "" { "a" } 0', "player 3 of 2"),
        ('p "" 1 1 0', "before its actions are given"),
        ('p "" 1 1 "" { } 0', "no action"),
        ('p "" 1 1 "" { "a" } 1', "before its payoffs are given"),
        ('t "" 1 "" { 1 }', "1 payoffs for 2 players"),
        ('t "" 1 "" { 1, x }', "found 'x'"),
        ('t "" 1 "" { 1, 1/0 }', "divides by zero"),
        ('t "" 1 "" { 1, 1e999999999 }', "not a number"),
        ('c "" 1 "" { "a" 0.5 "b" 0.6 } 0', "sum to 1.1"),
        ('c "" 1 "" { "a" 1.5 "b" -0.5 } 0', "outside [0, 1]"),
        ('t "" 0 t "" 0', "the tree is complete here"),
        ('p "" 1 1 "" { "a" "b" } 0 p "" 1 1 "" { "a" "c" } 0', "defined otherwise before"),
        ('x "" 1', "begins with c, p or t"),
        ('t "open', "closing quote is missing"),
    ],
)
def test_what_is_wrong_is_said(body, message):
    with pytest.raises(InputError) as caught:
        read_efg(HEAD + body)
    assert message in str(caught.value)
    assert caught.value.problems[0].line == 2


def test_huge_and_deep_files_are_read_or_refused_quickly():
    start = time.process_time()
    deep = "".join(f'p "" 1 {i + 1} "" {{ "a" "b" }} 0\n' for i in range(20_000))
    with pytest.raises(InputError, match="ends before"):
        read_efg(HEAD + deep)
    tree = read_efg(HEAD + deep + 't "" 0\n' * 20_001)
    assert len(tree.nodes) == 40_001
    with pytest.raises(InputError, match="characters"):
        read_efg(" " * 50_000_001)
    with pytest.raises(InputError, match="closing quote"):
        read_efg(HEAD + '"' + "\\\\" * 500_000)
    assert time.process_time() - start < 20
