"""What a first request may ask for, and the sentence that it gets when it may not."""

from contextlib import suppress
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import limits
from server.net.forwarded import Caller
from server.net.origins import ANY_ORIGIN
from server.net.request import SAID_CHARS_MAX, Refusal, Request, RequestReader, judge
from tests.server.net.wires import JSON, MSGPACK, request_of, upgrade

DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
PAGE = b"GET /index.html?x=1 HTTP/1.1\r\nHost: game.example\r\n\r\n"


def refused(head: bytes, *origins: str) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        judge(request_of(head), origins)
    return refusal.value


def test_a_page_is_the_webs() -> None:
    assert judge(request_of(PAGE), ()) is None


def test_a_player_gets_the_codec_that_it_offers() -> None:
    assert judge(request_of(upgrade(limits.SUBPROTOCOL_JSON)), ()) is JSON


def test_the_server_prefers_msgpack() -> None:
    both = f"{limits.SUBPROTOCOL_JSON}, {limits.SUBPROTOCOL_MSGPACK}"
    assert judge(request_of(upgrade(both)), ()) is MSGPACK


@pytest.mark.parametrize("offered", ["", "ricochet.v2.msgpack", "chat, ricochet"])
def test_without_a_subprotocol_in_common_the_answer_names_both(offered: str) -> None:
    refusal = refused(upgrade(offered))
    assert refusal.status == HTTPStatus.BAD_REQUEST
    assert limits.SUBPROTOCOL_MSGPACK in refusal.sentence
    assert limits.SUBPROTOCOL_JSON in refusal.sentence


@pytest.mark.parametrize(
    ("head", "status", "names"),
    [
        (upgrade(path="/elsewhere"), 404, "/elsewhere"),
        (upgrade(upgrade=None), 426, "/play"),
        (upgrade(upgrade="h2c"), 426, "/play"),
        (upgrade(sec_websocket_version="8"), 426, "13"),
        (upgrade(sec_websocket_version=None), 426, "13"),
        (upgrade(connection="keep-alive"), 400, "Connection"),
        (upgrade(sec_websocket_key=None), 400, "Sec-WebSocket-Key"),
        (upgrade(sec_websocket_key="short"), 400, "Sec-WebSocket-Key"),
        (upgrade(sec_websocket_key="dGhlIHNhbXBsZSBub25jZQ==!"), 400, "Sec-WebSocket-Key"),
        (upgrade(content_length="5"), 400, "body"),
        (upgrade(transfer_encoding="chunked"), 400, "body"),
        (upgrade(host="gäme.example"), 400, "Host"),
        (upgrade().replace(b"GET", b"POST"), 400, "GET"),
        (upgrade().replace(b"HTTP/1.1", b"HTTP/1.0"), 400, "came as 1.0"),
        (upgrade(sec_websocket_extensions="ümlaut"), 400, "ASCII"),
        (upgrade(connection="Upgrade\r\nconnection: close"), 400, "contradict"),
    ],
)
def test_each_fault_has_its_sentence(head: bytes, status: int, names: str) -> None:
    refusal = refused(head)
    assert refusal.status == status
    assert names in refusal.sentence


@pytest.mark.parametrize(
    ("origin", "allowed", "may_play"),
    [
        (None, (), True),
        ("http://game.example", (), True),
        ("https://GAME.example", (), True),
        ("http://game.example:8080", (), False),
        ("http://evil.example", (), False),
        ("http://evil.example/game.example", (), False),
        ("null", (), False),
        ("http://friend.example", ("http://friend.example",), True),
        ("http://friend.example.evil", ("http://friend.example",), False),
        ("http://anyone.example", (ANY_ORIGIN,), True),
    ],
)
def test_pages_of_other_sites_may_not_play(origin: str | None, allowed: tuple[str, ...], may_play: bool) -> None:
    head = upgrade(origin=origin)
    if may_play:
        assert judge(request_of(head), allowed) is MSGPACK
    else:
        assert refused(head, *allowed).status == HTTPStatus.FORBIDDEN


def test_the_own_origin_is_what_the_caller_calls_us() -> None:
    request = request_of(upgrade(host="10.0.0.1:8000", origin="https://game.example"))
    with pytest.raises(Refusal):
        judge(request, ())
    assert judge(request, (), Caller("1.2.3.4", "game.example", is_secure=True)) is MSGPACK
    with pytest.raises(Refusal):
        judge(request_of(upgrade(origin="http://game.example")), (), Caller("1.2.3.4", "game.example", is_secure=True))


@given(st.lists(st.integers(1, len(PAGE) - 1), unique=True).map(sorted))
def test_a_head_may_come_in_pieces(cuts: list[int]) -> None:
    reader, early = RequestReader(), b"body"
    pieces = [PAGE[a:b] for a, b in zip([0, *cuts], [*cuts, len(PAGE)], strict=True)]
    assert [reader.receive(piece) for piece in pieces[:-1]] == [None] * len(cuts)
    request = reader.receive(pieces[-1] + early)
    assert request == Request("GET", "/index.html", {"host": "game.example"}, PAGE, early)


def test_repeated_headers_are_one_list() -> None:
    request = request_of(b"GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\nX: 2\r\n\r\n")
    assert request.headers["x"] == "1, 2"


@pytest.mark.parametrize(
    "asked",
    [
        b"Upgrade: h2c\r\n",
        b"UPGRADE:h2c\n",
        b"Upgrade: foo\r\nupgrade: websocket\r\n",
        b"Upgrade:\r\n h2c,\r\n\tfoo\r\n",
    ],
)
def test_the_web_is_asked_for_no_upgrade(asked: bytes) -> None:
    before, after = b"GET / HTTP/1.1\r\nHost: a\r\n", b"X-Upgrade: 1\r\nConnection: Upgrade\r\n\r\n"
    for head in (before + asked + after, before + after[:-2] + asked + b"\r\n"):
        without = request_of(head).for_web()
        assert "upgrade" not in request_of(without).headers
        assert without == before + after
    assert request_of(PAGE).for_web() == PAGE


@pytest.mark.parametrize(
    ("target", "host", "path", "for_web"),
    [
        (b"http://b:80/play?x=1", "b:80", "/play", b"/play?x=1"),
        (b"HTTPS://b", "b", "/", b"/"),
        (b"http://b?x", "b", "/", b"/?x"),
        (b"/http://b/", "a", "/http://b/", b"/http://b/"),
        (b"*", "a", "*", b"*"),
    ],
)
def test_a_target_may_say_to_whom(target: bytes, host: str, path: str, for_web: bytes) -> None:
    request = request_of(b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % target)
    assert (request.headers["host"], request.path) == (host, path)
    assert request.for_web() == b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % for_web


@pytest.mark.parametrize(
    ("wire", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", 505),
        (b"PRI * HTTP/2.0\r\n\r\n", 505),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * limits.REQUEST_HEAD_BYTES_MAX, 431),
    ],
)
def test_what_is_no_request_is_refused(wire: bytes, status: int) -> None:
    with pytest.raises(Refusal) as refusal:
        RequestReader().receive(wire)
    assert refusal.value.status == status


def test_a_head_is_as_long_as_it_may_be_and_no_byte_longer() -> None:
    start, end = b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b"\r\n\r\n"
    longest = start + b"x" * (limits.REQUEST_HEAD_BYTES_MAX - len(start + end)) + end
    assert request_of(longest + b"and what comes after it").raw == longest
    for before, after in ((b"G", (start + b"x" + longest[len(start) :])[1:]), (longest[:-4], b"x" + end)):
        reader = RequestReader()
        assert reader.receive(before) is None
        with pytest.raises(Refusal, match="has at most 16384 bytes") as refusal:
            reader.receive(after)
        assert refusal.value.status == 431


@given(st.binary(max_size=60))
def test_no_bytes_at_all_raise_anything_else(wire: bytes) -> None:
    with suppress(Refusal):
        assert RequestReader().receive(wire) is None


def test_a_refusal_is_a_whole_response() -> None:
    refusal = Refusal(HTTPStatus.UPGRADE_REQUIRED, "wrong version", [("Sec-WebSocket-Version", "13")])
    head, _, body = refusal.response(DATE).partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"HTTP/1.1 426 Upgrade Required",
        b"Date: Sun, 06 Nov 1994 08:49:37 GMT",
        b"Content-Type: text/plain; charset=utf-8",
        b"Content-Length: 14",
        b"Connection: close",
        b"Sec-WebSocket-Version: 13",
    ]
    assert body == b"wrong version\n"
    assert refusal.response(DATE, "HEAD") == head + b"\r\n\r\n"


@pytest.mark.parametrize(
    "head",
    [
        upgrade(path="/" + "x" * 9000),
        upgrade(origin="https://" + "x" * 9000),
        b"GET /" + b"\xff" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_no_more_than_a_line_is_said_and_logged_of_what_is_refused(head: bytes) -> None:
    with pytest.raises(Refusal) as refusal:
        judge(request_of(head), ())
    assert len(refusal.value.sentence) == SAID_CHARS_MAX
    assert refusal.value.sentence.endswith("…")


@pytest.mark.parametrize("asked", [PAGE.replace(b"/index.html", b"/play"), upgrade(sec_websocket_version="8")])
def test_what_may_be_upgraded_says_so_of_this_connection(asked: bytes) -> None:
    head = refused(asked).response(DATE)
    assert b"\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\n" in head
