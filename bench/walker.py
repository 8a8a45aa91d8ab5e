"""Steps over the frames that a client is sent, by their headers alone (RFC 6455, section 5.2).

Payloads are neither copied nor looked at beyond their first bytes, so that a client costs little more than the
system calls that move its bytes.
"""

from bench.dialects import HEAD_BYTES

CONTROL = 0x08
"""The opcode bit of close, ping and pong, which are shown whole."""

Frame = tuple[int, bytes]
"""The first byte of a frame, and the first HEAD_BYTES of its payload; of a control frame all of it."""


class Walker:
    """One connection's place in its stream of frames, however the stream is cut into pieces."""

    __slots__ = ("_skip", "_torn")

    def __init__(self) -> None:
        self._skip = 0
        """Bytes of a frame that is known already, still to come."""
        self._torn = b""
        """A frame's beginning, too short to tell what it is."""

    def walk(self, received: bytes | bytearray, count: int) -> list[Frame]:
        """The frames that begin in the first `count` bytes of `received`, the next piece of the stream.

        Raises ValueError for a masked frame, which no server may send.
        """
        at = self._skip
        if at >= count:
            self._skip = at - count
            return []
        if self._torn:
            received = self._torn + bytes(received[:count])
            count = len(received)
        frames: list[Frame] = []
        while count - at >= 2:
            first, length, body = received[at], received[at + 1], at + 2
            if length >= 126:
                if length > 127:
                    raise ValueError("a server's frames are not masked")
                body += 2 if length == 126 else 8
                if count < body:
                    break
                length = int.from_bytes(received[at + 2 : body], "big")
            shown = length if length <= HEAD_BYTES or first & CONTROL else HEAD_BYTES
            if count < body + shown:
                break
            frames.append((first, bytes(received[body : body + shown])))
            at = body + length
        self._skip = max(0, at - count)
        self._torn = bytes(received[at:count])
        return frames
