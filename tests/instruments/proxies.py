"""The proxies of `deploy/`, run as they stand there, but for ports, names and certificates.

What is commented out there for many processes holds here: each of them is the same server.
"""

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme

from tests.instruments.programs import program
from tests.instruments.served import ROOT

READY_S_MAX = 60.0
UPSTREAM = "127.0.0.1:8000"
SECOND = "127.0.0.1:8001"
BY_PATH = re.compile(r"^([ \t]+)#(?=redir|handle_path|location|\t|\})", re.MULTILINE)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def with_replaced(example: str, changes: dict[str, str]) -> str:
    """A file of `deploy/`; every change must find its place."""
    text = (ROOT / "deploy" / example).read_text()
    text, lines = BY_PATH.subn(r"\1", text)
    assert lines >= 2
    for old, new in changes.items():
        assert old in text, f"{old!r} is not in deploy/{example}"
        text = text.replace(old, new)
    return text


@contextmanager
def nginx(upstream: int, cert: trustme.LeafCert, folder: Path) -> Iterator[int]:
    """Its port."""
    binary, port = program("nginx", "nginx-light"), free_port()
    chain, key = write_certificate(cert, folder)
    changes = {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "game.example;": "localhost;",
        "/etc/ssl/game.example/fullchain.pem": str(chain),
        "/etc/ssl/game.example/key.pem": str(key),
        UPSTREAM: f"127.0.0.1:{upstream}",
        SECOND: f"127.0.0.1:{upstream}",
    }
    (folder / "game.conf").write_text(with_replaced("nginx.conf", changes))
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "main.conf").write_text(
        f"daemon off; {user} worker_processes 1; pid {folder}/pid; error_log stderr;"
        f"events {{}} http {{ access_log off; {temporary} include {folder}/game.conf; }}"
    )
    command = [binary, "-p", str(folder), "-c", str(folder / "main.conf"), "-e", "stderr"]
    with _running(command, port, os.environ.copy()):
        yield port


@contextmanager
def caddy(upstream: int, cert: trustme.LeafCert, folder: Path) -> Iterator[int]:
    """Its port."""
    binary, port = program("caddy", "caddy"), free_port()
    chain, key = write_certificate(cert, folder)
    site = f"https://localhost:{port} {{\n\tbind 127.0.0.1\n\ttls {chain} {key}"
    changes = {"game.example {": site, UPSTREAM: f"127.0.0.1:{upstream}", SECOND: f"127.0.0.1:{upstream}"}
    file = folder / "Caddyfile"
    file.write_text("{\n\tadmin off\n\tauto_https off\n}\n" + with_replaced("Caddyfile", changes))
    environment = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with _running([binary, "run", "--config", str(file), "--adapter", "caddyfile"], port, environment):
        yield port


def write_certificate(cert: trustme.LeafCert, folder: Path) -> tuple[Path, Path]:
    """The files of its chain and its key."""
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(b"".join(pem.bytes() for pem in cert.cert_chain_pems))
    key.write_bytes(cert.private_key_pem.bytes())
    return chain, key


@contextmanager
def _running(command: list[str], port: int, environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        end_s = time.monotonic() + READY_S_MAX
        while not _answers(port):
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < end_s
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1.0).close()
    except OSError:
        return False
    return True
