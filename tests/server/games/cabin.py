"""A small room in which the rules of melee are played out: two ships and a crate."""

from math import pi
from typing import Any

from protocol.arena import Arena, Place, Size
from protocol.messages import Inputs
from protocol.motion import Button, Input
from protocol.quantize import aim_to_wire
from server.games.fighter import Fighter
from server.games.melee import Melee
from tests.instruments.stepper import Client, Stepper

RIGHT, LEFT, UP = aim_to_wire(0.0), aim_to_wire(pi), aim_to_wire(-pi / 2)
CRATE_AT = Place(400, 400)
ARENA = Arena("Cabin", Size(512, 512), [Place(60, 60), Place(450, 60), Place(60, 450)], crates=[CRATE_AT])


class Cabin:
    """Ann and Bob, whose protection is over, in a room with one crate."""

    def __init__(self, **options: Any) -> None:
        self.stepper = Stepper(arena=ARENA, options=options)
        game = self.stepper.room.game
        assert isinstance(game, Melee)
        self.melee, self.world = game, self.stepper.room.world
        self.ann, self.bob = self.join("Ann"), self.join("Bob")

    def join(self, name: str) -> Client:
        client = self.stepper.join(name)
        self.fighter(client).protect_until = 0
        return client

    def fighter(self, client: Client) -> Fighter:
        return self.melee.fighters[client.player.id]

    def place(self, client: Client, x: float, y: float) -> None:
        self.world.put(client.player.ship, x, y)

    def fire(self, client: Client, aim: int) -> int:
        """One shot; its entity, or 0 when none left the gun."""
        before = set(self.melee.shots)
        client.say(Inputs(self.stepper.room.tick + 1, [Input(aim=aim, edges=Button.FIRE)]), self.stepper.now_s)
        self.stepper.step()
        return max(set(self.melee.shots) - before, default=0)

    def hit(self, by: Client, victim: Client) -> None:
        """`by` shoots `victim` from nearby, once."""
        self.place(victim, 200, 200)
        self.place(by, 130, 200)
        hits = len(victim.events_named("hit"))
        self.stepper.until(lambda: self.stepper.room.tick >= self.fighter(by).gun_until)
        assert self.fire(by, RIGHT)
        self.stepper.until(lambda: len(victim.events_named("hit")) > hits)
        self.stepper.step()

    def entities(self, kind: int) -> list[int]:
        return [row for row in self.world.alive.nonzero()[0].tolist() if self.world.kind[row] == kind]
