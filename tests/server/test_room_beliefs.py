"""The same game twice, and what everybody believes of it, whatever happens to their connections."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import astuple

from protocol.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.messages import Inputs, Resync
from server.bulletin import CHECKSUM_EVERY
from tests.instruments.stepper import Client, Stepper, wander

ENCODINGS = (SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON)


def shootout(seed: int, players: int, ticks: int) -> int:
    """The world's checksum after `ticks` of everyone shooting."""
    stepper = Stepper(seed)
    for n in range(players):
        stepper.join(f"P{n}").pilot = wander(Random(seed * 1000 + n))
    stepper.step(ticks)
    return stepper.room.world.checksum()


def shootout_unseen(seed: int, players: int, ticks: int) -> int:
    """The same without anybody to look, which changes nothing and takes a fraction of the time."""
    stepper = Stepper(seed)
    room, pilots = stepper.room, [wander(Random(seed * 1000 + n)) for n in range(players)]
    people = [room.join(f"P{n}", False) for n in range(players)]
    for tick in range(1, ticks + 1):
        now_s = tick * room.rates.tick_s
        for person, pilot in zip(people, pilots, strict=True):
            room.hear(person, Inputs(tick, [pilot(tick)], 0), now_s)
        room.advance(now_s)
    return room.world.checksum()


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


@pytest.mark.parametrize("ticks", [1200, pytest.param(3600, marks=pytest.mark.slow)])
def test_eight_players_shooting_on_pinball_are_the_same_twice(ticks: int) -> None:
    assert shootout_unseen(1, players=8, ticks=ticks) == shootout_unseen(1, players=8, ticks=ticks)


def test_it_is_the_same_unseen() -> None:
    assert shootout_unseen(5, players=4, ticks=400) == shootout(5, players=4, ticks=400)


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


@pytest.mark.parametrize("ticks", [900, pytest.param(6000, marks=pytest.mark.slow)])
def test_beliefs_are_what_is_published_for_a_long_time(ticks: int) -> None:
    weather = play_in_bad_weather(seed=11, ticks=ticks)
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
