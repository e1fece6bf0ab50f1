"""Events under the measures of 22 July 2020, and a walk through them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from backstop.watch.engagement import Event, Machine, State, Step, begin, shipped_machine, step

START = datetime(2020, 9, 7, 10, 0, tzinfo=UTC)
TCG: Machine = shipped_machine("tcg-2020")
MODEL: Machine = shipped_machine("ukraine-2025")


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


Shares = tuple[tuple[str, float], ...]


def sure(actor: str | Shares) -> Shares:
    return ((actor, 1.0),) if isinstance(actor, str) else actor


def attack(name: str, hours: float, *, by: str | Shares = "cadlr", **more) -> Event:
    more.setdefault("assessment", "violation")
    more.setdefault("kind", "attack")
    return Event(id=name, type="incident", at=at(hours), by=sure(by), **more)


def fire(name: str, hours: float, *, by: str | Shares = "uaf", **more) -> Event:
    return Event(id=name, type="incident", at=at(hours), kind="explosion", by=sure(by), **more)


def call(name: str, hours: float, *, by: str = "uaf") -> Event:
    return Event(id=name, type="mechanism", subject="called", at=at(hours), by=sure(by))


def failed(name: str, hours: float, *, about: str = "call", by: str = "jccc") -> Event:
    return Event(
        id=name, type="mechanism", subject="failed", at=at(hours), by=sure(by), about=about
    )


def settled(name: str, hours: float, *, by: str = "jccc") -> Event:
    return Event(id=name, type="mechanism", subject="settled", at=at(hours), by=sure(by))


def order(name: str, hours: float, *, by: str = "uaf-leadership", what="return_fire") -> Event:
    return Event(id=name, type="order", subject=what, at=at(hours), by=sure(by))


def notice(name: str, hours: float, *, about: str = "order", to: str = "tcg") -> Event:
    return Event(
        id=name,
        type="notice",
        subject="return_fire",
        at=at(hours),
        by=sure("uaf-leadership"),
        to=(to,),
        about=about,
    )


def by_the_book() -> list[Event]:
    """An offensive operation, the mechanism called and failed, the order, the notice."""
    return [
        attack("attack", 0),
        call("call", 1),
        failed("failed", 3),
        order("order", 4),
        notice("notice", 5),
    ]


def live(
    events: list[Event], *, machine: Machine = TCG, case: str = "uaf", last: float = 6
) -> tuple[State, list[Step]]:
    """Each event taken in at its own hour or, if it comes late, at once; then the clock."""
    state, steps, now = begin(machine, case=case), [], START
    for event in events:
        now = max(now, event.at)
        steps.append(step(machine, state=state, event=event, now=now))
        state = steps[-1].state
    steps.append(step(machine, state=state, event=None, now=max(now, at(last))))
    return steps[-1].state, steps
