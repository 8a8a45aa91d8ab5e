"""One player's inputs, by tick: whatever arrives, exactly one comes out for each tick.

    on time       the tick has it
    late          its tick has passed: its newest values and every edge count for the coming tick
    missing       the last one is held, without its edges, up to INPUT_HOLD_TICKS_MAX; then neutral

With an input comes the message that it was said in: what that says of its sender (`stamps`) is read when it matters. An
edge is never lost and never repeated. Memory is bounded by INPUT_AHEAD_TICKS_MAX entries.
"""

from collections.abc import Sequence
from math import inf
from typing import Final

from msgspec.structs import replace

from protocol.errors import Code, Violation
from protocol.limits import INPUT_AHEAD_TICKS_MAX, INPUT_HOLD_TICKS_MAX
from protocol.messages import Inputs
from protocol.motion import Input
from server.statistics import RoomStatistics

NO_SLACK: Final = inf
"""No input came."""
SavedInputs = tuple[int, int, tuple[int, int, int, int, int], int]
"""An input buffer in a checkpoint: ack, newest, the fields of the input that is held, for how many ticks it has been.
It is plain, for a full room has a thousand of them and the tick waits."""


class InputBuffer:
    """The inputs of one player. `statistics` is the room's."""

    __slots__ = (
        "_by_tick",
        "_held",
        "_held_ticks",
        "_late",
        "_late_said",
        "_slack_ms",
        "_statistics",
        "ack",
        "late_ticks",
        "newest",
        "said",
    )

    def __init__(self, statistics: RoomStatistics) -> None:
        self.ack = 0
        """The newest tick that was simulated from an input of the player's own."""
        self.newest = 0
        """The newest tick that an input has arrived for."""
        self.said: Inputs | None = None
        """The message in which the input that was taken last, or is held, came."""
        self.late_ticks = 0
        """How long after its tick that was taken."""
        self._statistics = statistics
        self._by_tick: dict[int, tuple[Input, float, Inputs | None]] = {}
        self._late: Input | None = None
        self._late_said: Inputs | None = None
        self._held = Input()
        self._held_ticks = INPUT_HOLD_TICKS_MAX
        self._slack_ms = NO_SLACK

    def __len__(self) -> int:
        return len(self._by_tick)

    def save(self) -> SavedInputs:
        """What outlasts the connection; inputs for ticks to come are sent again by whoever comes back."""
        held = self._held
        fields = held.move_x, held.move_y, held.aim, held.buttons, held.edges
        return self.ack, self.newest, fields, self._held_ticks

    def restore(self, saved: SavedInputs) -> None:
        self.ack, self.newest, held, self._held_ticks = saved
        self._held = Input(*held)

    def put(
        self,
        first_tick: int,
        entries: Sequence[Input],
        next_tick: int,
        now_s: float,
        tick_s: float,
        said: Inputs | None = None,
    ) -> None:
        """Take what arrived at `now_s`, in the message `said`; `next_tick` is the tick that will be gathered next.

        Raises Violation when an entry is too far ahead; the entries before it are kept.
        """
        for tick, entry in enumerate(entries, first_tick):
            if tick >= next_tick:
                if tick > next_tick + INPUT_AHEAD_TICKS_MAX:
                    raise Violation(
                        Code.INPUT_TOO_FAR,
                        f"tick {tick} is more than {INPUT_AHEAD_TICKS_MAX} ticks ahead of {next_tick}",
                    )
                self._by_tick.setdefault(tick, (entry, now_s, said))
            elif tick > self.ack:
                self._put_late(tick, entry, -(next_tick - tick) * tick_s * 1000.0)
                self._late_said = said
            self.newest = max(self.newest, tick)

    def _put_late(self, tick: int, entry: Input, slack_ms: float) -> None:
        self._statistics.inputs_late += 1
        self.ack = tick
        edges = self._late.edges if self._late is not None else 0
        self._late = replace(entry, edges=entry.edges | edges)
        self._slack_ms = min(self._slack_ms, slack_ms)

    def take(self, tick: int, now_s: float) -> Input:
        """The input for `tick`, gathered at `now_s`. Called once for each tick, in order."""
        late, self._late = self._late, None
        found = self._by_tick.pop(tick, None)
        if found is not None:
            entry, arrived_s, self.said = found
            self.ack, self.late_ticks = tick, 0
            slack_ms = (now_s - arrived_s) * 1000.0
            if slack_ms < self._slack_ms:  # noqa: PLR1730  # a call would cost as much as all the rest
                self._slack_ms = slack_ms
            if late is None and not entry.edges:  # as nearly always: `_hold`, without another call
                self._statistics.inputs += 1
                self._held, self._held_ticks = entry, 0
                return entry
            edges = late.edges if late is not None else 0
            return self._hold(replace(entry, edges=entry.edges | edges))
        if late is not None:
            self.said, self.late_ticks = self._late_said, tick - self.ack
            return self._hold(late)
        return self._missing()

    def _hold(self, entry: Input) -> Input:
        self._statistics.inputs += 1
        self._held = replace(entry, edges=0) if entry.edges else entry
        self._held_ticks = 0
        return entry

    def _missing(self) -> Input:
        if self.newest:  # a player that has not begun to send misses nothing
            self._statistics.inputs_missing += 1
        if self._held_ticks < INPUT_HOLD_TICKS_MAX:
            self._held_ticks += 1
            self.late_ticks = 0
            return self._held
        return Input(aim=self._held.aim)

    def take_slack_ms(self) -> float:
        """The tightest slack since the last call; NO_SLACK when no input came."""
        slack_ms, self._slack_ms = self._slack_ms, NO_SLACK
        return slack_ms
