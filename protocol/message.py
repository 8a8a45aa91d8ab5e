"""What all messages have in common; they are declared in `messages` and `build_messages`."""

from typing import ClassVar

from msgspec import Struct


class Message(Struct, tag_field="type"):
    """What travels. `number` stands for the type in msgpack."""

    number: ClassVar[int]


class ClientMessage(Message):
    """Said by a client."""


class ServerMessage(Message):
    """Said by the server."""
