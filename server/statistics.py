"""Numbers that the pure code counts and `telemetry` exports. Plain structs: adding to a field is all that it costs."""

from msgspec import Struct


class Traffic(Struct):
    """What crossed the sockets; links count into it."""

    sent_bytes: int = 0
    sent_messages: int = 0
    received_bytes: int = 0
    received_messages: int = 0
    turned_away: int = 0
    connections_failed: int = 0
    """Ended by a mistake of our own."""


class Faults(Struct):
    """Mistakes of our own that came to light, each with a traceback in the log."""

    rooms_failed: int = 0
    chores_failed: int = 0


class Keeping(Struct):
    """What became of checkpoints."""

    checkpoints: int = 0
    checkpoints_skipped: int = 0
    checkpoints_failed: int = 0
    checkpoints_refused: int = 0
    checkpoint_bytes: int = 0
    checkpoint_ms: float = 0.0


class RoomStatistics(Struct):
    """What one room has counted since it opened."""

    inputs: int = 0
    inputs_late: int = 0
    inputs_missing: int = 0
    ticks_shifted: int = 0
    checksum_mismatches: int = 0
    snapshots: int = 0
    snapshots_skipped: int = 0
    keyframes: int = 0
    entities_refused: int = 0
    rewinds: int = 0
    stamps_refused: int = 0
    edits: int = 0
    edits_refused: int = 0


class Statistics(RoomStatistics):
    """The whole process at one moment: gauges, and the counters of all its rooms and links since it started."""

    rooms: int = 0
    players: int = 0
    bots: int = 0
    spectators: int = 0
    sessions: int = 0
    viewers_blocked: int = 0
    viewers_lagging: int = 0
    waiting_bytes: int = 0
    waiting_events: int = 0
    entities: int = 0
    refused: int = 0
    too_slow: int = 0
    not_authenticated: int = 0
    hellos_waiting: int = 0
    bans: int = 0
    mutes: int = 0
    sent_bytes: int = 0
    sent_messages: int = 0
    received_bytes: int = 0
    received_messages: int = 0
    turned_away: int = 0
    rooms_failed: int = 0
    connections_failed: int = 0
    chores_failed: int = 0
    checkpoints: int = 0
    checkpoints_skipped: int = 0
    checkpoints_failed: int = 0
    checkpoints_refused: int = 0
    checkpoint_bytes: int = 0
    checkpoint_ms: float = 0.0
