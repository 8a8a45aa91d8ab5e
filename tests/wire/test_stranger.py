"""PROTOCOL.md is enough to play: a client that has nothing else joins, plays, chats, leaves and comes back."""

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

import pytest

from bots.metrics import parse_metrics
from tests.instruments.served import Served, served
from tests.wire.stranger import Stranger, open_stranger

ENCODINGS = ["ricochet.v1.msgpack", "ricochet.v1.json"]
LEAD_TICKS = 8
INPUTS_MAX = 32
"""In one message."""
TICKS = 480
TICK_S = "0.0167"
"""Of the buckets of lateness, the one that ends with a whole tick."""
CHECKED = 20
BESIDE = 5
"""Bodies that were near, each in each snapshot."""
TICKS_MAX = 7200
"""By then every cell that is seen was checked many times over, and much was met."""


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--bots", "3", "--seed", "5") as running:
        yield running


@contextmanager
def joined(server: Served, encoding: str, name: str = "Stranger", **fields: object) -> Iterator[Stranger]:
    with open_stranger(server.play_url, encoding) as stranger:
        stranger.tell("hello", version=1, name=name, **fields)
        stranger.hear_until("welcome")
        stranger.hear_until("snapshot")
        yield stranger


def say_goodbye(stranger: Stranger) -> None:
    stranger.tell("leave")
    assert stranger.hear_until("bye")["code"] == 1000


def play(stranger: Stranger) -> tuple[Counter[int], int]:
    """Fly and fire for a while: (how many ticks lay between snapshots, the last tick that an input was sent for).

    Time is the game's: a busy machine plays slower, and no worse.
    """
    last = began = stranger.hear_until("snapshot")["tick"]
    gaps, sent_until = Counter[int](), began + LEAD_TICKS - 1
    while last < began + TICKS or (not has_seen_enough(stranger) and last < began + TICKS_MAX):
        before, last = last, stranger.hear_until("snapshot")["tick"]
        gaps[last - before] += 1
        ticks = range(sent_until + 1, last + LEAD_TICKS + 1)[-INPUTS_MAX:]
        if ticks:
            entry = acted(stranger, last)
            stranger.tell("inputs", first_tick=ticks[0], entries=[entry] * len(ticks), applied=last)
            sent_until = ticks[-1]
    return gaps, sent_until


def ticks_caught_up(server: Served) -> float:
    """How many ticks the server has run late and together with others: of these it may have left out the snapshot."""
    with urlopen(f"{server.page_url}metrics") as answer:
        samples = parse_metrics(answer.read().decode())
    in_time, all_of_them = (
        samples[f'ricochet_tick_lateness_seconds_bucket{{le="{edge}"}}'] for edge in (TICK_S, "+Inf")
    )
    return all_of_them - in_time


def has_seen_enough(stranger: Stranger) -> bool:
    return stranger.checked >= CHECKED and len(stranger.near_errors) >= BESIDE


def acted(stranger: Stranger, tick: int) -> dict[str, int]:
    """Fire, and fly at what is closest, so that something is met; every other second round it."""
    x, y = stranger.towards_the_closest(tick)
    move_x, move_y = (x, y) if tick // 60 % 2 else (-y, x)
    return {"move_x": round(127 * move_x), "move_y": round(127 * move_y), "aim": 0, "buttons": 1, "edges": 0}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_stranger_plays(server: Served, encoding: str) -> None:
    with joined(server, encoding) as stranger:
        caught_up = ticks_caught_up(server)
        gaps, sent_until = play(stranger)
        caught_up = ticks_caught_up(server) - caught_up
        while stranger.ack < sent_until:
            stranger.hear()
        interval = stranger.welcome["tick_rate"] // stranger.welcome["snapshot_rate"]
        assert gaps.most_common(1)[0][0] == interval == 2, gaps
        owed = sum(gaps.elements()) / interval
        assert 0.95 * owed - caught_up <= gaps.total() <= owed + 1, (
            "30 a second, within 5 %, but what a late server leaves out"
        )
        assert stranger.ack == sent_until, "acks rise by exactly the inputs sent"
        assert stranger.acks_fell == 0
        assert stranger.checked >= CHECKED, "checksums were compared, and all of them agreed"
        assert len(stranger.near_errors) >= BESIDE, "something was near now and then"
        within = sum(error < 1.0 for error in stranger.near_errors) / len(stranger.near_errors)
        assert within > 0.75, "what is near is where it is published, but for the tolerance of beliefs"
        say_goodbye(stranger)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_ping_and_chat(server: Served, encoding: str) -> None:
    with joined(server, encoding, "Ann") as ann, joined(server, ENCODINGS[1], "Bob") as bob:
        ann.tell("ping", nonce=2**53 - 1, rtt_ms=20)
        assert ann.hear_until("pong")["nonce"] == 2**53 - 1
        ann.tell("chat", text="<b>hello</b> wörld")
        line = bob.hear_until("chat")
        assert (line["player"], line["text"]) == (ann.welcome["player"], "<b>hello</b> wörld")
        say_goodbye(ann)
        say_goodbye(bob)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_stranger_talks_in_the_lobby_hears_what_was_said_and_gives_commands(server: Served, encoding: str) -> None:
    with joined(server, ENCODINGS[1], "Bob") as bob:
        bob.tell("chat", text=f"anybody? {encoding}", to="lobby")
        bob.hear_until("chat")
        with open_stranger(server.play_url, encoding) as ann:
            ann.tell("hello", version=1, name="Ann Lee", role="visitor")
            said = ann.hear_until("chat")
            while said["text"] != f"anybody? {encoding}":
                said = ann.hear_until("chat")
            assert (said["to"], said["name"], said["old"], said["player"]) == ("lobby", "Bob", True, 0)
            ann.tell("chat", text="<b>here</b>", to="lobby")
            line = bob.hear_until("chat")
            assert (line["text"], line["name"], line["to"], line["old"]) == ("<b>here</b>", "Ann Lee", "lobby", False)
            bob.tell("chat", text=f"/mute #{line['who']}")
            assert bob.hear_until("chat")["text"].startswith("You don't hear Ann Lee #")
            ann.tell("chat", text="is this a room?")
            assert ann.hear_until("error")["code"] == 4018
            ann.tell("chat", text="/nonsense", to="lobby")
            assert "/help tells which there are" in ann.hear_until("error")["sentence"]
            say_goodbye(ann)
        say_goodbye(bob)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_coming_back_finds_the_same_ship(server: Served, encoding: str) -> None:
    with joined(server, encoding, "Phoenix") as before:
        player, token = before.welcome["player"], before.welcome["resume"]
        before.socket.socket.shutdown(socket.SHUT_RDWR)  # no close frame: as a network would
    with joined(server, encoding, "Phoenix", resume=token) as after:
        assert after.welcome["player"] == player
        assert after.welcome["resume"] != token
        with joined(server, encoding, "Thief", resume=token) as thief:
            assert thief.welcome["player"] != player
            after.hear_until("snapshot")
            say_goodbye(thief)
        say_goodbye(after)
