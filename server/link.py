"""What the tick knows of a connection. Implemented by `net/fast_lane` and `net/link`; nothing here awaits."""

from collections.abc import Sequence
from typing import Final, Protocol

from protocol.codec import Codec
from server.inputs import InputBuffer

NO_FD: Final = -1


class Outlet(Protocol):
    """Writes to many links at once."""

    def write(self, fds: Sequence[int], frames: Sequence[bytes]) -> list[int]:
        """One whole frame to each descriptor; the positions of those to which it was not, for they are blocked."""


class Link(Protocol):
    """One open WebSocket, seen from the pure side."""

    codec: Codec
    address: str
    """Of the peer, for logs."""
    guest: str
    """The ID of the guest that its browser's cookie is of, for standings and nothing else; "": it has none."""

    @property
    def outlet(self) -> Outlet | None:
        """What may write whole frames to `fd`, past everybody; None: nothing, and there is NO_FD."""

    @property
    def fd(self) -> int: ...

    @property
    def blocked(self) -> bool:
        """The socket is full (a library's writer may hold a little more): post nothing more until it drains. Or the
        peer is gone, and nobody has said so yet."""

    @property
    def waiting_bytes(self) -> int:
        """What this process holds of the connection's bytes; the kernel may hold more."""

    def post(self, *messages: bytes) -> None:
        """Send whole messages in one go: what the socket takes at once, the rest as it can. Ignored after `close`."""

    def feed(self, inputs: InputBuffer | None) -> None:
        """Inputs that arrive may go there from now on, and nobody hears of them; or no more."""

    def close(self, code: int, reason: str) -> None:
        """Begin the close handshake in the background, and abort when it takes too long. Idempotent."""
