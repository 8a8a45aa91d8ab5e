"""One person, as chat knows them, from coming in until their seat is given up: so who resumes is still the same."""

from collections import deque
from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

from protocol import limits
from protocol.errors import Code
from server.bucket import Bucket
from server.link import Link
from server.restrictions import mark_of
from server.roles import Identity

if TYPE_CHECKING:
    from server.game import Player
    from server.room import Room

SAID_MAX: Final = limits.CHATS_BURST_MAX + round(limits.CHAT_REPEAT_S_MIN * limits.CHATS_PER_SECOND_MAX)
"""As many lines as fit into the time in which none may be said twice."""


class Named(Struct, frozen=True):
    """Somebody who can be spoken of, here or gone."""

    number: int
    """By which they are told from others of the same name. No two on a server have the same."""
    name: str
    key: str
    """What bans and mutes of admins know them by; see `restrictions`."""
    mark: str
    """What others' own mutes know them by, and admins' of one person: see `mark_of`."""


class Muted(Struct, frozen=True, array_like=True, gc=False):
    """Whom somebody doesn't want to hear, for a checkpoint: numbers are of one life of a server."""

    name: str
    key: str
    mark: str


class Speaker:
    """Somebody who has come in."""

    __slots__ = (
        "_first_mark",
        "_is_guest",
        "_muted",
        "_said",
        "commands",
        "lines",
        "mutes",
        "named",
        "reports",
        "saved_mutes",
    )

    def __init__(self, number: int, name: str, key: str, is_guest: bool) -> None:
        self._is_guest = is_guest
        self.named = Named(number, name, key, mark_of(key, name, is_guest))
        self._first_mark = self.named.mark
        self._muted: dict[str, None] = {}
        """By what admins have muted them while they were here."""
        self.mutes: dict[str, Named] = {}
        """Whom they don't want to hear, by mark. At most PERSONAL_MUTES_MAX. See `mute`."""
        self.saved_mutes: tuple[Muted, ...] = ()
        """The same for a checkpoint: another one when they change."""
        self.lines = Bucket.full(limits.CHATS_PER_SECOND_MAX, limits.CHATS_BURST_MAX, 0.0)
        self.commands = Bucket.full(limits.COMMANDS_PER_SECOND_MAX, limits.COMMANDS_BURST_MAX, 0.0)
        self.reports = Bucket.full(limits.REPORTS_PER_SECOND_MAX, limits.REPORTS_BURST_MAX, 0.0)
        self._said: deque[tuple[str, float]] = deque(maxlen=SAID_MAX)

    def come_back(self, key: str) -> "Speaker":
        """They have resumed, maybe from another address. To those who have muted them they are who they were."""
        self.named = replace(self.named, key=key)
        return self

    def rename(self, name: str, mark: str = "") -> None:
        """They have resumed a seat of before a restart, and are called what that is called. To those who have muted
        them they are who they were: `mark`, if that was written down."""
        self.named = replace(self.named, name=name, mark=mark or mark_of(self.named.key, name, self._is_guest))

    def be_called(self, name: str) -> None:
        """They have chosen another name. To those who have muted them they are who they were."""
        self.named = replace(self.named, name=name)

    def be_muted(self, key: str) -> None:
        """An admin has muted them as `key`: whatever they are called from now on, that concerns them."""
        if key not in (self.named.key, self._first_mark, self.named.mark):
            self._muted[key] = None

    @property
    def keys(self) -> tuple[str, ...]:
        """All that bans and mutes of admins know them by: by another name they are still who they were, and whoever
        is called so. The present name's comes second, and what they keep by any name last."""
        named = self.named
        present = mark_of(named.key, named.name, self._is_guest)
        return named.key, present, self._first_mark, *self._muted, named.mark

    def mute(self, named: Named) -> None:
        self.mutes[named.mark] = named
        self._save_mutes()

    def unmute(self, named: Named) -> None:
        del self.mutes[named.mark]
        self._save_mutes()

    def _save_mutes(self) -> None:
        self.saved_mutes = tuple(Muted(named.name, named.key, named.mark) for named in self.mutes.values())

    def hears(self, mark: str) -> bool:
        return mark not in self.mutes

    def has_just_said(self, text: str, now_s: float) -> bool:
        """The same but for case and blanks."""
        gist = _gist(text)
        return any(said == gist and now_s - said_s < limits.CHAT_REPEAT_S_MIN for said, said_s in self._said)

    def forget(self, text: str) -> None:
        """They haven't said it after all."""
        gist = _gist(text)
        self._said = deque((said for said in self._said if said[0] != gist), maxlen=SAID_MAX)

    def note(self, text: str, now_s: float) -> None:
        """They have said it."""
        self._said.append((_gist(text), now_s))


class Place(Protocol):
    """A seat, of which chat asks no more than this."""

    @property
    def room(self) -> "Room": ...
    @property
    def player(self) -> "Player | None": ...


class Person(Protocol):
    """Somebody in a conversation: a session. `speaker` is None until they have come in, and at the end."""

    @property
    def speaker(self) -> Speaker | None: ...
    @property
    def seat(self) -> Place | None:
        """Where they sit; None in the lobby."""

    @property
    def identity(self) -> Identity: ...
    @property
    def link(self) -> Link: ...

    def refuse_gently(self, code: Code, sentence: str) -> None:
        """Tell them that something is refused, when it is known only now."""

    def hand(self, *encoded: bytes) -> bool:
        """Give them messages that were encoded by their codec; False when they must miss them."""


def _gist(text: str) -> str:
    return " ".join(text.casefold().split())
