"""`ricochet admin`, as it is typed, against a real server."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import time
from typing import NamedTuple
from urllib.request import Request, urlopen

import msgspec
import pytest
import trustme

import ricochet
from server.roles import Role
from server.tokens import Rules, Verifier, secret_key
from tests.instruments.plans import ARENA
from tests.instruments.proxies import write_certificate
from tests.instruments.served import Served, served

SECRET = b"a secret of thirty-two bytes at least\n"
NOWHERE = "http://127.0.0.1:9"


class Done(NamedTuple):
    """What a person has before them when a command has ended."""

    status: object
    out: str
    err: str


Admin = Callable[..., Done]


@pytest.fixture
def admin(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Admin:
    """`ricochet admin WORDS`, with `token` in the environment."""

    def type_in(*words: str, token: str | None = None) -> Done:
        monkeypatch.delenv("RICOCHET_ADMIN_TOKEN", raising=False)
        monkeypatch.delenv("RICOCHET_ADMIN_URL", raising=False)
        if token is not None:
            monkeypatch.setenv("RICOCHET_ADMIN_TOKEN", token)
        with pytest.raises(SystemExit) as ended:
            ricochet.main(["admin", *words])
        return Done(ended.value.code or 0, *capsys.readouterr())

    return type_in


def refused(done: Done, *names: str) -> None:
    assert (done.status, done.out) == (2, ""), done
    assert done.err.count("\n") == 1, done.err
    assert all(name in done.err for name in names), done.err


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "secret"
    path.write_bytes(SECRET)
    return path


@pytest.fixture(scope="module")
def server(secret: Path) -> Iterator[Served]:
    with served("--seed", "1", "--jwt-secret", str(secret)) as running:
        yield running


@pytest.fixture
def token(admin: Admin, secret: Path) -> str:
    return admin("token", "root", "--secret", str(secret), "--role", "admin").out.strip()


def test_a_token_is_what_it_was_made_to_be(admin: Admin, secret: Path) -> None:
    words = ["--role", "editor", "--seconds", "60", "--audience", "game", "--issuer", "us"]
    made = admin("token", "ann", "--secret", str(secret), *words)
    identity = Verifier([secret_key(SECRET)], Rules("game", "us")).verify(made.out.strip(), time())
    assert (identity.subject, identity.role) == ("ann", Role.EDITOR)


def test_people_are_banned_seen_and_let_in_again(admin: Admin, server: Served, token: str, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(token + "\n")
    where = ("--url", server.page_url, "--token-file", str(file))
    done = admin("ban", "--subject", "eve", "--seconds", "600", "--reason", "spam", *where)
    assert (done.status, done.out) == (0, "banned subject:eve for 600 s, and kicked 0\n"), done.err
    listed = [json.loads(line) for line in admin("restrictions", *where).out.splitlines()]
    assert [(line["what"], line["known_as"], line["reason"]) for line in listed] == [("ban", "subject:eve", "spam")]
    assert admin("unban", "--subject", "eve", *where).out == "subject:eve is banned no more\n"
    assert admin("players", *where).out == ""


def test_an_arena_is_deleted_with_all_its_versions(admin: Admin, secret: Path, token: str, tmp_path: Path) -> None:
    with served("--seed", "1", "--jwt-secret", str(secret), "--state-dir", str(tmp_path)) as running:
        where = ("--url", running.page_url)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        address = f"{running.page_url}api/arenas"
        with urlopen(Request(f"{address}/rude-words", msgspec.json.encode(ARENA), headers)) as saved:
            assert saved.status == 201
        done = admin("delete-arena", "rude-words", *where, token=token)
        assert (done.status, done.out) == (0, "the arena rude-words is deleted\n"), done.err
        refused(admin("delete-arena", "rude-words", *where, token=token), "there is no arena 'rude-words'")
        refused(admin("delete-arena", "a/../b", *where, token=token), "ricochet: ")
        assert json.load(urlopen(address)) == []


def test_what_cant_be_is_one_sentence(admin: Admin, server: Served, token: str, tmp_path: Path) -> None:
    where, empty = ("--url", server.page_url), tmp_path / "empty.pem"
    empty.touch()
    refused(admin("kick", "--room", "pinball", "--player", "7", *where, token=token), "no player 7")
    refused(admin("kick", *where, token=token), "say whom")
    refused(admin("forget", "abc", *where, token=token), "keeps no standings")
    refused(admin("mute", "--subject", "x", *where, token="rubbish"), "not valid")
    refused(admin("dismiss", "7", *where, token=token), "no report 7")
    assert admin("reports", *where, token=token) == Done(0, "", "")
    refused(admin("players", *where), "RICOCHET_ADMIN_TOKEN")
    refused(admin("players", *where, "--token-file", str(tmp_path / "none")), "none", "can't be read")
    refused(admin("players", "--url", NOWHERE, token=token), NOWHERE)
    refused(admin("token", "ann", "--secret", str(tmp_path / "none")), "none", "can't be read")
    for seconds in ("nan", "inf", "-1", "1e9"):
        refused(
            admin("ban", "--subject", "x", "--seconds", seconds, *where, token=token), "--seconds", "Input should be"
        )
    for ca in (tmp_path / "none", empty):
        done = admin("players", "--url", "https://127.0.0.1:9", "--ca", str(ca), token=token)
        refused(done, f"ricochet: {ca} can't be used: ")
    assert "Errno" not in admin("players", "--url", NOWHERE, token=token).err


@pytest.mark.parametrize("subject", ["", "x" * 201, "a\nb"])
def test_no_token_is_made_that_no_server_takes(admin: Admin, secret: Path, subject: str) -> None:
    refused(admin("token", subject, "--secret", str(secret)), "a subject is 1 to", "printable characters")


@pytest.mark.parametrize("url", ["http://game.example", "ftp://127.0.0.1", "game.example"])
def test_a_token_goes_nowhere_in_the_clear(admin: Admin, url: str, token: str) -> None:
    refused(admin("players", "--url", url, token=token), "https")


def test_what_is_no_server_of_ours_is_one_sentence(admin: Admin, token: str) -> None:
    def greet() -> None:
        stream, _ = listening.accept()
        with stream:
            stream.recv(65_536)
            stream.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        greeter = threading.Thread(target=greet)
        greeter.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        refused(admin("players", "--url", url, token=token), url, "SSH-2.0")
        greeter.join()
    refused(admin("players", "--url", "http://[::1", token=token), "http://[::1", "no address")


def test_it_goes_over_tls_to_whom_it_can_know(admin: Admin, secret: Path, token: str, tmp_path: Path) -> None:
    authority, ca = trustme.CA(), tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca)
    cert, key = write_certificate(authority.issue_cert("127.0.0.1"), tmp_path)
    with served("--tls-cert", str(cert), "--tls-key", str(key), "--jwt-secret", str(secret)) as server:
        done = admin("players", "--url", server.page_url, "--ca", str(ca), token=token)
        assert (done.status, done.out) == (0, ""), done.err
        refused(admin("players", "--url", server.page_url, token=token), "certificate")


def test_the_server_drains_when_it_is_told_to(admin: Admin, secret: Path, token: str) -> None:
    with served("--jwt-secret", str(secret)) as server:
        where = ("--url", server.page_url)
        refused(admin("drain", "--process", "a1", *where, token=token), "there is no other process")
        refused(admin("drain", "--process", "a1", "--everywhere", *where, token=token), "exclude each other")
        done = admin("drain", "--everywhere", *where, token=token)
        assert (done.status, done.out) == (0, "draining\n"), done.err
        assert server.process.wait(60) == 0
