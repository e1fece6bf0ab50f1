"""The measures of 22 July 2020: return fire by order, after the mechanism failed, with notice.

Trilateral Contact Group, 22 July 2020 (PA-X 2440; Interfax-Ukraine, 23 July 2020).
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backstop.watch.engagement import Event, begin, of_incident, step
from backstop.watch.record import Incident
from watch_engagement_cases import (
    TCG,
    at,
    attack,
    by_the_book,
    call,
    failed,
    fire,
    live,
    notice,
    order,
    settled,
)


def breaches(events, **more):
    return live(events, **more)[0].position.breaches


def test_by_the_book_return_fire_becomes_permitted_and_is_no_breach():
    state, steps = live([*by_the_book(), fire("answer", 5.5)])
    assert [one.state.position.state for one in steps[:5]] == [
        "offensive",
        "mechanism",
        "failed",
        "ordered",
        "return_fire_permitted",
    ]
    assert state.position.permits == ("return_fire",)
    assert dict(state.position.marks)["ordered"] == "order"
    assert state.position.breaches == ()


def test_nothing_before_the_notice_permits_anything():
    for count in range(5):
        assert live(by_the_book()[:count])[0].position.permits == ()


@pytest.mark.parametrize(
    ("left_out", "reason"),
    [
        ("order", "the leadership of the Ukrainian Armed Forces had given no order in force"),
        ("failed", "the coordination mechanism had not failed"),
        ("notice", "the Trilateral Contact Group had not been notified"),
        ("call", "the coordination mechanism had not been called on"),
        ("attack", "no offensive operation stood found"),
    ],
)
def test_every_shortcut_is_a_breach_with_its_sentence_and_clause(left_out, reason):
    events = [one for one in by_the_book() if one.id != left_out]
    (breach,) = (b for b in breaches([*events, fire("answer", 5.5)]) if b.limit == "fire")
    assert breach.sentence.startswith("the Ukrainian Armed Forces fired: ")
    assert reason in breach.sentence
    assert breach.clauses[0] == "b"
    assert "f" in breach.clauses
    assert breach.certain
    assert breach.sentence.endswith(f"Breach of {', '.join(f'({c})' for c in breach.clauses)}.")


def test_only_what_is_missing_is_named():
    events = [one for one in by_the_book() if one.id != "notice"]
    (breach,) = breaches([*events, fire("answer", 5.5)])
    assert breach.sentence == (
        "the Ukrainian Armed Forces fired: the Trilateral Contact Group had not been notified. "
        "Breach of (b), (f)."
    )
    assert breach.state == "ordered"


def test_an_order_before_the_mechanism_failed_is_a_breach_and_counts_for_nothing():
    events = [attack("attack", 0), call("call", 1), order("order", 2), failed("failed", 3)]
    state, _ = live([*events, notice("notice", 4), fire("answer", 5)])
    assert state.position.state == "failed"
    early, fired = state.position.breaches
    assert early.limit == "order-too-early"
    assert "must be given anew: the coordination mechanism had not failed" in early.sentence
    assert "had given no order in force" in fired.sentence


def test_an_order_from_below_the_leadership_is_a_breach():
    events = [*by_the_book()[:3], order("order", 4, by="uaf"), notice("notice", 5)]
    state, _ = live(events)
    assert state.position.state == "failed"
    assert [one.limit for one in state.position.breaches] == ["order-from-below"]


def test_a_party_cannot_find_for_itself_that_the_mechanism_failed():
    events = [attack("attack", 0), call("call", 1), failed("failed", 3, by="uaf")]
    assert live(events)[0].position.state == "mechanism"


def test_silence_of_the_mechanism_is_no_failure_but_a_lapse():
    state, _ = live([attack("attack", 0), call("call", 1)], last=500)
    assert state.position.state == "mechanism"
    (lapse,) = state.position.lapses
    assert (lapse.duty, lapse.due) == ("answer-the-call", at(7))


def test_a_notice_to_somebody_else_or_of_another_order_permits_nothing():
    for wrong in (notice("notice", 5, to="jccc"), notice("notice", 5, about="other")):
        assert live([*by_the_book()[:4], wrong])[0].position.state == "ordered"


def test_a_contrary_order_is_a_breach_of_g():
    (breach,) = breaches([order("secret", 1, what="disavow_measures")])
    assert breach.clauses == ("g",)


def test_when_the_matter_is_settled_fire_is_a_breach_again():
    state, _ = live([*by_the_book(), settled("settled", 5.5), fire("late", 5.8)])
    assert state.position.state == "ceasefire"
    assert state.position.marks == ()
    assert [one.event for one in state.position.breaches] == ["late"]


def test_the_other_side_gains_nothing_from_it():
    state, _ = live([*by_the_book(), fire("theirs", 5.5, by="cadlr")], case="cadlr")
    assert state.position.permits == ()
    # The attack itself and the fire are breaches of theirs.
    assert {one.event for one in state.position.breaches} == {"attack", "theirs"}


def test_an_order_at_the_very_instant_of_the_failure_is_not_shown_to_follow_it():
    events = [attack("attack", 0), call("call", 1), failed("x", 3), order("order", 3)]
    state, _ = live(events)
    assert state.position.state == "failed"
    (breach,) = state.position.breaches
    assert breach.limit == "order-too-early"
    assert not breach.certain
    assert breach.sentence.startswith("The time is too vague to be sure")


def test_fire_at_an_hour_too_vague_to_tell_is_no_certain_breach():
    vague = fire("vague", 4.5, until=at(5.5))
    (breach,) = breaches([*by_the_book(), vague])
    assert not breach.certain
    (sure,) = breaches([*by_the_book(), fire("early", 3.5, until=at(4.5))])
    assert sure.certain


def test_an_incident_that_is_nobodys_moves_nothing_and_blames_nobody():
    unsure = (("cadlr", 0.6), ("uaf", 0.4))
    state = begin(TCG, case="uaf")
    found = step(TCG, state=state, event=attack("attack", 0, by=unsure), now=at(1))
    assert found.state.position == state.position
    assert found.drafts == ()
    assert found.remark == "No rule of tcg-2020@1 speaks of it in this case."


def test_a_violation_before_the_measures_came_into_force_is_not_judged():
    """00:01 on 27 July 2020 in Kyiv is 21:01 UTC on the day before."""
    for minute, state in ((0, "ceasefire"), (1, "offensive")):
        event = Event(
            id="early",
            type="incident",
            kind="attack",
            assessment="violation",
            by=(("cadlr", 1.0),),
            at=datetime(2020, 7, 26, 21, minute, tzinfo=UTC),
        )
        found = step(TCG, state=begin(TCG, case="uaf"), event=event, now=at(0))
        assert found.state.position.state == state


def test_it_recommends_and_names_who_may_act():
    _, steps = live(by_the_book()[:2])
    may = [one for one in steps[1].recommendations if one.kind == "may"]
    assert [(one.by, one.clause) for one in may] == [(("jccc", "tcg"), "silence")]
    must = [one for one in steps[1].recommendations if one.kind == "must"]
    assert [(one.by, one.due) for one in must] == [(("jccc",), at(7))]
    (holds,) = (one for one in steps[1].recommendations if one.kind == "state")
    assert holds.text.startswith("Hold fire while the Joint Centre")


def test_an_incident_of_the_record_becomes_an_event():
    from backstop.watch.act import Act
    from backstop.watch.actors import Actors, Allegation, Attribution
    from backstop.watch.moment import days

    assessed = Attribution((("cadlr", 0.8), ("undetermined", 0.2)), basis=("seen",))
    incident = Incident(
        source="fusion",
        source_record_id="17",
        occurred=days(at(0).date(), at(0).date(), "Europe/Kyiv"),
        act=Act(kind="attack"),
        actors=Actors(alleged=(Allegation("uaf"),), assessed=assessed),
    )
    event = of_incident(incident, assessment="violation", clause="a")
    assert event.by == (("cadlr", 0.8),)
    assert (event.until - event.at).total_seconds() == 86_400
    state = begin(TCG, case="uaf")
    assert step(TCG, state=state, event=event, now=at(12)).state.position.state == "offensive"
    only_accused = of_incident(
        Incident(
            source="fusion",
            source_record_id="18",
            occurred=incident.occurred,
            act=incident.act,
            actors=Actors(alleged=(Allegation("cadlr"),)),
        ),
        assessment="violation",
    )
    assert only_accused.by == ()
