"""Games for the tests of the deterrence stage: random trees, textbook trees, random crises."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np

from backstop.deterrence.crisis import Utilities
from backstop.deterrence.grow import Branch, Chance, Decision, End, grow
from backstop.deterrence.tree import Tree


def random_tree(seed: int) -> Tree:
    """A game of perfect recall with 2 to 4 players, chance and sets of several nodes.

    Nodes share a set only when their owner has the same past, so that recall is perfect.
    """
    draw = random.Random(seed)
    players = [f"P{i}" for i in range(draw.choice([2, 2, 3, 4]))]
    top = draw.choice([2, 3, 4, 5])
    names: dict[object, str] = {}
    count = {"end": 0, "chance": 0}

    def end() -> End:
        count["end"] += 1
        payoffs = [Fraction(draw.randint(-1000, 1000), 1000) for _ in players]
        return End(f"o{count['end']}", payoffs)

    def chance(depth: int, past: tuple[object, ...]) -> Chance:
        count["chance"] += 1
        weights = [draw.randint(1, 9) for _ in range(draw.choice([2, 3]))]
        return Chance(
            f"c{count['chance']}",
            {
                f"e{i}": (Fraction(weight, sum(weights)), branch(depth - 1, past))
                for i, weight in enumerate(weights)
            },
        )

    def branch(depth: int, past: tuple[object, ...]) -> Branch:
        if depth == 0 or (depth < top and draw.random() < 0.15):
            return end()
        if draw.random() < 0.2:
            return chance(depth, past)
        owner, actions = draw.randrange(len(players)), draw.choice([2, 2, 3])
        key = (owner, past[owner], actions, draw.randrange(2))
        name = names.setdefault(key, f"I{len(names)}")
        return Decision(
            players[owner],
            name,
            {
                f"a{i}": branch(
                    depth - 1,
                    (*past[:owner], (past[owner], name, i), *past[owner + 1 :]),
                )
                for i in range(actions)
            },
        )

    while True:
        root = branch(top, ((),) * len(players))
        tree = None if isinstance(root, End) else grow(f"random {seed}", players=players, root=root)
        if tree is not None and any(s.player for s in tree.sets):
            return tree


def horse() -> Tree:
    """Selten's horse (Selten 1975, International Journal of Game Theory 4, figure 1)."""

    def third(left: tuple[int, ...], right: tuple[int, ...], name: str) -> Decision:
        ends = {"L": End(f"{name}L", left), "R": End(f"{name}R", right)}
        return Decision("3", "three", ends)

    down = third((3, 3, 2), (0, 0, 0), "D")
    second = Decision("2", "two", {"d": third((4, 4, 0), (0, 0, 1), "d"), "c": End("c", (1, 1, 1))})
    root = Decision("1", "one", {"D": down, "C": second})
    return grow("Selten's horse", players=("1", "2", "3"), root=root)


def poker() -> Tree:
    """One-card poker (Myerson 1991, "Game Theory", figure 2.1)."""

    def dealt(card: str, pay: int) -> Decision:
        meet = {
            "Meet": End(f"{card} met", (2 * pay, -2 * pay)),
            "Pass": End(f"{card} passed", (1, -1)),
        }
        raised = Decision("Alice", "raised", meet)
        return Decision("Fred", card, {"Raise": raised, "Fold": End(f"{card} fold", (pay, -pay))})

    half = Fraction(1, 2)
    cards = {"Red": (half, dealt("red", 1)), "Black": (half, dealt("black", -1))}
    return grow("Poker", players=("Fred", "Alice"), root=Chance("deal", cards))


def centipede() -> Tree:
    """Four-move centipede (McKelvey & Palfrey 1992, Econometrica 60, figure 1; dollars)."""
    payoffs = [(0.4, 0.1), (0.2, 0.8), (1.6, 0.4), (0.8, 3.2)]
    rest: Branch = End("pass all", (6.4, 1.6))
    for move in reversed(range(4)):
        player = ("One", "Two")[move % 2]
        take = End(f"take {move + 1}", payoffs[move])
        rest = Decision(player, f"move {move + 1}", {"take": take, "pass": rest})
    return grow("Centipede", players=("One", "Two"), root=rest)


def beer_quiche() -> Tree:
    """Cho & Kreps 1987, Quarterly Journal of Economics 102, figure I."""

    def sent(kind: str, signal: str, likes: bool) -> Decision:
        ends = {}
        for answer in ("duel", "not"):
            sender = int(likes) + 2 * (answer == "not")
            receiver = int((answer == "duel") == (kind == "wimp"))
            ends[answer] = End(f"{kind} {signal} {answer}", (sender, receiver))
        return Decision("Receiver", signal, ends)

    def kind(name: str, liked: str) -> Decision:
        signals = {s: sent(name, s, s == liked) for s in ("beer", "quiche")}
        return Decision("Sender", name, signals)

    kinds = {
        "wimp": (Fraction(1, 10), kind("wimp", "quiche")),
        "surly": (Fraction(9, 10), kind("surly", "beer")),
    }
    return grow("Beer and quiche", players=("Sender", "Receiver"), root=Chance("type", kinds))


def crises(games: int, *, types: int, seed: int, rationality: float | None = None) -> Utilities:
    """Random crisis games: utilities even in [-1, 1], λ log-normal with median 8 as a scenario."""
    draw = np.random.Generator(np.random.Philox(seed))
    spread = 8.0 * np.exp(0.6927 * draw.standard_normal(games))
    return Utilities(
        challenger=draw.uniform(-1, 1, (games, types, 11)),
        guarantor=draw.uniform(-1, 1, (games, types, 11)),
        attributed=draw.uniform(0.05, 0.95, games),
        prior_challenger=draw.dirichlet(np.ones(types), games),
        prior_guarantor=draw.dirichlet(np.ones(types), games),
        rationality=spread if rationality is None else np.full(games, rationality),
    )
