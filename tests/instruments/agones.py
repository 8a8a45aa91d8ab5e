"""Agones' sidecar as its protocol definition describes it, for tests: over any stream, with h11.

What is said to it is kept in order. It answers as Agones' own local SDK server does, which
`tests/server/minders/test_stand_in.py` asks the same where somebody has it: a health ping needs a body, a counter has
to be there, and a count lies within its capacity. Whole numbers of 64 bits are strings, as protocol buffers have it.

The sidecar of a pod differs from the local one in this: Ready is RequestReady until a controller has seen to it, and a
change of a counter is answered with nothing and told to all who watch. `in_cluster` makes it so.
"""

import json
import re
from functools import partial
from typing import Any

import h11
import trio
import trio.testing

STATES = {"/ready": "Ready", "/allocate": "Allocated", "/shutdown": "Shutdown"}
METHODS = {"/health": ("POST",), "/gameserver": ("GET",)} | dict.fromkeys(STATES, ("POST",))
COUNTER = re.compile(r"/v1beta1/counters/([^/]*)")
WHOLE = re.compile(r"-?\d+")
UNKNOWN, ILL_FORMED, NOT_FOUND, NOT_ALLOWED = 2, 3, 5, 12
STATUS = {UNKNOWN: 500, ILL_FORMED: 400, NOT_FOUND: 404, NOT_ALLOWED: 501}
"""What a code of gRPC is in HTTP."""


class Refusal(Exception):
    """It answers so."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.answer = STATUS[code], {"code": code, "message": sentence, "details": []}


class LocalAgones:
    """One GameServer and its sidecar."""

    def __init__(self, nursery: trio.Nursery, period_s: int = 2) -> None:
        self.said: list[str] = []
        """The states that were asked for, by their paths, and the counts; what was refused isn't in it."""
        self.health_s: list[float] = []
        self.counters = {"players": {"count": 0, "capacity": 8}, "rooms": {"count": 0, "capacity": 4}}
        self.state = "Scheduled"
        self.is_there = True
        """Else nobody listens."""
        self.in_cluster = False
        """Whether it is the sidecar of a pod. Its controller is the test, which turns RequestReady into Ready."""
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
        if path == "/health" and not body:
            return 400, None  # before anything looks at the method
        try:
            if path in self.refuses:
                raise Refusal(UNKNOWN, "out of order")
            return 200, self._do(method, path, body)
        except Refusal as refusal:
            return refusal.status, refusal.answer

    def _do(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        counter = COUNTER.fullmatch(path)
        methods = ("GET", "PATCH") if counter else METHODS.get(path, ())
        if not methods:
            raise Refusal(NOT_FOUND, "Not Found")
        if method not in methods:
            raise Refusal(NOT_ALLOWED, "Method Not Allowed")
        said = {} if method == "GET" else _read_object(body)
        if counter:
            return self._count(counter[1], None if method == "GET" else said)
        if path == "/gameserver":
            return self.game_server()
        if path == "/health":
            self.health_s.append(trio.current_time())
        else:
            self.said.append(path)
            self.turn("RequestReady" if self.in_cluster and path == "/ready" else STATES[path])
        return {}

    def _count(self, name: str, said: dict[str, Any] | None) -> dict[str, Any]:
        if name not in self.counters:
            sentence = f"counter not found: {name}" if self.in_cluster else f"not found. {name} Counter not found"
            raise Refusal(UNKNOWN, sentence)
        if said is not None:
            self.counters[name] = _changed(self.counters[name], said)
            self.said.append(f"{name}={self.counters[name]['count']}")
            if self.in_cluster:
                self.turn(self.state)
                return {"name": "", "count": "0", "capacity": "0"}
        return {"name": name} | _as_strings(self.counters[name])

    async def _show(self, http: h11.Connection, stream: trio.abc.Stream) -> None:
        kind = ("Content-Type", "application/json")
        head = h11.Response(status_code=200, headers=[kind, ("Transfer-Encoding", "chunked")])
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
        """Every field is there, whether anything is in it or not."""
        times = {"creation_timestamp": "-62135596800", "deletion_timestamp": "0"}
        named = {"name": "local", "namespace": "default", "uid": "", "resource_version": "", "generation": "0"}
        health = {"disabled": False, "period_seconds": self._period_s, "failure_threshold": 3}
        counters = {name: _as_strings(counter) for name, counter in self.counters.items()}
        places = {"address": "", "addresses": [], "ports": []}
        return {
            "object_meta": named | times | {"annotations": {}, "labels": {}},
            "spec": {"health": {**health, "initial_delay_seconds": 5}},
            "status": {"state": self.state, **places, "players": None, "counters": counters, "lists": {}},
        }


def _read_object(body: bytes) -> dict[str, Any]:
    """Nothing is an empty one. Raises Refusal."""
    try:
        said = json.loads(body or b"{}")
    except ValueError as error:
        raise Refusal(ILL_FORMED, str(error)) from None
    if not isinstance(said, dict):
        raise Refusal(ILL_FORMED, f"no object: {said}")
    return said


def _whole(said: dict[str, Any], field: str) -> int | None:
    """A number, or a string of one. Raises Refusal."""
    value = said.get(field)
    if value is None or type(value) is int:
        return value
    if isinstance(value, str) and WHOLE.fullmatch(value):
        return int(value)
    raise Refusal(ILL_FORMED, f"invalid value for int64 field {field}: {value}")


def _changed(counter: dict[str, int], said: dict[str, Any]) -> dict[str, int]:
    """`counter` as `said`: first its capacity, then its count, then by how much it differs. Raises Refusal."""
    count, capacity, difference = (_whole(said, field) for field in ("count", "capacity", "countDiff"))
    changed = dict(counter)
    if capacity is not None:
        changed["capacity"] = capacity
        if capacity < 0:
            least = "Capacity must be greater than or equal to 0"
            raise Refusal(UNKNOWN, f"out of range. {least}. Found Capacity: {capacity}")
    if count is not None:
        changed["count"] = _within(count, changed["capacity"])
    if difference:
        changed["count"] = _within(changed["count"] + difference, changed["capacity"])
    return changed


def _within(count: int, capacity: int) -> int:
    if not 0 <= count <= capacity:
        found = f"Found Count: {count}, Capacity: {capacity}"
        raise Refusal(UNKNOWN, f"out of range. Count must be within range [0,Capacity]. {found}")
    return count


def _as_strings(counter: dict[str, int]) -> dict[str, str]:
    return {field: str(number) for field, number in counter.items()}


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
    body = b"" if answer is None else json.dumps(answer).encode()
    kind = [("Content-Type", "application/json")] if body else []
    head = h11.Response(status_code=status, headers=[("Content-Length", str(len(body))), *kind])
    events = [head, h11.Data(data=body), h11.EndOfMessage()]
    await stream.send_all(b"".join(http.send(event) or b"" for event in events))
