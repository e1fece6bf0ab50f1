"""The Merkle tree against vectors of Certificate Transparency and a tree built by definition."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstop.watch.ledger.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    consistent,
    included,
    inclusion_proof,
    leaf_hash,
    node_hash,
    range_root,
)
from backstop.watch.ledger.tree import Tree, node_in_tiles

# The reference tree of Certificate Transparency (RFC 6962) implementations: eight leaves, the
# roots over the first one to eight of them, and proofs about them (transparency-dev/merkle).
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    bytes.fromhex(text)
    for text in (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
#: (leaf counted from 1, size) to the proof.
INCLUSION = {
    (1, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (6, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (3, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
    (2, 5): (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
#: (old size, size) to the proof.
CONSISTENCY = {
    (1, 1): (),
    (1, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
    (6, 7): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
}
STRANGER = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")


def hashes(count: int) -> list[bytes]:
    return [leaf_hash(b"%d" % number) for number in range(count)]


def grown(leaves: list[bytes], *, steps: int = 1):
    """A tree and what was saved of it, appended in several steps."""
    tree, saved = Tree(), {}
    for step in range(steps):
        cut = slice(len(leaves) * step // steps, len(leaves) * (step + 1) // steps)
        tree.extend(leaves[cut])
        saved |= tree.unsaved()
    return tree, lambda level, number: saved[level, number]


def defined_root(leaves: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, as it is written."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(defined_root(leaves[:k]), defined_root(leaves[k:]))


REFERENCE = [leaf_hash(leaf) for leaf in LEAVES]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_eight_reference_roots_of_certificate_transparency(size):
    tree, _ = grown(REFERENCE[:size])
    assert tree.root() == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing():
    assert Tree().root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(("place", "proof"), INCLUSION.items())
def test_reference_inclusion_proofs(place, proof):
    number, size = place
    _, tile = grown(REFERENCE[:size])
    node = partial(node_in_tiles, tile)
    expected = tuple(map(bytes.fromhex, proof))
    assert inclusion_proof(node, number - 1, size=size) == expected
    leaf = REFERENCE[number - 1]
    assert included(leaf, number - 1, size=size, root=ROOTS[size - 1], proof=expected)


@pytest.mark.parametrize(("sizes", "proof"), CONSISTENCY.items())
def test_reference_consistency_proofs(sizes, proof):
    old, size = sizes
    _, tile = grown(REFERENCE[:size])
    node = partial(node_in_tiles, tile)
    expected = tuple(map(bytes.fromhex, proof))
    assert consistency_proof(node, old, size=size) == expected
    roots = {"old_root": ROOTS[old - 1], "root": ROOTS[size - 1]}
    assert consistent(old, roots["old_root"], size=size, root=roots["root"], proof=expected)


def flipped(proof: tuple[bytes, ...]):
    """Every proof that differs in one bit of one hash, one hash more or one less."""
    for at, item in enumerate(proof):
        yield (*proof[:at], bytes([item[0] ^ 8]) + item[1:], *proof[at + 1 :])
    yield (*proof, STRANGER)
    yield (STRANGER, *proof)
    yield (*proof, b"")
    yield (b"", *proof)
    if proof:
        yield proof[:-1]
        yield (proof[0], STRANGER, *proof[1:])


@pytest.mark.parametrize(("place", "proof"), INCLUSION.items())
def test_wrong_inclusion_proofs_are_refused(place, proof):
    number, size = place
    right = tuple(map(bytes.fromhex, proof))
    index, root, leaf = number - 1, ROOTS[size - 1], REFERENCE[number - 1]
    wrong = [
        included(leaf, other, size=size, root=root, proof=right)
        for other in (index - 1, index + 1, index ^ 2)
    ]
    wrong += [
        included(leaf, index, size=other, root=root, proof=right) for other in (size * 2, size // 2)
    ]
    wrong += [
        included(leaf, index, size=size, root=other, proof=right)
        for other in (EMPTY_ROOT, STRANGER)
    ]
    wrong += [included(STRANGER, index, size=size, root=root, proof=right)]
    wrong += [included(leaf, index, size=size, root=root, proof=other) for other in flipped(right)]
    assert not any(wrong)


@pytest.mark.parametrize(("sizes", "proof"), [c for c in CONSISTENCY.items() if c[1]])
def test_wrong_consistency_proofs_are_refused(sizes, proof):
    old, size = sizes
    right = tuple(map(bytes.fromhex, proof))
    before, after = ROOTS[old - 1], ROOTS[size - 1]
    wrong = [
        consistent(other, before, size=size, root=after, proof=right)
        for other in (old - 1, old + 1, old ^ 2)
    ]
    wrong += [
        consistent(old, before, size=other, root=after, proof=right)
        for other in (size * 2, size // 2)
    ]
    wrong += [consistent(old, STRANGER, size=size, root=after, proof=right)]
    wrong += [consistent(old, before, size=size, root=STRANGER, proof=right)]
    wrong += [consistent(old, after, size=size, root=before, proof=right)]
    wrong += [consistent(old, before, size=size, root=after, proof=())]
    wrong += [
        consistent(old, before, size=size, root=after, proof=other) for other in flipped(right)
    ]
    assert not any(wrong)


def test_edge_cases_of_consistency():
    assert consistent(0, EMPTY_ROOT, size=0, root=EMPTY_ROOT, proof=())
    assert consistent(0, EMPTY_ROOT, size=1, root=ROOTS[0], proof=())
    assert not consistent(0, STRANGER, size=1, root=ROOTS[0], proof=())
    assert not consistent(1, ROOTS[0], size=0, root=EMPTY_ROOT, proof=())
    assert not consistent(1, ROOTS[0], size=1, root=ROOTS[0], proof=(STRANGER,))
    assert not consistent(-1, ROOTS[0], size=1, root=ROOTS[0], proof=())


sizes = st.integers(0, 700) | st.sampled_from([255, 256, 257, 511, 512, 513])


@settings(deadline=None)
@given(sizes, st.integers(1, 4))
def test_the_growing_tree_has_the_root_of_the_definition(size, steps):
    leaves = hashes(size)
    tree, tile = grown(leaves, steps=steps)
    assert tree.root() == defined_root(leaves)
    assert range_root(partial(node_in_tiles, tile), 0, size) == tree.root()


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537])
def test_a_tree_of_three_levels_has_the_root_of_the_definition_and_goes_on(size):
    leaves = hashes(65_600)
    tree, tile = grown(leaves[:size])
    assert tree.root() == defined_root(leaves[:size])
    again = Tree.resumed(size, tile)
    again.extend(leaves[size:])
    assert again.root() == defined_root(leaves)


@settings(deadline=None)
@given(sizes, st.integers(0, 600))
def test_a_tree_taken_up_again_goes_on_as_if_it_had_never_stopped(size, more):
    leaves = hashes(size + more)
    tree, tile = grown(leaves[:size])
    again = Tree.resumed(size, tile)
    assert (again.root(), again.tails) == (tree.root(), tree.tails)
    again.extend(leaves[size:])
    assert again.root() == defined_root(leaves)


@settings(deadline=None)
@given(st.data(), st.integers(1, 700))
def test_every_leaf_and_every_prefix_can_be_proven_and_nothing_else(data, size):
    leaves = hashes(size)
    _, tile = grown(leaves)
    node = partial(node_in_tiles, tile)
    root = defined_root(leaves)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(node, index, size=size)
    assert included(leaves[index], index, size=size, root=root, proof=proof)
    other = data.draw(st.integers(0, size - 1))
    assert included(leaves[other], index, size=size, root=root, proof=proof) == (other == index)
    old = data.draw(st.integers(0, size))
    proof = consistency_proof(node, old, size=size)
    assert consistent(old, defined_root(leaves[:old]), size=size, root=root, proof=proof)
    if old:
        forged = defined_root([STRANGER, *leaves[1:old]])
        assert not consistent(old, forged, size=size, root=root, proof=proof)
