"""Logs come out one event a line: JSON where a program reads them, plain where a person does."""

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
import structlog

from server import logs
from server.logs import Seldom


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_gets_json() -> None:
    out = io.StringIO()
    logs.set_up("info", "auto", out)
    structlog.get_logger("ricochet.test").info("happened", players=3)
    event = json.loads(out.getvalue())
    assert (event["event"], event["players"], event["level"], event["logger"]) == (
        "happened",
        3,
        "info",
        "ricochet.test",
    )


def test_a_terminal_gets_text() -> None:
    out = Terminal()
    logs.set_up("info", "auto", out)
    structlog.get_logger("ricochet.test").info("happened")
    assert "happened" in out.getvalue()
    assert not out.getvalue().startswith("{")


def test_libraries_come_out_the_same() -> None:
    out = io.StringIO()
    logs.set_up("warning", "json", out)
    logging.getLogger("hypercorn").warning("something odd")
    assert json.loads(out.getvalue())["event"] == "something odd"


def test_the_level_holds_for_both() -> None:
    out = io.StringIO()
    logs.set_up("warning", "json", out)
    structlog.get_logger("ricochet.test").info("unimportant")
    logging.getLogger("hypercorn").info("unimportant")
    assert out.getvalue() == ""


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_mistake_comes_with_its_traceback_and_not_with_what_was_at_hand(form: str) -> None:
    """A token, a cookie; and it would be a hundred thousand characters of the whole program."""
    out, token = io.StringIO(), "-".join(["hush", "hush"])
    logs.set_up("info", form, out)
    try:
        raise RuntimeError("nobody thought of this")
    except RuntimeError:
        structlog.get_logger("ricochet.test").exception("failed")
    assert "nobody thought of this" in out.getvalue()
    assert token not in out.getvalue()


def test_running_out_of_descriptors_is_said_once_a_second_and_without_a_traceback() -> None:
    seldom, said = Seldom(), []
    for at_s in (5.0, 5.1, 5.9, 6.0, 6.5, 7.5, 2.0, 2.5):
        record = logging.LogRecord("trio", logging.ERROR, "", 0, "accept returned EMFILE", (), sys.exc_info())
        record.created = at_s
        if seldom.filter(record):
            assert record.exc_info is None
            said.append(at_s)
    assert said == [5.0, 6.0, 7.5, 2.0], "once a second, and on when the clock is set back"


def test_what_admins_do_is_said_at_every_level() -> None:
    out = io.StringIO()
    logs.set_up("error", "json", out)
    structlog.get_logger("ricochet.audit").info("admin", action="kick")
    structlog.get_logger("ricochet.test").info("happened")
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["admin"]


def test_a_directory_that_is_away_is_not_said_with_every_question() -> None:
    out = io.StringIO()
    logs.set_up("info", "json", out)
    logging.getLogger("coredis").info("Retry attempt 1")
    logging.getLogger("coredis").warning("something odd")
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["something odd"]
