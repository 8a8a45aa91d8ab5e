"""The bots that the operator asks for: a process of their own, through the front door like everybody.

They end with us, however that ends: the pipe that is their standard input closes then. A terminal's Ctrl-C is for us
alone, hence their session of their own: it could find them before they know what to do with it.
"""

import os
import subprocess
import sys

import structlog
import trio

log = structlog.get_logger("ricochet")


async def play_with_bots(url: str, count: int, token: str | None) -> None:
    """Until they end, which they don't do by themselves, or this is cancelled."""
    words = ["-m", "bots", "swarm", url, "--bots", str(count), "--seconds", "0", "--quiet", "--with-parent"]
    theirs, ours = os.pipe()
    try:
        ended = await trio.run_process(
            [sys.executable, *words],
            check=False,
            stdin=theirs,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            env=os.environ if token is None else {**os.environ, "RICOCHET_TOKEN": token},
        )
    finally:
        os.close(theirs)
        os.close(ours)
    log.warning("the bots have stopped", status=ended.returncode)
