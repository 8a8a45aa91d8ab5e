"""A game's events can't be taken for the room's own."""

import re

import pytest

from server.own_events import OWN_EVENTS
from tests.instruments.served import ROOT
from tests.instruments.stepper import Stepper
from tests.protocol.test_protocol_page import section


def test_they_are_those_of_the_page_and_what_opens_a_chunk_of_a_replay() -> None:
    own, _, others = section("18 `event`").partition("Of a room whose arena is built together")
    assert others
    assert {*re.findall(r"^\| `(\w+)` \| `\{", own, re.MULTILINE)} == OWN_EVENTS - {"roster"}


def test_whoever_writes_a_game_is_told_all_of_them() -> None:
    told = (ROOT / "docs" / "your-first-game.md").read_text("utf-8").partition("what the room calls its own: ")[2]
    assert {*re.findall(r"`(\w+)`", told.partition(".")[0])} == OWN_EVENTS


def test_a_game_that_uses_one_is_told_so_before_anybody_hears_it() -> None:
    stepper = Stepper()
    ann, stage = stepper.join("Ann"), stepper.room
    with pytest.raises(ValueError, match="an event of the room's own is called 'left'"):
        stage.say("left", {"player": 1})
    with pytest.raises(ValueError, match="an event of the room's own is called 'late'"):
        stage.say_near("late", {"player": 1}, 0.0, 0.0, 100.0)
    stepper.step(4)
    assert not ann.events_named("left")
    assert not ann.events_named("late")
