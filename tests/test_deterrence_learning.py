"""What a probe and its answer teach: Bayes' rule by hand, signs, histories, and the record."""

from __future__ import annotations

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Group

from backstop.cli.war import deter
from backstop.deterrence.crisis import Utilities, solve_crises
from backstop.deterrence.learning import (
    ANSWERED,
    IGNORED,
    QUIET,
    SEEN,
    Beliefs,
    Sight,
    on_record,
    renewed,
)
from backstop.deterrence.stage import begin
from backstop.deterrence.survival import Course
from backstop.futures.figures import chance
from backstop.report.render import as_text
from backstop.report.war import from_record
from deterrence_cases import War, answer, case, draw, prospects, with_terms

STILL = {"passing__review_months": 3.0, "passing__escalation_chance": 0.0}


def played(seed: int, *, games: int = 4, types: int = 3, rationality: float = 5.0):
    """Random crises, how they are played, and what everybody believes at their start."""
    pick = np.random.default_rng(seed)
    asked = Utilities(
        challenger=pick.uniform(-1, 1, (games, types, 11)),
        guarantor=pick.uniform(-1, 1, (games, types, 11)),
        attributed=pick.uniform(0.05, 0.95, games),
        prior_challenger=pick.dirichlet(np.ones(types), games),
        prior_guarantor=pick.dirichlet(np.ones(types), games),
        rationality=np.full(games, rationality),
    )
    plays, review = solve_crises(asked), pick.uniform(0.1, 1.0, games)
    sight = Sight.of(plays, review=review, attributed=asked.attributed)
    return plays, review, sight, Beliefs(asked.prior_challenger, asked.prior_guarantor)


def course(base, *, worlds: int = 16, years: float = 0.5, types: int = 3, **war: float) -> Course:
    """A made war's quarters, not yet played."""
    return begin(
        base,
        prospects=prospects(War(**war), worlds=worlds, years=years),
        worlds=draw(base, worlds=worlds),
        horizon_years=years,
        types=types,
    )


# --- Bayes' rule ---------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_what_is_seen_and_what_ends_it_are_all_there_is(seed):
    plays, review, sight, beliefs = played(seed)
    stands = sight.chances(beliefs).sum(axis=1)
    # Outcomes 5 to 10 are an escalated probe and an attack.
    assert stands + review * plays.outcome[:, 5:].sum(axis=1) == pytest.approx(1.0, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), seen=st.integers(0, len(SEEN) - 1))
def test_beliefs_are_the_margins_of_the_joint_posterior(seed, seen):
    plays, review, sight, beliefs = played(seed, games=1)
    what, s = ("quiet", 0) if seen == 0 else (SEEN[seen].split(",")[0], (seen - 1) % 2)
    # The chance of the whole play between each pair of types, written out.
    opening, escalate = plays.opening[0], plays.escalate[0, s]
    respond = plays.respond[0, s]
    probe = (review[0] * opening[:, 1])[:, None]
    by_pair = {
        "quiet": (1 - review[0] * (1 - opening[:, 0]))[:, None] * np.ones(3),
        "ignored": probe * (1 - respond),
        "answered": probe * respond * (1 - escalate)[:, None],
    }[what]
    joint = beliefs.challenger[0][:, None] * beliefs.guarantor[0] * by_pair
    joint /= joint.sum()
    found = sight.learnt(beliefs, np.array([seen]))
    assert found.challenger[0] == pytest.approx(joint.sum(axis=1), abs=1e-12)
    assert found.guarantor[0] == pytest.approx(joint.sum(axis=0), abs=1e-12)


def test_a_quiet_quarter_says_nothing_of_the_guarantor():
    _, _, sight, beliefs = played(3)
    found = sight.learnt(beliefs, np.full(4, QUIET))
    assert found.guarantor == pytest.approx(beliefs.guarantor, abs=1e-15)


def test_where_choices_are_made_at_random_nothing_is_learnt():
    _, _, sight, beliefs = played(4, rationality=0.0)
    for seen in range(len(SEEN)):
        found = sight.learnt(beliefs, np.full(4, seen))
        assert found.challenger == pytest.approx(beliefs.challenger, abs=1e-12)
        assert found.guarantor == pytest.approx(beliefs.guarantor, abs=1e-12)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_on_average_the_guarantors_reputation_stays(seed):
    """Over all that may follow a probe, and the escalation that ends it."""
    plays, _, _, beliefs = played(seed)
    own = beliefs.guarantor
    answered = own[:, None] * plays.respond
    after = [part / part.sum(axis=2, keepdims=True) for part in (answered, own[:, None] - answered)]
    share = answered.sum(axis=2, keepdims=True)
    mean = share * after[0] + (1 - share) * after[1]
    assert mean == pytest.approx(np.broadcast_to(own[:, None], mean.shape), abs=1e-12)


def test_types_drawn_anew_forget():
    prior = np.full((2, 3), 1 / 3)
    sure = Beliefs(np.eye(3)[[0, 2]], np.eye(3)[[2, 2]])
    found = renewed(sure, prior=prior, share=np.array([0.0, 1.0]))
    assert found.challenger[0] == pytest.approx([1, 0, 0])
    assert found.challenger[1] == pytest.approx(prior[1])
    assert found.guarantor[1] == pytest.approx(prior[1])


# --- signs ---------------------------------------------------------------------------------------


#: Nobody would escalate or attack, so that only the answer to the probe itself matters; and types
#: of guarantor differ in what an answer costs them.
BLUFF = {
    "challenger__cost_of_war": 3.0,
    "guarantor__cost_of_response": 0.05,
    "guarantor__resolve_spread": 1.0,
    "rationality": 10.0,
}


def after_first(made: Course) -> dict[int, tuple[np.ndarray, object]]:
    """By what was seen in the first quarter: the reputation, and the second quarter's crisis."""
    prior = made.start
    sight = made.sight(0, made.matching.crisis(0, prior.challenger))
    found = {}
    for seen in (QUIET, IGNORED, ANSWERED):
        known = sight.learnt(prior, np.full(len(prior.guarantor), seen)).guarantor
        again = made.matching.aside().crisis(1, prior.challenger, reputation=known)
        found[seen] = known, again.plays
    return found


@pytest.mark.parametrize("denial", [0.2, 0.7])
@pytest.mark.parametrize("attribution", [0.2, 0.9])
def test_an_answered_probe_builds_a_reputation_that_deters_the_next(denial, attribution):
    made = course(with_terms(case(), **BLUFF), denial=denial, attribution=attribution)
    found = after_first(made)
    resolute = {seen: known[:, -1] for seen, (known, _) in found.items()}
    assert (resolute[ANSWERED] > resolute[QUIET]).all()
    assert (resolute[QUIET] > resolute[IGNORED]).all()
    probe = {seen: plays.opened[:, 1] for seen, (_, plays) in found.items()}
    assert (probe[ANSWERED] < probe[QUIET]).all()
    assert (probe[QUIET] < probe[IGNORED]).all()


@pytest.mark.parametrize("denial", [0.2, 0.7])
def test_reputation_moves_to_the_types_that_answer_whoever_they_are(denial):
    """In a war that the guarantor would lose the resolute may be those who keep out."""
    made = course(case(), denial=denial, worlds=48)
    prior = made.start
    plays = made.matching.crisis(0, prior.challenger).plays
    made.matching = made.matching.aside()
    found = after_first(made)
    mean = {seen: (known * plays.respond[:, 0]).sum(axis=1) for seen, (known, _) in found.items()}
    assert (mean[ANSWERED] >= mean[QUIET] - 1e-12).all()
    assert (mean[QUIET] >= mean[IGNORED] - 1e-12).all()


def test_with_the_shipped_ranges_the_lesson_is_told_of_probes_and_attacks():
    """A guarantor that is believed more is attacked less; that can move attacks to probes."""
    found = answer(case(), worlds=48).lesson
    assert found.answered.resolute.mean > found.ignored.resolute.mean
    assert found.answered.honoured.mean > found.quiet.honoured.mean > found.ignored.honoured.mean
    assert found.answered.attack.mean < found.quiet.attack.mean < found.ignored.attack.mean
    assert found.quiet.resolute.mean == pytest.approx(1 / 3)
    alike = answer(case(), worlds=16, types=1).lesson
    assert alike.answered.probe.mean == pytest.approx(alike.ignored.probe.mean, abs=1e-9)


# --- histories -----------------------------------------------------------------------------------


def test_drawn_histories_have_the_chance_to_stand_as_their_mean():
    """Against the sum over all that may be seen of the first of two quarters."""
    count = 2_000
    base = with_terms(case(), **STILL)
    made = course(base, worlds=1)
    prior = made.start
    crisis = made.matching.crisis(0, prior.challenger)
    sight = made.sight(0, crisis)
    wanted = 0.0
    for seen, share in enumerate(sight.chances(prior)[0]):
        after = made.later(0, sight.learnt(prior, np.array([seen])))
        again = made.matching.aside().crisis(1, after.challenger, reputation=after.guarantor)
        wanted += share * made.sight(1, again).chances(after).sum()
    stands: dict[int, float] = {}
    drawn = []
    for uniform in (np.arange(count) + 0.5) / count:
        seen = int(sight.draw(prior, np.array([uniform]))[0])
        if seen not in stands:
            made.fortune = np.array([[uniform, 0.5]])
            made.matching = made.matching.aside()
            ends = [float(quarter.ends.sum()) for quarter in made.quarters()]
            stands[seen] = float(np.prod([1 - end for end in ends]))
        drawn.append(stands[seen])
    assert len(stands) == len(SEEN)
    assert np.mean(drawn) == pytest.approx(wanted, abs=2e-4)


def test_the_same_worlds_see_the_same_history():
    one, other = (answer(case(), worlds=12, years=3.0) for _ in range(2))
    assert one.survived.tolist() == other.survived.tolist()


# --- the record ----------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), quarters=st.integers(1, 30), share=st.floats(0, 1))
def test_a_record_without_turnover_is_a_binomial_likelihood(seed, quarters, share):
    plays, _, sight, beliefs = played(seed)
    probed = round(share * quarters)
    signal = np.array([0, 1])
    answered = np.einsum("wsj,wj->ws", plays.respond, beliefs.guarantor)
    stays = 1 - answered[:, :, None] * plays.escalate
    part = sight.challenger[:, IGNORED + signal] * stays
    log = probed * np.log(part.sum(axis=1))
    log = log + (quarters - probed) * np.log(sight.challenger[:, QUIET])
    wanted = np.log(beliefs.challenger) + log
    wanted = np.exp(wanted - wanted.max(axis=1, keepdims=True))
    wanted /= wanted.sum(axis=1, keepdims=True)
    found = on_record(
        beliefs,
        sight,
        quarters=np.full(4, float(quarters)),
        probed=np.full(4, float(probed)),
        share=np.zeros(4),
    )
    assert found.challenger == pytest.approx(wanted, abs=1e-9)
    assert found.guarantor is beliefs.guarantor


def test_no_record_and_total_turnover_leave_the_prior():
    _, _, sight, beliefs = played(5)
    none, some = np.zeros(4), np.full(4, 8.0)
    blank = on_record(beliefs, sight, quarters=none, probed=none, share=none)
    assert blank.challenger == pytest.approx(beliefs.challenger, abs=1e-15)
    anew = on_record(beliefs, sight, quarters=some, probed=some, share=np.ones(4))
    assert anew.challenger == pytest.approx(beliefs.challenger, abs=1e-12)


def test_a_probing_challenger_is_believed_to_be_of_a_type_that_probes():
    base = case()
    made = course(base)
    plays = made.matching.crisis(0, made.start.challenger).plays
    keen = int(np.argmax(plays.opening[:, :, 1].mean(axis=0)))
    seen = [
        answer(
            with_terms(base, passing__watched_quarters=12.0, passing__probed_quarters=probed),
            worlds=16,
        )
        for probed in (0.0, 4.0, 10.0)
    ]
    chances = [found.challenger_types[keen].posterior.mean for found in seen]
    assert chances[0] < chances[1] < chances[2]
    for found in seen:
        total = sum(one.posterior.mean for one in found.challenger_types)
        assert total == pytest.approx(1.0)
        assert all(one.prior == pytest.approx(1 / 3) for one in found.challenger_types)
    assert seen[0].survival["2"].mean > answer(base, worlds=16).survival["2"].mean


def test_a_long_or_impossible_record_gives_finite_beliefs():
    for watched, probed, rationality in ((400.0, 400.0, 8.0), (400.0, 0.0, 1e6), (3.0, 9.0, 0.0)):
        base = with_terms(
            case(),
            passing__watched_quarters=watched,
            passing__probed_quarters=probed,
            rationality=rationality,
        )
        found = answer(base, worlds=8, years=0.5)
        posterior = [one.posterior.mean for one in found.challenger_types]
        assert np.isfinite(posterior).all()
        assert sum(posterior) == pytest.approx(1.0)
        assert np.isfinite(found.survived).all()


def test_a_challenger_without_a_record_is_a_misuse_of_the_command():
    found = CliRunner().invoke(deter, ["ukraine-2025/tripwire", "--challenger", "red"])
    assert found.exit_code == 2
    assert "--record" in found.output


def test_the_page_shows_prior_and_posterior_side_by_side():
    base = with_terms(case(), passing__watched_quarters=8.0, passing__probed_quarters=6.0)
    part = answer(base, worlds=16).to_dict()
    learnt = {
        "by_sector": {},
        "challenger": {
            "party": "red",
            "quarters": 8.0,
            "probed": 6.0,
            "why": "because",
            "set": ["x"],
        },
    }
    said = " ".join(as_text(Group(*from_record(part, learnt)), width=200).split())
    assert "red probed in 6 of 8 quarters on record (because)" in said
    for one in part["challenger_types"]:
        middle = chance(one["posterior"])
        assert f"type {one['type']} from 33 % to {middle}" in said
