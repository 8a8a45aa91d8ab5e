"""Which runs are made, in which order, and which are left out."""

from collections.abc import Callable

from bench.comparison import Plan, compare
from bench.contestants import Contestant, named
from bench.row import Outcome, Row

RICOCHET, PICOWS, FLOOR = named("ricochet"), named("picows"), named("floor")


def pretend(holds: Callable[[Plan], bool], made: list[Plan]) -> Callable[[Plan], Outcome]:
    """A run that costs nothing; what was asked for is kept in `made`."""

    def run(plan: Plan) -> Outcome:
        made.append(plan)
        return Outcome(
            Row(
                contestant=plan.contestant.name,
                clients=plan.clients,
                repetition=plan.repetition,
                held=holds(plan),
                bytes_per_client_s=3000.0 if holds(plan) else None,
            )
        )

    return run


def runs(
    contestants: list[Contestant],
    counts: list[int],
    repeat: int,
    holds: Callable[[Plan], bool] = lambda _: True,
    goes_on: bool = False,
) -> list[tuple[int, int, str]]:
    made: list[Plan] = []
    outcomes = list(compare(contestants, counts, repeat, pretend(holds, made), goes_on))
    assert [outcome.row.contestant for outcome in outcomes] == [plan.contestant.name for plan in made]
    return [(plan.repetition, plan.clients, plan.contestant.name) for plan in made]


def test_contestants_take_turns_within_a_repetition() -> None:
    assert runs([RICOCHET, FLOOR], [100, 400], 2) == [
        (1, 100, "ricochet"),
        (1, 100, "floor"),
        (1, 400, "ricochet"),
        (1, 400, "floor"),
        (2, 100, "ricochet"),
        (2, 100, "floor"),
        (2, 400, "ricochet"),
        (2, 400, "floor"),
    ]


def picows_fails_at_400(plan: Plan) -> bool:
    return plan.contestant is not PICOWS or plan.clients < 400


def test_who_has_not_held_is_not_asked_for_more_but_asked_again_for_the_same() -> None:
    made = runs([RICOCHET, PICOWS], [100, 400, 700], 2, picows_fails_at_400)
    assert [(at, clients) for at, clients, name in made if name == "picows"] == [(1, 100), (1, 400), (2, 100), (2, 400)]
    assert [clients for _, clients, name in made if name == "ricochet"] == [100, 400, 700] * 2


def test_unless_told_to_go_on() -> None:
    made = runs([PICOWS], [100, 400, 700], 1, picows_fails_at_400, goes_on=True)
    assert [clients for _, clients, _ in made] == [100, 400, 700]


def test_more_clients_are_left_out_whatever_their_order() -> None:
    assert [clients for _, clients, _ in runs([PICOWS], [700, 400, 100], 2, picows_fails_at_400)] == [
        700,
        400,
        100,
        400,
        100,
    ]


def test_the_floor_is_told_how_long_ricochets_snapshots_were() -> None:
    made: list[Plan] = []
    list(compare([RICOCHET, FLOOR], [100], 1, pretend(lambda _: True, made)))
    assert [plan.snapshot_bytes for plan in made] == [None, 3000 // 30 - 4]
    made.clear()
    list(compare([FLOOR], [100], 1, pretend(lambda _: True, made)))
    assert made[0].snapshot_bytes is None


def test_all_play_at_the_rate_that_is_wanted_and_the_floor_sends_as_much_at_it() -> None:
    made: list[Plan] = []
    list(compare([RICOCHET, FLOOR], [100], 1, pretend(lambda _: True, made), tick_rate=10))
    assert [(plan.tick_rate, plan.snapshot_bytes) for plan in made] == [(10, None), (10, 3000 // 10 - 4)]
