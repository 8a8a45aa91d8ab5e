"""How a client of the load generator speaks to each contestant: one small class per wire.

A dialect joins with ordinary blocking calls, once per client; afterwards the generator moves bytes itself and asks the
dialect for nothing but the frames to send, made once per tick and variant and sent to all clients alike, and what the
first bytes of a received frame mean. All wires are WebSocket frames (RFC 6455), or look like them.
"""

import socket
from typing import Final, Protocol

HEAD_BYTES: Final = 16
"""So much of a frame's payload, or all of a shorter one, is what `is_snapshot` and `tick_of` are shown."""
JOIN_DEADLINE_S: Final = 10.0
LEAD_TICKS: Final = 3
"""An input is for the tick that comes so many after the newest snapshot's: early enough, and no earlier."""
LEAD_TICKS_MIN: Final = 2
LEAD_TICKS_MAX: Final = 4
"""Between these the lead may drift; beyond, the ticks are counted anew from the newest snapshot."""
MASK: Final = bytes.fromhex("5a3c96e1")
"""A client's frames are masked with a key of its choice (5.3). One key for all makes one frame do for all."""


class Dialect(Protocol):
    """One wire, from the client's side."""

    def join(self, port: int, number: int) -> socket.socket:
        """Connect to 127.0.0.1:`port` as client `number`, shake hands, and be in the game. Blocking.

        The socket comes back with nothing read from it beyond a frame's end. Raises OSError (a timeout after
        JOIN_DEADLINE_S included) or `handshake.RefusedError`.
        """
        ...

    def input_frame(self, tick: int, variant: int) -> bytes:
        """A complete masked frame with the input `variant` (of range(scene.VARIANTS)) for `tick`."""
        ...

    def is_snapshot(self, head: bytes) -> bool:
        """Whether a frame whose payload begins with `head` is a snapshot. Called for every frame: be cheap."""
        ...

    def tick_of(self, head: bytes) -> int | None:
        """The server's tick in a snapshot that begins with `head`; None where it doesn't say.

        Inputs are then addressed to the ticks that the generator counts.
        """
        ...
