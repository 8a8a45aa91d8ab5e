"""The SDK as the README shows it, against a real server."""

from pathlib import Path

import pytest
import trio

import bots
from protocol.messages import ChatLine, Error
from server.tokens import secret_key, sign
from tests.instruments.served import Served, served


@pytest.mark.parametrize("json", [False, True])
async def test_a_bot_in_a_few_lines(json: bool, server: Served) -> None:
    with trio.fail_after(60):
        async with bots.connect(server.play_url, name="Ada", json=json, seed=1) as bot:
            ticks = []
            async for view in bot.snapshots():
                ticks.append(view.tick)
                bot.act(move=(1, 0), aim=1.0, fire=True)
                if len(ticks) == 60:
                    break
            assert ticks == sorted(set(ticks))
            assert bot.ship is not None
            assert abs(bot.ship.vx) > 1.0
            assert "Ada" in [player.name for player in bot.players.values()]
            statistics = bot.statistics()
            assert statistics.connected == 1
            assert statistics.checksum_mismatches == 0
        assert bot.ended is not None
        assert bot.ended.code == 1000


async def test_two_bots_see_and_hear_each_other(server: Served) -> None:
    with trio.fail_after(60):
        async with (
            bots.connect(server.play_url, name="Ada") as ada,
            bots.connect(server.play_url, name="Bob") as bob,
        ):
            heard: list[str] = []
            ada.hear(lambda message: heard.append(message.text) if isinstance(message, ChatLine) else None)
            bob.chat("hello")
            async for view in ada.snapshots():
                target = next(view.sightings(), None)
                if heard and target is not None:
                    assert -3.2 < ada.towards(target) < 3.2
                    break
            assert heard == ["hello"]
            bob.rename("Rob")
            for bot in (ada, bob):
                async for _ in bot.snapshots():
                    if "Rob" in {player.name for player in bot.players.values()}:
                        break
            with pytest.raises(ValueError, match="nobody can be called"):
                bob.rename(" blank ")
            assert {"Ada", "Rob"} <= {player.name for player in bob.players.values()}


async def test_a_refusal_is_an_exception_with_the_servers_sentence(server: Served) -> None:
    with pytest.raises(bots.Ended, match="name") as caught:
        async with bots.connect(server.play_url, name=" blank "):
            pass
    assert caught.value.code == 4007


async def test_a_bot_shows_its_token(tmp_path: Path) -> None:
    secret = b"a secret of thirty-two bytes at least"
    (tmp_path / "secret").write_bytes(secret)
    token = sign(secret_key(secret), {"sub": "ada", "exp": 4_000_000_000})
    with served("--auth", "jwt", "--jwt-secret", str(tmp_path / "secret")) as server, trio.fail_after(60):
        async with bots.connect(server.play_url, name="Ada", token=token) as bot:
            assert bot.ended is None
        with pytest.raises(bots.Ended, match="asks for a token") as caught:
            async with bots.connect(server.play_url, name="Ada"):
                pass
    assert caught.value.code == 4020


async def test_no_server_is_an_exception_at_once() -> None:
    with trio.fail_after(60), pytest.raises(bots.Ended, match="no connection"):
        async with bots.connect("ws://127.0.0.1:1/play", name="Ada"):
            pass


async def test_a_bot_goes_from_room_to_room_over_one_connection(server: Served) -> None:
    with trio.fail_after(60):
        async with (
            bots.connect(server.play_url, name="Ada", role="visitor") as ada,
            bots.connect(server.play_url, name="Bob") as bob,
        ):
            assert ada.lobby is not None
            assert {game.name for game in ada.lobby.games} >= {"melee"}
            place = await ada.open("Ada's place", "melee", "belt", private=True)
            assert ada.title == "Ada's place"
            assert ada.room == place
            async for view in ada.snapshots():
                ada.act(move=(1, 0))
                if view.ack > 20:
                    break
            first = bob.room
            assert first != place
            assert await bob.enter(place) == place
            assert {player.name for player in bob.players.values()} == {"Ada", "Bob"}
            lobby = await ada.browse()
            assert place not in [room.name for room in lobby.rooms]
            assert ada.ship is None
            with pytest.raises(bots.Refused, match="nowhere") as refused:
                await ada.enter("nowhere")
            assert refused.value.code == 4010
            assert await ada.enter(first, watch=True) == first
            with pytest.raises(bots.Refused, match="moon"):
                await ada.open("Far", "melee", "moon")
            assert await ada.enter(game="melee") == first
            async for view in ada.snapshots():
                if view.ack > 20:
                    break
            statistics = ada.statistics()
            assert statistics.checksum_mismatches == 0
            assert statistics.connected == 1


async def test_a_bot_that_is_refused_plays_on_where_it_was(server: Served) -> None:
    with trio.fail_after(60):
        async with bots.connect(server.play_url, name="Ada") as bot:
            with pytest.raises(bots.Refused):
                await bot.enter("nowhere")
            tick = bot.view.tick
            async for view in bot.snapshots():
                if view.ack > tick + 10:
                    break
            assert bot.ship is not None


async def test_what_the_block_raises_comes_out_as_it_is(server: Served) -> None:
    with trio.fail_after(60):
        with pytest.raises(bots.Refused, match="nowhere"):
            async with bots.connect(server.play_url, name="Ada") as bot:
                await bot.enter("nowhere")
        assert bot.ended is not None, "and the bot has left all the same"
        assert bot.ended.code == 1000
        with pytest.raises(KeyboardInterrupt):
            async with bots.connect(server.play_url, name="Ada"):
                raise KeyboardInterrupt


async def test_a_line_that_is_refused_is_no_answer_to_where_one_wants_to_go(server: Served) -> None:
    with trio.fail_after(60):
        async with bots.connect(server.play_url, name="Ada", role="visitor") as bot:
            heard: list[int] = []
            bot.hear(lambda message: heard.append(message.code) if isinstance(message, Error) else None)
            bot.chat("is anybody in the room?")
            place = await bot.open("Ada's place", "melee", "belt", private=True)
            assert heard == [4018]
            assert bot.room == place


async def test_what_cannot_be_said_is_noticed_before_it_is(server: Served) -> None:
    with trio.fail_after(60):
        async with bots.connect(server.play_url, name="Ada", role="visitor") as bot:
            for text in ("", "   ", "two\nlines", "x" * 201):
                with pytest.raises(ValueError, match="nobody can say"):
                    bot.chat(text, "lobby")
            with pytest.raises(ValueError, match="no room can be called"):
                await bot.open("x" * 41, "melee", "belt")
            with pytest.raises(ValueError, match="nothing is called"):
                await bot.enter("x" * 41)
            with pytest.raises(AssertionError, match="nothing is seen before a room is entered"):
                assert bot.view.tick
            bot.chat("x" * 200, "lobby")
            await bot.enter()
            assert bot.ended is None


MIDDLE = 8 * 16 + 8
"""A cell of the arena `belt`."""


async def until_seen(bot: bots.Bot, cell: int) -> None:
    async for view in bot.snapshots():
        if cell in view.tables:
            return


async def test_a_spectator_sees_along_with_a_player_and_roams(server: Served) -> None:
    with trio.fail_after(60):
        async with (
            bots.connect(server.play_url, name="Ada", role="visitor") as ada,
            bots.connect(server.play_url, name="Eve", role="visitor") as eve,
        ):
            refusals: list[Error] = []
            eve.hear(lambda message: refusals.append(message) if isinstance(message, Error) else None)
            await eve.enter(await ada.open("Ada's place", "melee", "belt", private=True), watch=True)
            with pytest.raises(ValueError, match="own ship"):
                ada.watch(1)
            with pytest.raises(ValueError, match="either"):
                eve.watch()
            (her,) = eve.players.values()
            assert (eve.is_watching, ada.is_watching, eve.ship) == (True, False, None)
            await until_seen(eve, MIDDLE)
            eve.watch(at=(0, 0))
            await until_seen(eve, 0)
            assert MIDDLE not in eve.view.tables
            eve.watch(her)
            async for view in eve.snapshots():
                if view.entity(ada.view.own.entity if ada.view.own else 0) is not None:
                    break
            assert not refusals, "a spectator says no inputs"
            assert eve.statistics().checksum_mismatches == 0
