"""A client written from PROTOCOL.md alone: nothing of ours is imported, the WebSocket library is another one.

It joins, plays and believes: cells, records, residuals and checksums are done here once more, straight from the
page's sections 5 and 6, so that the page is proved and not our own code twice.
"""

import json
import math
import struct
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgpack
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

RECORD = ["id", "kind", "variant", "owner", "status", "age", "x", "y", "vx", "vy", "angle", "spin", "move_x", "move_y"]
CHANGES = [
    (1, ["dx", "dy"]),
    (2, ["dvx", "dvy"]),
    (4, ["dangle"]),
    (8, ["spin"]),
    (16, ["move_x", "move_y"]),
    (32, ["status"]),
    (64, ["age"]),
]
FIELDS = {
    16: [
        *("version", "player", "room", "game", "tick", "tick_rate", "snapshot_rate", "cell_units"),
        *("resume", "role", "hud", "kinds", "arena", "players", "gun", "description", "title"),
    ],
    17: ["tick", "ack", "slack_ms", "own", "hud", "left", "near", "cells"],
    18: ["tick", "name", "body"],
    19: ["nonce", "tick"],
    20: ["player", "text", "to", "name", "old", "who"],
    21: ["code", "sentence"],
    22: ["code", "sentence"],
    23: ["rooms", "games", "people", "podium", "reason"],
}
NAMES = {16: "welcome", 17: "snapshot", 18: "event", 19: "pong", 20: "chat", 21: "error", 22: "bye", 23: "lobby"}
NUMBERS = {
    "hello": (1, ["version", "name", "token", "room", "resume", "role", "bot"]),
    "inputs": (2, ["first_tick", "entries", "applied", "seen"]),
    "ping": (3, ["nonce", "rtt_ms"]),
    "chat": (4, ["text", "to"]),
    "leave": (6, []),
}
DEFAULTS: dict[str, Any] = {"role": "player", "bot": False, "applied": 0, "seen": 0, "rtt_ms": 0, "to": "room"}
Entity = dict[str, int]
NEAR = [("entity", 1), ("dx", 64), ("dy", 64), ("vx", 16), ("vy", 16), ("angle", 65536), ("spin", 4096)]
NEAR += [("move_x", 1), ("move_y", 1)]


@dataclass
class Stranger:
    """One connection. `tell` and `hear` speak in objects, whatever the encoding."""

    socket: ClientConnection
    welcome: dict[str, Any] = field(default_factory=dict)
    cells: dict[int, dict[int, Entity]] = field(default_factory=dict)
    checked: int = 0
    """Checksums compared; a wrong one raises."""
    near_errors: list[float] = field(default_factory=list)
    """How far what is near was from where we believed it, in units."""
    snapshots: int = 0
    ack: int = 0
    acks_fell: int = 0
    own: Any = None
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def binary(self) -> bool:
        return self.socket.subprotocol == "ricochet.v1.msgpack"

    def tell(self, name: str, /, **fields: Any) -> None:
        if not self.binary:
            self.socket.send(json.dumps({"type": name, **fields}))
            return
        number, order = NUMBERS[name]
        plain: list[Any] = [number, *(fields.get(key, DEFAULTS.get(key)) for key in order)]
        if name == "inputs":
            plain[2] = [[e[k] for k in ("move_x", "move_y", "aim", "buttons", "edges")] for e in plain[2]]
        self.socket.send(msgpack.packb(plain))

    def hear(self, timeout_s: float = 30.0) -> dict[str, Any]:
        """The next message; snapshots and welcomes are taken in as well."""
        wire = self.socket.recv(timeout=timeout_s)
        if isinstance(wire, str):
            message: dict[str, Any] = json.loads(wire)
        else:
            plain = msgpack.unpackb(wire)
            message = {"type": NAMES[plain[0]], **dict(zip(FIELDS[plain[0]], plain[1:], strict=True))}
        if message["type"] == "welcome":
            self.welcome = message
        elif message["type"] == "snapshot":
            self._snapshot(message)
        elif message["type"] == "event":
            self.events.append(message)
        return message

    def hear_until(self, name: str, timeout_s: float = 30.0) -> dict[str, Any]:
        end = time.monotonic() + timeout_s
        while True:
            message = self.hear(max(0.01, end - time.monotonic()))
            if message["type"] == name:
                return message

    # section 5 ---------------------------------------------------------------------------------------------

    def _snapshot(self, message: dict[str, Any]) -> None:
        self.snapshots += 1
        self.acks_fell += message["ack"] < self.ack
        self.ack, self.own = message["ack"], message["own"]
        tick = message["tick"]
        for cell in message["left"]:
            del self.cells[cell]
        cells = [self._cell(cell) for cell in message["cells"]]
        before = {cell: dict(known) for cell, known in self.cells.items()}
        for cell in cells:
            if cell["keyframe"]:
                self.cells[cell["cell"]] = {}
            for gone in cell.get("gone", []):
                del self.cells[cell["cell"]][gone]
        for cell in cells:
            known = self.cells[cell["cell"]]
            for record in cell.get("entities", cell.get("entered", [])):
                assert record["id"] not in known
                known[record["id"]] = {**record, "tick": tick - record["age"]}
            for moved in cell.get("moved", []):
                for change in moved["changed"]:
                    known[change["id"]] = before[moved["source"]][change["id"]]
                    self._change(known[change["id"]], change, tick)
            for change in cell.get("changed", []):
                self._change(known[change["id"]], change, tick)
            if cell["checksum"] is not None:
                assert self._checksum(known) == cell["checksum"], f"cell {cell['cell']} at {tick}"
                self.checked += 1
        self.near_errors += [self._near_error(body, tick) for body in _near(message["near"])]

    def _near_error(self, body: dict[str, float], tick: int) -> float:
        """How far `body` is from our belief about it, on the longer axis."""
        (entity,) = (known[int(body["entity"])] for known in self.cells.values() if body["entity"] in known)
        x, y, *_ = self._reckon(entity, tick)
        own_x, own_y = self._own_place()
        apart: float = max(abs(own_x + body["dx"] - x / 8), abs(own_y + body["dy"] - y / 8))
        return apart

    def towards_the_closest(self, tick: int) -> tuple[float, float]:
        """A vector of length 1 from our ship to the closest thing that isn't ours; right, where there is none."""
        own_x, own_y = self._own_place()
        others = [e for known in self.cells.values() for e in known.values() if e["owner"] != self.welcome["player"]]
        places = [self._reckon(entity, tick)[:2] for entity in others]
        ways = [(x / 8 - own_x, y / 8 - own_y) for x, y in places]
        x, y = min((way for way in ways if any(way)), key=lambda way: math.hypot(*way), default=(1.0, 0.0))
        return x / math.hypot(x, y), y / math.hypot(x, y)

    def _own_place(self) -> tuple[float, float]:
        if self.own is None:
            return 0.0, 0.0
        return (self.own["x"], self.own["y"]) if isinstance(self.own, dict) else tuple(self.own[1:3])

    def _cell(self, cell: Any) -> dict[str, Any]:
        if isinstance(cell, dict):
            return cell
        if not isinstance(cell[1], bytes):
            return {"cell": cell[0], "keyframe": True, "checksum": cell[1], "entities": _records(cell[2])}
        number, changed, checksum, gone, entered, moved = cell + [None, [], [], []][len(cell) - 2 :]
        return {
            "cell": number,
            "keyframe": False,
            "checksum": checksum,
            "gone": gone,
            "entered": _records(entered),
            "changed": _changes(changed),
            "moved": [{"source": moved[at], "changed": _changes(moved[at + 1])} for at in range(0, len(moved), 2)],
        }

    def _change(self, entity: Entity, change: dict[str, int], tick: int) -> None:
        tick -= change.get("age", 0)
        x, y, vx, vy, angle = self._reckon(entity, tick)
        entity.update(
            tick=tick,
            x=x + change.get("dx", 0),
            y=y + change.get("dy", 0),
            vx=vx + change.get("dvx", 0),
            vy=vy + change.get("dvy", 0),
            angle=(angle + change.get("dangle", 0) + 128) % 256 - 128,
        )
        entity.update({key: change[key] for key in ("spin", "move_x", "move_y", "status") if key in change})

    def _checksum(self, entities: dict[int, Entity]) -> int:
        order = [key if key != "age" else "tick" for key in RECORD]
        rows = b"".join(struct.pack("<14i", *(entities[i][key] for key in order)) for i in sorted(entities))
        return zlib.crc32(rows)

    # section 6 ---------------------------------------------------------------------------------------------

    def _reckon(self, e: Entity, tick: int) -> tuple[int, int, int, int, int]:
        kind, rate = self.welcome["kinds"][e["kind"]], self.welcome["tick_rate"]
        n, scale = tick - e["tick"], kind["velocity_scale"]
        keep, gain = 1 - kind["drag"] / rate, kind["thrust"] / rate
        power, total = 1.0, float(n)
        if keep != 1:
            total = 0.0
            for _ in range(min(n, 600)):
                power *= keep
                total += power
        squared = e["move_x"] ** 2 + e["move_y"] ** 2
        length = 127 if squared <= 127**2 else math.sqrt(squared)
        out: list[int] = []
        for at, speed, move in (("x", "vx", "move_x"), ("y", "vy", "move_y")):
            u = e[move] / length * gain / (1 - keep) if keep != 1 else 0.0
            p, v = e[at] / 8, e[speed] / scale
            out += (_round((p + (n * u + (v - u) * total) / rate) * 8), _round((u + (v - u) * power) * scale))
        angle = (_round(e["angle"] + e["spin"] * n / (rate * 16)) + 128) % 256 - 128
        return out[0], out[2], out[1], out[3], angle


def _round(value: float) -> int:
    return math.floor(value + 0.5)


def _records(flat: list[int]) -> list[Entity]:
    return [dict(zip(RECORD, flat[at : at + 14], strict=True)) for at in range(0, len(flat), 14)]


def _near(near: Any) -> list[dict[str, float]]:
    if not isinstance(near, bytes):
        return near or []
    found = struct.iter_unpack("<H6h2b", near)
    return [{name: value / scale for (name, scale), value in zip(NEAR, body, strict=True)} for body in found]


def _changes(packed: bytes) -> list[dict[str, int]]:
    rest, found, entity = iter(packed), [], 0
    for first in rest:
        entity += _unsigned(first, rest)
        mask, change = next(rest), {"id": entity}
        if mask > 127:
            change.update({name: _integer(name, rest) for name in ("dangle", "move_x", "move_y")}, age=mask - 128)
            mask = 0
        for bit, names in CHANGES:
            if mask & bit:
                change.update({name: _integer(name, rest) for name in names})
        found.append(change)
    return found


def _integer(name: str, rest: Iterator[int]) -> int:
    if name in ("dangle", "move_x", "move_y"):
        byte = next(rest)
        return byte - 256 if byte > 127 else byte
    value = _unsigned(next(rest), rest)
    if name == "age":
        return value
    return -(value + 1) // 2 if value % 2 else value // 2


def _unsigned(byte: int, rest: Iterator[int]) -> int:
    value, place = byte % 128, 1
    while byte > 127:
        byte, place = next(rest), place * 128
        value += byte % 128 * place
    return value


@contextmanager
def open_stranger(url: str, subprotocol: str) -> Iterator[Stranger]:
    """Connected, and nothing said yet."""
    offered = [Subprotocol(subprotocol)]
    with connect(
        url, subprotocols=offered, compression=None, open_timeout=60, close_timeout=1, max_queue=None
    ) as socket:
        yield Stranger(socket)
