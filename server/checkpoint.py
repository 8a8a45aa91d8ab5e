"""A room as bytes, and back: what outlasts the process. Pure; `keeper` says when, `store` says where.

    capture     a room between two ticks  -> what is saved of it, in one go; nothing of it changes with the room
    seal        what is saved             -> a checkpoint; in another thread, if need be
    unseal      a checkpoint              -> what was saved, or one sentence why not
    revive      what was saved            -> a room that goes on, or one sentence why not

A checkpoint is `SavedRoom` in msgpack behind the head of `sealed`, so that it is believed whole or not at all. Ids,
places, velocities, scores, the match clock and the generator of chance are the same after a restart. What the physics
engine remembers of contacts is not there, so the game goes on in the same way and not bit for bit as it would have.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from protocol.arena import Arena, fingerprint
from protocol.limits import PLAYERS_PER_ROOM_MAX
from protocol.messages import Podium
from protocol.motion import Helm
from protocol.ticks import Rates
from server.build.buildable import Buildable
from server.card import PERMANENT, Card
from server.chat.speaker import Muted
from server.game import Game, Lasting, Player
from server.inputs import InputBuffer, SavedInputs
from server.results import Placing
from server.roles import GUEST, Identity
from server.room import Room
from server.saved_world import SavedWorld, restore, save
from server.sealed import Unusable, enclose, read

VERSION: Final = 3
"""Another one for every change that an older server could misread, or a newer one miss."""
BYTES_MAX: Final = 64_000_000


class SavedPlayer(Struct, array_like=True):
    """`server.game.Player`, with the inputs in a form of their own."""

    id: int
    name: str
    colour: int
    bot: bool
    inputs: SavedInputs
    ship: int
    helm: Helm
    rtt_ms: int
    team: int = 0
    subject: str = ""
    since_tick: int = 0


class SavedSeat(Struct, array_like=True, gc=False):
    """`server.lobby.Seat`. Tokens are there as digests, so that a checkpoint in strange hands opens no seat."""

    player: int
    lock: bytes
    next_lock: bytes
    vacant_s: float | None
    """For how long nobody had sat there; None: somebody did."""
    identity: Identity = GUEST
    key: str = ""
    mark: str = ""
    """What others' mutes know them by; "": whoever wrote it didn't say."""
    mutes: tuple[Muted, ...] = ()
    """Whom they had muted for themselves."""


class SavedRoom(Struct, frozen=True):
    """Everything of a room that outlasts it."""

    name: str
    game: str
    arena: int
    """Its fingerprint."""
    kinds: list[str]
    tick_rate: int
    snapshot_rate: int
    tick: int
    chance: tuple[int, tuple[int, ...], float | None]
    next_player: int
    world: SavedWorld
    players: msgspec.Raw
    """A list of `SavedPlayer`."""
    seats: list[SavedSeat]
    state: msgspec.Raw
    """Of a `Lasting` game; else nil."""
    match_tick: int = 0
    card: Card = PERMANENT
    ground: Arena | None = None
    """Where one is built: the arena as it is, whatever becomes of the one that it was opened with."""
    matches: int = 0
    """Played to their end."""
    fence: int = 0
    """Among many processes: under which the room was its owner's."""
    podium: Podium | None = None
    """Of the last of these."""
    gone: list[Placing] = []
    """Who had left the one that is played."""


def _plain(value: Any) -> SavedInputs:
    assert isinstance(value, InputBuffer), f"{type(value).__name__} can't be saved"
    return value.save()


def _strange(value: Any) -> None:
    raise TypeError(f"there is a value of type {type(value).__name__} in what a game remembers: it is to be plain")


_NIL: Final = msgspec.msgpack.encode(None)
_LIVE: Final = msgspec.msgpack.Encoder(enc_hook=_plain)
"""Encodes players as they are, which spares a copy of each."""
_STATE: Final = msgspec.msgpack.Encoder(enc_hook=_strange)
_SHIPPED: Final = "server.games."
"""The modules of games whose tests have shown that what they remember can be read again."""


def capture(room: Room, seats: Sequence[SavedSeat], fence: int = 0) -> SavedRoom:
    """What a checkpoint of `room` holds. To be called between two ticks. Raises TypeError when a game remembers what
    it could not go on from."""
    return SavedRoom(
        name=room.name,
        game=room.game.name,
        arena=room.fingerprint,
        kinds=[kind.name for kind in room.game.kinds],
        tick_rate=room.rates.tick_rate,
        snapshot_rate=room.rates.snapshot_rate,
        tick=room.tick,
        chance=room.random.getstate(),
        next_player=room.next_player,
        world=save(room.world),
        players=msgspec.Raw(_LIVE.encode(list(room.players.values()))),
        seats=list(seats),
        state=_state_of(room.game),
        match_tick=room.match_tick,
        card=room.card,
        ground=room.arena if isinstance(room.game, Buildable) else None,
        matches=room.matches,
        fence=fence,
        podium=room.podium,
        gone=room.departures.save(),
    )


def _state_of(game: Game) -> msgspec.Raw:
    if not isinstance(game, Lasting):
        return msgspec.Raw(_NIL)
    state = _STATE.encode(game.save())
    if not type(game).__module__.startswith(_SHIPPED):
        try:
            msgspec.msgpack.decode(state, type=game.saved)
        except msgspec.ValidationError as error:
            raise TypeError(f"what {game.name} remembers could not be read again: {error}") from None
    return msgspec.Raw(state)


def seal(saved: SavedRoom) -> bytes:
    """The checkpoint."""
    return enclose(msgspec.msgpack.encode(saved), VERSION)


def unseal(checkpoint: bytes) -> SavedRoom:
    """What a checkpoint says. Raises Unusable, whatever the bytes."""
    return read(checkpoint, VERSION, SavedRoom)


def revive(
    saved: SavedRoom,
    game: type[Game],
    arena: Arena,
    rates: Rates,
    options: Mapping[str, Any],
    players_max: int = PLAYERS_PER_ROOM_MAX,
) -> Room:
    """The room that was saved, if it was one of these settings. Raises Unusable, and leaves nothing half done."""
    ground = saved.arena if arena is saved.ground else fingerprint(arena)
    was = (saved.game, saved.arena, saved.kinds, saved.tick_rate, saved.snapshot_rate)
    kinds = [kind.name for kind in game.kinds]
    if was != (game.name, ground, kinds, rates.tick_rate, rates.snapshot_rate):
        raise Unusable("it is of another game, arena or rate than the settings ask for")
    room = Room(saved.name, game, arena, rates, 0, options, players_max, begins=False, card=saved.card)
    try:
        _fill(room, saved)
    except Exception as error:  # whatever a game makes of a state that was not its own
        raise Unusable(f"it doesn't hold together: {error}") from error
    return room


def _fill(room: Room, saved: SavedRoom) -> None:
    room.tick, room.match_tick, room.matches, room.podium = saved.tick, saved.match_tick, saved.matches, saved.podium
    room.departures.restore(saved.gone)
    room.inputs.next_tick = saved.tick + 1
    room.random.setstate(saved.chance)
    players = msgspec.msgpack.decode(saved.players, type=list[SavedPlayer])
    game = room.game
    if isinstance(game, Lasting) and bytes(saved.state) != _NIL:
        restore(room.world, saved.world)
        room.reinstate((_player(player, room) for player in players), saved.next_player)
        game.restore(msgspec.msgpack.decode(saved.state, type=game.saved))
    else:
        game.begin()
        room.reinstate((_player(player, room) for player in players), saved.next_player)
        for person in room.players.values():
            person.ship = 0
            game.joined(person)
    seated = {seat.player for seat in saved.seats}
    if len(seated) < len(saved.seats) or not room.players.keys() >= seated:
        raise ValueError("a seat is nobody's")
    for person in [person for person in room.players.values() if person.id not in seated]:
        room.leave(person)


def _player(saved: SavedPlayer, room: Room) -> Player:
    inputs = InputBuffer(room.statistics, room.inputs)
    inputs.restore(saved.inputs)
    return Player(**{**asdict(saved), "inputs": inputs})
