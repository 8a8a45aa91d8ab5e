"""Where an arena is built while it is played: a bot's walls follow what is built.

A welcome has the arena as it is then. With the first edit that is heard of the whole plan is asked for, and from then
on it is followed (`draft`). What stands in the way is laid out anew every MOVED_EVERY_S at most, once for all the bots
of a room (`CommonRoom.rearrange`), and for the ship and the shots that this one foresees.
"""

from collections.abc import Callable
from math import inf
from typing import Final

from bots.common_room import CommonRoom
from bots.draft import Draft
from bots.own_shots import OwnShots
from bots.prediction import Prediction
from protocol.blueprint import arena_of
from protocol.build_messages import Edit, Edited

MOVED_EVERY_S: Final = 0.25


class Site:
    """One player's view of what is built in `room`."""

    def __init__(
        self,
        player: int,
        room: CommonRoom,
        say: Callable[[Edit], None],
        prediction: Prediction | None,
        shots: OwnShots | None,
    ) -> None:
        self.draft = Draft()
        self._player, self._room, self._say = player, room, say
        self._prediction, self._shots = prediction, shots
        self._has_asked = False
        self._revision = -1
        """What is laid out."""
        self._moved_s = -inf

    def take(self, edited: Edited) -> None:
        """What the server says of the plan."""
        if not self._has_asked:
            self._has_asked = True
            answers = self.draft.joined(self._player)
        else:
            answers = self.draft.take(edited)
        for answer in answers:
            self._say(answer)

    def step(self, now_s: float) -> None:
        """Be among the walls that there are, if that is due."""
        plan, revision = self.draft.confirmed, self.draft.revision
        if plan is None or revision == self._revision or now_s < self._moved_s + MOVED_EVERY_S:
            return
        self._revision, self._moved_s = revision, now_s
        if revision > self._room.revision:
            self._room.rearrange(arena_of(plan, self._room.arena.name), revision)
        if self._prediction is not None:
            self._prediction.move_to(self._room.make_neighbourhood())
        if self._shots is not None:
            self._shots.move_to(self._room.arena)
