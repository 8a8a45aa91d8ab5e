"""One player's WebSocket, from the handshake to the last byte.

Whatever the peer does, the session learns in the end that it is lost, once, and the stream is closed. What
our own code does wrong with a message is logged, and ends this one conversation with `SERVER_FAULT`.
"""

from contextlib import ExitStack

import structlog
import trio
from trio_websocket import ConnectionClosed, WebSocketConnection, wrap_server_stream

from protocol import limits
from protocol.codec import Codec
from protocol.errors import Code
from server.lobby import Lobby
from server.net.fast_lane import FastLane, can_carry
from server.net.lane import CLOSE_DEADLINE_S, RECEIVE_BYTES_MAX, PlainLane
from server.net.link import FastLink, PlainLink
from server.session import Session

QUEUED_MESSAGES_MAX = 64
"""In the library, between its reader and ours: a full queue would keep pings from being answered."""

log = structlog.get_logger("ricochet.connection")


async def converse(
    stream: trio.abc.Stream,
    head: bytes,
    early: bytes,
    codec: Codec,
    lobby: Lobby,
    address: str,
    may_be_fast: bool = True,
) -> None:
    """Answer the upgrade request `head`, read from `stream` with `early` behind it, and play until either end stops.

    The fast lane is taken where it can be and `may_be_fast` allows it.
    Returns when the conversation is over and everything of it is gone. Raises only for mistakes of our own.
    """
    with ExitStack() as at_the_end:
        async with trio.open_nursery() as nursery:
            lane = _lane_over(stream, head, early, lobby, nursery, may_be_fast)
            at_the_end.callback(lane.stop_reading)
            connection = await _shake_hands(lane, codec, nursery)
            await _play(connection, lane, codec, lobby, address, nursery)
            # Closing has deadlines of its own. The library's reader has none, and after 1009 waits for one byte more.
            nursery.cancel_scope.deadline = trio.current_time() + 2 * CLOSE_DEADLINE_S
    if ended := connection.closed:
        await lane.part(ended.code, ended.reason or "")


def _lane_over(
    stream: trio.abc.Stream, head: bytes, early: bytes, lobby: Lobby, nursery: trio.Nursery, may_be_fast: bool
) -> PlainLane:
    if may_be_fast and can_carry(stream):
        assert isinstance(stream, trio.SocketStream)
        return FastLane(stream, head, early, lobby.traffic, nursery)
    return PlainLane(stream, head, early, lobby.traffic)


async def _shake_hands(lane: PlainLane, codec: Codec, nursery: trio.Nursery) -> WebSocketConnection:
    with trio.fail_after(limits.HANDSHAKE_DEADLINE_S):
        request = await wrap_server_stream(
            nursery,
            lane,
            message_queue_size=QUEUED_MESSAGES_MAX,
            max_message_size=limits.MESSAGE_BYTES_MAX,
            receive_buffer_size=RECEIVE_BYTES_MAX,
        )
        return await request.accept(subprotocol=codec.subprotocol)


class _Delivery:
    """Gives messages to a session, and ends the conversation when our own code can't handle one."""

    __slots__ = ("_link", "_session")

    def __init__(self, link: FastLink | PlainLink, session: Session) -> None:
        self._link, self._session = link, session

    def deliver(self, message: bytes | str) -> None:
        link, session = self._link, self._session
        if link.is_closing:
            return
        session.lobby.traffic.received_messages += 1
        try:
            session.receive(message, trio.current_time())
        except Exception:
            session.lobby.faults.connections_failed += 1
            log.exception("a message could not be handled", address=link.address)
            session.end(Code.SERVER_FAULT, "the server made a mistake; it is logged")


async def _play(
    connection: WebSocketConnection,
    lane: PlainLane,
    codec: Codec,
    lobby: Lobby,
    address: str,
    nursery: trio.Nursery,
) -> None:
    """Until the connection closes, give the session all that comes in, whichever way it comes."""
    if isinstance(lane, FastLane):
        link: FastLink | PlainLink = FastLink(connection, lane, codec, address, nursery)
    else:
        link = PlainLink(connection, lane, codec, address, nursery)
    session = Session(link, lobby, trio.current_time())
    deliver = _Delivery(link, session).deliver
    try:
        lane.open(None if codec.is_text else deliver)
        while True:
            deliver(await connection.get_message())
    except ConnectionClosed as closed:
        reason = closed.reason
        log.debug("connection closed", address=address, code=reason and reason.code)
    finally:
        session.lost(trio.current_time())
