"""The game lives while ticks go on, or where none have to."""

from protocol.ticks import Rates
from server.games.melee import Melee
from server.lobby import Lobby
from server.minders.vitals import Pulse, Vitals
from server.venue import find_arena


def vitals() -> tuple[Lobby, Vitals]:
    lobby = Lobby()
    lobby.open_room("a", Melee, find_arena("pinball"), Rates(60, 30), 1)
    return lobby, Vitals(lobby, lambda: True)


def test_it_beats_while_ticks_go_on() -> None:
    lobby, what = vitals()
    pulse = Pulse(what)
    assert pulse.beats()
    assert not pulse.beats()
    lobby.rooms["a"].advance(0.0)
    assert pulse.beats()
    assert not pulse.beats()


def test_a_room_that_rests_need_not_tick() -> None:
    lobby, what = vitals()
    pulse = Pulse(what)
    pulse.beats()
    lobby.rooms["a"].is_resting = True
    assert pulse.beats()
    assert pulse.beats()


def test_two_who_ask_have_a_pulse_each() -> None:
    lobby, what = vitals()
    one, other = Pulse(what), Pulse(what)
    assert one.beats()
    assert other.beats()
    lobby.rooms["a"].advance(0.0)
    assert one.beats()
    assert other.beats()


def test_bots_are_not_people() -> None:
    lobby, what = vitals()
    room = lobby.rooms["a"]
    room.join("bot", True)
    assert (what.rooms(), what.people(), what.ticks()) == (1, 0, {"a": 0})
