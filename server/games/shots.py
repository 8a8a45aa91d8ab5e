"""Shots in flight, as a `Gun` says: they bounce, faster each time, and end after so many bounces or so long.

A part of a game, not a game: it owns its entities, and leaves to the game who may fire and what a hit does. All that it
remembers is in `flying` and `loaded`. In a full world nothing is fired.
"""

from math import cos, hypot, sin

from msgspec import Struct

from protocol.gun import Gun
from protocol.motion import Button
from protocol.physics import SPEED_MAX
from protocol.quantize import aim_from_wire
from server.game import Player, Stage
from server.world import WorldFullError


class Shot(Struct, array_like=True, eq=False):
    owner: int
    dies: int
    bounces: int = 0
    bounced: int = 0
    """Tick of the latest bounce: a corner is one bounce, not two."""


class Shots:
    """All shots of one room."""

    def __init__(
        self, stage: Stage, gun: Gun, flying: dict[int, Shot] | None = None, loaded: dict[int, int] | None = None
    ) -> None:
        self.flying: dict[int, Shot] = {} if flying is None else flying
        """By entity, the oldest first."""
        self._stage, self._world, self._gun = stage, stage.world, gun
        self.loaded: dict[int, int] = {} if loaded is None else loaded
        """By player: when its gun may fire again, as far as `pull` sees to that."""
        self._life = stage.rates.ticks_in(gun.life_s)

    def pull(self, player: Player) -> None:
        """Fire, if the player wants to and its gun is loaded: for games in which all guns are alike."""
        tick, players = self._stage.tick, self._stage.players
        if not player.ship or not player.now.wants(Button.FIRE) or tick < self.loaded.get(player.id, 0):
            return
        if self.fire(player):
            self.loaded[player.id] = tick + self._stage.rates.ticks_in(self._gun.cooldown_s)
        if len(self.loaded) > len(players):
            for gone in self.loaded.keys() - players.keys():
                del self.loaded[gone]

    def fire(self, player: Player) -> int:
        """A shot out of a player's ship, to where it aims; 0 when the world is full."""
        world, gun, ship = self._world, self._gun, player.ship
        aim = aim_from_wire(player.now.aim)
        dx, dy = cos(aim), sin(aim)
        x, y = float(world.x[ship]) + dx * gun.muzzle_units, float(world.y[ship]) + dy * gun.muzzle_units
        try:
            shot = world.spawn(gun.kind, x, y, vx=dx * gun.speed, vy=dy * gun.speed, angle=aim, owner=player.id)
        except WorldFullError:
            return 0
        self.flying[shot] = Shot(player.id, self._stage.tick + self._life)
        return shot

    def bounce(self, entity: int) -> None:
        """It touched what it doesn't end at. Whatever came towards it there, walls hold it afterwards."""
        shot, tick, gun = self.flying[entity], self._stage.tick, self._gun
        vx, vy = float(self._world.vx[entity]), float(self._world.vy[entity])
        speed = hypot(vx, vy)
        if tick - shot.bounced > 1:
            shot.bounces, shot.bounced = shot.bounces + 1, tick
        elif speed <= SPEED_MAX:
            return
        if shot.bounces > gun.bounces_max or speed < 1.0:
            self.end(entity)
            return
        faster = gun.speed * (1.0 + gun.speed_per_bounce * shot.bounces) / speed
        self._world.set_velocity(entity, vx * faster, vy * faster)
        self._world.status[entity] = shot.bounces

    def end(self, entity: int) -> Shot:
        self._world.remove(entity)
        return self.flying.pop(entity)

    def end_all(self) -> None:
        for entity in list(self.flying):
            self.end(entity)

    def expire(self) -> None:
        """Those that have had their time. They live equally long, so the oldest come first."""
        flying, tick = self.flying, self._stage.tick
        while flying and (first := next(iter(flying))) and flying[first].dies <= tick:
            self.end(first)
