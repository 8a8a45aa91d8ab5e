"""The hunter: what it goes for, where it aims, and that it can be beaten."""

from math import atan2, cos, hypot, pi, sin
from random import Random

import pytest

from bots.act import Act
from bots.brains.hunter import FAR_UNITS, SHOT_SPEED, STATUS_PROTECTED, Hunter
from bots.view import View
from protocol.reckoning import Published
from tests.bots.stage import Stage, common_room, published, view_of
from tests.instruments.stepper import arena_named


def acts_of(view: View, seed: int = 1, count: int = 60) -> list[Act]:
    hunter = Hunter(common_room(), Random(seed))
    return [hunter.think(view, 103 + 6 * i) for i in range(count)]


def mean_aim(acts: list[Act], around: float) -> float:
    """The average direction, near `around`."""
    return around + sum((act.aim - around + pi) % (2 * pi) - pi for act in acts) / len(acts)


def fixed(hunter: Hunter, view: View, count: int = 200) -> list[Act]:
    """Think again and again in the same tick: only the hand's error and chance differ."""
    return [hunter.think(view, 100) for _ in range(count)]


def test_without_a_ship_it_does_nothing() -> None:
    assert acts_of(view_of(None, published(2, 600, 500)), count=1) == [Act()]


def test_with_nobody_in_sight_it_flies_and_holds_its_fire() -> None:
    acts = acts_of(view_of((500, 500)))
    assert not any(act.fire for act in acts)
    assert all(hypot(*act.move) > 0.9 for act in acts)


def test_it_leads_a_target_that_crosses() -> None:
    view = view_of((400, 500), published(2, 800, 500, vy=300))
    aim = mean_aim(fixed(Hunter(common_room(), Random(3)), view, 400), 0.0)
    seen = next(view.sightings("ship"))
    flight_s = (400 / cos(aim)) / SHOT_SPEED
    assert aim == pytest.approx(atan2(seen.vy * flight_s, 400), abs=0.06)


def test_it_waits_a_moment_before_it_shoots_and_not_all_the_time() -> None:
    acts = acts_of(view_of((400, 500), published(2, 700, 500)))
    assert not acts[0].fire
    assert 10 < sum(act.fire for act in acts) < 55


def test_its_hand_shakes_and_some_hunters_are_better() -> None:
    view = view_of((400, 500), published(2, 700, 500))

    def error(seed: int) -> float:
        acts = fixed(Hunter(common_room(), Random(seed)), view)
        return sum(abs(act.aim) for act in acts) / len(acts)

    errors = [error(seed) for seed in range(8)]
    assert all(0.02 < one < 0.3 for one in errors)
    assert max(errors) > 1.3 * min(errors)


def test_behind_a_wall_it_banks_off_the_border() -> None:
    """Left and right of the wall, both near its top: straight is blocked, over the border it goes."""
    view = view_of((850, 260), published(2, 1150, 260))
    acts = fixed(Hunter(common_room(), Random(2)), view, 400)
    assert mean_aim(acts, -pi / 3) == pytest.approx(atan2(4 - 260, 150), abs=0.1)


def test_with_no_line_and_no_bank_it_holds_its_fire() -> None:
    view = view_of((900, 500), published(2, 1100, 500))
    assert not any(act.fire for act in acts_of(view))


def test_it_comes_closer_from_afar_and_backs_off_from_near() -> None:
    far = acts_of(view_of((100, 500), published(2, 100 + FAR_UNITS + 100, 500)))
    near = acts_of(view_of((500, 500), published(2, 560, 500)))
    assert all(act.move[0] > 0.9 for act in far)
    assert all(act.move[0] < 0.0 for act in near)


def test_it_boosts_in_from_very_far() -> None:
    assert acts_of(view_of((100, 100), published(2, 900, 100)), count=1)[0].boost
    assert not acts_of(view_of((100, 100), published(2, 400, 100)), count=1)[0].boost


def test_hurt_it_goes_for_a_pickup_and_boosts() -> None:
    pickup = published(9, 500, 700, kind=2)
    act = acts_of(view_of((500, 500), published(2, 700, 500), pickup, hull=20), count=1)[0]
    assert act.move == pytest.approx((0.0, 1.0))
    assert act.boost


def test_it_lets_a_fresh_ship_be() -> None:
    fresh = published(2, 600, 500, status=STATUS_PROTECTED)
    assert not any(act.fire for act in acts_of(view_of((500, 500), fresh)))


def test_it_stays_with_its_target_until_another_is_much_nearer() -> None:
    hunter = Hunter(common_room(), Random(1))

    def side(*others: Published) -> float:
        return cos(mean_aim(fixed(hunter, view_of((500, 500), *others), 80), 0.0))

    assert side(published(2, 700, 500)) > 0.8
    assert side(published(2, 700, 500), published(3, 320, 500)) > 0.8
    assert cos(mean_aim(fixed(hunter, view_of((500, 500), published(2, 700, 500), published(3, 420, 500))), pi)) < -0.8


def pulses_of(view: View, count: int = 300) -> list[Act]:
    hunter = Hunter(common_room(), Random(1))
    return [act for act in (hunter.think(view, 100 + 6 * i) for i in range(count)) if act.pulse]


def test_it_lets_its_pulse_go_when_it_points_at_what_it_sees_and_only_when_it_is_ready() -> None:
    me, target = (400.0, 500.0), published(2, 700, 500)
    ready = with_pulse(view_of(me, target), 0)
    pulses = pulses_of(ready)
    assert 5 < len(pulses) < 100
    for act in pulses:
        assert abs(300 * sin(act.aim)) < 16
    assert not pulses_of(with_pulse(view_of(me, target), 10**6))
    assert not pulses_of(view_of(me, target)), "a game without a pulse"
    assert not pulses_of(with_pulse(view_of(me, published(2, 985, 500)), 0)), "out of reach"
    assert not pulses_of(with_pulse(view_of((900, 500), published(2, 1100, 500)), 0)), "behind a wall"


def with_pulse(view: View, until: int) -> View:
    view.hud["pulse_until"] = until
    return view


def test_hunters_harm_each_other_in_a_real_room() -> None:
    """Four of them in the small arena: within a minute there are kills, with beliefs and predictions intact."""
    stage = Stage(arena_named("pinball"), seed=3)
    kills = 0

    def count(message: object) -> None:
        nonlocal kills
        kills += getattr(message, "name", "") == "kill"

    for i in range(4):
        player = stage.join(f"H{i}", latency_s=0.02, brain=lambda room, i=i: Hunter(room, Random(i)))  # type: ignore[misc]  # mypy can't infer it
        player.on_message = count
    for _ in range(60):
        stage.play(1.0)
        if kills:
            break
    assert kills
    assert stage.tally.checksum_mismatches == 0
    error_units = stage.tally.prediction_error_units.percentiles().p50
    assert error_units is not None
    assert error_units < 0.5
