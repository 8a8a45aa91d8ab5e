"""One run, as `bench cores` makes it: a room whose clients get their snapshots."""

from bench.cores import run


def test_the_clients_get_what_is_sent_and_it_is_told_what_that_took() -> None:
    found = run("process", 24, 0.5)
    assert (found.way, found.clients, found.ticks) == ("process", 24, 15)
    assert found.read_bytes > 20  # of a snapshot: the header alone is more
    assert found.game_cpu_us > 0.0
    assert found.other_cpu_us > 0.0
    assert found.busy_p99_ms >= found.busy_ms > 0.0
    assert found.written_p99_ms > 0.0
