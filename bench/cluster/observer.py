"""Watches one process of a cluster from within its own place: a spectator in each room that is played there, and when
it was shown what.

It is a process of its own, so that it sees what goes on behind a cable that is pulled: a server that ran on there, and
showed its rooms to somebody for longer than it may, is found out. A line of JSON a second has all spans until then.
"""

import sys
import time
from functools import partial
from pathlib import Path
from random import Random
from subprocess import PIPE
from typing import Final

import msgspec
import trio

from bench.cluster.fleet import ROOT, Member, described
from bench.cluster.sightings import Sightings, Span
from bots.address import Address
from bots.client import Connection
from bots.common_room import CommonRooms
from bots.gaze import Gaze
from bots.player import Player
from bots.tally import Tally
from protocol.codec import CODECS
from protocol.limits import SUBPROTOCOL_MSGPACK

LOOK_EVERY_S: Final = 1.0
END_S_MAX: Final = 5.0

Spans = dict[str, list[Span]]
"""By room."""


class Observer:
    """Of the server at that address."""

    def __init__(self, host: str, port: int) -> None:
        self.sightings = Sightings()
        self._address, self._url = Address(host, port, is_tls=False), f"http://{host}:{port}"
        self._watched: set[str] = set()
        self._common, self._tally = CommonRooms(), Tally()

    async def run(self) -> None:
        """For ever."""
        async with trio.open_nursery() as nursery:
            while True:
                for room in await described(self._address.host, self._address.port):
                    is_played = "tick" in room and room["players"]
                    if is_played and room["name"] not in self._watched:
                        self._watched.add(room["name"])
                        nursery.start_soon(self._watch, room["name"])
                print(msgspec.json.encode(self.sightings.spans).decode(), flush=True)
                await trio.sleep(LOOK_EVERY_S)

    async def _watch(self, room: str) -> None:
        """One conversation; whoever is led elsewhere, or loses it, does not follow."""
        codec = CODECS[SUBPROTOCOL_MSGPACK]
        player = Player("observer", codec, self._common, self._tally, attentive=False, gaze=Gaze(Random(0)))
        player.role = "spectator"
        player.on_snapshot = partial(self._see, player, room)
        await Connection(player, self._address, codec, room).converse()
        self._watched.discard(room)

    def _see(self, player: Player, room: str) -> None:
        if player.view is not None:
            self.sightings.see(room, self._url, player.view.tick, time.monotonic())


async def observing(member: Member, into: Spans, folder: Path) -> None:
    """Watch `member` until cancelled: `into` has what was seen so far, which is never less than a second ago."""
    words = ["-m", "bench.cluster.observer", member.place.host, str(member.place.port)]
    with (folder / f"observer{member.number}.log").open("ab") as stderr:
        process = await trio.lowlevel.open_process(
            member.place.within([sys.executable, *words]), stdout=PIPE, stderr=stderr, cwd=ROOT
        )
    try:
        assert process.stdout is not None
        rest = b""
        async for chunk in process.stdout:
            *lines, rest = (rest + chunk).split(b"\n")
            if lines:
                into.update(msgspec.json.decode(lines[-1], type=Spans))
    finally:
        process.kill()
        with trio.CancelScope(shield=True):
            with trio.move_on_after(END_S_MAX):
                await process.wait()


if __name__ == "__main__":
    trio.run(Observer(sys.argv[1], int(sys.argv[2])).run)
