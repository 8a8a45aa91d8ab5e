"""Standings from the settings: which database, and where the keys of guests' cookies are kept.

Without a database nothing of all this is loaded, and without a `state_dir` there is none unless one is named.
"""

import secrets
from typing import Final
from urllib.parse import quote

import structlog

from protocol.errors import UserError
from server.config import Config
from server.heralds import Heralds
from server.sealed import Unusable
from server.standings.guests import Guests, Keys, read_keys, write_keys
from server.standings.service import Standings
from server.store import Store

OFF: Final = "off"
FILE: Final = "standings.db"
KEYS: Final = "guest-keys"
SHARED: Final = "shared"
"""Whose rooms those are that go on in other processes: one that ends again there is the same match. No two rooms of
these processes have one name."""

log = structlog.get_logger("ricochet.standings")


def open_standings(config: Config, store: Store | None, heralds: Heralds) -> Standings:
    """What the server has of standings; they hear of rooms by `heralds`. Raises UserError when they can't be kept."""
    address = address_of(config)
    if address is None:
        return Standings()
    from server.standings.database import open_database
    from server.standings.repository import Repository

    guests = Guests(secrets.token_bytes, _kept_keys(config, store))
    origin = SHARED if config.checkpoints is not None else ""
    standings = Standings(Repository(open_database(address)), guests, lambda them: _keep(store, them), origin=origin)
    heralds.listeners.append(standings)
    try:
        _keep(store, guests)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise UserError(f"the keys of guests can't be kept in {config.state_dir}: {why}") from None
    return standings


def get_ready(config: Config) -> None:
    """Load what will be needed, and look at the address: before another server is waited for. Raises UserError."""
    if (address := address_of(config)) is not None:
        from server.standings import repository  # noqa: F401
        from server.standings.database import read_url

        read_url(address)


def address_of(config: Config) -> str | None:
    """Of the database; None: there is none."""
    if config.standings_url is not None:
        return None if config.standings_url == OFF else config.standings_url
    # Or what comes after a ? in the folder's name would be taken for options, and the file would lie beside it.
    return None if config.state_dir is None else f"sqlite:///{quote(str(config.state_dir / FILE))}"


def _kept_keys(config: Config, store: Store | None) -> Keys | None:
    try:
        sealed = store.read(KEYS) if store is not None else None
        return None if sealed is None else read_keys(sealed)
    except Unusable as error:
        assert store is not None
        log.error(f"{KEYS} is set aside, and guests begin anew: {error}", place=store.set_aside(KEYS, "refused"))
        return None
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise UserError(f"what is kept in {config.state_dir} can't be read: {why}") from None


def _keep(store: Store | None, guests: Guests) -> None:
    if store is not None:
        store.write(KEYS, write_keys(guests))
