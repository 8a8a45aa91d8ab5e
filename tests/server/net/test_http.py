"""hypercorn answers a request whose head somebody else has read, once."""

from pathlib import Path

import pytest
import trio
import trio.testing
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from server.net.http import REQUEST_S_MAX, HttpServer
from tests.server.net.wires import Ends

BYTES_MANY = 30_000_000
"""More than the buffers of both ends take."""
THIS_FILE = Path(__file__).read_bytes()


async def echo(request: Request) -> Response:
    return PlainTextResponse(f"{request.method} {request.url.path} {(await request.body()).decode()}")


async def fail(request: Request) -> Response:
    raise RuntimeError("nobody thought of this")


async def big(request: Request) -> Response:
    return PlainTextResponse("x" * BYTES_MANY)


async def quick(request: Request) -> Response:
    return PlainTextResponse("so soon")


async def file(request: Request) -> Response:
    return FileResponse(__file__)


APP = Starlette(
    routes=[
        Route("/echo", echo, methods=["GET", "POST"]),
        Route("/fail", fail),
        Route("/quick", quick, methods=["GET", "POST"]),
        Route("/file", file),
        Route("/big", big),
    ]
)


async def ask(ends: Ends, received: bytes, *later: bytes) -> bytes:
    """Everything that is answered when `received` has been read already and `later` is still to come."""
    server, client = ends
    assert isinstance(server, trio.SocketStream)
    answer = b""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(HttpServer(APP).serve, server, received, server.socket)
        for piece in later:
            await client.send_all(piece)
        while more := await client.receive_some(4096):
            answer += more
    return answer


async def test_the_head_is_replayed_and_the_body_follows(tcp_ends: Ends) -> None:
    head = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nbo"
    answer = await ask(tcp_ends, head, b"dy ", b"here")
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"POST /echo body here")


async def test_the_app_finds_what_is_known_of_the_request(tcp_ends: Ends) -> None:
    async def tell(request: Request) -> Response:
        return PlainTextResponse(request.state.caller)

    server, client = tcp_ends
    assert isinstance(server, trio.SocketStream)
    pages = HttpServer(Starlette(routes=[Route("/tell", tell)]))
    await pages.serve(server, b"GET /tell HTTP/1.1\r\nHost: a\r\n\r\n", server.socket, {"caller": "Ann"})
    assert (await client.receive_some(4096)).endswith(b"Ann")


async def test_a_second_request_on_the_connection_is_not_answered(tcp_ends: Ends) -> None:
    """The front door must see it, for it may be an upgrade."""
    request = b"GET /echo HTTP/1.1\r\nHost: a\r\n\r\n"
    answer = await ask(tcp_ends, request + request)
    assert answer.count(b"HTTP/1.1 200") == 1
    assert b"connection: close" in answer.lower()


@pytest.mark.parametrize(
    "asked",
    [
        b"GET /quick HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /quick HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody",
        b"POST /quick HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
    ],
    ids=["no body", "body", "chunked body"],
)
@pytest.mark.parametrize("after", [b"GET /quick HTTP/1.1\r\nHost: a\r\n\r\n" * 2, b"\0 what is this"])
@pytest.mark.parametrize("comes", ["at once", "later"])
async def test_whatever_comes_after_a_request_takes_nothing_from_its_answer(
    tcp_ends: Ends, caplog: pytest.LogCaptureFixture, asked: bytes, after: bytes, comes: str
) -> None:
    """Clients may ask on before they are answered (RFC 9112, 9.3.2)."""
    answer = await (
        ask(tcp_ends, asked + after) if comes == "at once" else ask(tcp_ends, asked[:-1], asked[-1:] + after)
    )
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"so soon")
    assert not caplog.records


async def test_who_says_on_and_on_is_not_listened_to_for_ever(tcp_ends: Ends) -> None:
    server, client = tcp_ends
    assert isinstance(server, trio.SocketStream)
    asked = b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n"
    with trio.fail_after(60):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(HttpServer(APP).serve, server, asked, server.socket)
            with pytest.raises(trio.BrokenResourceError):
                await client.send_all(bytes(BYTES_MANY))


async def test_a_mistake_of_ours_is_a_500_and_no_more(tcp_ends: Ends) -> None:
    answer = await ask(tcp_ends, b"GET /fail HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 500")
    assert b"nobody thought" not in answer


async def test_a_file_ends_the_connection_like_everything_else(tcp_ends: Ends) -> None:
    with trio.fail_after(60):
        answer = await ask(tcp_ends, b"GET /file HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.endswith(THIS_FILE)


@pytest.mark.parametrize("head", [b"GET /big HTTP/1.1\r\n", b"POST /echo HTTP/1.1\r\nContent-Length: 9\r\n"])
async def test_a_peer_that_neither_reads_nor_says_on_is_let_go(
    tcp_ends: Ends, mock_clock: trio.testing.MockClock, head: bytes
) -> None:
    server, _ = tcp_ends
    assert isinstance(server, trio.SocketStream)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(HttpServer(APP).serve, server, head + b"Host: a\r\n\r\n", server.socket)
        await trio.testing.wait_all_tasks_blocked(0.05)
        mock_clock.jump(REQUEST_S_MAX - 1.0)
        await trio.testing.wait_all_tasks_blocked(0.05)
        assert nursery.child_tasks
        mock_clock.jump(1.0)
        await trio.testing.wait_all_tasks_blocked(0.05)
        is_over = not nursery.child_tasks
        await trio.aclose_forcefully(server)
    assert is_over
