"""Recordings of matches that were played in memory, as a tape takes them down."""

from functools import partial
from random import Random

from bench.stage import House, Stage
from bots.brains.hunter import Hunter
from protocol.build_messages import Edit
from protocol.limits import PROTOCOL_VERSION
from protocol.replay import Header, Writer
from server.games.build import Build
from server.replay.tape import Ending, Tape
from tests.instruments.plans import ARENA, steps
from tests.instruments.stepper import Stepper, arena_named, wander

RECORDED_S = 1_700_000_000


class Reel:
    """Keeps a recording in memory."""

    def __init__(self, welcome: bytes, chunks_max: int = 1000) -> None:
        self.file, self._writer, self._left = b"", Writer(), chunks_max
        self.file += self._writer.begin(Header(PROTOCOL_VERSION, RECORDED_S), welcome, 0)
        self.chunks: list[tuple[int, list[bytes]]] = []
        self.ending: Ending | None = None
        self.is_dropped = False

    def chunk(self, tick: int, messages: list[bytes]) -> bool:
        if len(self.chunks) >= self._left:
            return False
        self.chunks.append((tick, messages))
        self.file += self._writer.chunk(tick, messages)
        return True

    def end(self, ending: Ending) -> None:
        self.ending = ending
        self.file += self._writer.end(
            ending.first_tick, ending.last_tick, ending.match_tick, ending.ended_tick, ending.standings
        )

    def drop(self) -> None:
        self.is_dropped = True


class Reels:
    """A house's recordings, one after the other."""

    def __init__(self, house: House, chunks_max: int = 1000) -> None:
        self.reels: list[Reel] = []
        self.chunks_max = chunks_max
        self.tape = house.room.tap = Tape(house.room, self._begin)

    def _begin(self, room: object, welcome: bytes) -> Reel:
        self.reels.append(Reel(welcome, self.chunks_max))
        return self.reels[-1]


def wanderers(count: int = 4, seed: int = 1, match_s: float = 300.0) -> Stepper:
    """A room of players who steer and shoot by chance."""
    stepper = Stepper(seed, options={"match_s": match_s})
    for n in range(count):
        stepper.join(f"Player {n}").pilot = wander(Random(seed + n))
    return stepper


def builders(edits: int = 30, seed: int = 1, apart_ticks: int = 24) -> tuple[Stepper, Reels]:
    """A room where two people build something, piece by piece, and a third one looks."""
    stepper, random = Stepper(seed, arena=ARENA, game=Build, options={"build_by": "players"}), Random(seed)
    reels = Reels(stepper)
    ann, bob = stepper.join("Ann"), stepper.join("Bob")
    stepper.join("Eve").pilot = wander(random)
    game = stepper.room.game
    assert isinstance(game, Build)
    for n in range(edits):
        stepper.step(apart_ticks)
        (ann, bob)[n % 2].say(Edit(n // 2 + 1, steps(random, game.desk.plan)), stepper.room.tick / 60)
    stepper.step(apart_ticks)
    return stepper, reels


def hunters(count: int, seed: int = 3) -> Stage:
    """A match of bots that hunt each other, in the arena that is smallest."""
    stage = Stage(House(arena_named("pinball"), seed=seed))
    for n in range(count):
        stage.seat(f"Bot {n}", brain=partial(Hunter, rng=Random(seed + n)))
    return stage
