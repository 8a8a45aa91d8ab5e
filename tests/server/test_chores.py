"""One chore that fails keeps no other from being done."""

from server.chores import do_all


def test_all_are_done_and_what_failed_is_told() -> None:
    done: list[int] = []
    failure = ValueError("no")

    def fails() -> None:
        raise failure

    assert do_all([lambda: done.append(1), fails, lambda: done.append(2)]) == [failure]
    assert done == [1, 2]
