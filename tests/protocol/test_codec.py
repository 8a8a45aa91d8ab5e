"""Both encodings: every message arrives as it was sent, the bytes are those of PROTOCOL.md, and no bytes do harm."""

import json
from typing import Any

import msgpack
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from protocol import build_messages, messages
from protocol.arena import Arena, Place, Size
from protocol.codec import Codec
from protocol.description import Control
from protocol.kinds import Kind
from protocol.messages import ClientMessage, Message, ServerMessage
from protocol.motion import Input
from protocol.near import pack_near
from protocol.packing import delta_to_plain, keyframe_to_plain
from protocol.plan import Change, Piece, Remove
from protocol.snapshot import CellDelta, CellKeyframe, Own, Snapshot
from tests.instruments import strategies as draw
from tests.instruments.encodings import JSON, MSGPACK, TOLD, both, encode_snapshot, fields_of, pack, wire

SHEET = build_messages.Sheet(Size(512, 512), [(9, Piece("crate", 1, 2))])
# Literal bytes are written in pieces, one field each.
GOLDEN: list[tuple[Message, tuple[bytes, ...], str]] = [
    (
        messages.Hello(1, "Ada", room="north"),
        (b"\x99\x01", b"\x01", b"\xa3Ada", b"\xc0", b"\xa5north", b"\xc0", b"\xa6player", b"\xc2", b"\xc0"),
        '{"type":"hello","version":1,"name":"Ada","token":null,"room":"north","resume":null,"role":"player","bot":false,'
        '"seat":null}',
    ),
    (
        messages.Inputs(300, [Input(-127, 127, 4095, 3, 1), Input()], 298, 168),
        (
            b"\x95\x02",
            b"\xce\x00\x00\x01\x2c",
            b"\x92\x95\xd0\x81\xd0\x7f\xcd\x0f\xff\xcc\x03\xcc\x01",
            b"\x95\xd0\x00\xd0\x00\xcd\x00\x00\xcc\x00\xcc\x00",
            b"\xce\x00\x00\x01\x2a",
            b"\xcd\x00\xa8",
        ),
        '{"type":"inputs","first_tick":300,"entries":[{"move_x":-127,"move_y":127,"aim":4095,"buttons":3,"edges":1},'
        '{"move_x":0,"move_y":0,"aim":0,"buttons":0,"edges":0}],"applied":298,"seen":168}',
    ),
    (messages.Ping(7, 33), (b"\x93\x03", b"\x07", b"\x21"), '{"type":"ping","nonce":7,"rtt_ms":33}'),
    (
        messages.Chat("好", "team"),
        (b"\x93\x04", b"\xa3\xe5\xa5\xbd", b"\xa4team"),
        '{"type":"chat","text":"好","to":"team"}',
    ),
    (messages.Resync(9), (b"\x92\x05", b"\x09"), '{"type":"resync","cell":9}'),
    (messages.Leave(), (b"\x91\x06",), '{"type":"leave"}'),
    (
        messages.Enter("north", game="ball"),
        (b"\x94\x07", b"\xa5north", b"\xa6player", b"\xa4ball"),
        '{"type":"enter","room":"north","role":"player","game":"ball"}',
    ),
    (
        messages.Open("Fun", "ball", "pitch", True),
        (b"\x95\x08", b"\xa3Fun", b"\xa4ball", b"\xa5pitch", b"\xc3"),
        '{"type":"open","title":"Fun","game":"ball","arena":"pitch","private":true}',
    ),
    (messages.Browse(), (b"\x91\x09",), '{"type":"browse"}'),
    (messages.Watch(3, 40, 50), (b"\x94\x0a\x03\x28\x32",), '{"type":"watch","player":3,"x":40,"y":50}'),
    (
        build_messages.Edit(3, [Change(9, x=1.0), Remove(8)], 2, 7),
        (
            b"\x95\x0b",
            b"\x03",
            b"\x92\x83\xa2do\xa6change\xa2id\x09\xa1x\xcb\x3f\xf0" + bytes(6),
            b"\x82\xa2do\xa6remove\xa2id\x08",
            b"\x02",
            b"\x07",
        ),
        '{"type":"edit","serial":3,"steps":[{"do":"change","id":9,"x":1.0},{"do":"remove","id":8}],"since":2,"checksum":7}',
    ),
    (
        build_messages.Point(1.0, 2.0, [9], builds=False),
        (
            b"\x97\x0c",
            b"\xcb\x3f\xf0" + bytes(6),
            b"\xcb\x40" + bytes(7),
            b"\x91\x09",
            b"\xcb" + bytes(8),
            b"\xcb" + bytes(8),
            b"\xc2",
        ),
        '{"type":"point","x":1.0,"y":2.0,"selected":[9],"dx":0.0,"dy":0.0,"builds":false}',
    ),
    (messages.Rename("Bob"), (b"\x92\x0d", b"\xa3Bob"), '{"type":"rename","name":"Bob"}'),
    (
        messages.Welcome(
            version=1,
            player=2,
            room="r",
            game="melee",
            tick=5,
            tick_rate=60,
            snapshot_rate=30,
            cell_units=512,
            resume="t",
            role="player",
            hud=["hull"],
            kinds=[],
            arena=Arena("A", Size(512, 512), [Place(64, 64)]),
            players=[messages.PlayerInfo(2, "Ada", 11, False)],
            title="R",
        ),
        (
            b"\xdc\x00\x12\x10",
            b"\x01",
            b"\x02",
            b"\xa1r",
            b"\xa5melee",
            b"\x05",
            b"\x3c",
            b"\x1e",
            b"\xcd\x02\x00",
            b"\xa1t",
            b"\xa6player",
            b"\x91\xa4hull",
            b"\x90",
            b"\x88\xa4name\xa1A\xa4size\x82\xa5width\xcd\x02\x00\xa6height\xcd\x02\x00",
            b"\xa6spawns\x91\x83\xa1x\x40\xa1y\x40\xa5angle\xcb" + bytes(8),
            b"\xa5walls\x90\xa6blocks\x90\xa5rocks\x90\xa6crates\x90\xa5goals\x90",
            b"\x91\x85\xa2id\x02\xa4name\xa3Ada\xa6colour\x0b\xa3bot\xc2\xa4team\x00",
            b"\xc0",
            b"\xc0",
            b"\xa1R",
        ),
        '{"type":"welcome","version":1,"player":2,"room":"r","game":"melee","tick":5,"tick_rate":60,"snapshot_rate":30,'
        '"cell_units":512,"resume":"t","role":"player","hud":["hull"],"kinds":[],"arena":{"name":"A",'
        '"size":{"width":512,"height":512},"spawns":[{"x":64,"y":64,"angle":0.0}],"walls":[],"blocks":[],"rocks":[],'
        '"crates":[],"goals":[]},"players":[{"id":2,"name":"Ada","colour":11,"bot":false,"team":0}],"gun":null,"description":null,'
        '"title":"R"}',
    ),
    (
        messages.Event(5, "left", {"id": 2}),
        (b"\x94\x12", b"\x05", b"\xa4left", b"\x81\xa2id\x02"),
        '{"type":"event","tick":5,"name":"left","body":{"id":2}}',
    ),
    (messages.Pong(7, 5), (b"\x93\x13", b"\x07", b"\x05"), '{"type":"pong","nonce":7,"tick":5}'),
    (
        messages.ChatLine(2, "hi", "lobby", "Ada", True, 9),
        (b"\x97\x14", b"\x02", b"\xa2hi", b"\xa5lobby", b"\xa3Ada", b"\xc3", b"\x09"),
        '{"type":"chat","player":2,"text":"hi","to":"lobby","name":"Ada","old":true,"who":9}',
    ),
    (
        messages.Error(4018, "slow down"),
        (b"\x93\x15", b"\xcd\x0f\xb2", b"\xa9slow down"),
        '{"type":"error","code":4018,"sentence":"slow down"}',
    ),
    (
        messages.Bye(1000, "bye"),
        (b"\x93\x16", b"\xcd\x03\xe8", b"\xa3bye"),
        '{"type":"bye","code":1000,"sentence":"bye"}',
    ),
    (
        messages.LobbyNews(
            [messages.RoomInfo("r", "R", "ball", "a", 2, 1, 0, 64)],
            [messages.GameInfo("ball", "Ball", ["a"], 2, (Control(button="fire", does="kick"),))],
            3,
            messages.Podium("r", "ball", [messages.Standing("Ada", 1, 5)]),
            "over",
        ),
        (
            b"\x96\x17",
            b"\x91\x88\xa4name\xa1r\xa5title\xa1R\xa4game\xa4ball\xa5arena\xa1a",
            b"\xa7players\x02\xa4bots\x01\xaaspectators\x00\xabplayers_max\x40",
            b"\x91\x85\xa4name\xa4ball\xa5title\xa4Ball\xa6arenas\x91\xa1a\xa5teams\x02",
            b"\xa8controls\x91\x82\xa6button\xa4fire\xa4does\xa4kick",
            b"\x03",
            b"\x83\xa4room\xa1r\xa4game\xa4ball\xa9standings\x91\x83\xa4name\xa3Ada\xa4team\x01\xa5score\x05",
            b"\xa4over",
        ),
        '{"type":"lobby","rooms":[{"name":"r","title":"R","game":"ball","arena":"a","players":2,"bots":1,'
        '"spectators":0,"players_max":64}],"games":[{"name":"ball","title":"Ball","arenas":["a"],"teams":2,'
        '"controls":[{"button":"fire","does":"kick"}]}],'
        '"people":3,"podium":{"room":"r","game":"ball","standings":[{"name":"Ada","team":1,"score":5}]},"reason":"over"}',
    ),
    (
        build_messages.Edited(
            4, 2, 0, [], 7, heard=3, plan=build_messages.Sheet(Size(512, 512), [(9, Piece("crate", 1, 2))])
        ),
        (
            b"\x9a\x18",
            b"\x04",
            b"\x02",
            b"\x00",
            b"\x90",
            b"\x07",
            b"\xa0",
            b"\x03",
            b"\xc2",
            b"\x82\xa4size\x82\xa5width\xcd\x02\x00\xa6height\xcd\x02\x00",
            b"\xa6pieces\x91\x92\x09\x83\xa4kind\xa5crate\xa1x\x01\xa1y\x02",
        ),
        '{"type":"edited","revision":4,"player":2,"serial":0,"steps":[],"checksum":7,"refused":"","heard":3,"may_edit":false,'
        '"plan":{"size":{"width":512,"height":512},"pieces":[[9,{"kind":"crate","x":1,"y":2}]]}}',
    ),
    (
        build_messages.Pointed([build_messages.Pointer(2, 1, 2, [9], 0, 0, True)]),
        (
            b"\x92\x19",
            b"\x91\x87\xa6player\x02\xa1x\x01\xa1y\x02\xa8selected\x91\x09\xa2dx\x00\xa2dy\x00\xa6builds\xc3",
        ),
        '{"type":"pointed","people":[{"player":2,"x":1,"y":2,"selected":[9],"dx":0,"dy":0,"builds":true}]}',
    ),
    (
        messages.Moved("https://b.example", "r", "x.y.z", "player"),
        (b"\x95\x1a", b"\xb1https://b.example", b"\xa1r", b"\xa5x.y.z", b"\xa6player"),
        '{"type":"moved","url":"https://b.example","room":"r","seat":"x.y.z","role":"player"}',
    ),
    (
        messages.Homes(["https://b.example"]),
        (b"\x92\x1b", b"\x91\xb1https://b.example"),
        '{"type":"homes","urls":["https://b.example"]}',
    ),
]


@pytest.mark.parametrize(("message", "pieces", "text"), GOLDEN, ids=[type(row[0]).__name__ for row in GOLDEN])
def test_the_bytes_are_the_ones_that_the_page_says(message: Message, pieces: tuple[bytes, ...], text: str) -> None:
    assert MSGPACK.encode(message) == b"".join(pieces)
    assert JSON.encode(message).decode() == text


def test_every_message_has_golden_bytes() -> None:
    assert [type(message) for message, _, _ in GOLDEN] == [*messages.CLIENT_MESSAGES, *messages.SERVER_MESSAGES]


def test_a_snapshot_in_msgpack_is_positional_and_its_records_are_flat() -> None:
    pieces = (
        b"\x99\x11",
        b"\xcd\x03\xe8",
        b"\xcd\x03\xe6",
        b"\xfd",
        b"\x96\x07\xcb\x3f\xf8" + bytes(6) + b"\xcb" + bytes(8) + b"\xcb\xc0" + bytes(7) + b"\xcb" + bytes(8) + b"\x5a",
        b"\x91\x64",
        b"\x91\x04",
        b"\xc4\x10\x09\x00\xff\xfa\xc0\x7f\xf0\x4a\xff\xff\x00\x80\x00\x04\x7f\x81",
        b"\x92",
        b"\x93\x00\xce\xde\xad\xbe\xef",
        b"\x9e\x07\x00\x00\x02\x0f\x0a\xcd\x10\x00\xff\x10\x00\xd0\x80\x00\x7f\x00",
        b"\x94\x01\xc4\x05",
        b"\x08\x21\x04\x01\x0c",
        b"\xc0\x91\x03",
    )
    assert encode_snapshot(MSGPACK, TOLD) == b"".join(pieces)


@given(
    message=draw.server_messages | draw.client_messages.filter(lambda message: not isinstance(message, messages.Inputs))
)
def test_a_message_is_what_msgpack_would_make_of_it(message: Message) -> None:
    fields = [msgspec.to_builtins(getattr(message, name)) for name in message.__struct_fields__]
    assert MSGPACK.encode(message) == msgpack.packb([message.number, *fields])


@given(told=draw.snapshots())
def test_a_snapshot_is_what_msgpack_would_make_of_it(told: Snapshot) -> None:
    own = told.own and astuple(told.own)
    near = pack_near(told.near) if told.near else None
    head = [17, told.tick, told.ack, told.slack_ms, own, told.hud, told.left, near]
    to_plain: dict[type, Any] = {CellKeyframe: keyframe_to_plain, CellDelta: delta_to_plain}
    cells = [to_plain[type(cell)](cell, told.tick) for cell in told.cells]
    assert encode_snapshot(MSGPACK, told) == msgpack.packb([*head, cells])


@both
@given(message=draw.client_messages)
def test_a_client_is_heard_as_it_spoke(codec: Codec, message: ClientMessage) -> None:
    heard = codec.decode_client(wire(codec, codec.encode(message)))
    assert isinstance(heard, type(message))
    assert fields_of(heard) == fields_of(message)


@both
@given(message=draw.server_messages)
def test_a_server_is_heard_as_it_spoke(codec: Codec, message: ServerMessage) -> None:
    heard = codec.decode_server(wire(codec, codec.encode(message)))
    assert isinstance(heard, type(message))
    assert fields_of(heard) == fields_of(message)


@both
@given(told=draw.snapshots())
def test_a_snapshot_arrives_as_it_was_told(codec: Codec, told: Snapshot) -> None:
    assert codec.decode_server(wire(codec, encode_snapshot(codec, told))) == told


@both
@pytest.mark.parametrize("count", [0, 15, 16, 17, 300])
def test_a_snapshot_may_hold_any_number_of_cells(codec: Codec, count: int) -> None:
    told = Snapshot(1, 0, None, None, None, [], None, [CellDelta(cell, None, [], [], []) for cell in range(count)])
    assert codec.decode_server(wire(codec, encode_snapshot(codec, told))) == told


@both
@given(own=st.builds(Own, st.integers(0, 9), *[st.floats(allow_nan=False, allow_infinity=False)] * 4, st.just(0)))
def test_the_own_ship_arrives_to_the_last_bit(codec: Codec, own: Own) -> None:
    told = codec.decode_server(wire(codec, codec.snapshot(1, 0, None, own, None, (), b"", 0, b"")))
    assert isinstance(told, Snapshot)
    assert told.own is not None
    assert [value.hex() for value in (told.own.x, told.own.y, told.own.vx, told.own.vy)] == [
        value.hex() for value in (own.x, own.y, own.vx, own.vy)
    ]


@given(message=draw.client_messages, unknown=st.lists(draw.anything_plain, min_size=1, max_size=3))
def test_fields_after_the_known_ones_are_ignored(message: ClientMessage, unknown: list[object]) -> None:
    longer = [*msgspec.msgpack.decode(MSGPACK.encode(message)), *unknown]
    assert fields_of(MSGPACK.decode_client(pack(longer))) == fields_of(message)


def test_an_input_may_have_fields_that_are_not_known_yet() -> None:
    heard = MSGPACK.decode_client(pack([2, 5, [[1, 2, 3, 1, 2, "later"]]]))
    assert fields_of(heard) == fields_of(messages.Inputs(5, [Input(1, 2, 3, 1, 2)]))


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ([1, 1, "Ada"], messages.Hello(1, "Ada")),
        ([2, 5, [[1]]], messages.Inputs(5, [Input(1)])),
        ([2, 5, [[]]], messages.Inputs(5, [Input()])),
        ([3, 7], messages.Ping(7)),
    ],
)
def test_trailing_fields_with_defaults_may_be_left_out(plain: list[object], message: ClientMessage) -> None:
    assert fields_of(MSGPACK.decode_client(pack(plain))) == fields_of(message)


def test_a_kind_that_breaks_its_own_rules_is_not_a_message() -> None:
    said = json.loads(JSON.encode(GOLDEN[6][0]))
    said["kinds"] = [json.loads(msgspec.json.encode(Kind(name="a", category="ship", radius=1, mass=1))) | {"mass": 0}]
    with pytest.raises(ValueError, match="not a message of a server"):
        JSON.decode_server(json.dumps(said))
