"""Numbers that the pure code counts and `telemetry` exports. Plain objects: adding to a field is all that it costs.

Dataclasses and not msgspec's structs, for the whole inherits the fields of all its parts, which structs can't.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass
class Counters:
    """What all of these can do."""

    def add(self, part: Counters) -> None:
        """Count what `part` has counted, too: each of its fields is one of ours."""
        for field in fields(part):
            setattr(self, field.name, getattr(self, field.name) + getattr(part, field.name))


@dataclass
class Traffic(Counters):
    """What crossed the sockets; links count into it."""

    sent_bytes: int = 0
    sent_messages: int = 0
    received_bytes: int = 0
    received_messages: int = 0
    turned_away: int = 0
    connections_failed: int = 0
    """Ended by a mistake of our own."""


@dataclass
class Faults(Counters):
    """Mistakes of our own that came to light, each with a traceback in the log."""

    rooms_failed: int = 0
    chores_failed: int = 0


@dataclass
class Opening(Counters):
    """What became of rooms that are opened on demand."""

    rooms_opened: int = 0
    rooms_ended: int = 0
    opens_refused: int = 0
    """For a limit: too many rooms, in all or by one."""


@dataclass
class Keeping(Counters):
    """What became of checkpoints."""

    checkpoints: int = 0
    checkpoints_skipped: int = 0
    checkpoints_failed: int = 0
    checkpoints_superseded: int = 0
    """Of rooms with which another process had gone on by then."""
    checkpoints_refused: int = 0
    checkpoint_bytes: int = 0
    checkpoint_ms: float = 0.0


@dataclass
class ChatStatistics(Counters):
    """What was said, what was not, and what is remembered of it."""

    chat_lines: int = 0
    chat_commands: int = 0
    chat_refused: int = 0
    chat_filter_failed: int = 0
    chat_filter_late: int = 0
    chat_filter_waiting: int = 0
    chat_reported: int = 0
    chat_missed: int = 0
    chat_overheard: int = 0
    chat_not_overheard: int = 0
    chat_remembered: int = 0
    chat_mutes: int = 0
    chat_reports: int = 0


@dataclass
class Recorded(Counters):
    """What became of recordings, and what there is of replays; and of drafts of what is built."""

    recordings: int = 0
    recordings_dropped: int = 0
    recordings_failed: int = 0
    recording_waiting_bytes: int = 0
    replays: int = 0
    replay_bytes: int = 0
    drafts: int = 0
    draft_bytes: int = 0
    drafts_failed: int = 0


@dataclass
class Watched(Counters):
    """Admins who watch the server's numbers."""

    stats_watchers: int = 0
    stats_remembered: int = 0
    stats_skipped: int = 0


@dataclass
class Written(Counters):
    """What became of matches that standings were told of."""

    results_written: int = 0
    results_dropped: int = 0
    results_waiting: int = 0
    standings_away: int = 0


@dataclass
class Minding(Counters):
    """What systemd and Agones were told, and what Agones makes of it."""

    pings: int = 0
    pings_withheld: int = 0
    """For no tick had come since the one before."""
    minders_failed: int = 0
    agones_allocated: int = 0
    """Whether, as 0 or 1."""


@dataclass
class InCompany(Counters):
    """How a process fares with the directory of many."""

    directory_answers: int = 0
    directory_unanswered: int = 0
    leases_lost: int = 0
    rooms_lost: int = 0
    rooms_adopted: int = 0
    orphans_let_go: int = 0
    adoption_s: float = 0.0
    homes: int = 0


@dataclass
class InFleet(Counters):
    """What processes of one directory tell each other."""

    news_said: int = 0
    news_heard: int = 0
    news_refused: int = 0
    news_dropped: int = 0
    forgotten_waiting: int = 0
    forgotten_dropped: int = 0
    peers: int = 0


@dataclass
class RoomStatistics(Counters):
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
    late_left_out: int = 0


@dataclass
class Statistics(
    RoomStatistics,
    Traffic,
    Faults,
    Keeping,
    Watched,
    ChatStatistics,
    Opening,
    Recorded,
    Written,
    Minding,
    InCompany,
    InFleet,
):
    """The whole process at one moment: gauges, and the counters of all its rooms and links since it started."""

    rooms: int = 0
    rooms_resting: int = 0
    rooms_private: int = 0
    visitors: int = 0
    players: int = 0
    bots: int = 0
    spectators: int = 0
    sessions: int = 0
    viewers_blocked: int = 0
    viewers_lagging: int = 0
    waiting_bytes: int = 0
    waiting_events: int = 0
    late_bytes: int = 0
    entities: int = 0
    refused: int = 0
    too_slow: int = 0
    not_authenticated: int = 0
    lanes_behind: int = 0
    hellos_waiting: int = 0
    bans: int = 0
    mutes: int = 0
