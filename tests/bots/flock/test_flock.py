"""A flock at a real server: most of what it is told comes in bulk, and everything else is as it is for anybody."""

import os
import socket
from collections.abc import Callable
from random import Random

import pytest
import trio

from bots.address import parse_address
from bots.brains.lean import Lean
from bots.cell_table import CellTable
from bots.client import Connection, Ended, Pulse
from bots.common_room import CommonRoom, CommonRooms
from bots.flock.flock import Flock
from bots.lane import UNSENT_BYTES_MAX
from bots.player import Player
from bots.tally import Tally
from protocol.codec import CODECS
from protocol.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.messages import Browse, Enter
from tests.bots.test_client import _break_connections_to
from tests.instruments.served import Served

BOTS = 6


class Company:
    """A flock that is kept at a server."""

    def __init__(
        self, server: Served, seats: int = BOTS, bots: int = BOTS, subprotocol: str = SUBPROTOCOL_MSGPACK
    ) -> None:
        self.tally, rooms, codec = Tally(), CommonRooms(), CODECS[subprotocol]
        self.flock = Flock(self.tally, seats, trio.current_time)
        self.pulse = Pulse(self.tally, self.flock)
        self.ends: list[str] = []
        self.connections = []
        self.players = []
        for number in range(bots):
            rng = Random(number)

            def brain(room: CommonRoom, rng: Random = rng) -> Lean:
                return Lean(room, rng)

            player = Player(f"flock{number}", codec, rooms, self.tally, brain, False, flock=self.flock)
            self.flock.grounded.add(player)
            self.players.append(player)
            self.connections.append(Connection(player, parse_address(server.page_url), codec))

    async def run(self) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.pulse.run)
            for number, connection in enumerate(self.connections):
                nursery.start_soon(connection.keep, Random(number), self._count)

    def _count(self, ended: Ended) -> bool:
        self.ends.append(str(ended))
        return True

    @property
    def flying(self) -> int:
        return len(self.players) - len(self.flock.grounded)

    async def until(self, condition: Callable[[], bool]) -> None:
        with trio.fail_after(60):
            while not condition():  # noqa: ASYNC110  # nothing announces it
                await trio.sleep(0.02)

    async def hear(self, count: int) -> None:
        """So many more snapshots in bulk."""
        before = self.flock.ears.in_bulk
        await self.until(lambda: self.flock.ears.in_bulk >= before + count)


async def test_nearly_all_comes_in_bulk_and_nobody_disagrees(server: Served, nursery: trio.Nursery) -> None:
    company = Company(server)
    nursery.start_soon(company.run)
    await company.until(lambda: company.flying == BOTS)
    ears = company.flock.ears
    # Where a machine stands still, much comes at once, and is cut anywhere: a while later it is as ever.
    await company.until(lambda: ears.in_bulk > max(60 * BOTS, 10 * ears.one_by_one))
    assert company.tally.checksum_mismatches == 0
    company.flock.note_down()
    company.flock.step(trio.current_time(), trio.current_time())  # the clocks have heard what the views have
    for player in company.players:
        view, lead = player.view, player.lead
        assert view is not None
        assert lead is not None
        assert view.own is not None
        assert player.account.snapshots > 30
        assert view.tick == company.flock.table.applied[player._perch.seat]  # type: ignore[union-attr]
        assert 0 < player.tick - view.tick < 60
        assert player.due_s < trio.current_time() + 1.0
        assert lead.tick_at(trio.current_time()) >= player.tick
    rates = [player.account.rates(trio.current_time()) for player in company.players]
    assert all(rate is not None and rate.up > 0 and rate.down > 0 for rate in rates)
    assert company.tally.pulse_lateness_ms.total() > 0
    assert company.tally.input_slack_ms.total() > 0
    nursery.cancel_scope.cancel()


async def test_whoever_knows_something_wrong_is_told_anew_and_nobody_else(
    server: Served, nursery: trio.Nursery
) -> None:
    company = Company(server)
    nursery.start_soon(company.run)
    await company.until(lambda: company.flying == BOTS)
    await company.hear(10 * BOTS)
    wrong = company.players[0].view
    assert wrong is not None
    for cell in [*wrong.tables]:
        wrong._tables[cell] = CellTable({})
    await company.until(lambda: wrong.checksum_mismatches > 0)
    assert company.tally.checksum_mismatches == wrong.checksum_mismatches
    assert [player.view.checksum_mismatches for player in company.players[1:]] == [0] * (BOTS - 1)  # type: ignore[union-attr]
    healed = trio.current_time() + 1.0
    await company.until(lambda: trio.current_time() > healed and any(table.entities for table in wrong.tables.values()))
    nursery.cancel_scope.cancel()


async def test_they_leave_and_come_back(server: Served, nursery: trio.Nursery) -> None:
    company = Company(server)
    nursery.start_soon(company.run)
    await company.until(lambda: company.flying == BOTS)
    before = [player.welcome for player in company.players]
    _break_connections_to(parse_address(server.page_url).port)
    await company.until(lambda: len(company.ends) == BOTS)
    await company.until(
        lambda: (
            company.flying == BOTS
            and all(player.welcome is not welcome for player, welcome in zip(company.players, before, strict=True))
        )
    )
    await company.hear(10 * BOTS)
    assert company.tally.checksum_mismatches == 0
    for connection in company.connections:
        connection.leave()
    await company.until(lambda: company.flying == 0)
    assert sorted(company.flock._free) == list(range(BOTS))
    assert company.flock.due_s == float("inf")
    nursery.cancel_scope.cancel()


async def test_they_go_to_the_lobby_and_back(server: Served, nursery: trio.Nursery) -> None:
    company = Company(server, bots=1)
    nursery.start_soon(company.run)
    await company.until(lambda: company.flying == 1)
    (player,) = company.players
    player.go(Browse())
    assert (company.flying, player.lead) == (0, None)
    await company.until(lambda: player.lobby is not None)
    player.go(Enter())
    await company.until(lambda: company.flying == 1)
    await company.hear(10)
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize(("seats", "subprotocol"), [(0, SUBPROTOCOL_MSGPACK), (BOTS, SUBPROTOCOL_JSON)])
async def test_who_finds_no_seat_or_speaks_in_words_flies_alone(
    seats: int, subprotocol: str, server: Served, nursery: trio.Nursery
) -> None:
    company = Company(server, seats, bots=2, subprotocol=subprotocol)
    nursery.start_soon(company.run)
    await company.until(lambda: all(player.account.snapshots > 10 for player in company.players))
    assert (company.flying, company.flock.ears.in_bulk) == (0, 0)
    assert all(player.lead is not None for player in company.players)
    nursery.cancel_scope.cancel()


async def test_what_a_socket_does_not_take_is_said_later_and_in_order(server: Served, nursery: trio.Nursery) -> None:
    """Sockets are full again and again: with something kept nothing overtakes it, and the server understands it all."""
    company = Company(server, bots=1)
    nursery.start_soon(company.run)
    await company.until(lambda: company.flying == 1)
    (player,) = company.players
    perch = player._perch
    assert perch is not None
    write = os.write

    def stingy(fd: int, data: bytes) -> int:
        if fd != perch.lane._fd:
            return write(fd, data)
        if rng.random() < 0.3:
            raise BlockingIOError
        return write(fd, data[: rng.randint(1, len(data))])

    rng = Random(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "write", stingy)
        await company.hear(60)
        assert len(perch.lane._unsent) < UNSENT_BYTES_MAX
    await company.hear(30)
    assert company.ends == []
    assert player.view is not None
    assert player.view.slack_ms is not None, "inputs still arrive"
    nursery.cancel_scope.cancel()


def test_a_socket_is_what_is_written_to() -> None:
    mine, theirs = socket.socketpair()
    with mine, theirs:
        flock = Flock(Tally(), 2, lambda: 0.0)
        flock.may_write(1, mine.fileno())
        assert flock.table.fds.tolist() == [-1, mine.fileno()]
