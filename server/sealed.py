"""Bytes that are believed whole or not at all: the head of everything that outlasts the process. Pure.

    8 bytes   RICOCHET
    2         version of what is in the body  integers are big-endian
    8         how long the body is
    32        SHA-256 of all the rest
    …         the body

So whatever is cut off, added or changed is noticed before anything is believed.
"""

from hashlib import sha256
from struct import Struct as Layout
from typing import Final, TypeVar

import msgspec

MAGIC: Final = b"RICOCHET"
_HEAD: Final = Layout(">8sHQ32s")
Kind = TypeVar("Kind")


class Unusable(Exception):
    """It can't be gone on from; `str(error)` says why, in one sentence that begins with "it"."""


def enclose(body: bytes, version: int) -> bytes:
    """The body behind its head."""
    return _HEAD.pack(MAGIC, version, len(body), _digest(version, body)) + body


def disclose(sealed: bytes, version: int) -> bytes:
    """The body, if it is of that version and as it was. Raises Unusable, whatever the bytes."""
    if len(sealed) < _HEAD.size or not sealed.startswith(MAGIC):
        raise Unusable("it is none of ours, or only the beginning of one")
    _, was, length, digest = _HEAD.unpack_from(sealed)
    body = sealed[_HEAD.size :]
    if was != version:
        raise Unusable(f"it is of version {was}, and this server reads version {version}")
    if len(body) != length:
        raise Unusable(f"it ought to have {length} bytes and has {len(body)}")
    if digest != _digest(version, body):
        raise Unusable("it is damaged: its checksum is another")
    return body


def read(sealed: bytes, version: int, kind: type[Kind]) -> Kind:
    """What the body says, in msgpack. Raises Unusable, whatever the bytes."""
    body = disclose(sealed, version)
    try:
        return msgspec.msgpack.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unusable(f"it can't be read: {error}") from None


def _digest(version: int, body: bytes) -> bytes:
    hashed = sha256(_HEAD.pack(MAGIC, version, len(body), bytes(32)))
    hashed.update(body)
    return hashed.digest()
