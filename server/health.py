"""`python -m server.health`: whether the server beside us lives, for the health check of a container.

It goes by the environment that both have, and loads next to nothing: it is asked every ten seconds, on the game's own
machine. The certificate needn't be good for this address. Status 0: the server answers.
"""

import http.client
import os
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from server.where import url_at

PATH: Final = "/healthz"
PATIENCE_S: Final = 2.0
OK: Final = 200


class Told(NamedTuple):
    """What the environment says of it."""

    host: str
    tls_cert: Path | None


def url_in(environment: Mapping[str, str]) -> str:
    """Where the server of this environment is. With many processes: the first of them, which the others need."""
    certificate = environment.get("RICOCHET_TLS_CERT")
    told = Told(environment.get("RICOCHET_HOST", "127.0.0.1"), Path(certificate) if certificate else None)
    return url_at(told, int(environment.get("RICOCHET_PORT", "8000")))


def why_not(url: str) -> str | None:
    """What is wrong with the server there; None: it lives."""
    where = urlsplit(url)
    assert where.hostname is not None
    if where.scheme == "https":
        anybody = ssl.create_default_context()
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            where.hostname, where.port, timeout=PATIENCE_S, context=anybody
        )
    else:
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=PATIENCE_S)
    try:
        connection.request("GET", PATH)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{url}: {error}"
    finally:
        connection.close()
    return None if status == OK else f"{url}: status {status}"


if __name__ == "__main__":
    sys.exit(why_not(url_in(os.environ)))
