"""`ricochet bench crash` and `ricochet bench restart`: what a restart costs those who play, again and again.

    crash      kill -9 at some moment, and start again: how many seconds of the game are gone, and whether any score is
               another than it was at that tick
    restart    a deployment: the next server is started and waits, the running one is told to stop

What a server goes on from after kill -9 is read from its checkpoint, before the next one is there, and held against the
ticks that it welcomes the bots at; where the next one is there at once, those ticks are all there is to see.
"""

import sys
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import msgspec
import trio
import typer
from msgspec import Struct
from rich.console import Console

from bench.contestants import READY
from bench.flock import LOOK_EVERY_S, Flock, Watched
from bench.percentiles import percentile
from bots.output import JsonFile, write_json
from protocol.errors import UserError
from protocol.ticks import TICK_RATE_DEFAULT
from server.checkpoint import SavedRoom, unseal
from server.games.ledger import Ledger

ROOT: Final = Path(__file__).parent.parent
JOIN_S_MAX: Final = 60.0
BACK_S_MAX: Final = 30.0
"""A bot that is not back by then is counted as lost: its seat is gone too."""
PLAY_S: Final = (1.2, 2.2)
"""How long they play between two restarts."""
TOTAL_S_MAX: Final = 540.0
"""No further restart is begun after so long. Most of a deployment is the next server's start beside two hundred bots on
the same two cores: twenty took six minutes on a machine that others kept busy."""
LOST_S_MAX: Final = 2.0
ROOM: Final = "pinball"


class Once(Struct, frozen=True):
    """One restart."""

    start_s: float
    """Until the next server was there and waited, while the first played on; after kill -9 there was none."""
    lost_s: float
    """Of the game: between the newest snapshot and the tick that it goes on from."""
    ready_s: float
    """Until the next server took connections, from the moment that the first was told, or killed."""
    back_s: float | None
    """Until the last bot was back; None: some were not. Each waits longer after each attempt that failed."""
    anew: int
    """Bots that came back to another seat than theirs."""
    scores_compared: int
    scores_wrong: int


class Restarts(Struct, frozen=True, kw_only=True):
    """One measurement."""

    how: str
    bots: int
    asked: int
    restarts: list[Once]
    lost_s_p50: float | None
    lost_s_max: float | None
    start_s_p50: float | None
    ready_s_p50: float | None
    ready_s_max: float | None
    back_s_p50: float | None
    back_s_max: float | None
    anew: int
    missing: int
    """Restarts after which somebody was not back."""
    scores_compared: int
    scores_wrong: int
    checksum_mismatches: int
    held: bool


def crash_command(
    bots: Annotated[int, typer.Option(min=1, max=200, help="How many play.")] = 12,
    times: Annotated[int, typer.Option(min=1, max=100, help="How often the server is killed.")] = 20,
    seed: Annotated[int, typer.Option(help="Of the moments at which it is killed.")] = 1,
    json: JsonFile = None,
) -> None:
    """Kill the server with -9 again and again: seconds lost, and scores compared."""
    _report(trio.run(measure, "crash", bots, times, seed), json)


def restart_command(
    bots: Annotated[int, typer.Option(min=1, max=1000, help="How many play.")] = 200,
    times: Annotated[int, typer.Option(min=1, max=100, help="How often the server is replaced.")] = 20,
    seed: Annotated[int, typer.Option(help="Of the moments at which it is replaced.")] = 1,
    json: JsonFile = None,
) -> None:
    """Replace the server under load again and again: whether every bot is back, and how soon."""
    _report(trio.run(measure, "restart", bots, times, seed), json)


async def measure(how: str, bots: int, times: int, seed: int) -> Restarts:
    """`how` is "crash" or "restart". Raises UserError when it can't be measured."""
    rng, restarts, until_s = Random(seed), list[Once](), time.monotonic() + TOTAL_S_MAX
    with TemporaryDirectory(prefix="ricochet-bench-") as name:
        server = Process(Path(name))
        await server.start()
        flock = Flock(f"http://127.0.0.1:{server.port}", bots, "hunter" if how == "crash" else "lean", seed)
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(flock.run)
                if not await flock.wait(lambda bot: bot.is_playing, JOIN_S_MAX):
                    raise UserError("the bots did not get into the game")
                while len(restarts) < times and time.monotonic() < until_s:
                    await trio.sleep(rng.uniform(*PLAY_S))
                    restarts.append(await _once(how, server, flock))
                nursery.cancel_scope.cancel()
        finally:
            await server.end()
    return judge(how, bots, times, restarts, flock.checksum_mismatches)


async def _once(how: str, server: "Process", flock: Flock) -> Once:
    numbers = [bot.number for bot in flock.bots]
    for bot in flock.bots:
        bot.forget()
    start_s = 0.0
    if how == "crash":
        began_s = time.monotonic()
        await server.kill()
        tick, saved = flock.tick, server.saved()
        await server.start()
    else:
        following, start_s = Process(server.folder, server.port), -time.monotonic()
        await following.begin("--takeover-s", f"{JOIN_S_MAX:g}", "--log-level", "info")
        await following.wait_waiting()
        began_s = time.monotonic()
        start_s += began_s
        await server.stop()
        tick, saved = flock.tick, None
        await following.wait_ready()
        server.become(following)
    ready_s = time.monotonic() - began_s
    right, wrong = compare(flock.bots, saved) if saved is not None else (0, 0)
    all_back = await flock.wait(lambda bot: bot.has_returned, BACK_S_MAX)
    goes_on_at = min(saved.tick if saved is not None else flock.welcome_tick, flock.welcome_tick)
    return Once(
        start_s=start_s,
        lost_s=max(0, tick - goes_on_at) / TICK_RATE_DEFAULT,
        ready_s=ready_s,
        back_s=time.monotonic() - began_s if all_back else None,
        anew=sum(bot.has_returned and bot.number != was for bot, was in zip(flock.bots, numbers, strict=True)),
        scores_compared=right + wrong,
        scores_wrong=wrong,
    )


def compare(bots: list[Watched], saved: SavedRoom) -> tuple[int, int]:
    """(right, wrong) scores in a checkpoint: none less than was told by its tick, and none more than was told later."""
    ledger = msgspec.msgpack.decode(saved.state, type=Ledger)
    scores = {record.id: record.score for record in ledger.fighters}
    right = wrong = 0
    for bot in bots:
        if not bot.scores or bot.number not in scores:
            continue
        least = max((score for tick, score in bot.scores if tick <= saved.tick), default=0)
        later = [score for tick, score in bot.scores if tick > saved.tick]
        is_right = least <= scores[bot.number] and (not later or scores[bot.number] <= max(later))
        right, wrong = right + is_right, wrong + (not is_right)
        bot.scores = [(saved.tick, scores[bot.number])]
    return right, wrong


def judge(how: str, bots: int, times: int, restarts: list[Once], checksum_mismatches: int) -> Restarts:
    """What the restarts come to."""
    lost_s, back_s = [once.lost_s for once in restarts], [once.back_s for once in restarts if once.back_s is not None]
    missing = len(restarts) - len(back_s)
    anew, wrong = sum(once.anew for once in restarts), sum(once.scores_wrong for once in restarts)
    lost_s_max = max(lost_s, default=None)
    return Restarts(
        how=how,
        bots=bots,
        asked=times,
        restarts=restarts,
        lost_s_p50=percentile(lost_s, 0.5),
        lost_s_max=lost_s_max,
        start_s_p50=percentile([once.start_s for once in restarts], 0.5),
        ready_s_p50=percentile([once.ready_s for once in restarts], 0.5),
        ready_s_max=max((once.ready_s for once in restarts), default=None),
        back_s_p50=percentile(back_s, 0.5),
        back_s_max=max(back_s, default=None),
        anew=anew,
        missing=missing,
        scores_compared=sum(once.scores_compared for once in restarts),
        scores_wrong=wrong,
        checksum_mismatches=checksum_mismatches,
        held=len(restarts) == times
        and lost_s_max is not None
        and lost_s_max <= LOST_S_MAX
        and not missing
        and not anew
        and not wrong
        and not checksum_mismatches,
    )


class Process:
    """`ricochet serve` that keeps its rooms in `folder`; the same port each time."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder, self.port = folder, port
        self._process: trio.Process | None = None

    async def start(self) -> None:
        await self.begin("--log-level", "error")
        await self.wait_ready()

    async def begin(self, *flags: str) -> None:
        words = ["serve", "--port", str(self.port), "--state-dir", str(self.folder), "--seed", "1", "--match-s", "3600"]
        command = [sys.executable, "-m", "ricochet", *words, "--drain-s", "0", *flags]
        with (self.folder / "stderr").open("wb") as stderr:
            self._process = await trio.lowlevel.open_process(command, stdout=-1, stderr=stderr, cwd=ROOT)

    async def wait_waiting(self) -> None:
        """Until it says that it waits for the one before to let go."""
        with trio.move_on_after(JOIN_S_MAX):
            while b"waiting for another server" not in (self.folder / "stderr").read_bytes():  # noqa: ASYNC110
                await trio.sleep(LOOK_EVERY_S)

    async def wait_ready(self) -> None:
        """Raises UserError when it ends instead."""
        assert self._process is not None
        assert self._process.stdout is not None
        said = b""
        with trio.move_on_after(JOIN_S_MAX):
            while b"\n" not in said and (more := await self._process.stdout.receive_some()):
                said += more
        found = READY.search(said.decode(errors="replace"))
        if found is None:
            raise UserError("the server did not get ready")
        self.port = int(found[1])

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        """Raises UserError when it does not end well."""
        assert self._process is not None
        self._process.terminate()
        if await self._process.wait():
            raise UserError(f"the server ended with status {self._process.returncode}")

    async def end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            with trio.CancelScope(shield=True):
                await self.kill()

    def become(self, following: "Process") -> None:
        self._process = following._process

    def saved(self) -> SavedRoom:
        """What is in its newest checkpoint."""
        return unseal((self.folder / f"{ROOM}.checkpoint").read_bytes())


def _report(result: Restarts, json: Path | None) -> None:
    if json is not None:
        write_json(json, result)

    def seconds(figure: float | None) -> str:
        return "–" if figure is None else f"{figure:.2f}"

    lines = (
        f"{result.how}: {len(result.restarts)} of {result.asked} times under {result.bots} bots",
        f"seconds of the game lost: p50 {seconds(result.lost_s_p50)}, max {seconds(result.lost_s_max)} "
        f"(must be ≤ {LOST_S_MAX:g})",
        f"the next server was ready after: p50 {seconds(result.ready_s_p50)} s, max {seconds(result.ready_s_max)} s"
        f"{'' if result.how == 'crash' else f'; to start beside the first had taken {seconds(result.start_s_p50)} s'}",
        f"the last bot was back after: p50 {seconds(result.back_s_p50)} s, max {seconds(result.back_s_max)} s; "
        f"{result.missing} times somebody was not; {result.anew} came back as somebody else",
        f"scores: {result.scores_compared} compared, {result.scores_wrong} wrong; "
        f"{result.checksum_mismatches} checksum mismatches",
        "It held." if result.held else "It did not hold.",
        "Not measured: real networks, and disks that lose what they said was written.",
    )
    for line in lines:
        Console().print(line, highlight=False, soft_wrap=True)
