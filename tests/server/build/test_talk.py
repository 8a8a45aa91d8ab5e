"""`edit` and `point` in a conversation: who may, how fast, and who is told."""

import pytest

from protocol import limits
from protocol.build_messages import Edit, Point
from protocol.errors import Code
from protocol.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.plan import Add, Change, Piece
from server.games.build import Build
from server.roles import TABLE, Role
from tests.instruments.plans import ARENA
from tests.instruments.stepper import Client, Stepper

CRATE = Piece("crate", 500.0, 500.0)


def stepper(build_by: str = "players") -> Stepper:
    return Stepper(arena=ARENA, game=Build, options={"build_by": build_by})


def ask(client: Client, *edits: Edit, now_s: float = 1.0) -> None:
    for edit in edits:
        client.say(edit, now_s)


@pytest.mark.parametrize("encoding", [SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON])
def test_what_one_does_everyone_is_told(encoding: str) -> None:
    site = stepper()
    ann, bob, eve = site.join("Ann", encoding), site.join("Bob"), site.join("Eve", role="spectator")
    assert [len(one.events_named("building")) for one in (ann, bob, eve)] == [1, 1, 1]
    ask(ann, Edit(0, []), Edit(1, [Add(100, CRATE)]))
    assert ann.edited[0].plan is not None
    assert (ann.edited[0].revision, ann.edited[0].may_edit) == (0, True)
    site.step(2)
    for one in (ann, bob, eve):
        assert (one.edited[-1].revision, one.edited[-1].player, one.edited[-1].serial) == (1, ann.player.id, 1)
        assert one.edited[-1].steps == [Add(100, CRATE)]
    assert site.room.statistics.edits == 1


def test_what_is_refused_only_its_maker_is_told() -> None:
    site = stepper()
    ann, bob = site.join("Ann"), site.join("Bob")
    ask(ann, Edit(1, [Change(5, x=9999.0)]))
    site.step(2)
    assert "outside of the arena" in ann.edited[-1].refused
    assert bob.edited == []
    assert site.room.statistics.edits_refused == 1


def test_who_watches_may_look_but_not_build() -> None:
    site = stepper()
    eve = site.join("Eve", role="spectator")
    ask(eve, Edit(0, []), Edit(1, [Add(100, CRATE)]))
    eve.say(Point(1.0, 1.0, []), 1.0)
    assert eve.edited[0].plan is not None
    assert not eve.edited[0].may_edit
    assert eve.edited[1].refused == "you may look, but not build here"
    site.step(10)
    assert eve.pointed == []


def test_everyone_who_watches_is_answered_whatever_the_others_said() -> None:
    site = stepper()
    eve, zoe = site.join("Eve", role="spectator"), site.join("Zoe", role="spectator")
    ask(eve, Edit(7, [Add(100, CRATE)]))
    ask(zoe, Edit(1, [Add(100, CRATE)]), Edit(0, []))
    assert [(one.serial, one.refused) for one in zoe.edited] == [(1, "you may look, but not build here"), (0, "")]
    assert zoe.edited[-1].heard == 0


def test_where_only_editors_build_a_role_decides() -> None:
    site = stepper("editors")
    ann, bob = site.join("Ann"), site.join("Bob")
    bob.session.may = TABLE[Role.EDITOR]
    for one in (ann, bob):
        ask(one, Edit(0, []), Edit(1, [Change(1, x=310.0)]))
    site.step(2)
    assert [one.edited[0].may_edit for one in (ann, bob)] == [False, True]
    assert ann.edited[1].refused == "you may look, but not build here"
    assert (bob.edited[-1].revision, bob.edited[-1].refused) == (1, "")


def test_where_nothing_is_built_there_is_nothing_to_edit() -> None:
    site = Stepper()
    ann = site.join("Ann")
    ask(ann, Edit(0, []))
    ann.say(Point(1.0, 1.0, []), 1.0)
    assert [error.code for error in ann.errors] == [Code.NOT_ALLOWED] * 2
    assert ann.bye is None


def test_edits_that_come_too_fast_are_refused_with_a_sentence() -> None:
    site = stepper()
    ann = site.join("Ann")
    ask(ann, *(Edit(at, [Change(1, x=300.0 + at % 5)]) for at in range(1, limits.EDITS_BURST_MAX + 2)))
    site.step(2)
    assert [one.serial for one in ann.edited if "too fast" in one.refused] == [limits.EDITS_BURST_MAX + 1]
    assert site.room.statistics.edits == limits.EDITS_BURST_MAX
    ask(ann, Edit(200, [Change(1, x=310.0)]), now_s=2.0)
    site.step(2)
    assert ann.edited[-1].refused == ""


def test_who_asks_too_often_is_ended() -> None:
    ann = stepper().join("Ann")
    ask(ann, *(Edit(0, []) for _ in range(limits.EDITS_BURST_MAX + 1)))
    assert ann.bye is not None
    assert ann.bye.code == Code.TOO_MANY_MESSAGES


def test_only_the_newest_of_where_somebody_points_is_told_and_too_much_is_left_out() -> None:
    site = stepper()
    ann, bob = site.join("Ann"), site.join("Bob")
    for at in range(limits.POINTS_BURST_MAX + 20):
        ann.say(Point(float(at), 5.0, [1], 2.0, 3.0), 1.0)
    site.step(12)
    (pointer,) = bob.pointed[0].people
    assert (pointer.player, pointer.x, pointer.y) == (ann.player.id, limits.POINTS_BURST_MAX - 1.0, 5.0)
    assert (pointer.selected, pointer.dx, pointer.dy, pointer.builds) == ([1], 2.0, 3.0, True)
    assert len(bob.pointed) == 1
    assert ann.bye is None


def test_whose_socket_is_full_hears_of_pointers_no_more_but_of_edits() -> None:
    site = stepper()
    ann, bob = site.join("Ann"), site.join("Bob")
    bob.link.blocked = True
    ann.say(Point(1.0, 5.0, []), 1.0)
    ask(ann, Edit(1, [Add(100, CRATE)]))
    site.step(12)
    bob.link.blocked = False
    site.step(12)
    assert bob.pointed == []
    assert [edited.revision for edited in bob.edited] == [1]
