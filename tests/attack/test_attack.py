"""Small versions of the attacks, and what a big one is measured with. `make attack` is the whole suite."""

from collections import Counter
from collections.abc import Iterator

import pytest
import trio
from websockets.exceptions import ConnectionClosed

from server.net.turns import PAGE_GAP_S, PLAY_GAP_S
from tests.attack.attacks import ATTACKS, Target
from tests.attack.suite import Row, lateness_ms_p99, metrics, table
from tests.instruments.served import Served, served
from tests.wire.stranger import Stranger, open_stranger

HISTOGRAM = "ricochet_tick_lateness_seconds_bucket"


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--seed", "5") as running:
        yield running


@pytest.fixture(scope="module")
def witness(server: Served) -> Iterator[Stranger]:
    """Another player, who hears every snapshot while the rest happens."""
    with open_stranger(server.play_url, "ricochet.v1.msgpack") as stranger:
        stranger.tell("hello", version=1, name="Witness")
        stranger.hear_until("snapshot")
        yield stranger


def attack(server: Served, witness: Stranger, name: str, seconds: float = 1.0) -> Counter[str]:
    """What the attacker got; fails when the witness was disturbed."""
    target = Target(server, seconds, scale=0.3)
    trio.run(ATTACKS[name], target)
    heard = [witness.hear_until("snapshot")["tick"] for _ in range(5)]
    assert heard == sorted(set(heard))
    return target.got


def test_long_headers_are_cut_off(server: Served, witness: Stranger) -> None:
    got = attack(server, witness, "long_headers", 1.0)
    assert got["HTTP 431"] > 0
    assert set(got) <= {"HTTP 431", "HTTP nothing", "KiB taken", "cut off"}


@pytest.mark.parametrize(("name", "gap_s"), [("request_flood", PAGE_GAP_S), ("join_flood", PLAY_GAP_S)])
def test_a_flood_of_requests_waits_in_line(server: Served, witness: Stranger, name: str, gap_s: float) -> None:
    got = attack(server, witness, name, 1.0)
    assert 0 < sum(got.values()) <= 1.0 / gap_s + 100, "so many and no more, however many ask"


def test_nonsense_is_refused(server: Served, witness: Stranger) -> None:
    assert set(attack(server, witness, "nonsense_flood")) <= {"HTTP 400", "HTTP 404", "HTTP 426"}


def test_oversize_messages_end_their_own_conversation(server: Served, witness: Stranger) -> None:
    got = attack(server, witness, "oversize_messages", 1.5)
    assert set(got) <= {"ended with 1009", "ended with 1002"}
    assert got["ended with 1009"] > 0


def test_nested_messages_are_malformed(server: Served, witness: Stranger) -> None:
    assert set(attack(server, witness, "nested_messages", 1.5)) == {"ended with 4000"}


def test_compression_is_never_accepted(server: Served, witness: Stranger) -> None:
    got = attack(server, witness, "compression_bombs", 1.0)
    assert got["compression accepted"] == 0
    assert got["ended with 1002"] > 0


def test_a_server_out_of_descriptors_waits_and_goes_on(server: Served, witness: Stranger) -> None:
    got = attack(server, witness, "out_of_descriptors", 2.0)
    assert got["answered"] > 0
    assert "lateness" in metrics(server)  # it takes connections again


def test_resets_are_nobodys_business(server: Served, witness: Stranger) -> None:
    assert attack(server, witness, "resets")["reset"] > 4
    assert server.process.poll() is None


@pytest.mark.slow
@pytest.mark.parametrize("name", ["slow_handshakes", "silent_connections"])
def test_who_says_nothing_is_hung_up_on(server: Served, witness: Stranger, name: str) -> None:
    got = attack(server, witness, name, 8.0)
    assert got["closed after the deadline"] + got["hung up on"] > 10


@pytest.mark.slow
def test_a_flood_is_ended(server: Served, witness: Stranger) -> None:
    assert attack(server, witness, "message_flood", 6.0)["ended with 4009"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["never_readers", "half_closed"])
def test_who_does_not_read_costs_nobody_anything(server: Served, witness: Stranger, name: str) -> None:
    attack(server, witness, name, 5.0)


def test_the_witness_would_notice(server: Served) -> None:
    with open_stranger(server.play_url, "ricochet.v1.msgpack") as stranger:
        stranger.tell("leave")
        with pytest.raises(ConnectionClosed):
            attack(server, stranger, "resets")


def test_percentiles_come_from_what_grew() -> None:
    before = "\n".join(
        f'{HISTOGRAM}{{le="{edge}"}} {count}' for edge, count in (("0.001", 5), ("0.002", 9), ("+Inf", 9))
    )
    after = before.replace(" 5", " 55").replace(" 9", " 109")
    assert lateness_ms_p99(before, after) == pytest.approx(1.98)
    assert lateness_ms_p99(after, after) == 0.0


def test_a_row_says_whether_it_held() -> None:
    good = Row("peace", 1.0, 2.0, Counter(), "")
    rows = [good, good._replace(lateness_ms_p99=5.0), good._replace(rss_growth_mb=100.0), good._replace(noticed="gone")]
    assert [row.held for row in rows] == [True, False, False, False]
    assert ["DID NOT HOLD" in line for line in table(rows)] == [False, False, True, True, True]
