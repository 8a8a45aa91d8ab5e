"""Answers stand on a bounded shelf for some seconds."""

from server.standings.shelf import ANSWERS_MAX, GOOD_S, Shelf


def test_an_answer_is_good_for_some_seconds() -> None:
    shelf = Shelf()
    shelf.put(("table",), b"{}", 10.0)
    assert shelf.find(("table",), 10.0 + GOOD_S - 0.01) == (True, b"{}")
    assert shelf.find(("table",), 10.0 + GOOD_S) == (False, None)
    assert shelf.find(("other",), 10.0) == (False, None)


def test_that_there_is_nothing_is_an_answer_too() -> None:
    shelf = Shelf()
    shelf.put(("person", "x"), None, 0.0)
    assert shelf.find(("person", "x"), 1.0) == (True, None)


def test_whoever_asks_for_ever_new_things_fills_no_memory() -> None:
    shelf = Shelf()
    for number in range(3 * ANSWERS_MAX):
        shelf.put((str(number),), b"x", 0.0)
        assert len(shelf) <= ANSWERS_MAX
    assert shelf.find((str(3 * ANSWERS_MAX - 1),), 1.0)[0]
    assert not shelf.find(("0",), 1.0)[0]
    shelf.clear()
    assert len(shelf) == 0
