"""Restarts measured: what counts as holding, how scores are compared, and a small run of each sort."""

import msgspec
import pytest

from bench.flock import Watched
from bench.restart import Once, compare, judge, measure
from bots.common_room import CommonRooms
from bots.player import Player
from bots.tally import Tally
from protocol.codec import CODECS
from protocol.limits import SUBPROTOCOL_MSGPACK
from server.checkpoint import SavedRoom, capture
from server.games.melee import Melee
from tests.instruments.stepper import Stepper

GOOD = Once(start_s=2.0, lost_s=0.9, ready_s=1.0, back_s=3.0, anew=0, scores_compared=8, scores_wrong=0)


def test_it_holds_when_nobody_lost_anything() -> None:
    result = judge("crash", 8, 2, [GOOD, msgspec.structs.replace(GOOD, lost_s=0.3)], 0)
    assert result.held
    assert (result.lost_s_p50, result.lost_s_max, result.scores_compared) == (0.3, 0.9, 16)


@pytest.mark.parametrize(
    "change",
    [{"lost_s": 2.1}, {"back_s": None}, {"anew": 1}, {"scores_wrong": 1}],
)
def test_it_does_not_when_somebody_did(change: dict[str, float | None]) -> None:
    assert not judge("crash", 8, 2, [GOOD, msgspec.structs.replace(GOOD, **change)], 0).held


def test_it_does_not_when_there_was_no_time_for_all_or_a_belief_was_wrong() -> None:
    assert not judge("crash", 8, 3, [GOOD, GOOD], 0).held
    assert not judge("crash", 8, 2, [GOOD, GOOD], 1).held
    assert not judge("crash", 8, 0, [], 0).held


def saved_with(score: int, tick: int) -> SavedRoom:
    stepper = Stepper()
    stepper.join("Ann")
    assert isinstance(stepper.room.game, Melee)
    stepper.room.game.fighters[1].score = score
    stepper.room.tick = tick
    return capture(stepper.room, [])


@pytest.mark.parametrize(
    ("told", "score", "right"),
    [
        ([(60, 100)], 100, True),
        ([(60, 100)], 0, False),
        ([(60, 100), (299, 200)], 100, False),
        ([(60, 100), (310, 200)], 150, True),
        ([(60, 100), (310, 200)], 250, False),
        ([(60, 100), (295, 200)], 200, True),
    ],
)
def test_a_score_is_right_when_it_fits_what_was_told(told: list[tuple[int, int]], score: int, right: bool) -> None:
    stepper = Stepper()
    player = Player("Ann", CODECS[SUBPROTOCOL_MSGPACK], CommonRooms(), Tally())
    player.welcome = stepper.join("Ann").welcome
    bot = Watched(player)
    bot.scores = list(told)
    assert compare([bot], saved_with(score, 300)) == ((1, 0) if right else (0, 1))
    assert bot.scores == [(300, score)], "the next comparison begins here"


@pytest.mark.parametrize(("how", "bots"), [("crash", 4), ("restart", 12)])
async def test_a_small_one(how: str, bots: int) -> None:
    """Its times are this machine's; that everybody is back in their own seats is not."""
    result = await measure(how, bots, times=1, seed=1)
    assert (len(result.restarts), result.missing, result.anew, result.scores_wrong) == (1, 0, 0, 0)
    assert result.checksum_mismatches == 0
    assert result.lost_s_max is not None
    assert msgspec.json.decode(msgspec.json.encode(result))["bots"] == bots
