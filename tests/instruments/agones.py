"""Agones' sidecar as its documents and its protocol definition describe it, for tests: over any stream, with h11.

What is said to it is kept in order. It is as strict as the real one: a health ping needs a body, a counter has to be
there, and a count lies within its capacity. Whole numbers of 64 bits are strings, as protocol buffers have it.
"""

import json
from functools import partial
from typing import Any

import h11
import trio
import trio.testing

STATES = {"/ready": "Ready", "/allocate": "Allocated", "/shutdown": "Shutdown"}


class LocalAgones:
    """One GameServer and its sidecar."""

    def __init__(self, nursery: trio.Nursery, period_s: int = 2) -> None:
        self.said: list[str] = []
        """The paths of what was asked, but for the watch, and for what was refused."""
        self.health_s: list[float] = []
        self.counters = {"players": {"count": 0, "capacity": 8}, "rooms": {"count": 0, "capacity": 4}}
        self.state = "Scheduled"
        self.is_there = True
        """Else nobody listens."""
        self.refuses: set[str] = set()
        """Paths that are answered with an error."""
        self.tries: list[tuple[float, str]] = []
        """When what was asked, whatever became of it."""
        self.watchers, self.port = 0, 0
        self._news = trio.Event()
        self._nursery, self._period_s = nursery, period_s

    async def connect(self) -> trio.abc.Stream:
        """A new connection, in memory."""
        await trio.lowlevel.checkpoint()
        if not self.is_there:
            self.tries.append((trio.current_time(), "connect"))
            raise ConnectionRefusedError("nobody listens")
        ours, theirs = trio.testing.memory_stream_pair()
        self._nursery.start_soon(self.serve, theirs)
        return ours

    async def listen(self) -> None:
        """On a loopback port, as well."""
        listeners = await self._nursery.start(partial(trio.serve_tcp, self.serve, 0, host="127.0.0.1"))
        self.port = listeners[0].socket.getsockname()[1]

    def turn(self, state: str) -> None:
        """Somebody else, or one who asked, changes the state."""
        self.state = state
        self._news.set()
        self._news = trio.Event()

    async def serve(self, stream: trio.abc.Stream) -> None:
        """One request of a connection."""
        async with stream:
            http = h11.Connection(h11.SERVER)
            try:
                request, body = await _read(http, stream)
                if request.target == b"/watch/gameserver":
                    await self._show(http, stream)
                else:
                    status, answer = self._answer(request.method.decode(), request.target.decode(), body)
                    await _write(http, stream, status, answer)
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                return

    def _answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        self.tries.append((trio.current_time(), path))
        if path in self.refuses:
            return 500, {"code": 2, "message": "out of order", "details": []}
        if path == "/health":
            if method != "POST" or not body:
                return 400, {}
            self.health_s.append(trio.current_time())
        elif method == "POST" and path in STATES and body:
            self.said.append(path)
            self.turn(STATES[path])
        elif path.startswith("/v1beta1/counters/"):
            return self._counter(method, path.rpartition("/")[2], body)
        else:
            return 404, {"code": 5, "message": "Not Found", "details": []}
        return 200, {}

    def _counter(self, method: str, name: str, body: bytes) -> tuple[int, Any]:
        if name not in self.counters:
            return 500, {"code": 2, "message": f"counter not found: {name}", "details": []}
        counter = self.counters[name]
        if method == "PATCH":
            count = int(json.loads(body)["count"])
            if not 0 <= count <= counter["capacity"]:
                return 500, {"code": 2, "message": "out of range", "details": []}
            counter["count"] = count
            self.said.append(f"{name}={count}")
        return 200, {"name": name} | {key: str(value) for key, value in counter.items()}

    async def _show(self, http: h11.Connection, stream: trio.abc.Stream) -> None:
        head = h11.Response(status_code=200, headers=[("Transfer-Encoding", "chunked")])
        await stream.send_all(http.send(head) or b"")
        self.watchers += 1
        try:
            while True:
                news = self._news
                line = json.dumps({"result": self.game_server()}).encode() + b"\n"
                await stream.send_all(http.send(h11.Data(data=line)) or b"")
                await news.wait()
        finally:
            self.watchers -= 1

    def game_server(self) -> dict[str, Any]:
        health = {"disabled": False, "period_seconds": self._period_s, "failure_threshold": 3}
        metadata = {"name": "local", "creation_timestamp": "1531795395", "annotations": {}}
        return {
            "object_meta": metadata,
            "spec": {"health": {**health, "initial_delay_seconds": 5}},
            "status": {"state": self.state, "address": "127.0.0.1", "ports": [], "counters": {}},
        }


async def _read(http: h11.Connection, stream: trio.abc.Stream) -> tuple[h11.Request, bytes]:
    request, body = None, b""
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(bytes(await stream.receive_some(65_536)))
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += event.data
        else:
            assert request is not None
            return request, body


async def _write(http: h11.Connection, stream: trio.abc.Stream, status: int, answer: Any) -> None:
    body = json.dumps(answer).encode()
    head = h11.Response(status_code=status, headers=[("Content-Length", str(len(body)))])
    events = [head, h11.Data(data=body), h11.EndOfMessage()]
    await stream.send_all(b"".join(http.send(event) or b"" for event in events))
