"""A place in an object store: S3 and what speaks as it does, Google's, Azure's. One kept library, loaded only for this.

Credentials, region and endpoint come from the environment, by the names that each provider gives them
(`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL`, …), and from the machine's own identity where it has one. Calls block, and end
after a few seconds: a checkpoint that comes later is of no use.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import obstore
from obstore.exceptions import BaseError
from obstore.store import from_url

from protocol.errors import UserError

if TYPE_CHECKING:
    from obstore.store import ClientConfig

ANSWER: Final = timedelta(seconds=5)
CONNECT: Final = timedelta(seconds=2)
RETRIES_MAX: Final = 2


class ObjectStore:
    """A `server.cluster.places.Place`. Raises UserError when `url` names none."""

    def __init__(self, url: str) -> None:
        options: ClientConfig = {"timeout": ANSWER, "connect_timeout": CONNECT, "allow_http": True}
        try:
            self._store = from_url(
                url, client_options=options, retry_config={"max_retries": RETRIES_MAX, "retry_timeout": ANSWER}
            )
        except (BaseError, OSError, ValueError) as error:
            raise UserError(f"checkpoints can't be kept at {url}: {_why(error)}") from None

    def read(self, key: str) -> bytes | None:
        try:
            return bytes(obstore.get(self._store, key).bytes())
        except FileNotFoundError:
            return None
        except BaseError as error:
            raise OSError(_why(error)) from error

    def write(self, key: str, content: bytes) -> None:
        try:
            obstore.put(self._store, key, content)
        except BaseError as error:
            raise OSError(_why(error)) from error

    def remove(self, key: str) -> None:
        try:
            with suppress(FileNotFoundError):
                obstore.delete(self._store, key)
        except BaseError as error:
            raise OSError(_why(error)) from error

    def ages_s(self, under: str = "") -> dict[str, float]:
        now = datetime.now(UTC)
        try:
            found = [one for batch in obstore.list(self._store, under or None) for one in batch]
        except BaseError as error:
            raise OSError(_why(error)) from error
        return {one["path"]: (now - one["last_modified"]).total_seconds() for one in found}


def _why(error: Exception) -> str:
    """What the library says in its first line; the others are for those who mend it."""
    return str(error).partition("\n")[0]
