"""The shipped bodies, and what is refused when a person writes one."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files
from itertools import product

import pytest
from pydantic import ValidationError

from backstop.authority import in_words
from backstop.authority.diagram import diagram
from backstop.authority.tally import ABSTAIN, NO, YES, Formula, Junction, formula
from backstop.errors import InputError
from backstop.scenario.body import Body, BodyLibrary
from backstop.scenario.quantity import Quantity


@pytest.fixture(scope="module")
def library() -> BodyLibrary:
    text = files("backstop").joinpath("data/bodies.toml").read_text("utf-8")
    return BodyLibrary.model_validate(tomllib.loads(text))


def body(rule: dict[str, object], members: str = "A B C", **more: object) -> Body:
    given = {"id": "b", "title": "B", "members": members.split(), "lead_days": 1, "rule": rule}
    return Body.model_validate({**given, **more})


def test_library_holds_the_bodies_the_designs_may_name(library: BodyLibrary) -> None:
    sizes = {b.id: len(b.members) for b in library.bodies}
    assert sizes["nac"] == 32
    assert sizes["osce"] == 57
    assert sizes["unga-ufp"] == 193
    assert sizes["eu-council"] == sizes["eu-42-7"] == 27
    assert {"unsc", "eec-1958", "coalition", "host-consent", "belligerent-consent"} < sizes.keys()
    assert "VAT" in library.body("osce").members
    assert {p.id for p in library.parliaments} >= {"prior", "after", "inform", "none"}


def test_members_of_alliances_are_members_of_the_united_nations(library: BodyLibrary) -> None:
    world = set(library.body("unga-ufp").members)
    assert set(library.body("nac").members) <= world
    assert set(library.body("eu-council").members) <= world
    assert set(library.body("osce").members) - world == {"VAT"}


def test_every_entry_has_a_source_or_says_it_is_judgement(library: BodyLibrary) -> None:
    known = {source.id for source in library.sources}
    for entry in (*library.bodies, *library.parliaments):
        assert set(entry.source) <= known, entry.id
        assert entry.source or "udgement" in entry.note, entry.id
        for name in ("lead_days", "binding", "approval", "vote_after_days"):
            quantity = getattr(entry, name, None)
            if isinstance(quantity, Quantity):
                stated = quantity.source or any(
                    word in quantity.note for word in ("udgement", "definition")
                )
                assert stated, f"{entry.id}.{name}"
    terms = [term for b in library.bodies for term in b.terms]
    assert all(term.source and set(term.source) <= known for term in terms)
    assert "udgement" in library.stances.note


def test_security_council_of_2025_sits_with_its_elected_members(library: BodyLibrary) -> None:
    council = library.body("unsc").on(date(2025, 8, 21))
    elected = "DZA DNK GRC GUY PAK PAN KOR SLE SVN SOM"
    assert set(council.members) == {"CHN", "FRA", "GBR", "RUS", "USA", *elected.split()}
    sizes = {len(library.body("unsc").on(date(y, 1, 1)).members) for y in (2024, 2025, 2026)}
    assert sizes == {15}


def test_a_day_without_members_is_the_persons_mistake(library: BodyLibrary) -> None:
    with pytest.raises(InputError, match="no members on 1999-01-01"):
        library.body("unsc").on(date(1999, 1, 1))


def test_roles_are_filled_by_the_route(library: BodyLibrary) -> None:
    coalition = library.body("coalition")
    assert coalition.roles == ("contributors", "lead")
    bound = coalition.bind({"contributors": ["GBR", "FRA"], "lead": ["FRA"]})
    assert bound.members == ("GBR", "FRA")
    assert in_words(bound).endswith("at least 2 take part, among them FRA")
    with pytest.raises(InputError, match="role lead"):
        coalition.bind({"contributors": ["GBR"]})
    host = library.body("host-consent").bind({"host": ["UKR"]})
    assert in_words(host) == "UKR must say yes"


def test_the_library_survives_a_round_trip_through_json(library: BodyLibrary) -> None:
    text = library.model_dump_json(exclude_none=True)
    assert BodyLibrary.model_validate_json(text) == library
    assert BodyLibrary.model_json_schema()["properties"]["bodies"]


def test_rules_are_said_in_words(library: BodyLibrary) -> None:
    council = library.body("unsc").on(date(2025, 1, 1))
    assert in_words(council) == ("at least 9 of 15 say yes; and no veto by CHN, FRA, GBR, RUS, USA")
    assert in_words(library.body("nac")) == "consensus of 32: nobody objects"
    assert in_words(library.body("eec-1958")) == "at least 12 of 17 votes say yes"
    assert "65 % of population" in in_words(library.body("eu-council-qmv"))
    assert "2/3 of those voting" in in_words(library.body("unga-ufp"))


@pytest.mark.parametrize(
    ("rule", "more", "message"),
    [
        ({"kind": "k_of_n", "yes": 4}, {}, "4 of 3 members can never say yes"),
        ({"kind": "no_veto", "of": ["X"]}, {}, "names X, which is no member"),
        ({"kind": "weighted", "weight": "w", "quota": 1}, {}, "has no entry for A, B, C"),
        (
            {"kind": "weighted", "weight": "w", "quota": 9},
            {"weights": {"w": {"A": 1, "B": 1, "C": 1}}},
            "more than all weights together",
        ),
        ({"kind": "share", "at_least": 1.5}, {}, "a share lies above 0"),
        ({"kind": "share", "at_least": "2/0"}, {}, "is not a share"),
        ({"kind": "consensus", "quota": 1}, {}, "Extra inputs"),
        ({"kind": "lottery"}, {}, "does not match any of the expected tags"),
    ],
)
def test_impossible_rules_are_refused(
    rule: dict[str, object], more: dict[str, object], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        body(rule, **more)


def test_a_member_sits_once_and_terms_do_not_overlap() -> None:
    with pytest.raises(ValidationError, match="sits twice: A"):
        body({"kind": "consensus"}, members="A B A")
    terms = [
        {"start": "2025-01-01", "end": "2025-12-31", "members": ["D"]},
        {"start": "2025-06-01", "end": "2026-12-31", "members": ["E"]},
    ]
    with pytest.raises(ValidationError, match="overlap on 2025-06-01"):
        body({"kind": "consensus"}, terms=terms)


def holds(root: Formula, votes: dict[tuple[str, str], int]) -> bool:
    """The formula evaluated straight from its sums."""
    if isinstance(root, Junction):
        return (all if root.how == "all" else any)(holds(part, votes) for part in root.parts)
    return sum(adds[votes[ballot]] for ballot, adds in root.adds.items()) >= root.need


def means(rule: dict[str, object], y: int, a: int, n: int, pop: dict[int, int]) -> bool:
    """What the rule's words say, independently of the program; A, B, C, D weigh 1, 2, 3, 4."""
    match rule["kind"]:
        case "unanimity":
            return y == 4
        case "consensus":
            return n == 0
        case "k_of_n":
            return y >= 2
        case "weighted":
            return pop[YES] >= 7
        case "share":
            return y > 0 and 3 * y >= 2 * (y + n)
        case "abstentions_below":
            return 3 * pop[ABSTAIN] < 10
        case "dual_majority":
            return 2 * y >= 4 and 5 * pop[YES] >= 3 * 10
        case "opt_in":
            return y >= 2
        case "automatic":
            return True
        case "all_of":
            return 2 * y >= 4 and a <= 1
        case "any_of":
            return y == 4 or pop[YES] >= 7
    raise AssertionError


RULES: list[dict[str, object]] = [
    {"kind": "unanimity"},
    {"kind": "consensus"},
    {"kind": "k_of_n", "yes": 2},
    {"kind": "weighted", "weight": "w", "quota": 7},
    {"kind": "share", "at_least": "2/3", "of_cast": True},
    {"kind": "abstentions_below", "share": "1/3", "weight": "w"},
    {"kind": "dual_majority", "members": 0.5, "weight": "w", "share": 0.6},
    {"kind": "opt_in", "quorum": 2},
    {"kind": "automatic"},
    {
        "kind": "all_of",
        "rules": [
            {"kind": "share", "at_least": 0.5},
            {"kind": "abstentions_below", "share": 0.5},
        ],
    },
    {
        "kind": "any_of",
        "rules": [{"kind": "unanimity"}, {"kind": "weighted", "weight": "w", "quota": 7}],
    },
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["kind"]))
def test_every_rule_means_what_it_says_on_all_81_votes_of_four(rule: dict[str, object]) -> None:
    weights = {"A": 1, "B": 2, "C": 3, "D": 4}
    written = body(rule, members="A B C D", weights={"w": weights})
    root = formula(written, question="q")
    graph = diagram(root)
    for cast in product((YES, ABSTAIN, NO), repeat=4):
        votes = {(actor, "q"): vote for actor, vote in zip("ABCD", cast, strict=True)}
        y, a, n = (cast.count(vote) for vote in (YES, ABSTAIN, NO))
        pop = {
            v: sum(weights[m] for m, c in zip("ABCD", cast, strict=True) if c == v)
            for v in (YES, ABSTAIN, NO)
        }
        expected = means(rule, y, a, n, pop)
        assert graph.passes(votes) == expected, cast
        assert holds(root, votes) == expected, cast
