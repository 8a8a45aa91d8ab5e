"""The address for a browser on this machine."""

from pathlib import Path

import pytest

from server.config import Config
from server.where import url_at


@pytest.mark.parametrize(
    ("host", "found_at"),
    [
        ("127.0.0.1", "http://127.0.0.1:8001/"),
        ("0.0.0.0", "http://127.0.0.1:8001/"),
        ("", "http://127.0.0.1:8001/"),
        ("::", "http://[::1]:8001/"),
        ("localhost", "http://localhost:8001/"),
    ],
)
def test_it_can_be_opened_from_here(host: str, found_at: str) -> None:
    assert url_at(Config(host=host), 8001) == found_at


def test_it_is_encrypted_where_the_server_is(tmp_path: Path) -> None:
    file = tmp_path / "pem"
    file.touch()
    assert url_at(Config(tls_cert=file, tls_key=file), 8001) == "https://127.0.0.1:8001/"
