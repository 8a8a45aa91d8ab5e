"""Seats after a restart: who had one has it again, with what is theirs, and nobody else does."""

from itertools import count
from random import Random

import pytest

from protocol.errors import Code
from protocol.limits import SEAT_KEPT_S, SUBPROTOCOL_JSON
from protocol.messages import Chat, Rename
from server.checkpoint import capture, revive, seal, unseal
from server.games.melee import Melee
from server.roles import Identity, Role
from tests.instruments.stepper import Stepper, wander
from tests.server.conversations import code_of, open_room

TOKENS = count(1)


@pytest.fixture
def stepper() -> Stepper:
    return Stepper()


class Restarted:
    """A second lobby that goes on from what the first had written down."""

    def __init__(self, before: Stepper) -> None:
        room = before.room
        saved = unseal(seal(capture(room, before.lobby.save_seats(room, before.now_s))))
        self.stepper = Stepper()
        self.stepper.now_s = 5000.0
        self.lobby = self.stepper.lobby
        self.lobby.seating.new_token = lambda: f"again-{next(TOKENS)}"
        self.lobby.close_room("main", 0.0)
        self.stepper.room = self.room = revive(saved, Melee, room.arena, room.rates, {})
        self.lobby.add_room(self.room, saved.seats, self.stepper.now_s)


def test_after_a_restart_the_token_gives_the_same_ship_and_score(stepper: Stepper) -> None:
    ann, bob = stepper.join("Ann"), stepper.join("Bob", SUBPROTOCOL_JSON)
    melee = stepper.room.game
    assert isinstance(melee, Melee)
    melee.fighters[1].score = 350
    ann.pilot = bob.pilot = wander(Random(1))
    stepper.step(60)
    again = Restarted(stepper).stepper
    back = again.join("Whoever", resume=ann.welcome.resume)
    assert (back.welcome.player, back.player.name, back.welcome.tick) == (1, "Ann", 60)
    assert back.player.ship == ann.player.ship
    assert back.events_named("scores")[0]["scores"][0][:2] == [1, 350]
    assert back.errors == []
    again.step(2)
    assert back.told.own is not None
    assert not list(again.differences(back))
    assert again.join("Bob", resume=bob.welcome.resume).welcome.player == 2
    assert [error.code for error in again.join("Thief", resume=ann.welcome.resume).errors] == [Code.RESUME_REFUSED]


def test_who_came_back_after_the_checkpoint_and_before_the_crash_is_not_locked_out(stepper: Stepper) -> None:
    ann = stepper.join("Ann")
    restarted = Restarted(stepper)
    stepper.drop(ann)
    later = stepper.join("Ann", resume=ann.welcome.resume)  # of which the checkpoint knows nothing
    back = restarted.stepper.join("Ann", resume=later.welcome.resume)
    assert back.welcome.player == 1
    for used in (ann.welcome.resume, later.welcome.resume):
        thief = restarted.stepper.join("Thief", resume=used)
        assert [error.code for error in thief.errors] == [Code.RESUME_REFUSED]


def test_whom_somebody_had_muted_is_mute_after_a_restart_too(stepper: Stepper) -> None:
    ann, bob, eve = stepper.join("Ann"), stepper.join("Bob"), stepper.join("Eve")
    ann.say(Chat("/mute Bob"), 0.0)
    ann.say(Chat("/mute Eve"), 1.0)
    stepper.lobby.save_seats(stepper.room, 1.0)
    ann.say(Chat("/unmute Eve"), 2.0)
    stepper.drop(eve)
    again = Restarted(Restarted(stepper).stepper).stepper  # the second time before anybody has come back
    bob, eve = (again.join("Whoever", resume=client.welcome.resume) for client in (bob, eve))
    ann = again.join("Ann", resume=ann.welcome.resume)
    for client in (bob, eve):
        client.say(Chat(f"I am {client.player.name}"), again.now_s)
    again.step(2)
    assert [line.text for line in ann.chats] == ["I am Eve"]
    ann.say(Chat("/muted"), again.now_s)
    ann.say(Chat("/unmute Bob"), again.now_s + 2)
    bob.say(Chat("and now?"), again.now_s + 20)
    again.step(2)
    told = [line.text for line in ann.chats[1:]]
    number = told[0].rpartition("#")[2]
    assert told == [f"You don't hear: Bob #{number}", f"You hear Bob #{number} again", "and now?"]
    assert int(number) not in {line.number for line in ann.chats if line.name}, "nobody else has it"


def test_a_mute_knows_who_has_another_name_after_a_restart_too(stepper: Stepper) -> None:
    ann, bob = stepper.join("Ann"), stepper.join("Bob")
    ann.say(Chat("/mute Bob"), 0.0)
    bob.say(Rename("Rob"), 1.0)
    again = Restarted(stepper).stepper
    ann, bob = (again.join("Whoever", resume=client.welcome.resume) for client in (ann, bob))
    assert bob.player.name == "Rob"
    bob.say(Chat("me again"), again.now_s)
    again.step(2)
    assert ann.chats == []


@pytest.mark.parametrize("key", ["address:10.0.0.1", "address:10.0.0.1 bob", "address:10.0.0.1 rob"])
def test_who_was_banned_meanwhile_does_not_get_the_seat_back(stepper: Stepper, key: str) -> None:
    """By their address, by the name that they had come with, and by the one that they have in their seat."""
    bob = stepper.join("Bob", address="10.0.0.1:1")
    bob.say(Rename("Rob"), 1.0)
    again = Restarted(stepper).stepper
    again.lobby.bans.add(key, 600.0, "rude", again.now_s)
    back = again.join("Liz", address="10.0.0.2:1", resume=bob.welcome.resume)
    assert code_of(back) == Code.BANNED
    assert not again.room.players
    assert again.join("Liz", address="10.0.0.2:1").welcome.player == 2, "who comes without it is somebody else"


def test_seats_are_kept_for_as_long_as_they_would_have_been(stepper: Stepper) -> None:
    ann, bob = stepper.join("Ann"), stepper.join("Bob")
    stepper.drop(ann)
    stepper.now_s += 20.0
    restarted = Restarted(stepper)
    lobby, now_s = restarted.lobby, restarted.stepper.now_s
    lobby.excuse(1.0, now_s + 1.0)
    lobby.sweep(now_s + SEAT_KEPT_S - 20.0)
    assert sorted(restarted.room.players) == [1, 2]
    lobby.sweep(now_s + SEAT_KEPT_S - 18.0)
    assert sorted(restarted.room.players) == [2], "Bob was there until the end"
    lobby.sweep(now_s + SEAT_KEPT_S + 2.0)
    assert not restarted.room.players
    late = restarted.stepper.join("Bob", resume=bob.welcome.resume)
    assert [error.code for error in late.errors] == [Code.RESUME_REFUSED]


def test_after_a_restart_too_a_subjects_seat_is_resumed_by_nobody_else(stepper: Stepper) -> None:
    ann = stepper.join("Ann")
    assert ann.session.seat is not None
    ann.session.seat.identity = Identity("ann", Role.PLAYER)
    guest = Restarted(stepper).stepper.join("Guest", resume=ann.welcome.resume)
    assert [error.code for error in guest.errors] == [Code.RESUME_REFUSED]
    assert guest.welcome.player == 2


def test_a_second_restart_keeps_whoever_has_not_come_back_yet(stepper: Stepper) -> None:
    ann, bob = stepper.join("Ann"), stepper.join("Bob")
    once = Restarted(stepper)
    bob = once.stepper.join("Bob", resume=bob.welcome.resume)
    twice = Restarted(once.stepper)
    for name, number, client in (("Ann", 1, ann), ("Bob", 2, bob)):
        assert twice.stepper.join(name, resume=client.welcome.resume).welcome.player == number


def test_a_closed_room_forgets_its_reserved_seats(stepper: Stepper) -> None:
    ann = stepper.join("Ann")
    restarted = Restarted(stepper)
    restarted.lobby.close_room("main", 0.0)
    open_room(restarted.stepper, "other")
    back = restarted.stepper.join("Ann", resume=ann.welcome.resume)
    assert [error.code for error in back.errors] == [Code.RESUME_REFUSED]
