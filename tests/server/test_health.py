"""What the health check of a container asks, as it asks it."""

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import trustme

from server.health import url_in, why_not
from tests.instruments.served import ROOT, served

ASK = [sys.executable, "-P", "-m", "server.health"]


def asked(port: int, **settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "RICOCHET_PORT": str(port), **settings}
    return subprocess.run(ASK, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({}, "http://127.0.0.1:8000/"),
        ({"RICOCHET_HOST": "0.0.0.0", "RICOCHET_PORT": "9000"}, "http://127.0.0.1:9000/"),
        ({"RICOCHET_HOST": "::", "RICOCHET_TLS_CERT": "/cert.pem"}, "https://[::1]:8000/"),
    ],
)
def test_it_asks_where_the_environment_has_the_server(environment: dict[str, str], url: str) -> None:
    assert url_in(environment) == url


def test_a_server_with_a_certificate_for_its_own_name_alone_is_well(tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    of_the_game = trustme.CA().issue_cert("game.example")
    of_the_game.cert_chain_pems[0].write_to_path(cert)
    of_the_game.private_key_pem.write_to_path(key)
    with served("--tls-cert", str(cert), "--tls-key", str(key)) as server:
        well = asked(server.port, RICOCHET_TLS_CERT=str(cert))
        assert (well.returncode, well.stderr) == (0, "")
        plain = asked(server.port)
        assert plain.returncode == 1, "nothing is answered in plain text"


def test_where_nobody_answers_it_says_so_and_fails() -> None:
    with socket.socket() as silent:  # bound, so that nobody else has the port, and not listening
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        gone = asked(port)
        assert gone.returncode == 1
        assert gone.stderr.startswith(f"http://127.0.0.1:{port}/: ")
        assert "refused" in gone.stderr


def test_a_server_that_says_it_is_not_well_is_believed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as ill, ThreadPoolExecutor(1) as other:
        other.submit(answer, ill, b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
        url = f"http://127.0.0.1:{ill.getsockname()[1]}/"
        assert why_not(url) == f"{url}: status 503"


def answer(listener: socket.socket, said: bytes) -> None:
    """Whoever asks next."""
    asking, _ = listener.accept()
    with asking:
        assert asking.recv(1000).startswith(b"GET /healthz ")
        asking.sendall(said)


def test_it_loads_next_to_nothing() -> None:
    code = "import sys, server.health; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert not {"pydantic", "trio", "typer", "server.config"} & set(said.split())
