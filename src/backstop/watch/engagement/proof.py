"""What can and cannot happen in a machine: every state and set of marks that it can reach.

The machine is small, so all of it is walked (explicit-state model checking; Clarke, Grumberg and
Peled 1999): a state that must not be reached without a mark is shown not to be, or the way to it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from backstop.scenario.document import Location
from backstop.watch.engagement.machine import Machine, Pattern, Transition

Node = tuple[str, frozenset[str]]
Fault = tuple[Location, str]

#: More states with marks than this are not walked; no written rules have as many.
MOST_NODES = 20_000


@dataclass(frozen=True, slots=True)
class Graph:
    """Everything that can be reached, and how first."""

    paths: dict[Node, tuple[str, ...]]
    """The shortest way to each node, as ids of transitions."""
    taken: frozenset[str]
    """Transitions that can be taken somewhere."""
    edges: dict[Node, tuple[Node, ...]]


def explore(machine: Machine) -> Graph:
    """Walk all that can happen, shortest ways first."""
    start: Node = (machine.initial, frozenset())
    paths: dict[Node, tuple[str, ...]] = {start: ()}
    taken: set[str] = set()
    edges: dict[Node, tuple[Node, ...]] = {}
    clears = {one.id for one in machine.states if one.clears}
    waiting = deque([start])
    while waiting and len(paths) < MOST_NODES:
        node = waiting.popleft()
        after = []
        for transition in open_at(machine, node):
            taken.add(transition.id)
            marks = node[1] | ({transition.mark} if transition.mark else set())
            reached = (transition.enters, frozenset() if transition.enters in clears else marks)
            after.append(reached)
            if reached not in paths:
                paths[reached] = (*paths[node], transition.id)
                waiting.append(reached)
        edges[node] = tuple(after)
    return Graph(paths, frozenset(taken), edges)


def open_at(machine: Machine, node: Node) -> tuple[Transition, ...]:
    """The transitions that can be taken at a node."""
    state, marks = node
    return tuple(
        one
        for one in machine.transitions
        if state in one.leaves and marks.issuperset(one.requires) and not marks & set(one.unless)
    )


def faults(machine: Machine) -> Iterator[Fault]:
    """Everything that is wrong with how the states hang together."""
    graph = explore(machine)
    if len(graph.paths) >= MOST_NODES:
        yield (), f"has more than {MOST_NODES:,} states with marks; set fewer marks"
        return
    yield from _unreachable(machine, graph)
    yield from _dead_ends(machine, graph)
    yield from _unsafe(machine, graph)
    yield from _silent(machine)
    yield from _ambiguous(machine, graph)


def _unreachable(machine: Machine, graph: Graph) -> Iterator[Fault]:
    reached = {state for state, _ in graph.paths}
    for place, state in enumerate(machine.states):
        if state.id not in reached:
            yield ("states", place), "no way leads here from the initial state"
    for place, transition in enumerate(machine.transitions):
        if transition.id not in graph.taken and reached & set(transition.leaves):
            yield ("transitions", place), "can never be taken: its conditions are never met there"


def _dead_ends(machine: Machine, graph: Graph) -> Iterator[Fault]:
    ends = {one.id for one in machine.states if one.final or one.id == machine.initial}
    homeward = {node for node in graph.edges if node[0] in ends}
    grew = True
    while grew:
        more = {
            node
            for node, after in graph.edges.items()
            if node not in homeward and any(one in homeward for one in after)
        }
        homeward |= more
        grew = bool(more)
    for place, state in enumerate(machine.states):
        lost = [node for node in graph.edges if node[0] == state.id and node not in homeward]
        if not lost:
            continue
        node = min(lost, key=lambda one: (len(graph.paths[one]), sorted(one[1])))
        why = "is a dead end: nothing leads out of it" if not graph.edges[node] else (
            "is a trap: no way leads from it back to the initial state or to a final one"
        )  # fmt: skip
        yield ("states", place), f"{why} after {_way(graph, node)}; add a transition, or final"


def _unsafe(machine: Machine, graph: Graph) -> Iterator[Fault]:
    for place, state in enumerate(machine.states):
        for mark in state.requires:
            found = [n for n in graph.paths if n[0] == state.id and mark not in n[1]]
            if found:
                node = min(found, key=lambda one: (len(graph.paths[one]), sorted(one[1])))
                way = _way(graph, node)
                yield ("states", place, "requires"), f"can be reached without {mark!r}: {way}"


def _silent(machine: Machine) -> Iterator[Fault]:
    permitting = {one.id for one in machine.states if one.permits}
    for place, transition in enumerate(machine.transitions):
        if transition.after_hours is not None and transition.enters in permitting:
            message = "time alone would lead to a state that permits something; name an event"
            yield ("transitions", place, "after_hours"), message


def _ambiguous(machine: Machine, graph: Graph) -> Iterator[Fault]:
    seen = set()
    places = {one.id: place for place, one in enumerate(machine.transitions)}
    for node in graph.paths:
        for one, other in combinations(open_at(machine, node), 2):
            same = one.enters == other.enters and one.mark == other.mark
            pair = one.id, other.id
            if same or one.priority != other.priority or pair in seen:
                continue
            if _overlap(machine, one, other):
                seen.add(pair)
                message = (
                    f"in state {node[0]!r} one event can move this and {one.id!r}, which have the "
                    "same priority; give them different ones"
                )
                yield ("transitions", places[other.id], "priority"), message


def _overlap(machine: Machine, one: Transition, other: Transition) -> bool:
    """Whether one cause can move both."""
    if one.on is None or other.on is None:
        return one.after_hours is not None and one.after_hours == other.after_hours
    a, b = one.on, other.on
    if a.type != b.type or (a.about and b.about and a.about != b.about):
        return False
    fields = ("subjects", "kinds", "weapon_classes", "assessments", "clauses")
    if any(_apart(getattr(a, name), getattr(b, name)) for name in fields):
        return False
    return any(_same_actor(a, b, rule.roles) for rule in machine.cases)


def _same_actor(a: Pattern, b: Pattern, roles: dict[str, tuple[str, ...]]) -> bool:
    # Above one half an incident is one actor's only; ``to`` may name several.
    first, second = (
        {actor for role in pattern.by for actor in roles.get(role, ())} for pattern in (a, b)
    )
    if a.by and b.by:
        return bool(first & second)
    barred = (a.except_by, second) if b.by else (b.except_by, first)
    shut = {actor for role in barred[0] for actor in roles.get(role, ())}
    return not barred[1] or not barred[1] <= shut


def _apart(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return bool(one) and bool(other) and not set(one) & set(other)


def _way(graph: Graph, node: Node) -> str:
    return " → ".join(graph.paths[node]) or "nothing at all"
