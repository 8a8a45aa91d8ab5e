"""The range counts what was on target on the screen, and what became of it."""

from bench.shooting import Shooting
from bots.netsim import Conditions

QUICK = Conditions(rtt_ms=40.0, jitter_ms=10.0)


def test_it_counts_what_the_screen_and_the_server_say() -> None:
    shooting = Shooting(QUICK)
    shooting.play(15)
    assert shooting.fired > 20
    assert 0 < shooting.on_target <= shooting.fired
    assert shooting.on_target_hits <= min(shooting.on_target, shooting.hits)
    assert shooting.room.statistics.rewinds >= shooting.fired
    assert shooting.too_late == 0


def test_who_misjudges_the_time_misses() -> None:
    """The count is no constant: a shooter who says that its picture was an eighth of a second younger hits less."""
    right, wrong = Shooting(QUICK), Shooting(QUICK, stamp=lambda tick: tick + 7.5)
    for shooting in (right, wrong):
        shooting.play(25)
    assert wrong.on_target_hits / wrong.on_target < right.on_target_hits / right.on_target
