"""The directory's rules, against a state machine of owners who keep the timing rule. One by one: test_directory."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from server.cluster import ledger as ledgers
from server.cluster.ledger import Ledger
from server.cluster.records import Notice, Owned, Process, Timing, Why

TIMING = Timing(ttl_s=16.0, margin_s=3.5, away_s=2.5, beat_s=2.0, seat_s=10.0)
TTL = TIMING.ttl_ms
HERE = Process("https://a.example")


def room(name: str, seats: int = 2, players: int = 0) -> Notice:
    return Notice(name, players=players, seats=seats)


def test_it_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "ROOMS_MAX", 2)
    monkeypatch.setattr(ledgers, "PROCESSES_MAX", 2)
    ledger = Ledger(TIMING)
    lease = ledger.join(HERE, 0)
    assert ledger.join(HERE, 0)
    assert not ledger.join(HERE, 0)
    whys = [ledger.claim(lease, room(name), True, 0).why for name in ("a", "b", "c", "a")]
    assert whys == [Why.GRANTED, Why.GRANTED, Why.FULL, Why.GRANTED]
    monkeypatch.setattr(ledgers, "ORPHANS_MAX", 1)
    for now_ms in range(0, TTL, 1000):
        assert not ledger.orphans(9, now_ms)
    assert len(ledger.orphans(9, TTL)) == 1


def test_who_looks_for_orphans_is_heard_and_a_directory_that_was_away_gives_none() -> None:
    ledger = Ledger(TIMING)
    ledger.claim(ledger.join(HERE, 0), room("a"), True, 0)
    for now_ms in range(0, TTL, 1000):
        ledger.orphans(9, now_ms)
    assert [orphan.notice.name for orphan in ledger.orphans(9, TTL)] == ["a"], "though nobody has beaten since"
    away = Ledger(TIMING)
    away.claim(away.join(HERE, 0), room("a"), True, 0)
    assert not away.orphans(9, TTL), "its owner may be about to be heard of"
    for now_ms in range(TTL, 2 * TTL, 1000):
        assert not away.orphans(9, now_ms)
    assert away.orphans(9, 2 * TTL)


NAMES = st.sampled_from(["a", "b", "c"])
WHO = st.integers(0, 2)


class Owners(RuleBasedStateMachine):
    """Three owners who stop in time by the rule, whose questions may be answered or not; seats that come and go."""

    def __init__(self) -> None:
        super().__init__()
        self.now_ms = 1_000
        self.ledger = Ledger(TIMING, self.now_ms, is_young=True)
        self.leases = [self.ledger.join(HERE, self.now_ms) for _ in range(3)]
        self.owned: list[dict[str, tuple[int, int, int]]] = [{}, {}, {}]
        """Of each owner, by room: fence, until when it runs, players."""
        self.greatest = dict.fromkeys("abc", 0)

    @rule(ms=st.integers(0, 5_000))
    def wait(self, ms: int) -> None:
        self.now_ms += ms
        for rooms in self.owned:
            for name in [name for name, (_, until_ms, _) in rooms.items() if until_ms <= self.now_ms]:
                del rooms[name]

    @rule(ms=st.integers(0, 40_000), is_lost=st.booleans())
    def directory_is_away(self, ms: int, is_lost: bool) -> None:
        """It comes back with what it had, its clock further on; or with nothing, and nobody was refused meanwhile."""
        self.wait(ms)
        if is_lost:
            self.ledger = Ledger(TIMING, self.now_ms, is_young=True)

    @rule(who=WHO, is_answered=st.booleans())
    def beat(self, who: int, is_answered: bool) -> None:
        rooms = [Owned(room(name, 2, players), fence) for name, (fence, _, players) in self.owned[who].items()]
        heard = self.ledger.beat(self.leases[who], HERE, rooms, [], self.now_ms)
        if not is_answered:
            return
        if heard.is_lost:
            self.owned[who].clear()
            self.leases[who] = self.ledger.join(HERE, self.now_ms)
        for name in heard.lost:
            del self.owned[who][name]
        for name, (fence, _, players) in self.owned[who].items():
            self.owned[who][name] = fence, self._until_ms(), players

    @rule(who=WHO, name=NAMES, is_answered=st.booleans())
    def claim(self, who: int, name: str, is_answered: bool) -> None:
        claimed = self.ledger.claim(self.leases[who], room(name), False, self.now_ms)
        if not is_answered:
            return
        if claimed.why is Why.LOST:
            self.owned[who].clear()
            self.leases[who] = self.ledger.join(HERE, self.now_ms)
        if claimed.why is Why.GRANTED:
            assert claimed.fence > self.greatest[name], "fences only grow"
            self.greatest[name] = claimed.fence
            self.owned[who][name] = claimed.fence, self._until_ms(), 0

    @rule(who=WHO, name=NAMES)
    def stop(self, who: int, name: str) -> None:
        if name in self.owned[who]:
            fence, _, _ = self.owned[who].pop(name)
            self.ledger.release(self.leases[who], name, fence, self.now_ms)

    @rule(name=NAMES, seat=st.sampled_from("wxyz"))
    def lead(self, name: str, seat: str) -> None:
        before = self.ledger.find(name, self.now_ms)
        way = self.ledger.lead(name, seat, "https://c.example", self.now_ms)
        assert way.entry == before
        if way.is_kept:
            after = self.ledger.find(name, self.now_ms)
            assert after is not None
            assert after.notice.players + after.held <= after.notice.seats

    @rule(who=WHO, hands_over=st.booleans())
    def leave(self, who: int, hands_over: bool) -> None:
        self.owned[who].clear()
        self.ledger.leave(self.leases[who], hands_over, self.now_ms)
        self.leases[who] = self.ledger.join(HERE, self.now_ms)

    @invariant()
    def no_orphan_runs(self) -> None:
        """As far as it is given away; while the directory is young its owner may be about to be heard of."""
        orphans = {orphan.notice.name for orphan in self.ledger.orphans(9, self.now_ms)}
        for rooms in self.owned:
            assert not orphans & rooms.keys(), (orphans, self.owned)

    @invariant()
    def no_room_runs_twice(self) -> None:
        running = [name for rooms in self.owned for name in rooms]
        assert len(running) == len(set(running)), running

    def teardown(self) -> None:
        """Whatever was going on, when nobody is heard of any more it is all gone."""
        self.ledger.find("a", self.now_ms + TTL + TIMING.orphan_ms)
        assert not len(self.ledger)

    def _until_ms(self) -> int:
        return self.now_ms + TTL - round(TIMING.margin_s * 1000)


TestOwners = Owners.TestCase
TestOwners.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
