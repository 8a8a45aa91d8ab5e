"""A server that is killed, stopped or replaced, and started again: who played plays on."""

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import trio

import bots
from bots.sdk import Bot
from protocol.errors import Code
from protocol.messages import ChatLine, Error, Event
from server.tokens import secret_key, sign
from tests.instruments.checkpoints import Writing
from tests.instruments.served import ROOT, Served, served
from tests.wire.stranger import Stranger, open_stranger

LOST_S_MAX = 2.0
PATIENCE_S = 60.0


def kept_in(folder: Path, *flags: str) -> tuple[str, ...]:
    return ("--state-dir", str(folder), "--standings-url", "off", "--seed", "1", *flags)


async def until(condition: Callable[[], bool]) -> None:
    with trio.fail_after(PATIENCE_S):
        while not condition():  # noqa: ASYNC110
            await trio.sleep(0.02)


def number_of(bot: Bot) -> int:
    assert bot._player.welcome is not None
    return bot._player.welcome.player


def welcomed_at(bot: Bot) -> int:
    """The tick of its latest welcome."""
    assert bot._player.welcome is not None
    return bot._player.welcome.tick


async def back(bot: Bot, welcome: object) -> None:
    await until(lambda: bot._player.welcome is not welcome and bot._player.lead is not None)


async def test_kill_minus_nine(tmp_path: Path) -> None:
    """Number, ship and score are there, in either encoding; and no more than two seconds are gone."""
    with served(*kept_in(tmp_path)) as first:
        async with (
            bots.connect(first.play_url, "Ada", seed=1) as ada,
            bots.connect(first.play_url, "Bob", seed=2, json=True) as bob,
        ):
            scores: list[Any] = []

            def hear(message: Event | ChatLine | Error) -> None:
                if isinstance(message, Event) and message.name == "scores":
                    scores.append(message.body)

            ada.hear(hear)
            await until(lambda: None not in (ada.ship, bob.ship))
            await until(Writing(tmp_path).is_done)
            numbers, welcomes = (number_of(ada), number_of(bob)), (ada._player.welcome, bob._player.welcome)
            tick = ada.view.tick
            first.kill()
            scores.clear()
            with served(*kept_in(tmp_path, "--port", str(first.port))):
                await back(ada, welcomes[0])
                await back(bob, welcomes[1])
                assert (number_of(ada), number_of(bob)) == numbers
                assert tick - LOST_S_MAX * 60 <= welcomed_at(ada)
                await until(lambda: ada.ship is not None and bool(scores))
                assert sorted(row[0] for row in scores[0]["scores"]) == sorted(numbers)
                assert {player.name for player in ada.players.values()} == {"Ada", "Bob"}


def ordered(server: Served, secret: Path, action: str, **order: object) -> str:
    """What an admin is answered."""
    admin = sign(secret_key(secret.read_bytes()), {"sub": "root", "role": "admin", "exp": int(time.time()) + 600})
    request = urllib.request.Request(
        f"{server.page_url}api/admin/{action}",
        json.dumps(order).encode() if order else None,
        {"Authorization": f"Bearer {admin}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return str(answer.read().decode())


def test_what_an_admin_decided_outlasts_kill_minus_nine(tmp_path: Path) -> None:
    """At once, with the answer: a ban, a mute, and a room that was closed, which begins anew."""
    secret = tmp_path / "secret"
    secret.write_bytes(b"a secret of thirty-two bytes at least")
    flags = kept_in(tmp_path / "state", "--jwt-secret", str(secret))
    with served(*flags) as first, open_stranger(first.play_url, "ricochet.v1.json") as eve:
        eve.tell("hello", version=1, name="Eve")
        eve.hear_until("snapshot")
        assert "fresh" in ordered(first, secret, "close", room="pinball")
        ordered(first, secret, "mute", subject="bob", seconds=600, reason="loud")
        ordered(first, secret, "ban", address="127.0.0.1", seconds=600, reason="spam")
        first.kill()
    with served(*flags) as second:
        with open_stranger(second.play_url, "ricochet.v1.json") as eve:
            eve.tell("hello", version=1, name="Eve")
            bye = eve.hear_until("bye")
            assert (bye["code"], "spam" in bye["sentence"]) == (Code.BANNED, True)
        assert '"subject:bob"' in ordered(second, secret, "restrictions")
        assert ordered(second, secret, "players") == "[]"


def test_a_damaged_checkpoint_is_set_aside_and_the_game_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "pinball.checkpoint"
    with served(*kept_in(tmp_path)) as first:
        first.stop()
    path.write_bytes(path.read_bytes()[:-7])
    with served(*kept_in(tmp_path)) as second:
        with urllib.request.urlopen(f"{second.page_url}metrics") as answer:
            assert b"ricochet_checkpoints_refused_total 1.0" in answer.read()
        assert (tmp_path / "pinball.checkpoint.refused-1").exists()


async def test_a_second_server_takes_over(tmp_path: Path) -> None:
    """It is started while the first plays, on the same port and folder, and waits; then the first is told to stop."""
    with served(*kept_in(tmp_path, "--drain-s", "0")) as first:
        async with bots.connect(first.play_url, "Ada", seed=1) as ada:
            refused: list[str] = []
            ada.hear(lambda message: refused.append(message.sentence) if isinstance(message, Error) else None)
            number, welcome, tick = number_of(ada), ada._player.welcome, ada.view.tick
            command = [sys.executable, "-m", "ricochet", "serve", "--port", str(first.port), "--takeover-s", "60"]
            second = await trio.lowlevel.open_process(
                [*command, *kept_in(tmp_path)], cwd=ROOT, stdout=subprocess.DEVNULL
            )
            try:
                await trio.sleep(1.0)
                assert second.poll() is None
                assert ada._player.welcome is welcome, "the first plays on"
                await trio.to_thread.run_sync(first.stop)
                await back(ada, welcome)
                assert number_of(ada) == number
                assert welcomed_at(ada) >= tick, "nothing at all is lost"
                assert refused == []
            finally:
                second.terminate()
                await second.wait()


async def test_a_folder_in_use_is_one_sentence(tmp_path: Path) -> None:
    with served(*kept_in(tmp_path)) as first:
        command = [sys.executable, "-m", "ricochet", "serve", "--port", "0", *kept_in(tmp_path)]
        ended = await trio.run_process(command, cwd=ROOT, check=False, capture_stderr=True)
        assert ended.returncode == 2
        assert f"in use by another server, process {first.process.pid}" in ended.stderr.decode()


def ready(server: Served) -> int:
    try:
        with urllib.request.urlopen(f"{server.page_url}readyz") as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def told_to_stop(person: Stranger, server: Served) -> None:
    """Join, and let the server be told to stop; the person hears of it."""
    person.tell("hello", version=1, name="Ada")
    person.hear_until("snapshot")
    server.process.terminate()
    while (stopping := person.hear_until("event"))["name"] != "stopping":
        pass
    assert stopping["body"]["ends_tick"] > stopping["tick"]


def test_draining(tmp_path: Path) -> None:
    """A person plays; SIGTERM: newcomers are refused, the person is told when, and plays on until leaving."""
    with served(*kept_in(tmp_path, "--drain-s", "600")) as server:
        with open_stranger(server.play_url, "ricochet.v1.json") as person:
            told_to_stop(person, server)
            assert ready(server) == 503
            with open_stranger(server.play_url, "ricochet.v1.json") as late:
                late.tell("hello", version=1, name="Late")
                assert late.hear_until("bye")["code"] == 4032
            person.hear_until("snapshot")
            person.tell("leave")
            assert person.hear_until("bye")["code"] == 1000
        assert server.process.wait(PATIENCE_S) == 0
        server.has_ended = True
    assert (tmp_path / "pinball.checkpoint").exists()


def test_draining_takes_no_longer_than_it_may() -> None:
    with served("--drain-s", "1") as server:
        with open_stranger(server.play_url, "ricochet.v1.json") as person:
            told_to_stop(person, server)
            assert person.hear_until("bye")["code"] == 4032
        assert server.process.wait(PATIENCE_S) == 0
        server.has_ended = True
