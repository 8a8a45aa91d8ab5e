"""What the lane takes out of the byte stream of a WebSocket client, and what it leaves to the library.

    HTTP head   frame   frame   frame   …
    left        taken:  complete, unfragmented, unmasked binary frames, as far as `frames.peel` goes
                left:   every other byte, in order

Rules. A frame is taken only at a frame boundary. A message that is left comes out of the library later than
one that is taken now; so while one is on its way there, until `came_back`, nothing is taken. After a close
frame, or an answer other than 101, nothing is taken. So messages keep their order, and the library sees a
correct stream.
"""

from enum import Enum, auto
from typing import Final

from protocol import frames

HEAD_BYTES_MAX: Final = 16384
_SWITCHING: Final = b"HTTP/1.1 101 "
_HEAD_END: Final = b"\r\n\r\n"
_CLOSE: Final = 8
_MESSAGE_STARTS: Final = (1, 2)
"""Opcodes. A continuation, 0, belongs to a message that has started; the others are control frames."""


class _Phase(Enum):
    HEAD = auto()
    FRAMES = auto()
    LIBRARY = auto()
    """All the rest is the library's."""


class Sieve:
    """Sorts the bytes of one connection. Pure: bytes in, messages and bytes out."""

    def __init__(self, payload_bytes_max: int) -> None:
        self._payload_bytes_max = payload_bytes_max
        self._buffer = bytearray()
        self._phase = _Phase.HEAD
        self._leave_bytes = 0
        """How much of the frame that is being left has still to be."""
        self._on_their_way = 0
        """Messages that the library has, or will have, and has not delivered."""

    @property
    def is_clear(self) -> bool:
        """Whether nothing is half read or on its way, so that a whole frame that comes now would be taken."""
        return self._phase is _Phase.FRAMES and not (self._buffer or self._leave_bytes or self._on_their_way)

    def came_back(self) -> None:
        """The library has delivered a message."""
        self._on_their_way -= 1

    def sort(self, received: bytes) -> tuple[list[bytes], bytes]:
        """(messages taken, bytes left for the library); no message in the bytes is older than those taken."""
        taken: list[bytes] = []
        if self.is_clear:
            alone = frames.only_frame(received, self._payload_bytes_max)
            if alone is not None:  # as nearly always
                return [alone], b""
            taken, used, _ = frames.peel(received, False, self._payload_bytes_max)
            if used == len(received):
                return taken, b""
            received = received[used:]
        self._buffer += received
        left = [self._leave_head()] if self._phase is _Phase.HEAD else []
        while self._buffer and self._phase is _Phase.FRAMES:
            if not self._leave_bytes:
                if not self._on_their_way and self._take(taken):
                    break
                if not self._begin_to_leave():
                    break
            left.append(self._cut(self._leave_bytes))
            self._leave_bytes -= len(left[-1])
        if self._phase is _Phase.LIBRARY:
            left.append(self._cut(len(self._buffer)))
        return taken, b"".join(left)

    def _take(self, taken: list[bytes]) -> bool:
        """Add what can be taken; whether all that remains is the beginning of a frame that will be."""
        messages, used, waits = frames.peel(self._buffer, False, self._payload_bytes_max)
        taken += messages
        del self._buffer[:used]
        return waits

    def _leave_head(self) -> bytes:
        end = self._buffer.find(_HEAD_END)
        if end < 0 and len(self._buffer) < HEAD_BYTES_MAX:
            return b""
        switches = end >= 0 and self._buffer.startswith(_SWITCHING)
        self._phase = _Phase.FRAMES if switches else _Phase.LIBRARY
        return self._cut(end + len(_HEAD_END) if switches else len(self._buffer))

    def _begin_to_leave(self) -> bool:
        """Read the header of the frame at the front; False when it has not arrived wholly."""
        buffer, size = self._buffer, len(self._buffer)
        if size < 2:
            return False
        length = buffer[1] & 0x7F
        extension = {126: 2, 127: 8}.get(length, 0)
        header = 2 + extension + 4 * (buffer[1] >> 7)
        if size < header:
            return False
        if extension:
            length = int.from_bytes(buffer[2 : 2 + extension], "big")
        opcode = buffer[0] & 0x0F
        if opcode == _CLOSE:
            self._phase = _Phase.LIBRARY
        if opcode in _MESSAGE_STARTS:
            self._on_their_way += 1
        self._leave_bytes = header + length
        return True

    def _cut(self, size: int) -> bytes:
        part = bytes(self._buffer[:size])
        del self._buffer[:size]
        return part
