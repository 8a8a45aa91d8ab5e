"""What watches many sockets at once: Linux's epoll, or what the standard library finds on other systems.

By levels, a socket is ready while there is something to read, or the end. By edges, which only epoll has, it is when
something new has come: what has been read is not looked at again to see that nothing more is there. A read that brings
less than it might has emptied its socket (epoll(7)). The end doesn't count as bytes, so events that tell of it are more
than `IN`.
"""

import select
import selectors
import sys
from typing import Final, Protocol

IN: Final = 1
"""EPOLLIN, where there is one: bytes, and no more than that."""
ALL: Final = -1
Ready = tuple[int, int]
"""A descriptor, and what is the matter with it."""


class Poll(Protocol):
    """Watches descriptors."""

    def fileno(self) -> int:
        """Is readable when somebody is ready."""

    def register(self, fd: int) -> None: ...
    def unregister(self, fd: int) -> None: ...

    def ready(self, most: int = ALL) -> list[Ready]:
        """Now, without waiting."""

    def close(self) -> None: ...


class _Epoll:
    """Linux's own, which is spared the keys that `selectors` makes for every ready socket."""

    def __init__(self, how: int) -> None:
        self._epoll, self._events = select.epoll(), select.EPOLLIN | select.EPOLLRDHUP | how

    def fileno(self) -> int:
        return self._epoll.fileno()

    def register(self, fd: int) -> None:
        self._epoll.register(fd, self._events)

    def unregister(self, fd: int) -> None:
        self._epoll.unregister(fd)

    def ready(self, most: int = ALL) -> list[Ready]:
        return self._epoll.poll(0, most)

    def close(self) -> None:
        self._epoll.close()


class _Selector:
    """Knows levels only."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def fileno(self) -> int:
        return int(self._selector.fileno())

    def register(self, fd: int) -> None:
        self._selector.register(fd, selectors.EVENT_READ)

    def unregister(self, fd: int) -> None:
        self._selector.unregister(fd)

    def ready(self, most: int = ALL) -> list[Ready]:
        ready = [(key.fd, IN) for key, _ in self._selector.select(0)]
        return ready if most == ALL else ready[:most]

    def close(self) -> None:
        self._selector.close()


def poll_by_levels() -> Poll:
    return _Epoll(0) if sys.platform == "linux" else _Selector()


def poll_by_edges() -> Poll:
    """Where there are none, by levels."""
    return _Epoll(select.EPOLLET) if sys.platform == "linux" else _Selector()
