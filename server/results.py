"""How a match ended: what its game says of it, and what is made of that for those who keep account of it.

A game calls `Stage.conclude` with a `Score` for each player. The room makes a `Result` of these, with names and places,
and tells its listener (`server.heralds`): standings, replays and the lobby hear of matches in this way, and no game
hears of them.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from protocol.limits import PODIUM_PLACES_MAX
from protocol.messages import Podium, Standing

if TYPE_CHECKING:
    from server.game import Player
    from server.room import Room

STAYED_S_MIN: Final = 30.0
"""Who goes earlier has only looked in."""
DEPARTURES_MAX: Final = 64


class Score(Struct, frozen=True):
    """What one player has at the end. `figures` are the game's own, such as kills or goals, none below 0."""

    player: int
    score: int
    figures: dict[str, int] = field(default_factory=dict)


class Placing(Struct, frozen=True):
    """One player's line. `place` is 1 for the best; who is equal shares a place."""

    player: int
    name: str
    subject: str
    """What an account is known by; "": there is none."""
    bot: bool
    team: int
    place: int
    score: int
    figures: dict[str, int]
    since_tick: int = 0
    """When they came into the room."""


class Result(Struct, frozen=True):
    """One match that has ended."""

    room: str
    game: str
    arena: str
    tick_rate: int
    started_tick: int
    ended_tick: int
    placings: list[Placing]
    """The best first."""
    team_scores: dict[int, int]
    """By team; empty where there are none."""
    left: list[Placing] = []
    """Who has an account, had played, and went before the end: the latest of them. They have no place, and no score."""


def placings(
    scores: Sequence[Score], players: Mapping[int, "Player"], team_scores: Mapping[int, int] | None = None
) -> list[Placing]:
    """The best first; with `team_scores` everybody has the place of their team. Who has left by now has none."""
    present = [(score, players[score.player]) for score in scores if score.player in players]
    marks = [team_scores.get(player.team, 0) if team_scores else score.score for score, player in present]
    ladder = list(team_scores.values()) if team_scores else marks
    lines = [
        Placing(
            player.id,
            player.name,
            player.subject,
            player.bot,
            player.team,
            1 + sum(other > mark for other in ladder),
            score.score,
            score.figures,
            player.since_tick,
        )
        for (score, player), mark in zip(present, marks, strict=True)
    ]
    return sorted(lines, key=lambda line: (line.place, -line.score, line.player))


def result_of(room: "Room", scores: Sequence[Score], team_scores: Mapping[int, int] | None = None) -> Result:
    """How the match that is played in `room` ends with this tick. Whoever has left it is asked for once."""
    return Result(
        room=room.name,
        game=room.game.name,
        arena=room.arena.name,
        tick_rate=room.rates.tick_rate,
        started_tick=room.match_tick,
        ended_tick=room.tick,
        placings=placings(scores, room.players, team_scores),
        team_scores=dict(team_scores or {}),
        left=room.departures.take(),
    )


def podium_of(result: Result) -> Podium:
    """What the lobby shows of a match."""
    standings = [Standing(line.name, line.team, line.score) for line in result.placings[:PODIUM_PLACES_MAX]]
    return Podium(result.room, result.game, standings)


class Departures:
    """Who has gone since the match began, of those who have an account and had played for a while. Bounded."""

    def __init__(self) -> None:
        self._gone = deque[Placing](maxlen=DEPARTURES_MAX)

    def note(self, player: "Player", played_s: float) -> None:
        """`player` is about to leave, who has been in this match for so long."""
        if player.subject and not player.bot and played_s >= STAYED_S_MIN:
            line = Placing(player.id, player.name, player.subject, False, player.team, 0, 0, {}, player.since_tick)
            self._gone.append(line)

    def save(self) -> list[Placing]:
        """All of them, the latest last."""
        return list(self._gone)

    def restore(self, gone: Iterable[Placing]) -> None:
        """The match goes on; these had gone before."""
        self._gone.extend(gone)

    def forget(self, account: str) -> None:
        """Whoever it was has none any more."""
        kept = [line for line in self._gone if line.subject != account]
        self._gone.clear()
        self._gone.extend(kept)

    def take(self) -> list[Placing]:
        """All of them; the next match begins."""
        gone = self.save()
        self._gone.clear()
        return gone
