"""Drafts: everyone ends with the server's plan, whatever happens on the way; and undo is of one's own steps."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.draft import PENDING_MAX, UNDOS_MAX, Draft
from protocol.build_messages import Edit
from protocol.plan import Add, Change, Piece, Refused, Remove, checksum
from tests.instruments.plans import Person, Site, plan, steps

CRATE = Piece("crate", 500.0, 500.0)
ACTS = ("edit", "edit", "edit", "undo", "redo", "up", "up", "up", "down", "down", "down", "part", "join", "anew")


def site(people: int = 2) -> Site:
    """Everyone is there, and has the plan."""
    made = Site(people)
    made.settle()
    return made


def act(site: Site, person: Person, what: str, random: Random) -> None:
    draft = person.draft
    if what == "edit":
        site.do(person, lambda: draft.edit(steps(random, draft.plan or plan())))
    elif what in ("undo", "redo"):
        site.do(person, getattr(draft, what))
    elif what in ("up", "down"):
        site.deliver(person, what == "up")
    elif what == "part":
        site.part(person)
    elif not person.online:
        site.join(person, anew=what == "anew")


def assert_equal_everywhere(site: Site) -> None:
    for person in site.people:
        draft = person.draft
        assert draft.plan == draft.confirmed == site.desk.plan
        assert draft.plan is not None
        assert list(draft.plan.pieces) == list(site.desk.plan.pieces)
        assert (draft.revision, draft.pending, draft.mismatches) == (site.desk.revision, [], 0)
        assert checksum(draft.plan) == site.desk.checksum


@settings(max_examples=150)
@given(
    st.integers(1, 4), st.lists(st.tuples(st.integers(0, 3), st.sampled_from(ACTS)), max_size=80), st.integers(0, 99)
)
def test_whatever_happens_all_plans_end_equal(people: int, script: list[tuple[int, str]], seed: int) -> None:
    site, random = Site(people), Random(seed)
    for who, what in script:
        act(site, site.people[who % people], what, random)
    site.settle()
    assert_equal_everywhere(site)
    assert len(set(site.taken)) == len(site.taken), "an edit was taken twice"


@pytest.mark.parametrize("seed", range(5))
def test_a_long_busy_evening_ends_equal(seed: int) -> None:
    site, random = Site(4), Random(seed)
    for _ in range(1500):
        act(site, random.choice(site.people), random.choice(ACTS), random)
    site.settle()
    assert_equal_everywhere(site)
    assert len(site.taken) > 50


@given(st.integers(0, 10_000))
def test_alone_everything_can_be_undone_and_done_again(seed: int) -> None:
    made, random = site(1), Random(seed)
    (person,) = made.people
    begun, made_edits = person.draft.plan, 0
    for _ in range(6):
        act(made, person, "edit", random)
        made.settle()
    ended = person.draft.plan
    while person.draft.can_undo and made_edits < 9:
        made.do(person, person.draft.undo)
        made.settle()
        made_edits += 1
    assert begun is not None
    assert ended is not None
    assert person.draft.plan is not None
    assert dict(person.draft.plan.pieces) == dict(begun.pieces)
    for _ in range(made_edits):
        made.do(person, person.draft.redo)
        made.settle()
    assert not person.draft.can_redo
    assert dict(person.draft.plan.pieces) == dict(ended.pieces)
    assert_equal_everywhere(made)


def test_ones_own_edit_is_seen_at_once_and_taken_back_when_refused() -> None:
    made = site()
    ann = made.people[0]
    made.do(ann, lambda: ann.draft.edit([Change(5, x=9999.0)]))
    assert ann.draft.plan is not None
    assert ann.draft.plan.pieces[5].x == 9999.0
    made.settle()
    assert ann.draft.plan == plan()
    assert ann.draft.refusals == ["a crate: (9999, 800) is outside of the arena (1024 x 1024)"]
    assert not ann.draft.can_undo


def test_two_who_move_the_same_wall_converge() -> None:
    made = site()
    ann, bob = made.people
    made.do(ann, lambda: ann.draft.edit([Change(1, x=310.0)]))
    made.do(bob, lambda: bob.draft.edit([Change(1, x=330.0)]))
    made.deliver(bob, True)
    made.settle()
    assert_equal_everywhere(made)
    assert made.desk.plan.pieces[1].x == 310.0, "the later one at the desk stands"


def test_an_undo_is_of_ones_own_steps_and_leaves_what_others_did() -> None:
    made = site()
    ann, bob = made.people
    made.do(ann, lambda: ann.draft.edit([Change(1, x=310.0)]))
    made.settle()
    made.do(bob, lambda: bob.draft.edit([Change(1, y=320.0)]))
    made.do(bob, lambda: bob.draft.edit([Change(2, x=710.0)]))
    made.settle()
    made.do(ann, ann.draft.undo)
    made.settle()
    was, now = plan().pieces, made.desk.plan.pieces
    assert (now[1].x, now[1].y, now[2].x) == (was[1].x, 320.0, 710.0)
    made.do(ann, ann.draft.redo)
    made.settle()
    assert made.desk.plan.pieces[1].x == 310.0


def test_where_nothing_is_left_to_undo_the_one_before_is_undone() -> None:
    made = site()
    ann, bob = made.people
    made.do(ann, lambda: ann.draft.edit([Add(100, CRATE)]))
    made.do(ann, lambda: ann.draft.edit([Change(1, x=310.0)]))
    made.settle()
    made.do(bob, lambda: bob.draft.edit([Remove(1)]))
    made.settle()
    made.do(ann, ann.draft.undo)
    made.settle()
    assert 100 not in made.desk.plan.pieces
    assert 1 not in made.desk.plan.pieces, "what another has removed stays removed"


def test_an_undo_that_is_refused_can_be_tried_again() -> None:
    made = site()
    ann, bob = made.people
    made.do(ann, lambda: ann.draft.edit([Remove(2)]))
    made.settle()
    made.do(bob, lambda: bob.draft.edit([Change(7, x=780.0, y=670.0)]))  # a spawn point where the wall was
    made.settle()
    made.do(ann, ann.draft.undo)
    made.settle()
    assert 2 not in made.desk.plan.pieces
    assert ann.draft.refusals == ["a spawn point: nearer than 24 units to a wall"]
    made.do(bob, bob.draft.undo)
    made.settle()
    made.do(ann, ann.draft.undo)
    made.settle()
    assert made.desk.plan.pieces[2] == plan().pieces[2]
    assert_equal_everywhere(made)


def test_what_was_done_while_cut_off_is_said_once_afterwards() -> None:
    made = site()
    ann, bob = made.people
    made.do(ann, lambda: ann.draft.edit([Add(100, CRATE)]))
    made.deliver(ann, True)  # it arrives, and the answer is lost
    made.part(ann)
    made.do(ann, lambda: ann.draft.edit([Change(100, x=510.0)]))
    made.do(bob, lambda: bob.draft.edit([Change(1, x=310.0)]))
    made.settle()
    assert_equal_everywhere(made)
    assert made.taken == [(ann.player, 1), (bob.player, 1), (ann.player, 2)]


def test_who_comes_back_as_somebody_else_knows_their_edits_again() -> None:
    made = site()
    ann, _ = made.people
    made.do(ann, lambda: ann.draft.edit([Add(100, CRATE)]))
    made.deliver(ann, True)
    made.join(ann, anew=True)
    made.settle()
    assert len(made.taken) == 1
    assert not ann.draft.refusals
    made.do(ann, ann.draft.undo)
    made.settle()
    assert made.desk.plan == plan()


def test_a_plan_that_differs_is_asked_for_again() -> None:
    made = site()
    ann, bob = made.people
    draft = ann.draft
    draft.confirmed = draft.plan = Site(0).desk.plan.__class__(plan().size, {})
    made.do(bob, lambda: bob.draft.edit([Change(2, x=710.0)]))
    made.settle()
    assert draft.mismatches == 1
    assert draft.plan == made.desk.plan


def test_there_are_bounds() -> None:
    made = site(1)
    (ann,) = made.people
    made.part(ann)
    for at in range(PENDING_MAX):
        ann.draft.edit([Change(1, x=300.0 + at)])
    with pytest.raises(Refused, match="answered"):
        ann.draft.edit([Change(1, x=1.0)])
    with pytest.raises(Refused, match="more than 16"):
        site(1).people[0].draft.edit([Change(1, x=1.0)] * 17)
    made.settle()
    for at in range(UNDOS_MAX):
        ann.up.extend(ann.draft.edit([Change(2, x=700.0 + at % 7)]))
        made.settle()
    undone = 0
    while ann.draft.can_undo and undone <= UNDOS_MAX:
        made.do(ann, ann.draft.undo)
        made.settle()
        undone += 1
    assert undone == UNDOS_MAX


def test_who_may_not_build_sees_all_the_same() -> None:
    draft = Draft()
    with pytest.raises(Refused):
        draft.edit([Change(1, x=1.0)])
    desk = Site(0).desk
    assert draft.joined(3) == [Edit(0, [])]
    for answer in desk.since(3, -1, 0, may_edit=False):
        assert draft.take(answer) == []
    assert draft.plan == desk.plan
    with pytest.raises(Refused, match="may look"):
        draft.edit([Change(1, x=1.0)])
