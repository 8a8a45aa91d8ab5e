"""`ricochet serve`: the flags, and nothing else."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import trio
import typer

from protocol import metronome
from server import logs
from server.config import load

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

# No Path, to which an empty word is the working directory.
StateDir = Annotated[
    str | None, typer.Option(metavar="FOLDER", help="Keep the rooms here, and go on from what is there.")
]
ReplayDir = Annotated[
    str | None, typer.Option(metavar="FOLDER", help="Record matches here. \\[default: STATE_DIR/replays]")
]


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen at. \\[default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="0: any free one. \\[default: 8000]")] = None,
    game: Annotated[str | None, typer.Option(help="A game by name, or a Python file. \\[default: melee]")] = None,
    map_: Annotated[str | None, typer.Option("--map", help="By name, or a JSON file. \\[default: the game's]")] = None,
    rooms: Annotated[int | None, typer.Option(help="So many rooms of that game and map. \\[default: 1]")] = None,
    rooms_max: Annotated[int | None, typer.Option(help="With those that people open. \\[default: 64]")] = None,
    room_players_max: Annotated[int | None, typer.Option(help="In a room that people open. \\[default: 64]")] = None,
    room_matches: Annotated[int | None, typer.Option(help="It ends after so many; 0: never. \\[default: 5]")] = None,
    processes: Annotated[int | None, typer.Option(help="So many, on one machine. \\[default: 1]")] = None,
    bots: Annotated[int | None, typer.Option(help="Bots to play with, in a process of their own.")] = None,
    spectator_delay_s: Annotated[
        float | None, typer.Option(help="So late spectators see a room. \\[default: 0]")
    ] = None,
    tick_rate: Annotated[int | None, typer.Option(help="Ticks per second. \\[default: 60]")] = None,
    snapshot_rate: Annotated[int | None, typer.Option(help="Snapshots per second. \\[default: 30]")] = None,
    match_s: Annotated[float | None, typer.Option(help="How long a match lasts. \\[default: 300]")] = None,
    seed: Annotated[int | None, typer.Option(help="Of the game's chance; else another one each time.")] = None,
    origins: Annotated[str | None, typer.Option(help="Other sites that may play, with commas; * for all.")] = None,
    auth: Annotated[str | None, typer.Option(help="guest, or jwt: nobody without a token. \\[default: guest]")] = None,
    jwt_keys: Annotated[str | None, typer.Option(help="A JSON Web Key Set: a file, or an https address.")] = None,
    jwt_secret: Annotated[Path | None, typer.Option(help="A file with the secret of HS256, in its place.")] = None,
    jwt_audience: Annotated[str | None, typer.Option(help="What tokens must have for aud.")] = None,
    jwt_issuer: Annotated[str | None, typer.Option(help="What tokens must have for iss.")] = None,
    jwt_leeway_s: Annotated[float | None, typer.Option(help="By how much clocks may differ. \\[default: 30]")] = None,
    trusted_proxies: Annotated[str | None, typer.Option(help="Addresses or networks, with commas between.")] = None,
    forwarded_by: Annotated[
        str | None, typer.Option(help="x-forwarded, or forwarded. \\[default: x-forwarded]")
    ] = None,
    connections_max: Annotated[int | None, typer.Option(help="All at once. \\[default: 4096]")] = None,
    connections_per_address_max: Annotated[
        int | None, typer.Option(help="0: no limit. This machine itself has none. \\[default: 64]")
    ] = None,
    lane: Annotated[str | None, typer.Option(help="fast, or plain: trio-websocket alone. \\[default: fast]")] = None,
    state_dir: StateDir = None,
    replay_dir: ReplayDir = None,
    replays_mb_max: Annotated[int | None, typer.Option(help="All replays together; 0: none. \\[default: 500]")] = None,
    standings_url: Annotated[
        str | None, typer.Option(help="Keep standings in this database; or off. \\[default: a file in --state-dir]")
    ] = None,
    directory: Annotated[str | None, typer.Option(help="redis://…: share rooms with other processes.")] = None,
    checkpoints: Annotated[str | None, typer.Option(help="A folder, or s3://…, where rooms outlast processes.")] = None,
    public_url: Annotated[str | None, typer.Option(help="Where players find this process. \\[default: here]")] = None,
    drain_s: Annotated[float | None, typer.Option(help="How long SIGTERM waits for people. \\[default: 20]")] = None,
    takeover_s: Annotated[float | None, typer.Option(help="How long to wait for another server to end.")] = None,
    build_by: Annotated[str | None, typer.Option(help="Who builds: players, or editors. \\[default: players]")] = None,
    chat_filter: Annotated[str | None, typer.Option(help="module:function, asked about each line of chat.")] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="A certificate chain (PEM): serve https and wss.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="The certificate's key (PEM).")] = None,
    log_level: Annotated[str | None, typer.Option(help="debug, info, warning or error. \\[default: info]")] = None,
    log_format: Annotated[str | None, typer.Option(help="console or json; else by where it goes.")] = None,
    config: Annotated[
        Path | None, typer.Option(help="A TOML file with these settings. \\[default: ricochet.toml, if there]")
    ] = None,
) -> None:
    """Run a game server, until Ctrl-C.

    Every flag can be a key of the TOML file (tick_rate = 60) or an environment variable (RICOCHET_TICK_RATE).
    """
    _serve(locals(), config)


@app.command(hidden=True)
def member(number: Annotated[int, typer.Argument(help="Of it, among its siblings.")]) -> None:
    """One of the processes of `serve --processes`, which starts it; its settings are in the environment."""
    settings = load({}, Path(os.devnull))
    logs.set_up(settings.log_level, settings.log_format)
    from server.processes.child import serve_as_member

    metronome.run(serve_as_member, settings, number)


def _serve(flags: Mapping[str, Any], config: Path | None) -> None:
    given = {name.rstrip("_"): value for name, value in flags.items() if name != "config" and value is not None}
    settings = load(given, config)
    logs.set_up(settings.log_level, settings.log_format)
    if settings.processes > 1:
        from server.processes import command

        raise typer.Exit(trio.run(command.run, settings))
    from server.app import run  # the physics and the web take a moment to load; --help need not wait

    metronome.run(run, settings)
