"""What `/metrics` says, for Prometheus.

The pure code counts in plain objects (`server.statistics`); they are read when somebody asks, by `_Counted`.
Only the tick's durations are observed as they happen: `tick_done`, twice a tick, is all that the game pays.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from server.statistics import Statistics
from server.stats import Buckets, buckets_of

TICK_BUCKETS_S = tuple(
    ms / 1000
    for ms in (0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8, 10, 12, 14, 16.7, 20, 25, 35, 50, 100, 250, 1000)
)
"""Fine enough to read percentiles in milliseconds from."""

COUNTERS = {
    "inputs": "Inputs that players sent",
    "inputs_late": "Inputs that came after their tick",
    "inputs_missing": "Ticks of a player for which no input had come",
    "ticks_shifted": "Ticks that were given up because the process was too slow",
    "checksum_mismatches": "Cells that a client believed something else about; it must never happen",
    "snapshots": "Snapshots posted to viewers",
    "snapshots_skipped": "Snapshots that a viewer missed because its socket was full, or because it lags",
    "keyframes": "Cells that were sent as keyframes",
    "entities_refused": "Entities that were not made because the room was full",
    "rewinds": "Instant hits judged where their player saw things",
    "stamps_refused": "Of these, those whose player said it saw what is too old or can't be",
    "edits": "Edits of arenas that are built together",
    "edits_refused": "Edits that were not taken, with a sentence why",
    "late_left_out": "Snapshots that spectators who are shown a room late will not see, for want of memory",
    "refused": "Conversations ended because the client broke the protocol",
    "too_slow": "Conversations ended because the client did not keep up",
    "not_authenticated": "Tokens that were refused, and hellos that lacked one",
    "sent_bytes": "Bytes written to players",
    "sent_messages": "Messages written to players",
    "received_bytes": "Bytes read from players",
    "received_messages": "Messages read from players",
    "turned_away": "Connections and requests refused because there were too many, in all or from one address",
    "rooms_failed": "Rooms ended by a mistake of the server's own",
    "connections_failed": "Connections ended by a mistake of the server's own",
    "chores_failed": "Deadlines that could not be kept because of a mistake of the server's own",
    "rooms_opened": "Rooms opened on demand",
    "rooms_ended": "Rooms opened on demand that have come to their end",
    "opens_refused": "Rooms that were not opened because there were too many, in all or by one person",
    "checkpoints": "Checkpoints written",
    "checkpoints_skipped": "Checkpoints left out because the one before was still being written",
    "checkpoints_failed": "Checkpoints that could not be made or written",
    "checkpoints_superseded": "Checkpoints not written, for another process had gone on with the room",
    "checkpoints_refused": "Checkpoints that were found and could not be gone on from",
    "chat_lines": "Lines said in a channel",
    "chat_commands": "Commands given in chat",
    "chat_refused": "Lines and commands that were refused with a sentence",
    "chat_filter_failed": "Lines that the operator's word filter failed on",
    "chat_filter_late": "Lines that were refused because the operator's word filter had not answered in time",
    "chat_reported": "Reports about people",
    "chat_missed": "Lines that somebody in the lobby missed because their socket was full",
    "chat_overheard": "Lines of the lobby that were said in another process",
    "chat_not_overheard": "Lines of another process that nobody was told: their speaker is mute, or they were too many",
    "recordings": "Matches recorded",
    "recordings_dropped": "Recordings given up because they could not be written as fast as they grew, or failed",
    "recordings_failed": "Times that a replay could not be written",
    "drafts_failed": "Times that a draft of what is built could not be kept",
    "stats_skipped": "Numbers that an admin's dashboard missed because its socket was full",
    "results_written": "Matches between people that standings were changed by",
    "results_dropped": "Matches that were not written down: the database was away for too long, or refused them",
    "directory_answers": "Questions to the directory of many processes that were answered",
    "directory_unanswered": "Questions to it that were not: it was away, or absent",
    "leases_lost": "Times that the directory took this process for gone",
    "rooms_lost": "Rooms that had to stop because they may be another process's",
    "news_said": "Messages to the other processes of the directory",
    "news_heard": "Messages of other processes",
    "news_refused": "Messages on their channel that are none, or break a limit",
    "news_dropped": "Messages to other processes, or of them, that were lost: Redis was away, or too many waited",
    "forgotten_dropped": "People who were forgotten by another process and not by this one: too many waited",
    "rooms_adopted": "Rooms of other processes, or of a former life, that go on here from their checkpoint",
    "orphans_let_go": "Rooms without an owner of which nothing was left to go on from",
    "standings_away": "Tries to reach the standings' database that failed",
    "pings": "Times that systemd or Agones were told that the game is well",
    "pings_withheld": "Times that they were not, because no tick had come since the last time",
    "minders_failed": "Times that they could not be told",
}
"""Fields of `Statistics` that only grow, and what they count."""

GAUGES = {
    "rooms": "Rooms that are open",
    "rooms_resting": "Of these, those that don't tick because nobody is there",
    "rooms_private": "Of these, those that aren't listed",
    "visitors": "Conversations in the lobby",
    "players": "Players with a seat, connected or expected back",
    "bots": "Players that are bots",
    "spectators": "Spectators with a seat",
    "sessions": "Conversations under way",
    "viewers_blocked": "Viewers whose socket is full",
    "viewers_lagging": "Viewers whose socket takes more than they do: they are sent fewer snapshots",
    "waiting_bytes": "Bytes held in this process for sockets that are full, or for the library to fetch",
    "lanes_behind": "Connections that sent so much at once that the rest of it waits for its turn",
    "forgotten_waiting": "People who were forgotten by another process, and are yet to be by this one's disk",
    "waiting_events": "Events owed to viewers and not yet posted",
    "late_bytes": "Bytes of rooms' recent past that are held to be shown to spectators late",
    "entities": "Entities in all rooms",
    "checkpoint_bytes": "Size of the latest checkpoint",
    "checkpoint_ms": "How long the latest checkpoint kept the game's thread busy",
    "recording_waiting_bytes": "Bytes of recordings held in this process until they are written",
    "drafts": "Drafts of what people have built",
    "draft_bytes": "Bytes of these drafts",
    "replays": "Replays in the folder",
    "replay_bytes": "Size of all of them",
    "results_waiting": "Matches that wait to be written down in the standings",
    "hellos_waiting": "Hellos that wait for the key of their token",
    "bans": "Bans in the table, those that have ended lately included",
    "mutes": "Mutes in the table, those that have ended lately included",
    "chat_filter_waiting": "Lines that wait for the operator's word filter",
    "chat_remembered": "Lines that are remembered for those who come",
    "chat_mutes": "Mutes of people for themselves, of all who are connected",
    "chat_reports": "Reports that wait for an admin",
    "stats_watchers": "Admins' dashboards that are told the numbers as they change",
    "stats_remembered": "Moments that are remembered for admins' dashboards",
    "homes": "Other processes that people here are told of, to come back to when this one is gone",
    "peers": "Other processes of the directory that are heard",
    "adoption_s": "Of the room adopted last: how long after its owner's lease had ended it went on here, in seconds",
    "agones_allocated": "Whether Agones has this server down as allocated: 1, or 0",
}


class Telemetry:
    """The registry of one process. `statistics` and `connections` are asked at each scrape."""

    def __init__(self, statistics: Callable[[], Statistics], connections: Callable[[], int]) -> None:
        self._registry = CollectorRegistry()
        self._duration = _TickHistogram("duration", "How long a tick took to compute")
        self._lateness = _TickHistogram("lateness", "How long after it was due a tick began")
        for histogram in (self._duration, self._lateness):
            self._registry.register(histogram)
        self._registry.register(_Counted(statistics, connections))
        ProcessCollector(registry=self._registry)

    def tick_done(self, duration_s: float, lateness_s: float) -> None:
        self._duration.observe(duration_s)
        self._lateness.observe(lateness_s)

    def durations(self) -> Buckets:
        """Of all ticks so far."""
        return buckets_of(self._duration.family())

    def families(self) -> Iterable[Metric]:
        """All metrics as they are now."""
        return self._registry.collect()

    def exposition(self) -> tuple[bytes, str]:
        """The text that Prometheus reads, and its content type."""
        return generate_latest(self._registry), CONTENT_TYPE_PLAIN_0_0_4


class _TickHistogram(Collector):
    """Of one thing about ticks. The library's own looks bound after bound for the bucket and takes a lock, as it must
    where threads observe: a hundredth of a small room's tick."""

    def __init__(self, what: str, documentation: str) -> None:
        self._name, self._documentation = f"ricochet_tick_{what}_seconds", documentation
        self._counts, self._sum_s = [0] * (len(TICK_BUCKETS_S) + 1), 0.0

    def observe(self, seconds: float) -> None:
        self._counts[bisect_left(TICK_BUCKETS_S, seconds)] += 1
        self._sum_s += seconds

    def family(self) -> HistogramMetricFamily:
        bounds = [*map(str, TICK_BUCKETS_S), "+Inf"]
        buckets = [(bound, float(count)) for bound, count in zip(bounds, accumulate(self._counts), strict=True)]
        return HistogramMetricFamily(self._name, self._documentation, buckets, self._sum_s)

    def collect(self) -> Iterator[Metric]:
        yield self.family()


class _Counted(Collector):
    """Reads the plain objects at scrape time."""

    def __init__(self, statistics: Callable[[], Statistics], connections: Callable[[], int]) -> None:
        self._statistics = statistics
        self._connections = connections

    def collect(self) -> Iterator[Metric]:
        now = self._statistics()
        for field, documentation in COUNTERS.items():
            yield CounterMetricFamily(f"ricochet_{field}", documentation, value=getattr(now, field))
        for field, documentation in GAUGES.items():
            yield GaugeMetricFamily(f"ricochet_{field}", documentation, value=getattr(now, field))
        yield GaugeMetricFamily("ricochet_connections", "Open sockets, HTTP included", value=self._connections())
