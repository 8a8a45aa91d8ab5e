"""Ball: two teams, a heavy ball, and a goal at either end.

The ball is shoved with the hull, best with a boost, and shot at; nothing hurts. In the other team's goal it counts: for
whoever of the scoring team touched it last, and an assist for the one before. Then there is a kick-off. When the time
is up and nobody leads, the next goal wins; when none is made for GOLDEN_S, it is a draw.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from protocol.arena import Arena, Goal
from protocol.description import Column, Control, Description, HudLine, Look, News, Team
from server.game import Player, Stage
from server.games.pieces import BALL_KIND, CRATE_KIND, GUN, ROCK_KIND, SHIP_KIND, SHOT_KIND
from server.games.plain import Book, Plain
from server.games.shots import Shot, Shots
from server.world import Contact

BALL_GUN: Final = replace(GUN, cooldown_s=0.3, rapid_cooldown_s=0.3, bounces_max=1)
CELEBRATION_S, GOLDEN_S, CREDIT_S = 2.5, 120.0, 8.0
TOUCHES_KEPT, HUD_STEP_UNITS = 4, 32
POINTS, GOALS, ASSISTS, SAVES = range(4)
WORTH: Final = {GOALS: 100, ASSISTS: 50, SAVES: 25}
THREAT_S: Final = tuple(tenth / 10 for tenth in range(1, 16))  # when a ball on its way may be in the goal


class Touch(Struct, frozen=True, array_like=True):
    player: int
    team: int
    tick: int
    sent_by: int = 0  # the team whose doing its course is: the others', too, if it still goes into one's own goal


class BallBook(Book, kw_only=True):
    ball: int = 0
    golden: bool = False
    kickoff_tick: int = 0
    touches: list[Touch] = field(default_factory=list)
    """Of the ball, the latest first."""
    shots: dict[int, Shot] = field(default_factory=dict)
    loaded: dict[int, int] = field(default_factory=dict)


class Ball(Plain):
    """One match after another, in one room."""

    name = "ball"
    map = "pitch"
    teams = 2
    kinds = (
        replace(SHIP_KIND, look=Look(style="ship", colour="team")),
        replace(SHOT_KIND, mass=0.15, look=Look(style="shot", colour="team")),
        replace(BALL_KIND, look=Look(style="ball", colour="white")),
        *(ROCK_KIND, CRATE_KIND),
    )
    gun = BALL_GUN
    touches = (("ship", "ball"),)
    hud = ("kickoff_until", "ball_x", "ball_y")
    saved = BallBook
    book: BallBook
    description = Description(
        title="Ball",
        about="Two teams and a heavy ball: shove it, or shoot it, into the other goal.",
        hud=(
            HudLine(name="boost_until", label="Boost", style="ready", hue="yellow"),
            HudLine(name="kickoff_until", label="Kick-off", style="time", where="middle"),
            HudLine(name="ball", label="Ball", style="arrow"),
        ),
        controls=(
            Control(button="move", does="fly and shove"),
            Control(button="aim", does="aim"),
            Control(button="fire", does="shoot the ball"),
            Control(button="boost", does="kick"),
        ),
        columns=(Column(label="Points"), Column(label="Goals"), Column(label="Assists"), Column(label="Saves")),
        teams=(Team(name="Sky", hue="sky"), Team(name="Ember", hue="vermilion")),
        news=(
            News(event="goal", shout="Goal for {team:team}"),
            News(event="goal", text="{by} scores, {assist} assists"),
            News(event="goal", text="{by} scores"),
            News(event="goal", text="Own goal by {own}"),
            News(event="save", text="{by} saves"),
            News(event="golden", text="Golden goal: the next one wins", shout="Golden goal"),
        ),
    )

    @staticmethod
    def unfit(arena: Arena) -> str:
        return "" if {goal.team for goal in arena.goals} == {1, 2} else "it needs a goal for team 1 and one for team 2"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.shots = Shots(self.stage, BALL_GUN, self.book.shots, self.book.loaded)
        self._before = self._course()

    # the contract ------------------------------------------------------------------------------------------

    def begin(self) -> None:
        super().begin()
        self.book.ball = self.world.spawn(self.kind("ball") or 0, *self.stage.arena.middle)

    def restore(self, saved: Book) -> None:
        super().restore(saved)
        self.shots = Shots(self.stage, BALL_GUN, self.book.shots, self.book.loaded)

    def before_step(self) -> None:
        super().before_step()
        if self.stage.tick == self.book.kickoff_tick and self.book.phase == "play":
            self.fresh()
            self.say_match()
        self.shots.expire()
        for player in self.stage.pressing:
            self.shots.pull(player)
        self._before = self._course()

    def after_step(self, contacts: Sequence[Contact]) -> None:
        is_on = self.book.phase == "play" and self.stage.tick >= self.book.kickoff_tick
        for contact in contacts:
            if contact.entity in self.shots.flying:
                self._shot_touched(contact.entity, contact.other)
            elif contact.other == self.book.ball and (player := self.player_of(contact.entity)) is not None:
                self._touched(player, may_save=is_on)
        if is_on:
            self._judge_goal()
        super().after_step(contacts)

    def hud_of(self, player: Player) -> tuple[int, ...]:
        return self.book.kickoff_tick, *(round(at / HUD_STEP_UNITS) * HUD_STEP_UNITS for at in self._course()[:2])

    # the match ---------------------------------------------------------------------------------------------

    def fresh(self) -> None:
        """Kick-off: everybody on their own side, and the ball in the middle."""
        self.world.put(self.book.ball, *self.stage.arena.middle)
        self.world.status[self.book.ball], self.book.touches = 0, []
        for team in (1, 2):
            self.line_up(team)

    def time_over(self) -> None:
        book = self.book
        book.golden = book.phase == "play" and not book.golden and len(set(book.team_scores)) == 1
        if book.golden:
            book.ends_tick = self.stage.tick + self.ticks(GOLDEN_S)
            self.stage.say("golden", {})
            self.say_match()
        else:
            super().time_over()

    # the ball ----------------------------------------------------------------------------------------------

    def _course(self) -> tuple[float, ...]:
        """Of the ball: x, y, vx, vy."""
        return tuple(self.world.motion[[0, 1, 3, 4], self.book.ball].tolist())

    def _shot_touched(self, shot: int, other: int) -> None:
        if other == self.book.ball and (owner := self.stage.players.get(self.shots.flying[shot].owner)) is not None:
            self._touched(owner)
        (self.shots.bounce if self.player_of(other) is None else self.shots.end)(shot)

    def _touched(self, player: Player, may_save: bool = False) -> None:
        """Its team's colour is the ball's from now on. What the others had made going to be a goal may be none now."""
        touches, goal = self.book.touches, next(one for one in self.stage.arena.goals if one.team == player.team)
        is_threat = bool(touches) and touches[0].sent_by == 3 - player.team and _is_due(goal, *self._before)
        is_saved = is_threat and not _is_due(goal, *self._course())
        sent_by = 3 - player.team if is_threat and not is_saved else player.team
        touch = Touch(player.id, player.team, self.stage.tick, sent_by)
        others = [one for one in touches if one.player != player.id]
        self.book.touches, self.world.status[self.book.ball] = [touch, *others][:TOUCHES_KEPT], player.team
        if is_saved and may_save:
            self._reward(player.id, SAVES)
            self.stage.say("save", {"by": player.id})

    def _judge_goal(self) -> None:
        if goal := next((goal for goal in self.stage.arena.goals if goal.contains(*self._course()[:2])), None):
            self._score(3 - goal.team)

    def _score(self, team: int) -> None:
        book, since = self.book, self.stage.tick - self.ticks(CREDIT_S)
        by, assist, *_ = *(touch.player for touch in book.touches if touch.team == team and touch.tick >= since), 0, 0
        own = book.touches[0].player if book.touches and not by else 0
        book.team_scores[team - 1] += 1
        book.kickoff_tick = self.stage.tick + self.ticks(CELEBRATION_S)
        self._reward(by, GOALS)
        self._reward(assist, ASSISTS)
        self.stage.say("goal", {"team": team, "by": by, "assist": assist, "own": own})
        self.say_team_scores()
        if book.golden:
            self.end_match()

    def _reward(self, player: int, column: int) -> None:
        self.count(player, column)
        self.count(player, POINTS, WORTH[column])


def _is_due(goal: Goal, x: float, y: float, vx: float, vy: float) -> bool:
    """Whether a ball on that course is in `goal` before long, walls apart."""
    return any(goal.contains(x + vx * s, y + vy * s) for s in THREAT_S)
