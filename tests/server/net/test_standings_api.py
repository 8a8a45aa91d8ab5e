"""Standings over HTTP, and a match from its first hello to the table: a whole server over real sockets, on SQLite."""

from pathlib import Path
from typing import Any

import pytest
import trio
from structlog.testing import LogCapture

from protocol.messages import Hello, Welcome
from server.config import Config
from server.games.melee import Melee
from server.standings.away import Away
from server.standings.repository import Repository
from tests.instruments.keys import SECRET
from tests.server.net.test_api import PLAYER, Playing, Running, start
from tests.server.net.wires import MSGPACK, frame, until, upgrade
from tests.server.standings.matches import duel


@pytest.fixture
async def running(nursery: trio.Nursery, tmp_path: Path) -> Running:
    secret = tmp_path / "secret"
    secret.write_bytes(SECRET)
    address = f"sqlite:///{tmp_path / 'standings.db'}"
    friends = ("https://friend.example",)
    return await start(
        nursery, Config(port=0, seed=1, jwt_secret=secret, origins=friends, standings_url=address, match_s=600)
    )


def filled(running: Running) -> Repository:
    """What the server keeps, with a match in it."""
    repository = running.server.standings.repository
    assert repository is not None
    repository.record(duel("ann", "bob", ended_s=running.server.standings.clock()))
    return repository


async def sit(running: Running, name: str, cookie: str = "", token: str | None = None) -> Playing:
    """Somebody who plays, from a browser with that cookie."""
    stream = await trio.open_tcp_stream("127.0.0.1", running.port)
    await stream.send_all(upgrade(cookie=cookie) if cookie else upgrade())
    held = bytearray()
    while b"\r\n\r\n" not in held:
        held += await stream.receive_some(4096)
    del held[: held.index(b"\r\n\r\n") + 4]
    await stream.send_all(frame(MSGPACK.encode(Hello(1, name, token=token))))
    playing = Playing(stream, held)
    assert isinstance(await playing.hear(), Welcome)
    return playing


def end_match(running: Running) -> None:
    """Those who are here have played all of it."""
    room = running.server.room
    assert isinstance(room.game, Melee)
    room.match_tick = room.tick
    room.game.ends_tick = room.tick + 2


def cookie_of(running: Running) -> str:
    """As the page sets it."""
    standings = running.server.standings
    return f"ricochet_guest={standings.guests.cookie_of(standings.guests.make_id(), standings.clock())}"


async def test_a_match_from_hello_to_the_table(running: Running) -> None:
    ann, bob = cookie_of(running), cookie_of(running)
    players = [
        await sit(running, "Ann", ann),
        await sit(running, "Bob", bob),
        await sit(running, "Cid", token=PLAYER),
        await sit(running, "Nobody"),
    ]
    room = running.server.room
    assert isinstance(room.game, Melee)
    fighters = {fighter.player.name: fighter for fighter in room.game.fighters.values()}
    fighters["Bob"].score, fighters["Bob"].kills, fighters["Nobody"].score = 300, 3, 900
    end_match(running)
    await until(lambda: running.server.standings.counted.results_written == 1)
    status, table, headers = await running.ask("/api/standings?game=melee", token=None)
    assert (status, headers["cache-control"]) == (200, "public, max-age=5")
    assert [(row["name"], row["rating"]["rank"], row["rating"]["wins"]) for row in table["rows"]] == [
        ("Bob", 1, 1),
        ("Ann", 2, 0),
        ("Cid", 3, 0),
    ]
    assert table["rows"][0]["rating"]["figures"] == {"kills": 3, "deaths": 0}
    status, me, headers = await running.ask("/api/players/me", token=None, cookie=bob)
    assert (status, me, headers["cache-control"]) == (200, {"id": table["rows"][0]["id"]}, "no-store")
    status, person, _ = await running.ask(f"/api/players/{me['id']}", token=None)
    assert (person["name"], person["matches"][0]["place"], person["matches"][0]["people"]) == ("Bob", 1, 3)
    assert (await running.ask("/api/players/me", token=PLAYER))[1]["id"] == table["rows"][2]["id"]
    for player in players:
        await player.stream.aclose()


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/api/standings?season=1999-Q1", 404, "nothing is known of the season 1999-Q1"),
        ("/api/standings?season=soon", 400, "a season is a quarter"),
        ("/api/standings?page=0", 400, "pages are numbered"),
        ("/api/standings?page=-1", 400, "pages are numbered"),
        ("/api/standings?game=" + "x" * 65, 400, "a game has a short name"),
        ("/api/players/nobody", 404, "nobody of that id"),
        ("/api/players/a'%20OR%201=1", 404, "nobody of that id"),
    ],
)
async def test_what_can_not_be_told_is_one_sentence(running: Running, path: str, status: int, sentence: str) -> None:
    answered, said, _ = await running.ask(path, token=None)
    assert answered == status
    assert sentence in said["error"]


async def test_many_who_ask_at_once_ask_once(running: Running, nursery: trio.Nursery) -> None:
    asked, standings = 0, running.server.standings
    ask = standings.ask

    async def counting(question: Any) -> Any:
        nonlocal asked
        asked += 1
        return await ask(question)

    standings.ask = counting  # type: ignore[method-assign]
    filled(running)
    answers = list[Any]()

    async def look() -> None:
        answers.append((await running.ask("/api/standings", token=None))[1]["people"])

    async with trio.open_nursery() as crowd:
        for _ in range(8):
            crowd.start_soon(look)
    assert (answers, asked) == ([2] * 8, 1)


async def test_one_who_is_forgotten_by_themselves(running: Running, audit: LogCapture) -> None:
    repository, cookie = filled(running), cookie_of(running)
    guest = running.server.standings.guest_of(cookie, False)
    repository.record(duel("x", "y"))
    assert (await running.ask("/api/players/me", token=None, method="DELETE", cookie=cookie))[0] == 404
    status, said, headers = await running.ask("/api/players/me", token=PLAYER, method="DELETE", cookie=cookie)
    assert (status, said) == (200, {"done": "you are forgotten"})
    assert "set-cookie" not in headers, "who shows a token is not forgotten as a guest"
    assert repository.id_of("subject:ann") is None
    assert guest
    assert [entry["by"] for entry in audit.entries if entry["event"] == "forgotten"] == ["themselves"]
    assert not any("ann" in str(entry) for entry in audit.entries)


async def test_a_guest_who_is_forgotten_loses_the_cookie(running: Running) -> None:
    cookie = cookie_of(running)
    players = [await sit(running, "Ann", cookie), await sit(running, "Cid", token=PLAYER)]
    end_match(running)
    await until(lambda: running.server.standings.counted.results_written == 1)
    for player in players:
        await player.stream.aclose()
    own = {"origin": "http://game.example", "cookie": cookie}
    status, _, headers = await running.ask("/api/players/me", token=None, method="DELETE", **own)
    assert status == 200
    assert headers["set-cookie"].startswith("ricochet_guest=; path=/; max-age=0")
    assert (await running.ask("/api/players/me", token=None, cookie=cookie))[1] == {"id": None}


@pytest.mark.parametrize("origin", ["https://evil.example", "https://friend.example", "null"])
async def test_no_page_of_another_site_can_have_its_visitor_forgotten(running: Running, origin: str) -> None:
    repository = filled(running)
    status, said, _ = await running.ask("/api/players/me", token=PLAYER, method="DELETE", origin=origin)
    assert (status, repository.id_of("subject:ann") is None) == (403, False)
    assert "may not" in said["error"]


async def test_all_processes_are_told_who_is_forgotten(
    running: Running, monkeypatch: pytest.MonkeyPatch, audit: LogCapture
) -> None:
    told, others = list[str](), 1

    def forgotten(account: str) -> int:
        told.append(account)
        return others

    monkeypatch.setattr(running.server.reach, "forgotten", forgotten)
    public_id = filled(running).id_of("subject:bob")
    assert (await running.ask("/api/players/me", token=PLAYER, method="DELETE"))[1] == {"done": "you are forgotten"}
    status, said, _ = await running.ask("/api/players/me", token=PLAYER, method="DELETE")
    done = "there is nothing known of you here; all other processes are told to forget you"
    assert (status, said) == (200, {"done": done})
    assert len([entry for entry in audit.entries if entry["event"] == "forgotten"]) == 2
    others = 0
    assert (await running.ask("/api/players/me", token=PLAYER, method="DELETE"))[0] == 404
    assert (await running.ask("/api/admin/forget", order={"id": public_id}))[0] == 200
    assert told == [*["subject:ann"] * 3, "subject:bob"], "also where nothing is known of them here"


async def test_a_friend_may_read(running: Running) -> None:
    status, _, headers = await running.ask("/api/standings", token=None, origin="https://friend.example")
    assert (status, headers["access-control-allow-origin"]) == (200, "https://friend.example")
    assert (await running.ask("/api/standings", token=None, origin="https://evil.example"))[0] == 403


async def test_an_admin_has_somebody_forgotten(running: Running, audit: LogCapture) -> None:
    repository = filled(running)
    public_id = repository.id_of("subject:ann")
    assert (await running.ask(f"/api/players/{public_id}", token=None))[0] == 200
    assert (await running.ask("/api/admin/forget", token=PLAYER, order={"id": public_id}))[0] == 403
    assert (await running.ask("/api/admin/forget", token=None, order={"id": public_id}))[0] == 401
    status, said, _ = await running.ask("/api/admin/forget", order={"id": public_id})
    assert (status, said) == (200, {"done": f"{public_id} is forgotten"})
    assert (await running.ask(f"/api/players/{public_id}", token=None))[0] == 404
    assert (await running.ask("/api/admin/forget", order={"id": public_id}))[0] == 404
    assert (await running.ask("/api/admin/forget", order={"who": public_id}))[0] == 400
    assert (await running.ask("/api/admin/forget", order=b"\xff{"))[0] == 400
    assert [entry["event"] for entry in audit.entries if str(entry["event"]).startswith("admin")] == [
        "admin refused",
        "admin refused",
        "admin",
        "admin refused",
        "admin refused",
        "admin refused",
    ]


async def test_where_none_are_kept_that_is_said(nursery: trio.Nursery) -> None:
    none = await start(nursery, Config(port=0, seed=1))
    for path in ("/api/standings", "/api/players/me", "/api/players/x"):
        status, said, _ = await none.ask(path, token=None)
        assert (status, said) == (404, {"error": "this server keeps no standings"})


async def test_a_database_that_is_away_is_no_mistake_of_whoever_asks(running: Running) -> None:
    standings = running.server.standings

    async def away(question: Any) -> Any:
        raise Away("connection refused")

    standings.ask = away  # type: ignore[method-assign]
    status, said, _ = await running.ask("/api/standings", token=None)
    assert status == 503
    assert "try again" in said["error"]
    status, said, _ = await running.ask("/api/admin/forget", order={"id": "x"})
    assert (status, said) == (503, {"error": "the standings can't be reached: connection refused"})
