"""Playing with a puppet: messages in either encoding, and of what the server says only what a guest needs.

Like `tests.wire.stranger` it has PROTOCOL.md to go by and nothing of ours; cells are passed over.
"""

import json
from typing import Any

import msgpack

from tests.clients.puppets import Puppet, payload_of

MSGPACK, JSON = "ricochet.v1.msgpack", "ricochet.v1.json"
HEARD = {
    16: (
        "welcome",
        ["version", "player", "room", "game", "tick", "tick_rate", "snapshot_rate", "cell_units", "resume"],
    ),
    17: ("snapshot", ["tick", "ack"]),
    18: ("event", []),
    19: ("pong", ["nonce", "tick"]),
    20: ("chat", ["player", "text"]),
    21: ("error", ["code", "sentence"]),
    22: ("bye", ["code", "sentence"]),
}
"""The first fields of each message."""
SAID = {"hello": 1, "inputs": 2, "ping": 3, "chat": 4, "leave": 6}
LEAD_TICKS = 24
"""So far ahead are inputs addressed that a busy machine isn't late with them."""
SNAPSHOTS = 8


class Guest:
    """One conversation, over a connection that the puppet has just opened. Fields are said in the page's order."""

    def __init__(self, puppet: Puppet, encoding: str) -> None:
        self.puppet, self.encoding = puppet, encoding

    def encoded(self, name: str, fields: dict[str, Any]) -> bytes:
        if self.encoding == JSON:
            return json.dumps({"type": name, **fields}).encode()
        return bytes(msgpack.packb([SAID[name], *fields.values()]))

    def say(self, name: str, /, **fields: Any) -> None:
        self.puppet.do("text" if self.encoding == JSON else "binary", self.encoded(name, fields))

    def hear_until(self, name: str) -> dict[str, Any]:
        while True:
            words = self.puppet.hear_until("text", "binary", "closed")
            assert words[0] == ("text" if self.encoding == JSON else "binary"), words
            message = self._decoded(payload_of(words))
            if message["type"] == name:
                return message

    def _decoded(self, payload: bytes) -> dict[str, Any]:
        if self.encoding == JSON:
            return dict(json.loads(payload))
        number, *values = msgpack.unpackb(payload)
        name, fields = HEARD[number]
        return {"type": name, **dict(zip(fields, values, strict=False))}

    def hear_close(self) -> tuple[int, str]:
        """(code, reason)."""
        words = self.puppet.hear_until("closed")
        return int(words[1]), payload_of(words).decode()

    def join(self, resume: str | None = None) -> dict[str, Any]:
        self.say("hello", version=1, name="Guest", token=None, room=None, resume=resume)
        return self.hear_until("welcome")

    def play(self) -> None:
        """Join, steer, talk and leave; each is answered as the page says."""
        player = self.join()["player"]
        sent_until = self.steer()
        self.say("ping", nonce=2**53 - 1, rtt_ms=20)
        assert self.hear_until("pong")["nonce"] == 2**53 - 1
        self.say("chat", text="<b>hello</b> wörld")
        line = self.hear_until("chat")
        assert (line["player"], line["text"]) == (player, "<b>hello</b> wörld")
        while (ack := self.hear_until("snapshot")["ack"]) < sent_until:
            pass
        assert ack == sent_until
        self.leave()

    def steer(self) -> int:
        """For a few snapshots; the last tick that an input was sent for."""
        tick: int = self.hear_until("snapshot")["tick"]
        sent_until = tick + LEAD_TICKS - 1
        for _ in range(SNAPSHOTS):
            tick = self.hear_until("snapshot")["tick"]
            ticks = range(sent_until + 1, tick + LEAD_TICKS + 1)[-32:]
            if ticks:
                self.say("inputs", first_tick=ticks[0], entries=[self._entry(tick) for tick in ticks], applied=tick)
                sent_until = ticks[-1]
        return sent_until

    def _entry(self, tick: int) -> Any:
        entry = {"move_x": 127, "move_y": -90, "aim": tick * 16 % 4096, "buttons": 1, "edges": 0}
        return entry if self.encoding == JSON else list(entry.values())

    def leave(self) -> None:
        self.say("leave")
        assert self.hear_until("bye")["code"] == 1000
        assert self.hear_close() == (1000, "goodbye")
