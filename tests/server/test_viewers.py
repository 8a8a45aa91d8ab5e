"""What one viewer is told and forgets: news, keyframes, cells that leave its sight, and events that wait."""

from collections.abc import Sequence

import pytest

from protocol.arena import Arena, Place, Size
from protocol.cells import Grid
from protocol.limits import EVENTS_QUEUED_MAX, SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.messages import Event
from protocol.snapshot import CellKeyframe, Snapshot
from server.bulletin import CHECKSUM_EVERY
from server.games.melee import KINDS, ROCK
from server.publisher import Publisher
from server.viewers import LINGER_UNITS, Viewer
from server.world import World
from tests.instruments.stepper import FakeLink

SIDE = 4096
GRID = Grid(SIDE, SIDE)
SQUARE = [(-20.0, -20.0), (20.0, -20.0), (20.0, 20.0), (-20.0, 20.0)]
Hud = tuple[int, ...]


class Show:
    """One viewer of a wide world with a rock in each cell; `look` shows it one snapshot from somewhere."""

    def __init__(self, subprotocol: str) -> None:
        self.world = World(Arena("Wide", Size(SIDE, SIDE), [Place(512, 512)]), KINDS, 60, entities_max=128)
        self.rocks = {
            cell: self.world.spawn(ROCK, 256 + 512 * (cell % 8), 256 + 512 * (cell // 8), corners=SQUARE)
            for cell in range(GRID.count)
        }
        self.publisher = Publisher(self.world, GRID, 60)
        self.link = FakeLink(subprotocol)
        self.viewer = Viewer(self.link)
        self.tick = 0

    def look(self, x: float, y: float, hud: Hud = ()) -> Snapshot | None:
        """The snapshot; None when the viewer was blocked and nothing was posted."""
        self.tick += 2
        self.world.step()
        self.publisher.publish(self.tick)
        shown = self.viewer.show(self.publisher, self.viewer.sight(GRID, x, y), 7, None, None, hud)
        messages = self.received()
        assert shown == bool(messages)
        if not messages:
            return None
        assert isinstance(messages[-1], Snapshot)
        return messages[-1]

    def received(self) -> Sequence[object]:
        posted, self.link.sent = self.link.sent, []
        return [self.link.codec.decode_server(wire) for wire in posted]


def see(show: Show, x: float, y: float, hud: Hud = ()) -> Snapshot:
    snapshot = show.look(x, y, hud)
    assert snapshot is not None
    return snapshot


def see_steadily(show: Show) -> Snapshot:
    """The first snapshot, of a viewer that may be steady afterwards."""
    show.tick += 2
    show.publisher.publish(show.tick)
    assert show.viewer.show(show.publisher, GRID.around(2048, 2048), 7, 0, None, (), True)
    snapshot = show.received()[-1]
    assert isinstance(snapshot, Snapshot)
    return snapshot


def keyframes(snapshot: Snapshot) -> list[int]:
    return [news.cell for news in snapshot.cells if isinstance(news, CellKeyframe)]


def deltas(snapshot: Snapshot) -> list[int]:
    return [news.cell for news in snapshot.cells if not isinstance(news, CellKeyframe)]


@pytest.fixture(params=[SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON])
def show(request: pytest.FixtureRequest) -> Show:
    return Show(request.param)


# cells -----------------------------------------------------------------------------------------------------


def test_a_newcomer_gets_keyframes_then_only_news(show: Show) -> None:
    first = see(show, 2048, 2048)
    assert keyframes(first) == list(GRID.around(2048, 2048))
    assert (first.tick, first.ack, first.left) == (2, 7, [])
    assert see(show, 2048, 2048).cells == []
    cell = GRID.cell_at(2048, 2048)
    show.world.status[show.rocks[cell]] = 3
    show.world.status[show.rocks[0]] = 3  # far out of sight
    assert deltas(see(show, 2048, 2048)) == [cell]


def test_what_comes_into_sight_is_a_keyframe_and_what_leaves_it_is_said(show: Show) -> None:
    before = set(GRID.around(2048, 2048))
    see(show, 2048, 2048)
    there = see(show, 3000, 2048)
    after = set(GRID.around(3000, 2048))
    assert set(keyframes(there)) == after - before
    assert there.left == sorted(before - after)
    back = see(show, 2048, 2048)
    assert set(keyframes(back)) == before - after


def test_on_a_border_nothing_flickers(show: Show) -> None:
    edge = 2048 + 320  # here the view's side crosses a cell's border
    assert GRID.around(edge - 2, 2048) != GRID.around(edge + 2, 2048)
    see(show, edge - 2, 2048)
    see(show, edge + 2, 2048)
    for step in range(20):
        snapshot = see(show, edge + (2 if step % 2 else -LINGER_UNITS / 2), 2048)
        assert snapshot.left == []
        assert keyframes(snapshot) == []


def test_a_cell_that_lingers_leaves_in_the_end(show: Show) -> None:
    edge = 2048 + 320
    see(show, edge + 2, 2048)
    assert see(show, edge - LINGER_UNITS + 2, 2048).left == []
    assert see(show, edge - LINGER_UNITS - 2, 2048).left


def test_everything_near_is_always_told(show: Show) -> None:
    known: set[int] = set()
    for step in range(200):
        x, y = 2048 + 1800 * ((step * 37 % 100) / 50 - 1), 2048 + 1800 * ((step * 53 % 100) / 50 - 1)
        snapshot = see(show, x, y)
        known = (known - set(snapshot.left)) | set(keyframes(snapshot))
        assert known >= set(GRID.around(x, y))
        assert known <= set(GRID.around(x, y, 704 + LINGER_UNITS))


def test_a_cell_that_is_off_comes_as_a_keyframe_once(show: Show) -> None:
    see(show, 2048, 2048)
    cell = GRID.cell_at(2048, 2048)
    show.viewer.forget(cell)
    assert keyframes(see(show, 2048, 2048)) == [cell]
    assert keyframes(see(show, 2048, 2048)) == []


@pytest.mark.parametrize("cell", [0, 63, 65535])
def test_a_resync_of_what_is_not_in_sight_is_nothing(show: Show, cell: int) -> None:
    see(show, 2048, 2048)
    show.viewer.forget(cell)
    assert keyframes(see(show, 2048, 2048)) == []


# blocked ---------------------------------------------------------------------------------------------------


def test_who_is_blocked_gets_nothing_and_then_keyframes(show: Show) -> None:
    see(show, 2048, 2048)
    show.link.block()
    for _ in range(CHECKSUM_EVERY):
        assert show.look(2048, 2048) is None
    show.link.unblock()
    assert keyframes(see(show, 2048, 2048)) == list(GRID.around(2048, 2048))
    assert see(show, 2048, 2048).cells == []


def test_who_moved_while_blocked_is_told_what_left(show: Show) -> None:
    before = set(GRID.around(500, 500))
    see(show, 500, 500)
    show.link.block()
    assert show.look(2048, 2048) is None
    show.link.unblock()
    there = see(show, 3500, 3500)
    assert set(there.left) == before
    assert keyframes(there) == list(GRID.around(3500, 3500))


def test_nothing_piles_up_for_who_is_blocked(show: Show) -> None:
    see(show, 2048, 2048)
    show.link.block(after_posts=1)
    for _ in range(50):
        show.look(2048, 2048)
    assert show.link.sent == []


def test_only_what_had_news_meanwhile_is_a_keyframe(show: Show) -> None:
    see(show, 2048, 2048)
    show.link.block()
    show.world.status[show.rocks[GRID.cell_at(2048, 2048)]] = 3
    show.world.status[show.rocks[0]] = 3  # far out of sight
    show.look(2048, 2048)
    due = show.publisher.spoken
    show.link.unblock()
    told = see(show, 2048, 2048)
    assert keyframes(told) == [cell for cell in GRID.around(2048, 2048) if cell in due]
    assert len(keyframes(told)) < len(GRID.around(2048, 2048))


# lagging ---------------------------------------------------------------------------------------------------


def test_who_lags_gets_fewer_snapshots_with_the_newest_in_them(show: Show) -> None:
    first = see(show, 2048, 2048)
    show.viewer.lag.applied = first.tick
    told = [first.tick]
    while show.tick < first.tick + 30 * 60:
        show.viewer.review(show.tick)
        show.world.status[show.rocks[GRID.cell_at(2048, 2048)]] = show.tick % 7
        if (snapshot := show.look(2048, 2048)) is not None:
            told.append(snapshot.tick)
            assert all(news.cell in show.publisher.spoken for news in snapshot.cells) or keyframes(snapshot)
    assert len(told) < 45
    assert show.viewer.lag.is_behind
    show.viewer.lag.applied = told[-1]
    assert GRID.cell_at(2048, 2048) in keyframes(see(show, 2048, 2048))
    assert not show.viewer.lag.is_behind
    assert keyframes(see(show, 2048, 2048)) == []


def test_who_lags_is_not_steady(show: Show) -> None:
    first = see_steadily(show)
    assert show.viewer.is_steady != show.link.codec.is_text
    assert show.viewer.review(first.tick + 200, first.tick + 200, first.tick)
    assert not show.viewer.is_steady


def test_whoever_is_looked_at_before_the_first_snapshot_is_not_behind(show: Show) -> None:
    assert show.viewer.review(100_000, 100_000, 0)
    assert not show.viewer.lag.is_behind


# the hud ---------------------------------------------------------------------------------------------------


def test_the_hud_is_said_when_it_changes(show: Show) -> None:
    assert see(show, 0, 0, hud=(1, 2)).hud == [1, 2]
    assert see(show, 0, 0, hud=(1, 2)).hud is None
    assert see(show, 0, 0, hud=(1, 3)).hud == [1, 3]
    show.link.block()
    show.look(0, 0, hud=(1, 3))
    show.look(0, 0, hud=(1, 4))
    show.link.unblock()
    assert see(show, 0, 0, hud=(1, 4)).hud == [1, 4]


# events ----------------------------------------------------------------------------------------------------


def event(show: Show, n: int) -> bytes:
    return show.link.codec.encode(Event(n, "news", {"n": n}))


def test_events_go_out_when_paid_and_before_snapshots(show: Show) -> None:
    show.viewer.owe(event(show, 1))
    assert show.received() == []
    show.viewer.pay()
    [news] = show.received()
    assert isinstance(news, Event)
    show.link.block()
    show.viewer.owe(event(show, 2))
    show.viewer.owe(event(show, 3))
    assert show.received() == []
    show.link.unblock()
    show.tick += 2
    show.publisher.publish(show.tick)
    assert show.viewer.show(show.publisher, show.viewer.sight(GRID, 0, 0), 0, None, None, ())
    *events, snapshot = show.received()
    assert [news.tick for news in events if isinstance(news, Event)] == [2, 3]
    assert isinstance(snapshot, Snapshot)


def test_events_ride_with_the_snapshot_in_one_post(show: Show) -> None:
    see(show, 2048, 2048)
    for n in range(3):
        show.viewer.owe(event(show, n))
    show.link.block(after_posts=1)
    show.tick += 2
    show.publisher.publish(show.tick)
    assert show.viewer.show(show.publisher, show.viewer.sight(GRID, 2048, 2048), 0, None, None, ())
    *events, snapshot = show.received()
    assert [news.tick for news in events if isinstance(news, Event)] == [0, 1, 2]
    assert isinstance(snapshot, Snapshot)


def test_too_many_events_overrun_and_memory_stays_bounded(show: Show) -> None:
    show.link.block()
    for n in range(EVENTS_QUEUED_MAX):
        show.viewer.owe(event(show, n))
    assert not show.viewer.overrun
    for n in range(1000):
        show.viewer.owe(event(show, n))
    assert show.viewer.overrun
    show.link.unblock()
    show.viewer.pay()
    assert len(show.received()) == EVENTS_QUEUED_MAX
