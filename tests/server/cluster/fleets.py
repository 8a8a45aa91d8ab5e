"""Whole servers in one run, which hear each other over the air, and people who are met there without sockets."""

from typing import Any, cast

import pytest
import trio
import trio.testing

from protocol.limits import PROTOCOL_VERSION, SUBPROTOCOL_MSGPACK
from protocol.messages import Chat, Hello
from server.app import Server
from server.cluster import wiring
from server.cluster.bus import Air, LocalBus
from server.cluster.fleet import Fleet
from server.cluster.law import unix_ms
from server.config import Config
from server.moderation import ACTIONS
from server.session import Session
from tests.instruments.stepper import Client, FakeLink
from tests.server.running import settings

RARELY = {"tick_rate": 2, "snapshot_rate": 2}
"""What rooms do is not tried here."""


class Nobody(trio.abc.Listener[trio.abc.Stream]):
    """A door at which nobody ever knocks."""

    async def accept(self) -> trio.abc.Stream:
        await trio.sleep_forever()
        raise AssertionError

    async def aclose(self) -> None:
        await trio.lowlevel.checkpoint()


class Member:
    """One server, and its bus."""

    def __init__(self, server: Server, bus: LocalBus) -> None:
        self.server, self.bus = server, bus
        self.scope = trio.CancelScope()

    @property
    def fleet(self) -> Fleet:
        assert isinstance(self.server.reach, Fleet)
        return self.server.reach

    def meet(self, name: str, address: str = "1.2.3.4:1", role: str = "visitor", **hello: Any) -> Client:
        link = FakeLink(SUBPROTOCOL_MSGPACK, address)
        session = self.server.lobby.meet(link, trio.current_time())
        assert isinstance(session, Session)
        client = Client(session, link)
        client.say(Hello(PROTOCOL_VERSION, name, role=role, **hello), trio.current_time())  # type: ignore[arg-type]  # it is tested
        return client

    async def order(self, action: str, **order: Any) -> str:
        _, kind = ACTIONS[action]
        return await self.fleet.obey(action, kind(**order), "root")

    async def serve(self) -> None:
        with self.scope:
            await self.server.serve(cast(list[trio.SocketListener], [Nobody()]))


class Flotilla:
    """Servers that share the air."""

    def __init__(self, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch) -> None:
        self.air = Air(unix_ms)
        self._nursery, self._monkeypatch = nursery, monkeypatch

    async def launch(self, **changes: Any) -> Member:
        bus = LocalBus(self.air)

        def bus_of(config: Config) -> LocalBus:
            return bus

        self._monkeypatch.setattr(wiring, "bus_of", bus_of)
        member = Member(Server(settings(**RARELY, **changes)), bus)
        self._nursery.start_soon(member.serve)
        await trio.testing.wait_all_tasks_blocked()
        return member


def say(client: Client, text: str) -> None:
    client.say(Chat(text, "lobby"), trio.current_time())


def heard(client: Client) -> list[str]:
    """What was said in the lobby, with who said it."""
    client.read()
    return [f"{line.name}: {line.text}" for line in client.chats if line.to == "lobby"]
