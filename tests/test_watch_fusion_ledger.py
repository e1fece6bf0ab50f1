"""Merges and splits in the ledger: what is undone was never done."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.errors import InputError
from backstop.watch.fusion import (
    Change,
    Division,
    Fusion,
    Group,
    Judgement,
    Member,
    apply,
    changes_to,
    judgements_of,
    read_change,
    replay,
    settled,
)
from backstop.watch.fusion.ledger import alone
from backstop.watch.ledger import Kind, SigningKey, create_ledger
from watch_cases import NOW

KEYS = "abcdefgh"


def _fusion(label, weight=0.9):
    """A fusion that puts the keys with equal labels together."""
    parts = {}
    for key, one in zip(KEYS, label, strict=True):
        parts.setdefault(one, []).append(Member(key, weight))
    groups = [Group(tuple(one), weight) for one in parts.values() if len(one) > 1]
    return Fusion("calibrated", len(KEYS), tuple(groups), None, (), (), {})


LABELS = st.lists(st.integers(0, 4), min_size=len(KEYS), max_size=len(KEYS))


@settings(deadline=None)
@given(st.lists(st.tuples(LABELS, st.sampled_from([0.5, 0.9])), min_size=1, max_size=4))
def test_undoing_all_changes_in_turn_passes_through_the_exact_states_before(runs):
    division, states, changes = Division(), [Division()], []
    for label, weight in runs:
        fusion = _fusion(label, weight)
        for change in changes_to(division, fusion):
            division = apply(division, change)
            changes.append(change)
            states.append(division)
        assert division.groups == frozenset(fusion.groups)
    for change in reversed(changes):
        assert division == states.pop()
        division = apply(division, change.undone)
    assert division == states.pop() == Division()


@given(LABELS, LABELS)
def test_changes_survive_the_ledgers_form_and_replay(first, second):
    division = replay(changes_to(Division(), _fusion(first)))
    changes = changes_to(division, _fusion(second, 0.5))
    for change in changes:
        assert read_change(change.to_dict()) == change
    again = replay([*changes_to(Division(), _fusion(first)), *changes])
    assert again.groups == frozenset(_fusion(second, 0.5).groups)


@given(LABELS)
def test_a_fusion_that_finds_the_same_changes_nothing(label):
    division = replay(changes_to(Division(), _fusion(label)))
    assert changes_to(division, _fusion(label)) == ()


def _merge(*keys, judged=False):
    group = Group(tuple(Member(key, 1.0) for key in keys), 1.0)
    said = (Judgement(*keys, same=True),) if judged else ()
    return Change(Kind.MERGE, tuple(map(alone, keys)), (group,), "by hand", said)


def test_what_a_later_change_has_built_on_is_not_undone_first():
    first = _merge("a", "b")
    three = Group(tuple(Member(key, 1.0) for key in "abc"), 1.0)
    second = Change(Kind.MERGE, (first.after[0], alone("c")), (three,), "by hand")
    with pytest.raises(InputError, match="undo later changes first"):
        replay([first, second, first.undone])
    assert replay([first, second, second.undone, first.undone]) == Division()


def test_a_merge_of_a_record_that_is_taken_is_refused():
    with pytest.raises(InputError, match="no longer as it found them"):
        replay([_merge("a", "b"), _merge("b", "c")])


def test_what_was_judged_speaks_until_it_is_undone_and_then_the_word_before_it():
    merge, no = _merge("a", "b", judged=True), Judgement("b", "a", same=False)
    yes = merge.judged[0]
    assert judgements_of([merge]) == (yes,)
    assert judgements_of([merge, merge.undone]) == ()
    assert judgements_of([merge, merge.withdrawn]) == ()
    parted = Change(Kind.SPLIT, merge.after, merge.before, "two craters", (no,))
    assert judgements_of([merge, parted]) == (no,)
    assert judgements_of([merge, parted, parted.undone]) == (yes,)
    assert judgements_of([_merge("a", "b")]) == ()


def test_the_same_change_made_again_after_its_undoing_has_a_name_of_its_own():
    first = changes_to(Division(), _fusion([0, 0, 1, 2, 3, 4, 5, 6]))
    again = changes_to(Division(), _fusion([0, 0, 1, 2, 3, 4, 5, 6]), already=2)
    assert first[0].after == again[0].after
    assert first[0].name != again[0].name
    changes = [*first, first[0].undone, *again]
    assert replay(changes) == replay(first)


def test_weights_that_differ_by_the_luck_of_the_samples_change_nothing():
    division = replay(changes_to(Division(), _fusion([0] * 8, 0.9)))
    for weight, entries in ((0.85, 0), (0.7, 1)):
        found = settled(division, _fusion([0] * 8, weight))
        assert len(changes_to(division, found)) == entries


@pytest.mark.parametrize(
    "body", [{}, {"schema": "else"}, _merge("a", "b").to_dict() | {"after": []}]
)
def test_a_body_that_is_no_change_is_refused(body):
    with pytest.raises(InputError, match="no merge or split"):
        read_change(body)


def test_merge_and_undoing_are_both_kept_in_a_real_ledger(tmp_path):
    key = SigningKey("example.org/mission", bytes(range(32)))
    with create_ledger(
        tmp_path, origin="example.org/mission", key=key, author="init", now=NOW, mission={}
    ) as ledger:
        merge = _merge("a", "b")
        ledger.append([merge.draft(), merge.undone.draft()], author="desk", now=NOW)
        held = list(ledger.entries(kinds={Kind.MERGE, Kind.SPLIT}))
        changes = [read_change(entry.body) for entry in held]
        assert changes == [merge, merge.undone]
        assert replay(changes[:1]).groups == {merge.after[0]}
        assert replay(changes) == Division()
        assert [entry.subject for entry in held] == [f"fusion/{one.name}" for one in changes]
