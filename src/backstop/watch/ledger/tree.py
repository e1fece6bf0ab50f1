"""A growing Merkle tree, kept as tiles of 256 hashes.

Level 0 holds the hashes of the leaves; level k those of the full subtrees over 256**k leaves. Every
other node lies inside one tile and is folded from it. Only the last tile of a level still changes.
The layout is that of C2SP tlog-tiles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from backstop.watch.ledger.merkle import EMPTY_ROOT, fold, node_hash

HASH_BYTES = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT

#: ``tile(level, number)``: the tile's hashes, one behind the other; fewer than 256 in the last one.
TileReader = Callable[[int, int], bytes]


class Tree:
    """The right edge of a tree: what is needed to append to it and to name its root."""

    def __init__(self) -> None:
        self.size = 0
        #: The hashes of the last, unfinished tile of each level.
        self.tails: list[list[bytes]] = [[]]
        #: Tiles filled since they were last taken, by (level, number).
        self.filled: dict[tuple[int, int], bytes] = {}
        # Full subtrees from the largest to the smallest: one for each binary digit of the size.
        self._peaks: list[bytes] = []

    @classmethod
    def resumed(cls, size: int, tile: TileReader) -> Tree:
        """The tree of a given size, from the last tiles of each level."""
        tree = cls()
        tree.size = size
        tree.tails = []
        while not tree.tails or size:
            number, length = divmod(size, TILE_WIDTH)
            hashes = tile(len(tree.tails), number)[: length * HASH_BYTES] if length else b""
            assert len(hashes) == length * HASH_BYTES, "a tile is missing"
            tail = split(hashes)
            tree.tails.append(tail)
            tree._peaks[:0] = _peaks(tail)
            size = number
        return tree

    def extend(self, hashes: Iterable[bytes]) -> None:
        """Append the hashes of leaves, in their order."""
        peaks, size, leaves = self._peaks, self.size, self.tails[0]
        for leaf in hashes:
            leaves.append(leaf)
            joined, digits, height = leaf, size, 0
            while digits & 1:
                joined = node_hash(peaks.pop(), joined)
                digits >>= 1
                height += 1
                if not height & (TILE_HEIGHT - 1):
                    self._fill(height // TILE_HEIGHT, joined, size)
            peaks.append(joined)
            size += 1
        self.size = size

    def root(self) -> bytes:
        """The Merkle tree hash over all leaves (RFC 9162, section 2.1.1)."""
        if not self._peaks:
            return EMPTY_ROOT
        root = self._peaks[-1]
        for peak in self._peaks[-2::-1]:
            root = node_hash(peak, root)
        return root

    def unsaved(self) -> dict[tuple[int, int], bytes]:
        """Every tile that may differ from what was saved last; the filled ones are forgotten."""
        tiles, self.filled = self.filled, {}
        for level, tail in enumerate(self.tails):
            if tail:
                tiles[level, self.size >> TILE_HEIGHT * (level + 1)] = b"".join(tail)
        return tiles

    def _fill(self, level: int, joined: bytes, last: int) -> None:
        """Put away the full tile below a level, and its root onto that level."""
        below = self.tails[level - 1]
        self.filled[level - 1, last >> TILE_HEIGHT * level] = b"".join(below)
        below.clear()
        if level == len(self.tails):
            self.tails.append([])
        self.tails[level].append(joined)


def split(hashes: bytes) -> list[bytes]:
    """The single hashes of a tile."""
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]


def node_in_tiles(tile: TileReader, height: int, position: int) -> bytes:
    """The hash of a full subtree, folded from its tile (see ``merkle.NodeReader``)."""
    level, above = divmod(height, TILE_HEIGHT)
    first = position << above
    number, offset = divmod(first, TILE_WIDTH)
    hashes = tile(level, number)[offset * HASH_BYTES : (offset + (1 << above)) * HASH_BYTES]
    assert len(hashes) == HASH_BYTES << above, "the tile is shorter than the tree"
    return fold(split(hashes))


def _peaks(tail: list[bytes]) -> list[bytes]:
    """The full subtrees over fewer than 256 hashes, from the largest to the smallest."""
    found, first = [], 0
    for height in range(TILE_HEIGHT - 1, -1, -1):
        width = 1 << height
        if len(tail) & width:
            found.append(fold(tail[first : first + width]))
            first += width
    return found
