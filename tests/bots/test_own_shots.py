"""Our own shots: there at once, taken over by the server's, and gone when the server never fired them.

The browser's twin is held to these by golden vectors (`tests/instruments/shot_scenes`).
"""

from math import inf

import pytest

from bots.act import Act
from bots.interpolation import Interpolation, Track
from bots.neighbourhood import ShipState
from bots.netsim import Conditions
from bots.own_shots import MATCH_TICKS, UNCONFIRMED_MAX, OwnShots, Shot
from bots.view import View
from bots.walls import Walls
from protocol.motion import Button, Input
from protocol.reckoning import Published
from protocol.snapshot import CellKeyframe, Own, Snapshot, checksum_of
from server.games.pieces import GUN
from tests.bots.stage import Stage
from tests.instruments.engine_scenes import KINDS, SHOT
from tests.instruments.shot_scenes import YARD

BORN, GAP = 100, 9
FIRING = Input(buttons=Button.FIRE)
SHIP = ShipState(675.0, 650.0, 0.0, 0.0, 0)
OWN = Own(3, 675.0, 650.0, 0.0, 0.0, 0)


class Range:
    """A view, and shots in it."""

    def __init__(self) -> None:
        self.view = View(KINDS, 60)
        self.shots = OwnShots(GUN, YARD, self.view)

    def hear(self, tick: int, *entities: Published, own: Own | None = OWN) -> None:
        told = CellKeyframe(0, checksum_of(entities), list(entities))
        self.view.apply(Snapshot(tick, 0, None, own, None, [], None, [told]))
        self.shots.heard(own)

    def unconfirmed(self, now: float) -> list[Shot]:
        return list(self.shots.unconfirmed(now, now - GAP))

    def place(self, track: Track, now: float, gap: float = GAP) -> Shot:
        shot = self.shots.place(track, now, now - gap)
        assert shot is not None
        return shot


def published(tick: int = BORN, x: float = 700.0, y: float = 650.0, status: int = 0, vx: float = 900.0) -> Published:
    velocity = round(vx * KINDS[SHOT].velocity_scale)
    return Published(5, SHOT, 0, 2, status, tick, round(x * 8), round(y * 8), velocity, 0, 0, 0, 0, 0)


def track(state: Published | None = None) -> Track:
    return Track(state or published(), KINDS[SHOT])


@pytest.fixture
def range_() -> Range:
    return Range()


def test_a_shot_is_there_in_the_tick_in_which_our_gun_fires(range_: Range) -> None:
    range_.shots.step(BORN, FIRING, SHIP, 0)
    [shot] = range_.unconfirmed(BORN)
    assert (shot.x, shot.y, shot.vx, shot.status) == (675.0 + 10.0 + 15.0, 650.0, 900.0, 0)


def test_the_servers_takes_its_place_and_nothing_is_seen_of_it(range_: Range) -> None:
    range_.shots.step(BORN, FIRING, SHIP, 0)
    range_.hear(BORN)
    [foreseen] = range_.unconfirmed(BORN + 6)
    assert range_.place(track(), BORN + 6) == foreseen
    assert range_.unconfirmed(BORN + 6) == []
    assert (range_.shots.matched, range_.shots.matched_units) == (1, 0.0)


def test_one_that_was_fired_late_and_elsewhere_melts_to_where_it_is(range_: Range) -> None:
    range_.shots.step(BORN, FIRING, SHIP, 0)
    [foreseen] = range_.unconfirmed(BORN + 12)
    late = track(published(BORN + 2, y=654.0))
    at = range_.place(late, BORN + 12)
    assert at.id == foreseen.id
    assert at.y == pytest.approx(650.0, abs=1e-6)
    assert range_.place(late, BORN + 40).y == pytest.approx(654.0, abs=0.1)


def test_what_the_server_does_not_tell_of_was_never_fired(range_: Range) -> None:
    range_.shots.step(BORN, FIRING, SHIP, 0)
    range_.hear(BORN + MATCH_TICKS)
    assert len(range_.unconfirmed(BORN + MATCH_TICKS)) == 1
    range_.hear(BORN + MATCH_TICKS + 2)
    assert range_.unconfirmed(BORN + MATCH_TICKS + 2) == []
    assert range_.shots.dropped == 1


def test_what_we_did_not_foresee_is_drawn_too_and_the_gun_cools_down_for_it(range_: Range) -> None:
    range_.hear(BORN)
    assert range_.place(track(), BORN + 3, 3).status == 0
    range_.shots.step(BORN + 5, FIRING, SHIP, 0)
    assert range_.unconfirmed(BORN + 5) == []
    range_.shots.step(BORN + 13, FIRING, SHIP, 0)
    assert len(range_.unconfirmed(BORN + 13)) == 1
    assert range_.shots.unforeseen == 1


def test_one_that_comes_back_into_sight_was_not_fired_now(range_: Range) -> None:
    range_.hear(BORN, own=Own(3, 1300.0, 650.0, 0.0, 0.0, 0))
    assert range_.place(track(published(status=2)), BORN + 3, 3).status == 2
    range_.shots.step(BORN + 5, FIRING, SHIP, 0)
    assert len(range_.unconfirmed(BORN + 5)) == 1
    assert range_.shots.unforeseen == 0


def test_unconfirmed_shots_are_bounded(range_: Range) -> None:
    for tick in range(BORN, BORN + 900):
        range_.shots.step(tick, FIRING, SHIP, 9000)
    range_.hear(BORN)
    assert len(list(range_.shots.unconfirmed(BORN, BORN + 900))) <= UNCONFIRMED_MAX


def test_it_leaves_the_muzzle_by_the_clock_and_falls_back_to_the_picture_going_forward(range_: Range) -> None:
    flying = track()
    assert range_.shots.place(flying, BORN - 1, BORN - 1 - GAP) is None
    places = [range_.place(flying, now).x for now in range(BORN, BORN + 3 * GAP + 1)]
    assert places == sorted(set(places))
    assert places[0] == 700.0
    assert places[-1] == pytest.approx(700.0 + 15.0 * 2 * GAP)


def test_what_turned_out_otherwise_melts(range_: Range) -> None:
    flying = track()
    before = range_.place(flying, BORN + 10, 2)
    truth = published(BORN + 5, 775.0, 660.0, 2)
    flying.beliefs.append((truth, truth.tick))
    assert range_.place(flying, BORN + 10, 2).y == pytest.approx(before.y)
    after = range_.place(flying, BORN + 36, 2)
    assert after.status == 2
    assert after.y == pytest.approx(660.0, abs=0.1)


def test_it_ends_where_it_was_ended(range_: Range) -> None:
    flying = track()
    assert flying.gone == inf
    flying.gone = BORN + 20
    range_.place(flying, BORN + 19, 2)
    assert range_.shots.place(flying, BORN + 30, BORN + 25) is None


def test_a_player_foresees_its_shots_in_a_real_room() -> None:
    """Every one that the server fires, and none else, among bounces and rocks; and none when the match is over."""
    stage = Stage()
    player = stage.seat("Ann", Conditions(rtt_ms=120.0), foresees_shots=True)
    pictures: list[Interpolation] = []

    def draw(part: int) -> None:
        view, shots, lead = player.view, player.shots, player.lead
        if part or view is None or shots is None or lead is None or not view.tick:
            return
        if not pictures:
            pictures.append(Interpolation(view, 30, Walls(stage.house.room.arena)))
            player.on_snapshot = lambda: pictures[0].heard(stage.house.now_s)
            pictures[0].heard(stage.house.now_s)
        pictures[0].advance(stage.house.now_s)
        for track in pictures[0].tracks.values():
            if track.kind.category == "shot":
                shots.place(track, lead.tick_at(stage.house.now_s), pictures[0].tick)
                assert shots.matched_units < 1.0

    stage.on_step = draw
    stage.play(3.0)
    for turn in range(12):
        player.stick.hold(Act((0.5, 0.2), 0.5 * turn, fire=True))
        stage.play(0.25)
    player.stick.hold(Act())
    stage.play(0.5)
    assert player.shots is not None
    assert (player.shots.matched, player.shots.unforeseen, player.shots.dropped) == (14, 0, 0)
    stage.house.room.say("match", {"phase": "podium", "ends_tick": 0, "standings": []})
    stage.play(0.5)
    player.stick.hold(Act(fire=True))
    stage.play(0.1)
    assert list(player.shots.unconfirmed(player.tick, player.tick)) == []


def test_whoever_does_not_draw_pays_for_no_courses() -> None:
    stage = Stage()
    player = stage.seat("Ann", Conditions(rtt_ms=20.0))
    stage.play(0.5)
    assert player.welcome is not None
    assert player.welcome.gun is not None
    assert player.shots is None
