"""What each parser is meant for: where a fuzzer starts from, and Hypothesis too."""

from functools import cache

from protocol import frames
from protocol.arena import Arena, Place, Rock, Size, Wall
from protocol.codec import Codec
from protocol.messages import (
    Bye,
    Chat,
    ClientMessage,
    Event,
    Hello,
    Inputs,
    Leave,
    Ping,
    Resync,
    ServerMessage,
)
from protocol.motion import Input
from protocol.near import Near, pack_near
from protocol.packing import pack_changes
from tests.fuzz.targets import JSON, MSGPACK
from tests.instruments.stepper import MAPS, Stepper
from tests.server.net.wires import frame, upgrade

SAID: tuple[ClientMessage, ...] = (
    Hello(1, "Ann", "token", "main", "resume", "spectator", True),
    Inputs(100, [Input(1, -2, 3, 1, 2), Input()], 98),
    Ping(7, 20),
    Chat("hello there"),
    Resync(3),
    Leave(),
)
TOLD: tuple[ServerMessage, ...] = (Event(5, "kill", {"killer": 1, "victim": 2, "assists": [3]}), Bye(1000, "goodbye"))
CHANGES = [[3, 1, 5, -6], [9, 127, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [300, 84, 1, 2, 3, 4]]
NEARS = [Near(1, 1.0, 2.0, 3.0, 4.0, 0.25, 1.0, 5, 6)]
SMALL = Arena(
    "box",
    Size(1024, 1024),
    [Place(100, 100)],
    walls=[Wall([(500.0, 200.0), (500.0, 800.0)])],
    rocks=[Rock([(30.0, 0.0), (0.0, 30.0), (-30.0, 0.0), (0.0, -30.0)], 300, 300)],
)
SETTINGS = (
    b'host = "0.0.0.0"\nport = 8000\nmap = "belt"\ntick_rate = 60\norigins = ["http://a.example"]\nmatch_s = 60.5\n'
)


def played(codec: Codec) -> list[bytes]:
    """What a server tells in a few ticks, snapshots included."""
    stepper = Stepper(seed=3)
    client = stepper.connect(codec.subprotocol)
    hello = codec.encode(Hello(1, "Ann"))
    client.session.receive(hello.decode() if codec.is_text else hello, 0.0)
    for tick in range(6):
        stepper.room.advance(tick / 60)
    return [*client.link.sent, *map(codec.encode, TOLD)]


@cache
def examples(target: str) -> list[bytes]:
    """Of what the parser of that name reads."""
    msgpack = [MSGPACK.encode(message) for message in SAID]
    wire = b"".join(frame(message) for message in msgpack)
    mixed = wire + frame(b"hi", 0x89) + frame(b"text", frames.TEXT) + frame(b"\x03\xe8", 0x88)
    found: dict[str, list[bytes]] = {
        "frames_peel": [wire, mixed, frame(b"x" * 200)],
        "sieve": [wire, mixed, frame(b"x" * 200)],
        "msgpack_client": msgpack,
        "json_client": [JSON.encode(message) for message in SAID],
        "packed": [pack_changes(CHANGES), pack_near(NEARS)],
        "arena": [JSON.encode(SMALL), (MAPS / "pinball.json").read_bytes()],  # type: ignore[arg-type]  # any struct
        "config": [SETTINGS],
        "request": [upgrade(), upgrade("ricochet.v1.json", origin="http://friend.example"), b"GET / HTTP/1.1\r\n\r\n"],
        "token": [b"token-1", b"forged"],
        "conversation": [b"".join(bytes((len(message),)) + message for message in msgpack)],
    }
    if target.endswith("_server"):
        return played(MSGPACK if target.startswith("msgpack") else JSON)
    return found[target]
