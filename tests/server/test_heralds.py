"""Who listens to rooms hears of everything, and can't hurt them."""

from random import Random

from protocol.ticks import Rates
from server.games.melee import PODIUM_S
from server.heralds import Heralds
from server.results import Result
from server.room import Room
from tests.instruments.stepper import Stepper, wander


class Clerk:
    """Writes down what is said, and fails when it is told to."""

    def __init__(self, fails: bool = False) -> None:
        self.notes: list[tuple[str, str]] = []
        self.results: list[Result] = []
        self._fails = fails

    def opened(self, room: Room) -> None:
        self._note("opened", room)

    def concluded(self, room: Room, result: Result) -> None:
        self.results.append(result)
        self._note("concluded", room)

    def closed(self, room: Room) -> None:
        self._note("closed", room)

    def _note(self, what: str, room: Room) -> None:
        self.notes.append((what, room.name))
        if self._fails:
            raise RuntimeError("a listener's own mistake")


def test_a_match_is_heard_of_when_it_ends() -> None:
    stepper = Stepper(5, options={"match_s": 2.0})
    clerk = Clerk()
    stepper.lobby.heralds.listeners.append(clerk)
    ann, bob = stepper.join("Ann"), stepper.join("Bob")
    ann.pilot, bob.pilot = wander(Random(1)), wander(Random(2))
    stepper.step(stepper.room.rates.ticks_in(2.0 + PODIUM_S + 2.0) + 2)
    first, second = clerk.results
    assert {line.name for line in first.placings} == {"Ann", "Bob"}
    assert first.placings[0].place == 1
    assert (first.game, first.started_tick) == ("melee", 0)
    assert second.started_tick == first.ended_tick
    assert set(first.placings[0].figures) == {"kills", "deaths"}


def test_rooms_are_heard_of_when_they_come_and_go() -> None:
    stepper = Stepper(5)
    clerk = Clerk()
    stepper.lobby.heralds.listeners.append(clerk)
    name = stepper.room.name
    stepper.lobby.close_room(name, 0.0)
    assert clerk.notes == [("closed", name)]
    stepper.lobby.add_room(stepper.room)
    assert clerk.notes[1:] == [("opened", name)]


def test_a_listener_that_fails_is_counted_and_the_others_hear_all_the_same() -> None:
    stepper = Stepper(5)
    fails, works = Clerk(fails=True), Clerk()
    stepper.lobby.heralds.listeners += [fails, works]
    stepper.lobby.close_room(stepper.room.name, 0.0)
    assert works.notes == fails.notes == [("closed", stepper.room.name)]
    assert stepper.lobby.faults.chores_failed == 1


def test_nobody_has_to_listen() -> None:
    Heralds().closed(Stepper(5).room)


def test_who_has_left_for_good_is_told_of_once() -> None:
    stepper = Stepper(5, rates=Rates(20, 10), options={"match_s": 60.0})
    clerk, room = Clerk(), stepper.room
    stepper.lobby.heralds.listeners.append(clerk)
    stepper.join("Ann")
    room.join("Bob", False, "subject:bob")
    stepper.step(room.rates.ticks_in(35))
    room.leave(next(player for player in room.players.values() if player.name == "Bob"))
    looked_in = room.join("Cid", False, "subject:cid")
    stepper.step(room.rates.ticks_in(5))
    room.leave(looked_in)
    stepper.step(room.rates.ticks_in(25))
    (first,) = clerk.results
    assert [(line.name, line.since_tick) for line in first.left] == [("Bob", 0)]
    stepper.step(room.rates.ticks_in(60 + PODIUM_S))
    assert clerk.results[1].left == []
