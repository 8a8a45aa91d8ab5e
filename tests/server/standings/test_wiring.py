"""Standings from the settings: where they are kept, and what is said when they can't be."""

from contextlib import closing
from pathlib import Path

import pytest

from protocol.errors import UserError
from server.config import Config
from server.heralds import Heralds
from server.standings.backlog import Played
from server.standings.wiring import KEYS, address_of, get_ready, open_standings
from server.store import Folder
from tests.server.standings.matches import NOW_S, placing, result


def test_they_are_kept_where_the_rooms_are_unless_somewhere_else_is_named() -> None:
    assert address_of(Config()) is None
    assert address_of(Config(state_dir=Path("/var/lib/ricochet"))) == "sqlite:////var/lib/ricochet/standings.db"
    assert address_of(Config(state_dir=Path("/tmp"), standings_url="postgresql:///x")) == "postgresql:///x"
    assert address_of(Config(state_dir=Path("/tmp"), standings_url="off")) is None


def test_they_are_in_the_folder_whatever_it_is_called(tmp_path: Path) -> None:
    folder = tmp_path / "what? 100%41#1"
    with closing(Folder(folder)) as store:
        standings = open_standings(Config(state_dir=folder), store, Heralds())
        assert standings.repository is not None
        standings.repository.close()
    assert (folder / "standings.db").is_file()
    assert list(tmp_path.iterdir()) == [folder]


def test_without_a_database_there_are_none_and_nobody_listens() -> None:
    heralds = Heralds()
    assert not open_standings(Config(), None, heralds).is_on
    assert heralds.listeners == []


def test_the_keys_outlast_the_process(tmp_path: Path) -> None:
    config, folder = Config(state_dir=tmp_path), Folder(tmp_path)
    first = open_standings(config, folder, Heralds())
    cookie = f"ricochet_guest={first.guests.cookie_of('a' * 22, first.clock())}"
    again = open_standings(config, folder, Heralds())
    assert again.guest_of(cookie, False) == "a" * 22
    assert again.guests.origin == first.guests.origin
    folder.close()


@pytest.mark.parametrize(("goes_on_elsewhere", "counted"), [(True, 1), (False, 2)])
def test_a_match_of_a_room_that_others_go_on_with_counts_once_in_all_processes(
    tmp_path: Path, goes_on_elsewhere: bool, counted: int
) -> None:
    """It had ended when its process was killed, and ends again where the room goes on from just before."""
    config = Config(
        standings_url=f"sqlite:///{tmp_path / 'standings.db'}",
        directory="redis://127.0.0.1",
        checkpoints=str(tmp_path) if goes_on_elsewhere else None,
    )
    here, there = (open_standings(config, None, Heralds()) for _ in range(2))
    assert here.repository is not None
    for standings in (here, there):
        here.repository.record(Played.of(result(placing("ann", 1), placing("bob", 2)), NOW_S, standings.origin))
    table = here.repository.table(NOW_S)
    assert table is not None
    assert [row.rating.matches for row in table.rows] == [counted, counted]


def test_keys_that_can_not_be_read_are_set_aside(tmp_path: Path) -> None:
    (tmp_path / KEYS).write_bytes(b"garbage")
    folder = Folder(tmp_path)
    assert open_standings(Config(state_dir=tmp_path), folder, Heralds()).is_on
    assert (tmp_path / f"{KEYS}.refused-1").read_bytes() == b"garbage"
    folder.close()


def test_an_address_that_is_none_is_told_before_anything_is_waited_for() -> None:
    with pytest.raises(UserError, match="not in oracle"):
        get_ready(Config(standings_url="oracle://x"))
    get_ready(Config(standings_url="off"))


def test_a_server_without_its_database_does_not_start() -> None:
    with pytest.raises(UserError, match="can't be kept"):
        open_standings(Config(standings_url="postgresql://ann:secret@127.0.0.1:1/x"), None, Heralds())
