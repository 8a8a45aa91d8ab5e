"""hypercorn answers a request whose head somebody else has read, once."""

from pathlib import Path

import trio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from server.net.http import HttpServer
from tests.server.net.wires import Ends

THIS_FILE = Path(__file__).read_bytes()


async def echo(request: Request) -> Response:
    return PlainTextResponse(f"{request.method} {request.url.path} {(await request.body()).decode()}")


async def fail(request: Request) -> Response:
    raise RuntimeError("nobody thought of this")


async def file(request: Request) -> Response:
    return FileResponse(__file__)


APP = Starlette(routes=[Route("/echo", echo, methods=["GET", "POST"]), Route("/fail", fail), Route("/file", file)])


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


async def test_a_mistake_of_ours_is_a_500_and_no_more(tcp_ends: Ends) -> None:
    answer = await ask(tcp_ends, b"GET /fail HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 500")
    assert b"nobody thought" not in answer


async def test_a_file_ends_the_connection_like_everything_else(tcp_ends: Ends) -> None:
    with trio.fail_after(60):
        answer = await ask(tcp_ends, b"GET /file HTTP/1.1\r\nHost: a\r\n\r\n")
    assert answer.endswith(THIS_FILE)
