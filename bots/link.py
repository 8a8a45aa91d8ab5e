"""A connection as a player sees it."""

from typing import Protocol


class Link(Protocol):
    """Nothing here awaits."""

    @property
    def received_bytes(self) -> int: ...
    @property
    def sent_bytes(self) -> int: ...
    def post(self, message: bytes) -> None: ...
