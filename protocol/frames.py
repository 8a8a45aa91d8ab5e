"""WebSocket frames, as far as the lanes need them: complete, unfragmented, binary (RFC 6455, section 5).

       0                   1                   2                   3
      |F|R R R| opcode|M| length 7  | length 16 or 64 …  | mask 32 (M) | payload …

`peel` takes such frames off the front of a buffer and stops at the first byte that is anything else: text,
control, a fragment, a reserved bit, a frame too long or with the wrong masking. What it leaves is for a full
implementation (wsproto, under trio-websocket), which then sees a correct stream with some messages missing.
"""

from struct import Struct
from typing import Final

BINARY: Final = 0x82
"""FIN and opcode 2."""
TEXT: Final = 0x81
"""FIN and opcode 1."""
MASKED: Final = 0x80
SHORT_MAX: Final = 125
"""Payloads up to this have the length in the header's second byte."""
_SHORT: Final = SHORT_MAX + 1

SHORT_FRAME_START: Final = 6
"""Where the payload begins: after two bytes and the mask."""
_SHORT_HEADERS: Final = tuple(bytes((BINARY, MASKED | length)) for length in range(_SHORT))
_LONGER_START: Final = bytes((BINARY, _SHORT))
_LONGER_FRAME_START: Final = 4
"""Where the payload begins whose length takes 16 bits, if there is no mask."""
_short_start: Final = Struct("<HI").unpack_from
"""Such a frame's header and mask, each as one integer."""
_SHORT_STARTS: Final = tuple(int.from_bytes(start, "little") for start in _SHORT_HEADERS)
_REPEAT: Final = tuple(sum(1 << 32 * at for at in range(length // 4 + 1)) for length in range(_SHORT))
"""By length: times this, a mask as an integer is repeated for so many bytes, or for up to four more."""
_KEEP: Final = tuple((1 << 8 * length) - 1 for length in range(_SHORT))
"""By length: just so many bytes of that."""


def header(length: int, first: int = BINARY) -> bytes:
    """The unmasked header of a frame with `length` payload bytes."""
    if length < _SHORT:
        return bytes((first, length))
    if length < 65536:
        return bytes((first, 126)) + length.to_bytes(2, "big")
    return bytes((first, 127)) + length.to_bytes(8, "big")


def masked_frame(payload: bytes, mask: bytes, first: int = BINARY) -> bytes:
    """A whole frame as a client must send it (5.3): `payload` xored with the 4 bytes of `mask`."""
    if len(payload) < _SHORT and first == BINARY:
        key = int.from_bytes(mask, "little") * _REPEAT[len(payload)] & _KEEP[len(payload)]
        masked = int.from_bytes(payload, "little") ^ key  # as `unmask` does it, without the bytes of the key
        return _SHORT_HEADERS[len(payload)] + mask + masked.to_bytes(len(payload), "little")
    plain = header(len(payload), first)
    return bytes((plain[0], plain[1] | MASKED)) + plain[2:] + mask + unmask(payload, mask)


def unmask(payload: bytes | bytearray | memoryview, mask: bytes) -> bytes:
    """Xor with the repeated mask; its own inverse. One big integer is the fastest way in plain Python."""
    length = len(payload)
    key = (mask * (length // 4 + 1))[:length]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")).to_bytes(length, "little")


def only_message(received: bytes, payload_bytes_max: int) -> bytes | None:
    """The message, when `received` is one short masked binary frame and nothing else, as nearly every read is."""
    length = len(received) - SHORT_FRAME_START
    if not 0 <= length < _SHORT or length > payload_bytes_max:
        return None
    start: int
    mask: int
    start, mask = _short_start(received)
    if start != _SHORT_STARTS[length]:
        return None
    # As `unmask` does it, but for another call and the bytes of the key, which are a multiple of the mask.
    masked = int.from_bytes(received[SHORT_FRAME_START:], "little")
    return (masked ^ mask * _REPEAT[length] & _KEEP[length]).to_bytes(length, "little")


def only_frame(received: bytes, payload_bytes_max: int) -> bytes | None:
    """The same for one unmasked binary frame, as nearly every read of a client is."""
    length = len(received) - 2
    if 0 <= length < _SHORT:
        is_it = received[0] == BINARY and received[1] == length <= payload_bytes_max
        return received[2:] if is_it else None
    length = len(received) - _LONGER_FRAME_START
    if not _SHORT <= length <= payload_bytes_max:
        return None
    if received[:2] != _LONGER_START or int.from_bytes(received[2:_LONGER_FRAME_START], "big") != length:
        return None
    return received[_LONGER_FRAME_START:]


def peel(buffer: bytes | bytearray, masked: bool, payload_bytes_max: int) -> tuple[list[bytes], int, bool]:
    """(messages, bytes they took, whether more of a peelable frame is still to come).

    The third is true when what remains is nothing, or an incomplete frame that would be peeled once complete.
    """
    taken: list[bytes] = []
    at, end = 0, len(buffer)
    while True:
        if end - at < 2:
            return taken, at, at == end or buffer[at] == BINARY
        if buffer[at] != BINARY or (buffer[at + 1] >= MASKED) != masked:
            return taken, at, False
        length, start = buffer[at + 1] & 0x7F, at + 2
        if length == 127:
            return taken, at, False
        if length == 126:
            if end - at < 4:
                return taken, at, True
            length, start = int.from_bytes(buffer[at + 2 : at + 4], "big"), at + 4
            if length < 126:  # not the shortest form: an error, and the library's to report
                return taken, at, False
        if length > payload_bytes_max:
            return taken, at, False
        body = start + 4 * masked
        if end < body + length:
            return taken, at, True
        payload = buffer[body : body + length]
        taken.append(unmask(payload, bytes(buffer[start:body])) if masked else bytes(payload))
        at = body + length
