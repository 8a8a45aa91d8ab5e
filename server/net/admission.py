"""Who may come in, from the settings: the gate, its keys, and who keeps them fresh."""

import time
from pathlib import Path
from typing import Final

from server.config import Config
from server.gate import Gate
from server.net.keys import KeyAddress, KeyFile
from server.roles import Role
from server.tokens import Rules, Verifier, fresh_key, sign

BOTS_KEY: Final = "ricochet-bots"
BOTS_S: Final = 10 * 366 * 86_400
"""A server's own bots come and go with it: their token is good for as long as anything is."""


class Admission:
    """The gate of `config`. Raises UserError when its keys are in a file that can't be read."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._source: KeyFile | KeyAddress | None = _source_of(config)
        self._own = fresh_key(BOTS_KEY)
        self.verifier: Verifier | None = None
        if self._source is not None:
            keys = self._source.read() if isinstance(self._source, KeyFile) else []
            rules = Rules(config.jwt_audience, config.jwt_issuer, config.jwt_leeway_s)
            self.verifier = Verifier(keys, rules, own=[self._own])
        self.gate = Gate(self.verifier, config.auth == "jwt", time.time)

    async def keep_fresh(self) -> None:
        """For ever, or until there is nothing to do."""
        if self._source is not None and self.verifier is not None:
            await self._source.keep_fresh(self.gate, self.verifier)

    def token_for_bots(self) -> str | None:
        """For the server's own bots, where tokens are required."""
        if not self.gate.is_token_required:
            return None
        claims = {
            "sub": BOTS_KEY,
            "role": Role.PLAYER.value,
            "exp": int(time.time()) + BOTS_S,
            "aud": self._config.jwt_audience,
            "iss": self._config.jwt_issuer,
        }
        return sign(self._own, {name: value for name, value in claims.items() if value is not None})


def _source_of(config: Config) -> KeyFile | KeyAddress | None:
    if config.jwt_secret is not None:
        return KeyFile(config.jwt_secret, is_secret=True)
    if config.jwt_keys is None:
        return None
    if config.jwt_keys.startswith(("https:", "http:")):
        return KeyAddress(config.jwt_keys)
    return KeyFile(Path(config.jwt_keys), is_secret=False)
