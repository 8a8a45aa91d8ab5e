"""A bad network at will: when does what is sent now arrive? Arithmetic only; `relay` brings it to sockets.

    sent -> the bottleneck   with a bandwidth, one byte after the other
         -> the way          half of the round trip, and jitter
         -> in order         never before what was sent earlier
         -> not in a stall   what would arrive in one arrives at its end, all at once
         -> delivered

It keeps what TCP promises: nothing is lost and nothing overtakes. A lost packet looks here as it does to a program
over TCP: for a while nothing arrives, and then everything does. A connection may also break.

All times are ms of any clock that never goes back, and come in as arguments; chance comes from a seed, so that the
same seed and the same messages at the same times arrive at the same times. `assets/sdk/src/netsim.ts` is the twin,
with the same arithmetic to the last bit (only + − × ÷ and whole numbers of 32 bits); golden vectors hold them together.
"""

from collections import deque
from math import inf, isfinite
from typing import Final, Generic, TypeVar
from zlib import crc32

from msgspec import Struct

from protocol.errors import UserError

HELD_BYTES_MAX: Final = 262_144
"""A pipe that holds so much is full: whoever fills it stops reading, and the sender notices as on a real network."""
HELD_ITEMS_MAX: Final = 4096
DELAY_MS_MAX: Final = 10_000.0
STALLS_PER_S_MAX: Final = 20.0
DISCONNECTS_PER_MINUTE_MAX: Final = 600.0
_WORD: Final = 0xFFFF_FFFF

T = TypeVar("T")


class Conditions(Struct, frozen=True, kw_only=True):
    """How bad a network is; as it stands, perfect. Raises UserError for what no network can be."""

    rtt_ms: float = 0.0
    """Added to the round trip, half of it on each way."""
    jitter_ms: float = 0.0
    """A round trip takes up to so much longer: each message, on each way, by anything up to half of it (uniform)."""
    stalls_per_s: float = 0.0
    """On each way, on average, from the beginning of a stall to that of the next. The pause between is uniform,
    from nothing to twice its mean."""
    stall_ms: float = 200.0
    """How long each takes."""
    bandwidth_bytes_per_s: float = 0.0
    """Of each way. 0: no limit."""
    disconnects_per_minute: float = 0.0
    """Of one connection, on average; it lasts anything up to twice the mean (uniform)."""

    def __post_init__(self) -> None:
        for name, most in _LIMITS.items():
            value = getattr(self, name)
            if not (isfinite(value) and 0.0 <= value <= most):
                raise UserError(f"{name} is {value:g}; it must be from 0 to {most:g}")
        if self.stalls_per_s * self.stall_ms >= 1000.0:
            raise UserError(f"{self.stalls_per_s:g} stalls of {self.stall_ms:g} ms a second leave no time between them")

    def __str__(self) -> str:
        """`100 ms round trip, 20 ms jitter, …`: what is not perfect."""
        said = []
        if self.rtt_ms or self.jitter_ms:
            said += [f"{self.rtt_ms:g} ms round trip", f"{self.jitter_ms:g} ms jitter"]
        if self.stalls_per_s:
            said.append(f"{self.stalls_per_s:g} stalls/s of {self.stall_ms:g} ms")
        if self.bandwidth_bytes_per_s:
            said.append(f"{self.bandwidth_bytes_per_s:g} bytes/s")
        if self.disconnects_per_minute:
            said.append(f"{self.disconnects_per_minute:g} disconnects/min")
        return ", ".join(said) or "perfect"

    @property
    def is_perfect(self) -> bool:
        """Whether there is nothing to simulate."""
        delays = self.rtt_ms or self.jitter_ms or self.stalls_per_s * self.stall_ms
        return not (delays or self.bandwidth_bytes_per_s or self.disconnects_per_minute)


_LIMITS: Final = {
    "rtt_ms": DELAY_MS_MAX,
    "jitter_ms": DELAY_MS_MAX,
    "stalls_per_s": STALLS_PER_S_MAX,
    "stall_ms": DELAY_MS_MAX,
    "bandwidth_bytes_per_s": 1e12,
    "disconnects_per_minute": DISCONNECTS_PER_MINUTE_MAX,
}

PERFECT: Final = Conditions()


class Chance:
    """Numbers from a seed of 32 bits: the generator mulberry32, which every language computes alike.

    A counter goes up by 0x6D2B79F5, and each number is the counter, hashed.
    """

    def __init__(self, seed: int) -> None:
        self._counter = seed & _WORD

    def word(self) -> int:
        """The next whole number below 2³²."""
        self._counter = counter = (self._counter + 0x6D2B79F5) & _WORD
        mixed = (counter ^ counter >> 15) * (counter | 1) & _WORD
        mixed ^= mixed + ((mixed ^ mixed >> 7) * (mixed | 61) & _WORD) & _WORD
        return mixed ^ mixed >> 14

    def share(self) -> float:
        """The next number from 0 to below 1."""
        return self.word() / 4_294_967_296.0


def seed_of(seed: int, number: int) -> int:
    """The seed of the bot, or connection, of that number in a run with `seed`."""
    return crc32(f"{seed}/{number}".encode())


class Way:
    """One direction of a connection. Its stalls depend on the seed and on time alone, not on what is sent."""

    def __init__(self, conditions: Conditions, seed: int, now_ms: float) -> None:
        chance = Chance(seed)
        self._jitter, self._stalls = Chance(chance.word()), Chance(chance.word())
        self._free_ms = now_ms
        """When the bottleneck has passed on all it was given."""
        self._arrival_ms = now_ms
        """The latest; nothing arrives before it any more."""
        self.change(conditions, now_ms)

    def change(self, conditions: Conditions, now_ms: float) -> None:
        """From now on the network is like this; what is under way arrives as it would have."""
        self.conditions = conditions
        self._stall_ms = self._stalled_until_ms = inf
        if conditions.stalls_per_s > 0.0:
            self._stall_after(now_ms)

    @property
    def stall(self) -> tuple[float, float]:
        """From when to when the next stall is, or that which we are in, as far as anything was sent: in ms."""
        return self._stall_ms, self._stalled_until_ms

    def arrival_ms(self, now_ms: float, size_bytes: int) -> float:
        """When a message that is sent now arrives: never before one that was asked about earlier."""
        conditions = self.conditions
        arrival_ms = now_ms
        if conditions.bandwidth_bytes_per_s > 0.0:
            arrival_ms = max(now_ms, self._free_ms) + size_bytes * 1000.0 / conditions.bandwidth_bytes_per_s
            self._free_ms = arrival_ms
        arrival_ms += conditions.rtt_ms * 0.5
        if conditions.jitter_ms > 0.0:
            arrival_ms += conditions.jitter_ms * 0.5 * self._jitter.share()
        arrival_ms = max(arrival_ms, self._arrival_ms)
        while arrival_ms >= self._stalled_until_ms:
            self._stall_after(self._stalled_until_ms)
        if arrival_ms >= self._stall_ms:
            arrival_ms = self._stalled_until_ms
        self._arrival_ms = arrival_ms
        return arrival_ms

    def _stall_after(self, moment_ms: float) -> None:
        """Draw the next stall, none being left before `moment_ms`."""
        pause_ms = 1000.0 / self.conditions.stalls_per_s - self.conditions.stall_ms
        self._stall_ms = moment_ms + pause_ms * 2.0 * self._stalls.share()
        self._stalled_until_ms = self._stall_ms + self.conditions.stall_ms


class Pipe(Generic[T]):
    """What is under way in one direction, in order."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self.held_bytes = 0
        self._held: deque[tuple[float, int, T]] = deque()

    def put(self, item: T, size_bytes: int, now_ms: float) -> None:
        """Send `item`. A full pipe takes it as well: not to fill it any more is the sender's part."""
        self._held.append((self.way.arrival_ms(now_ms, size_bytes), size_bytes, item))
        self.held_bytes += size_bytes

    def take(self, now_ms: float) -> list[T]:
        """What has arrived by now."""
        held, arrived = self._held, []
        while held and held[0][0] <= now_ms:
            _, size_bytes, item = held.popleft()
            self.held_bytes -= size_bytes
            arrived.append(item)
        return arrived

    @property
    def next_ms(self) -> float:
        """When the next item arrives; infinity when nothing is under way."""
        return self._held[0][0] if self._held else inf

    @property
    def is_full(self) -> bool:
        return self.held_bytes >= HELD_BYTES_MAX or len(self._held) >= HELD_ITEMS_MAX

    def __len__(self) -> int:
        return len(self._held)


class Route(Generic[T]):
    """Both ways of one connection, and when it breaks."""

    def __init__(self, conditions: Conditions, seed: int, now_ms: float) -> None:
        chance = Chance(seed)
        self.up: Pipe[T] = Pipe(Way(conditions, chance.word(), now_ms))
        self.down: Pipe[T] = Pipe(Way(conditions, chance.word(), now_ms))
        self.breaks_ms = inf
        if conditions.disconnects_per_minute > 0.0:
            self.breaks_ms = now_ms + 120_000.0 / conditions.disconnects_per_minute * chance.share()
