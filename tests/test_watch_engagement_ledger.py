"""Rules of engagement in a mission's ledger: replayed, as known on a date, and not rewritten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from backstop.watch.engagement import begin, fold, step_all
from backstop.watch.ledger import Kind, create_ledger, open_ledger, verify_ledger
from watch_engagement_cases import TCG, at, by_the_book, fire, settled
from watch_ledger_cases import LOG_KEY, ORIGIN

CASES = ("uaf", "cadlr")


def recorded(folder):
    """A mission that takes in each event an hour after it happened; one comes a day late."""
    folder.mkdir(exist_ok=True)
    states = {case: begin(TCG, case=case) for case in CASES}
    late = settled("late", 2)
    arrivals = [(one, one.at + timedelta(hours=1)) for one in [*by_the_book(), fire("fire", 5.5)]]
    arrivals += [(None, at(12)), (late, at(30)), (None, at(40))]
    known = []
    with create_ledger(
        folder, origin=ORIGIN, key=LOG_KEY, author="desk", now=at(-1), mission={}
    ) as ledger:
        for event, now in arrivals:
            steps, drafts = step_all(TCG, states=states, event=event, now=now)
            states = {case: one.state for case, one in steps.items()}
            if drafts:
                ledger.append(drafts, author="desk", now=now)
            known.append((now, ledger.size, dict(states)))
    return known


def test_the_ledger_replays_every_state_as_it_was_known(tmp_path):
    known = recorded(tmp_path / "mission")
    with open_ledger(tmp_path / "mission") as ledger:
        for now, size, states in known:
            for case in CASES:
                again = fold(TCG, case=case, entries=ledger.entries(stop=size), now=now)
                assert again.position == states[case].position
        # What was known on the evening of the first day, and what is known now.
        evening = ledger.known_on(datetime(2020, 9, 7, 23, tzinfo=UTC))
        then = fold(TCG, case="uaf", entries=ledger.entries(stop=evening), now=at(13))
        now = fold(TCG, case="uaf", entries=ledger.entries(), now=at(40))
    assert then.position.permits == ("return_fire",)
    assert then.position.breaches == ()
    assert now.position.state == "ceasefire"
    assert {one.limit for one in now.position.breaches} == {"order-too-early", "fire"}
    assert verify_ledger(tmp_path / "mission").to_dict()["ok"]


def test_entries_have_their_kinds_and_both_cases_share_the_events(tmp_path):
    recorded(tmp_path / "mission")
    with open_ledger(tmp_path / "mission") as ledger:
        found = [one for one in ledger.entries() if (one.subject or "").startswith("engagement/")]
    events = [one for one in found if one.body["record"] == "event"]
    assert len(events) == len({one.subject for one in events}) == 7
    kinds = {one.body["record"]: one.kind for one in found}
    assert kinds["transition"] is kinds["event"] is Kind.TRANSITION
    assert kinds["notice"] is kinds["breach"] is kinds["retraction"] is Kind.ALERT
