"""Whoever is forgotten while they are here goes on as somebody without an account.

A guest is known by a cookie, which is taken from the browser; nobody comes with that ID again. But a page that is open
was recognised when it connected: matches that it ends, and what it builds, would be kept for an account that is
nobody's, and that nobody could ever have deleted. Whoever shows a token is the same person afterwards as before, and
what they do from then on is theirs.
"""

from server.lobby import Lobby
from server.standings.guests import GUEST_PREFIX


def forget_in(lobby: Lobby, account: str) -> None:
    """Of all who are connected, whose seats are kept, or who have left a match that is still played, whoever has that
    account of a guest has none."""
    if not account.startswith(GUEST_PREFIX):
        return
    for session in lobby.sessions:
        if session.account == account:
            session.link.guest = ""
    for room in lobby.rooms.values():
        room.departures.forget(account)
        for player in room.players.values():
            if player.subject == account:
                player.subject = ""
