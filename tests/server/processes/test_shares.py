"""Each process has what must be its own, knows the others, and reads its settings as they were given."""

import os
from pathlib import Path
from typing import Any

import pytest

from protocol.errors import UserError
from server.config import Config, load
from server.processes.shares import Share, origins_of, refuse_where_it_cant_be, shares_of

PORTS = [8000, 8001, 8002]


def shares(**settings: Any) -> list[Share]:
    return shares_of(Config(processes=3, directory="redis://127.0.0.1", **settings), PORTS)


def of_each(name: str, **settings: Any) -> list[Any]:
    return [getattr(share.config, name) for share in shares(**settings)]


def test_each_has_a_number_a_port_and_an_address() -> None:
    assert [share.number for share in shares()] == [1, 2, 3]
    assert of_each("port") == PORTS
    assert of_each("processes") == [1, 1, 1]
    assert of_each("public_url") == [f"http://127.0.0.1:{port}/" for port in PORTS]


def test_addresses_come_from_a_template() -> None:
    by_path = of_each("public_url", host="0.0.0.0", public_url="https://game.example/{n}")
    assert by_path == ["https://game.example/1", "https://game.example/2", "https://game.example/3"]
    by_port = of_each("public_url", host="0.0.0.0", public_url="https://game.example:{port}")
    assert by_port == [f"https://game.example:{port}" for port in PORTS]


def test_the_page_of_each_may_lead_to_all() -> None:
    for origins in of_each("origins", origins=("https://friend.example",)):
        assert origins[:3] == ("https://friend.example", "http://127.0.0.1:8000", "http://localhost:8000")
        assert len(origins) == 7
    assert of_each("origins", public_url="https://game.example/{n}") == [("https://game.example",)] * 3
    assert of_each("origins", public_url="https://g{n}.example/")[2] == tuple(
        f"https://g{n}.example" for n in (1, 2, 3)
    )


def test_an_origin_is_of_what_a_browser_says() -> None:
    assert origins_of("https://Game.example:443/a") == ["https://game.example"]
    assert origins_of("http://localhost/") == ["http://localhost"]
    with pytest.raises(UserError, match=r"public_url = https://game\.example:655{n}9 gives no addresses"):
        shares(public_url="https://game.example:655{n}9")


def test_folders_are_their_own_and_replays_share_the_room_there_is() -> None:
    state, replays = Path("state"), Path("replays")
    assert of_each("state_dir", state_dir=state, standings_url="off") == [state / "1", state / "2", state / "3"]
    assert of_each("replay_dir", replay_dir=replays) == [replays / "1", replays / "2", replays / "3"]
    assert of_each("replays_mb_max", replays_mb_max=500) == [166] * 3
    assert of_each("replays_mb_max", replays_mb_max=1) == [1] * 3
    assert of_each("replays_mb_max", replays_mb_max=0) == [0] * 3
    assert of_each("state_dir") == [None] * 3


def test_bots_are_one_swarm_against_the_first() -> None:
    assert of_each("bots", bots=8) == [8, 0, 0]


def test_what_a_share_says_in_the_environment_is_what_its_process_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else was there for us, in whichever case, it doesn't hold for the child; what isn't ours does."""
    second = shares(
        state_dir=Path("a state"),
        standings_url="postgresql://ricochet:secret@db/ricochet",
        trusted_proxies=("127.0.0.1", "10.0.0.0/8"),
        match_s=12.5,
        host="",
        public_url="https://game.example/{n}",
    )[1]
    inherited = {
        "RICOCHET_SEED": "7",
        "ricochet_map": "belt",
        "NOTIFY_SOCKET": "/run/systemd/notify",
        "WATCHDOG_USEC": "1",
        "RICOCHET_TOKEN": "aa",
        "PATH": "/bin",
    }
    environment = second.environment(inherited)
    assert environment["RICOCHET_TOKEN"] == "aa"
    assert not {"RICOCHET_SEED", "ricochet_map", "NOTIFY_SOCKET", "WATCHDOG_USEC"} & set(environment)
    for name in Config.model_fields:
        monkeypatch.delenv(f"RICOCHET_{name.upper()}", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert load({}, Path(os.devnull)).model_dump() == second.config.model_dump()


def test_it_isnt_for_windows_nor_for_agones() -> None:
    refuse_where_it_cant_be({}, "linux")
    with pytest.raises(UserError, match="Windows"):
        refuse_where_it_cant_be({}, "win32")
    with pytest.raises(UserError, match="Agones"):
        refuse_where_it_cant_be({"AGONES_SDK_HTTP_PORT": "9358"}, "linux")
