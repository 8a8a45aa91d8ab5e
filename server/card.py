"""A room's card: what is said of it beside its game and arena, and how it came to be.

The operator's rooms are permanent. A room that was opened on demand, by a person or by quick play, ends by itself:
when it has been empty for a while, or when the matches that it was opened for are played.
"""

from typing import Final

from msgspec import Struct


class Card(Struct, frozen=True):
    """Says nothing of who is in it."""

    title: str = ""
    """What people call it; the empty one stands for its name."""
    arena: str = ""
    """The name by which its arena is chosen; not that which the arena itself has."""
    is_private: bool = False
    """Neither listed nor chosen for anybody: its name is its key."""
    is_permanent: bool = True
    opener: str = ""
    """What bans know the one by who opened it; nobody: it was quick play."""
    matches_max: int = 0
    """It ends after so many; 0: it doesn't."""
    draft: str = ""
    """The draft that it was opened with, and goes on with; "": none."""


PERMANENT: Final = Card()
