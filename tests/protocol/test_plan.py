"""Steps, what they do and what undoes them."""

from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import limits
from protocol.plan import (
    Add,
    AnyStep,
    Change,
    Piece,
    Plan,
    Refused,
    Remove,
    apply,
    checksum,
    revert,
    rounded,
)
from tests.instruments.plans import plan, steps

WALL = Piece("wall", 300.0, 300.0, points=((-50.0, 0.0), (50.0, 0.0)))
CRATE = Piece("crate", 50.0, 60.0)


def after(now: Plan, *taken: AnyStep) -> Plan:
    return apply(now, taken)[0]


def test_pieces_are_added_changed_and_removed() -> None:
    now = after(plan(), Add(100, WALL), Change(100, x=310.0, radius=24.0))
    assert now.pieces[100] == Piece("wall", 310.0, 300.0, points=WALL.points, radius=24.0)
    assert list(now.pieces)[-1] == 100
    assert after(now, Remove(100)) == plan()


def test_an_edit_is_taken_as_a_whole_or_not_at_all() -> None:
    now = plan()
    with pytest.raises(Refused, match="meanwhile"):
        apply(now, [Add(100, WALL), Change(99, x=1.0)])
    assert now == plan()


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (Add(1, WALL), "already"),
        (Change(99, x=1.0), "meanwhile"),
        (Remove(99), "meanwhile"),
        (Add(100, Piece("crate", 1.0, 1.0, radius=20.0)), "a crate has no radius"),
        (Add(100, Piece("wall", 1.0, 1.0, team=1)), "a wall has no team"),
        (Change(1, angle=0.5), "a wall has no angle"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(step: AnyStep, why: str) -> None:
    with pytest.raises(Refused, match=why):
        apply(plan(), [step])


def test_a_plan_has_bounds() -> None:
    full = Plan(plan().size, dict.fromkeys(range(1, limits.PLAN_PIECES_MAX + 1), CRATE))
    with pytest.raises(Refused, match=f"{limits.PLAN_PIECES_MAX} pieces"):
        apply(full, [Add(limits.PLAN_PIECES_MAX + 1, CRATE)])
    long = Piece("wall", 0.0, 0.0, points=tuple((float(at), 0.0) for at in range(32)))
    wide = Plan(plan().size, dict.fromkeys(range(1, limits.PLAN_POINTS_MAX // 32 + 1), long))
    with pytest.raises(Refused, match=f"{limits.PLAN_POINTS_MAX} corners"):
        apply(wide, [Add(1000, long)])


def test_what_became_of_each_piece_is_told_once() -> None:
    _, done = apply(plan(), [Add(100, CRATE), Change(100, x=70.0), Change(1, x=300.0), Change(1, x=301.0)])
    assert [(one.id, one.before is None, one.after is None) for one in done] == [(100, True, False), (1, False, False)]
    assert done[1].after is not None
    assert done[1].after.x == 301.0


def test_numbers_are_thousandths_whoever_sends_them() -> None:
    now = after(plan(), Add(100, Piece("crate", 0.00049, -0.0, -0.0)))
    assert str(now.pieces[100]) == str(Piece("crate", 0.0, 0.0, 0.0))
    assert [rounded(value) for value in (1136.9, -0.0004, 2.0625, -2.0625)] == [1136.9, 0.0, 2.063, -2.062]


def test_moving_and_shaping_are_changes_of_different_fields() -> None:
    moved, shaped = Change(1, x=500.0, y=500.0), Change(1, points=((0.0, 0.0), (9.0, 9.0)))
    assert after(plan(), moved, shaped) == after(plan(), shaped, moved)


@given(st.randoms(use_true_random=False))
def test_undone_is_as_if_never_done(random: Random) -> None:
    before = now = plan()
    history = []
    for _ in range(4):
        try:
            now, done = apply(now, steps(random, now))
        except Refused:
            continue
        history.append(done)
    for done in reversed(history):
        undoing = revert(now, done)
        now = apply(now, undoing)[0] if undoing else now
    assert dict(now.pieces) == dict(before.pieces)


def test_what_others_have_changed_since_is_not_undone() -> None:
    now, done = apply(plan(), [Change(1, x=500.0, y=500.0)])
    now = after(now, Change(1, y=600.0))
    assert revert(now, done) == [Change(1, x=plan().pieces[1].x)]
    assert revert(after(now, Change(1, x=1.0)), done) == []
    assert revert(after(now, Remove(1)), done) == []


def test_an_added_piece_goes_and_a_removed_one_comes_back() -> None:
    now, added = apply(plan(), [Add(100, CRATE)])
    now = after(now, Change(100, x=80.0))
    assert revert(now, added) == [Remove(100)]
    gone, removed = apply(now, [Remove(100)])
    assert revert(gone, removed) == [Add(100, Piece("crate", 80.0, 60.0))]
    assert revert(after(gone, Add(100, CRATE)), removed) == [], "somebody else has brought it back"


def test_a_piece_that_became_another_one_is_the_first_again() -> None:
    now, done = apply(plan(), [Remove(1), Add(1, CRATE)])
    assert dict(after(now, *revert(now, done)).pieces) == dict(plan().pieces)
    assert revert(after(now, Change(1, x=1.0)), done) == []


def test_the_checksum_is_of_everything() -> None:
    known = {checksum(plan())}
    for step in (Change(1, x=1.0), Change(1, closed=True), Change(4, angle=1.0), Add(100, CRATE), Add(101, CRATE)):
        known.add(checksum(after(plan(), step)))
    reordered = Plan(plan().size, dict(reversed(list(plan().pieces.items()))))
    assert len({*known, checksum(reordered)}) == 7


def test_steps_cross_the_wire_with_the_fields_that_matter() -> None:
    sent: list[AnyStep] = [Add(100, WALL), Change(1, x=2.0), Remove(3)]
    plain = msgspec.to_builtins(sent)
    assert plain == [
        {"do": "add", "id": 100, "piece": {"kind": "wall", "x": 300.0, "y": 300.0, "points": ((-50, 0), (50, 0))}},
        {"do": "change", "id": 1, "x": 2.0},
        {"do": "remove", "id": 3},
    ]
    assert msgspec.convert(plain, list[AnyStep]) == sent
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert([{"do": "change", "id": 1, "x": float("nan")}], list[AnyStep])
