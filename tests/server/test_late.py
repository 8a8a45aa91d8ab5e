"""Who sees a room late sees what was so then, to the last bit, whenever they come and wherever they look."""

from random import Random

import pytest

from protocol.limits import EVENTS_QUEUED_MAX, SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.messages import Hello, Leave, Ping, Watch
from server import film, late
from server.bulletin import CHECKSUM_EVERY
from server.games.build import Build
from server.late import LateSpectators
from server.spectators import Spectators
from tests.instruments.stepper import Client, Stepper, arena_named, wander

DELAY_S = 1.5
Table = dict[int, dict[int, list[int]]]
"""Records by entity, by cell."""


class Past(Stepper):
    """A stepper that remembers what was published at each snapshot."""

    def __init__(self, map_name: str = "pinball", delay_s: float = DELAY_S) -> None:
        super().__init__(5, arena_named(map_name), options={late.OPTION: delay_s})
        self.was: dict[int, Table] = {}
        self.eyes: dict[int, tuple[float, float]] = {}
        """Of the first player."""

    @property
    def delay(self) -> int:
        return self.room.watching.late_ticks

    def step(self, ticks: int = 1) -> None:
        for _ in range(ticks):
            super().step()
            publisher = self.room.publisher
            if publisher.tick == self.room.tick:
                table: Table = {cell: {} for cell in range(self.room.grid.count)}
                for row in (publisher.cell >= 0).nonzero()[0].tolist():
                    table[int(publisher.cell[row])][row] = publisher.table[row].tolist()
                self.was[publisher.tick] = table
                self.eyes[publisher.tick] = next((p.eye for p in self.room.players.values()), (0, 0))

    def wanderers(self, count: int) -> list[Client]:
        players = [self.join(f"P{number}") for number in range(count)]
        for number, player in enumerate(players):
            player.pilot = wander(Random(number))
        return players

    def watcher(self, subprotocol: str = SUBPROTOCOL_MSGPACK) -> Client:
        return self.join("Eve", subprotocol, role="spectator")

    def check(self, client: Client) -> None:
        """What `client` believes is what was published when it was as old as it ought to be."""
        tick = client.told.tick
        age = self.room.tick - tick
        assert self.delay <= age < self.delay + 2 * self.rates.snapshot_interval
        assert client.beliefs.cells
        was = self.was[tick]
        assert client.beliefs.cells == {cell: was[cell] for cell in client.beliefs.cells}
        assert not client.beliefs.mismatches


@pytest.mark.parametrize("subprotocol", [SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON])
def test_what_is_seen_is_what_was_published_then(subprotocol: str) -> None:
    stepper = Past()
    stepper.wanderers(6)
    eve = stepper.watcher(subprotocol)
    stepper.step(stepper.delay)
    assert not eve.snapshots, "nothing is old enough"
    for _ in range(CHECKSUM_EVERY + 5):
        stepper.step(2)
        stepper.check(eve)
    assert not eve.errors


def test_who_comes_to_a_young_room_is_told_when_the_picture_starts() -> None:
    stepper = Past()
    stepper.wanderers(2)
    first = stepper.watcher()
    stepper.step(stepper.delay // 2)
    second = stepper.watcher()
    for eve in (first, second):
        (told,) = eve.events_named("late")
        came = 0 if eve is first else stepper.delay // 2
        starts = told["starts_in_s"] / stepper.rates.tick_s + came
        assert told["seconds"] == DELAY_S
        assert abs(starts - stepper.delay) <= 2 * stepper.rates.snapshot_interval + 0.05 / stepper.rates.tick_s
    stepper.step(stepper.delay - stepper.delay // 2 - 2 * stepper.rates.snapshot_interval)
    assert not first.snapshots
    stepper.step(4 * stepper.rates.snapshot_interval)
    assert first.snapshots
    assert second.snapshots


def test_who_comes_later_or_looks_elsewhere_gets_keyframes_of_then() -> None:
    stepper = Past("belt")
    ann, *_ = stepper.wanderers(6)
    stepper.step(2 * stepper.delay)
    eve = stepper.watcher()
    for player, x, y in ((ann.player.id, 0, 0), (0, 300, 300), (0, 4000, 3000), (ann.player.id, 0, 0)):
        eve.say(Watch(player, x, y), stepper.now_s)
        for _ in range(20):
            stepper.step(2)
            stepper.check(eve)
        seen = stepper.eyes[eve.told.tick] if player else (x, y)
        assert set(eve.beliefs.cells) >= set(stepper.room.grid.around(*seen))
    assert len({snapshot.tick for snapshot in eve.snapshots}) == len(eve.snapshots)


def test_the_welcome_is_of_then_and_so_is_the_roster() -> None:
    stepper = Past()
    (ann,) = stepper.wanderers(1)
    stepper.step(stepper.delay + 2)
    bob = stepper.join("Bob")
    ann_id, bob_id = ann.player.id, bob.player.id
    stepper.step(10)
    eve = stepper.watcher()
    assert [line.id for line in eve.welcome.players] == [ann_id]
    assert eve.welcome.tick == stepper.room.tick - stepper.delay
    assert eve.events_named("late") == [{"seconds": DELAY_S, "starts_in_s": 0.0}]
    assert eve.events_named("match"), "the game has greeted her"
    bob.say(Leave(), stepper.now_s)
    stepper.clients.remove(bob)
    stepper.step(stepper.delay - 14)
    assert not eve.events_named("joined")
    stepper.step(30)
    assert [body["id"] for body in eve.events_named("joined")] == [bob_id]
    assert [body["id"] for body in eve.events_named("left")] == [bob_id]


def test_what_was_said_since_the_mark_is_told_to_who_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "MARK_S", 60.0)
    stepper = Past()
    stepper.wanderers(1)
    bob = stepper.join("Bob")
    stepper.step(20)
    cid = stepper.join("Cid")
    stepper.step(stepper.delay + 10)
    eve = stepper.watcher(SUBPROTOCOL_JSON)
    assert bob.player.id in [line.id for line in eve.welcome.players]
    assert [body["id"] for body in eve.events_named("joined")] == [cid.player.id]


def test_what_happens_is_heard_with_the_snapshot_of_its_time_and_where_one_looks() -> None:
    stepper = Past("belt")
    stepper.wanderers(1)
    near, far = stepper.watcher(), stepper.watcher()
    stepper.step(stepper.delay + 4)
    near.say(Watch(0, 300, 300), stepper.now_s)
    stepper.room.say_near("pulse", {"player": 1}, 400.0, 400.0, 704.0)
    stepper.room.say("kill", {"victim": 1})
    said_tick = stepper.room.tick
    stepper.step(stepper.delay - 2)
    assert not near.events_named("pulse") + near.events_named("kill")
    stepper.step(4)
    assert near.events_named("pulse") == [{"player": 1}]
    assert not far.events_named("pulse")
    (kill,) = (event for event in far.events if event.name == "kill")
    assert kill.tick == said_tick < far.told.tick


def test_players_are_told_at_once_and_a_spectator_has_the_clock_of_what_is_shown() -> None:
    stepper = Past()
    (ann,) = stepper.wanderers(1)
    eve = stepper.watcher()
    stepper.step(stepper.delay + 50)
    stepper.room.say("kill", {"victim": 1})
    stepper.step(2)
    assert ann.events_named("kill")
    assert ann.told.tick == stepper.room.tick
    for client, late_ticks in ((ann, 0), (eve, stepper.delay)):
        client.say(Ping(1), stepper.now_s)
        assert client.pongs[-1].tick == stepper.room.tick - late_ticks
    stepper.room.announce_stop(10.0)
    stepper.step(2)
    (ends,), (ends_late,) = (client.events_named("stopping") for client in (ann, eve))
    assert ends_late["ends_tick"] == ends["ends_tick"] - stepper.delay


def test_a_full_socket_misses_snapshots_and_comes_right() -> None:
    stepper = Past()
    stepper.wanderers(6)
    eve = stepper.watcher()
    stepper.step(stepper.delay + 10)
    eve.link.block()
    stepper.step(40)
    assert eve.session.seated.why_too_slow() is None, "not for being late"
    eve.link.unblock()
    for _ in range(10):
        stepper.step(2)
        stepper.check(eve)


def test_a_film_that_is_full_leaves_snapshots_out_and_nobody_believes_anything_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(film, "FILM_BYTES_MAX", 60_000)
    stepper = Past()
    stepper.wanderers(8)
    eve = stepper.watcher()
    held = []
    for _ in range(300):
        stepper.step(2)
        held.append(stepper.room.watching.held_bytes)
        if eve.snapshots:
            was = stepper.was[eve.told.tick]
            assert eve.beliefs.cells == {cell: was[cell] for cell in eve.beliefs.cells}
    assert max(held) < 90_000, "one frame beyond the bound"
    assert stepper.room.statistics.late_left_out > 50
    assert len(eve.snapshots) > 30
    assert stepper.lobby.statistics().late_bytes == held[-1]
    assert not eve.beliefs.mismatches
    assert all(stepper.room.tick - tick >= stepper.delay for tick in [eve.told.tick])


def test_where_too_much_is_said_who_watches_is_ended_and_who_comes_then_is_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(film, "NOTES_BYTES_MAX", 40_000)
    stepper = Past()
    stepper.wanderers(2)
    eve = stepper.watcher()
    stepper.step(stepper.delay + 20)
    for number in range(200):
        stepper.room.say("kill", {"victim": number})
    assert eve.session.seated.why_too_slow() == f"{EVENTS_QUEUED_MAX} events piled up unread"
    stepper.clients.remove(eve)
    dan = stepper.join("Dan")
    stepper.step(10)
    bob = stepper.watcher()
    assert len(bob.welcome.players) == 3, "there is no older mark than that of now"
    stepper.step(stepper.delay + 10)
    stepper.check(bob)
    assert dan.player.id in {line.id for line in bob.welcome.players}


def test_nobody_is_late_unless_that_is_asked_for_nor_where_one_builds() -> None:
    assert type(Stepper().room.watching) is Spectators
    assert type(Stepper(options={late.OPTION: 3.0}, game=Build).room.watching) is Spectators
    assert type(Stepper(options={late.OPTION: 3.0}).room.watching) is LateSpectators


def test_one_who_comes_before_anything_is_old_enough_waits_for_it() -> None:
    stepper = Past()
    eve = stepper.connect()
    eve.say(Hello(1, "Eve", role="spectator"), stepper.now_s)
    assert (eve.welcome.tick, eve.welcome.players) == (0, [])
    stepper.wanderers(3)
    stepper.step(stepper.delay + 4)
    stepper.check(eve)
    assert len(eve.events_named("joined")) == 3
