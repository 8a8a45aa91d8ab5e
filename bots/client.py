"""Brings players to a server, and back to it. All the waiting of a bot is done here.

`Connection` is one player's way to the server: TCP, handshake, lane, conversation, and again after it broke.
`Pulse` is the input clock of all players of a process: one task steps them all, which is what lets a hundred
bots live in one process. `sdk` makes something pleasant to use of the two.
"""

import os
import ssl
from collections.abc import Awaitable, Callable, Iterable
from itertools import chain
from math import inf
from random import Random
from typing import Final

import trio
import trio_websocket

from bots.address import Address
from bots.backoff import RETURN_AFTER, Backoff
from bots.flock.flock import Flock, Flyer
from bots.itinerary import Itinerary
from bots.lane import Lane, PlainLink
from bots.player import Player
from bots.sweep import current_sweep
from bots.tally import Tally
from bots.turnstile import Turnstile
from bots.vigil import current_vigil
from protocol.codec import Codec, Wire
from protocol.errors import Code, UserError, clip_reason
from protocol.messages import Bye, Leave
from protocol.metronome import Alarm

MESSAGE_BYTES_MAX: Final = 4_000_000
MESSAGES_QUEUED_MAX: Final = 64
PULSE_S: Final = 0.004
"""The grain of the input clock: players that are due within it are stepped together."""
IDLE_S: Final = 0.05
"""How long the input clock sleeps when nobody is due."""
NORMAL: Final = 1000
BROKEN: Final = 1006
UNREADABLE: Final = 1002
NO_ROOM: Final = frozenset({Code.ROOM_NOT_FOUND, Code.ROOM_FULL})


AnyStream = trio.SocketStream | trio.SSLStream[trio.SocketStream]
Dial = Callable[[str, int], Awaitable[trio.SocketStream]]
"""Opens a TCP connection to a host and port, or what is as good as one. Raises OSError."""


class Ended(UserError):
    """A conversation ended, or never began. `code` as in PROTOCOL.md, section 9, or an HTTP status; 1006: it broke."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Pulse:
    """Steps every player when it is due, and a `flock` as a whole."""

    def __init__(self, tally: Tally, flock: Flock | None = None) -> None:
        self.players: set[Player] = set()
        """But those of the flock."""
        self._tally, self._flock = tally, flock
        self._wake_s = -inf
        """When we meant to be here again."""

    async def run(self) -> None:
        alarm = Alarm()
        while True:
            now_s = trio.current_time()
            has_stepped = self._step_who_is_due(now_s)
            self._wake_s = now_s + PULSE_S
            if not has_stepped:
                self._wake_s = max(self._wake_s, min(self._due_s(), now_s + IDLE_S))
            await alarm.wait(self._wake_s)

    def _alone(self) -> Iterable[Flyer]:
        """Who is to be stepped one by one."""
        return self.players if self._flock is None else chain(self.players, self._flock.grounded)

    def _due_s(self) -> float:
        """When somebody is, next."""
        due_s = min((player.due_s for player in self._alone()), default=inf)
        return due_s if self._flock is None else min(due_s, self._flock.due_s)

    def _step_who_is_due(self, now_s: float) -> bool:
        """Whether there was anyone."""
        has_stepped = False
        if self._flock is not None:
            has_stepped = self._flock.step(now_s, self._wake_s)
            current_sweep().sweep()
        due = [player for player in self._alone() if player.due_s <= now_s]
        for player in due:
            now_s = trio.current_time()
            self._tally.pulse_lateness_ms.add((now_s - max(player.due_s, self._wake_s)) * 1000.0)
            player.pulse(now_s)
        return has_stepped or bool(due)


class Connection:
    """One player's way to a server."""

    def __init__(
        self,
        player: Player,
        address: Address,
        codec: Codec,
        room: str | None = None,
        turnstile: Turnstile | None = None,
        dial: Dial = trio.open_tcp_stream,
    ) -> None:
        """Those who share a `turnstile` connect, and come back, at its rate; `dial` can lead through a bad network."""
        self._player = player
        self._itinerary = Itinerary(address)
        self._codec = codec
        self._room = room
        self._turnstile = turnstile
        self._dial = dial
        self._is_leaving = False
        self._scope = trio.CancelScope()
        self._pause = trio.CancelScope()
        """Of who waits before an attempt to connect."""

    def leave(self) -> None:
        """Give the seat up. The server answers with a bye, and `keep` returns."""
        self._is_leaving = True
        self._player.say(Leave())
        self._pause.cancel()

    async def keep(self, rng: Random, on_end: Callable[[Ended], bool]) -> Ended:
        """Converse, and come back after each end that is not our fault, if `on_end` says so; the last end of all.

        `on_end` is told of every end but that by `leave`.
        """
        backoff = Backoff(rng)
        ended = Ended(NORMAL, "left before the first attempt")
        pause_s = 0.0
        while True:
            await self._wait(pause_s)
            if self._is_leaving:
                return ended
            welcome = self._player.welcome
            ended = await self.converse()
            if self._is_leaving:
                return ended
            pause_s = self._turn(ended, backoff, rng, self._player.welcome is not welcome)
            if self._itinerary.led is not None:
                self._room = self._itinerary.led.room
            elif not on_end(ended) or not self._may_return(ended):
                return ended

    def _turn(self, ended: Ended, backoff: Backoff, rng: Random, was_in: bool) -> float:
        """To the next server; how long to wait before that."""
        moved, self._player.moved = self._player.moved, None
        self._itinerary.learn(self._player.homes)
        now_s, has_seat = trio.current_time(), self._player.resume is not None
        return self._itinerary.ended(ended.code, moved, now_s, backoff, rng, was_in=was_in, has_seat=has_seat)

    def _may_return(self, ended: Ended) -> bool:
        if ended.code in NO_ROOM and self._player.resume is not None:
            self._player.resume = None  # our seat is gone with its room: we come as a newcomer
            return True
        return ended.code in RETURN_AFTER

    @property
    def _address(self) -> Address:
        return self._itinerary.address

    def _whereto(self) -> str | None:
        """The room of our seat, as long as we have one: another process may have it by now."""
        welcome = self._player.welcome
        return welcome.room if self._player.resume is not None and welcome is not None else self._room

    async def _wait(self, seconds: float) -> None:
        """Until it is time, and our turn, to connect; or until we are to leave."""
        with trio.CancelScope() as self._pause:
            await trio.sleep(seconds)
            if self._turnstile is not None:
                await trio.sleep_until(self._turnstile.take_turn_s(trio.current_time()))

    async def converse(self) -> Ended:
        """One conversation, from the TCP connection to the end, whoever ends it."""
        self._player.bye = None  # of the one before
        try:
            with trio.fail_after(self._itinerary.patience_s):
                stream = await self._open_stream()
        except (OSError, trio.TooSlowError, trio.BrokenResourceError) as error:
            return Ended(BROKEN, f"no connection to {self._address.authority}: {str(error) or 'no answer'}")
        lane = self._lane_over(stream)
        ended = Ended(BROKEN, "the connection broke")
        try:
            with trio.CancelScope() as self._scope:
                async with trio.open_nursery() as nursery:
                    ended = await self._talk(nursery, stream, lane)
                    nursery.cancel_scope.cancel()
        except ExceptionGroup as group:  # the library tells of a refusal in its reader's task
            ended = _refusal(group)
        finally:
            self._player.end(trio.current_time())
            if lane is not None:
                lane.close()
            await trio.aclose_forcefully(stream)
        if self._player.bye is not None:
            return Ended(self._player.bye.code, self._player.bye.sentence)
        return Ended(BROKEN, lane.fate) if lane is not None and lane.fate else ended

    async def _open_stream(self) -> AnyStream:
        stream = await self._dial(self._address.host, self._address.port)
        if not self._address.is_tls:
            return stream
        context = ssl.create_default_context()
        secure = trio.SSLStream(stream, context, server_hostname=self._address.host, https_compatible=True)
        await secure.do_handshake()
        return secure

    def _lane_over(self, stream: AnyStream) -> Lane | None:
        """None where there is no plain socket, or messages are text."""
        if isinstance(stream, trio.SocketStream) and not self._codec.is_text and os.name == "posix":
            return Lane(stream, self._deliver)
        return None

    async def _talk(self, nursery: trio.Nursery, stream: AnyStream, lane: Lane | None) -> Ended:
        try:
            with trio.fail_after(self._itinerary.patience_s):
                websocket = await self._shake_hands(nursery, lane or stream)
        except (trio.TooSlowError, trio_websocket.HandshakeError) as error:
            return Ended(BROKEN, f"{self._address.authority} does not speak WebSocket: {str(error) or 'no answer'}")
        link = lane or PlainLink(websocket, self._codec.is_text)
        if isinstance(link, PlainLink):
            nursery.start_soon(link.run)
        self._player.begin(link, self._whereto(), trio.current_time(), self._itinerary.led)
        with current_vigil().over(link, self._give_up):
            try:
                while True:
                    message = await websocket.get_message()
                    link.came_back(message)
                    self._deliver(message)
            except trio_websocket.ConnectionClosed as closed:
                return _ended(closed.reason)

    def _give_up(self) -> None:
        self._player.bye = Bye(BROKEN, "the server has gone silent")
        self._scope.cancel()

    async def _shake_hands(self, nursery: trio.Nursery, stream: trio.abc.Stream) -> trio_websocket.WebSocketConnection:
        return await trio_websocket.wrap_client_stream(
            nursery,
            stream,  # type: ignore[arg-type]  # its documentation says: an arbitrary stream
            self._address.authority,
            self._address.path,
            subprotocols=[self._codec.subprotocol],
            message_queue_size=MESSAGES_QUEUED_MAX,
            max_message_size=MESSAGE_BYTES_MAX,
        )

    def _deliver(self, message: Wire) -> None:
        try:
            self._player.receive(message, trio.current_time())
            if self._player.moved is not None:
                self._scope.cancel()
        except ValueError as error:
            self._player.bye = Bye(UNREADABLE, f"the server sent what can't be read: {error}")
            self._scope.cancel()


def _ended(reason: trio_websocket.CloseReason | None) -> Ended:
    if reason is None or reason.code == BROKEN:
        return Ended(BROKEN, "the connection broke")
    return Ended(reason.code, reason.reason or "the server closed the connection")


def _refusal(group: ExceptionGroup[Exception]) -> Ended:
    """The refusal in `group`; anything else in it is our own mistake, and raised again."""
    refused, others = group.split(trio_websocket.ConnectionRejected)
    if others is not None or refused is None:
        raise group
    error = refused.exceptions[0]
    assert isinstance(error, trio_websocket.ConnectionRejected)
    body = " ".join((error.body or b"").decode(errors="replace").split())
    if body.startswith("<"):  # somebody else's page, which says it to browsers
        body = ""
    why = f": {clip_reason(body)}" if body else ""
    return Ended(error.status_code, f"the server refused with HTTP {error.status_code}{why}")
