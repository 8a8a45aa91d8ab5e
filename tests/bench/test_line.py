"""The instrument: a whole game at the two ends of a bad network, without sockets or a clock."""

from random import Random

import pytest

from bots.brains.wander import Wander
from bots.netsim import Conditions
from protocol.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.messages import Ping
from tests.bots.stage import Stage
from tests.instruments.stepper import Stepper, wander

MISERABLE = Conditions(rtt_ms=150.0, jitter_ms=60.0, stalls_per_s=1.0, stall_ms=250.0, bandwidth_bytes_per_s=20_000.0)


@pytest.mark.parametrize("subprotocol", [SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON])
def test_what_is_said_arrives_half_a_round_trip_later(subprotocol: str) -> None:
    stepper = Stepper()
    client = stepper.join("Ann", subprotocol, network=Conditions(rtt_ms=190.0))
    assert client.session.seat is None
    assert stepper.until(lambda: client.session.seat is not None) == 6, "95 ms are six ticks"
    assert stepper.until(lambda: client.welcomed is not None) == 6
    client.say(Ping(1, 0), stepper.now_s)
    assert stepper.until(lambda: bool(client.pongs)) == 12


def test_a_client_behind_a_miserable_network_never_believes_anything_wrong() -> None:
    stepper = Stepper(seed=4)
    near, far = stepper.join("Ann"), stepper.join("Bob", network=MISERABLE)
    near.pilot, far.pilot = wander(Random(1)), wander(Random(2))
    stepper.step(900)
    assert len(far.snapshots) > 200
    assert list(far.beliefs.mismatches) == []
    assert [snapshot.tick for snapshot in far.snapshots] == sorted(snapshot.tick for snapshot in far.snapshots)


def test_the_same_seed_is_the_same_game() -> None:
    def told() -> list[int]:
        stepper = Stepper(seed=4)
        client = stepper.join("Bob", network=MISERABLE)
        ticks = []
        for _ in range(300):
            stepper.step()
            ticks.append(client.told.tick if client.snapshots else 0)
        return ticks

    assert told() == told()


def test_a_network_that_lets_too_little_through_blocks_the_link_until_it_drains() -> None:
    stepper = Stepper()
    client = stepper.join("Bob", network=Conditions(rtt_ms=9000.0, bandwidth_bytes_per_s=1e6))
    stepper.until(lambda: client.welcomed is not None, 600)
    assert client.line is not None
    client.line.route.down.put(bytes(300_000), 300_000, stepper.now_s * 1000.0)
    stepper.step()
    assert client.link.blocked
    client.line.route.down.take(1e12)
    stepper.step()
    assert not client.link.blocked


def test_a_line_breaks_with_what_is_under_way_and_the_server_keeps_the_seat() -> None:
    stepper = Stepper(seed=2)
    client = stepper.join("Bob", network=Conditions(disconnects_per_minute=60.0))
    line = client.line
    assert line is not None
    stepper.until(lambda: line.is_broken, 200)
    assert client.session.seat is None
    assert len(stepper.room.players) == 1
    told = len(client.snapshots)
    client.say(Ping(1, 0), stepper.now_s)
    stepper.step(10)
    assert len(client.snapshots) == told


def test_bots_play_through_it() -> None:
    stage = Stage()
    player = stage.join("Bob", brain=lambda room: Wander(room, Random(1)), network=MISERABLE)
    stage.play(8.0)
    assert player.account.snapshots > 150
    assert player.pings.rtt_s >= 0.15
    assert stage.tally.checksum_mismatches == 0
