"""In some lives somebody keeps order: kicks, bans and mutes whoever is there, with reason or without.

Who is banned must be gone at once, and not be back before it ends.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

import trio

from protocol.errors import Code
from server.moderation import ACTIONS, CantBe, Order
from server.seats import Reserved, Seat
from tests.simulation.conversation import Wrong

if TYPE_CHECKING:
    from tests.simulation.world import World

PRESENT_CHANCE: Final = 0.25
ORDERS: Final = ("kick", "ban", "ban", "unban", "mute", "unmute")
ORDERS_PER_S: Final = 4.0
RESTRICTION_S: Final = (0.1, 3.0)
VERDICTS: Final = frozenset({Code.KICKED, Code.BANNED})


class Admin:
    """Draws from a chance of its own, so that lives without it are what they were."""

    def __init__(self, world: World, random: Random) -> None:
        self._world, self._random = world, random
        self.is_here = random.random() < PRESENT_CHANCE

    @property
    def verdicts(self) -> frozenset[int]:
        """How conversations may end because of it."""
        return VERDICTS if self.is_here else frozenset()

    def step(self) -> None:
        if not self.is_here:
            return
        if not self._world.is_calm and self._random.random() < ORDERS_PER_S / self._world.steps_per_s:
            self._order()
        lobby, now_s = self._world.server.lobby, trio.current_time()
        for seat in lobby.seats():
            if lobby.bans.find(seat.key, now_s):
                raise Wrong(f"{seat.key} is banned, and has a seat")

    def _order(self) -> None:
        players = [seat for seat in self._world.server.lobby.seats() if seat.player is not None]
        if not players:
            return
        action, now_s = self._random.choice(ORDERS), trio.current_time()
        order = self._about(self._random.choice(players))
        if action == "unban" and (banned := list(self._world.server.lobby.bans.all(now_s))):
            order = Order(address=banned[0][0].removeprefix("address:"))
        self._world.faults[f"admin: {action}"] += 1
        act, _ = ACTIONS[action]
        try:
            act(self._world.server.moderation, order, now_s)
        except CantBe:
            self._world.faults["admin: in vain"] += 1

    def _about(self, seat: Seat | Reserved) -> Order:
        assert seat.player is not None
        return Order(room=seat.room.name, player=seat.player.id, seconds=self._random.uniform(*RESTRICTION_S))
