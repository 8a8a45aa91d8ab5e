"""How newcomers are told of a room: the welcome, and what the game greets them with. Pure."""

from typing import TYPE_CHECKING

from protocol.codec import Codec
from protocol.limits import PROTOCOL_VERSION
from protocol.messages import Welcome
from server.game import Player
from server.inputs import InputBuffer
from server.link import NO_FD
from server.roster import info_of
from server.viewers import Viewer

if TYPE_CHECKING:
    from server.room import Room


def welcome_of(room: "Room", player: Player | None, resume: str) -> Welcome:
    """What `player`, or a spectator, needs to start with the room as it is now."""
    return Welcome(
        version=PROTOCOL_VERSION,
        player=player.id if player else 0,
        room=room.name,
        game=room.game.name,
        tick=room.tick,
        tick_rate=room.rates.tick_rate,
        snapshot_rate=room.rates.snapshot_rate,
        cell_units=room.grid.cell_units,
        resume=resume,
        role="player" if player else "spectator",
        hud=list(room.game.hud),
        kinds=list(room.game.kinds),
        arena=room.arena,
        players=[info_of(other) for other in room.players.values()],
        gun=room.game.gun,
        description=room.game.description,
        title=room.card.title or room.name,
    )


def introduce(room: "Room", codec: Codec) -> tuple[Welcome, list[bytes]]:
    """Welcome and greeting of a spectator who comes now; for whoever takes it down."""
    earpiece = Earpiece(codec)
    viewer = Viewer(earpiece, room.rates, room.statistics)
    room.greet_spectator(viewer)
    viewer.pay()
    return welcome_of(room, None, ""), earpiece.heard


class Earpiece:
    """A link in memory, for what a spectator is greeted with."""

    address = "tape"
    guest = ""
    outlet = None
    fd = NO_FD
    blocked = False
    waiting_bytes = 0

    def __init__(self, codec: Codec) -> None:
        self.codec = codec
        self.heard: list[bytes] = []

    def post(self, *messages: bytes) -> None:
        self.heard += messages

    def feed(self, inputs: InputBuffer | None) -> None:
        """Messages come one by one."""

    def close(self, code: int, reason: str) -> None:
        """There is nobody at the other end."""
