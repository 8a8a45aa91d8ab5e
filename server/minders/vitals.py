"""What those who mind the process are told of it, and whether the game lives. Pure."""

from collections.abc import Callable

from server.lobby import Lobby


class Vitals:
    """Looks at `lobby`; `is_ready` says whether newcomers are welcome, and will find a game."""

    def __init__(self, lobby: Lobby, is_ready: Callable[[], bool]) -> None:
        self._lobby, self._is_ready = lobby, is_ready

    @property
    def is_ready(self) -> bool:
        return self._is_ready()

    def people(self) -> int:
        """Those who play, bots not counted."""
        return self._lobby.people()

    def rooms(self) -> int:
        return len(self._lobby.rooms)

    def ticks(self) -> dict[str, int]:
        """The tick of each room that ought to tick: a room in which nobody is rests."""
        return {name: room.tick for name, room in self._lobby.rooms.items() if not room.is_resting}


class Pulse:
    """One minder's finger on it. Whoever asks is alive, so it is about ticks: they must go on."""

    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals
        self._before: dict[str, int] = {}

    def beats(self) -> bool:
        """Whether a tick has come since this was last asked, or none had to. To be asked twice a second at most."""
        before, self._before = self._before, self._vitals.ticks()
        return not self._before or any(before.get(name) != tick for name, tick in self._before.items())
