"""The bytes of one snapshot's cells: each encoded once in each encoding, whoever looks, and joined once for each sight.

Nothing is encoded before somebody asks for it.
"""

from collections import defaultdict
from collections.abc import Callable

from protocol.codec import Codec
from protocol.packing import PackedDelta
from protocol.snapshot import CellKeyframe


class EncodedCells:
    """Of the snapshot at `tick`, in which the cells that were `spoken` of have news."""

    def __init__(
        self,
        tick: int,
        spoken: set[int],
        delta_of: Callable[[int], PackedDelta],
        keyframe_of: Callable[[int], CellKeyframe],
    ) -> None:
        self._tick, self._spoken, self._delta_of, self._keyframe_of = tick, spoken, delta_of, keyframe_of
        self._deltas: dict[str, dict[int, bytes]] = defaultdict(dict)
        """By subprotocol and cell; the keyframes likewise, and what is joined by its cells."""
        self._keyframes: dict[str, dict[int, bytes]] = defaultdict(dict)
        self._joined: dict[str, dict[tuple[int, ...], tuple[int, bytes]]] = defaultdict(dict)

    def delta(self, cell: int, codec: Codec) -> bytes | None:
        """The news of `cell`, or None when there is none."""
        return self._delta(cell, codec) if cell in self._spoken else None

    def deltas(self, cells: tuple[int, ...], codec: Codec) -> tuple[int, bytes]:
        """(how many, joined) the news of all `cells`: one payload for all viewers with the same sight."""
        joined = self._joined[codec.subprotocol]
        payload = joined.get(cells)
        if payload is None:
            encoded = self._deltas[codec.subprotocol]
            parts = [encoded.get(cell) or self._delta(cell, codec) for cell in cells if cell in self._spoken]
            payload = joined[cells] = len(parts), codec.join(parts)
        return payload

    def keyframe(self, cell: int, codec: Codec) -> bytes:
        """All that is published in `cell`."""
        encoded = self._keyframes[codec.subprotocol]
        if cell not in encoded:
            encoded[cell] = codec.keyframe(self._keyframe_of(cell), self._tick)
        return encoded[cell]

    def _delta(self, cell: int, codec: Codec) -> bytes:
        encoded = self._deltas[codec.subprotocol]
        if cell not in encoded:
            encoded[cell] = codec.delta(self._delta_of(cell), self._tick)
        return encoded[cell]
