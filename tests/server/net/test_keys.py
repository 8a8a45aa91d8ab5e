"""Keys: read from files, fetched from a real server, kept fresh, and never lost for a failure."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trio
import trio.testing

from protocol.errors import UserError
from server.gate import Gate
from server.net.keys import FETCH_EVERY_S_MIN, FETCH_S_MAX, FRESH_S, KeyAddress, KeyFile, fetch
from server.net.watched import WATCH_EVERY_S
from server.tokens import KEYS_BYTES_MAX, Rules, UnknownKey, Verifier
from tests.instruments.keys import ED25519, HMAC, NOW_UNIX_S, RSA, SECRET, jwks, token
from tests.server.net.wires import really, until


class Publisher:
    """An operator's web server with a key set. `asked` counts."""

    def __init__(self) -> None:
        self.body, self.status, self.asked = jwks(RSA), 200, 0
        self.let_go = threading.Event()
        self.let_go.set()
        self.url = ""


@contextmanager
def published() -> Iterator[Publisher]:
    publisher = Publisher()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            publisher.asked += 1
            publisher.let_go.wait(30)
            self.send_response(publisher.status)
            self.send_header("Content-Length", str(len(publisher.body)))
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(publisher.body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        publisher.url = f"http://127.0.0.1:{server.server_port}/jwks.json"
        try:
            yield publisher
        finally:
            publisher.let_go.set()
            server.shutdown()
            thread.join()


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with published() as publisher:
        yield publisher


class Kept:
    """A gate whose keys are kept fresh."""

    def __init__(self, source: KeyFile | KeyAddress, nursery: trio.Nursery) -> None:
        self.verifier = Verifier([], Rules())
        self.gate = Gate(self.verifier, True, lambda: NOW_UNIX_S)
        nursery.start_soon(source.keep_fresh, self.gate, self.verifier)

    def kids(self) -> list[str | None]:
        return [key.kid for key in self.verifier.keys]


# files -----------------------------------------------------------------------------------------------------


def test_a_file_holds_a_set_or_a_secret(tmp_path: Path) -> None:
    keys, secret = tmp_path / "jwks.json", tmp_path / "secret"
    keys.write_bytes(jwks(RSA, HMAC))
    secret.write_bytes(SECRET + b"\n")
    assert [key.kid for key in KeyFile(keys, is_secret=False).read()] == ["rsa", "hmac"]
    assert len(KeyFile(secret, is_secret=True).read()) == 1


def test_a_file_that_is_wrong_is_named(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    for is_secret in (True, False):
        with pytest.raises(UserError, match=r"keys can't be read: no such file"):
            KeyFile(file, is_secret).read()
        file.write_text("short")
        with pytest.raises(UserError, match=r"keys: "):
            KeyFile(file, is_secret).read()
        file.unlink()


async def test_a_file_is_read_again_when_it_changes(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    file = tmp_path / "jwks.json"
    file.write_bytes(jwks(RSA))
    source = KeyFile(file, is_secret=False)
    kept = Kept(source, nursery)
    kept.verifier.keys = source.read()
    await trio.sleep(WATCH_EVERY_S / 2)
    file.write_bytes(jwks(RSA, ED25519))
    await trio.sleep(WATCH_EVERY_S)
    assert kept.kids() == ["rsa", "ed"]
    file.write_text("half of it")
    await trio.sleep(WATCH_EVERY_S)
    assert kept.kids() == ["rsa", "ed"]


async def test_one_that_changed_while_the_server_waited_for_another_is_read_again(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    file = tmp_path / "jwks.json"
    file.write_bytes(jwks(RSA))
    source = KeyFile(file, is_secret=False)
    assert [key.kid for key in source.read()] == ["rsa"]
    file.write_bytes(jwks(ED25519))
    kept = Kept(source, nursery)
    await trio.sleep(1.5 * WATCH_EVERY_S)
    assert kept.kids() == ["ed"]


# addresses -------------------------------------------------------------------------------------------------


async def test_keys_are_fetched_at_the_start(publisher: Publisher, nursery: trio.Nursery) -> None:
    kept = Kept(KeyAddress(publisher.url), nursery)
    await until(lambda: kept.kids() == ["rsa"])
    assert kept.gate.identify(token(RSA, "RS256")).subject == "ann"


async def test_an_unknown_key_is_news_and_whoever_waits_is_told(publisher: Publisher, nursery: trio.Nursery) -> None:
    """A key that was rotated a moment ago: the first who shows it waits for it, and does not come in vain."""
    publisher.let_go.clear()
    kept, called = Kept(KeyAddress(publisher.url), nursery), list[float]()
    await until(lambda: publisher.asked == 1)
    presented = token(RSA, "RS256")
    with pytest.raises(UnknownKey):
        kept.gate.identify(presented)
    assert kept.gate.wait_for_keys(called.append)
    publisher.let_go.set()
    await until(lambda: bool(called))
    assert kept.gate.identify(presented).subject == "ann"


async def test_they_are_not_asked_for_too_often(
    publisher: Publisher, nursery: trio.Nursery, mock_clock: trio.testing.MockClock
) -> None:
    kept, told = Kept(KeyAddress(publisher.url), nursery), list[float]()
    await really(lambda: bool(kept.kids()))
    assert not any(kept.gate.wait_for_keys(told.append) for _ in range(100))
    mock_clock.jump(FETCH_EVERY_S_MIN)
    publisher.body = jwks(ED25519)
    assert all(kept.gate.wait_for_keys(told.append) for _ in range(100))
    await really(lambda: len(told) == 100)
    assert kept.kids() == ["ed"]
    assert publisher.asked == 2
    mock_clock.jump(FRESH_S)
    await really(lambda: publisher.asked == 3)


async def test_keys_that_cant_be_had_leave_those_that_are_there(
    publisher: Publisher, nursery: trio.Nursery, mock_clock: trio.testing.MockClock
) -> None:
    kept, told = Kept(KeyAddress(publisher.url), nursery), list[float]()
    await really(lambda: bool(kept.kids()))
    good = publisher.body
    answers = ((500, good), (302, good), (200, b"rubbish"), (200, jwks(HMAC)), (200, b"[" * 300_000))
    for number, (publisher.status, publisher.body) in enumerate(answers, 1):
        mock_clock.jump(FETCH_EVERY_S_MIN)
        assert kept.gate.wait_for_keys(told.append)
        await really(lambda number=number: len(told) == number)  # type: ignore[misc]
        assert publisher.asked == number + 1, "a redirection is not followed"
        assert kept.kids() == ["rsa"]


async def test_one_hello_that_goes_wrong_concerns_no_other(publisher: Publisher, nursery: trio.Nursery) -> None:
    publisher.let_go.clear()
    kept, called = Kept(KeyAddress(publisher.url), nursery), list[float]()
    await until(lambda: publisher.asked == 1)

    def fail(now_s: float) -> None:
        raise RuntimeError("nobody thought of this")

    assert kept.gate.wait_for_keys(fail)
    assert kept.gate.wait_for_keys(called.append)
    publisher.let_go.set()
    await until(lambda: bool(called))


async def test_a_publisher_that_does_not_answer_holds_nobody_up(
    publisher: Publisher, nursery: trio.Nursery, mock_clock: trio.testing.MockClock
) -> None:
    publisher.let_go.clear()
    kept, told = Kept(KeyAddress(publisher.url), nursery), list[float]()
    await really(lambda: publisher.asked == 1)
    assert kept.gate.wait_for_keys(told.append)
    mock_clock.jump(FETCH_S_MAX)
    await really(lambda: bool(told))
    with pytest.raises(UnknownKey):
        kept.gate.identify(token(RSA, "RS256"))


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", id="another protocol"),
        pytest.param(b"HTTP/1.1 nothing\r\n\r\n", id="no status"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n", id="headers without end"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nrubbish\r\n", id="broken chunks"),
        pytest.param(b"", id="nothing"),
    ],
)
async def test_what_is_no_answer_of_http_leaves_the_keys_that_are_there(nursery: trio.Nursery, answer: bytes) -> None:
    """Whatever a publisher, or a proxy before it, has to say, the server lives."""
    [listener] = await trio.open_tcp_listeners(0, host="127.0.0.1")
    asked, go_on = trio.Event(), trio.Event()

    async def say(stream: trio.SocketStream) -> None:
        await stream.receive_some(4096)
        asked.set()
        await go_on.wait()
        await stream.send_all(answer)
        await stream.aclose()

    nursery.start_soon(trio.serve_listeners, say, [listener])
    kept, told = Kept(KeyAddress(f"http://127.0.0.1:{listener.socket.getsockname()[1]}/"), nursery), list[float]()
    await asked.wait()
    assert kept.gate.wait_for_keys(told.append)
    go_on.set()
    await until(lambda: bool(told))
    assert not kept.kids()


def test_a_set_that_is_too_long_is_not_read_to_its_end(publisher: Publisher) -> None:
    publisher.body = b"x" * (KEYS_BYTES_MAX + 200_000)
    with pytest.raises(ValueError, match="longer than"):
        fetch(publisher.url)
