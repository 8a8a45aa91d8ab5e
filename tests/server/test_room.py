"""The tick as a whole: each viewer's own part, its rhythm, and who comes and goes meanwhile."""

from collections.abc import Callable
from random import Random

import pytest

from protocol.codec import MsgpackCodec
from protocol.errors import Code, Violation
from protocol.limits import INPUT_HOLD_TICKS_MAX, SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.messages import Event, Inputs, Message, Ping
from protocol.motion import Helm, Input
from protocol.ticks import Rates
from server.card import Card
from server.games.melee import SHIP, Melee
from server.room import Room
from tests.instruments.stepper import Stepper, arena_named, wander

ENCODINGS = (SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON)


# a viewer's own part ---------------------------------------------------------------------------------------


def test_the_own_ship_is_exact() -> None:
    stepper = Stepper()
    client = stepper.join()
    client.pilot = wander(Random(4))
    for _ in range(60):
        stepper.step(2)
        world, own = stepper.room.world, client.told.own
        assert own is not None
        ship = client.player.ship
        assert (own.entity, own.x, own.y) == (ship, world.x[ship], world.y[ship])
        assert (own.vx, own.vy) == (world.vx[ship], world.vy[ship])
        assert own.boost_ticks == client.player.helm.boost_ticks


def test_a_ship_flies_as_motion_says() -> None:
    stepper = Stepper(arena=arena_named("belt"))
    client = stepper.join()
    world, ship = stepper.room.world, client.player.ship
    kind, helm, pilot = stepper.room.game.kinds[SHIP], Helm(), wander(Random(5), fire=False)
    inputs = [pilot(tick) for tick in range(1, 61)]
    client.pilot = lambda tick: inputs[tick - 1]
    vx = vy = 0.0
    x, y = world.x[ship], world.y[ship]
    for now in inputs:
        vx, vy = helm.steer(vx, vy, now, kind, stepper.rates.tick_rate)
        x, y = x + vx * (1 / 60), y + vy * (1 / 60)
        stepper.step()
        assert (world.vx[ship], world.vy[ship]) == (vx, vy)
        assert (world.x[ship], world.y[ship]) == (x, y)


def test_acks_never_fall_and_rise_by_exactly_the_inputs_sent() -> None:
    stepper = Stepper()
    client, random = stepper.join(), Random(3)
    sent = 0
    for _ in range(300):
        tick = stepper.room.tick + 1
        if tick == 1 or random.random() < 0.6:
            client.say(Inputs(tick, [Input(move_x=1)]), stepper.now_s)
            sent = tick
        stepper.step()
        if tick % 2 == 0:
            assert client.told.ack == sent
    assert stepper.room.statistics.inputs + stepper.room.statistics.inputs_missing == 300
    assert stepper.room.statistics.inputs_late == 0


def test_a_ship_without_inputs_holds_its_course_and_is_then_left_alone() -> None:
    stepper = Stepper(arena=arena_named("belt"))
    client = stepper.join()
    client.say(Inputs(1, [Input(move_x=127)]), stepper.now_s)
    ship = client.player.ship
    stepper.step(1 + INPUT_HOLD_TICKS_MAX)
    assert stepper.room.world.move[ship].tolist() == [127, 0]
    stepper.step()
    assert stepper.room.world.move[ship].tolist() == [0, 0]


def test_slack_tells_how_early_the_tightest_input_came() -> None:
    stepper = Stepper()
    client = stepper.join()
    stepper.step(2)
    assert client.snapshots[0].slack_ms is None
    client.say(Inputs(3, [Input(), Input()]), stepper.now_s)
    stepper.step(2)
    assert client.told.slack_ms == 17  # tick 3 is one tick away
    client.say(Inputs(5, [Input()]), stepper.now_s - 0.010)
    client.say(Inputs(4, [Input()]), stepper.now_s)
    stepper.step(2)
    assert client.told.slack_ms == 27  # tick 4 is simulated already: its repetition is not an input
    client.say(Inputs(8, [Input()]), stepper.now_s)
    stepper.step(2)
    assert (client.told.slack_ms, client.told.ack) == (33, 8)
    stepper.step(2)
    client.say(Inputs(9, [Input()]), stepper.now_s)
    stepper.step(2)
    assert client.told.slack_ms == -33


def test_the_hud_comes_when_it_changes() -> None:
    stepper = Stepper()
    client = stepper.join()
    stepper.step(60)
    told = [snapshot.hud for snapshot in client.snapshots if snapshot.hud is not None]
    assert told == [[100, 0, 0, 120, 0, 0]]


# the rhythm ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tick_rate", "snapshot_rate"), [(60, 30), (60, 60), (30, 10), (1, 1)])
def test_snapshots_keep_their_rate(tick_rate: int, snapshot_rate: int) -> None:
    stepper = Stepper(rates=Rates(tick_rate, snapshot_rate))
    client = stepper.join()
    stepper.step(4 * tick_rate)
    every = tick_rate // snapshot_rate
    assert [snapshot.tick for snapshot in client.snapshots] == list(range(every, 4 * tick_rate + 1, every))


def test_a_hushed_snapshot_comes_with_the_next_tick_that_is_not() -> None:
    stepper = Stepper()
    client = stepper.join()
    room = stepper.room
    for _ in range(3):
        room.advance(0.0, hush=True)
    client.read()
    assert not client.snapshots
    room.advance(0.0)
    room.advance(0.0)
    client.read()
    assert [snapshot.tick for snapshot in client.snapshots] == [4]


def test_pings_are_shown_to_everyone() -> None:
    stepper = Stepper()
    ann, bob = stepper.join("Ann"), stepper.join("Bob", role="spectator")
    ann.say(Ping(1, rtt_ms=42), stepper.now_s)
    stepper.step(120)
    assert bob.events_named("pings") == [{"pings": [[1, 42]]}]


@pytest.mark.parametrize("delay_s", [0.0, 1.0])
def test_what_players_and_spectators_hear_is_encoded_once(monkeypatch: pytest.MonkeyPatch, delay_s: float) -> None:
    stepper = Stepper(options={"spectator_delay_s": delay_s})
    stepper.join("Ann")
    stepper.join("Bob", role="spectator")
    room, encoded, encode = stepper.room, list[Message](), MsgpackCodec.encode

    def counted(codec: MsgpackCodec, message: Message) -> bytes:
        encoded.append(message)
        return encode(codec, message)

    monkeypatch.setattr(MsgpackCodec, "encode", counted)
    says: list[Callable[[], None]] = [
        lambda: room.say("hush", {}),
        lambda: room.say_near("hush", {}, *room.arena.middle, 1e6),
        lambda: room.tell(Event(0, "hush", {})),
    ]
    for say in says:
        encoded.clear()
        say()
        assert len(encoded) == 1


# coming and going ------------------------------------------------------------------------------------------


def test_everyone_hears_who_comes_and_goes_but_for_oneself() -> None:
    stepper = Stepper()
    ann = stepper.join("Ann")
    bob = stepper.join("Bob", bot=True)
    assert ann.events_named("joined") == []
    stepper.step(2)
    assert ann.events_named("joined") == [{"id": 2, "name": "Bob", "colour": 1, "bot": True, "team": 0}]
    assert bob.events_named("joined") == []
    assert [(info.id, info.name) for info in bob.welcome.players] == [(1, "Ann"), (2, "Bob")]
    stepper.room.leave(bob.player)
    stepper.step(2)
    assert ann.events_named("left") == [{"id": 2}]


def test_a_full_room_says_so_and_not_its_key() -> None:
    card = Card("Fun", is_private=True)
    room = Room("a-key-of-friends", Melee, arena_named("pinball"), Rates(), seed=1, players_max=1, card=card)
    room.join("Ann", bot=False)
    with pytest.raises(Violation, match="the room is full, with 1 in it") as refused:
        room.join("Bob", bot=False)
    assert refused.value.code is Code.ROOM_FULL
    assert len(room.players) == 1


def test_colours_are_spread() -> None:
    room = Room("main", Melee, arena_named("pinball"), Rates(), seed=1)
    players = [room.join(f"P{n}", bot=False) for n in range(24)]
    assert sorted(player.colour for player in players) == sorted([*range(12), *range(12)])
    room.leave(players[5])
    assert room.join("New", bot=False).colour == players[5].colour


def test_a_spectator_is_told_how_things_stand() -> None:
    stepper = Stepper(seed=1)
    stepper.join("Ann")
    stepper.step(10)
    eve = stepper.join("Eve", role="spectator")
    stepper.step(2)
    assert [body["phase"] for body in eve.events_named("match")] == ["play"]
    assert eve.events_named("scores") == [{"scores": [[1, 0, 0, 0]]}]


def test_a_spectator_sees_and_has_no_ship() -> None:
    stepper = Stepper()
    ann, eve = stepper.join("Ann"), stepper.join("Eve", role="spectator")
    stepper.step(10)
    assert (eve.welcome.player, eve.told.own, eve.told.ack) == (0, None, 0)
    assert eve.beliefs.rows()
    assert list(stepper.room.players) == [ann.player.id]
