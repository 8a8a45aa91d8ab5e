"""The sieve against any mixture of frames, cut anywhere: nothing is lost, nothing overtakes."""

import wsproto.events
from hypothesis import given
from hypothesis import strategies as st
from wsproto import ConnectionType, WSConnection
from wsproto.frame_protocol import Opcode

from bots.sieve import Sieve
from protocol.frames import header

HEAD = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
TAKEN_BYTES_MAX = 1000
FIN = 0x80


def frame(opcode: int, payload: bytes, fin: bool = True) -> bytes:
    return header(len(payload), (FIN if fin else 0) | opcode) + payload


def binary(payload: bytes) -> bytes:
    return frame(Opcode.BINARY, payload)


payloads = st.binary(max_size=40) | st.integers(0, 300).map(lambda n: b"x" * n) | st.just(b"long" * 400)
pings = payloads.map(lambda payload: (frame(Opcode.PING, payload[:100]), None))
binaries = payloads.map(lambda payload: (binary(payload), payload))
texts = payloads.map(lambda payload: (frame(Opcode.TEXT, payload.hex().encode()), payload.hex().encode()))
pieces = st.tuples(payloads, payloads).map(
    lambda two: (frame(Opcode.BINARY, two[0], False) + frame(Opcode.CONTINUATION, two[1]), two[0] + two[1])
)
streams = st.lists(pings | binaries | binaries | binaries | texts | pieces, max_size=12)


class Library:
    """wsproto, as trio-websocket uses it: bytes in, whole messages out."""

    def __init__(self) -> None:
        self._connection = WSConnection(ConnectionType.CLIENT)
        request = self._connection.send(wsproto.events.Request("host", "/play"))
        server = WSConnection(ConnectionType.SERVER)
        server.receive_data(request)
        list(server.events())
        self.head = server.send(wsproto.events.AcceptConnection())
        self._parts: list[bytes] = []

    def read(self, received: bytes) -> list[bytes]:
        if received:
            self._connection.receive_data(received)
        messages = []
        for event in self._connection.events():
            if isinstance(event, wsproto.events.Message):
                self._parts.append(event.data.encode() if isinstance(event.data, str) else bytes(event.data))
                if event.message_finished:
                    messages.append(b"".join(self._parts))
                    self._parts = []
        return messages


def cut(stream: bytes, sizes: list[int]) -> list[bytes]:
    chunks, at = [], 0
    for size in sizes:
        chunks.append(stream[at : at + size])
        at += size
    return [*chunks, stream[at:]]


@given(streams, st.lists(st.integers(1, 200), max_size=30), st.randoms(use_true_random=False))
def test_messages_come_whole_and_in_order_however_the_stream_is_cut(stream, sizes, rng) -> None:  # type: ignore[no-untyped-def]  # hypothesis types
    library, sieve = Library(), Sieve(TAKEN_BYTES_MAX)
    delivered: list[bytes] = []
    waiting: list[bytes] = []
    for chunk in cut(library.head + b"".join(wire for wire, _ in stream), sizes):
        taken, left = sieve.sort(chunk)
        delivered += taken
        waiting += library.read(left)
        while waiting and rng.random() < 0.7:  # the reader of the library's messages comes when it comes
            delivered.append(waiting.pop(0))
            sieve.came_back()
    assert delivered + waiting == [message for _, message in stream if message is not None]


def test_binary_messages_are_taken_and_the_head_is_left() -> None:
    sieve = Sieve(TAKEN_BYTES_MAX)
    assert sieve.sort(HEAD[:20]) == ([], b"")
    assert sieve.sort(HEAD[20:] + binary(b"one") + binary(b"two")[:3]) == ([b"one"], HEAD)
    assert sieve.sort(binary(b"two")[3:]) == ([b"two"], b"")


def test_nothing_is_taken_while_the_library_has_a_message() -> None:
    sieve = Sieve(TAKEN_BYTES_MAX)
    sieve.sort(HEAD)
    long = binary(b"x" * (TAKEN_BYTES_MAX + 1))
    assert sieve.sort(long + binary(b"next")) == ([], long + binary(b"next"))
    sieve.came_back()
    assert sieve.sort(binary(b"third")) == ([], binary(b"third"))
    sieve.came_back()
    sieve.came_back()
    assert sieve.sort(binary(b"fourth")) == ([b"fourth"], b"")


def test_after_a_close_frame_all_is_left() -> None:
    sieve = Sieve(TAKEN_BYTES_MAX)
    close = frame(Opcode.CLOSE, b"\x03\xe8bye")
    assert sieve.sort(HEAD + binary(b"one") + close + binary(b"two")) == ([b"one"], HEAD + close + binary(b"two"))
    assert sieve.sort(b"anything") == ([], b"anything")


def test_a_refusal_is_left_whole() -> None:
    sieve = Sieve(TAKEN_BYTES_MAX)
    refusal = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\n\x82\x01x"
    assert sieve.sort(refusal) == ([], refusal)


def test_an_endless_head_is_left_to_the_library() -> None:
    sieve = Sieve(TAKEN_BYTES_MAX)
    endless = b"HTTP/1.1 101 Switching Protocols\r\nX: " + b"x" * 20_000
    assert sieve.sort(endless) == ([], endless)


def test_it_is_clear_while_nothing_is_half_read_or_on_its_way() -> None:
    sieve, text = Sieve(1000), frame(1, b"words")
    assert not sieve.is_clear
    sieve.sort(HEAD)
    assert sieve.is_clear
    whole = binary(b"whole")
    sieve.sort(whole[:3])
    assert not sieve.is_clear
    sieve.sort(whole[3:])
    assert sieve.is_clear
    sieve.sort(text)
    assert not sieve.is_clear
    sieve.came_back()
    assert sieve.is_clear
