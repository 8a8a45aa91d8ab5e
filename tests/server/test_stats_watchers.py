"""Conversations at `/stats`: who comes in, what they are told, and that none of them costs the others anything."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from bench.line import MemoryLink
from protocol.errors import Code
from protocol.limits import SUBPROTOCOL_JSON
from protocol.stats import EVERY_S, LOOKS_BURST_MAX, WATCHERS_MAX
from server.cluster.reach import Reach
from server.gate import Gate
from server.moderation import Moderation
from server.stats_watchers import (
    ASK_AGAIN_CASTS,
    BLOCKED_CASTS_MAX,
    HELLO_CASTS_MAX,
    UNWATCHED_CASTS,
    State,
    Watcher,
    Watchers,
)
from server.telemetry import Telemetry
from server.tokens import Rules, Verifier
from tests.instruments.keys import ED25519, HMAC, NOW_UNIX_S, token
from tests.instruments.stepper import Stepper

ADMIN = token(sub="root", role="admin")


class House:
    """A lobby with its metrics, and admins who look at them."""

    def __init__(self, knows_keys: bool = True) -> None:
        self.unix_s = float(NOW_UNIX_S)
        verifier = Verifier([HMAC], Rules()) if knows_keys else None
        self.stepper = Stepper(gate=Gate(verifier, clock=lambda: self.unix_s))
        self.lobby = self.stepper.lobby
        self.telemetry = Telemetry(self.lobby.statistics, lambda: 1)
        self.collected = 0
        reach = Reach(Moderation(self.lobby, self.lobby.close_room, lambda: None))
        self.watchers = Watchers(self.lobby, self.families, reach)
        self.now_s = 0.0

    def families(self) -> Any:
        self.collected += 1
        return self.telemetry.families()

    def meet(self) -> "Admin":
        link = MemoryLink(SUBPROTOCOL_JSON)
        return Admin(self, self.watchers.meet(link, self.now_s), link)

    def watch(self, token: str | None = ADMIN) -> "Admin":
        admin = self.meet()
        admin.say(type="hello", version=1, token=token)
        return admin

    def cast(self, times: int = 1) -> None:
        for _ in range(times):
            self.now_s += EVERY_S
            self.watchers.cast(self.now_s, round(self.now_s * 1000))


class Admin:
    def __init__(self, house: House, watcher: Watcher, link: MemoryLink) -> None:
        self.house, self.watcher, self.link = house, watcher, link

    def say(self, **message: Any) -> None:
        self.watcher.receive(json.dumps(message), self.house.now_s)

    def heard(self, kind: str) -> list[dict[str, Any]]:
        said = [json.loads(message) for message in self.link.sent]
        return [message for message in said if message["type"] == kind]

    @property
    def stats(self) -> list[dict[str, Any]]:
        return self.heard("stats")

    def end(self) -> tuple[int, str]:
        [bye] = self.heard("bye")
        assert self.link.closed == (bye["code"], bye["sentence"])
        assert self.watcher.state is State.ENDED
        assert self.watcher not in self.house.watchers.all
        return bye["code"], bye["sentence"]


@pytest.fixture
def house() -> House:
    return House()


# who comes in ----------------------------------------------------------------------------------------------


def test_an_admin_is_welcomed_and_told_twice_a_second(house: House) -> None:
    admin = house.watch()
    [welcome] = admin.heard("welcome")
    assert (welcome["subject"], welcome["every_s"], welcome["past"]["at_ms"]) == ("root", EVERY_S, [])
    house.cast(3)
    assert [stats["at_ms"] for stats in admin.stats] == [1000, 1500], "the first sample has none before it"
    assert house.lobby.statistics().stats_watchers == 1
    admin.watcher.lost(house.now_s)
    assert house.lobby.statistics().stats_watchers == 0


@pytest.mark.parametrize(
    ("presented", "code", "names"),
    [
        (None, Code.NOT_AUTHENTICATED, "show a token"),
        ("rubbish", Code.NOT_AUTHENTICATED, "not valid"),
        (token(exp=1, role="admin"), Code.NOT_AUTHENTICATED, "expired"),
        (token(role="player"), Code.NOT_ALLOWED, "the role player may not"),
        (token(role="editor"), Code.NOT_ALLOWED, "the role editor may not"),
        (token(role="spectator"), Code.NOT_ALLOWED, "the role spectator may not"),
        (token(), Code.NOT_ALLOWED, "the role player may not"),
    ],
)
def test_without_the_role_it_ends_with_a_sentence(house: House, presented: str, code: Code, names: str) -> None:
    stranger = house.watch(presented)
    house.cast(3)
    assert stranger.end()[0] == code
    assert names in stranger.end()[1]
    assert not stranger.stats
    assert house.collected == 0, "nothing was made for nobody"


def test_coming_in_and_each_attempt_is_written_down(house: House) -> None:
    with capture_logs() as logs:
        house.watch()
        house.watch(token(role="player"))
    written = [{**entry, "log_level": ""} for entry in logs]
    why = "the server's numbers are for admins; the role player may not see them"
    assert written == [
        {"event": "admin", "action": "watch", "by": "root", "address": "memory", "log_level": ""},
        {"event": "admin refused", "action": "watch", "address": "memory", "why": why, "log_level": ""},
    ]


def test_a_server_without_keys_says_how_an_operator_gets_in() -> None:
    code, sentence = House(knows_keys=False).watch().end()
    assert code == Code.NOT_AUTHENTICATED
    assert "--jwt-secret" in sentence


def test_hello_comes_first_once_in_our_version_and_soon(house: House) -> None:
    early, twice, newer, silent = house.meet(), house.watch(), house.meet(), house.meet()
    early.say(type="look")
    twice.say(type="hello", version=1, token=ADMIN)
    newer.say(type="hello", version=2, token=ADMIN)
    house.cast(HELLO_CASTS_MAX)
    assert silent.link.closed is None
    house.cast()
    ended = [admin.end()[0] for admin in (early, twice, newer, silent)]
    assert ended == [Code.HELLO_EXPECTED, Code.HELLO_TWICE, Code.WRONG_VERSION, Code.HELLO_TIMEOUT]


def test_there_are_only_so_many(house: House) -> None:
    inside = [house.watch() for _ in range(WATCHERS_MAX)]
    assert house.watch().end()[0] == Code.SERVER_FULL
    assert house.lobby.statistics().stats_watchers == WATCHERS_MAX
    inside[0].watcher.lost(0.0)
    assert house.watch().link.closed is None


def test_what_is_no_message_ends_the_one_who_said_it(house: House) -> None:
    rude, polite = house.watch(), house.watch()
    rude.watcher.receive("{", 0.0)
    assert rude.end()[0] == Code.MALFORMED
    house.cast(2)
    assert len(polite.stats) == 1


def test_a_flood_ends(house: House) -> None:
    admin = house.watch()
    for _ in range(LOOKS_BURST_MAX):
        admin.say(type="look")
    assert admin.end()[0] == Code.TOO_MANY_MESSAGES


def waiting(house: House) -> Admin:
    house.lobby.gate.ask_for_keys = lambda: True
    admin = house.watch(token(ED25519, "EdDSA", role="admin"))
    assert admin.watcher.state is State.WAITING
    return admin


def test_a_token_whose_key_is_fetched_waits_for_it(house: House) -> None:
    admin = waiting(house)
    verifier = house.lobby.gate.verifier
    assert verifier is not None
    verifier.keys = [ED25519]
    for again in house.lobby.gate.take_waiting():
        again(0.0)
    house.cast(2)
    assert len(admin.stats) == 1


def test_a_key_that_never_comes_ends_it(house: House) -> None:
    refused, gone = waiting(house), waiting(house)
    gone.watcher.lost(0.0)
    for again in house.lobby.gate.take_waiting():
        again(0.0)
    assert refused.end()[0] == Code.NOT_AUTHENTICATED
    assert gone.link.closed is None


def test_who_watches_for_long_does_so_for_as_long_as_the_token_is_good(house: House) -> None:
    admin = house.watch()
    house.cast(ASK_AGAIN_CASTS)
    assert admin.link.closed is None
    house.unix_s += 2 * 3600
    house.cast(ASK_AGAIN_CASTS)
    assert admin.end()[0] == Code.NOT_AUTHENTICATED


# what they are told ----------------------------------------------------------------------------------------


def test_the_numbers_are_those_of_the_interval(house: House) -> None:
    admin = house.watch()
    house.telemetry.tick_done(0.2, 0.2)
    house.cast()
    for _ in range(30):
        house.telemetry.tick_done(0.0021, 0.0001)
    house.lobby.traffic.sent_bytes += 1000
    house.stepper.join("Ann")
    house.cast()
    [stats] = admin.stats
    assert (stats["ticks"], stats["seconds"]) == (30, EVERY_S)
    assert 2.0 <= stats["duration_ms"]["p50"] <= stats["duration_ms"]["p99"] <= 2.5
    assert stats["lateness_ms"]["p99"] <= 0.25
    assert stats["rates"]["sent_bytes"] == 2000
    assert stats["totals"]["sent_bytes"] == 1000
    assert stats["gauges"]["players"] == 1
    assert [room["name"] for room in stats["rooms"]] == ["main"]
    assert [row["name"] for row in stats["sessions"]["rows"]] == ["Ann"]
    house.cast()
    assert admin.stats[-1]["duration_ms"] is None


def test_it_is_made_once_for_all_who_look_alike(house: House) -> None:
    admins = [house.watch() for _ in range(4)]
    admins[3].say(type="look", search="ann")
    house.stepper.join("Bob")
    house.cast(2)
    assert house.collected == 2
    told = [admin.link.sent[-1] for admin in admins]
    assert told[0] is told[1] is told[2]
    assert [len(admin.stats[-1]["sessions"]["rows"]) for admin in admins] == [1, 1, 1, 0]
    mine, others = admins[3].stats[-1], admins[0].stats[-1]
    assert {**mine, "sessions": None} == {**others, "sessions": None}


def test_where_nobody_can_watch_nothing_is_made_and_where_nobody_does_little() -> None:
    shut, open_ = House(knows_keys=False), House()
    for house in (shut, open_):
        house.cast(3 * UNWATCHED_CASTS)
    assert (shut.collected, open_.collected) == (0, 3)
    assert open_.lobby.statistics().stats_remembered == 2, "the first sample has none before it"


def test_who_comes_is_told_of_the_minutes_before(house: House) -> None:
    house.stepper.join("Ann")
    house.cast(UNWATCHED_CASTS)
    house.lobby.traffic.sent_bytes += 1000
    house.telemetry.tick_done(0.002, 0.0001)
    house.cast(UNWATCHED_CASTS)
    admin = house.watch()
    house.cast(2)
    [late] = house.watch().heard("welcome")
    past = late["past"]
    assert past["at_ms"] == [4000, 4500, 5000]
    assert (past["seconds"], past["ticks"]) == ([2.0, 0.5, 0.5], [1, 0, 0])
    assert [was and was["p99"] <= 2.0 for was in past["duration_ms"]] == [True, None, None]
    assert past["rates"]["sent_bytes"] == [500.0, 0.0, 0.0]
    assert past["gauges"]["players"] == [1.0, 1.0, 1.0]
    assert [stats["at_ms"] for stats in admin.stats] == [4500, 5000], "and goes on from there"


def test_who_is_slow_skips_to_the_newest_and_is_ended_in_the_end(house: House) -> None:
    slow, quick = house.watch(), house.watch()
    house.cast(2)
    slow.link.block()
    house.cast(3)
    slow.link.unblock()
    house.cast()
    assert [stats["at_ms"] for stats in slow.stats] == [1000, 3000]
    assert [stats["at_ms"] for stats in quick.stats] == [1000, 1500, 2000, 2500, 3000]
    assert house.lobby.statistics().stats_skipped == 3
    slow.link.block()
    house.cast(BLOCKED_CASTS_MAX)
    assert slow.link.closed is None
    house.cast()
    assert slow.link.closed is not None
    assert slow.link.closed[0] == Code.TOO_SLOW
    assert quick.link.closed is None


def test_when_the_server_stops_they_are_told(house: House) -> None:
    admins = [house.watch(), house.meet()]
    house.watchers.close(Code.SERVER_STOPPING, "the server is stopping")
    assert {admin.end() for admin in admins} == {(Code.SERVER_STOPPING, "the server is stopping")}
    admins[0].say(type="look")
    house.cast()


def test_bytes_are_the_players_and_mistakes_are_ours(house: House) -> None:
    house.watchers.traffic.sent_bytes += 5
    house.watchers.traffic.connections_failed += 1
    house.cast(2)
    assert house.lobby.statistics().sent_bytes == 0
    assert house.lobby.statistics().connections_failed == 1


@pytest.mark.parametrize("ending", [lambda admin: admin.watcher.lost(0.0), lambda admin: admin.watcher.end(4000, "x")])
def test_whoever_has_ended_is_counted_no_more_however_often_it_is_said(
    house: House, ending: Callable[[Admin], None]
) -> None:
    admin = house.watch()
    for _ in range(2):
        ending(admin)
    assert house.lobby.statistics().stats_watchers == 0
    assert not house.watchers.all


def test_strangers_make_nobody_look_at_the_numbers(house: House) -> None:
    house.meet()
    house.cast(UNWATCHED_CASTS - 1)
    assert house.collected == 0
    house.watch()
    house.cast()
    assert house.collected == 1
