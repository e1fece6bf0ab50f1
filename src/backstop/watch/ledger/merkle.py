"""The hashes of a Merkle tree over a log, and proofs about it (RFC 9162, section 2.1).

A leaf is hashed behind the byte 0x00, an inner node behind 0x01, so that neither can be passed off
as the other. The tree over n leaves splits at the largest power of two below n.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

#: ``node(height, position)``: the hash of the full subtree over the leaves
#: ``position * 2**height`` to ``(position + 1) * 2**height``.
NodeReader = Callable[[int, int], bytes]

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of one log entry (RFC 9162, section 2.1.1)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node (RFC 9162, section 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of neighbouring hashes of one height."""
    while len(hashes) > 1:
        hashes = [node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def range_root(node: NodeReader, first: int, last: int) -> bytes:
    """The root over the leaves ``first`` to ``last`` (exclusive), as a tree of its own.

    ``first`` is where a subtree of at least that size begins, as it is everywhere in a proof.
    """
    count = last - first
    if count == 0:
        return EMPTY_ROOT
    if count & (count - 1) == 0:
        height = count.bit_length() - 1
        return node(height, first >> height)
    middle = first + _split(count)
    return node_hash(range_root(node, first, middle), range_root(node, middle, last))


def inclusion_proof(node: NodeReader, index: int, *, size: int) -> tuple[bytes, ...]:
    """The audit path of one leaf, from the leaf upwards (RFC 9162, section 2.1.3.1)."""
    assert 0 <= index < size
    path: list[bytes] = []
    first, last = 0, size
    while last - first > 1:
        middle = first + _split(last - first)
        if index < middle:
            path.append(range_root(node, middle, last))
            last = middle
        else:
            path.append(range_root(node, first, middle))
            first = middle
    return tuple(reversed(path))


def consistency_proof(node: NodeReader, old: int, *, size: int) -> tuple[bytes, ...]:
    """What shows that the tree of ``old`` leaves is a prefix of that of ``size`` (section 2.1.4.1).

    Empty when ``old`` is 0 (nothing to show) or ``size`` (the roots are compared).
    """
    assert 0 <= old <= size
    if old in (0, size):
        return ()
    path: list[bytes] = []
    first, last, whole = 0, size, True
    while old != last:
        middle = first + _split(last - first)
        if old <= middle:
            path.append(range_root(node, middle, last))
            last = middle
        else:
            path.append(range_root(node, first, middle))
            first, whole = middle, False
    if not whole:
        path.append(range_root(node, first, last))
    return tuple(reversed(path))


def included(leaf: bytes, index: int, *, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the leaf hash stands at that index (section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    fn, sn, found = index, size - 1, leaf
    for sibling in proof:
        if sn == 0 or len(sibling) != len(EMPTY_ROOT):
            return False
        if fn & 1 or fn == sn:
            found = node_hash(sibling, found)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and found == root


def consistent(
    old: int, old_root: bytes, *, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows that the old tree is a prefix of the new one (section 2.1.4.2)."""
    if old == size or old == 0:
        alike = old_root == root if old == size else old_root == EMPTY_ROOT
        return 0 <= old <= size and alike and not proof
    if not 0 < old < size or not proof or any(len(h) != len(EMPTY_ROOT) for h in proof):
        return False
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    fn, sn = old - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            after = node_hash(after, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and before == old_root and after == root


def _split(count: int) -> int:
    """The largest power of two below a count of at least two."""
    return 1 << (count - 1).bit_length() - 1
