"""Walls and blocks that come and go while a world is lived in. The border always stays.

The engine finds contacts in the order in which shapes came; here that is the order in which they were built, and in a
client's space the arena's. It makes a difference only where something is caught between two, for a moment.
"""

import pymunk

from protocol.arena import Block, Wall
from protocol.physics import BORDER_SIDES, build


class Solids:
    """What is solid in `space`. Made before anything else is in there than the arena."""

    def __init__(self, space: pymunk.Space) -> None:
        self._space = space
        self._first = list(space.shapes)[BORDER_SIDES:]
        """Of the arena that the space was made of; nobody knows them by a number."""
        self._built: dict[int, list[pymunk.Shape]] = {}

    def __len__(self) -> int:
        """How many have been built."""
        return len(self._built)

    def clear(self) -> None:
        """Only the border is left."""
        self._space.remove(*self._first)
        self._first = []
        for number in list(self._built):
            self.raze(number)

    def build(self, number: int, part: Wall | Block) -> None:
        """In the place of what had that number, if anything."""
        self.raze(number)
        self._built[number] = build(self._space, part)

    def raze(self, number: int) -> None:
        """Take it away, if it is there."""
        self._space.remove(*self._built.pop(number, ()))
