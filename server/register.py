"""Who is banned and who is mute, as bytes and back: what admins have decided outlasts the process. Pure.

Ends are kept in Unix time, for the server's own clock begins anew with each process; while no server runs, they come
nearer all the same.
"""

from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec import Struct

from server.restrictions import RESTRICTION_S_MAX, RESTRICTIONS_MAX, Restrictions
from server.sealed import Unusable, enclose, read

VERSION: Final = 1


class Entry(Struct, array_like=True, frozen=True):
    """One ban, or one mute."""

    key: str
    until_unix_s: float
    reason: str


class Register(Struct, frozen=True):
    """Both tables."""

    bans: list[Entry]
    mutes: list[Entry]


def write_down(bans: Restrictions, mutes: Restrictions, now_s: float, now_unix_s: float) -> bytes:
    """Whatever holds now; `now_s` is the server's own clock."""
    ahead_s = now_unix_s - now_s

    def entries(table: Restrictions) -> list[Entry]:
        return [Entry(key, held.until_s + ahead_s, held.reason) for key, held in table.all(now_s)]

    return enclose(msgspec.msgpack.encode(Register(entries(bans), entries(mutes))), VERSION)


def take_up(register: bytes, bans: Restrictions, mutes: Restrictions, now_s: float, now_unix_s: float) -> None:
    """Fill both tables with what still holds. Raises Unusable, and then has filled neither."""
    found = read(register, VERSION, Register)
    if max(len(found.bans), len(found.mutes)) > RESTRICTIONS_MAX:
        raise Unusable(f"it has more than {RESTRICTIONS_MAX} entries")
    _fill(bans, found.bans, now_s, now_unix_s)
    _fill(mutes, found.mutes, now_s, now_unix_s)


def _fill(table: Restrictions, entries: Iterable[Entry], now_s: float, now_unix_s: float) -> None:
    for entry in entries:
        left_s = min(RESTRICTION_S_MAX, entry.until_unix_s - now_unix_s)
        if left_s > 0:
            table.add(entry.key, left_s, entry.reason, now_s)
