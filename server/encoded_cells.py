"""The bytes of one snapshot's cells: each encoded once in each encoding, whoever looks, and joined once for each sight.

But for one thing: who crossed a border is told as moved to those who know the cell that it came from, and whole to the
others. So a cell with such news is encoded once for each set of its `sources` that somebody knows: for nearly everybody
that is all of them. Nothing is encoded before somebody asks for it.
"""

from collections.abc import Callable, Mapping, Set
from typing import Final

from msgspec import Struct

from protocol.cells import Block
from protocol.codec import Codec
from protocol.packing import FlatKeyframe, PackedDelta

NONE: Final[frozenset[int]] = frozenset()


class Told(Struct):
    """What there is to tell of the snapshot at `tick`, in which the cells that were `spoken` of have news."""

    tick: int
    spoken: Set[int]
    sources: Mapping[int, frozenset[int]]
    """Of a cell, those from which somebody came."""
    plain: Mapping[int, bytes]
    """Of a cell with no other news, the `changed` of its delta."""
    delta_of: Callable[[int, frozenset[int]], PackedDelta]
    """A cell's news for who knows these of its sources."""
    keyframe_of: Callable[[int], FlatKeyframe]


class EncodedCells:
    """Of one snapshot, in all encodings."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._encodings: dict[str, Encoding] = {}
        """By subprotocol."""

    def encoding(self, codec: Codec) -> "Encoding":
        encoding = self._encodings.get(codec.subprotocol)
        if encoding is None:
            encoding = self._encodings[codec.subprotocol] = Encoding(self._told, codec)
        return encoding


class Encoding:
    """In one encoding."""

    def __init__(self, told: Told, codec: Codec) -> None:
        self.told, self._codec = told, codec
        self._sourced = frozenset(told.sources)
        self.deltas = _Deltas(told, codec)
        """By cell, its news for whoever knows all of its sources; empty when there are none."""
        self._others: dict[tuple[int, frozenset[int]], bytes] = {}
        """For who knows only some of a cell's sources."""
        self._matters = frozenset(told.spoken).union(*told.sources.values())
        """Cells by which sights differ: who sees the same of them is told the same."""
        self._joined: dict[Set[int], tuple[int, bytes]] = {}
        self._passages: dict[tuple[Set[int], Set[int]], tuple[int, bytes]] = {}
        self._keyframes: dict[int, bytes] = {}

    def joined(self, cells: tuple[int, ...]) -> tuple[int, bytes]:
        """(how many, joined) the news of all `cells`: one payload for all viewers with the same sight."""
        block = cells if isinstance(cells, Block) else Block(cells)
        matters = block.all & self._matters
        payload = self._joined.get(matters)
        if payload is None:
            parts, sources, seen = [*map(self.deltas.__getitem__, cells)], self.told.sources, block.all
            for cell in self._sourced & seen:
                if not sources[cell] <= seen:
                    parts[cells.index(cell)] = self.delta(cell, sources[cell] & seen)
            payload = self._joined[matters] = len(parts) - parts.count(b""), self._codec.join(parts)
        return payload

    def passage(self, before: Block, now: Block) -> tuple[int, bytes]:
        """(how many, joined) what is told from one sight to another, of which all of `before` was known: the news of
        what stays, and all of what comes into it."""
        payload = self._passages.get((before.all, now.all))
        if payload is None:
            parts = [*map(self.deltas.__getitem__, now)]
            for cell in self._sourced & now.all:
                parts[now.index(cell)] = self.delta(cell, NONE)
            for cell in now.all - before.all:
                parts[now.index(cell)] = self.keyframe(cell)
            payload = self._passages[before.all, now.all] = len(parts) - parts.count(b""), self._codec.join(parts)
        return payload

    def delta(self, cell: int, known: frozenset[int]) -> bytes:
        """The news of `cell` for whoever knows these of its sources."""
        if len(known) == len(self.told.sources.get(cell, NONE)):
            return self.deltas[cell]
        delta = self._others.get((cell, known))
        if delta is None:
            delta = self._codec.delta(self.told.delta_of(cell, known), self.told.tick)
            self._others[cell, known] = delta
        return delta

    def delta_alone(self, cell: int) -> bytes:
        """The news of `cell` for whoever knows no other; empty when there are none."""
        return self.delta(cell, NONE) if cell in self._sourced else self.deltas[cell]

    def keyframe(self, cell: int) -> bytes:
        """All that is published in `cell`."""
        keyframe = self._keyframes.get(cell)
        if keyframe is None:
            keyframe = self._keyframes[cell] = self._codec.keyframe(self.told.keyframe_of(cell), self.told.tick)
        return keyframe


class _Deltas(dict[int, bytes]):
    """Fills itself as it is asked, so that `map` looks a sight's dozen cells up without a call of ours for each."""

    def __init__(self, told: Told, codec: Codec) -> None:
        super().__init__()
        self._told, self._codec = told, codec

    def __missing__(self, cell: int) -> bytes:
        told, news = self._told, b""
        if (changed := told.plain.get(cell)) is not None:
            news = self._codec.plain_delta(cell, changed)
        elif cell in told.spoken:
            news = self._codec.delta(told.delta_of(cell, told.sources.get(cell, NONE)), told.tick)
        self[cell] = news
        return news
