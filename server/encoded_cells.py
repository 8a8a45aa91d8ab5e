"""The bytes of one snapshot's cells: each encoded once in each encoding, whoever looks, and joined once for each sight.

But for one thing: who crossed a border is told as moved to those who know the cell that it came from, and whole to the
others. So a cell with such news is encoded once for each set of its `sources` that somebody knows: for nearly everybody
that is all of them. Nothing is encoded before somebody asks for it.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Final

from protocol.codec import Codec
from protocol.packing import PackedDelta
from protocol.snapshot import CellKeyframe

NONE: Final[frozenset[int]] = frozenset()


class EncodedCells:
    """Of the snapshot at `tick`, in which the cells that were `spoken` of have news."""

    def __init__(
        self,
        tick: int,
        spoken: set[int],
        sources: Mapping[int, frozenset[int]],
        delta_of: Callable[[int, frozenset[int]], PackedDelta],
        keyframe_of: Callable[[int], CellKeyframe],
    ) -> None:
        """`sources` of a cell are those from which somebody came; `delta_of` a cell is for who knows some of them."""
        self._tick, self._spoken, self._sources = tick, spoken, sources
        self._delta_of, self._keyframe_of = delta_of, keyframe_of
        self._deltas: dict[str, dict[tuple[int, frozenset[int]], bytes]] = defaultdict(dict)
        """By subprotocol, cell and known sources."""
        self._keyframes: dict[str, dict[int, bytes]] = defaultdict(dict)
        self._joined: dict[str, dict[tuple[int, ...], tuple[int, bytes]]] = defaultdict(dict)

    def delta(self, cell: int, codec: Codec) -> bytes | None:
        """The news of `cell` for whoever knows no other, or None when there is none."""
        return self._delta(cell, NONE, codec) if cell in self._spoken else None

    def deltas(self, cells: tuple[int, ...], codec: Codec) -> tuple[int, bytes]:
        """(how many, joined) the news of all `cells`: one payload for all viewers with the same sight."""
        joined = self._joined[codec.subprotocol]
        payload = joined.get(cells)
        if payload is None:
            sources = self._sources
            known = {cell: sources[cell].intersection(cells) if cell in sources else NONE for cell in cells}
            parts = [self._delta(cell, known[cell], codec) for cell in cells if cell in self._spoken]
            payload = joined[cells] = len(parts), codec.join(parts)
        return payload

    def keyframe(self, cell: int, codec: Codec) -> bytes:
        """All that is published in `cell`."""
        encoded = self._keyframes[codec.subprotocol]
        if cell not in encoded:
            encoded[cell] = codec.keyframe(self._keyframe_of(cell), self._tick)
        return encoded[cell]

    def _delta(self, cell: int, known: frozenset[int], codec: Codec) -> bytes:
        encoded = self._deltas[codec.subprotocol]
        delta = encoded.get((cell, known))
        if delta is None:
            delta = encoded[cell, known] = codec.delta(self._delta_of(cell, known), self._tick)
        return delta
