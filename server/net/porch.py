"""Where strangers wait for their first words, and are let go on a few at a time.

Trio wakes every task whose socket is ready in one go, and runs them all before anything else. Let a thousand silent
connections be hung up on in the same moment, and each takes but a tenth of a millisecond to go; yet the next tick is
late by all of them. Here one selector of our own watches the sockets of all who have still to say what they want, and
wakes `TOGETHER` of them each `GAP_S`. The rest wait in the kernel, where they cost nothing.

There is one `Porch` for each run of trio; it starts with the first stranger.
"""

from typing import Final

import trio

from protocol.per_run import OnePerRun
from protocol.polls import poll_by_levels

TOGETHER: Final = 4
GAP_S: Final = 0.002


class Porch:
    """Those who wait; `len` is how many."""

    def __init__(self) -> None:
        self._poll = poll_by_levels()
        self._waiting: dict[int, trio.lowlevel.Task] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    async def wait(self, fd: int) -> None:
        """Until there is something to read from `fd`, or its end, and it is its turn."""
        self._poll.register(fd)
        self._waiting[fd] = trio.lowlevel.current_task()

        def leave(raise_cancel: object) -> trio.lowlevel.Abort:
            self._leave(fd)
            return trio.lowlevel.Abort.SUCCEEDED

        await trio.lowlevel.wait_task_rescheduled(leave)

    def _leave(self, fd: int) -> trio.lowlevel.Task:
        self._poll.unregister(fd)
        return self._waiting.pop(fd)

    def call(self) -> int:
        """Let those go on whose turn it is; how many."""
        ready = self._poll.ready(TOGETHER)
        for fd, _ in ready:
            trio.lowlevel.reschedule(self._leave(fd))
        return len(ready)

    async def run(self) -> None:
        """For ever."""
        try:
            while True:
                await trio.lowlevel.wait_readable(self._poll.fileno())
                self.call()
                await trio.sleep(GAP_S)
        finally:
            self._poll.close()


current_porch = OnePerRun(Porch)
"""This run's."""


class Stranger(trio.abc.Stream):
    """A connection whose reads wait on the porch, until somebody has `met` it."""

    def __init__(self, stream: trio.SocketStream) -> None:
        self._stream = stream
        self.met = False

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        if not self.met:
            await current_porch().wait(self._stream.socket.fileno())
        return bytes(await self._stream.receive_some(max_bytes))

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        await self._stream.send_all(data)

    async def wait_send_all_might_not_block(self) -> None:
        await self._stream.wait_send_all_might_not_block()

    async def aclose(self) -> None:
        await self._stream.aclose()
