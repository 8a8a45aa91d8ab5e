"""The arena library: arenas that people have saved, each with an owner and its last versions, in a folder.

    ARENAS/NAME/0007.json      a version: the arena, who saved it and when

Names are small letters, digits and hyphens, so that a name is a folder and nothing else; names of maps that come with
the game are taken. A version never changes, but that it is nobody's any more once its owner is forgotten. It is
written beside its place, synced and renamed, so it is there whole or not at all; what can't be read when the server
starts is left out. All that is told of arenas, and the newest version of each, is kept in memory; the disk is asked
for older ones alone. A method that touches it says so. It is for a worker thread.
"""

import os
import re
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from protocol import limits
from protocol.arena import Arena, check, read
from protocol.blueprint import too_large
from protocol.errors import ArenaError

NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
ARENAS_MAX: Final = 200
VERSIONS_MAX: Final = 20
"""Of each; an older one goes."""
BYTES_MAX: Final = 64_000_000
"""Of all of them."""
FILE_BYTES_MAX: Final = limits.ARENA_BYTES_MAX + 1000


class CannotKeep(Exception):
    """It isn't saved, or isn't there: a status as of HTTP, and a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


class Saved(Struct, frozen=True):
    """What is in a file."""

    owner: str
    by: str
    saved_s: int
    arena: Arena


class Version(Struct, frozen=True):
    number: int
    by: str
    """The name of who saved it."""
    saved_s: int
    """Seconds since 1970."""
    size: int


class Book(Struct):
    """One arena."""

    owner: str
    """The subject of whoever saved it first; "": nobody's, and everybody's."""
    versions: list[Version]
    """The oldest first."""
    arena: Arena
    """The newest."""


class Shelf:
    """All arenas of one `folder`. `taken`: names that it may not give. Raises OSError when the folder can't be had."""

    def __init__(self, folder: Path, taken: Collection[str] = ()) -> None:
        self._folder, self._taken = folder, frozenset(taken)
        self._books: Mapping[str, Book] = {}
        """By name. Never changed in place, for other threads look at it."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = {path.name: _read_book(path) for path in sorted(folder.iterdir()) if NAME.fullmatch(path.name)}
        self._books = {name: book for name, book in found.items() if book is not None}

    @property
    def arenas(self) -> dict[str, Arena]:
        """The newest of each, by name."""
        return {name: book.arena for name, book in self._books.items()}

    @property
    def size(self) -> int:
        return sum(version.size for book in self._books.values() for version in book.versions)

    def books(self) -> list[tuple[str, Book]]:
        return sorted(self._books.items())

    def read(self, name: str, number: int | None = None) -> Arena:
        """A version, the newest by default. Touches the disk for an older one. Raises CannotKeep."""
        book = self._books.get(name)
        if book is None or (number is not None and all(one.number != number for one in book.versions)):
            raise CannotKeep(404, f"there is no arena {name!r}" + ("" if number is None else f" of version {number}"))
        if number is None or number == book.versions[-1].number:
            return book.arena
        try:
            saved = _read(self._path(name, number))
        except (OSError, msgspec.MsgspecError, ArenaError):
            raise CannotKeep(404, f"version {number} of {name!r} can't be read any more") from None
        return saved.arena

    def check(self, name: str, owner: str, may_change_all: bool = False) -> None:
        """Whether `owner` may save under `name`. Raises CannotKeep."""
        if not NAME.fullmatch(name):
            raise CannotKeep(422, "a name is 1 to 40 small letters, digits and hyphens, with no hyphen at either end")
        if name in self._taken:
            raise CannotKeep(409, f"{name!r} is a map that comes with the game; choose another name")
        book = self._books.get(name)
        if book is None and len(self._books) >= ARENAS_MAX:
            raise CannotKeep(507, f"the library has its {ARENAS_MAX} arenas already")
        if book is not None and book.owner not in ("", owner) and not may_change_all:
            raise CannotKeep(403, f"{name!r} is somebody else's; save it under another name")

    def save(self, name: str, owner: str, by: str, saved_s: int, arena: Arena, may_change_all: bool = False) -> int:
        """The number of the version that was written. Touches the disk. Raises CannotKeep or OSError."""
        self.check(name, owner, may_change_all)
        book = self._books.get(name)
        kept_for = owner if book is None else book.owner
        content = msgspec.json.encode(Saved(kept_for, by, saved_s, arena))
        if self.size + len(content) > BYTES_MAX:
            raise CannotKeep(507, "the library is full")
        versions = [] if book is None else book.versions
        number = versions[-1].number + 1 if versions else 1
        write_whole(self._path(name, number), content)
        versions = [*versions, Version(number, by, saved_s, len(content))]
        self._books = {**self._books, name: Book(kept_for, versions[-VERSIONS_MAX:], arena)}
        for old in versions[:-VERSIONS_MAX]:
            self._path(name, old.number).unlink(missing_ok=True)
        return number

    def disown(self, owner: str, by: str) -> bool:
        """What was somebody's is nobody's, saved by `by`; whether there was any. Touches the disk. Raises OSError."""
        theirs = [name for name, book in self._books.items() if owner and book.owner == owner]
        for name in theirs:
            book = self._books[name]
            versions = [nameless for one in book.versions if (nameless := self._rewrite(name, one, by)) is not None]
            self._books = {**self._books, name: Book("", versions, book.arena)}
        return bool(theirs)

    def remove(self, name: str) -> None:
        """It is gone, with all its versions. Touches the disk. Raises CannotKeep or OSError."""
        if name not in self._books:
            raise CannotKeep(404, f"there is no arena {name!r}")
        if (folder := self._folder / name).exists():  # else somebody else has removed it
            shutil.rmtree(folder)
        self._books = {other: book for other, book in self._books.items() if other != name}

    def _rewrite(self, name: str, version: Version, by: str) -> Version | None:
        """It as nobody's. None: it can't be read any more, and is gone. Raises OSError."""
        path, newest = self._path(name, version.number), self._books[name].versions[-1]
        try:
            arena = self._books[name].arena if version is newest else _read(path).arena
        except (FileNotFoundError, msgspec.MsgspecError, ArenaError):
            path.unlink(missing_ok=True)
            return None
        content = msgspec.json.encode(Saved("", by, version.saved_s, arena))
        write_whole(path, content)
        return Version(version.number, by, version.saved_s, len(content))

    def _path(self, name: str, number: int) -> Path:
        return self._folder / name / f"{number:06}.json"


def _read_book(folder: Path) -> Book | None:
    versions: list[Version] = []
    newest: Saved | None = None
    for path in sorted(folder.glob("[0-9]*.json"))[-VERSIONS_MAX:]:
        try:
            newest = _read(path)
            versions.append(Version(int(path.stem), newest.by, newest.saved_s, path.stat().st_size))
        except (OSError, ValueError, msgspec.MsgspecError, ArenaError):
            continue
    return None if newest is None else Book(newest.owner, versions, newest.arena)


def _read(path: Path) -> Saved:
    with path.open("rb") as file:
        saved = msgspec.json.decode(file.read(FILE_BYTES_MAX), type=Saved)
    _check(saved.arena, path.name)
    return saved


def write_whole(path: Path, content: bytes) -> None:
    """All of it or nothing. Raises OSError."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)


def read_arena(text: bytes, name: str) -> Arena:
    """An arena that was sent, under the name that it is to have. Raises CannotKeep."""
    try:
        arena = read(text, name)
        _check(arena, name)
    except ArenaError as error:
        status = 413 if len(text) > limits.ARENA_BYTES_MAX else 422
        raise CannotKeep(status, str(error)) from None
    return msgspec.structs.replace(arena, name=name)


def _check(arena: Arena, source: str) -> None:
    """Whether people may keep it, who could have built it: to check and to open a larger one takes minutes, in which
    nobody plays. Raises ArenaError."""
    if what := too_large(arena):
        raise ArenaError(f"{source}: {what}")
    check(arena, source)
