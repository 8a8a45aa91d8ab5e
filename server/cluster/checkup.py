"""How this process is, as others are told once a second: little enough that a hundred of them bear it. Pure.

Ticks and load are those of the last five seconds, so that a number can be read before it is another.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from server.cluster.news import Vitals
from server.hall import present
from server.lobby import Lobby
from server.seats import Doors
from server.stats import Buckets

WINDOW: Final = 5
"""So many checkups are looked back."""


class Moment(Struct, frozen=True):
    at_s: float
    cpu_s: float
    durations: Buckets


class Checkup:
    """Of `lobby`; `durations` are those of all ticks since the start."""

    def __init__(self, lobby: Lobby, durations: Callable[[], Buckets]) -> None:
        self._lobby, self._durations = lobby, durations
        self._moments: deque[Moment] = deque(maxlen=WINDOW + 1)

    def vitals(self, url: str, lease_s: float | None, now_s: float, cpu_s: float) -> Vitals:
        """`cpu_s`: what the process has taken since its start."""
        lobby, now = self._lobby, Moment(now_s, cpu_s, self._durations())
        self._moments.append(now)
        then = self._moments[0]
        ticks, seconds = now.durations.since(then.durations), now.at_s - then.at_s
        players = [player for room in lobby.rooms.values() for player in room.players.values()]
        return Vitals(
            url=url,
            rooms=len(lobby.rooms),
            people=present(lobby.sessions),
            visitors=present(lobby.hall.guests()),
            players=len(players),
            bots=sum(player.bot for player in players),
            tick_p99_ms=round(ticks.percentile(0.99) * 1e3, 3) if now is not then and ticks.total else None,
            load=round((cpu_s - then.cpu_s) / seconds, 3) if seconds > 0 else 0.0,
            lease_s=None if lease_s is None else round(max(0.0, lease_s), 1),
            is_open=lobby.doors is Doors.OPEN,
        )
