"""The three crash sets of the meltt package, by its rule and by ours."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from backstop.errors import InputError
from backstop.watch.fusion import (
    Judgement,
    Window,
    fuse,
    observed,
    read_taxonomy,
    taxonomy_name,
)
from backstop.watch.setting import Setting
from watch_cases import raw_file, read_all

SETTING = Setting(zone="America/New_York", not_after=date(2026, 1, 1))


def _sets():
    taxonomies = []
    for name in ("color", "damage", "model"):
        path = raw_file("meltt", f"taxonomy_{name}_tax.csv")
        with path.open(newline="") as lines:
            taxonomies.append(read_taxonomy(lines, name=taxonomy_name(path.name)))
    records = []
    for number in (1, 2, 3):
        path = raw_file("meltt", f"crash_data{number}.csv")
        found, faults = read_all(path, adapter="meltt", setting=SETTING)
        assert not faults
        records += [(f"{one.source}/{one.source_record_id}", one) for one in found]
    return observed(records, taxonomies=taxonomies), records, taxonomies


def test_the_published_totals_come_out():
    """Package documentation of meltt (README, "Matching Data"): 4 km, 2 days.

    195 entries, 140 unique, 34 matches (26 of events, 8 of episodes), 55 duplicates; 41, 34 and 31
    in one set only; 5, 4 and 4 in two; 21 in all three; 6 episodes to be looked at.
    """
    seen, _, _ = _sets()
    got = fuse(seen.found, window=Window(4, 2), method="meltt")
    assert Counter(seen.found.stream.tolist()) == {0: 71, 1: 64, 2: 60}
    assert (got.observations, got.incidents) == (195, 140)
    assert (got.matched_groups, got.duplicates_removed) == (34, 55)
    lasting = dict(zip(seen.found.key, seen.found.lasting.tolist(), strict=True))
    assert Counter(lasting[one.keys[0]] for one in got.groups) == {False: 26, True: 8}
    overlap = Counter("".join(key[10] for key in one.keys) for one in got.groups)
    assert overlap == {"12": 5, "13": 4, "23": 4, "123": 21}
    alone = Counter(key[10] for key in seen.found.key)
    alone.subtract(key[10] for one in got.groups for key in one.keys)
    assert alone == {"1": 41, "2": 34, "3": 31}
    assert len({key for pair in got.review for key in pair if lasting[key]}) == 6


def test_our_model_joins_the_same_and_the_pairs_that_the_rule_leaves_to_a_person():
    """Its five further joins are an event with an episode; 4 km, 2 days, the same taxonomies."""
    seen, _, _ = _sets()
    rule = fuse(seen.found, window=Window(4, 2), method="meltt")
    ours = fuse(seen.found, window=Window(4, 2))
    assert (ours.incidents, ours.duplicates_removed) == (135, 60)
    lasting = dict(zip(seen.found.key, seen.found.lasting.tolist(), strict=True))
    by_rule = {one.keys for one in rule.groups}
    further = [one for one in ours.groups if one.keys not in by_rule]
    assert len(further) == 5
    for group in further:
        assert len({lasting[key] for key in group.keys}) == 2
        held = [one for one in by_rule if set(one) & set(group.keys)]
        assert all(set(one) <= set(group.keys) for one in held)


def test_what_a_person_joins_stays_joined_under_the_rule():
    seen, _, _ = _sets()
    window = Window(4, 2)
    rule = fuse(seen.found, window=window, method="meltt")
    grouped = {key for one in rule.groups for key in one.keys}
    single = next(key for key in seen.found.key if key not in grouped)
    group = next(one for one in rule.groups if len(one.keys) == 2)
    other = next(key for key in group.keys if key[:11] != single[:11])
    said = [Judgement(single, other, same=True)]
    got = fuse(seen.found, window=window, method="meltt", judgements=said)
    home = next(one.keys for one in got.groups if single in one.keys)
    assert other in home
    streams = [key[:11] for key in home]
    assert len(set(streams)) == len(streams)
    assert {one.keys for one in rule.groups} - {group.keys} <= {one.keys for one in got.groups}


def test_a_category_that_no_taxonomy_explains_is_told_with_its_record():
    _, records, taxonomies = _sets()
    poor = replace(taxonomies[0], levels={})
    with pytest.raises(InputError, match="does not explain"):
        observed(records, taxonomies=[poor])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a,b\n", "has the columns"),
        ("data.source,base.categories,l1\ns,red\n", "2 cells where the head has 3"),
        ("data.source,base.categories,l1\ns,red,R\ns,red,B\n", "explained twice"),
    ],
)
def test_a_taxonomy_that_cannot_be_read_says_why(text, reason):
    with pytest.raises(InputError, match=reason):
        read_taxonomy(text.splitlines(), name="x")


def test_the_rule_without_taxonomies_is_refused():
    _, records, _ = _sets()
    bare = observed(records).found
    bare = replace(bare, taxonomies=(), depths=(), types=bare.types[:, :0])
    with pytest.raises(InputError, match="--taxonomy"):
        fuse(bare, method="meltt")
