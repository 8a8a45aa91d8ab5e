"""How the server is, told to its admins while it runs: `ricochet.stats.v1.json`. STATS.md is its picture.

    watcher                         server
    hello (with a token)       ->
                               <-   welcome
                               <-   stats, twice a second
    look (at other sessions)   ->
                               <-   bye (why it ends), then the close frame with the same code

Declared once: the declaration is the validation. On the wire a message is `{"type": name, …}`, text.
"""

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from protocol import limits
from protocol.json_codec import JsonCodec, read
from protocol.messages import RoomInfo

SUBPROTOCOL_STATS: Final = "ricochet.stats.v1.json"
STATS_VERSION: Final = 1
EVERY_S: Final = 0.5
WATCHERS_MAX: Final = 16
ROOMS_SHOWN_MAX: Final = 100
SESSIONS_SHOWN_MAX: Final = 50
SEARCH_CHARS_MAX: Final = 64
LOOKS_PER_SECOND_MAX: Final = 10
LOOKS_BURST_MAX: Final = 50
PAST_MOMENTS_MAX: Final = 600
"""Five minutes that somebody watched, or twenty in which nobody did."""
UNWATCHED_EVERY_S: Final = 2.0
"""A moment is remembered so often while nobody watches."""
PAST_GAUGES: Final = (
    "players",
    "bots",
    "rooms",
    "viewers_blocked",
    "viewers_lagging",
    "waiting_bytes",
    "process_resident_memory_bytes",
)
PAST_RATES: Final = ("sent_bytes", "received_bytes", "inputs_late", "inputs_missing", "process_cpu_seconds")
"""What is remembered of the past: as much as charts show, and no more."""

CODEC: Final = JsonCodec(SUBPROTOCOL_STATS)


class Hello(Struct, tag="hello"):
    version: int
    token: Annotated[str, Meta(max_length=limits.TOKEN_CHARS_MAX)] | None = None


class Look(Struct, tag="look", frozen=True):
    """Which sessions to show from now on: of those that have `search` in them, a page from number `first` on."""

    search: Annotated[str, Meta(max_length=SEARCH_CHARS_MAX)] = ""
    first: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0


class Percentiles(Struct):
    p50: float
    p99: float


class Past(Struct):
    """What has been before somebody came: of each column an entry for each moment, the oldest first."""

    at_ms: list[int]
    seconds: list[float]
    ticks: list[int]
    duration_ms: list[Percentiles | None]
    lateness_ms: list[Percentiles | None]
    gauges: dict[str, list[float | None]]
    """Of some alone: PAST_GAUGES. None: the system can't tell."""
    rates: dict[str, list[float | None]]
    """PAST_RATES."""


class Welcome(Struct, tag="welcome"):
    subject: str | None
    """Who the token says they are."""
    every_s: float
    past: Past


class RoomRow(RoomInfo, frozen=True):
    """A private one, too."""

    entities: int
    tick: int
    tick_rate: int


class FarRoomRow(RoomInfo, frozen=True):
    """One of another process, which is at `url`."""

    url: str


class ProcessRow(Struct, frozen=True):
    """One process of many that share a directory."""

    id: str
    """Of this life of it: by this an order means it."""
    url: str
    is_here: bool
    """The one that tells this."""
    is_open: bool
    """Not while it drains."""
    rooms: int
    people: int
    """In its lobby or its rooms, bots not counted."""
    visitors: int
    players: int
    bots: int
    tick_p99_ms: float | None
    """How long its ticks took in the last five seconds; None: there were none."""
    load: float
    """How many cores were busy with it."""
    lease_s: float | None
    """How long ago the directory last heard it; None: it has no lease."""
    heard_s: float
    """How long ago we last heard it."""


class SessionRow(Struct):
    """A seat, and who sits there or is expected back; or somebody in the lobby."""

    room: str | None
    """None: the lobby."""
    player: int | None
    """None: a spectator, or in the lobby."""
    name: str | None
    """None: a spectator who is away."""
    bot: bool
    connected: bool
    kept_s: float | None
    """For how much longer it is kept; None: somebody sits there."""
    subject: str | None
    role: str
    known_as: str
    """What bans and mutes know them by."""
    muted: bool
    rtt_ms: int
    blocked: bool
    lagging: bool
    session: str | None = None
    """By which an order means this one alone; None: it hasn't come back yet since the server started."""


class Sessions(Struct):
    """One page of them. Of `matches` sessions in all, `rows` are those from number `first` on."""

    search: str
    first: int
    matches: int
    rows: list[SessionRow]


class Stats(Struct, tag="stats"):
    """What has been since the one before, `seconds` ago, and what is now. Names are those of `/metrics`."""

    at_ms: int
    seconds: float
    ticks: int
    duration_ms: Percentiles | None
    """How long a tick took to compute; None: there was none."""
    lateness_ms: Percentiles | None
    gauges: dict[str, float]
    rates: dict[str, float]
    """Of counters, per second."""
    totals: dict[str, float]
    """Of the same counters, since the server started."""
    processes: list[ProcessRow]
    """This one first; none where there is one alone."""
    rooms: list[RoomRow]
    rooms_elsewhere: list[FarRoomRow]
    sessions: Sessions | msgspec.Raw
    """As the watcher last asked for; as bytes, where they are encoded already."""


_CLIENT: Final[Any] = msgspec.json.Decoder(Hello | Look)


def decode_client(wire: bytes | str) -> Hello | Look:
    """What a watcher said. Raises Violation, whatever it was."""
    said: Hello | Look = read(_CLIENT, wire, SUBPROTOCOL_STATS)
    return said
