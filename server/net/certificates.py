"""What TLS is spoken with: TLS 1.2 or newer, and a certificate that can be replaced while everybody plays on.

A context is never changed once it is in use. When the files change, a new one is made for the handshakes to come, and
connections that are there keep theirs. What doesn't load is said in the log, and the old certificate stays.
"""

import ssl
from collections.abc import Callable
from pathlib import Path

import structlog
import trio

from protocol.errors import UserError
from server.net.watched import WATCH_EVERY_S, Watched

log = structlog.get_logger("ricochet.certificates")


def load(cert: Path, key: Path) -> ssl.SSLContext:
    """A server's context with this chain and its key (PEM). Raises UserError."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # A key with a passphrase would make OpenSSL ask for it on the terminal, in the middle of everything.
        context.load_cert_chain(cert, key, password=lambda: "")
    except (ssl.SSLError, OSError, ValueError) as error:
        why = getattr(error, "reason", None) or str(error)
        raise UserError(f"{cert} and {key} are no certificate and its key: {why}") from None
    return context


async def keep_fresh(files: Watched, cert: Path, key: Path, take: Callable[[ssl.SSLContext], None]) -> None:
    """Give `take` a new context whenever the files have changed and hold together; for ever.

    They are watched since before they were loaded first: between that and this lies the wait for another server.
    """
    while True:
        await trio.sleep(WATCH_EVERY_S)
        if not files.changed():
            continue
        try:
            context = await trio.to_thread.run_sync(load, cert, key)
        except UserError as error:
            log.warning("the certificate has changed and can't be loaded; the old one stays", why=str(error))
        else:
            log.info("the certificate has been replaced", cert=str(cert))
            take(context)
