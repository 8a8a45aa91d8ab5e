"""One player's WebSocket, from the handshake to the last byte.

Whatever the peer does, the conversation (the game's is a session) learns in the end that it is lost, once, and the
stream is closed. What our own code does wrong with a message is logged, and ends this one conversation with
`SERVER_FAULT`.
"""

from contextlib import ExitStack, suppress
from typing import Protocol

import structlog
import trio
from trio_websocket import ConnectionClosed

from protocol import limits
from protocol.codec import Codec
from protocol.errors import OUR_MISTAKE, Code
from server.bucket import Bucket
from server.link import Link
from server.net.fast_lane import FastLane, can_carry
from server.net.lane import BOUNDS, CLOSE_DEADLINE_S, RECEIVE_BYTES_MAX, Bounds, PlainLane
from server.net.link import FastLink, PlainLink
from server.net.websocket import Connection, accept
from server.statistics import Traffic

QUEUED_MESSAGES_MAX = 64
"""In the library, between its reader and ours: a full queue would keep pings from being answered."""
TOO_MANY_FRAMES = f"more than {limits.MESSAGES_PER_SECOND_MAX} pings, pongs and fragments a second"

log = structlog.get_logger("ricochet.connection")


class Conversation(Protocol):
    """What hears the messages of one connection, in order. None of it awaits."""

    def receive(self, wire: bytes | str, now_s: float) -> None: ...

    def end(self, code: int, sentence: str) -> None: ...

    def lost(self, now_s: float) -> None:
        """The connection is gone. Said once, and last."""


class Host(Protocol):
    """Who is to be talked to here: the lobby."""

    @property
    def traffic(self) -> Traffic: ...

    def meet(self, link: Link, now_s: float) -> Conversation:
        """Somebody is there, at the other end of `link`."""


async def converse(
    stream: trio.abc.Stream,
    head: bytes,
    early: bytes,
    codec: Codec,
    host: Host,
    address: str,
    may_be_fast: bool = True,
    bounds: Bounds = BOUNDS,
    guest: str = "",
) -> None:
    """Answer the upgrade request `head`, read from `stream` with `early` behind it, and play until either end stops.

    The fast lane is taken where it can be and `may_be_fast` allows it. `guest` is who the peer's cookie says it is.
    Returns when the conversation is over and everything of it is gone. Raises only for mistakes of our own.
    """
    with ExitStack() as at_the_end:
        async with trio.open_nursery() as nursery:
            if may_be_fast and can_carry(stream):
                assert isinstance(stream, trio.SocketStream)
                lane: PlainLane = FastLane(stream, head, early, host.traffic, nursery, bounds)
            else:
                lane = PlainLane(stream, head, early, host.traffic, bounds)
            at_the_end.callback(lane.forget)
            at_the_end.callback(lane.stop_reading)
            connection = await _shake_hands(lane, codec, nursery)
            if connection is None:
                log.debug("gone before the answer", address=address)
                nursery.cancel_scope.cancel()
                return
            await _play(connection, lane, codec, host, address, guest, nursery)
            # Closing has deadlines of its own. The library's reader has none, and after 1009 waits for one byte more.
            nursery.cancel_scope.deadline = trio.current_time() + 2 * CLOSE_DEADLINE_S
    if ended := connection.closed:
        await lane.part(ended.code, ended.reason or "")


async def _shake_hands(lane: PlainLane, codec: Codec, nursery: trio.Nursery) -> Connection | None:
    """None: the peer has gone before it could be answered, or doesn't take the answer, which is its own affair."""
    with trio.move_on_after(limits.HANDSHAKE_DEADLINE_S), suppress(ConnectionClosed):
        bounds = lane.bounds
        return await accept(
            nursery,
            lane,
            codec.subprotocol,
            Bucket.full(bounds.frames_per_second_max, bounds.frames_burst_max, trio.current_time()),
            message_queue_size=QUEUED_MESSAGES_MAX,
            max_message_size=bounds.message_bytes_max,
            buffer_size=RECEIVE_BYTES_MAX,
        )
    return None


class _Delivery:
    """Gives messages to a conversation, and ends it when our own code can't handle one, or there are too many."""

    __slots__ = ("_conversation", "_lane", "_link")

    def __init__(self, link: FastLink | PlainLink, lane: PlainLane, conversation: Conversation) -> None:
        self._link, self._lane, self._conversation = link, lane, conversation

    def deliver(self, message: bytes | str, now_s: float) -> None:
        lane = self._lane
        if lane.is_closing:
            return
        lane.traffic.received_messages += 1
        try:
            self._conversation.receive(message, now_s)
        except Exception:
            lane.traffic.connections_failed += 1
            log.exception("a message could not be handled", address=self._link.address)
            self._end(Code.SERVER_FAULT, OUR_MISTAKE)

    def flooded(self) -> None:
        """There are too many frames that are no whole message."""
        self._end(Code.TOO_MANY_MESSAGES, TOO_MANY_FRAMES)

    def _end(self, code: Code, sentence: str) -> None:
        # On the fast lane this may run in the sweep, and what it raised would end everybody.
        try:
            self._conversation.end(code, sentence)
        except Exception:
            log.exception("a conversation could not be ended", address=self._link.address)
            self._link.close(Code.SERVER_FAULT, OUR_MISTAKE)


async def _play(
    connection: Connection,
    lane: PlainLane,
    codec: Codec,
    host: Host,
    address: str,
    guest: str,
    nursery: trio.Nursery,
) -> None:
    """Until the connection closes, give the conversation all that comes in, whichever way it comes."""
    if isinstance(lane, FastLane):
        link: FastLink | PlainLink = FastLink(connection, lane, codec, address, nursery)
    else:
        link = PlainLink(connection, lane, codec, address, nursery)
    link.guest = guest
    conversation = host.meet(link, trio.current_time())
    delivery = _Delivery(link, lane, conversation)
    deliver, connection.on_flood = delivery.deliver, delivery.flooded
    try:
        lane.open(None if codec.is_text else deliver)
        while True:
            message = await connection.get_message()
            deliver(message, trio.current_time())
    except ConnectionClosed as closed:
        reason = closed.reason
        log.debug("connection closed", address=address, code=reason and reason.code)
    finally:
        conversation.lost(trio.current_time())
