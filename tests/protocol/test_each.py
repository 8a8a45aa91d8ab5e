"""Each row is called once, in order, whichever of the others fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.each import each


@given(st.lists(st.booleans(), max_size=40))
def test_each_row_is_called_once_in_order_whichever_fail(fails: list[bool]) -> None:
    called: list[int] = []

    def call(number: int, fails: bool) -> int:
        called.append(number)
        if fails:
            raise BlockingIOError(number)
        return number * 2

    results = each(call, range(len(fails)), fails)
    assert called == [*range(len(fails))]
    assert [result.args[0] if isinstance(result, OSError) else result // 2 for result in results] == called
    assert [isinstance(result, OSError) for result in results] == fails


def test_anything_else_is_a_fault_of_ours() -> None:
    with pytest.raises(ZeroDivisionError):
        each(lambda number: 1 // number, [1, 0])
