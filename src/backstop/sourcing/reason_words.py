"""A reason in words: what is asked, by whom it could be served, what stands in the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from backstop.sourcing.highs import Limits, minimise
from backstop.sourcing.problem import Line, Pool
from backstop.sourcing.programme import Programme
from backstop.sourcing.question import asked, family, is_fact

_LIFTED = {
    "dwell": "no unit rested",
    "framework": "no sector needed a framework nation",
    "coupling": "no unit needed another beside it",
    "incompatible": "every nation served beside every other",
    "lift": "lift were unlimited",
    "cap": "no nation had a ceiling",
    "caveat": "every caveat were lifted",
}
_MOST_NAMES = 5


def sentence(
    ring: Programme,
    *,
    tags: Sequence[str],
    proven: bool,
    certified: bool,
    nodes: int,
    ending: Sequence[Pool] = (),
) -> str:
    """Return the reason for a conflict of these groups of rows, with its numbers.

    ``ending`` are the pools that serve the lines only for a while and so have no part in it.
    """
    conflict = _Conflict(ring, tuple(tags))
    parts = [
        conflict.ask(),
        conflict.supply(),
        f"Offers that end do not count: {_listed([p.id for p in ending])}." if ending else "",
        *conflict.rules(),
        conflict.most(nodes),
        "" if certified else "It is whole units that do not fit: split units would.",
        conflict.besides(),
    ]
    if not proven:
        parts.append(
            "This is not proven for every plan: a search ended at its limit, or only plans that "
            f"repeat every {ring.problem.rotations} rotations were searched."
        )
    return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class _Conflict:
    ring: Programme
    tags: tuple[str, ...]

    @property
    def lines(self) -> list[Line]:
        return [line for line in self.ring.problem.lines if f"line:{line.id}" in self.tags]

    @property
    def places(self) -> set[str]:
        """Lines that take part: the conflict's own and those that count in its sectors."""
        sectors = {line.sector for line in self.ring.problem.lines if line.manoeuvre}
        led = {sector for sector in sectors if f"framework:{sector}" in self.tags}
        counted = (n.id for n in self.ring.problem.lines if n.manoeuvre and n.sector in led)
        return {line.id for line in self.lines} | set(counted)

    @property
    def pools(self) -> list[Pool]:
        """Pools that may serve the lines, caveats that are no part of the conflict lifted."""
        wanted = {line.id for line in self.lines}
        return [pool for pool in self.ring.problem.pools if wanted & set(self._open(pool))]

    @property
    def enablers(self) -> list[Pool]:
        """Pools of what a coupling of the conflict asks for."""
        rules = [r for r in self.ring.problem.couplings if f"coupling:{r.id}" in self.tags]
        wanted = {rule.enabler for rule in rules}
        pools = self.ring.problem.pools
        return [pool for pool in pools if pool.capability in wanted and self._open(pool)]

    def ask(self) -> str:
        lines = self.lines
        if not lines:
            return ""
        names = _listed([f"'{line.id}'" for line in lines])
        needs = [sum(needs) for needs in zip(*(line.required for line in lines), strict=True)]
        when = "in every rotation" if len(set(needs)) == 1 else "in a rotation at most"
        verb = "asks for" if len(lines) == 1 else "together ask for"
        noun = "Line" if len(lines) == 1 else "Lines"
        return f"{noun} {names} {verb} {self._amount(max(needs))} {when}."

    def supply(self) -> str:
        pools = self.pools
        if not self.lines:
            return ""
        if not pools:
            return "No pool may serve there."
        held = self._amount(sum(pool.stock * pool.effectiveness for pool in pools))
        if len(pools) == 1:
            return f"The one pool that may serve there ({pools[0].id}) holds {held}."
        return f"The {len(pools)} pools that may serve there hold {held} in all."

    def rules(self) -> list[str]:
        """Return a sentence for each rule of the conflict."""
        whom: dict[str, list[str]] = {}
        for tag in self.tags:
            name, _, who = tag.partition(":")
            if name != "line":
                whom.setdefault(name, []).append(who)
        return [self._rule(name, sorted(who)) for name, who in whom.items()]

    def most(self, nodes: int) -> str:
        """Return how much of the lines can be filled at best under the conflict's rules alone."""
        model = self.ring.model
        short = {
            number: self.ring.quantum[key]
            for key, number in self.ring.of_kind("short")
            if f"line:{key.who}" in self.tags
        }
        if not short:
            return "No plan meets this."
        out = {row.group for row in model.rows if not is_fact(row.group)} - {*self.tags}
        answer = minimise(
            model,
            objective=short,
            fixed=dict.fromkeys(self._leaderless(), 0),
            ignored=out,
            limits=Limits(nodes),
        )
        if answer.status == "infeasible":
            return "No plan meets this, even with the lines left short."
        wanted = sum(sum(line.required) for line in self.lines)
        rotations = self.ring.problem.rotations
        sustained = (wanted - max(0, answer.bound or 0)) / rotations
        if sustained == 0:
            return "So none of it is sustained."
        if not answer.bound:
            return ""
        verb = "is" if self._amount(sustained).startswith("1 ") else "are"
        return f"So at most {self._amount(sustained)} {verb} sustained on average."

    def besides(self) -> str:
        """Return which rules of the problem are no part of it: lifting them would not help."""
        named = {family(tag) for tag in self.tags}
        present = {family(row.group) for row in self.ring.model.rows}
        lifted = [text for name, text in _LIFTED.items() if name in present - named]
        return f"This would stay so if {_listed(lifted)}." if lifted else ""

    def _leaderless(self) -> list[int]:
        return [n for n in asked(self.ring) if self.ring.keys[n].kind == "missing"]

    def _open(self, pool: Pool) -> tuple[str, ...]:
        barred = () if f"caveat:{pool.nation}" in self.tags else pool.barred
        return (*pool.lines, *(line for line, _ in barred))

    def _rule(self, name: str, who: Sequence[str]) -> str:
        problem = self.ring.problem
        match name:
            case "dwell":
                pools = [pool for pool in problem.pools if self.places & {*self._open(pool)}]
                pools = [pool for pool in (*pools, *self.enablers) if pool.nation in who]
                rest = _span({pool.dwell for pool in pools if pool.dwell})
                return f"Units of {_listed(who)} rest {rest} for each rotation they serve."
            case "cap":
                return f"National ceilings: {_listed([self._ceiling(nation) for nation in who])}."
            case "caveat":
                return f"Caveats keep out {_listed([self._caveats(nation) for nation in who])}."
            case "framework":
                return self._framework(who)
            case "coupling":
                return " ".join(self._coupling(id_) for id_ in who)
            case "incompatible":
                return f"These will not serve side by side: {_listed(who)}."
        extra = problem.lift.extra_loads if problem.lift else 0
        least = min(problem.lift.loads) if problem.lift else 0
        return f"Lift is {least} loads in a rotation and {extra} more can be bought."

    def _framework(self, sectors: Sequence[str]) -> str:
        rule = self.ring.problem.framework
        assert rule is not None
        where = _listed([f"'{sector}'" for sector in sectors])
        who = _listed(rule.eligible, word="or") if rule.eligible else "no nation at all"
        share = f"{rule.least_share_percent} % of the manoeuvre"
        return f"{where} needs {who} as framework nation with {share}."

    def _ceiling(self, nation: str) -> str:
        record = next(n for n in self.ring.problem.nations if n.id == nation)
        limits = []
        if record.troops_cap is not None:
            limits.append(f"{record.troops_cap:,} troops")
        if record.units_cap is not None:
            limits.append(_count(record.units_cap, "unit"))
        return f"{nation} {' and '.join(limits)}"

    def _caveats(self, nation: str) -> str:
        barred = [
            (pool, caveat)
            for pool in self.ring.problem.pools
            for line, caveat in pool.barred
            if pool.nation == nation and (line in self.places or pool in self.enablers)
        ]
        words = ", ".join(sorted({caveat for _, caveat in barred}))
        units = sum({pool.id: pool.stock for pool, _ in barred}.values())
        return f"{_count(units, 'unit')} of {nation} ({words})"

    def _coupling(self, id_: str) -> str:
        rule = next(rule for rule in self.ring.problem.couplings if rule.id == id_)
        limited = _listed(rule.limited, word="or")
        units = sum(pool.stock for pool in self.enablers if pool.capability == rule.enabler)
        held = f"{_count(units, 'unit')} of {rule.enabler}"
        return f"Nations hold {held}; each one serving allows {rule.per_enabler} of {limited}."

    def _amount(self, points: float) -> str:
        """Return an amount in units where all are worth the same, else in points."""
        worths = {pool.effectiveness for pool in self.pools}
        if len(worths) == 1:
            number, noun = points / worths.pop(), "unit"
        else:
            number, noun = points, "point"
        return _count(number, noun)


def _count(number: float, noun: str) -> str:
    return f"{_figure(number)} {noun}{'' if number == 1 else 's'}"


def _figure(number: float) -> str:
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def _span(rests: Collection[int]) -> str:
    least, most = min(rests, default=0), max(rests, default=0)
    return _count(most, "rotation") if least == most else f"{least} to {most} rotations"


def _listed(names: Iterable[str], *, word: str = "and") -> str:
    all_ = list(names)
    if len(all_) > _MOST_NAMES + 1:
        return f"{', '.join(all_[:_MOST_NAMES])} {word} {len(all_) - _MOST_NAMES} others"
    return f" {word} ".join([", ".join(all_[:-1]), all_[-1]]) if len(all_) > 1 else all_[0]
