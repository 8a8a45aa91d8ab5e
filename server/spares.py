"""Bodies that are left over, for entities to come. In pymunk a body is a heap of cyclic garbage, and shots are many."""

from collections.abc import Sequence

import pymunk

from protocol.kinds import Kind
from protocol.physics import filter_of, make_body, renew

Corners = list[tuple[float, float]]


class Spares:
    """Of these kinds; never more than there were entities at once."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self._kinds = kinds
        self._spare: list[list[tuple[pymunk.Body, pymunk.Shape]]] = [[] for _ in kinds]

    def take(self, kind: int, corners: Corners | None, group: int) -> tuple[pymunk.Body, pymunk.Shape]:
        """A body of `kind`: one that is left over, as new, or a new one."""
        sort = self._kinds[kind]
        if corners is not None or not self._spare[kind]:
            return make_body(sort, corners, group)
        body, shape = self._spare[kind].pop()
        renew(body)
        shape.filter = filter_of(sort, group)
        return body, shape

    def give_back(self, kind: int, body: pymunk.Body, shape: pymunk.Shape) -> None:
        """It is out of its space. Of polygons each is a shape of its own, and nobody's any more."""
        if not isinstance(shape, pymunk.Poly):
            self._spare[kind].append((body, shape))
