"""What each parser is meant for: where a fuzzer starts from, and Hypothesis too."""

import json
from functools import cache
from random import Random

import msgspec

from protocol import frames, stats
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
    Rename,
    Resync,
    ServerMessage,
    Watch,
)
from protocol.motion import Input
from protocol.near import Near, pack_near
from protocol.packing import pack_changes
from protocol.replay import Replay, messages_of
from server.checkpoint import VERSION, capture, seal
from server.cluster.decisions import Decision
from server.cluster.news import Asked, Decided, Line, Vitals, told
from server.register import VERSION as REGISTER_VERSION
from server.register import write_down
from server.restrictions import Restrictions
from server.sealed import disclose
from server.standings.guests import VERSION as KEYS_VERSION
from server.standings.guests import write_keys
from tests.fuzz.papers import GUESTS, SMALL
from tests.fuzz.targets import JSON, MSGPACK
from tests.instruments.keys import ED25519, HMAC, NOW_UNIX_S, RSA, jwks, token
from tests.instruments.recordings import Reels, builders
from tests.instruments.stepper import MAPS, Stepper, wander
from tests.server.net.wires import frame, upgrade

SAID: tuple[ClientMessage, ...] = (
    Hello(1, "Ann", "token", "main", "resume", "spectator", True),
    Inputs(100, [Input(1, -2, 3, 1, 2), Input()], 98),
    Ping(7, 20),
    Chat("hello there"),
    Chat('/report "Ann B" #3 spam', "lobby"),
    Resync(3),
    Leave(),
    Watch(3, 100, 200),
    Rename("Bob"),
)
TOLD: tuple[ServerMessage, ...] = (Event(5, "kill", {"killer": 1, "victim": 2, "assists": [3]}), Bye(1000, "goodbye"))
CHANGES = [[3, 1, 5, -6], [9, 127, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [300, 84, 1, 2, 3, 4]]
NEARS = [Near(1, 1.0, 2.0, 3.0, 4.0, 0.25, 1.0, 5, 6)]
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


ORDERS = (
    b'{"room": "main", "player": 2, "seconds": 60.5, "reason": "spam"}',
    b'{"subject": "eve"}',
    b'{"room": "main"}',
)
FORWARDED = (b'for=1.1.1.1;proto=https;host=game.example, for="[2001:db8::1]:80"', b"1.1.1.1, 10.0.0.7", b"https")


def checkpoints() -> list[bytes]:
    """One as it is, and the body of one."""
    stepper = Stepper(seed=3, arena=SMALL)
    ann, _ = stepper.join("Ann"), stepper.join("Bob")
    ann.pilot = wander(Random(1))
    stepper.step(30)
    whole = seal(capture(stepper.room, stepper.lobby.save_seats(stepper.room, 1.0)))
    return [whole, disclose(whole, VERSION)]


def registers() -> list[bytes]:
    bans = Restrictions()
    bans.add("subject:eve", 60.0, "spam", 0.0)
    whole = write_down(bans, bans, 0.0, float(NOW_UNIX_S))
    return [whole, disclose(whole, REGISTER_VERSION)]


def replays(target: str) -> list[bytes]:
    """A file, or what is in its chunks, of a small match."""
    stepper = Stepper(seed=3, arena=SMALL)
    reels = Reels(stepper)
    for n in range(2):
        stepper.join(f"Player {n}").pilot = wander(Random(n))
    stepper.step(40)
    reels.tape.finish()
    _, building = builders(4)
    building.tape.finish()
    files = [played.reels[0].file for played in (reels, building)]
    if target == "replay":
        return files
    return [_items(messages_of(Replay(file).chunks[0])) for file in files]


def _items(messages: list[bytes]) -> bytes:
    return b"".join(len(item).to_bytes(4, "little") + item for item in messages)


def claims(**more: object) -> bytes:
    return json.dumps({"sub": "ann", "exp": NOW_UNIX_S + 60, "aud": "game", "role": "editor", **more}).encode()


def papers(target: str) -> list[bytes]:
    """Of what the parser of that name in `tests.fuzz.papers` reads."""
    match target:
        case "signed_token":
            return [token(aud="game").encode(), token(aud=["game"], role="admin").encode()]
        case "token_claims":
            return [claims(), claims(nbf=1, iat=1.5, iss="us"), claims() + b'\n{"typ": "JWT", "crit": ["b64"]}']
        case "key_set":
            return [jwks(RSA, ED25519), jwks(HMAC)]
        case "other_process":
            line = Line(1, "Ann", "address:::1", "address:::1 ann", "hello")
            ban = Decided([Decision("ban", "subject:eve", 1, 2, reason="spam")])
            return [told("a1", what) for what in (Vitals("https://a", tick_p99_ms=1.5), line, ban, Asked("7", "kick"))]
        case "checkpoint":
            return checkpoints()
        case "restrictions":
            return registers()
        case "guest_cookie":
            return [f"a=b; ricochet_guest={GUESTS.cookie_of('a' * 22, NOW_UNIX_S)}".encode()]
        case "guest_keys":
            return [write_keys(GUESTS), disclose(write_keys(GUESTS), KEYS_VERSION)]
    return list({"order": ORDERS, "forwarded": FORWARDED}[target])


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
        "stats_client": [
            msgspec.json.encode(said) for said in (stats.Hello(1, "token"), stats.Hello(1), stats.Look("ann", 50))
        ],
        "packed": [pack_changes(CHANGES), pack_near(NEARS)],
        "arena": [JSON.encode(SMALL), (MAPS / "pinball.json").read_bytes()],  # type: ignore[arg-type]  # any struct
        "config": [SETTINGS],
        "request": [
            upgrade(),
            upgrade(stats.SUBPROTOCOL_STATS, path="/stats"),
            upgrade("ricochet.v1.json", origin="http://friend.example"),
            b"GET / HTTP/1.1\r\n\r\n",
        ],
        "token": [b"token-1", b"forged"],
        "conversation": [b"".join(bytes((len(message),)) + message for message in msgpack)],
    }
    if target.startswith("replay"):
        return replays(target)
    if target.endswith("_server"):
        return played(MSGPACK if target.startswith("msgpack") else JSON)
    return found[target] if target in found else papers(target)
