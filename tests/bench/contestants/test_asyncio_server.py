"""The room of the asyncio contestants: who is in it, what they send, and one tick of it."""

from typing import Any

import msgpack
import pytest

from bench.contestants.asyncio_server import Connection, Player, Room
from bench.contestants.world import THRUST, VELOCITY_SCALE
from bench.dialects.plain import PlainDialect
from tests.bench.dialects.test_plain import understood


class Kept:
    """A connection that keeps what it is sent."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.snapshots: list[list[Any]] = []

    def post(self, message: bytes) -> None:
        self.snapshots.append(msgpack.unpackb(message))


def entered(room: Room) -> Kept:
    player = room.enter()
    assert player is not None
    connection = Kept(player)
    held: Connection = connection
    room.connections.add(held)
    return connection


def test_everybody_is_sent_one_snapshot_a_tick_with_the_newest_ack() -> None:
    room = Room(3, 1000, 30)
    ann, bob = entered(room), entered(room)
    room.receive(ann.player, understood(PlainDialect().input_frame(40, 0)))
    for _ in range(3):
        room.advance()
    assert [(snapshot[1], snapshot[2]) for snapshot in ann.snapshots] == [(1, 40), (2, 40), (3, 40)]
    assert [(snapshot[1], snapshot[2]) for snapshot in bob.snapshots] == [(1, 0), (2, 0), (3, 0)]
    x, _, x_later = [snapshot[4] for snapshot in ann.snapshots]
    assert x < x_later


def test_a_tick_is_as_long_as_the_rate_has_it() -> None:
    speeds = {}
    for tick_rate in (10, 30):
        room = Room(1, 1000, tick_rate)
        ann = entered(room)
        room.receive(ann.player, understood(PlainDialect().input_frame(1, 0)))
        room.advance()
        speeds[tick_rate] = ann.snapshots[0][6] / VELOCITY_SCALE
    assert speeds == {tick_rate: pytest.approx(THRUST / tick_rate, abs=0.1) for tick_rate in (10, 30)}


def test_who_left_is_seen_no_more_and_makes_room() -> None:
    room = Room(2, 600, 30)
    ann, bob = entered(room), entered(room)
    assert room.enter() is None
    room.connections.remove(bob)
    room.leave(bob.player)
    room.advance()
    ((*_, cells),) = ann.snapshots
    assert [record[0] for cell in cells for record in cell] == [ann.player.ship]
    assert room.enter() is not None


def test_nonsense_is_refused_and_changes_nothing() -> None:
    room = Room(1, 600, 30)
    ann = entered(room)
    with pytest.raises(ValueError, match="not an input"):
        room.receive(ann.player, b"\x91\x02")
    assert ann.player.ack == 0
