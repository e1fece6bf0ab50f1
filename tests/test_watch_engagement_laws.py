"""What holds for every sequence of events, however mixed up, doubled or late."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.errors import NotFound
from backstop.watch.engagement import Event, begin, fold, step, step_all
from backstop.watch.engagement.event import event_dict, read_event
from backstop.watch.ledger import Entry, Kind
from watch_engagement_cases import (
    MODEL,
    START,
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
    sure,
)


def everything(hours: list[float]) -> list[Event]:
    """One event of each sort at these hours, right and wrong ones."""
    makers = [
        lambda h: attack("attack", h),
        lambda h: call("call", h),
        lambda h: failed("failed", h),
        lambda h: failed("self-failed", h, by="uaf"),
        lambda h: order("order", h),
        lambda h: order("order-2", h),
        lambda h: order("low", h, by="uaf"),
        lambda h: order("off", h, what="cease_fire"),
        lambda h: notice("notice", h),
        lambda h: notice("notice-2", h, about="order-2"),
        lambda h: settled("settled", h),
        lambda h: fire("fire", h),
        lambda h: attack("attack-2", h),
        lambda h: call("call-2", h),
        lambda h: failed("failed-2", h, about="call-2"),
    ]
    return [make(h) for make, h in zip(makers, hours, strict=True)]


HOURS = st.lists(st.integers(0, 40).map(lambda n: n / 2), min_size=15, max_size=15)


@st.composite
def stories(draw):
    """Events at random, half of the time mixed into a walk by the book."""
    events = draw(st.lists(st.sampled_from(everything(draw(HOURS))), min_size=1, max_size=12))
    if draw(st.booleans()):
        book = by_the_book()
        kept = draw(st.lists(st.sampled_from(book), max_size=2))
        events = [one for one in events if one.id not in {b.id for b in book}]
        events += [one for one in book if one not in kept]
    return draw(st.permutations(events))


def test_the_stories_reach_what_they_are_about():
    """Without this the laws below could hold because nothing ever happens."""
    reached = []

    @settings(max_examples=150, deadline=None, database=None, derandomize=True)
    @given(stories())
    def run(events):
        moves = live(sorted(events, key=lambda e: e.at), last=21)[0].position.moves
        reached.append(any(one.enters == "return_fire_permitted" for one in moves))

    run()
    assert sum(reached) >= 10


def permitted_by_hand(events: list[Event], now) -> bool:
    """The clause read aloud: some order, given after a failure of a call made after an attack, and
    notified, with nothing since that ended it. Written without the machine."""
    told = sorted({one.id: one for one in events if one.at <= now}.values(), key=lambda e: e.at)

    def some(what, after):
        return [one for one in told if what(one) and one.at > after.at]

    def stands(start: Event, given_: Event, said: Event) -> bool:
        ended = [one for one in told if one.subject == "settled" and one.at > start.at]
        ended += [one for one in told if one.subject == "cease_fire" and one.at > given_.at]
        return all(one.at > said.at for one in ended)

    for start in [one for one in told if one.kind == "attack"]:
        for called in some(lambda e: e.subject == "called", start):
            for broke in some(
                lambda e: (
                    e.subject == "failed"
                    and e.about == called.id  # noqa: B023
                    and e.by[0][0] == "jccc"
                ),
                called,
            ):
                for given_ in some(
                    lambda e: (
                        e.subject == "return_fire"
                        and e.by[0][0] == "uaf-leadership"
                        and e.type == "order"
                    ),
                    broke,
                ):
                    for said in told:
                        if said.type != "notice" or said.about != given_.id:
                            continue
                        if said.at < given_.at or not stands(start, given_, said):
                            continue
                        return True
    return False


@settings(max_examples=200, deadline=None)
@given(stories())
def test_fire_is_never_permitted_without_failed_mechanism_order_and_notice(events):
    state, _ = live(events, last=21)
    for move in state.position.moves:
        if move.enters == "return_fire_permitted":
            marks = dict(move.marks)
            assert {"offensive", "called", "failed", "ordered", "notified"} <= marks.keys()
            assert permitted_by_hand(events, move.at)
            held = {one.id: one for one in events}
            times = [held[marks[m]].at for m in ("offensive", "called", "failed", "ordered")]
            assert times == sorted(set(times)), "each strictly after the one before"
            assert held[marks["notified"]].about == marks["ordered"]


@settings(max_examples=60, deadline=None)
@given(stories(), st.randoms(use_true_random=False))
def test_order_of_arrival_and_repetition_change_nothing(events, random):
    straight, _ = live(sorted(events, key=lambda e: e.at), last=21)
    mixed = [*events, *events]
    random.shuffle(mixed)
    state = begin(TCG, case="uaf")
    for event in mixed:
        state = step(TCG, state=state, event=event, now=at(20)).state
    state = step(TCG, state=state, event=None, now=at(21)).state
    assert state.position == straight.position
    assert state.facts == straight.facts


def entries(steps) -> list[Entry]:
    found = []
    for one in steps:
        for draft in one.drafts:
            body = json.loads(draft.body)
            number = len(found)
            found.append(
                Entry(number, draft.kind, START, "t", body, draft.subject, draft.fingerprint, None)
            )
    return found


@settings(max_examples=60, deadline=None)
@given(stories())
def test_the_fold_of_the_ledger_is_the_state(events):
    state, steps = live(events, last=21)
    again = fold(TCG, case="uaf", entries=entries(steps), now=state.clock)
    assert again == state


@settings(max_examples=60, deadline=None)
@given(stories())
def test_what_stands_in_the_ledger_is_what_the_position_says(events):
    """Announcements less retractions are exactly what the last position holds."""
    state, steps = live(events, last=21)
    said: dict[str, str] = {}
    for entry in entries(steps):
        what, key = entry.body["record"], entry.body.get("key")
        if what == "retraction":
            assert key in said, "only what was said is taken back"
            del said[key]
        elif what not in ("event", "clock", "recommendation"):
            said[key] = what
    position = state.position
    held = {one.key for one in (*position.moves, *position.notices, *position.breaches)}
    held |= {one.key for one in position.lapses}
    held |= {one.key.replace("notice-", "overdue-") for one in position.notices if one.overdue}
    assert said.keys() == held


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 60), min_size=1, max_size=30))
def test_a_deadline_fires_once_however_often_the_clock_ticks(ticks):
    state = begin(TCG, case="uaf")
    fired: list[str] = []
    for event in by_the_book()[:2]:
        found = step(TCG, state=state, event=event, now=event.at)
        state = found.state
    for hours in [*sorted(ticks), 61]:
        found = step(TCG, state=state, event=None, now=at(hours))
        state = found.state
        fired += [json.loads(one.body)["key"] for one in found.drafts if one.kind is Kind.ALERT]
    assert len(fired) == len(set(fired))
    # The mechanism answers neither the notice of the attack nor the call, nor does its duty.
    assert sorted(one.split("-")[0] for one in fired) == ["lapse", "overdue", "overdue"]


def test_a_clock_that_runs_backwards_is_held():
    state, _ = live(by_the_book())
    found = step(TCG, state=state, event=None, now=at(-100))
    assert found.state == state
    assert found.drafts == ()


def test_an_event_of_the_future_counts_only_when_it_has_come():
    state = begin(TCG, case="uaf")
    state = step(TCG, state=state, event=attack("attack", 5), now=at(0)).state
    assert state.position.state == "ceasefire"
    found = step(TCG, state=state, event=None, now=at(5))
    assert found.state.position.state == "offensive"
    assert json.loads(found.drafts[0].body)["record"] == "clock"


def test_a_late_report_takes_back_what_it_disproves():
    state, _ = live(by_the_book())
    assert state.position.permits == ("return_fire",)
    found = step(TCG, state=state, event=settled("late", 2), now=at(7))
    assert found.state.position.state == "ceasefire"
    said = [json.loads(one.body)["record"] for one in found.drafts]
    # Three transitions after the second hour did not happen; the settlement did.
    assert said.count("retraction") >= 3
    assert found.state.position.permits == ()
    # The order was given when there was nothing to answer any more.
    assert [one.limit for one in found.breaches] == ["order-too-early"]


def test_a_revised_attribution_takes_the_place_of_the_first():
    state, _ = live(by_the_book()[:2])
    other = attack("attack", 0, by=sure("uaf"), revision=1)
    found = step(TCG, state=state, event=other, now=at(2))
    assert found.state.position.state == "ceasefire"
    older = step(TCG, state=found.state, event=attack("attack", 0), now=at(3))
    assert "an older revision" in older.remark
    assert older.drafts == ()
    same = attack("attack", 1, by=sure("uaf"), revision=1)
    assert "another content" in step(TCG, state=found.state, event=same, now=at(3)).remark


def test_a_withdrawn_event_has_not_happened():
    state, _ = live(by_the_book())
    gone = failed("failed", 3)
    gone = Event(
        **{**{f: getattr(gone, f) for f in gone.__slots__}, "revision": 1, "withdrawn": True}
    )
    assert step(TCG, state=state, event=gone, now=at(7)).state.position.state == "mechanism"


def test_an_acknowledgement_in_time_keeps_a_notice_from_falling_due():
    state, steps = live(by_the_book()[:1], last=1)
    (asked, _) = steps[0].notices
    assert asked.due == at(2)
    answer = Event(id="ack", type="acknowledgement", at=at(1.5), by=sure("jccc"), about=asked.key)
    found = step(TCG, state=state, event=answer, now=at(1.5))
    assert found.drafts[0].kind is Kind.ACKNOWLEDGEMENT
    late = step(TCG, state=found.state, event=None, now=at(10)).state.position
    assert [one.overdue for one in late.notices] == [False, False]
    silent = step(TCG, state=state, event=None, now=at(10)).state.position
    assert [one.overdue for one in silent.notices] == [True, False]
    by_another = Event(
        id="ack", type="acknowledgement", at=at(1.5), by=sure("tcg"), about=asked.key
    )
    wrong = step(TCG, state=state, event=by_another, now=at(10)).state.position
    assert [one.overdue for one in wrong.notices] == [True, False]


def test_a_deadline_has_passed_only_after_its_instant():
    state, _ = live(by_the_book()[:1], last=1)
    for hours, overdue in ((2, False), (2 + 1 / 3600, True)):
        position = step(TCG, state=state, event=None, now=at(hours)).state.position
        assert position.notices[0].overdue is overdue
    state, _ = live(by_the_book()[:2], last=1)
    for hours, lapses in ((7, 0), (7 + 1 / 3600, 1)):
        position = step(TCG, state=state, event=None, now=at(hours)).state.position
        assert len(position.lapses) == lapses


def test_both_cases_share_one_entry_of_an_event():
    states = {case: begin(TCG, case=case) for case in ("uaf", "cadlr")}
    steps, drafts = step_all(TCG, states=states, event=attack("attack", 0), now=at(0))
    records = [json.loads(one.body)["record"] for one in drafts]
    assert records.count("event") == 1
    assert steps["uaf"].state.position.state == "offensive"
    assert steps["cadlr"].state.position.breaches[0].event == "attack"


def test_an_unknown_case_is_named():
    with pytest.raises(NotFound, match="did you mean 'uaf'"):
        begin(TCG, case="ua")


@settings(max_examples=30, deadline=None)
@given(stories())
def test_an_event_survives_its_json(events):
    for event in events:
        assert read_event(json.loads(json.dumps(event_dict(event)))) == event


# --- the model for ukraine-2025 ---------------------------------------------------------------


def probe(name: str, hours: float) -> Event:
    return attack(name, hours, by="russia", subject="line", kind="incursion_disengagement_area")


def said(name: str, hours: float, what: str, who: str, kind: str = "statement") -> Event:
    return Event(id=name, type=kind, subject=what, at=at(hours), by=sure(who))


def in_model(events, last):
    return live(events, machine=MODEL, case="coalition", last=last)


def test_three_violations_of_the_line_in_a_day_are_a_suspected_probe_and_two_are_not():
    assert in_model([probe("1", 0), probe("2", 1)], 2)[0].position.state == "watch"
    spread = [probe("1", 0), probe("2", 12), probe("3", 25)]
    assert in_model(spread, 26)[0].position.state == "watch"
    assert in_model([*spread, probe("4", 26)], 26)[0].position.state == "probe_suspected"


def test_a_response_needs_confirmation_order_and_the_acknowledgement_of_the_notice():
    events = [probe("1", 0), probe("2", 1), probe("3", 2)]
    events += [said("yes", 3, "probe_confirmed", "joint-commission")]
    events += [said("go", 4, "respond", "coalition-council", "order")]
    state, steps = in_model(events, 5)
    assert state.position.state == "response_ordered"
    (asked,) = steps[4].notices
    answer = Event(
        id="ack", type="acknowledgement", at=at(5), by=sure("joint-commission"), about=asked.key
    )
    found = step(MODEL, state=state, event=answer, now=at(5))
    assert found.state.position.permits == ("response", "self_defence")


def test_self_defence_needs_no_order_and_ends_a_day_after_the_last_attack():
    hit = [attack(f"hit{n}", n * 10, by="russia", subject="force") for n in range(3)]
    state, _ = in_model(hit, 43.9)
    assert state.position.permits == ("self_defence",)
    over = step(MODEL, state=state, event=None, now=at(44)).state.position
    assert over.state == "watch"
    assert over.moves[-1].at == at(20) + timedelta(hours=24)


def test_a_response_on_the_commanders_own_order_is_a_breach():
    events = [probe("1", 0), probe("2", 1), probe("3", 2)]
    events += [said("yes", 3, "probe_confirmed", "joint-commission")]
    events += [said("go", 4, "respond", "force-commander", "order")]
    position = in_model(events, 5)[0].position
    assert position.state == "probe_confirmed"
    assert [one.limit for one in position.breaches] == ["response-from-below"]
