"""Rooms of other processes, as a lobby sees them: here there are none. `cluster.company` knows of some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from protocol.messages import Enter, Hello, RoomInfo
from server.room import Room

if TYPE_CHECKING:
    from server.session import Session


class Elsewhere:
    """There is nothing but here."""

    def leads(self, session: Session, message: Hello | Enter, near: Room | None) -> bool:
        """Whether `message` is answered from here, later: the room may be in another process. `near` is the one here
        that it means, or that would be the best for it. Raises Violation."""
        return False

    def admit(self, room: Room, role: str, seat: str | None = None) -> None:
        """Somebody wants to be there, and may have a reserved `seat`. Raises Violation."""

    def fence(self, name: str) -> int | None:
        """Under which that room of ours is kept, if others may go on with it; 0: nobody else does; None: not yet."""
        return 0

    def listed(self, here: list[RoomInfo]) -> list[RoomInfo]:
        """With the rooms elsewhere, those with the most people first."""
        return here

    def described(self) -> list[dict[str, Any]]:
        """For `/api/rooms`."""
        return []
