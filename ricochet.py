"""The command line's front page: `ricochet serve`, `ricochet swarm` and what else there is to type.

It joins the commands of `server`, `bots` and `bench` and holds none of its own. Two promises:

- a command loads its own package and nothing of the others', so that a server carries no report plotting;
- whatever the person who typed it can mend is said in one sentence on stderr, with exit status 2; who reads no more of
  what is printed is told nothing, with status 1.
"""

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Annotated

import typer

from protocol.errors import UserError

COMMANDS = {
    "serve": "server.cli",
    "member": "server.cli",
    "admin": "server.admin_cli",
    "swarm": "bots.cli",
    "netsim": "bots.cli",
    "bots": "bots.cli",
    "replay": "bots.replay_cli",
    "bench": "bench.cli",
}
"""Each command, and the module whose `app` has it."""

EXIT_USER_ERROR = 2
EXIT_INTERRUPTED = 130
"""As a shell has it of whoever is ended by Ctrl-C."""


GROUPS = frozenset({"admin", "bench"})
"""Commands that are only a beginning: alone, each lists what may follow."""
OUTPUT_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def main(words: Sequence[str] | None = None) -> None:
    """Run the command that `words` (else the process's own arguments) ask for, and exit the process."""
    try:
        status = _status_of(list(sys.argv[1:] if words is None else words))
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        status = _unheard(error)
    sys.exit(status)


def _status_of(words: list[str]) -> int | None:
    """Run the command, and say what it is to exit with."""
    if not words or (len(words) == 1 and words[0] in GROUPS):
        words.append("--help")
    try:
        status: int | None = _front_page(words)(words, prog_name="ricochet", standalone_mode=False)
    except (UserError, typer.TyperException) as error:
        print(f"ricochet: {_sentence(error)}", file=sys.stderr)
        status = EXIT_USER_ERROR
    except typer.Abort:
        status = 1
    except BaseExceptionGroup as group:
        if group.split(KeyboardInterrupt)[1] is not None:
            raise
        status = EXIT_INTERRUPTED
    except KeyboardInterrupt:
        status = EXIT_INTERRUPTED
    return status


def _unheard(error: OSError) -> int:
    """Nobody takes what was printed, as behind `| head`, or the disk is full: never a traceback of ours."""
    if error.errno in OUTPUT_FULL:
        print(f"ricochet: the output can't be written: {os.strerror(error.errno).lower()}.", file=sys.stderr)
    elif error.errno != errno.EPIPE:
        raise error
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python tries again when it ends
    return 1 if error.errno == errno.EPIPE else EXIT_USER_ERROR


def _front_page(words: Sequence[str]) -> typer.Typer:
    """The commands that `words` may mean: one module's when the first word names it, none's for an option, else all."""
    page = typer.Typer(name="ricochet", add_completion=False, pretty_exceptions_enable=False)
    page.callback()(_introduction)
    wanted = COMMANDS.get(words[0])
    modules = [] if words[0] == "--version" else [wanted] if wanted else dict.fromkeys(COMMANDS.values())
    for module in modules:
        page.add_typer(import_module(module).app)
    return page


def _tell_version(wanted: bool) -> None:
    if wanted:
        print(f"ricochet {version('ricochet')}")
        raise typer.Exit


def _introduction(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="Show the version, and exit.")
    ] = False,
) -> None:
    """Ricochet: an authoritative multiplayer game server, and the game that proves it."""


def _sentence(error: UserError | typer.TyperException) -> str:
    """What `error` says, on one line and ending like a sentence."""
    text = error.format_message() if isinstance(error, typer.TyperException) else str(error)
    line = " ".join(text.split())
    return line if line.endswith((".", "!", "?", ")")) else line + "."


if __name__ == "__main__":
    main()
