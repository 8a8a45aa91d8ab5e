"""The desk: order, answers, and what whoever was away is told."""

from protocol.plan import Add, AnyStep, Change, Piece, Remove, checksum
from server.build.desk import LOG_EDITS_MAX, Desk
from tests.instruments.plans import plan

CRATE = Piece("crate", 500.0, 500.0)


def test_edits_are_taken_in_the_order_in_which_they_arrive() -> None:
    desk = Desk(plan())
    first = desk.take(1, 1, [Change(1, x=300.0)])
    second = desk.take(2, 1, [Change(1, x=320.0)])
    assert first is not None
    assert second is not None
    assert (first.revision, first.player, second.revision, second.player) == (1, 1, 2, 2)
    assert desk.plan.pieces[1].x == 320.0
    assert second.checksum == desk.checksum == checksum(desk.plan)


def test_what_is_refused_changes_nothing_and_says_why() -> None:
    desk = Desk(plan())
    examples: list[tuple[list[AnyStep], str]] = [
        ([Remove(99)], "somebody has removed it meanwhile"),
        ([Change(5, x=9999.0)], "a crate: (9999, 800) is outside of the arena (1024 x 1024)"),
        ([], "there is nothing to do"),
    ]
    for serial, (steps, why) in enumerate(examples, 1):
        answer = desk.take(1, serial, steps)
        assert answer is not None
        assert answer.refused == why
    answer = desk.take(1, 9, [Change(1, x=300.0)], forbidden="not you")
    assert answer is not None
    assert answer.refused == "not you"
    assert (desk.plan, desk.revision) == (plan(), 0)


def test_nothing_is_taken_twice() -> None:
    desk = Desk(plan())
    assert desk.take(1, 5, [Add(100, CRATE)]) is not None
    assert desk.take(1, 5, [Add(101, CRATE)]) is None
    assert desk.take(1, 4, [Add(101, CRATE)]) is None
    assert 101 not in desk.plan.pieces


def test_whoever_was_away_is_told_what_they_missed() -> None:
    desk = Desk(plan())
    begun = desk.checksum
    taken = [desk.take(1, serial, [Change(1, x=300.0 + serial)]) for serial in range(1, 4)]
    missed = desk.since(2, 0, begun, True)
    assert missed[:-1] == taken
    assert (missed[-1].serial, missed[-1].revision, missed[-1].plan, missed[-1].may_edit) == (0, 3, None, True)
    assert taken[1] is not None
    assert desk.since(1, 2, taken[1].checksum, True)[:-1] == taken[2:]
    assert [answer.heard for answer in desk.since(1, 3, desk.checksum, False)] == [3]


def test_whoever_was_away_too_long_or_has_another_plan_is_told_everything() -> None:
    desk = Desk(plan())
    begun = desk.checksum
    for serial in range(1, LOG_EDITS_MAX + 2):
        desk.take(1, serial, [Change(1, x=300.0 + serial % 9)])
    for revision, known in ((-1, 0), (0, begun), (desk.revision, 12), (desk.revision - 1, 12), (desk.revision + 1, 0)):
        (answer,) = desk.since(2, revision, known, True)
        assert answer.plan is not None
        assert dict(answer.plan.pieces) == desk.plan.pieces
    (answer,) = Desk(plan()).since(2, 1, 0, True)
    assert answer.plan is not None, "it has begun anew since"
    assert len(desk.since(2, 1, _checksum_at(desk, 1), True)) == LOG_EDITS_MAX + 1


def _checksum_at(desk: Desk, revision: int) -> int:
    again = Desk(plan())
    for serial in range(1, revision + 1):
        again.take(1, serial, [Change(1, x=300.0 + serial % 9)])
    return again.checksum


def test_who_has_left_is_forgotten() -> None:
    desk = Desk(plan())
    desk.take(1, 7, [Change(1, x=300.0)])
    desk.forget(1)
    desk.forget(2)
    assert not desk.heard


def test_whose_account_is_disowned_has_edited_nothing_until_they_edit_again() -> None:
    desk = Desk(plan())
    for serial, account in ((1, "ann"), (2, "bob")):
        desk.take(1, serial, [Add(100 + serial, CRATE)], account=account)
    desk.disown("ann")
    desk.disown("eve")
    assert desk.editors == ["bob"]
    desk.take(1, 3, [Remove(101)], account="ann")
    assert desk.editors == ["bob", "ann"]


def test_whose_edits_were_taken_last_is_remembered_of_a_few() -> None:
    at = Desk(plan())
    for serial, account in enumerate(["a", "", "b", "a", "c", "d", "e", "e"], 1):
        at.take(1, serial, [Change(1, x=300.0 + serial)], account=account)
    at.take(1, 99, [Change(404, x=1.0)], account="refused")
    assert at.editors == ["a", "c", "d", "e"]
