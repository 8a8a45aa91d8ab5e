"""Events that are the room's own: PROTOCOL.md, section 4, says what is in them, and clients take them for that."""

from typing import Final

OWN_EVENTS: Final = frozenset({"joined", "left", "renamed", "pings", "late", "recorded", "stopping", "roster"})


def check_name(name: str) -> None:
    """Raises ValueError when an event of a game's can't be called so."""
    if name in OWN_EVENTS:
        raise ValueError(f"an event of the room's own is called {name!r}: choose another name for the game's")
