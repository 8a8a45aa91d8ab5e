"""The bench's own PostgreSQL, at an address of the network."""

import psycopg
import pytest

from bench.cluster.postgres import Postgres, find_postgres, postgres_at
from protocol.errors import UserError


def test_it_listens_where_it_is_told_to_and_is_gone_afterwards() -> None:
    if find_postgres() is None:
        pytest.skip("no PostgreSQL: neither is initdb on PATH nor is Debian's package installed")
    with postgres_at("127.0.0.1") as server:
        address = server.make("games")
        assert "127.0.0.1" in address
        with psycopg.connect(address) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        with pytest.raises(UserError, match="createdb"):
            server.make("games")
        folder = server.folder
    assert not folder.exists()
    assert isinstance(server, Postgres)
