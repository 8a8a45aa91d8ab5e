"""Without a directory there is nothing of other processes, and nothing of it is loaded."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from protocol import limits
from protocol.errors import UserError
from server.cluster.wiring import Alone, company_of, suffix_of
from server.config import Config
from server.lobby import Lobby
from server.venue import venue_of
from tests.instruments.stepper import Stepper


def test_one_process_is_alone() -> None:
    lobby = Lobby()
    assert type(company_of(Config(), lobby)) is Alone
    assert suffix_of(Config()) == ""
    assert venue_of(Config(rooms=2)).room_names == ["pinball", "pinball-2"]


async def test_alone_every_room_is_ours() -> None:
    alone, drained, stepper = Alone(), list[int](), Stepper()
    assert alone.take(stepper.room, is_new=False)
    alone.fenced(stepper.room, lambda: drained.append(1))()
    assert drained == [1]
    await alone.run()
    await alone.leave()


def test_nothing_of_redis_is_loaded_without_a_directory() -> None:
    """It takes most of a second."""
    names = "coredis", "obstore", "server.cluster.redis"
    code = f"import sys, server.app; print(any(name in sys.modules for name in {names}))"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert said.strip() == "False"


def test_operators_rooms_have_names_of_their_own(tmp_path: Path) -> None:
    config = Config(directory="redis://127.0.0.1", rooms=2)
    first, second = venue_of(config).room_names
    assert first.startswith("pinball-")
    assert second.startswith("pinball-2-")
    venue = venue_of(config)
    assert [venue.card(name).title for name in venue.room_names] == ["pinball", "pinball-2"]
    assert venue_of(Config()).card("pinball").title == ""
    assert venue_of(config).room_names != [first, second]
    kept = Config(directory="redis://127.0.0.1", state_dir=tmp_path)
    assert venue_of(kept).room_names == venue_of(kept).room_names
    other = Config(directory="redis://127.0.0.1", state_dir=tmp_path, public_url="https://b.example")
    assert venue_of(kept).room_names != venue_of(other).room_names


def test_where_others_may_go_on_with_rooms_each_life_has_names_of_its_own(tmp_path: Path) -> None:
    kept = Config(directory="redis://127.0.0.1", state_dir=tmp_path, checkpoints=str(tmp_path))
    first, second = venue_of(kept), venue_of(kept)
    assert first.room_names != second.room_names
    assert first.another_name() not in (*first.room_names, first.another_name())
    assert first.another_name().startswith("pinball-")


def test_checkpoints_are_for_many_and_at_a_place_that_there_is(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="checkpoints are for the processes of a directory"):
        Config(checkpoints=str(tmp_path))
    with pytest.raises(UserError, match="checkpoints go to a folder"):
        company_of(Config(directory="redis://127.0.0.1", checkpoints="ftp://a"), Lobby())
    lobby = Lobby()
    company = company_of(Config(directory="redis://127.0.0.1", checkpoints=str(tmp_path / "rooms")), lobby)
    assert lobby.elsewhere is company
    assert (tmp_path / "rooms").is_dir()
    assert company.store(None) is not None
    assert company_of(Config(directory="redis://127.0.0.1"), Lobby()).store(None) is None
    assert Alone().store(None) is None


def test_names_stay_different_where_the_maps_is_long() -> None:
    venue = msgspec.structs.replace(venue_of(Config(directory="redis://127.0.0.1", rooms=12)), name="m" * 40)
    assert len(set(venue.room_names)) == 12
    assert all(len(name) <= limits.ROOM_CHARS_MAX for name in venue.room_names)


def test_an_address_that_is_none_is_a_sentence() -> None:
    with pytest.raises(UserError, match="the address of the directory"):
        company_of(Config(directory="http://127.0.0.1"), Lobby())
