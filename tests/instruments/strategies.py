"""Hypothesis strategies for what crosses the wire: kinds, inputs, records and every message of a conversation.

Everything drawn here is valid: it fits the ranges of PROTOCOL.md, so a test that draws it may demand success.
`anything_plain` is the opposite, what a stranger might send.
"""

from hypothesis import strategies as st
from msgspec import UNSET

from protocol import build_messages, limits, messages
from protocol.arena import Arena, Place, Size
from protocol.kinds import Kind
from protocol.limits import TICK_MAX
from protocol.motion import Input
from protocol.near import Near
from protocol.plan import KINDS, Add, AnyStep, Change, Piece, Remove
from protocol.reckoning import Published
from protocol.snapshot import FIELD_NAMES, CellDelta, CellKeyframe, Moved, Own, Snapshot

tick_rates = st.sampled_from([20, 30, 60, 120])
ticks = st.integers(0, TICK_MAX)
axes = st.integers(-127, 127)
lines = st.text(min_size=1, max_size=30)
codes = st.integers(1000, 4999)
speeds = st.floats(-2000, 2000)
coordinates = st.floats(0, limits.ARENA_SIDE_UNITS_MAX)
channels = st.sampled_from(["room", "team", "lobby"])
maybe_tokens = st.none() | st.text(max_size=40)

inputs = st.builds(Input, axes, axes, aim=st.integers(0, 4095), buttons=st.integers(0, 255), edges=st.integers(0, 255))


@st.composite
def kinds(draw: st.DrawFn) -> Kind:
    """Any sort of entity, with or without drag; only what has drag has thrust."""
    drag = draw(st.just(0.0) | st.floats(0.05, 8.0))
    return Kind(
        name=draw(lines),
        category=draw(st.sampled_from(["ship", "shot", "rock", "crate", "pickup", "ball"])),
        shape=draw(st.sampled_from(["circle", "box", "polygon"])),
        radius=draw(st.floats(1, 100)),
        mass=draw(st.floats(0.1, 100)),
        drag=drag,
        thrust=draw(st.floats(0, 2000)) if drag else 0.0,
        velocity_scale=draw(st.sampled_from([8, 16, 32, 64])),
    )


def records(tick: st.SearchStrategy[int] = ticks) -> st.SearchStrategy[Published]:
    """What might be believed of an entity since `tick`."""
    return st.builds(
        Published,
        id=st.integers(0, 65535),
        kind=st.integers(0, 7),
        variant=st.integers(0, 255),
        owner=st.integers(0, limits.PLAYERS_PER_ROOM_MAX),
        status=st.integers(0, 255),
        tick=tick,
        x=st.integers(-1000, 8 * limits.ARENA_SIDE_UNITS_MAX),
        y=st.integers(-1000, 8 * limits.ARENA_SIDE_UNITS_MAX),
        vx=st.integers(-60_000, 60_000),
        vy=st.integers(-60_000, 60_000),
        angle=st.integers(-128, 127),
        spin=st.integers(-40_000, 40_000),
        move_x=axes,
        move_y=axes,
    )


_SIGNED = st.integers(-(2**20), 2**20)
_BYTE = st.integers(-128, 127)
_FIELDS = {"dangle": _BYTE, "move_x": axes, "move_y": axes, "age": st.integers(0, 200)}


@st.composite
def changes(draw: st.DrawFn) -> list[int]:
    """A `changed` record: id, mask, and the integers that the mask asks for."""
    mask = draw(st.integers(0, 127))
    names = [name for field, names in FIELD_NAMES.items() if mask & field for name in names]
    return [draw(st.integers(0, 65535)), mask, *(draw(_FIELDS.get(name, _SIGNED)) for name in names)]


def change_lists(max_size: int) -> st.SearchStrategy[list[list[int]]]:
    """The records of one cell: ids ascend."""
    several = st.lists(changes(), max_size=max_size, unique_by=lambda change: change[0])
    return several.map(sorted)


_INT16 = st.integers(-(2**15), 2**15 - 1)
nears = st.builds(
    lambda entity, dx, dy, vx, vy, angle, spin, move_x, move_y: Near(
        entity, dx / 64, dy / 64, vx / 16, vy / 16, angle / 65536, spin / 4096, move_x, move_y
    ),
    st.integers(0, 65535), *[_INT16] * 6, axes, axes,
)  # fmt: skip
"""What a record of `snapshot.near` can say."""


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """What a viewer might be told: own state or none, and a few cells of both sorts."""
    tick = draw(st.integers(1000, TICK_MAX))
    entities = st.lists(records(st.integers(tick - 1000, tick)), max_size=4)
    cells = st.integers(0, 1023)
    checksums = st.integers(0, 2**32 - 1)
    keyframe = st.builds(CellKeyframe, cells, checksums, entities)
    ids = st.lists(st.integers(0, 65535), max_size=4)
    moved = st.lists(st.builds(Moved, cells, change_lists(2)), max_size=2)
    delta = st.builds(CellDelta, cells, st.none() | checksums, ids, entities, change_lists(4), moved)
    own = st.builds(Own, st.integers(0, 65535), coordinates, coordinates, speeds, speeds, st.integers(0, 360))
    hud = st.lists(st.integers(-1, TICK_MAX), max_size=6)
    return Snapshot(
        tick,
        draw(st.integers(0, tick)),
        draw(st.none() | st.integers(-5000, 5000)),
        draw(st.none() | own),
        draw(st.none() | hud),
        draw(st.lists(cells, max_size=20)),
        draw(st.none() | st.lists(nears, min_size=1, max_size=8)),
        draw(st.lists(keyframe | delta, max_size=20)),
    )


places = st.builds(Place, coordinates, coordinates, st.floats(-7, 7))
arenas = st.builds(
    Arena, st.text(min_size=1, max_size=40), st.builds(Size, *[st.floats(512, 16384)] * 2), st.lists(places, min_size=1)
)
players = st.builds(
    messages.PlayerInfo, st.integers(1, 1500), lines, st.integers(0, 11), st.booleans(), st.integers(0, 4)
)
bodies = st.dictionaries(lines, st.integers(-1000, 1000) | lines | st.lists(st.integers(0, 9), max_size=3), max_size=3)

standings = st.builds(messages.Standing, lines, st.integers(0, 4), st.integers(-1000, 1000))
podiums = st.builds(messages.Podium, lines, lines, st.lists(standings, max_size=3))
room_infos = st.builds(messages.RoomInfo, lines, lines, lines, lines, *[st.integers(0, 1500)] * 4)
game_infos = st.builds(messages.GameInfo, lines, lines, st.lists(lines, max_size=3), st.integers(0, 4))
room_names = st.none() | st.text(max_size=limits.ROOM_CHARS_MAX)

serials = st.integers(0, TICK_MAX)
units = st.floats(-limits.ARENA_SIDE_UNITS_MAX, limits.ARENA_SIDE_UNITS_MAX)
piece_ids = st.integers(1, 2**53 - 1)
spots = st.lists(st.tuples(units, units), max_size=4).map(tuple)
pieces = st.builds(
    Piece,
    st.sampled_from(KINDS),
    units,
    units,
    angle=st.floats(-7, 7),
    points=spots,
    radius=units,
    closed=st.booleans(),
    width=units,
    height=units,
    team=st.integers(0, 255),
)
edits: st.SearchStrategy[list[AnyStep]] = st.lists(
    st.builds(Add, piece_ids, pieces)
    | st.builds(Change, piece_ids, x=units, points=st.just(UNSET) | spots, closed=st.just(UNSET) | st.booleans())
    | st.builds(Remove, piece_ids),
    max_size=4,
)
client_messages: st.SearchStrategy[messages.ClientMessage] = st.one_of(
    st.builds(
        messages.Hello,
        st.integers(0, 9),
        lines,
        maybe_tokens,
        maybe_tokens,
        maybe_tokens,
        st.sampled_from(["player", "spectator", "visitor"]),
        st.booleans(),
    ),
    st.builds(
        messages.Inputs,
        ticks,
        st.lists(inputs, min_size=1, max_size=limits.INPUTS_PER_MESSAGE_MAX),
        applied=ticks,
        seen=st.integers(0, 65535),
    ),
    st.builds(messages.Ping, st.integers(0, 2**53 - 1), rtt_ms=st.integers(0, 60_000)),
    st.builds(messages.Chat, st.text(min_size=1, max_size=limits.CHAT_CHARS_MAX), channels),
    st.builds(messages.Resync, st.integers(0, 65535)),
    st.builds(messages.Leave),
    st.builds(messages.Watch, st.integers(0, 2**31 - 1), *[st.integers(0, limits.ARENA_SIDE_UNITS_MAX)] * 2),
    st.builds(messages.Rename, lines),
    st.builds(messages.Enter, room_names, st.sampled_from(["player", "spectator"]), room_names),
    st.builds(messages.Open, lines, lines, lines, st.booleans()),
    st.builds(messages.Browse),
    st.builds(build_messages.Edit, serials, edits, since=st.integers(-1, TICK_MAX), checksum=st.integers(0, 2**32 - 1)),
    st.builds(build_messages.Point, units, units, st.lists(piece_ids, max_size=3), units, units, st.booleans()),
)
server_messages: st.SearchStrategy[messages.ServerMessage] = st.one_of(
    st.builds(
        messages.Welcome,
        st.just(limits.PROTOCOL_VERSION),
        st.integers(1, limits.PLAYERS_PER_ROOM_MAX),
        lines,
        lines,
        ticks,
        tick_rates,
        tick_rates,
        st.integers(1, 4096),
        lines,
        st.sampled_from(["player", "spectator"]),
        st.lists(lines, max_size=6),
        st.lists(kinds(), max_size=3),
        arenas,
        st.lists(players, max_size=3),
    ),
    st.builds(messages.Event, ticks, lines, bodies),
    st.builds(messages.Pong, st.integers(0, 2**53 - 1), ticks),
    st.builds(
        messages.ChatLine,
        st.integers(0, 1500),
        lines,
        channels | st.just("notice"),
        lines,
        st.booleans(),
        st.integers(0, 2**53),
    ),
    st.builds(messages.Error, codes, lines),
    st.builds(messages.Bye, codes, lines),
    st.builds(
        messages.LobbyNews,
        st.lists(room_infos, max_size=3),
        st.lists(game_infos, max_size=2),
        st.integers(0, 4096),
        st.none() | podiums,
        lines,
    ),
    st.builds(
        build_messages.Edited,
        serials,
        st.integers(1, 1500),
        serials,
        edits,
        st.integers(0, 2**32 - 1),
        refused=st.just("") | lines,
        heard=serials,
        may_edit=st.booleans(),
        plan=st.none()
        | st.builds(
            build_messages.Sheet,
            st.builds(Size, *[st.floats(512, 16384)] * 2),
            st.lists(st.tuples(piece_ids, pieces), max_size=3),
        ),
    ),
    st.builds(
        build_messages.Pointed,
        st.lists(
            st.builds(
                build_messages.Pointer,
                st.integers(1, 1500),
                units,
                units,
                st.lists(piece_ids, max_size=3),
                units,
                units,
                st.booleans(),
            ),
            max_size=3,
        ),
    ),
)

anything_plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
"""Whatever msgpack can say; JSON says all of it except bytes, NaN and infinities."""
