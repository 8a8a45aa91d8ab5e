"""The same system call for each of many descriptors, with no line of Python between two of them."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

Result = TypeVar("Result")


def each(call: Callable[..., Result], *columns: Iterable[Any]) -> list[Result | OSError]:
    """What `call` returned for each row of these columns, or the OSError that it raised.

    Raises whatever else it raises, and the rows after that one are left out.
    """
    results, rows = list[Result | OSError](), map(call, *columns)
    while True:
        try:
            results.extend(rows)  # keeps what there was before an error, as a test sees to
            return results
        except OSError as error:
            results.append(error)
