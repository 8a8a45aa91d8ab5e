"""Agones' sidecar over HTTP: one question to a connection, and one that is answered line by line for ever.

h11 says and reads HTTP, as it does at the front door. Whatever goes wrong with the sidecar is one exception,
`Unheard`: it is not there yet, it hangs, it refuses, or says what is no HTTP.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import h11
import trio

ANSWER_S_MAX: Final = 3.0
ANSWER_BYTES_MAX: Final = 1_048_576
"""Of an answer, or of one line of it. A GameServer may carry 256 KiB of annotations."""
SENTENCE_LENGTH_MAX: Final = 200
RECEIVE_BYTES: Final = 65_536
REFUSED: Final = 400

Connect = Callable[[], Awaitable[trio.abc.Stream]]


class Unheard(Exception):
    """The sidecar has not answered as hoped; why, in a few words."""


class Sidecar:
    """The sidecar at the other end of what `connect` opens."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect

    @classmethod
    def at(cls, port: int) -> "Sidecar":
        """On this machine, as the sidecar of a pod is."""
        return cls(partial(trio.open_tcp_stream, "localhost", port))

    async def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        """The body of the answer. Raises Unheard."""
        try:
            with trio.fail_after(ANSWER_S_MAX):
                async with self._asked(method, path, body) as answer:
                    text = bytearray()
                    while part := await answer.part():
                        text += part
                        _check(len(text))
                    return bytes(text)
        except trio.TooSlowError:
            raise Unheard(f"no answer within {ANSWER_S_MAX:g} s") from None

    @asynccontextmanager
    async def lines(self, path: str) -> AsyncIterator["Lines"]:
        """An answer that doesn't end. Raises Unheard."""
        async with self._asked("GET", path, b"") as answer:
            yield Lines(answer)

    @asynccontextmanager
    async def _asked(self, method: str, path: str, body: bytes) -> AsyncIterator["_Answer"]:
        try:
            with trio.fail_after(ANSWER_S_MAX):
                stream = await self._connect()
        except (OSError, trio.TooSlowError) as error:
            raise Unheard(str(error) or "it can't be reached") from None
        async with stream:
            try:
                answer = _Answer(stream)
                await answer.begin(method, path, body)
                yield answer
            except (OSError, trio.BrokenResourceError, h11.RemoteProtocolError) as error:
                raise Unheard(str(error) or "it hung up") from None


class Lines:
    """The lines of an answer, as they come."""

    def __init__(self, answer: "_Answer") -> None:
        self._answer = answer
        self._held = bytearray()

    async def next(self) -> bytes | None:
        """The next one that isn't empty; None at the end. Raises Unheard."""
        while True:
            line, newline, rest = self._held.partition(b"\n")
            if newline:
                self._held = rest
                if line:
                    return bytes(line)
                continue
            _check(len(self._held))
            part = await self._answer.part()
            if not part:
                return None
            self._held += part


class _Answer:
    """What comes back on `stream`."""

    def __init__(self, stream: trio.abc.Stream) -> None:
        self._stream = stream
        self._http = h11.Connection(h11.CLIENT)

    async def begin(self, method: str, path: str, body: bytes) -> None:
        """Send the request and wait for the head of the answer. Raises Unheard when that is a refusal."""
        headers = [("Host", "localhost"), ("Connection", "close")]
        if body:
            headers += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        events = [h11.Request(method=method, target=path, headers=headers), h11.Data(data=body), h11.EndOfMessage()]
        await self._stream.send_all(b"".join(self._http.send(event) or b"" for event in events))
        head = await self._next_event()
        assert isinstance(head, h11.Response)
        if head.status_code >= REFUSED:
            sentence = (await self.part())[:SENTENCE_LENGTH_MAX].decode(errors="replace")
            raise Unheard(f"it says {head.status_code} {sentence}".rstrip())

    async def part(self) -> bytes:
        """More of the body; empty at its end."""
        event = await self._next_event()
        return bytes(event.data) if isinstance(event, h11.Data) else b""

    async def _next_event(self) -> object:
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                self._http.receive_data(bytes(await self._stream.receive_some(RECEIVE_BYTES)))
            elif not isinstance(event, h11.InformationalResponse):
                return event


def _check(length_bytes: int) -> None:
    if length_bytes > ANSWER_BYTES_MAX:
        raise Unheard(f"it says more than {ANSWER_BYTES_MAX} bytes")
