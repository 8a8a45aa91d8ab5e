"""The rules of ball, played out on the pitch: goals, assists, own goals, saves, kick-off, the golden goal."""

from math import hypot
from pathlib import Path

import msgspec
import pytest

from protocol.arena import Arena, Place, Size
from protocol.motion import Button, Input
from server.checkpoint import capture, revive, seal, unseal
from server.games import ball as rules
from server.games.ball import ASSISTS, GOALS, POINTS, SAVES, Ball
from server.games.plain import PODIUM_S
from tests.instruments.stepper import Client, Stepper, arena_named

PITCH = arena_named("pitch")
MIDDLE = (1152.0, 576.0)
MATCH_S = 10.0
LINES_MAX = 200


class Match:
    """Ann and Cat play for team 1, which has the left goal; Bob and Dan for team 2."""

    def __init__(self) -> None:
        self.stepper = Stepper(arena=PITCH, game=Ball, options={"match_s": MATCH_S})
        self.ann, self.bob, self.cat, self.dan = (self.stepper.join(name) for name in ("Ann", "Bob", "Cat", "Dan"))
        game = self.stepper.room.game
        assert isinstance(game, Ball)
        self.game, self.world = game, self.stepper.room.world
        self.stepper.step()

    def roll(self, x: float, y: float, vx: float = 0.0, vy: float = 0.0) -> None:
        self.world.put(self.game.book.ball, x, y)
        self.world.set_velocity(self.game.book.ball, vx, vy)

    def touch(self, client: Client) -> None:
        """A light touch, in the middle; then the ship is out of the way."""
        self.world.put(client.player.ship, MIDDLE[0] - 54, MIDDLE[1])
        self.world.set_velocity(client.player.ship, 100.0, 0.0)
        self.roll(*MIDDLE)
        self.stepper.until(lambda: bool(touches := self.game.book.touches) and touches[0].player == client.player.id)
        self.world.put(client.player.ship, MIDDLE[0], 200 + 40 * client.player.id)

    def shoot(self, team: int) -> None:
        """The ball rolls into the goal of the other team, and nobody is in its way."""
        for client in (self.ann, self.bob, self.cat, self.dan):
            self.world.put(client.player.ship, MIDDLE[0], 200 + 40 * client.player.id)
        self.roll(*((2100.0, 576.0, 900.0) if team == 1 else (200.0, 576.0, -900.0)))
        scores = list(self.game.book.team_scores)
        self.stepper.until(lambda: self.game.book.team_scores != scores, ticks_max=30)
        self.stepper.step(2)

    def until_phase(self, phase: str, ticks_max: int = 700) -> None:
        self.stepper.until(lambda: self.game.book.phase == phase, ticks_max)


@pytest.fixture
def match() -> Match:
    return Match()


def test_it_is_one_small_file() -> None:
    assert len(Path(rules.__file__).read_text("utf-8").splitlines()) <= LINES_MAX


def test_it_needs_a_goal_for_either_team() -> None:
    assert Ball.unfit(PITCH) == ""
    assert "goal for team 1" in Ball.unfit(Arena("Bare", Size(512, 512), [Place(256, 256)]))


def test_teams_start_on_their_own_sides(match: Match) -> None:
    for client in (match.ann, match.bob, match.cat, match.dan):
        x = float(match.world.x[client.player.ship])
        assert (x < MIDDLE[0]) == (client.player.team == 1)


def test_who_touched_it_last_scores_and_the_one_before_assists(match: Match) -> None:
    for client in (match.cat, match.bob, match.ann):
        match.touch(client)
    assert match.world.status[match.game.book.ball] == 1
    match.shoot(1)
    [goal] = match.bob.events_named("goal")
    assert goal == {"team": 1, "by": 1, "assist": 3, "own": 0}
    assert match.game.book.team_scores == [1, 0]
    assert match.game.book.rows[1][POINTS : GOALS + 1] == [100, 1]
    assert match.game.book.rows[3][ASSISTS] == 1
    assert match.dan.events_named("team_scores")[-1] == {"scores": [1, 0]}


def test_a_goal_that_no_attacker_had_a_part_in_is_an_own_goal(match: Match) -> None:
    match.touch(match.ann)
    match.shoot(2)
    assert match.ann.events_named("goal") == [{"team": 2, "by": 0, "assist": 0, "own": 1}]
    match.stepper.step(200)
    match.shoot(1)
    assert match.ann.events_named("goal")[-1] == {"team": 1, "by": 0, "assist": 0, "own": 0}


def test_an_old_touch_is_worth_nothing(match: Match) -> None:
    match.touch(match.ann)
    match.roll(*MIDDLE)
    match.stepper.step(int(rules.CREDIT_S * 60))
    match.shoot(1)
    assert match.ann.events_named("goal")[-1]["by"] == 0


def test_after_a_goal_there_is_a_kick_off(match: Match) -> None:
    match.shoot(1)
    match.roll(60.0, 576.0)
    match.stepper.step(30)
    assert match.game.book.team_scores == [1, 0], "until then nothing counts"
    [told] = {snapshot.hud[0] for snapshot in match.ann.snapshots[-15:] if snapshot.hud}
    assert told == match.game.book.kickoff_tick
    assert match.ann.welcome.hud[0] == "kickoff_until"
    match.stepper.until(lambda: match.stepper.room.tick >= match.game.book.kickoff_tick)
    x, y, vx, vy = match.game._course()
    assert (x, y, vx, vy) == (*MIDDLE, 0.0, 0.0)
    assert hypot(match.world.vx[match.ann.player.ship], match.world.vy[match.ann.player.ship]) == 0.0
    match.shoot(2)
    assert match.game.book.team_scores == [1, 1]


def turn_away(match: Match) -> None:
    """The ball is on its way into the left goal; Ann comes out of it, and meets the ball."""
    match.world.put(match.ann.player.ship, 200.0, 576.0)
    match.world.set_velocity(match.ann.player.ship, 500.0, 0.0)
    match.roll(500.0, 576.0, -500.0)
    was = match.stepper.room.tick
    match.stepper.until(lambda: match.game.book.touches[0].tick > was, ticks_max=60)
    match.stepper.step(2)


def test_who_turns_a_ball_away_that_was_going_in_saves(match: Match) -> None:
    match.touch(match.bob)
    turn_away(match)
    assert match.bob.events_named("save") == [{"by": 1}]
    assert match.game.book.rows[1][SAVES] == 1
    match.roll(260.0, 700.0, 100.0)
    match.world.put(match.cat.player.ship, 330.0, 700.0)
    match.stepper.step(30)
    assert match.game.book.rows[3][SAVES] == 0


def test_a_ball_that_ones_own_team_has_sent_there_is_no_save(match: Match) -> None:
    for client in (match.bob, match.cat):
        match.touch(client)
    turn_away(match)
    turn_away(match)  # and what she has touched last herself
    assert match.game.book.touches[0].player == match.ann.player.id
    assert match.bob.events_named("save") == []
    assert match.game.book.rows[1] == [0, 0, 0, 0]


def test_a_ball_that_a_team_mate_could_not_turn_away_is_a_save_all_the_same(match: Match) -> None:
    match.touch(match.bob)
    match.roll(600.0, 576.0, -600.0)
    match.world.put(match.cat.player.ship, 600.0, 540.0)
    match.stepper.until(lambda: match.game.book.touches[0].player == match.cat.player.id, ticks_max=5)
    assert match.game._course()[2] < -300.0, "it goes on"
    turn_away(match)
    assert match.bob.events_named("save") == [{"by": 1}]


def test_a_ball_that_is_in_already_can_not_be_saved(match: Match) -> None:
    match.shoot(2)
    for time in range(2):
        match.world.put(match.ann.player.ship, 24.0, 400.0)
        match.world.set_velocity(match.ann.player.ship, 900.0, 0.0)
        match.roll(78.0, 400.0, -100.0)
        match.stepper.step(5)
        assert match.game._course()[2] > 0.0, f"kicked out of the goal, {time} times before"
    assert match.stepper.room.tick < match.game.book.kickoff_tick
    assert match.bob.events_named("save") == []
    assert match.game.book.rows[1][SAVES] == 0


def test_shots_move_the_ball_and_hurt_nobody(match: Match) -> None:
    match.world.put(match.ann.player.ship, 700.0, 576.0)
    match.ann.pilot = lambda tick: Input(aim=0, buttons=Button.FIRE)
    match.stepper.step(90)
    assert match.world.vx[match.game.book.ball] > 50.0
    assert match.game.book.touches[0].player == 1
    match.roll(MIDDLE[0], 300.0)
    match.world.put(match.bob.player.ship, 1000.0, 576.0)
    match.stepper.step(60)
    assert match.bob.player.ship
    assert not match.bob.events_named("hit")


def test_a_draw_goes_on_until_the_next_goal(match: Match) -> None:
    match.stepper.until(lambda: match.game.book.golden, ticks_max=round(MATCH_S * 60) + 2)
    assert match.ann.events_named("golden") == [{}]
    assert match.ann.events_named("match")[-1]["phase"] == "play"
    match.shoot(2)
    assert match.ann.events_named("match")[-1]["phase"] == "podium"
    assert match.ann.events_named("match")[-1]["winner"] == 2


def test_who_draws_level_at_the_last_moment_gets_a_golden_goal_that_outlasts_the_kick_off(match: Match) -> None:
    match.shoot(1)
    match.stepper.until(lambda: match.stepper.room.tick > match.game.book.kickoff_tick)
    match.game.book.ends_tick = match.stepper.room.tick + 60
    match.shoot(2)
    match.stepper.until(lambda: match.game.book.golden)
    assert match.stepper.room.tick < match.game.book.kickoff_tick
    match.stepper.until(lambda: match.stepper.room.tick > match.game.book.kickoff_tick)
    match.shoot(1)
    assert match.ann.events_named("match")[-1]["phase"] == "podium"
    assert match.ann.events_named("match")[-1]["winner"] == 1


def test_a_draw_without_another_goal_ends_as_one(match: Match) -> None:
    match.stepper.until(lambda: match.game.book.golden, ticks_max=round(MATCH_S * 60) + 2)
    match.game.book.ends_tick = match.stepper.room.tick + 1
    match.until_phase("podium", 5)
    assert match.ann.events_named("match")[-1]["winner"] == 0
    match.until_phase("play", round(PODIUM_S * 60) + 2)
    assert not match.game.book.golden
    assert match.game._course()[:2] == MIDDLE


def test_who_leads_when_the_time_is_up_has_won(match: Match) -> None:
    match.shoot(1)
    match.until_phase("podium")
    body = match.ann.events_named("match")[-1]
    assert (body["phase"], body["winner"]) == ("podium", 1)
    match.roll(60.0, 576.0)
    match.stepper.step(5)
    assert match.game.book.team_scores == [1, 0], "after the end nothing counts"


def test_a_restart_does_not_end_it(match: Match) -> None:
    match.touch(match.ann)
    match.shoot(1)
    match.ann.pilot = lambda tick: Input(aim=0, buttons=Button.FIRE)
    match.stepper.step(45)
    room = match.stepper.room
    saved = unseal(seal(capture(room, match.stepper.lobby.save_seats(room, match.stepper.now_s))))
    again = revive(saved, Ball, PITCH, match.stepper.rates, {"match_s": MATCH_S})
    assert isinstance(again.game, Ball)
    assert msgspec.to_builtins(again.game.save()) == msgspec.to_builtins(match.game.save())
    assert again.game.shots.flying
    assert again.game._course() == match.game._course()
    assert again.game.shots.loaded == match.game.shots.loaded != {}, "no gun is loaded sooner for it"
    for _ in range(180):
        again.advance(0.0)
    assert again.game._course()[:2] == MIDDLE
