"""Quotas are each address's own, and what is remembered of them is bounded."""

import pytest

from server.net import quota as quotas
from server.net.quota import Quota


def test_each_address_has_its_own_quota_and_a_new_one_after_a_while() -> None:
    quota = Quota(most=2, window_s=10.0)
    assert [quota.take("1.2.3.4", 0.0) for _ in range(3)] == [True, True, False]
    assert quota.take("1.2.3.5", 0.0)
    assert not quota.take("1.2.3.4", 9.9)
    assert quota.take("1.2.3.4", 10.0)


def test_nobody_in_particular_has_none() -> None:
    quota = Quota(most=1)
    assert all(quota.take("", 0.0) for _ in range(5))


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "CUSTOMERS_MAX", 10)
    quota = Quota()
    for number in range(35):
        assert quota.take(str(number), 0.0)
        assert len(quota) <= 10
