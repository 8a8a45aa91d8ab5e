"""A player in a real room, without sockets: the whole netcode, stepped."""

import pytest

from bots.act import Act
from bots.common_room import CommonRoom
from bots.pace import THINK_INTERVAL_S
from bots.pings import PING_INTERVAL_S
from bots.view import View
from protocol.arena import Arena, Place, Size
from protocol.messages import Chat, ChatLine, Error, Event, Inputs, Leave, Message
from protocol.quantize import SEEN_SCALE
from tests.bots.stage import Stage

OPEN_ARENA = Arena("open", Size(2048, 2048), [Place(1024, 1024)])


class Circler:
    """Flies around."""

    def __init__(self, room: CommonRoom) -> None:
        self.thought: list[int] = []

    def think(self, view: View, tick: int) -> Act:
        self.thought.append(tick)
        turn = len(self.thought)
        return Act((1.0 if turn % 8 < 4 else -1.0, 0.6 if turn % 6 < 3 else -0.6), boost=turn % 11 == 0)


@pytest.mark.parametrize("latency_ms", [0, 30, 100])
def test_alone_in_the_open_nothing_is_ever_mispredicted(latency_ms: int) -> None:
    """Also on a server without any latency, where the lead must still be a tick and more."""
    stage = Stage(OPEN_ARENA)
    player = stage.join(latency_s=latency_ms / 1000.0, brain=Circler)
    stage.play(2.0)
    stage.tally.prediction_error_units.counts.clear()
    stage.tally.input_slack_ms.counts.clear()
    stage.play(6.0)
    assert stage.tally.prediction_error_units.total() == 6 * 30
    assert stage.tally.prediction_error_units.percentiles().max == 0.0
    assert stage.tally.input_slack_ms.share_below(0.0) == 0.0
    assert stage.tally.checksum_mismatches == 0
    assert player.view is not None
    assert player.view.ack == player.view.tick
    assert player.account.snapshots == pytest.approx(8 * 30, abs=3 + latency_ms / 15)


def test_with_jitter_few_inputs_are_late() -> None:
    stage = Stage(OPEN_ARENA)
    stage.join(latency_s=0.03, jitter_s=0.02, brain=Circler)
    stage.play(5.0)
    stage.tally.input_slack_ms.counts.clear()
    stage.play(15.0)
    assert stage.tally.input_slack_ms.share_below(0.0) < 0.01


def test_a_brain_thinks_at_its_own_pace() -> None:
    stage = Stage(OPEN_ARENA)
    brains: list[Circler] = []

    def give(room: CommonRoom) -> Circler:
        brains.append(Circler(room))
        return brains[-1]

    stage.join(brain=give)
    stage.play(5.0)
    assert 5.0 / THINK_INTERVAL_S - 3 <= len(brains[0].thought) <= 5.0 / THINK_INTERVAL_S + 1


def test_round_trips_are_measured_with_pings() -> None:
    stage = Stage(OPEN_ARENA)
    player = stage.join(latency_s=0.040)
    stage.play(5.5)
    rtt_ms = stage.tally.rtt_ms.percentiles()
    assert stage.tally.rtt_ms.total() == 1 + 5 / PING_INTERVAL_S
    assert rtt_ms.p50 == pytest.approx(80.0, abs=20.0)
    assert player.pings.rtt_s == pytest.approx(0.080, abs=0.02)


def test_the_roster_follows_who_comes_and_goes() -> None:
    stage = Stage(OPEN_ARENA)
    ann = stage.join("Ann")
    stage.play(0.2)
    bob = stage.join("Bob")
    heard: list[Event | ChatLine | Error] = []
    ann.on_message = heard.append
    stage.play(0.2)
    assert sorted(info.name for info in ann.roster.values()) == ["Ann", "Bob"]
    assert all(info.bot for info in ann.roster.values())
    bob.say(Chat("hello"))
    stage.play(0.2)
    assert [message.text for message in heard if isinstance(message, ChatLine)] == ["hello"]
    bob.say(Leave())
    stage.play(0.2)
    assert [info.name for info in ann.roster.values()] == ["Ann"]
    assert bob.bye is not None
    assert bob.bye.code == 1000


def test_it_resumes_with_the_token_of_its_last_welcome() -> None:
    stage = Stage(OPEN_ARENA)
    player = stage.join()
    stage.play(0.5)
    assert player.welcome is not None
    number, token = player.welcome.player, player.resume
    lost = stage.cables.pop()
    lost.drop()
    player.end(stage.stepper.now_s)
    assert player.lead is None
    assert not player.account.is_open
    stage.connect(player)
    stage.play(0.5)
    assert player.welcome.player == number
    assert player.resume != token
    assert player.account.is_open
    assert player.ship is not None


def test_after_a_suspension_the_ticks_between_are_left_out() -> None:
    stage = Stage(OPEN_ARENA)
    player = stage.join(brain=Circler)
    stage.play(1.0)
    cable = stage.cables.pop()
    stage.play(2.0)
    stage.cables.append(cable)
    sent_before = cable.sent_bytes
    stage.play(0.05)
    assert cable.sent_bytes - sent_before < 600
    stage.play(3.0)
    stage.tally.input_slack_ms.counts.clear()
    stage.play(1.0)
    assert stage.tally.input_slack_ms.share_below(0.0) == 0.0
    assert player.view is not None


def test_bytes_that_cannot_be_read_are_a_value_error() -> None:
    stage = Stage(OPEN_ARENA)
    player = stage.join()
    with pytest.raises(ValueError):  # noqa: PT011  # any: the sentence is the library's
        player.receive(b"\xc1\xc1", 0.0)


@pytest.mark.parametrize("picture_ticks", [None, 3.5])
def test_inputs_say_how_old_the_picture_was_that_they_were_made_for(picture_ticks: float | None) -> None:
    """The newest snapshot, unless whoever steers looks at something older."""
    stage = Stage(OPEN_ARENA)
    player = stage.join(latency_s=0.05)
    stage.play(1.0)
    assert player.view is not None
    player.seen_tick = None if picture_ticks is None else player.view.tick - picture_ticks
    sent: list[Inputs] = []
    say = player.say

    def overhear(message: Message) -> None:
        if isinstance(message, Inputs):
            sent.append(message)
        say(message)

    player.say = overhear  # type: ignore[method-assign]  # to see it before it is bytes
    stage.play(0.034)
    for said in sent:
        seen_tick = said.first_tick + len(said.entries) - 1 - said.seen / SEEN_SCALE
        assert seen_tick == (said.applied if player.seen_tick is None else player.seen_tick)
    assert sent
