"""Small versions of the attacks, and what a big one is measured with. `make attack` is the whole suite."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
import trio
from websockets.exceptions import ConnectionClosed

from server.net.turns import PAGE_GAP_S, PLAY_GAP_S
from tests.attack.attacks import ATTACKS
from tests.attack.means import Target
from tests.attack.suite import Row, lateness_ms_p99, metrics, table
from tests.instruments.served import Served, served
from tests.wire.stranger import Stranger, open_stranger
from tests.wire.witness import undisturbed, witnessing

HISTOGRAM = "ricochet_tick_lateness_seconds_bucket"
PATIENCE_S = 60.0
DESCRIPTORS_LEFT = 10
Enough = Callable[[Counter[str]], bool]


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--seed", "5") as running:
        yield running


@pytest.fixture
def witness(server: Served) -> Iterator[Stranger]:
    with witnessing(server) as stranger:
        yield stranger


def attack(server: Served, witness: Stranger, name: str, enough: Enough, seconds: float = 0.0) -> Counter[str]:
    """What the attacker got until it was enough, and so long after; fails when the witness was disturbed."""
    target = Target(server, PATIENCE_S, scale=0.3)

    async def attack_until_enough() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(ATTACKS[name], target)
            with trio.fail_after(PATIENCE_S):
                while not enough(target.got):  # noqa: ASYNC110
                    await trio.sleep(0.01)
            await trio.sleep(seconds)
            nursery.cancel_scope.cancel()

    trio.run(attack_until_enough)
    assert undisturbed(witness)
    return target.got


def at_least(count: int, *whats: str) -> Enough:
    """So many of these, together."""
    return lambda got: sum(got[what] for what in whats) >= count


def test_long_headers_are_cut_off(server: Served, witness: Stranger) -> None:
    got = attack(server, witness, "long_headers", at_least(3, "HTTP 431"))
    assert set(got) <= {"HTTP 431", "HTTP nothing", "KiB taken", "cut off"}


@pytest.mark.parametrize(("name", "gap_s"), [("request_flood", PAGE_GAP_S), ("join_flood", PLAY_GAP_S)])
def test_a_flood_of_requests_waits_in_line(server: Served, witness: Stranger, name: str, gap_s: float) -> None:
    got = attack(server, witness, name, lambda got: got.total() > 0, seconds=1.0)
    assert got.total() <= 1.0 / gap_s + 100, "so many and no more, however many ask"


def test_nonsense_is_refused(server: Served, witness: Stranger) -> None:
    assert set(attack(server, witness, "nonsense_flood", lambda got: got.total() > 0)) <= {
        "HTTP 400",
        "HTTP 404",
        "HTTP 426",
    }


def test_oversize_messages_end_their_own_conversation(server: Served, witness: Stranger) -> None:
    got = attack(server, witness, "oversize_messages", at_least(6, "ended with 1009", "ended with 1002"))
    assert set(got) <= {"ended with 1009", "ended with 1002"}
    assert got["ended with 1009"] > 0


def test_nested_messages_are_malformed(server: Served, witness: Stranger) -> None:
    assert set(attack(server, witness, "nested_messages", at_least(6, "ended with 4000"))) == {"ended with 4000"}


def test_compression_is_never_accepted(server: Served, witness: Stranger) -> None:
    got = attack(server, witness, "compression_bombs", at_least(3, "ended with 1002"))
    assert got["compression accepted"] == 0


def test_a_server_out_of_descriptors_waits_and_goes_on(server: Served, witness: Stranger) -> None:
    attack(server, witness, "out_of_descriptors", at_least(DESCRIPTORS_LEFT + 1, "answered"))
    assert "lateness" in metrics(server)  # it takes connections again


def test_resets_are_nobodys_business(server: Served, witness: Stranger) -> None:
    attack(server, witness, "resets", at_least(12, "reset"))
    assert server.process.poll() is None


@pytest.mark.slow
@pytest.mark.parametrize("name", ["slow_handshakes", "silent_connections"])
def test_who_says_nothing_is_hung_up_on(server: Served, witness: Stranger, name: str) -> None:
    attack(server, witness, name, at_least(11, "closed after the deadline", "hung up on"))


@pytest.mark.slow
def test_a_flood_is_ended(server: Served, witness: Stranger) -> None:
    attack(server, witness, "message_flood", at_least(1, "ended with 4009"))


def test_a_flood_of_frames_that_are_no_message_ends_too(server: Served, witness: Stranger) -> None:
    attack(server, witness, "frame_flood", at_least(2, "ended with 4009"))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "count"), [("never_readers", 30), ("half_closed", 60)])
def test_who_does_not_read_costs_nobody_anything(server: Served, witness: Stranger, name: str, count: int) -> None:
    attack(server, witness, name, at_least(count, "joined", "half closed"), 5.0)


def test_the_witness_would_notice(server: Served) -> None:
    with open_stranger(server.play_url, "ricochet.v1.msgpack") as stranger:
        stranger.tell("leave")
        with pytest.raises(ConnectionClosed):
            attack(server, stranger, "resets", at_least(1, "reset"))


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
