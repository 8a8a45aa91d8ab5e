"""How many rooms somebody may open: a burst, then slowly; and the table of who did is bounded."""

import pytest

from protocol import limits
from protocol.errors import Violation
from protocol.messages import Open
from server.openings import Allowances, Openings
from server.restrictions import address_key
from tests.server.test_catalogue import catalogue


def test_a_burst_and_then_so_many_a_minute() -> None:
    allowances = Allowances()
    assert [allowances.take("ann", 0.0) for _ in range(limits.OPENS_BURST_MAX + 1)] == [True] * 5 + [False]
    assert allowances.take("bob", 0.0)
    later = [allowances.take("ann", float(second)) for second in range(1, 61)]
    assert sum(later) == limits.OPENS_PER_MINUTE_MAX


def test_who_has_opened_enough_is_refused_and_counted() -> None:
    openings, key = Openings(catalogue(), lambda: "some-token-of-theirs", rooms_max=20), address_key("1.2.3.4:80")
    for rooms in range(limits.OPENS_BURST_MAX):
        openings.open(Open("Fun", "melee", "belt"), key, rooms, 0.0)
    with pytest.raises(Violation, match="enough rooms for now"):
        openings.open(Open("Fun", "melee", "belt"), key, 5, 0.0)
    assert (openings.counted.rooms_opened, openings.counted.opens_refused) == (limits.OPENS_BURST_MAX, 1)


def test_a_private_rooms_name_is_a_whole_token_and_says_nothing_of_it() -> None:
    openings = Openings(catalogue(), lambda: "some-token-of-theirs", rooms_max=20)
    private, public = (openings.open(Open("Fun", "melee", "belt", private), "ann", 0, 0.0) for private in (True, False))
    assert (private.name, private.card.is_private) == ("some-token-of-theirs", True)
    assert (public.name, public.card.is_private) == ("melee-f-theirs", False)


def test_the_table_is_bounded_and_forgets_who_has_waited_long_enough() -> None:
    allowances = Allowances(openers_max=2)
    assert allowances.take("ann", 0.0)
    assert allowances.take("bob", 0.0)
    assert not allowances.take("cat", 0.0)
    assert allowances.take("cat", 100.0)
    assert len(allowances) == 1


def test_this_machine_itself_may_open_as_many_as_there_may_be() -> None:
    openings = Openings(catalogue(), iter(map(str, range(10**9, 2 * 10**9))).__next__, rooms_max=20)
    for rooms in range(20):
        openings.open(Open("Fun", "melee", "belt"), address_key("127.0.0.1:80"), rooms, 0.0)
    with pytest.raises(Violation, match="20 rooms already"):
        openings.open(Open("Fun", "melee", "belt"), address_key("127.0.0.1:80"), 20, 0.0)
    assert (openings.counted.rooms_opened, openings.counted.opens_refused) == (20, 1)


def test_without_a_catalogue_nothing_is_opened() -> None:
    openings = Openings(None, lambda: "token", rooms_max=20)
    with pytest.raises(Violation, match="can be opened"):
        openings.open(Open("Fun", "melee", "belt"), "ann", 0, 0.0)
    with pytest.raises(Violation, match="no room"):
        openings.another(None, 0)


def test_quick_plays_rooms_are_numbered_and_public() -> None:
    openings = Openings(catalogue(), lambda: "some-token-of-theirs", rooms_max=20)
    rooms = [openings.another("melee", 0) for _ in range(2)]
    assert [room.card.title for room in rooms] == ["Melee 1", "Melee 2"]
    cards = {(room.card.is_private, room.card.is_permanent, room.card.arena) for room in rooms}
    assert cards == {(False, False, "belt")}
    assert rooms[0].name == "melee-f-theirs"
    with pytest.raises(Violation, match="20 rooms already"):
        openings.another("melee", 20)
