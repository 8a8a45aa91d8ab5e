"""The load's clients on socket pairs: what they send, what they count, and how they lose a contestant."""

import socket
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.contestants.wire import input_of
from bench.dialects import LEAD_TICKS, LEAD_TICKS_MAX, LEAD_TICKS_MIN
from bench.dialects.plain import PlainDialect
from bench.generator import (
    BEHIND_S_MAX,
    CLOSE,
    PING,
    PONG,
    SATURATED_LATENESS_S,
    SLICES,
    Load,
    Measured,
    next_tick,
)
from bench.scene import TICK_RATE, stick_of, variant_of
from protocol.frames import header, masked_frame, peel

SNAPSHOT = b"\x9a\x11\x2a" + bytes(200)
"""Of tick 42."""


class Peer(PlainDialect):
    """Whom the clients talk to: keeps the other end of each connection."""

    def __init__(self) -> None:
        self.ends: list[socket.socket] = []

    def join(self, port: int, number: int) -> socket.socket:
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        self.ends.append(theirs)
        return ours

    def say(self, number: int, payload: bytes, first: int = 0x82) -> None:
        self.ends[number].send(header(len(payload), first) + payload)

    def heard(self, number: int) -> bytearray:
        """All that has come from a client by now."""
        received = bytearray()
        try:
            while some := self.ends[number].recv(65_536):
                received += some
        except BlockingIOError:
            pass
        return received

    def inputs(self, number: int) -> list[tuple[int, tuple[int, int]]]:
        """(tick, stick) of all that a client has sent."""
        messages, taken, _ = peel(received := self.heard(number), masked=True, payload_bytes_max=100)
        assert taken == len(received)
        return [(tick, (held.move_x, held.move_y)) for tick, held in map(input_of, messages)]


@pytest.fixture
def peer() -> Iterator[Peer]:
    made = Peer()
    yield made
    for end in made.ends:
        end.close()


@pytest.fixture
def load(peer: Peer) -> Iterator[Load]:
    with Load(peer, 0) as made:
        yield made


def play_ticks(load: Load, count: int) -> None:
    """Until every client has had its turn so many times, however slow the machine."""
    before, deadline_s = load.tick, time.monotonic() + 60
    while load.tick <= before + count:
        assert time.monotonic() < deadline_s
        load.play(0.05)


def test_every_client_sends_one_input_for_each_tick(load: Load, peer: Peer) -> None:
    load.join(40)
    play_ticks(load, 8)
    sent = [peer.inputs(number) for number in range(40)]
    assert min(map(len, sent)) >= 8
    for number, mine in enumerate(sent):
        ticks = [tick for tick, _ in mine]
        assert ticks == list(range(ticks[0], ticks[0] + len(ticks)))
        assert [stick for _, stick in mine] == [stick_of(variant_of(number, tick)) for tick in ticks]
    assert len({mine[-1][0] for mine in sent}) <= 2


class Clock:
    """Time that goes on while the load sleeps, and not otherwise."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic(self) -> float:
        return self.now_s

    process_time = monotonic

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


@pytest.mark.parametrize("tick_rate", [5, TICK_RATE, 60])
def test_it_plays_at_the_rate_that_it_is_given(tick_rate: int, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.generator.time", clock := Clock())
    with Load(peer, 0, tick_rate) as load:
        load.join(3)
        measured = load.play(2.0)
        assert measured.inputs == pytest.approx(3 * 2 * tick_rate, abs=3)
        assert len(measured.lateness_s) == pytest.approx(2 * tick_rate * SLICES, abs=1)
        for held_up, made_up in ((0.9, True), (2.0, False)):
            clock.now_s += held_up * min(BEHIND_S_MAX, 1 / tick_rate)
            slices = len(load.play(1.0).lateness_s) - tick_rate * SLICES
            assert (slices > 1) is made_up


@pytest.mark.parametrize("tick_rate", [5, TICK_RATE, 60])
def test_a_pause_before_it_plays_is_no_bottleneck(tick_rate: int, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.generator.time", clock := Clock())
    monkeypatch.setattr(clock, "process_time", lambda: 0.0)
    with Load(peer, 0, tick_rate) as load:
        load.join(3)
        clock.now_s += 0.08  # as garbage and metrics take
        assert not load.play(3.0).is_saturated


def test_snapshots_and_bytes_are_counted_for_each_client(load: Load, peer: Peer) -> None:
    load.join(3)
    for _ in range(4):
        peer.say(1, SNAPSHOT)
    peer.say(2, SNAPSHOT)
    peer.say(2, b"\x94\x12 an event")
    measured = load.play(0.1)
    assert measured.snapshots == [0, 4, 1]
    assert measured.received_bytes == 5 * (len(SNAPSHOT) + 4) + 13
    assert load.play(0.05).snapshots == [0, 0, 0]


def test_inputs_are_for_ticks_a_little_ahead_of_the_newest_snapshot(load: Load, peer: Peer) -> None:
    load.join(1)
    peer.say(0, SNAPSHOT)
    play_ticks(load, 3)
    ticks = [tick for tick, _ in peer.inputs(0)]
    assert 42 + LEAD_TICKS in ticks


def test_a_ping_is_answered_and_the_inputs_go_on(load: Load, peer: Peer) -> None:
    load.join(1)
    peer.say(0, b"are you there", PING)
    play_ticks(load, 3)
    pong = masked_frame(b"are you there", bytes.fromhex("5a3c96e1"), PONG)
    before, found, after = bytes(peer.heard(0)).partition(pong)
    assert found
    for part in (before, after):
        _, taken, _ = peel(bytearray(part), masked=True, payload_bytes_max=100)
        assert taken == len(part)


@pytest.mark.parametrize(
    ("last_words", "reason"),
    [
        (header(6, CLOSE) + b"\x03\xe9full", "closed with 1001 full"),
        (header(0, CLOSE), "closed with 0"),
        (b"", "hung up"),
        (masked_frame(b"masked", b"abcd"), "not masked"),
    ],
)
def test_a_lost_client_is_counted_with_the_reason(load: Load, peer: Peer, last_words: bytes, reason: str) -> None:
    load.join(3)
    peer.say(0, SNAPSHOT)
    peer.ends[1].send(last_words)
    if not last_words:
        peer.ends[1].shutdown(socket.SHUT_WR)  # closed with something unread, it would be reset
    measured = load.play(0.1)
    assert measured.snapshots == [1, 0]
    ((said, count),) = load.lost.items()
    assert reason in said
    assert count == 1


def test_the_first_client_may_be_lost(load: Load, peer: Peer) -> None:
    load.join(2)
    peer.ends[0].close()
    peer.say(1, SNAPSHOT)
    load.play(0.1)
    peer.say(1, SNAPSHOT)
    assert load.play(0.1).snapshots == [1]


def test_a_full_socket_loses_inputs_but_never_part_of_one(load: Load, peer: Peer) -> None:
    load.join(1)
    connection = load.clients[0].connection
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    peer.heard(0)
    while True:  # as a contestant that has not read for long
        try:
            connection.send(b"x" * 1000)
        except BlockingIOError:
            break
    while not (measured := load.play(0.05)).inputs:
        pass
    assert measured.inputs_unsent == measured.inputs
    assert set(peer.heard(0)) == set(b"x")
    play_ticks(load, 2)
    assert len(peer.inputs(0)) > 0


def test_who_cannot_join_is_told(load: Load, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(port: int, number: int) -> socket.socket:
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(peer, "join", refuse)
    with pytest.raises(ConnectionRefusedError):
        load.join(1)


@given(st.integers(0, 2**20), st.integers(0, 2**20))
def test_the_lead_is_kept_within_its_bounds(last: int, newest: int) -> None:
    tick = next_tick(last, newest)
    assert LEAD_TICKS_MIN <= tick - newest <= LEAD_TICKS_MAX
    assert tick == last + 1 or tick == newest + LEAD_TICKS
    assert next_tick(tick, newest + 1) == tick + 1
    assert next_tick(last, None) == last + 1


@pytest.mark.parametrize(
    ("cpu_s", "late_s", "is_saturated"),
    [(5.0, 0.001, False), (9.5, 0.001, True), (5.0, 2 * SATURATED_LATENESS_S, True)],
)
def test_the_generator_owns_up_when_it_was_the_bottleneck(cpu_s: float, late_s: float, is_saturated: bool) -> None:
    assert Measured(seconds=10.0, cpu_s=cpu_s, lateness_s=[late_s] * 100).is_saturated is is_saturated


def test_one_late_slice_in_a_thousand_is_no_bottleneck() -> None:
    assert not Measured(seconds=10.0, cpu_s=1.0, lateness_s=[0.0001] * 999 + [0.5]).is_saturated
