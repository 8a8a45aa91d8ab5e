"""The bench's Redis, where a test needs one: without it the test is skipped, and in continuous integration it fails."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench.cluster.redis import PROGRAMS, Redis, find_redis, redis_at

__all__ = ["Redis", "running"]


@contextmanager
def running() -> Iterator[Redis]:
    """Until the block is left."""
    if find_redis() is None:
        absence = f"no Redis: none of {', '.join(PROGRAMS)} is on PATH"
        if os.environ.get("CI") == "true":
            pytest.fail(absence)
        pytest.skip(absence)
    with redis_at() as server:
        yield server
