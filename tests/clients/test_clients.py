"""Clients that others wrote play here: every check with the browser's WebSocket, ws, Tyrus, autobahn and websockets.

The ids are a table, clients by checks. Tyrus needs a JVM, which takes its time, and so is among the slow ones.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from bench.contestants import node_runtime
from tests.clients.guest import JSON, MSGPACK, Guest
from tests.clients.puppets import CANNOT, TYRUS, Puppet, in_chromium, java_tyrus, node_ws, payload_of, python, running
from tests.instruments.served import Served, served

CLIENTS = ["autobahn", "chromium", "tyrus", "websockets", "ws"]
encodings = pytest.mark.parametrize("encoding", [MSGPACK, JSON], ids=["msgpack", "json"])


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--seed", "5") as running_server:
        yield running_server


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a certificate authority, and of the certificate of the server that it vouches for."""
    folder = tmp_path_factory.mktemp("ca")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    certificate = authority.issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    for pem in certificate.cert_chain_pems:
        pem.write_to_path(str(folder / "cert.pem"), append=True)
    return folder


@pytest.fixture(scope="module")
def secure_server(ca: Path) -> Iterator[Served]:
    with served("--seed", "5", "--tls-cert", str(ca / "cert.pem"), "--tls-key", str(ca / "key.pem")) as running_server:
        yield running_server


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks={"tyrus": [pytest.mark.slow], "chromium": [pytest.mark.browser]}.get(name, []))
        for name in CLIENTS
    ],
)
def client(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def puppet(client: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Puppet]:
    if client == "chromium":
        with in_chromium(request.getfixturevalue("chromium_path")) as in_browser:
            yield in_browser
        return
    if why := absence_of(client):
        pytest.skip(why)
    if client == "ws":
        command = node_ws()
    elif client == "tyrus":
        command = java_tyrus(tmp_path_factory.mktemp("tyrus"))
    else:
        command = python(client)
    with running(*command) as program:
        yield program


def absence_of(client: str) -> str | None:
    """Why a client can't be had here; None: it can."""
    if client == "ws":
        return node_runtime.absent()
    if client == "tyrus" and not shutil.which("javac"):
        return "there is no javac"
    if client == "tyrus" and not TYRUS.exists():
        return "Tyrus is not installed; `make tyrus` does it, given Maven"
    return None


def joined(puppet: Puppet, server: Served, encoding: str) -> Guest:
    """Connected and offered exactly that subprotocol; nothing is said yet."""
    assert puppet.open(server.play_url, encoding) == ["open", encoding, "0"]
    return Guest(puppet, encoding)


def skip_what_cannot_be(client: str, deed: str) -> None:
    if why := CANNOT.get((client, deed)):
        pytest.skip(why)


@encodings
def test_it_plays(puppet: Puppet, server: Served, encoding: str) -> None:
    joined(puppet, server, encoding).play()


@encodings
def test_it_plays_over_tls(puppet: Puppet, secure_server: Served, ca: Path, encoding: str) -> None:
    assert secure_server.play_url.startswith("wss:")
    assert puppet.open(secure_server.play_url, encoding, ca=ca / "ca.pem") == ["open", encoding, "0"]
    Guest(puppet, encoding).play()


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [([JSON, MSGPACK], MSGPACK), (["soup", JSON], JSON)],
    ids=["of-both", "of-one-unknown"],
)
def test_the_server_chooses_a_subprotocol(puppet: Puppet, server: Served, offered: list[str], chosen: str) -> None:
    assert puppet.open(server.play_url, *offered) == ["open", chosen, "0"], "and no extension, whatever was offered"
    guest = Guest(puppet, chosen)
    guest.join()
    guest.leave()


def test_no_subprotocol_in_common_is_refused(puppet: Puppet, client: str, server: Served) -> None:
    status = "0" if (client, "status") in CANNOT else "400"
    assert puppet.open(server.play_url, "soup") == ["refused", status]


def test_pings_are_answered_and_pongs_do_no_harm(puppet: Puppet, client: str, server: Served) -> None:
    skip_what_cannot_be(client, "ping")
    guest = joined(puppet, server, MSGPACK)
    guest.join()
    puppet.do("pong", b"nobody asked")
    puppet.do("ping", b"are you there?")
    assert payload_of(puppet.hear_until("pong")) == b"are you there?"
    guest.leave()


def test_a_message_may_come_in_fragments(puppet: Puppet, client: str, server: Served) -> None:
    skip_what_cannot_be(client, "fragments")
    guest = joined(puppet, server, MSGPACK)
    hello = guest.encoded("hello", {"version": 1, "name": "Piecemeal"})
    puppet.do("fragments", *[hello[at : at + 5] for at in range(0, len(hello), 5)])
    guest.hear_until("welcome")
    guest.leave()


def test_it_closes_with_a_code_and_comes_back(puppet: Puppet, server: Served) -> None:
    guest = joined(puppet, server, MSGPACK)
    before = guest.join()
    puppet.do("close", 4321, "see you soon à bientôt".encode())
    assert guest.hear_close() == (4321, "see you soon à bientôt")
    guest = joined(puppet, server, MSGPACK)
    after = guest.join(resume=before["resume"])
    assert after["player"] == before["player"]
    guest.leave()


@encodings
def test_the_server_closes_with_a_code_and_a_sentence(puppet: Puppet, server: Served, encoding: str) -> None:
    guest = joined(puppet, server, encoding)
    guest.say("hello", version=2, name="Guest")
    bye = guest.hear_until("bye")
    assert guest.hear_close() == (4003, bye["sentence"])


def test_a_message_too_long_is_closed_with_1009(puppet: Puppet, server: Served) -> None:
    guest = joined(puppet, server, MSGPACK)
    guest.join()
    puppet.do("binary", bytes(16_385))
    code, reason = guest.hear_close()
    assert code == 1009
    assert "16384" in reason


def test_text_on_the_binary_subprotocol_is_closed_with_4016(puppet: Puppet, server: Served) -> None:
    guest = joined(puppet, server, MSGPACK)
    puppet.do("text", b"text instead of binary")
    assert guest.hear_close()[0] == 4016
