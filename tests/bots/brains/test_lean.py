"""Lean bots: a player like any other to the server, at the price of none of the sights."""

from itertools import pairwise
from random import Random

from bots.act import Act
from bots.brains.lean import HOLD_S_MAX, HOLD_S_MIN, Lean
from protocol.motion import Button
from tests.bots.stage import Stage, common_room, view_of


def test_it_holds_the_stick_for_a_while_and_fires_now_and_then() -> None:
    view, lean = view_of(None), Lean(common_room(), Random(1))
    acts = [lean.think(view, tick) for tick in range(0, 60 * 600, 9)]
    starts = [at for at, (before, now) in enumerate(pairwise(acts), 1) if now.move != before.move]
    holds_s = [(later - earlier) * 9 / 60 for earlier, later in pairwise(starts)]
    assert HOLD_S_MIN <= min(holds_s) < max(holds_s) <= HOLD_S_MAX + 9 / 60
    assert all(abs(act.move[0] ** 2 + act.move[1] ** 2 - 1.0) < 1e-9 for act in acts)
    assert 0.1 < sum(act.fire for act in acts) / len(starts) < 0.3, "a shot at the beginning of some"


def test_the_same_seed_flies_the_same_way() -> None:
    view = view_of(None)

    def flight() -> list[Act]:
        lean = Lean(common_room(), Random(7))
        return [lean.think(view, tick) for tick in range(0, 1000, 9)]

    assert flight() == flight()


def test_to_the_server_they_are_players_whose_inputs_are_in_time() -> None:
    """They follow every cell to the bit, and foresee nothing."""
    stage = Stage()
    for number in range(6):
        rng = Random(number)
        stage.join(f"L{number}", 0.02, 0.005, lambda room, rng=rng: Lean(room, rng), attentive=False)  # type: ignore[misc]
    stage.play(3.0)
    stage.tally.input_slack_ms.counts.clear()
    stage.play(12.0)
    players = [cable.player for cable in stage.cables]
    assert stage.tally.input_slack_ms.share_below(0.0) < 0.01
    assert stage.tally.checksum_mismatches == 0
    assert stage.tally.prediction_error_units.total() == 0
    assert stage.tally.rtt_ms.total() > 6 * 12
    for player in players:
        assert player.ship is None
        assert player.view is not None
        assert player.view.ack >= player.view.tick - 2
        assert any(player.view.sightings("rock"))


def test_they_post_one_message_for_each_snapshot_with_an_input_for_every_tick() -> None:
    stage = Stage()
    player = stage.join("Lena", brain=lambda room: Lean(room, Random(1)), attentive=False)
    (cable,) = stage.cables
    stage.play(2.0)
    posted: list[bytes] = []
    post = cable.post

    def listen(message: bytes) -> None:
        posted.append(message)
        post(message)

    cable.post = listen  # type: ignore[method-assign]  # to listen in
    pulses = 0
    pulse = player.pulse

    def count(now_s: float) -> None:
        nonlocal pulses
        pulses += 1
        pulse(now_s)

    player.pulse = count  # type: ignore[method-assign]
    stage.play(4.0)
    codec = cable.player._codec
    inputs = [message for wire in posted if (message := codec.decode_client(wire)).number == 2]
    assert 4 * 30 - 4 <= len(inputs) <= 4 * 30 + 4
    ticks = [inputs_.first_tick + at for inputs_ in inputs for at in range(len(inputs_.entries))]  # type: ignore[attr-defined]
    assert ticks == list(range(ticks[0], ticks[0] + len(ticks)))
    assert pulses <= len(posted) + 4, "it is not woken for the tick in between"
    assert all(entry.buttons in (0, Button.FIRE) for inputs_ in inputs for entry in inputs_.entries)  # type: ignore[attr-defined]
