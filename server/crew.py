"""The players of one room as rows: whose inputs are where in its table, whose ships they steer, and who presses what.

Steering is the same rule for everybody (`protocol.motion`), so a tick steers all ships at once. Only those who press
something are looked at one by one.
"""

from collections.abc import Mapping

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from server.game import Player
from server.input_table import InputTable, Ints, aims_of, moves_of
from server.world import Held, World


class Cast(Struct):
    """All players, in the order in which they came; the others are by that."""

    players: list[Player]
    slots: Ints
    at_of_slot: dict[int, int]


class Crew:
    """Of `players`, by ID, whose inputs are in `inputs`."""

    def __init__(self, players: Mapping[int, Player], inputs: InputTable) -> None:
        self._players, self._inputs = players, inputs
        self._cast: Cast | None = None
        self._boosting: dict[int, Player] = {}
        """Whose boost is cooling down."""
        self._held: Held | None = None
        """What all pilots hold, as of the last tick; those were their ships and inputs."""
        self._wanted = b"", b""
        self._pilots: Ints = np.empty(0, dtype=np.int64)

    def changed(self) -> None:
        """Somebody has come, or gone."""
        self._cast = None

    def dismiss(self, player: Player, world: World) -> None:
        """Somebody has gone, and so has the ship that their game may have left them."""
        if player.ship and world.alive[player.ship]:
            world.remove(player.ship)
        player.ship = 0
        self.changed()

    def steer(self, world: World, tick_rate: int) -> None:
        """All ships, by this tick's inputs. Most ticks are like the one before, and then nothing is worked out anew."""
        cast = self._all()
        ships, now = self._inputs.ships.take(cast.slots), self._inputs.now.take(cast.slots)
        boosts, wanted = self._boosts(cast, tick_rate), (ships.tobytes(), now.tobytes())
        if self._held is None or self._wanted != wanted or not world.is_held(self._held):
            self._pilots, self._wanted = ships.nonzero()[0], wanted
            now = now.take(self._pilots)
            self._held = world.hold(ships.take(self._pilots), moves_of(now), aims_of(now))
        world.drive(self._held, boosts.take(self._pilots))

    def check(self, world: World) -> None:
        """Raises ValueError when something was removed and yet somebody has it for a ship."""
        if not world.removed:
            return
        cast = self._all()
        ships = self._inputs.ships.take(cast.slots)
        lost = ((ships > 0) & ~world.alive.take(ships)).nonzero()[0]
        if len(lost):
            at = int(lost[0])
            raise ValueError(
                f"entity {ships[at]} was removed, and is still the ship of {cast.players[at].name!r}: "
                "whoever is to have none has `player.ship = 0`"
            )

    def _boosts(self, cast: Cast, tick_rate: int) -> NDArray[np.bool_]:
        """Whose boost begins with this tick. Counts the cool-down of all who have a ship."""
        boosts = np.zeros(len(cast.players), dtype=bool)
        for player in [*self._boosting.values(), *self.pressing()]:
            self._boosting[player.id] = player
        for player in list(self._boosting.values()):
            if self._players.get(player.id) is not player or not (player.ship or player.helm.boost_ticks):
                del self._boosting[player.id]
            elif player.ship:
                boosts[cast.at_of_slot[player.inputs.slot]] = player.helm.boosts(player.now, tick_rate)
                if not player.helm.boost_ticks:
                    del self._boosting[player.id]
        return boosts

    def boosts_ticks(self, players: Mapping[int, int], count: int) -> list[int]:
        """The cool-down of each of `count` of them, who are at the places that `players` says, by ID."""
        ticks = [0] * count
        for player in self._boosting.values():
            if (at := players.get(player.id)) is not None:
                ticks[at] = player.helm.boost_ticks
        return ticks

    def pressing(self) -> list[Player]:
        """Whose input of this tick has a button held or pressed."""
        slots = self._inputs.pressing()
        if not slots:
            return []
        cast = self._all()
        return [cast.players[at] for at in sorted(cast.at_of_slot[slot] for slot in slots)]

    def _all(self) -> Cast:
        if self._cast is None:
            players = list(self._players.values())
            slots = [player.inputs.slot for player in players]
            at_of_slot = {slot: at for at, slot in enumerate(slots)}
            self._cast = Cast(players, np.array(slots, dtype=np.int64), at_of_slot)
        return self._cast

    def cooling(self) -> None:
        """After a checkpoint: whose boost cools down."""
        self._boosting = {player.id: player for player in self._players.values() if player.helm.boost_ticks}
