"""The rooms and the sessions, as an admin looks at them: bounded, whatever there is. Pure.

Of a thousand sessions a page is made, and only its rows: people before bots, and in each case who came first.
"""

from collections import Counter

from protocol.stats import ROOMS_SHOWN_MAX, SESSIONS_SHOWN_MAX, Look, RoomRow, SessionRow, Sessions
from server.lobby import Lobby
from server.room import Room
from server.seats import Reserved, Seat


def rooms(lobby: Lobby) -> list[RoomRow]:
    """The fullest first, when there are more than can be shown."""
    found = list(lobby.rooms.values())
    if len(found) > ROOMS_SHOWN_MAX:
        found = sorted(found, key=lambda room: -len(room.players))[:ROOMS_SHOWN_MAX]
    watching = Counter(seat.room for seat in lobby.seats() if seat.player is None)
    return [_room(room, watching[room]) for room in found]


def sessions(lobby: Lobby, look: Look, now_s: float) -> Sessions:
    """The page that `look` asks for; the last one, when it asks for more than there is."""
    wanted = look.search.strip().casefold()
    found = [seat for seat in lobby.seats() if not wanted or _has(seat, wanted)]
    found.sort(key=_is_bot)
    first = min(look.first, max(0, len(found) - 1) // SESSIONS_SHOWN_MAX * SESSIONS_SHOWN_MAX)
    page = found[first : first + SESSIONS_SHOWN_MAX]
    return Sessions(look.search, first, len(found), [_session(lobby, seat, now_s) for seat in page])


def _room(room: Room, spectators: int) -> RoomRow:
    players = room.players.values()
    bots = sum(player.bot for player in players)
    return RoomRow(
        name=room.name,
        title=room.name,
        game=room.game.name,
        arena=room.arena.name,
        players=len(players),
        bots=bots,
        spectators=spectators,
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


def _has(seat: Seat | Reserved, wanted: str) -> bool:
    """Whether any of what a person may look for is there: a name, who they are, where they are."""
    name = seat.player.name if seat.player is not None else ""
    return any(wanted in text.casefold() for text in (name, seat.key, seat.room.name))
