"""Writing a game down: decisions, chance moves and ends nested as a person thinks of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from backstop.deterrence.number import Amount, exact
from backstop.deterrence.tree import CHANCE, NONE, InformationSet, Node, Outcome, Tree
from backstop.errors import InputError, Problem


@dataclass(frozen=True, slots=True)
class End:
    """The end of a play. Ends with one label are one outcome and pay the same."""

    label: str
    payoffs: Sequence[Amount]
    """One a player, in the order of the players."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A player's move; moves of one player at one information set are not told apart."""

    player: str
    information_set: str
    actions: Mapping[str, Branch]


@dataclass(frozen=True, slots=True)
class Chance:
    """A chance move: each event with its probability and what follows."""

    label: str
    events: Mapping[str, tuple[Amount, Branch]]


Branch: TypeAlias = Decision | Chance | End


@dataclass
class _Growth:
    """The flat lists while they grow, with the first place of every label."""

    title: str
    players: tuple[str, ...]
    sets: list[InformationSet] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    known: dict[tuple[int, str], int] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    counts: Counter[int] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def complain(self, path: str, message: str) -> None:
        self.problems.append(Problem(self.title or "tree", 0, 0, path, message))

    def number(self, value: Amount, path: str) -> Fraction:
        try:
            return exact(value)
        except ValueError as error:
            self.complain(path, str(error))
            return Fraction(0)

    def end(self, branch: End) -> None:
        payoffs = tuple(self.number(p, branch.label) for p in branch.payoffs)
        if len(payoffs) != len(self.players):
            self.complain(
                branch.label,
                f"pays {len(payoffs)} players, the game has {len(self.players)}; "
                "write one payoff a player",
            )
        index = self.ends.setdefault(branch.label, len(self.outcomes))
        if index == len(self.outcomes):
            self.outcomes.append(Outcome(index + 1, branch.label, payoffs))
        elif self.outcomes[index].payoffs != payoffs:
            self.complain(branch.label, "pays differently in two places; give each its own label")
        self.nodes.append(Node(NONE, index))

    def move(self, player: int, label: str, actions: tuple[str, ...]) -> InformationSet:
        """Append a node at an information set, which is made when it is first met."""
        if not actions:
            self.complain(label, "has no action; an information set needs at least one")
        index = self.known.setdefault((player, label), len(self.sets))
        if index == len(self.sets):
            self.counts[player] += 1
            self.sets.append(InformationSet(player, self.counts[player], label, actions))
        elif self.sets[index].actions != actions:
            self.complain(
                label,
                f"offers {', '.join(actions)} in one place and "
                f"{', '.join(self.sets[index].actions)} in another; "
                "nodes of one information set offer the same actions in the same order",
            )
        self.nodes.append(Node(index))
        return self.sets[index]


def grow(title: str, *, players: Sequence[str], root: Branch, comment: str = "") -> Tree:
    """Make the tree of a game from nested decisions.

    Parameters
    ----------
    title
        Name of the game.
    players
        Labels of the players, in the order of every ``End.payoffs``.
    root
        What happens first.

    Raises
    ------
    InputError
        Every unknown player, payoff of the wrong length, information set that offers different
        actions, and probability that is not one, each with its label.
    """
    growth = _Growth(title, tuple(players))
    if len(set(players)) != len(players) or not players:
        growth.complain("players", "name at least one player, and each once")
    waiting: list[Branch] = [root]
    while waiting:
        branch = waiting.pop()
        if isinstance(branch, End):
            growth.end(branch)
        elif isinstance(branch, Decision):
            if branch.player not in growth.players:
                growth.complain(
                    branch.information_set,
                    f"belongs to {branch.player!r}, who is not a player; "
                    f"the players are {', '.join(players)}",
                )
                raise InputError(growth.problems)
            player = growth.players.index(branch.player) + 1
            growth.move(player, branch.information_set, tuple(branch.actions))
            waiting.extend(reversed(list(branch.actions.values())))
        else:
            _chance(growth, branch)
            waiting.extend(after for _, after in reversed(list(branch.events.values())))
    if growth.problems:
        raise InputError(growth.problems)
    return Tree(
        title=title,
        players=growth.players,
        sets=tuple(growth.sets),
        outcomes=tuple(growth.outcomes),
        nodes=tuple(growth.nodes),
        comment=comment,
    )


def _chance(growth: _Growth, branch: Chance) -> None:
    chances = tuple(growth.number(p, branch.label) for p, _ in branch.events.values())
    for problem in chance_problems(chances):
        growth.complain(branch.label, problem)
    place = len(growth.sets)
    found = growth.move(CHANCE, branch.label, tuple(branch.events))
    if len(growth.sets) > place:
        made = InformationSet(CHANCE, found.number, found.label, found.actions, chances)
        growth.sets[place] = made
    elif found.chances != chances:
        growth.complain(branch.label, "has other probabilities elsewhere; give each its own label")


def chance_problems(chances: Sequence[Fraction]) -> list[str]:
    """What is wrong with the probabilities of one chance move, in words."""
    outside = [float(p) for p in chances if not 0 <= p <= 1]
    if outside:
        return [f"probability {outside[0]:g} is outside [0, 1]"]
    if chances and sum(chances) != 1:
        total = float(sum(chances))
        return [f"probabilities sum to {total:.12g}, not to exactly 1; write them as fractions"]
    return []
