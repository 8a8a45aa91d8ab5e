"""Every message, in the order of a conversation.

    client                          server
    hello                      ->
                               <-   welcome, then events that bring the newcomer up to date; or lobby, to a visitor
    enter, open                ->
                               <-   welcome (another room), or error
    browse                     ->
                               <-   lobby, again whenever it has changed; also when a room ends
                               <-   moved (the room is in another process), to hello and enter alike
                               <-   homes (where else one may come in), again whenever they have changed
    inputs (every tick or two) ->
                               <-   snapshot (every few ticks), event, chat
    ping                       ->
                               <-   pong
    chat, rename               ->
    edit, point                ->   where an arena is built together
                               <-   edited, pointed
    resync (beliefs disagree)  ->
                               <-   error (refused, but go on)
    leave                      ->
                               <-   bye (why it ends), then the close frame with the same code

Declared once: the declaration is the validation (`codec` runs it in C). On the wire a message is
`[number, field, …]` in the order below (msgpack) or `{"type": name, …}` (JSON). Numbers are never reused.
"""

from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta, Struct

from protocol import limits
from protocol.arena import Arena
from protocol.build_messages import Edit, Edited, Point, Pointed
from protocol.description import Control, Description
from protocol.gun import Gun
from protocol.kinds import Kind
from protocol.message import ClientMessage, Message, ServerMessage
from protocol.motion import Input
from protocol.quantize import SEEN_MAX

__all__ = ["ClientMessage", "Message", "ServerMessage"]
"""Declared elsewhere, and found here, too."""

Tick = Annotated[int, Meta(ge=0, le=limits.TICK_MAX)]
Colour = Annotated[int, Meta(ge=0, le=11)]


class Hello(ClientMessage, tag="hello"):
    """The first message: who is coming, and whereto. `resume` is the token of an earlier welcome."""

    number: ClassVar[int] = 1
    version: int
    name: str
    token: Annotated[str, Meta(max_length=limits.TOKEN_CHARS_MAX)] | None = None
    room: Annotated[str, Meta(max_length=limits.ROOM_CHARS_MAX)] | None = None
    resume: Annotated[str, Meta(max_length=limits.TOKEN_CHARS_MAX)] | None = None
    role: Literal["player", "spectator", "visitor"] = "player"
    bot: bool = False
    seat: Annotated[str, Meta(max_length=limits.TOKEN_CHARS_MAX)] | None = None
    """`seat` of the `moved` that has led here."""


class Inputs(ClientMessage, tag="inputs"):
    """What the player did, one entry per tick from `first_tick` on. `applied` is its newest snapshot tick.

    `seen` says what it did that to: the picture of the others was so many 1/16 ticks older than each entry's tick.
    """

    number: ClassVar[int] = 2
    first_tick: Tick
    entries: Annotated[list[Input], Meta(min_length=1, max_length=limits.INPUTS_PER_MESSAGE_MAX)]
    applied: Tick = 0
    seen: Annotated[int, Meta(ge=0, le=SEEN_MAX)] = 0


class Ping(ClientMessage, tag="ping"):
    """Answered at once with the same `nonce`: it measures RTT. `rtt_ms` is the last result, shown to others."""

    number: ClassVar[int] = 3
    nonce: Annotated[int, Meta(ge=0, le=2**53 - 1)]
    rtt_ms: Annotated[int, Meta(ge=0, le=60_000)] = 0


class Chat(ClientMessage, tag="chat"):
    """A line for whoever is in a channel; or a command, if it begins with a slash."""

    number: ClassVar[int] = 4
    text: Annotated[str, Meta(min_length=1, max_length=limits.CHAT_CHARS_MAX)]
    to: Literal["room", "team", "lobby"] = "room"


class Resync(ClientMessage, tag="resync"):
    """A cell's checksum disagreed: a keyframe of it, please. It must never happen; the server counts it."""

    number: ClassVar[int] = 5
    cell: Annotated[int, Meta(ge=0, le=65535)]


class Leave(ClientMessage, tag="leave"):
    """Going for good: the seat is given up, not kept."""

    number: ClassVar[int] = 6


class Enter(ClientMessage, tag="enter"):
    """Go to a room over the same connection, from another or from the lobby.

    `room` None: the best, of `game` if that is named.
    """

    number: ClassVar[int] = 7
    room: Annotated[str, Meta(max_length=limits.ROOM_CHARS_MAX)] | None = None
    role: Literal["player", "spectator"] = "player"
    game: Annotated[str, Meta(max_length=limits.ROOM_CHARS_MAX)] | None = None


class Open(ClientMessage, tag="open"):
    """Open a room and enter it. A private one isn't listed, and its name can't be guessed."""

    number: ClassVar[int] = 8
    title: Annotated[str, Meta(max_length=limits.TITLE_CHARS_MAX)]
    game: Annotated[str, Meta(max_length=limits.ROOM_CHARS_MAX)]
    arena: Annotated[str, Meta(max_length=limits.ROOM_CHARS_MAX)]
    private: bool = False


class Browse(ClientMessage, tag="browse"):
    """Give the seat up, and be in the lobby."""

    number: ClassVar[int] = 9


class Watch(ClientMessage, tag="watch"):
    """A spectator looks elsewhere: along with `player`; or with 0 at (`x`, `y`), in units."""

    number: ClassVar[int] = 10
    player: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    x: Annotated[int, Meta(ge=0, le=limits.ARENA_SIDE_UNITS_MAX)] = 0
    y: Annotated[int, Meta(ge=0, le=limits.ARENA_SIDE_UNITS_MAX)] = 0


class Rename(ClientMessage, tag="rename"):
    """Be called something else from now on, in a room or in the lobby."""

    number: ClassVar[int] = 13
    name: str


class PlayerInfo(Struct, frozen=True):
    """One line of the roster."""

    id: int
    name: str
    colour: Colour
    bot: bool
    team: int = 0
    """From 1 on; 0: none."""


class Welcome(ServerMessage, tag="welcome"):
    """Everything needed to start. `kinds` and `arena` are what entities on the wire refer to."""

    number: ClassVar[int] = 16
    version: int
    player: int
    room: str
    game: str
    tick: int
    tick_rate: int
    snapshot_rate: int
    cell_units: int
    resume: str
    role: str
    hud: list[str]
    """Names of the integers in `snapshot.hud`, in order."""
    kinds: list[Kind]
    arena: Arena
    players: list[PlayerInfo]
    gun: Gun | None = None
    description: Description | None = None
    """What the game says of itself, for whoever shows it."""
    title: str = ""
    """What people call the room."""


class Event(ServerMessage, tag="event"):
    """Something happened at `tick`; never lost, never out of order. `name` and `body` are the game's."""

    number: ClassVar[int] = 18
    tick: int
    name: str
    body: dict[str, Any]


class Pong(ServerMessage, tag="pong"):
    """The answer to `ping`, with the room's tick when it was written."""

    number: ClassVar[int] = 19
    nonce: int
    tick: int


class ChatLine(ServerMessage, tag="chat"):
    """A line that somebody said, or a `notice` of the server's own. `player` is their number in this room, or 0."""

    number: ClassVar[int] = 20
    player: int
    text: str
    to: Literal["room", "team", "lobby", "notice"] = "room"
    name: str = ""
    old: bool = False
    """Said before the client came: what is remembered of the channel."""
    who: int = 0
    """By which `/mute` and `/report` know them, wherever they are; 0: the server."""


class Error(ServerMessage, tag="error"):
    """The last message was refused; the conversation goes on."""

    number: ClassVar[int] = 21
    code: int
    sentence: str


class Bye(ServerMessage, tag="bye"):
    """The conversation ends; the close frame carries the same code and sentence."""

    number: ClassVar[int] = 22
    code: int
    sentence: str


class RoomInfo(Struct, frozen=True):
    """A room that anybody may enter. `players` have seats, `bots` of them are bots."""

    name: str
    title: str
    game: str
    arena: str
    players: int
    bots: int
    spectators: int
    players_max: int


class GameInfo(Struct, frozen=True):
    """A game that rooms may be opened with, in one of `arenas`. `teams`: how many it has; 0: none. `controls`: as its
    description has them, for whoever isn't in one of its rooms yet."""

    name: str
    title: str
    arenas: list[str]
    teams: int
    controls: tuple[Control, ...] = ()


class Standing(Struct, frozen=True):
    """One line of a podium. `team` 0: none."""

    name: str
    team: int
    score: int


class Podium(Struct, frozen=True):
    """How the last match of a room ended, the best first."""

    room: str
    game: str
    standings: list[Standing]


class LobbyNews(ServerMessage, tag="lobby"):
    """Where one can go. To whoever comes from a room that has ended, once, its `podium` and the `reason`."""

    number: ClassVar[int] = 23
    rooms: list[RoomInfo]
    games: list[GameInfo]
    people: int
    podium: Podium | None = None
    reason: str = ""


class Moved(ServerMessage, tag="moved"):
    """The room is run by another process, at `url`: say hello there, with `room`, `role` and `seat`."""

    number: ClassVar[int] = 26
    url: str
    room: str
    seat: str
    role: Literal["player", "spectator"]


class Homes(ServerMessage, tag="homes"):
    """Where else one may come in: addresses of other servers of the fleet, for when this one is gone."""

    number: ClassVar[int] = 27
    urls: list[str]


SNAPSHOT_NUMBER = 17
"""`snapshot` is built from shared bytes; see `snapshot`."""

CLIENT_MESSAGES: tuple[type[ClientMessage], ...] = (
    Hello,
    Inputs,
    Ping,
    Chat,
    Resync,
    Leave,
    Enter,
    Open,
    Browse,
    Watch,
    Edit,
    Point,
    Rename,
)
SERVER_MESSAGES: tuple[type[ServerMessage], ...] = (
    Welcome,
    Event,
    Pong,
    ChatLine,
    Error,
    Bye,
    LobbyNews,
    Edited,
    Pointed,
    Moved,
    Homes,
)


def is_good_name(name: str) -> bool:
    """1 to 20 printable characters, with no space at either end."""
    return 1 <= len(name) <= limits.NAME_CHARS_MAX and name.isprintable() and name == name.strip()


def is_good_title(title: str) -> bool:
    """1 to 40 printable characters, with no space at either end."""
    return 1 <= len(title) <= limits.TITLE_CHARS_MAX and title.isprintable() and title == title.strip()


def is_good_chat(text: str) -> bool:
    """Printable, and more than blanks."""
    return text.isprintable() and bool(text.strip())
