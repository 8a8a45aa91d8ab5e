"""The operator's bots play like everybody, and through the same door."""

import json
import urllib.request
from pathlib import Path

from tests.instruments.keys import SECRET
from tests.instruments.served import Served, served
from tests.server.net.wires import until


def players(server: Served) -> int:
    with urllib.request.urlopen(f"{server.page_url}api/rooms") as answer:
        return sum(room["players"] for room in json.load(answer))


async def test_the_servers_own_bots_come_in_where_tokens_are_required(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(SECRET)
    with served("--auth", "jwt", "--jwt-secret", str(secret), "--jwt-audience", "game", "--bots", "2") as server:
        await until(lambda: players(server) == 2)
