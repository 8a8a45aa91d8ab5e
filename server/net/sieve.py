"""Which bytes of a connection need no library: whole binary messages go to the game, the rest to trio-websocket.

Everything a client says in play is one complete binary frame. Those are taken here; between them, whole
pings and pongs are handed on. The first byte of anything else (text, a fragment, a close frame, a frame too
long, garbage) shuts the sieve for good: from there on every byte is handed on. So

- the library sees a correct stream, from which only whole messages are missing;
- no message overtakes another: what is taken came before all that is handed on later;
- nothing is taken after a close frame, nor from the inside of a frame that was handed on.
"""

from protocol.frames import peel

_PING = 0x89
_PONG = 0x8A
_MASKED = 0x80
_MASKED_HEADER_BYTES = 6
_CONTROL_PAYLOAD_MAX = 125


class Sieve:
    """One connection's incoming bytes after the handshake. A shut one takes nothing."""

    __slots__ = ("_held", "_shut", "is_between", "message_bytes_max")

    def __init__(self, message_bytes_max: int, shut: bool = False) -> None:
        self.message_bytes_max = message_bytes_max
        self._held = bytearray()
        self._shut = shut
        self.is_between = not shut
        """What comes next is the beginning of a frame, and may be taken without asking here."""

    def open(self) -> None:
        """Take what may be taken from now on. For a shut one that has seen nothing yet."""
        self._shut, self.is_between = False, True

    def shut(self) -> None:
        """Hand on all that comes, from the next time on."""
        self._shut, self.is_between = True, False

    def sift(self, received: bytes) -> tuple[list[bytes], bytes]:
        """(messages, bytes to hand on). An incomplete frame is held until the rest of it comes."""
        sifted = self._sift(received)
        self.is_between = not (self._shut or self._held)
        return sifted

    def _sift(self, received: bytes) -> tuple[list[bytes], bytes]:
        if self._shut:
            held, self._held = bytes(self._held), bytearray()
            return [], held + received
        self._held += received
        messages: list[bytes] = []
        handed_on = b""
        while True:
            taken, taken_bytes, awaits_more = peel(self._held, True, self.message_bytes_max)
            messages += taken
            del self._held[:taken_bytes]
            if awaits_more:
                return messages, handed_on
            size = _control_frame_bytes(self._held)
            if size > len(self._held):
                return messages, handed_on
            if not size:
                self._shut = True
                size = len(self._held)
            handed_on += self._held[:size]
            del self._held[:size]
            if self._shut:
                return messages, handed_on


def _control_frame_bytes(held: bytearray) -> int:
    """The length of the ping or pong that `held` begins with, at least while it is incomplete; 0: it is none."""
    if held[0] not in (_PING, _PONG):
        return 0
    if len(held) < 2:
        return _MASKED_HEADER_BYTES
    length = held[1] - _MASKED
    return _MASKED_HEADER_BYTES + length if 0 <= length <= _CONTROL_PAYLOAD_MAX else 0
