"""Which scores are less than they must be."""

from bench.cluster.scores import TOLD_MAX, Book, Lost, lost_scores


def book(*told: tuple[int, int, int]) -> Book:
    """(tick, player, score)."""
    made = Book()
    for tick, player, score in told:
        made.note(tick, [(player, score)])
    return made


BEFORE = book((10, 1, 100), (10, 2, 50), (20, 1, 200), (30, 1, 300))


def test_what_was_told_by_the_tick_at_which_the_room_goes_on_is_still_there() -> None:
    assert BEFORE.scores_at(25) == {1: 200, 2: 50}
    assert not lost_scores("pinball", BEFORE, 25, book((26, 1, 200), (26, 2, 50)), [1, 2])
    assert not lost_scores("pinball", BEFORE, 25, book((26, 1, 250), (40, 1, 0), (26, 2, 50)), [1, 2])


def test_a_score_that_is_less_is_lost() -> None:
    lost = lost_scores("pinball", BEFORE, 30, book((31, 1, 200), (31, 2, 50)), [1, 2])
    assert lost == [Lost("pinball", 1, 300, 200)]


def test_whoever_is_somebody_else_or_nobody_has_lost_it_all() -> None:
    assert lost_scores("pinball", BEFORE, 25, book((26, 2, 50)), [1, 2]) == [Lost("pinball", 1, 200, None)]
    assert lost_scores("pinball", BEFORE, 25, book((26, 1, 200), (26, 2, 50)), [2, 3]) == [
        Lost("pinball", 1, 200, None)
    ]


def test_who_had_none_can_lose_none() -> None:
    assert not lost_scores("pinball", book((10, 1, 0)), 20, Book(), [])


def test_a_long_match_is_not_remembered_for_ever() -> None:
    long = book(*((tick, 1, tick) for tick in range(2 * TOLD_MAX)))
    assert len(long.told) <= TOLD_MAX
    assert long.scores_at(2 * TOLD_MAX) == {1: 2 * TOLD_MAX - 1}
