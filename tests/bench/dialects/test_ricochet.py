"""Ricochet's wire as the generator speaks it, read with Ricochet's own codec."""

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from bench.dialects import HEAD_BYTES, LEAD_TICKS_MAX
from bench.dialects.handshake import RefusedError
from bench.dialects.ricochet import RicochetDialect
from bench.scene import VARIANTS, aim_of, stick_of
from protocol.messages import Inputs, Ping
from protocol.snapshot import Snapshot
from server.app import Server
from server.config import Config
from server.takeover import listen
from tests.bench.dialects.test_plain import understood
from tests.instruments.stepper import Stepper
from tests.server.net.wires import MSGPACK

TICKS = st.integers(0, 2**31 - 1)


@given(TICKS, st.integers(0, VARIANTS - 1))
def test_an_input_is_one_that_the_server_takes(tick: int, variant: int) -> None:
    message = MSGPACK.decode_client(understood(RicochetDialect().input_frame(tick, variant)))
    assert isinstance(message, Inputs)
    (held,) = message.entries
    assert (held.move_x, held.move_y, held.aim) == (*stick_of(variant), aim_of(tick, variant))
    assert (held.buttons, held.edges) == (0, 0)
    assert (message.first_tick, message.applied) == (tick, max(0, tick - LEAD_TICKS_MAX))


def test_snapshots_are_known_among_all_that_a_server_says(monkeypatch: pytest.MonkeyPatch) -> None:
    stepper, said = Stepper(seed=1), list[bytes]()
    client = stepper.join("Ann")
    monkeypatch.setattr(client.link, "post", lambda *messages: said.extend(messages))
    stepper.step(30)
    stepper.join("Bob")
    client.say(Ping(1), 0.0)
    stepper.step(300)
    dialect = RicochetDialect()
    told = [(message[:HEAD_BYTES], MSGPACK.decode_server(message)) for message in said]
    for head, message in told:
        assert dialect.is_snapshot(head) is isinstance(message, Snapshot)
        assert dialect.tick_of(head) == (message.tick if isinstance(message, Snapshot) else None)
    assert len({type(message) for _, message in told}) >= 3


async def test_it_joins_a_real_server(nursery: trio.Nursery) -> None:
    config = Config(port=0, seed=1)
    server, listeners = Server(config), await listen(config)
    await nursery.start(server.serve, listeners)
    port = listeners[0].socket.getsockname()[1]
    with await trio.to_thread.run_sync(RicochetDialect().join, port, 7):
        assert [player.name for player in server.room.players.values()] == ["load7"]
        server.room.players_max = 1
        with pytest.raises(RefusedError, match=r"not welcome: .*full"):
            await trio.to_thread.run_sync(RicochetDialect().join, port, 8)
