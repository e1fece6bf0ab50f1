"""The answer to "can it be built?" in one sentence, by stated thresholds."""

from __future__ import annotations

from backstop.assessment.stages import Run
from backstop.futures.figures import chance as in_words
from backstop.futures.figures import shares
from backstop.futures.range import Range
from backstop.sizing.requirement import Requirement

#: Median coverage of tier 1 from which a design counts as filled, and as filled in part.
FILLED, PART = 0.9, 0.5
#: Mean chance of the best route below which it counts as unlikely, above which as likely.
UNLIKELY, LIKELY = 0.4, 0.6


def verdict(run: Run, requirement: Requirement, first_tier: Range | None) -> str:
    """Supply first, then authority; what is not assessed is not judged."""
    routes = {r.route: r for r in run.decisions.authorisation.routes}
    best = run.decisions.authorisation.recommended
    if best is None:
        mandate = "no route to a mandate is likelier than 5 %"
    else:
        chance = routes[best].probability
        word = "unlikely" if chance.mean < UNLIKELY else "likely"
        if UNLIKELY <= chance.mean <= LIKELY:
            word = "an even chance"
        mandate = f"a mandate is {word} ({in_words(chance.to_dict())})"
    if first_tier is None:
        return f"Asks for no units; {mandate}."
    part = f"{shares(first_tier.to_dict())} of the first tier can be kept filled"
    if first_tier.p50 >= FILLED:
        supply = f"Can be filled: {part}"
    elif first_tier.p50 >= PART:
        supply = f"Can be filled in part: {part}"
    else:
        supply = f"Cannot be filled as asked: {part}"
    asked = requirement.estimate("package").troops
    if asked is not None and requirement.leads and "package" not in requirement.leads:
        short = Range.of(asked / requirement.deployed.clip(min=1.0))
        if short.p50 < FILLED:
            supply += f", and it asks for {shares(short.to_dict())} of what its line takes"
    return f"{supply}; {mandate}."
