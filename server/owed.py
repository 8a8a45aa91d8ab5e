"""Messages that must not be lost, on their way to viewers, with whose next snapshots they ride.

What all who see a room are owed alike is kept once (`Common`): to say something to a thousand costs no look at any of
them. Whoever is owed anything besides, or not all of it, is *apart*: it has a list of its own, and is looked at.
"""

from collections.abc import Collection, Iterable
from typing import Final, Protocol

from protocol.codec import CODECS, Codec
from protocol.frames import header
from protocol.limits import SUBPROTOCOL_MSGPACK
from protocol.messages import Message

EVENTS_TOGETHER_MAX: Final = 64
"""So many events wait for a snapshot to ride with; more go out by themselves, while the socket takes them."""
_MSGPACK: Final = CODECS[SUBPROTOCOL_MSGPACK]

Encoded = dict[str, bytes]
"""One message, by subprotocol, as far as somebody needed it."""


class Owed(Protocol):
    """A viewer, as it is seen here."""

    @property
    def codec(self) -> Codec: ...
    def owe(self, message: bytes) -> None: ...

    def part(self) -> object:
        """Be apart from now on, with what it is owed so far."""

    def rejoin(self) -> bool:
        """Be apart no more; False: something waits, or it speaks in words."""


class Common:
    """What all who share it are owed alike."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []
        """In msgpack, EVENTS_TOGETHER_MAX at most."""
        self.apart: dict[Owed, None] = {}
        """In the order in which they parted."""

    def owe(
        self,
        message: Message,
        viewers: Collection[Owed],
        only: Iterable[Owed] | None = None,
        but: Iterable[Owed] = (),
    ) -> Encoded:
        """To all `viewers`, who are all that share this, `but` some; or `only` to some."""
        if only is not None:
            return owe(message, only)
        if len(self.messages) >= EVENTS_TOGETHER_MAX:
            for viewer in viewers:
                viewer.part()
            self.messages.clear()
        deaf = dict.fromkeys(but)
        for viewer in deaf:
            viewer.part()
        encoded = owe(message, [viewer for viewer in self.apart if viewer not in deaf])
        if viewers:
            if _MSGPACK.subprotocol not in encoded:
                encoded[_MSGPACK.subprotocol] = _MSGPACK.encode(message)
            self.messages.append(encoded[_MSGPACK.subprotocol])
        return encoded

    def paid(self) -> None:
        """All have got theirs, but those who are apart, and of these all but those for whom something waits."""
        self.messages.clear()
        for viewer in [*self.apart]:
            if viewer.rejoin():
                del self.apart[viewer]

    def forget(self, viewer: Owed) -> None:
        """It has gone, and keeps what it is owed to itself. Idempotent."""
        viewer.part()
        self.apart.pop(viewer, None)


def owe(message: Message, viewers: Iterable[Owed], encoded: Encoded | None = None) -> Encoded:
    """To all of them, encoded once in each encoding; `encoded` is what is already, and comes back with the rest."""
    encoded = {} if encoded is None else encoded
    for viewer in viewers:
        subprotocol = viewer.codec.subprotocol
        if subprotocol not in encoded:
            encoded[subprotocol] = viewer.codec.encode(message)
        viewer.owe(encoded[subprotocol])
    return encoded


def framed(messages: Iterable[bytes]) -> bytes:
    """As they go over the wire."""
    return b"".join([header(len(message)) + message for message in messages])
