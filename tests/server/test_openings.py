"""How many rooms somebody may open: a burst, then slowly; and the table of who did is bounded."""

from protocol import limits
from server.openings import Allowances


def test_a_burst_and_then_so_many_a_minute() -> None:
    allowances = Allowances()
    assert [allowances.take("ann", 0.0) for _ in range(limits.OPENS_BURST_MAX + 1)] == [True] * 5 + [False]
    assert allowances.take("bob", 0.0)
    later = [allowances.take("ann", float(second)) for second in range(1, 61)]
    assert sum(later) == limits.OPENS_PER_MINUTE_MAX


def test_the_table_is_bounded_and_forgets_who_has_waited_long_enough() -> None:
    allowances = Allowances(openers_max=2)
    assert allowances.take("ann", 0.0)
    assert allowances.take("bob", 0.0)
    assert not allowances.take("cat", 0.0)
    assert allowances.take("cat", 100.0)
    assert len(allowances) == 1
