"""The rooms and the sessions, as an admin looks at them: bounded, whatever there is. Pure.

Of a thousand sessions a page is made, and only its rows: people before bots, and in each case who came first; those in
the lobby come after those in rooms.
"""

from functools import cached_property

from protocol.stats import ROOMS_SHOWN_MAX, SESSIONS_SHOWN_MAX, Look, RoomRow, SessionRow, Sessions
from server.lobby import Lobby
from server.room import Room
from server.seats import Seat
from server.session import Session
from server.whom import Somebody, everybody, is_bot, keys_of, name_of, session_of


def rooms(lobby: Lobby) -> list[RoomRow]:
    """The fullest first, when there are more than can be shown."""
    found = list(lobby.rooms.values())
    if len(found) > ROOMS_SHOWN_MAX:
        found = sorted(found, key=lambda room: -len(room.players))[:ROOMS_SHOWN_MAX]
    return [_room(room) for room in found]


class Directory:
    """Everybody who has a seat or is in the lobby now; put in order once and read once, however many look."""

    def __init__(self, lobby: Lobby, now_s: float) -> None:
        self._lobby, self._now_s = lobby, now_s
        self._all = sorted(everybody(lobby), key=is_bot)

    @cached_property
    def _texts(self) -> list[str]:
        return [_text(one) for one in self._all]

    def page(self, look: Look) -> Sessions:
        """The page that `look` asks for; the last one, when it asks for more than there is."""
        wanted, found = look.search.strip().casefold(), self._all
        if wanted:
            found = [one for one, text in zip(found, self._texts, strict=True) if wanted in text]
        first = min(look.first, max(0, len(found) - 1) // SESSIONS_SHOWN_MAX * SESSIONS_SHOWN_MAX)
        page = found[first : first + SESSIONS_SHOWN_MAX]
        return Sessions(look.search, first, len(found), [_row(self._lobby, one, self._now_s) for one in page])


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


def _row(lobby: Lobby, one: Somebody, now_s: float) -> SessionRow:
    player = None if isinstance(one, Session) else one.player
    session = one if isinstance(one, Session) else one.session if isinstance(one, Seat) else None
    return SessionRow(
        room=None if isinstance(one, Session) else one.room.name,
        player=player.id if player else None,
        name=name_of(one),
        bot=is_bot(one),
        connected=session is not None,
        kept_s=None if isinstance(one, Session) else one.kept_s(now_s),
        subject=one.identity.subject,
        role=one.identity.role.value,
        known_as=one.key,
        muted=lobby.mutes.find_any(keys_of(one), now_s) is not None,
        rtt_ms=player.rtt_ms if player else 0,
        blocked=session is not None and session.link.blocked,
        lagging=isinstance(one, Seat) and session is not None and one.viewer.lag.is_behind,
        session=session_of(lobby, one),
    )


def _text(one: Somebody) -> str:
    """All that a person may look for: a name, who they are, where they are."""
    room = "" if isinstance(one, Session) else one.room.name
    return f"{name_of(one) or ''}\n{one.key}\n{room}".casefold()
