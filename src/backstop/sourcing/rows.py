"""The rules of the horizon model, one function a rule, each with its own group of rows.

A group tag is the rule's name, a colon and whom it binds (``dwell:France``, ``line:air-defence``);
a reason is found by switching groups off.
"""

from __future__ import annotations

from math import gcd

from backstop.sourcing.problem import Incompatible, Line, Pool
from backstop.sourcing.programme import THEATRE, Key, Programme, by_pool, cap_of_pool


def cover(programme: Programme) -> None:
    """Effective points on a line, and its named shortfall, reach what is required."""
    pools = {pool.id: pool for pool in programme.problem.pools}
    serving: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for key, number in programme.of_kind("x"):
        worth = pools[key.who].effectiveness
        serving.setdefault((key.where, key.rotation), []).append((number, worth))
    for line in programme.problem.lines:
        for rotation, required in enumerate(line.required):
            if required:
                terms = serving.get((line.id, rotation), [])
                _cover(programme, line, rotation, required, terms)


def _cover(
    programme: Programme, line: Line, rotation: int, required: int, terms: list[tuple[int, int]]
) -> None:
    """Add one cover row, divided by what all its numbers share so that bounds round well."""
    quantum = gcd(required, *(worth for _, worth in terms))
    place = f"[{line.id},{rotation}]"
    key = Key("short", line.id, "", rotation)
    short = programme.add(key, upper=required // quantum)
    programme.quantum[key] = quantum
    shared = [(variable, worth // quantum) for variable, worth in terms]
    programme.model.row(
        f"cover{place}",
        group=f"line:{line.id}",
        terms=[*shared, (short, 1)],
        lower=required // quantum,
    )


def dwell(programme: Programme) -> None:
    """Over any 1 + dwell rotations in a row a pool deploys no more than its stock."""
    table = by_pool(programme)
    for pool in programme.problem.pools:
        served = table.get(pool.id, {})
        seen: set[tuple[int, ...]] = set()
        for start in _starts(programme, pool):
            window = range(start, start + pool.dwell + 1)
            rotations = {t % programme.problem.rotations for t in window}
            terms = [(v, 1) for t in sorted(rotations) for _, v in served.get(t, ())]
            variables = tuple(sorted(v for v, _ in terms))
            most = sum(programme.model.upper[v] for v in variables)
            if variables in seen or most <= pool.stock:
                continue
            seen.add(variables)
            name = f"dwell[{pool.id},{start}]"
            group = f"dwell:{pool.nation}"
            programme.model.row(name, group=group, terms=terms, upper=pool.stock)


def _starts(programme: Programme, pool: Pool) -> range:
    """Return the first rotations of full windows; a shorter horizon is one window."""
    if programme.wraps:
        assert pool.dwell < programme.problem.rotations, "a ring shorter than a pool's window"
        return range(programme.problem.rotations)
    return range(max(1, programme.problem.rotations - pool.dwell))


def stock(programme: Programme) -> None:
    """In any one rotation a pool deploys no more than its stock, whatever the dwell rule."""
    table = by_pool(programme)
    for pool in programme.problem.pools:
        for rotation, served in sorted(table.get(pool.id, {}).items()):
            terms = [(v, 1) for _, v in served]
            name = f"stock[{pool.id},{rotation}]"
            programme.model.row(name, group="stock", terms=terms, upper=pool.stock)


def presence(programme: Programme) -> None:
    """A pool serves only where its nation is present; the pool's own most makes it tight.

    Presence exists only where it means something: for a nation that pays for it or that will
    not serve beside another.
    """
    problem = programme.problem
    wanted = {(nation.id, THEATRE) for nation in problem.nations if nation.presence_cost_usd_m}
    for pair in problem.incompatible:
        nations = (pair.one, pair.other)
        wanted |= {(n, place) for n in nations for place in _places(programme, pair)}
    sectors = {line.id: line.sector for line in problem.lines}
    table = by_pool(programme)
    for pool in problem.pools:
        for place in sorted(place for nation, place in wanted if nation == pool.nation):
            for rotation, served in sorted(table.get(pool.id, {}).items()):
                there = [v for name, v in served if place in (THEATRE, sectors[name])]
                if there:
                    _present(programme, pool, place, rotation, there)


def _places(programme: Programme, pair: Incompatible) -> tuple[str, ...]:
    return (THEATRE,) if pair.scope == "theatre" else programme.problem.sectors


def _present(programme: Programme, pool: Pool, place: str, rotation: int, there: list[int]) -> None:
    key = Key("present", pool.nation, place, rotation)
    if key not in programme.numbers:
        programme.add(key, upper=1)
    most = pool.stock if programme.explains else cap_of_pool(programme.problem, pool)
    most = min(most, sum(programme.model.upper[v] for v in there))
    programme.model.row(
        f"presence[{pool.id},{place or 'theatre'},{rotation}]",
        group=f"presence:{pool.nation}",
        terms=[*((v, 1) for v in there), (programme.numbers[key], -most)],
        upper=0,
    )


def caps(programme: Programme) -> None:
    """A nation keeps to its ceiling in theatre at a time, tied to its presence there."""
    pools = {pool.id: pool for pool in programme.problem.pools}
    for nation in programme.problem.nations:
        for kind, most in (("troops", nation.troops_cap), ("units", nation.units_cap)):
            if most is None:
                continue
            weights: dict[int, list[tuple[int, int]]] = {}
            for key, number in programme.of_kind("x"):
                if pools[key.who].nation == nation.id:
                    weight = pools[key.who].troops_per_unit if kind == "troops" else 1
                    weights.setdefault(key.rotation, []).append((number, weight))
            for rotation, terms in sorted(weights.items()):
                _cap(programme, nation.id, f"{kind}[{nation.id},{rotation}]", rotation, terms, most)


def _cap(
    programme: Programme,
    nation: str,
    name: str,
    rotation: int,
    terms: list[tuple[int, int]],
    most: int,
) -> None:
    if sum(weight * programme.model.upper[v] for v, weight in terms) <= most:
        return
    there = programme.numbers.get(Key("present", nation, THEATRE, rotation))
    tied = terms if there is None else [*terms, (there, -most)]
    upper = most if there is None else 0
    programme.model.row(f"cap.{name}", group=f"cap:{nation}", terms=tied, upper=upper)


def incompatible(programme: Programme) -> None:
    """Two incompatible nations are not in one place in the same rotation."""
    for pair in programme.problem.incompatible:
        for place in _places(programme, pair):
            for rotation in range(programme.problem.rotations):
                one = programme.numbers.get(Key("present", pair.one, place, rotation))
                other = programme.numbers.get(Key("present", pair.other, place, rotation))
                if one is not None and other is not None:
                    label = f"{pair.one},{pair.other},{place or 'theatre'},{rotation}"
                    programme.model.row(
                        f"apart[{label}]",
                        group=f"incompatible:{pair.one} and {pair.other}",
                        terms=[(one, 1), (other, 1)],
                        upper=1,
                    )


def framework(programme: Programme) -> None:
    """Each sector-year has one framework nation with its share, or is marked as without.

    Exactly one nation leads, or none does. What the leader brings is a variable of its own,
    bounded by what that nation could bring at most, so that a fraction of a leader counts for
    no more than a fraction in the relaxation; a share row for each nation apart would let ten
    tenths of a leader pass for one.
    """
    if programme.problem.framework is None:
        return
    for sector in programme.problem.sectors:
        lines = [n for n in programme.problem.lines if n.sector == sector and n.manoeuvre]
        for rotations in programme.problem.years:
            if any(line.required[t] for line in lines for t in rotations):
                _sector_year(programme, sector, rotations, lines)


def _sector_year(
    programme: Programme, sector: str, rotations: tuple[int, ...], lines: list[Line]
) -> None:
    rule = programme.problem.framework
    assert rule is not None
    model, group, place = programme.model, f"framework:{sector}", f"{sector},{rotations[0]}"
    serving: dict[str, list[tuple[int, int]]] = {}
    most = sum(_ceiling(programme, line, t, group, serving) for line in lines for t in rotations)
    missing = programme.add(Key("missing", "", sector, rotations[0]), upper=1)
    chosen, brought = [(missing, 1)], []
    for nation in rule.eligible:
        if nation in serving:
            lead, brings = _leader(programme, nation, sector, rotations, serving[nation], group)
            chosen.append((lead, 1))
            brought.append((brings, 100))
    share = rule.least_share_percent
    everyone = [(v, -share * worth) for pairs in serving.values() for v, worth in pairs]
    common = gcd(100, *(c for _, c in everyone))
    model.row(
        f"share[{place}]",
        group=group,
        terms=[
            *((v, c // common) for v, c in (*brought, *everyone)),
            (missing, -(-share * most // common)),
        ],
        lower=0,
    )
    model.row(f"framework[{place}]", group=group, terms=chosen, lower=1, upper=1)


def _leader(
    programme: Programme,
    nation: str,
    sector: str,
    rotations: tuple[int, ...],
    own: list[tuple[int, int]],
    group: str,
) -> tuple[int, int]:
    """Add whether a nation leads and the points it then brings: at least a unit, its own only."""
    model = programme.model
    most = _most_brought(programme, nation, rotations, own)
    place = f"{sector},{rotations[0]}"
    lead = programme.add(Key("lead", nation, sector, rotations[0]), upper=1)
    brings = programme.add(Key("brings", nation, sector, rotations[0]), upper=most)
    model.row(f"own[{nation},{place}]", group=group, terms=[*own, (brings, -1)], lower=0)
    model.row(f"only[{nation},{place}]", group=group, terms=[(lead, most), (brings, -1)], lower=0)
    model.row(f"leads[{nation},{place}]", group=group, terms=[(brings, 1), (lead, -1)], lower=0)
    return lead, brings


def _most_brought(
    programme: Programme, nation: str, rotations: tuple[int, ...], own: list[tuple[int, int]]
) -> int:
    """Bound a nation's points in a sector-year by its stocks, which dwell lets it use once."""
    total = 0
    for pool in programme.problem.pools:
        if pool.nation != nation:
            continue
        most = sum(
            programme.model.upper[v] * worth for v, worth in own if programme.keys[v].who == pool.id
        )
        if not programme.explains:
            turns = -(-len(rotations) // (1 + pool.dwell))
            most = min(most, turns * pool.stock * pool.effectiveness)
        total += most
    return total


def _ceiling(
    programme: Programme,
    line: Line,
    rotation: int,
    group: str,
    serving: dict[str, list[tuple[int, int]]],
) -> int:
    """Keep a line below one unit too many, gather who serves it, and return its most points.

    Without the ceiling a share could be met by crowding a line, and the share row would need a
    slack so large that the relaxation says nothing.
    """
    terms = []
    for pool in programme.problem.pools:
        variable = programme.numbers.get(Key("x", pool.id, line.id, rotation))
        if variable is not None:
            terms.append((variable, pool.effectiveness))
            serving.setdefault(pool.nation, []).append((variable, pool.effectiveness))
    if not terms:
        return 0
    most = line.required[rotation] + max(worth for _, worth in terms) - 1
    if sum(worth * programme.model.upper[v] for v, worth in terms) > most:
        name = f"ceiling[{line.id},{rotation}]"
        programme.model.row(name, group=group, terms=terms, upper=most)
    return most


def lift(programme: Programme) -> None:
    """What moves in a rotation fits the lift there is and the extra lift that is bought."""
    rule = programme.problem.lift
    if rule is None:
        return
    loads = {pool.id: pool.lift_loads for pool in programme.problem.pools}
    for rotation, capacity in enumerate(rule.loads):
        terms = [
            (number, loads[key.who])
            for key, number in programme.of_kind("x")
            if key.rotation == rotation and loads[key.who]
        ]
        if sum(weight * programme.model.upper[v] for v, weight in terms) <= capacity:
            continue
        if rule.extra_loads:
            extra = programme.add(Key("extra", "", "", rotation), upper=rule.extra_loads)
            terms.append((extra, -1))
        programme.model.row(f"lift[{rotation}]", group="lift", terms=terms, upper=capacity)


def couplings(programme: Programme) -> None:
    """Limited units in theatre need enabling units beside them in the same rotation."""
    capability = {pool.id: pool.capability for pool in programme.problem.pools}
    for rule in programme.problem.couplings:
        for rotation in range(programme.problem.rotations):
            limited, enabling = [], []
            for key, number in programme.of_kind("x"):
                if key.rotation == rotation and capability[key.who] in rule.limited:
                    limited.append((number, 1))
                elif key.rotation == rotation and capability[key.who] == rule.enabler:
                    enabling.append((number, -rule.per_enabler))
            if limited:
                programme.model.row(
                    f"coupling[{rule.id},{rotation}]",
                    group=f"coupling:{rule.id}",
                    terms=[*limited, *enabling],
                    upper=0,
                )


def caveats(programme: Programme) -> None:
    """What a caveat bars stays closed, in a row that names the nation."""
    for pool in programme.problem.pools:
        for name, caveat in pool.barred:
            for rotation in range(programme.problem.rotations):
                variable = programme.numbers.get(Key("x", pool.id, name, rotation))
                if variable is not None:
                    programme.model.row(
                        f"caveat[{pool.id},{name},{rotation},{caveat}]",
                        group=f"caveat:{pool.nation}",
                        terms=[(variable, 1)],
                        upper=0,
                    )
