"""Whatever comes late and from whomever, the newest fence counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.cluster.checkpoints import Checkpoints
from server.store import Superseded
from tests.server.cluster.neighbours import Memory


def test_whoever_goes_on_reads_what_the_last_owner_wrote_last() -> None:
    place = Memory()
    first, second = Checkpoints(place), Checkpoints(place)
    assert first.newest("pit", 99) is None
    first.write("pit", 10, b"a")
    first.write("pit", 10, b"b")
    first.write("pit 2/../x", 10, b"other")
    assert second.newest("pit", 20) == b"b"
    assert second.newest("pit", 10) is None, "not what was made under a later fence, or the same"
    second.write("pit", 20, b"c")
    assert len(place.kept) == 2, "what was there of the former owner is gone"
    assert Checkpoints(place).newest("pit", 30) == b"c"
    assert Checkpoints(place).newest("pit 2/../x", 30) == b"other"


def test_a_former_owner_overwrites_nothing_and_is_told() -> None:
    place = Memory()
    first, second, third = Checkpoints(place), Checkpoints(place), Checkpoints(place)
    first.write("pit", 10, b"a")
    second.write("pit", 20, b"b")
    first.write("pit", 10, b"late")  # on its way since before the other claimed the room
    assert third.newest("pit", 30) == b"b"
    with pytest.raises(Superseded):
        Checkpoints(place).write("pit", 10, b"later")
    third.write("pit", 30, b"c")
    assert len(place.kept) == 1, "the late one goes with the next owner's first"


def test_a_room_that_has_ended_leaves_nothing_and_one_that_is_lost_all() -> None:
    place = Memory()
    owner = Checkpoints(place)
    owner.remove("pit")
    owner.write("pit", 10, b"a")
    owner.forget("pit")
    owner.remove("pit")
    assert Checkpoints(place).newest("pit", 20) == b"a"
    owner.write("pit", 20, b"b")
    place.kept["pit.room/00000000000000000030"] = b"somebody else's"
    owner.remove("pit")
    assert list(place.kept.values()) == [b"somebody else's"]
    Checkpoints(place).remove("pit", fence=30)
    assert not place.kept


def test_rooms_that_nobody_wrote_of_for_long_are_known() -> None:
    place = Memory()
    checkpoints = Checkpoints(place)
    for room, fences in (("old one", (1, 2)), ("young", (3, 4))):
        for fence in fences:
            place.write(f"{room.replace(' ', '%20')}.room/{fence:020}", b"x")
    place.write("somebody's notes/1", b"x")
    place.ages = {key: 9_000.0 for key in place.kept if not key.endswith("4")}
    assert checkpoints.older_than(3_600) == ["old one"]


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=30))
def test_in_whatever_order_owners_write_the_greatest_fence_counts(writes: list[tuple[int, bool]]) -> None:
    """Owners of five fences, one after the other claimed; each writes again and again, however late."""
    place = Memory()
    owners = [Checkpoints(place) for _ in range(5)]
    newest: tuple[int, bytes] | None = None
    for number, (owner, is_again) in enumerate(writes):
        fence = (owner + 1) * 10
        who = owners[owner] if is_again else Checkpoints(place)
        content = b"%d" % number
        try:
            who.write("pit", fence, content)
        except Superseded:
            assert newest is not None
            assert newest[0] > fence
            continue
        if newest is None or fence >= newest[0]:
            newest = fence, content
    assert Checkpoints(place).newest("pit", 1_000) == (newest[1] if newest else None)
