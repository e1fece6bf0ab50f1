"""Reading Gambit's .efg format, without recursion and with every complaint in its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from backstop.deterrence.efg_words import Word, Words
from backstop.deterrence.grow import chance_problems
from backstop.deterrence.number import exact
from backstop.deterrence.tree import CHANCE, NONE, InformationSet, Node, Outcome, Tree
from backstop.errors import InputError, Problem

#: Larger files are not read at all; the largest games that can be solved are far smaller.
_LONGEST = 50_000_000
_MOST_NODES = 1_000_000
_MOST_PLAYERS = 100


@dataclass
class _Reading:
    """The lists of the tree while the file is read; sets and outcomes are found by number."""

    words: Words
    players: tuple[str, ...] = ()
    sets: list[InformationSet] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    known: dict[tuple[int, int], int] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)


def read_efg(text: str, *, file: str = ".efg") -> Tree:
    """Read a game in Gambit's .efg format, version 2, type R or D.

    Parameters
    ----------
    text
        The text of the file.
    file
        Its name, for messages.

    Returns
    -------
    The tree, numbers exact. Perfect recall is not asked for here but by ``solve``.

    Raises
    ------
    InputError
        The first thing that is not of the format, with line and column: text that is truncated,
        a number that is none, an information set or outcome that is used before it is defined or
        defined in two ways, probabilities that do not sum to one, a file beyond 50 million
        characters or a million nodes.
    """
    if len(text) > _LONGEST:
        message = f"{len(text):,} characters; at most {_LONGEST:,} are read"
        raise InputError([Problem(file, 0, 0, "", message)])
    words = Words(text.removeprefix("\ufeff"), file)
    title = _head(words)
    reading = _Reading(words)
    reading.players = _players(words)
    comment = words.take("text", "comment").text if words.next.kind == "text" else ""
    _nodes(reading)
    return Tree(
        title=title,
        players=reading.players,
        sets=tuple(reading.sets),
        outcomes=tuple(reading.outcomes),
        nodes=tuple(reading.nodes),
        comment=comment,
    )


def _head(words: Words) -> str:
    for wanted in (("EFG",), ("2",), ("R", "D")):
        word = words.next
        if word.text not in wanted or word.kind not in ("symbol", "number"):
            words.fail(word, 'expected the head of an .efg file, `EFG 2 R "title" { players }`')
        words.take(word.kind, "the head")
    return words.take("text", "the title in quotes").text


def _players(words: Words) -> tuple[str, ...]:
    words.brace("{", "before the players")
    place, names = words.next, []
    while not words.skip("}"):
        names.append(words.take("text", "a player's name in quotes or '}'").text)
        if len(names) > _MOST_PLAYERS:
            words.fail(place, f"more than {_MOST_PLAYERS} players")
    if not names:
        words.fail(place, "no player; a game needs at least one")
    return tuple(names)


def _nodes(reading: _Reading) -> None:
    """Read nodes in preorder until every branch that was opened has its end."""
    words, missing = reading.words, 1
    while missing:
        word = words.next
        if word.kind == "end":
            words.fail(word, f"the file ends before the tree does: {missing} branches have no node")
        if len(reading.nodes) == _MOST_NODES:
            words.fail(word, f"more than {_MOST_NODES:,} nodes")
        kind = words.take("symbol", "a node (c, p or t)")
        if kind.text not in ("c", "p", "t"):
            words.fail(kind, f"a node begins with c, p or t, not {kind.text[:40]!r}")
        label = words.take("text", "the node's label in quotes").text
        move = NONE if kind.text == "t" else _move(reading, personal=kind.text == "p")
        reading.nodes.append(Node(move, _outcome(reading), label, kind.line))
        missing += -1 if move == NONE else len(reading.sets[move].actions) - 1
    if words.next.kind != "end":
        words.fail(words.next, "the tree is complete here; remove what follows")


def _move(reading: _Reading, *, personal: bool) -> int:
    """Index of the information set of a node, made where it is first defined."""
    words = reading.words
    player = CHANCE
    if personal:
        place = words.next
        player = _whole(words, "the player's number")
        if not 1 <= player <= len(reading.players):
            words.fail(place, f"player {player} of {len(reading.players)}")
    place = words.next
    number = _whole(words, "the information set's number")
    known = reading.known.get((player, number))
    label = words.take("text", "a label").text if words.next.kind == "text" else None
    if words.next.kind == "brace" and words.next.text == "{":
        actions, chances = _actions(words, chance=player == CHANCE)
        made = InformationSet(player, number, label or "", actions, chances)
        if known is None:
            reading.known[player, number] = known = len(reading.sets)
            reading.sets.append(made)
        elif made != reading.sets[known]:
            words.fail(place, f"information set {number} was defined otherwise before")
    elif known is None:
        words.fail(place, f"information set {number} is used before its actions are given")
    elif label is not None and label != reading.sets[known].label:
        words.fail(place, f"information set {number} had another label before")
    return known


def _actions(words: Words, *, chance: bool) -> tuple[tuple[str, ...], tuple[Fraction, ...]]:
    words.brace("{", "before the actions")
    place, actions, chances = words.next, [], []
    while not words.skip("}"):
        actions.append(words.take("text", "an action's label in quotes or '}'").text)
        if chance:
            chances.append(_number(words, "the probability of the action"))
    if not actions:
        words.fail(place, "no action; an information set needs at least one")
    for problem in chance_problems(chances):
        words.fail(place, problem)
    return tuple(actions), tuple(chances)


def _outcome(reading: _Reading) -> int:
    """Index of the outcome of a node; -1 for outcome 0."""
    words = reading.words
    place = words.next
    number = _whole(words, "the outcome's number")
    known = reading.ends.get(number, NONE)
    label = words.take("text", "a label").text if words.next.kind == "text" else None
    if words.next.kind == "brace" and words.next.text == "{":
        made = Outcome(number, label or "", _payoffs(reading))
        if number == 0:
            words.fail(place, "outcome 0 means no outcome and pays nothing; give it a number")
        if known == NONE:
            reading.ends[number] = known = len(reading.outcomes)
            reading.outcomes.append(made)
        elif made != reading.outcomes[known]:
            words.fail(place, f"outcome {number} was defined otherwise before")
    elif number and known == NONE:
        words.fail(place, f"outcome {number} is used before its payoffs are given")
    elif label and (not number or label != reading.outcomes[known].label):
        words.fail(place, f"outcome {number} had another label before")
    return known


def _payoffs(reading: _Reading) -> tuple[Fraction, ...]:
    words = reading.words
    words.brace("{", "before the payoffs")
    place, payoffs = words.next, []
    while not words.skip("}"):
        payoffs.append(_number(words, "a payoff or '}'"))
        words.skip(",")
    if len(payoffs) != len(reading.players):
        words.fail(place, f"{len(payoffs)} payoffs for {len(reading.players)} players")
    return tuple(payoffs)


def _whole(words: Words, what: str) -> int:
    word = words.take("number", what)
    if not (word.text.isascii() and word.text.isdigit() and len(word.text) <= 9):
        words.fail(word, f"expected {what}, a whole number, found {word.text[:40]!r}")
    return int(word.text)


def _number(words: Words, what: str) -> Fraction:
    word: Word = words.take("number", what)
    try:
        return exact(word.text)
    except ValueError as error:
        words.fail(word, str(error))
