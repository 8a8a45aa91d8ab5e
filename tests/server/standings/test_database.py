"""Which databases are taken, and what is said of those that can't be had: one sentence, without a password."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from protocol.errors import UserError
from server.standings.database import open_database, read_url, why


def test_a_database_is_made_ready(blank: str) -> None:
    for _ in range(2):
        engine = open_database(blank)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM accounts")) == 0
        engine.dispose()


def test_what_belongs_together_is_kept_together(address: str) -> None:
    engine = open_database(address)
    orphan = "INSERT INTO standings VALUES (99, 99, 'melee', 25, 8, 1000, 0, 0, '{}')"
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text(orphan))
    engine.dispose()


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path / 'standings.db'}").dispose()
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("mysql://ann@db/x", "standings are kept in sqlite or postgresql, not in mysql"),
        ("sqlite://", "names no file"),
        ("nonsense", "standings_url is like"),
        ("sqlite:////nowhere/at/all.db", "the standings can't be kept in sqlite:////nowhere/at/all.db: unable to open"),
        ("postgresql://ann:secret@127.0.0.1:1/x", r"postgresql://ann:\*\*\*@127.0.0.1:1/x: .*refused"),
    ],
)
def test_one_that_can_not_be_had_is_one_sentence(address: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as refused:
        open_database(address)
    assert "secret" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Dear Ann, " * 100)
    with pytest.raises(UserError, match="file is not a database"):
        open_database(f"sqlite:///{tmp_path / 'letter'}")


def test_a_driver_may_be_named_and_makes_no_difference() -> None:
    assert read_url("postgresql+asyncpg://ann@db/x").drivername == "postgresql+psycopg"
    assert read_url("sqlite:///x.db").drivername == "sqlite+pysqlite"


def test_only_the_first_line_of_a_reason_is_told() -> None:
    assert why(OSError("no route.\nand more")) == "no route"
    assert why(OSError()) == "OSError"
