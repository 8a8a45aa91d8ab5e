"""People are told where else they may come in, and by whom."""

from collections.abc import Iterable
from random import Random

import trio
import trio.testing

from protocol.limits import HOMES_MAX, SUBPROTOCOL_JSON
from server.cluster.directory import LocalDirectory, Unreachable
from server.cluster.homes import LOOK_EVERY_S, TELL_EVERY_S, Homes
from server.cluster.records import Process
from server.lobby import Lobby
from server.statistics import InCompany
from tests.instruments.stepper import Client, Stepper

HERE = Process("https://here.example")


class Fickle(LocalDirectory):
    """Of the processes that the test says, unless it is away."""

    there: dict[int, Process]
    is_away = False
    asked = 0

    async def processes(self) -> dict[int, Process]:
        await trio.lowlevel.checkpoint()
        self.asked += 1
        if self.is_away:
            raise Unreachable("no answer")
        return self.there


def processes(names: Iterable[object]) -> list[Process]:
    return [Process(f"https://{name}.example") for name in names]


def urls(*names: str) -> set[str]:
    return {process.url for process in processes(names)}


def told(client: Client) -> list[set[str]]:
    client.read()
    return [set(urls) for urls in client.homes]


def homes(seed: int = 1, directory: LocalDirectory | None = None, lobby: Lobby | None = None) -> Homes:
    return Homes(directory or LocalDirectory(), lobby or Lobby(), lambda: HERE.url, InCompany(), Random(seed))


def test_whoever_is_in_is_told_once_and_again_when_it_changes() -> None:
    stepper = Stepper()
    them = homes(lobby=stepper.lobby)
    them.tell()
    clients = [
        stepper.join(),
        stepper.join(subprotocol=SUBPROTOCOL_JSON),
        stepper.visit(),
        stepper.join(role="spectator"),
    ]
    refused, silent = stepper.join(name="x" * 100), stepper.connect()
    them.learn([HERE, *processes("bc")])
    for _ in range(3):
        them.tell()
    assert [told(client) for client in clients] == [[urls("b", "c")]] * 4
    assert (told(refused), told(silent)) == ([], [])
    them.learn([HERE, *processes("c")])
    them.tell()
    assert [told(client)[1:] for client in clients] == [[urls("c")]] * 4
    them.learn([HERE])
    them.tell()
    assert [told(client)[2:] for client in clients] == [[set()]] * 4, "there is none any more"
    gone = clients.pop()
    stepper.drop(gone)
    them.tell()
    assert them._told == {client.session for client in clients}, "who has gone is remembered no longer"


def test_where_there_is_no_other_nothing_is_said() -> None:
    stepper = Stepper()
    them, client = homes(lobby=stepper.lobby), stepper.join()
    them.learn([HERE])
    them.tell()
    assert told(client) == []


def test_whose_socket_is_full_is_told_later() -> None:
    stepper = Stepper()
    them, client = homes(lobby=stepper.lobby), stepper.visit()
    them.learn([HERE, *processes("b")])
    client.link.blocked = True
    them.tell()
    client.link.blocked = False
    assert told(client) == []
    them.tell()
    assert told(client) == [urls("b")]


def test_of_many_some_are_told_and_they_stay() -> None:
    many = processes(range(100))
    draining = Process("https://drains.example", is_open=False)
    one, other = homes(1), homes(2)
    for each in (one, other):
        each.learn([*many, draining, HERE])
        assert len(each.urls) == each._counted.homes == HOMES_MAX
        assert not {draining.url, HERE.url} & set(each.urls)
    assert one.urls != other.urls, "or all would come to the same"
    before = list(one.urls)
    one.learn([*many, *processes(range(100, 200))])
    assert one.urls == before
    one.learn([process for process in many if process.url != before[3]])
    assert [url for url in one.urls if url in before] == before[:3] + before[4:]
    assert len(one.urls) == HOMES_MAX


async def test_a_directory_that_is_away_changes_nothing(autojump_clock: trio.testing.MockClock) -> None:
    directory, stepper = Fickle(), Stepper()
    directory.there = dict(enumerate([HERE, *processes("b")]))
    them, client = homes(directory=directory, lobby=stepper.lobby), stepper.join()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(them.run)
        asked_before = directory.asked
        await trio.sleep(TELL_EVERY_S / 2)
        assert told(client) == [urls("b")]
        directory.is_away, directory.there = True, {}
        await trio.sleep(3 * LOOK_EVERY_S)
        late = stepper.join()
        await trio.sleep(2 * TELL_EVERY_S)
        assert (told(client), told(late)) == ([urls("b")], [urls("b")])
        directory.is_away = False
        await trio.sleep(LOOK_EVERY_S + TELL_EVERY_S)
        assert told(client) == [urls("b"), set()]
        assert directory.asked - asked_before == 5, "it is asked more seldom than people are told"
        nursery.cancel_scope.cancel()
