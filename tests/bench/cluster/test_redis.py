"""The bench's own Redis: it is there, it forgets or keeps, and nothing of it is left."""

from bench.cluster.redis import PORT_MAX, PORT_MIN, free_port
from tests.instruments.redis import running


def test_it_keeps_what_it_had_when_it_is_killed_if_it_is_to() -> None:
    with running() as redis:
        redis.stop()
        assert redis.pid == 0
        assert redis.say("PING") == b""
        redis.start(keeps=True)
        assert redis.say("SET a 1") == b"+OK\r\n"
        redis.kill()
        redis.start(keeps=True)
        assert redis.say("GET a") == b"$1\r\n1\r\n"
        redis.kill()
        redis.start(keeps=True, forgets=True)
        assert redis.say("GET a") == b"$-1\r\n"
        redis.freeze()
        redis.thaw()
        assert redis.say("PING") == b"+PONG\r\n"
    assert redis.pid == 0


def test_a_free_port_is_nobodys() -> None:
    assert PORT_MIN <= free_port("127.0.0.1") < PORT_MAX
