"""Things to be done one after the other, where one that fails keeps nobody from having theirs done. Pure."""

from collections.abc import Callable, Iterable


def do_all(chores: Iterable[Callable[[], None]]) -> list[Exception]:
    """What went wrong with some of them."""
    return [error for chore in chores if (error := _failing(chore)) is not None]


def _failing(chore: Callable[[], None]) -> Exception | None:
    try:
        chore()
    except Exception as error:
        return error
    return None
