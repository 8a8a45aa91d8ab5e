"""The other processes, as they were heard last, and how many people are there. Pure.

Who has said nothing for five seconds is not there: it has crashed, is cut off, or we are. Of more processes than there
may be the later ones are not counted.
"""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from server.cluster.news import Vitals

SILENCE_S_MAX: Final = 5.0
PEERS_MAX: Final = 1024


class Peer(Struct, frozen=True):
    """One other process."""

    id: str
    vitals: Vitals
    heard_s: float
    """When, by our own clock."""


class Peers:
    """All of them, by what sets one life of a process apart from others."""

    def __init__(self, peers_max: int = PEERS_MAX) -> None:
        self._peers_max = peers_max
        self._peers: dict[str, Peer] = {}

    def __len__(self) -> int:
        return len(self._peers)

    def __iter__(self) -> Iterator[Peer]:
        return iter(self._peers.values())

    def __contains__(self, id: str) -> bool:
        return id in self._peers

    def hear(self, id: str, vitals: Vitals, now_s: float) -> None:
        if id in self._peers or len(self._peers) < self._peers_max:
            self._peers[id] = Peer(id, vitals, now_s)

    def gone(self, id: str) -> None:
        """It has said so."""
        self._peers.pop(id, None)

    def review(self, now_s: float) -> None:
        """Forget whoever is silent."""
        self._peers = {id: peer for id, peer in self._peers.items() if now_s - peer.heard_s <= SILENCE_S_MAX}

    @property
    def people(self) -> int:
        """In the lobby and in rooms."""
        return sum(peer.vitals.people for peer in self)

    @property
    def visitors(self) -> int:
        """In the lobby."""
        return sum(peer.vitals.visitors for peer in self)
