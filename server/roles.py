"""Who somebody is, and what they may do: one table.

| role        | watch | play | chat | edit | moderate |
|-------------|-------|------|------|------|----------|
| `spectator` | yes   |      |      |      |          |
| `player`    | yes   | yes  | yes  |      |          |
| `editor`    | yes   | yes  | yes  | yes  |          |
| `admin`     | yes   | yes  | yes  | yes  | yes      |

A guest is a player. A token says more in its claim `role`; without the claim its bearer is a player too. Whoever
joins in order to watch is a spectator for as long as that lasts, whatever else they are.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from msgspec import Struct


class Role(StrEnum):
    SPECTATOR = "spectator"
    PLAYER = "player"
    EDITOR = "editor"
    ADMIN = "admin"


class May(Struct, frozen=True):
    """What a role may do."""

    watch: bool = False
    """See a room."""
    play: bool = False
    """Have a ship, and send inputs."""
    chat: bool = False
    edit: bool = False
    """Change the maps that the server has."""
    moderate: bool = False
    """Kick, ban, mute, close rooms, drain the server."""


TABLE: Final[Mapping[Role, May]] = {
    Role.SPECTATOR: May(watch=True),
    Role.PLAYER: May(watch=True, play=True, chat=True),
    Role.EDITOR: May(watch=True, play=True, chat=True, edit=True),
    Role.ADMIN: May(watch=True, play=True, chat=True, edit=True, moderate=True),
}


class Identity(Struct, frozen=True):
    """Who somebody is: the subject of their token, or nobody in particular."""

    subject: str | None
    role: Role


GUEST: Final = Identity(None, Role.PLAYER)
