"""Rules of engagement from a file: every mistake at once, and what a machine must never allow."""

from __future__ import annotations

import pytest

from backstop.errors import InputError, NotFound
from backstop.scenario.files import shipped_text
from backstop.watch.engagement import SHIPPED, read_machine, shipped_machine

TEXT = shipped_text("watch", "engagement", "tcg-2020.toml")


def problems(text: str):
    with pytest.raises(InputError) as caught:
        read_machine(text, file="rules.toml")
    return caught.value.problems


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) == 1, f"{TEXT.count(old)} times"
    return TEXT.replace(old, new)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_shipped_is_sound(name):
    machine = shipped_machine(name)
    assert machine.id == name
    # Where the agreement is silent there is no source, and a judgement has none at all.
    assert any(clause.source for clause in machine.clauses) == (machine.basis == "agreement")


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(NotFound, match="did you mean 'tcg-2020'"):
        shipped_machine("tcg-2002")


def test_every_mistake_comes_with_its_place_and_a_suggestion():
    text = changed('enters = "mechanism"', 'enters = "mechanims"')
    text = text.replace('by = ["other"] }', 'by = ["othr"] }', 1)
    text = text.replace('kinds = ["attack", "line_moved"', 'kinds = ["atack", "line_moved"', 1)
    text = text.replace("{mechanism} answers the call.", "{mecanism} answers the call.")
    found = problems(text)
    said = {(one.path, one.message) for one in found}
    assert said == {
        (
            "transitions[offensive-found].on.kinds[0]",
            "there is no kind of act 'atack'; did you mean 'attack'?",
        ),
        ("transitions[offensive-found].on.by[0]", "there is no role 'othr'; did you mean 'other'?"),
        (
            "transitions[mechanism-called].enters",
            "there is no state 'mechanims'; did you mean 'mechanism'?",
        ),
        (
            "duties[answer-the-call].sentence",
            "there is no role 'mecanism'; did you mean 'mechanism'?",
        ),
    }
    lines = text.split("\n")
    for one in found:
        field = one.path.split(".")[-1].split("[")[0]
        assert field in lines[one.line - 1]


def test_unknown_keys_and_wrong_types_come_together():
    text = changed('basis = "agreement"', 'basis = "agreed"')
    text = text.replace("attribution_needed = 0.75", "attribution_neded = 0.75")
    messages = {one.path: one.message for one in problems(text)}
    assert "did you mean 'attribution_needed'" in messages["attribution_neded"]
    assert "attribution_needed" in messages
    assert "basis" in messages


def test_a_way_round_a_condition_is_shown():
    """Drop the guard between failed mechanism and order: the order then follows the call."""
    text = changed(
        'leaves = ["failed"]\nenters = "ordered"',
        'leaves = ["mechanism", "failed"]\nenters = "ordered"',
    )
    (first, second) = problems(text)
    assert (first.path, second.path) == (
        "states[ordered].requires",
        "states[return_fire_permitted].requires",
    )
    assert first.message == (
        "can be reached without 'failed': offensive-found → mechanism-called → order-given"
    )


def test_a_guard_closes_that_way():
    text = changed(
        'leaves = ["failed"]\nenters = "ordered"',
        'leaves = ["mechanism", "failed"]\nrequires = ["failed"]\nenters = "ordered"',
    )
    assert read_machine(text, file="rules.toml").state("ordered").requires


def test_unreachable_states_and_dead_ends_are_reported():
    text = TEXT + (
        '\n[[states]]\nid = "limbo"\ntitle = "Limbo"\nadvice = "None."\n'
        '\n[[states]]\nid = "pit"\ntitle = "Pit"\nadvice = "None."\n'
        '\n[[transitions]]\nid = "fall"\nleaves = ["offensive"]\nenters = "pit"\nclause = "e"\n'
        'on = { type = "statement", subjects = ["fall"] }\nsentence = "It fell."\n'
    )
    found = {one.path: one.message for one in problems(text)}
    assert found["states[limbo]"] == "no way leads here from the initial state"
    assert found["states[pit]"].startswith("is a dead end: nothing leads out of it after ")


def test_a_trap_of_several_states_is_reported():
    text = TEXT
    for name, other in (("left", "right"), ("right", "left")):
        text += (
            f'\n[[states]]\nid = "{name}"\ntitle = "T"\nadvice = "None."\n'
            f'\n[[transitions]]\nid = "to-{name}"\nleaves = ["{other}", "offensive"]\n'
            f'enters = "{name}"\nclause = "e"\nsentence = "S."\n'
            f'on = {{ type = "statement", subjects = ["{name}"] }}\n'
        )
    assert all(one.message.startswith("is a trap") for one in problems(text))
    assert {one.path for one in problems(text)} == {"states[left]", "states[right]"}


def test_one_event_that_could_move_two_ways_is_reported():
    extra = (
        '\n[[transitions]]\nid = "also"\nleaves = ["ordered"]\nenters = "failed"\nclause = "f"\n'
        'on = { type = "notice", subjects = ["return_fire", "other"] }\nsentence = "S."\n'
    )
    (found,) = problems(TEXT + extra)
    assert found.path.startswith("transitions[also]")
    assert "one event can move this and 'group-notified'" in found.message
    read_machine(TEXT + extra + "priority = 1\n", file="rules.toml")


def test_time_alone_never_leads_to_a_permission():
    extra = (
        '\n[[transitions]]\nid = "silence"\nleaves = ["ordered"]\n'
        'enters = "return_fire_permitted"\nafter_hours = 4\nmark = "notified"\n'
        'clause = "f"\nsentence = "S."\n'
    )
    (found,) = problems(TEXT + extra)
    assert "time alone" in found.message


def test_a_case_that_leaves_a_role_empty_is_reported():
    text = TEXT.replace(', group = ["tcg"] }', " }", 1)
    (found,) = problems(text)
    assert found.message == "nobody fills the role 'group'"


def test_a_transition_is_moved_by_an_event_or_by_time():
    text = changed('leaves = ["failed"]\nenters', 'after_hours = 3\nleaves = ["failed"]\nenters')
    (found,) = problems(text)
    assert found.message == "write either on, the event that moves it, or after_hours"


def test_syntax_errors_have_their_line():
    found = problems(TEXT.replace('id = "tcg-2020"', "id = tcg-2020", 1))
    assert [one.line for one in found] == [TEXT[: TEXT.index('id = "tcg-2020"')].count("\n") + 1]
