"""The tick as a whole: the same game twice, what everybody believes, and who comes and goes meanwhile."""

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import astuple

from protocol.codec import MsgpackCodec
from protocol.errors import Code, Violation
from protocol.limits import INPUT_HOLD_TICKS_MAX, SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.messages import Event, Inputs, Message, Ping, Resync
from protocol.motion import Helm, Input
from protocol.ticks import Rates
from server.bulletin import CHECKSUM_EVERY
from server.games.melee import SHIP, Melee
from server.room import Room
from tests.instruments.stepper import Client, Stepper, arena_named, wander

ENCODINGS = (SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON)


def shootout(seed: int, players: int, ticks: int) -> int:
    """The world's checksum after `ticks` of everyone shooting."""
    stepper = Stepper(seed)
    for n in range(players):
        stepper.join(f"P{n}").pilot = wander(Random(seed * 1000 + n))
    stepper.step(ticks)
    return stepper.room.world.checksum()


class Weather:
    """Bad weather for a stepper: links block and drain, connections break, people come, go and come back."""

    def __init__(self, stepper: Stepper, seed: int) -> None:
        self.stepper, self.random = stepper, Random(seed)
        self.dropped: list[Client] = []
        self.resumed = 0

    def blow(self) -> None:
        random, stepper = self.random, self.stepper
        chance = random.random()
        if len(stepper.clients) < 2 or (chance < 0.02 and len(stepper.clients) < 10):
            self.join()
        elif chance < 0.03:
            client = random.choice(stepper.clients)
            stepper.drop(client)
            self.dropped.append(client)
        elif chance < 0.04 and self.dropped:
            self.join(resume=self.dropped.pop(random.randrange(len(self.dropped))).welcome.resume)
            self.resumed += 1
        elif chance < 0.08:
            random.choice(stepper.clients).link.block(after_posts=random.randrange(3))
        elif chance < 0.16:
            random.choice(stepper.clients).link.unblock()
        elif chance < 0.18:
            client = random.choice(stepper.clients)
            client.say(Resync(random.choice(stepper.room.grid.around(*client.player.eye))), stepper.now_s)

    def join(self, resume: str | None = None) -> None:
        encoding = self.random.choice(ENCODINGS)
        name = f"P{self.stepper.room.tick}"
        client = self.stepper.join(name, encoding, resume=resume)
        client.pilot = wander(Random(self.random.random()))


def play_in_bad_weather(seed: int, ticks: int) -> Weather:
    """Every client that was told this tick believes what is published, whatever has happened before."""
    stepper = Stepper(seed, options={"match_s": 5.0})
    weather = Weather(stepper, seed)
    compared = 0
    for _ in range(ticks):
        weather.blow()
        stepper.step()
        for client in stepper.clients:
            if client.snapshots and client.told.tick == stepper.room.tick:
                assert not list(stepper.differences(client))
                compared += 1
    assert compared > ticks / 10, "with few clients, most of them blocked, there is less to compare"
    return weather


# the same game twice ---------------------------------------------------------------------------------------


def test_the_same_seed_and_inputs_give_the_same_world() -> None:
    assert shootout(5, players=4, ticks=400) == shootout(5, players=4, ticks=400)


def test_a_minute_of_eight_players_shooting_on_pinball_is_the_same_twice() -> None:
    assert shootout(1, players=8, ticks=3600) == shootout(1, players=8, ticks=3600)


def test_another_seed_gives_another_world() -> None:
    assert shootout(5, players=2, ticks=60) != shootout(6, players=2, ticks=60)


def test_watching_changes_nothing() -> None:
    def checksum(watched: bool) -> int:
        stepper = Stepper(2)
        client = stepper.join()
        if watched:
            stepper.join("Eve", role="spectator")
        else:
            client.link.block()
        client.pilot = wander(Random(9))
        stepper.step(200)
        return stepper.room.world.checksum()

    assert checksum(watched=True) == checksum(watched=False)


# beliefs ---------------------------------------------------------------------------------------------------


@settings(max_examples=6)
@given(st.integers(0, 2**32))
def test_beliefs_are_what_is_published_whatever_happens(seed: int) -> None:
    play_in_bad_weather(seed, ticks=200)


def test_beliefs_are_what_is_published_for_a_long_time() -> None:
    weather = play_in_bad_weather(seed=11, ticks=3000)
    assert weather.resumed > 5


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_checksums_are_sent_and_agree(encoding: str) -> None:
    stepper = Stepper()
    client = stepper.join(subprotocol=encoding)
    stepper.step(2)
    keyframes = client.beliefs.checked
    stepper.step(CHECKSUM_EVERY * stepper.room.rates.snapshot_interval)
    assert client.beliefs.checked >= keyframes + len(client.beliefs.cells)
    assert not client.beliefs.mismatches


def test_both_encodings_tell_the_same() -> None:
    stepper = Stepper()
    binary, text = stepper.join("Ann", role="spectator"), stepper.join("Bob", SUBPROTOCOL_JSON, role="spectator")
    stepper.join("Cat").pilot = wander(Random(1))
    stepper.step(200)
    assert binary.snapshots == text.snapshots
    assert [astuple(event) for event in binary.events] == [astuple(event) for event in text.events]


def test_a_resync_brings_the_keyframe_of_that_cell_only() -> None:
    stepper = Stepper()
    client = stepper.join()
    stepper.step(4)
    cell = min(client.beliefs.cells)
    client.say(Resync(cell), stepper.now_s)
    client.beliefs.cells[cell] = {}
    stepper.step(2)
    keyframes = [news.cell for news in client.told.cells if hasattr(news, "entities")]
    assert keyframes == [cell]
    assert stepper.room.statistics.checksum_mismatches == 1
    assert not list(stepper.differences(client))


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


def test_pings_of_a_full_room_are_told_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.room.PINGS_TOGETHER_MAX", 2)
    stepper = Stepper(seed=1)
    clients = [stepper.join(f"P{number}") for number in range(5)]
    stepper.step(4 * 120 + 2)
    told = [[player for player, _ in body["pings"]] for body in clients[0].events_named("pings")]
    assert told == [[1, 2], [3, 4], [5], [1, 2]]


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


def test_a_full_room_says_so() -> None:
    room = Room("small", Melee, arena_named("pinball"), Rates(), seed=1, players_max=1)
    room.join("Ann", bot=False)
    with pytest.raises(Violation, match="1 players already") as refused:
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
