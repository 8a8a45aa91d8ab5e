"""Clients that mean no good, or know no better. None of them may be noticed by anybody else.

Each does its deed over connections of its own, again and again, and hears (or doesn't) what comes of it.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Final

import msgpack

from protocol import limits
from protocol.messages import Chat, Hello, Inputs, Ping, Resync
from protocol.motion import Input
from tests.server.net.wires import upgrade
from tests.simulation.conversation import CLOSE, PING, Conversation

if TYPE_CHECKING:
    from tests.simulation.world import World

HELLO: Final = Hello(limits.PROTOCOL_VERSION, "Mallory")
Deed = Callable[["Hostile", Conversation, float], None]
HEADS: Final = (
    b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /api/rooms HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /play HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc",
    b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 4000,
    b"GET /" + b"x" * 20_000,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    upgrade(origin="http://elsewhere.example"),
    upgrade(sec_websocket_version="8"),
    upgrade("chess.v1"),
    upgrade(path="/elsewhere"),
    upgrade(sec_websocket_extensions="permessage-deflate; client_max_window_bits"),
)


class Hostile:
    """One of a kind; `deed` is called at each step of an open conversation after hello was said."""

    def __init__(self, world: World, random: Random) -> None:
        self.world, self.random = world, random
        self.kind = random.choice(tuple(DEEDS))
        self.is_done = False
        self.talk: Conversation | None = None
        self.done = 0
        """How often, in this conversation."""
        self._back_s = world.now_s + random.uniform(0.0, 1.5)
        self._until_s = 0.0
        self._head = b""

    def step(self, now_s: float) -> None:
        if self.talk is None:
            if now_s >= self._back_s and not self.is_done:
                self._begin(now_s)
            return
        talk = self.talk
        before = talk.status
        talk.step(now_s)
        if self.kind in ("mute", "slow handshakes", "bad requests"):
            self._drip(talk, now_s)
        elif talk.status == 101:
            if before != 101 and self.kind != "silence before hello":
                talk.say(self._hello(), now_s)
            DEEDS[self.kind](self, talk, now_s)
        if talk.is_over or now_s > self._until_s:
            talk.connection.cut()
            self.talk = None
            self._back_s = now_s + self.random.uniform(0.1, 2.0)

    def _begin(self, now_s: float) -> None:
        self.done = 0
        self._until_s = now_s + self.random.uniform(0.5, 6.0)
        connection = self.world.connect(self.random, "Mallory")
        self.talk = Conversation(connection, limits.SUBPROTOCOL_MSGPACK, self.random, lambda wire: None)
        self.world.faults[f"hostile: {self.kind}"] += 1
        self._head = self.random.choice(HEADS)
        if self.kind not in ("mute", "slow handshakes", "bad requests"):
            self.talk.begin(now_s)
        elif self.kind == "bad requests":
            self.talk.connection.say(self._mutated(self._head), now_s)

    def _hello(self) -> Hello:
        token = self.world.stolen_token(self.random) if self.kind == "steal" and self.random.random() < 0.5 else None
        if token is None:
            return HELLO
        self.world.faults["stolen tokens"] += 1
        return Hello(limits.PROTOCOL_VERSION, "Mallory", resume=token)

    def _mutated(self, data: bytes) -> bytes:
        changed = bytearray(data)
        for _ in range(self.random.choice((0, 0, 1, 3))):
            changed[self.random.randrange(len(changed))] = self.random.randrange(256)
        return bytes(changed[: self.random.randrange(1, len(changed) + 1)] if self.random.random() < 0.2 else changed)

    def _drip(self, talk: Conversation, now_s: float) -> None:
        if self.kind == "slow handshakes" and self.random.random() < 0.1 and self._head:
            talk.connection.say(self._head[:1], now_s)
            self._head = self._head[1:]

    def once(self) -> bool:
        """True the first time in each conversation."""
        self.done += 1
        return self.done == 1


def _silence(who: Hostile, talk: Conversation, now_s: float) -> None:
    """Says nothing more."""


def _never_read(who: Hostile, talk: Conversation, now_s: float) -> None:
    talk.connection.reads = False
    if who.random.random() < 0.2:
        talk.say(Ping(1), now_s)
        talk.say(Inputs(who.world.tick + 3, [Input(who.random.randint(-127, 127), 0, 0, 1)]), now_s)


def _flood(who: Hostile, talk: Conversation, now_s: float) -> None:
    for _ in range(who.random.randrange(60)):
        message = who.random.choice((Ping(1), Chat("spam"), Resync(who.random.randrange(16)), Inputs(1, [Input()])))
        talk.say(message, now_s)


def _garbage_messages(who: Hostile, talk: Conversation, now_s: float) -> None:
    if who.done < 3 and who.random.random() < 0.1:
        who.done += 1
        talk.say_payload(who.random.choice(_PAYLOADS)(who.random), now_s)


def _garbage_frames(who: Hostile, talk: Conversation, now_s: float) -> None:
    if who.random.random() < 0.1 and who.once():
        talk.connection.say(who.random.choice(_FRAMES)(who.random), now_s)


def _half_a_frame(who: Hostile, talk: Conversation, now_s: float) -> None:
    """And the other half never."""
    if who.once():
        talk.connection.say(b"\x82\xfe\x20\x00abcd" + b"x" * who.random.randrange(8000), now_s)


def _close_and_go_on(who: Hostile, talk: Conversation, now_s: float) -> None:
    if who.once():
        talk.say_frame(who.random.choice((b"", b"\x03\xe8", b"\x03", b"\x0b\xb8?")), CLOSE, now_s)
    talk.say(Ping(2), now_s)


def _control_frames(who: Hostile, talk: Conversation, now_s: float) -> None:
    for _ in range(who.random.randrange(20)):
        talk.say_frame(who.random.randbytes(who.random.randrange(126)), who.random.choice((PING, 0x8A)), now_s)


def _steal(who: Hostile, talk: Conversation, now_s: float) -> None:
    """Says hello again, with somebody's token."""
    token = who.world.stolen_token(who.random)
    if token is not None and who.once():
        who.world.faults["stolen tokens shown too late"] += 1
        talk.say(Hello(limits.PROTOCOL_VERSION, "Mallory", resume=token), now_s)


def _odd_inputs(who: Hostile, talk: Conversation, now_s: float) -> None:
    """Valid numbers in the worst places: far ahead, long past, over and over."""
    first = who.random.choice((0, 1, who.world.tick, who.world.tick + 119, who.world.tick + 10_000, 2**31 - 1))
    entries = [Input(127, -127, 4095, 255, 255)] * who.random.randrange(1, 33)
    if first + len(entries) <= 2**31 and who.random.random() < 0.3:
        talk.say(Inputs(first, entries, who.random.choice((0, who.world.tick, 2**31 - 1))), now_s)


DEEDS: Final[dict[str, Deed]] = {
    "mute": _silence,
    "slow handshakes": _silence,
    "bad requests": _silence,
    "silence before hello": _silence,
    "silence after hello": _silence,
    "never read": _never_read,
    "flood": _flood,
    "garbage messages": _garbage_messages,
    "garbage frames": _garbage_frames,
    "half a frame": _half_a_frame,
    "close and go on": _close_and_go_on,
    "control frames": _control_frames,
    "steal": _steal,
    "odd inputs": _odd_inputs,
}

_PAYLOADS: Final[tuple[Callable[[Random], bytes], ...]] = (
    lambda random: random.randbytes(random.randrange(1, 200)),
    lambda random: b"",
    lambda random: b"\x91" * limits.MESSAGE_BYTES_MAX,
    lambda random: b"\xdd\xff\xff\xff\xff",
    lambda random: bytes(msgpack.packb([random.randrange(30), random.random(), [], {}])),
    lambda random: bytes(msgpack.packb([1, 1, "x" * random.randrange(1000)])),
    lambda random: bytes(msgpack.packb([2, 2**31 - 1, [[0, 0, 0, 0, 0]] * 33, 0])),
    lambda random: bytes(msgpack.packb([4, "\u202e\u0000" * 10])),
)
_FRAMES: Final[tuple[Callable[[Random], bytes], ...]] = (
    lambda random: random.randbytes(random.randrange(1, 400)),
    lambda random: b"\x82\x05plain",
    lambda random: b"\x82\xff" + (1 << 62).to_bytes(8, "big") + b"abcd",
    lambda random: b"\xc2\x80abcd",
    lambda random: b"\x81\x82abcd\xff\xfe",
    lambda random: b"\x89\xfe\x00\x7eabcd" + bytes(126),
    lambda random: b"GET / HTTP/1.1\r\n\r\n",
    lambda random: b"\x02\x81abcdx" * 3,
)
