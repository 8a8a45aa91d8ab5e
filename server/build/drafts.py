"""Drafts: what was built in a room, kept by itself for those who built it, in a folder.

    DRAFTS/ID.json      whose it is, what its room was called, when it was kept, and the arena

A draft is one person's: nobody else sees that it is there. Of each person the newest PER_PERSON_MAX are kept, and
of all of them so many and so many bytes; the oldest go. A file is written beside its place, synced and renamed; what
can't be read when the server starts is left out. All of them are in memory, as they are on the disk.
`keep` and `discard` touch the disk, and are for a worker thread, one call at a time; nothing else does.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from protocol.arena import Arena, faults
from protocol.errors import ArenaError
from server.build.shelf import FILE_BYTES_MAX, write_whole

PREFIX: Final = "draft:"
"""Before the ID, where a room is opened with it; no arena's name has a colon."""
ID: Final = re.compile(r"[0-9a-f]{16}")
PER_PERSON_MAX: Final = 5
DRAFTS_MAX: Final = 300
BYTES_MAX: Final = 8_000_000


class Draft(Struct, frozen=True):
    """What is in a file."""

    owner: str
    """What an account is known by (`server.standings.guests`)."""
    title: str
    """Of its room."""
    saved_s: int
    arena: Arena


class Kept(Struct, frozen=True):
    """One, as it is held in memory."""

    owner: str
    saved_s: int
    content: bytes

    def read(self) -> Draft:
        return msgspec.json.decode(self.content, type=Draft)


class Drafts:
    """All drafts of one `folder`. Raises OSError when the folder can't be had."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._kept: Mapping[str, Kept] = dict(_read_all(folder))
        """By ID. Never changed in place, for other threads look at it."""

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size(self) -> int:
        return sum(len(kept.content) for kept in self._kept.values())

    def of(self, owner: str) -> list[tuple[str, Draft]]:
        """Somebody's, by ID, the newest first."""
        kept = self._kept
        theirs = [(id, one.read()) for id, one in kept.items() if owner and one.owner == owner]
        return sorted(theirs, key=lambda one: (-one[1].saved_s, one[0]))

    def ids_of(self, owner: str) -> list[str]:
        """Of all of somebody's."""
        return [id for id, kept in self._kept.items() if owner and kept.owner == owner]

    def owner_of(self, id: str) -> str:
        """Whose it is; "": there is none."""
        kept = self._kept.get(id)
        return "" if kept is None else kept.owner

    def is_of(self, id: str, owner: str) -> bool:
        """Whether there is such a draft of theirs."""
        return owner != "" and self.owner_of(id) == owner

    def find(self, id: str, owner: str) -> Draft | None:
        """None: there is none, or it is somebody else's."""
        return self._kept[id].read() if self.is_of(id, owner) else None

    def keep(self, id: str, draft: Draft) -> None:
        """In place of what it was before. Touches the disk. Raises OSError."""
        assert ID.fullmatch(id) and draft.owner, "a draft is somebody's, and its name is a file's"
        content = msgspec.json.encode(draft)
        if len(content) > FILE_BYTES_MAX:
            raise OSError(f"a draft of {len(content)} bytes is more than {FILE_BYTES_MAX}")
        write_whole(self._path(id), content)
        others = {other: one for other, one in self._kept.items() if other != id}
        kept = {**others, id: Kept(draft.owner, draft.saved_s, content)}
        gone = _too_many(kept)
        self._kept = {id: one for id, one in kept.items() if id not in gone}
        for old in gone:
            self._path(old).unlink(missing_ok=True)

    def discard(self, ids: Collection[str]) -> None:
        """These are gone; what is not there need not go. Touches the disk. Raises OSError."""
        for id in [id for id in ids if id in self._kept]:
            self._path(id).unlink(missing_ok=True)
            self._kept = {other: one for other, one in self._kept.items() if other != id}

    def _path(self, id: str) -> Path:
        return self._folder / f"{id}.json"


def _too_many(kept: Mapping[str, Kept]) -> set[str]:
    """Those that have to go: the oldest; of those of one second, those that were kept first."""
    gone, size_bytes, count = set[str](), 0, 0
    by_person: dict[str, int] = {}
    oldest_first = sorted(kept.items(), key=lambda item: item[1].saved_s)
    for id, one in reversed(oldest_first):
        theirs = by_person.get(one.owner, 0)
        is_over = count >= DRAFTS_MAX or size_bytes + len(one.content) > BYTES_MAX
        if theirs >= PER_PERSON_MAX or is_over:
            gone.add(id)
            continue
        by_person[one.owner], count, size_bytes = theirs + 1, count + 1, size_bytes + len(one.content)
    return gone


def _read_all(folder: Path) -> Iterator[tuple[str, Kept]]:
    for path in sorted(folder.glob("*.json"))[: 2 * DRAFTS_MAX]:
        if not ID.fullmatch(path.stem):
            continue
        try:
            with path.open("rb") as file:
                content = file.read(FILE_BYTES_MAX)
            draft = msgspec.json.decode(content, type=Draft)
            if any(faults(draft.arena)):
                continue
        except (OSError, ValueError, msgspec.MsgspecError, ArenaError):
            continue
        yield path.stem, Kept(draft.owner, draft.saved_s, content)
