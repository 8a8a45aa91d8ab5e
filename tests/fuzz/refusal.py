"""What every target is held to: bytes are parsed, or refused with an error of our own."""

from collections.abc import Callable
from typing import TypeVar

Error = TypeVar("Error", bound=Exception)


def refusal(kind: type[Error], parse_it: Callable[[], object], parsed: type | tuple[type, ...]) -> Error | None:
    """The error of our own that is all that may be raised; None: it was parsed."""
    try:
        found = parse_it()
    except kind as error:
        return error
    assert isinstance(found, parsed)
    return None
