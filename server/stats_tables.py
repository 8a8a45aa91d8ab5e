"""The rooms and the sessions, as an admin looks at them: bounded, whatever there is. Pure.

Of a thousand sessions a page is made, and only its rows: people before bots, and in each case who came first.
"""

from functools import cached_property

from protocol.stats import ROOMS_SHOWN_MAX, SESSIONS_SHOWN_MAX, Look, RoomRow, SessionRow, Sessions
from server.lobby import Lobby
from server.room import Room
from server.seats import Reserved, Seat


def rooms(lobby: Lobby) -> list[RoomRow]:
    """The fullest first, when there are more than can be shown."""
    found = list(lobby.rooms.values())
    if len(found) > ROOMS_SHOWN_MAX:
        found = sorted(found, key=lambda room: -len(room.players))[:ROOMS_SHOWN_MAX]
    return [_room(room) for room in found]


class Directory:
    """Everybody who has a seat now, for as many looks as there are: they are put in order once, and read once."""

    def __init__(self, lobby: Lobby, now_s: float) -> None:
        self._lobby, self._now_s = lobby, now_s
        self._seats = sorted(lobby.seats(), key=_is_bot)

    @cached_property
    def _texts(self) -> list[str]:
        return [_text(seat) for seat in self._seats]

    def page(self, look: Look) -> Sessions:
        """The page that `look` asks for; the last one, when it asks for more than there is."""
        wanted, found = look.search.strip().casefold(), self._seats
        if wanted:
            found = [seat for seat, text in zip(found, self._texts, strict=True) if wanted in text]
        first = min(look.first, max(0, len(found) - 1) // SESSIONS_SHOWN_MAX * SESSIONS_SHOWN_MAX)
        page = found[first : first + SESSIONS_SHOWN_MAX]
        return Sessions(look.search, first, len(found), [_session(self._lobby, seat, self._now_s) for seat in page])


def _room(room: Room) -> RoomRow:
    players = room.players.values()
    bots = sum(player.bot for player in players)
    return RoomRow(
        name=room.name,
        title=room.card.title or room.name,
        game=room.game.name,
        arena=room.arena.name,
        players=len(players),
        bots=bots,
        spectators=room.spectators,
        players_max=room.players_max,
        entities=len(room.world),
        tick=room.tick,
        tick_rate=room.rates.tick_rate,
    )


def _session(lobby: Lobby, seat: Seat | Reserved, now_s: float) -> SessionRow:
    player, viewer = seat.player, seat.viewer if isinstance(seat, Seat) and seat.session is not None else None
    return SessionRow(
        room=seat.room.name,
        player=player.id if player else None,
        name=player.name if player else None,
        bot=_is_bot(seat),
        connected=viewer is not None,
        kept_s=seat.kept_s(now_s),
        subject=seat.identity.subject,
        role=seat.identity.role.value,
        known_as=seat.key,
        muted=lobby.mutes.find(seat.key, now_s) is not None,
        rtt_ms=player.rtt_ms if player else 0,
        blocked=viewer is not None and viewer.link.blocked,
        lagging=viewer is not None and viewer.lag.is_behind,
    )


def _is_bot(seat: Seat | Reserved) -> bool:
    return seat.player is not None and seat.player.bot


def _text(seat: Seat | Reserved) -> str:
    """All that a person may look for: a name, who they are, where they are."""
    name = seat.player.name if seat.player is not None else ""
    return f"{name}\n{seat.key}\n{seat.room.name}".casefold()
