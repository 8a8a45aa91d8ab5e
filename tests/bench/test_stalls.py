"""What happens after a stall is put down to it, and nothing else is."""

from bench.figures import Figures
from bench.stalls import AFTER_STALL_S, StallWatch
from bots.netsim import Conditions, Route

STALLING = Conditions(stalls_per_s=0.05, stall_ms=500.0)


class Watched:
    def __init__(self) -> None:
        self.route: Route[bytes | str] = Route(STALLING, 9, 0.0)
        self.figures = Figures()
        self.watch = StallWatch(self.route, self.figures)
        stalls = [pipe.way.stall for pipe in (self.route.up, self.route.down)]
        self.begin_s, self.end_s = min(stalls)[0] / 1000.0, min(stalls)[1] / 1000.0
        assert abs(stalls[0][0] - stalls[1][0]) > 1000.0 * (AFTER_STALL_S + 1.0), "they are apart"

    def look(self, from_s: float, to_s: float) -> None:
        for step in range(int(from_s * 100), int(to_s * 100)):
            now_ms = step * 10.0
            for pipe in (self.route.up, self.route.down):
                pipe.put(b"", 1, now_ms)
                pipe.take(now_ms)
            self.watch.look(now_ms / 1000.0)


def test_the_last_thing_that_is_not_normal_says_how_long_it_took() -> None:
    watched = Watched()
    watched.look(0.0, watched.end_s + 0.1)
    watched.watch.note(watched.end_s + 0.2)
    watched.watch.note(watched.end_s + 0.4, is_snap=True)
    assert watched.figures.recovery_ms.total() == 0
    watched.look(watched.end_s + 0.5, watched.end_s + AFTER_STALL_S + 0.1)
    assert watched.figures.recovery_ms.percentiles().max == 400.0
    assert watched.figures.snaps.percentiles().max == 1.0


def test_where_all_is_normal_it_took_nothing() -> None:
    watched = Watched()
    watched.look(0.0, watched.end_s + AFTER_STALL_S + 0.1)
    assert watched.figures.recovery_ms.counts == {0: 1}
    assert watched.figures.snaps.counts == {0: 1}


def test_what_happens_before_and_within_a_stall_is_not_its_aftermath() -> None:
    watched = Watched()
    watched.look(0.0, watched.begin_s - 0.1)
    watched.watch.note(watched.begin_s - 0.1, is_snap=True)
    watched.look(watched.begin_s - 0.1, watched.begin_s + 0.3)
    watched.watch.note(watched.begin_s + 0.3, is_snap=True)
    watched.look(watched.begin_s + 0.3, watched.end_s + AFTER_STALL_S + 0.1)
    assert watched.figures.recovery_ms.counts == {0: 1}
    assert watched.figures.snaps.counts == {0: 1}
