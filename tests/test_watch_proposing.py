"""Violations are proposed to the rules of engagement; only a person makes them move."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from backstop.watch.act import Act, Count
from backstop.watch.actors import NOBODY, Actors, Attribution
from backstop.watch.book import LedgerBook, record_arrival
from backstop.watch.identity import identify, key_of
from backstop.watch.ledger import open_ledger
from backstop.watch.moment import instant
from backstop.watch.place import Place
from backstop.watch.record import Incident
from watch_cli_cases import runner

DAY = datetime(2026, 3, 4, 9, tzinfo=UTC)
NOW = DAY + timedelta(hours=6)


@pytest.fixture
def watch(monkeypatch, capsys):
    return runner(monkeypatch, capsys)


@pytest.fixture
def clock(monkeypatch):
    held = [NOW]
    for module in ("watch_keep", "watch_judge", "watch_engage", "watch_ask"):
        monkeypatch.setattr(f"backstop.cli.{module}.clock", lambda: held[0])
    return lambda hours: held.__setitem__(0, NOW + timedelta(hours=hours))


@pytest.fixture
def mission(watch, clock, tmp_path):
    folder = tmp_path / "m"
    watch("init", folder, "--scenario", "ukraine-2025", "--agreement", "model")
    return folder


def by(**shares: float) -> Actors:
    return Actors(assessed=Attribution(tuple(shares.items()), ("crater analysis",)))


def incident(name: str, *, hours: float = 0, actors=NOBODY, kind: str = "attack") -> Incident:
    return Incident(
        source="fusion",
        source_record_id=name,
        occurred=instant(DAY + timedelta(hours=hours)),
        place=Place(37.8, 48.4, 500.0, "gps", name="Toretsk", region="Donetsk"),
        act=Act(kind, count=Count(1, "one-incident@1")),
        actors=actors,
    )


def enter(folder, *records: Incident, now: datetime = NOW) -> None:
    with open_ledger(folder) as ledger:
        book = LedgerBook(ledger, "fuse", lambda: now)
        book.append([record_arrival(one, identify(one)) for one in records])


def key(name: str) -> str:
    return key_of("fusion", name)


def state(body) -> str:
    return body["cases"]["coalition"]["state"]


def test_a_violation_is_proposed_with_what_would_follow_and_moves_nothing(watch, mission):
    enter(mission, incident("1", actors=by(Russia=0.9, undetermined=0.1)))
    watch("classify", mission)
    body = watch("engage", mission, "--json").body
    assert state(body) == "watch"
    (found,) = body["proposals"]
    assert found["incident"] == key("1")
    assert found["event"]["by"] == {"russia": 0.9}
    assert found["wants"] == ["what it was directed at"]
    on_force, on_line = found["outcomes"]
    assert (on_force["if_directed_at"], on_force["enters"]) == ("force", "self_defence")
    told = {one["to"][0]: one["due"] for one in on_force["tell"]}
    # The rules: the council acknowledges within one hour, the monitors within two.
    assert told["coalition-council"].startswith("2026-03-04T16:00")
    assert told["joint-commission"].startswith("2026-03-04T17:00")
    assert on_line["enters"] == "watch"
    assert on_line["sentences"][0].startswith("Counts towards:")


def test_what_nobody_was_found_to_have_done_is_asked_of_the_person(watch, mission):
    enter(mission, incident("1"))
    watch("classify", mission)
    (found,) = watch("engage", mission, "--json").body["proposals"]
    assert found["wants"] == ["who did it", "what it was directed at"]
    told = {(one["if_by"], one["if_directed_at"], one["enters"]) for one in found["outcomes"]}
    # Fire of the force itself would be a breach, at whatever it was directed.
    assert told == {
        ("coalition-force", None, "watch"), ("russia", "force", "self_defence"),
        ("russia", "line", "watch"),
    }  # fmt: skip


def test_a_person_confirms_and_the_deadlines_run_from_then(watch, mission, clock):
    enter(mission, incident("1"))
    watch("classify", mission)
    watch("engage", mission)
    clock(2)
    body = watch(
        "engage", mission, "--confirm", key("1")[:8], "--by", "russia=0.9", "--directed-at",
        "force", "--reason", "the crater points east", "--json",
    ).body  # fmt: skip
    assert state(body) == "self_defence"
    assert body["proposals"] == []
    with open_ledger(mission) as ledger:
        written = [e.body for e in ledger.entries() if str(e.subject).startswith("engagement/")]
    kinds = [one["record"] for one in written]
    assert kinds.index("proposal") < kinds.index("decision") < kinds.index("event")
    (decision,) = [one for one in written if one["record"] == "decision"]
    assert decision["decision"] == "confirmed"
    assert decision["reason"] == "the crater points east"
    notices = [one for one in written if one["record"] == "notice"]
    assert min(one["due"] for one in notices if one["due"]).startswith("2026-03-04T18:00")
    assert watch("verify", mission).code == 0


def test_a_dismissed_violation_is_not_proposed_again(watch, mission):
    enter(mission, incident("1"))
    watch("classify", mission)
    watch("engage", mission, "--dismiss", key("1"), "--reason", "a controlled detonation")
    body = watch("engage", mission, "--json").body
    assert (state(body), body["proposals"]) == ("watch", [])


def test_three_confirmed_violations_of_the_line_in_a_day_are_a_suspected_probe(watch, mission):
    enter(mission, *(incident(str(n), hours=n, actors=by(Russia=1.0)) for n in range(3)))
    watch("classify", mission)
    for number in range(3):
        body = watch(
            "engage", mission, "--confirm", key(str(number)), "--directed-at", "line",
            "--reason", "seen", "--json",
        ).body  # fmt: skip
        assert state(body) == ("probe_suspected" if number == 2 else "watch")


def test_the_page_tells_days_and_deadlines_by_the_missions_clock(watch, mission):
    enter(mission, incident("1", hours=-10.5), incident("2", hours=-10))
    watch("classify", mission)
    shown = watch("engage", mission).out
    # 22:30 and 23:00 UTC on 3 March is the fourth in Kyiv.
    assert shown.count("2026-03-04  attack  Toretsk, Donetsk") == 2
    assert "acknowledged by 2026-03-04 18:00" in shown
    assert "by the clock of Europe/Kyiv" in shown
    assert "as for the one before" in shown


def test_a_look_a_second_time_enters_nothing(watch, mission):
    enter(mission, incident("1"))
    watch("classify", mission)
    assert watch("engage", mission, "--json").body["proposals_entered"] == 1
    assert watch("engage", mission, "--json").body["proposals_entered"] == 0


def test_what_was_confirmed_and_then_classified_otherwise_is_proposed_to_be_taken_back(
    watch, mission
):
    enter(mission, incident("1", actors=by(Russia=1.0)))
    watch("classify", mission)
    watch("engage", mission, "--confirm", key("1"), "--directed-at", "force", "--reason", "seen")
    enter(mission, incident("1", actors=by(Russia=1.0), kind="mine_explosion"))
    watch("classify", mission)
    (found,) = watch("engage", mission, "--json").body["proposals"]
    assert found["why"] == "revised"
    assert found["event"]["revision"] == 1
    assert found["event"]["assessment"] == "undetermined"


def test_old_violations_wait_until_somebody_asks(watch, mission, clock):
    enter(mission, incident("1"))
    watch("classify", mission)
    clock(24 * 20)
    assert watch("engage", mission, "--json").body["proposals"] == []
    found = watch("engage", mission, "--since", date(2026, 3, 1), "--json").body["proposals"]
    assert [one["incident"] for one in found] == [key("1")]


def test_status_shows_what_waits_and_counts_no_unconfirmed_incident(watch, mission):
    enter(mission, incident("1", actors=by(Russia=1.0)))
    watch("classify", mission)
    found = watch("status", mission, "--quick", "--json").body["engagement"]
    assert [one["incident"] for one in found["proposals"]] == [key("1")]
    assert found["cases"][0]["state"] == "watch"
    assert "by a person: 1 violation (" in " ".join(watch("status", mission, "--quick").out.split())


@pytest.mark.parametrize(("arguments", "said"), [
    (("--confirm", "r-0", "--reason", "x"), "no open incident"),
    (("--confirm", "r-0"), "say why"),
    (("--confirm", "r-0", "--dismiss", "r-0", "--reason", "x"), "one of"),
    (("--confirm", "r-0", "--by", "russia=2", "--reason", "x"), "is not like russia=0.9"),
])  # fmt: skip
def test_a_mistake_says_what_is_wrong(watch, mission, arguments, said):
    found = watch("engage", mission, *arguments)
    assert found.code == 2
    assert said in found.err


def test_an_actor_that_the_rules_do_not_know_is_a_mistake(watch, mission):
    enter(mission, incident("1"))
    watch("classify", mission)
    found = watch("engage", mission, "--confirm", key("1"), "--by", "rusia", "--reason", "x")
    assert found.code == 2
    assert "did you mean 'russia'" in found.err


def test_every_violation_waits_in_the_list_and_the_oldest_can_be_confirmed(watch, mission):
    """More than forty were once left out unsaid, and could be neither confirmed nor dismissed."""
    enter(mission, *[incident(str(n), hours=-n / 10) for n in range(60)])
    watch("classify", mission)
    waiting = watch("engage", mission, "--json").body["proposals"]
    assert len(waiting) == 60
    assert "60 violations" in watch("engage", mission).out
    assert len(watch("status", mission, "--json").body["engagement"]["proposals"]) == 60
    done = watch("engage", mission, "--dismiss", key("59"), "--reason", "seen twice", "--json")
    assert (done.code, len(done.body["proposals"])) == (0, 59)
