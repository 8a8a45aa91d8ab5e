"""What tests of conversations ask again and again: how one ended, and whether another one goes on."""

from server.games.melee import Melee
from server.room import Room
from server.session import State
from tests.instruments.stepper import Client, Stepper, arena_named


def refusal_of(client: Client) -> int:
    """The code with which the conversation ended; said twice, in `bye` and to the link."""
    assert client.bye is not None
    assert client.bye.sentence
    assert client.link.closed == (client.bye.code, client.bye.sentence)
    assert len(client.bye.sentence.encode()) <= 123
    assert client.session.state is State.ENDED
    return client.bye.code


def goes_on(stepper: Stepper, witness: Client) -> None:
    """Somebody else is still playing: snapshots come, and beliefs are right."""
    shown = len(witness.snapshots)
    stepper.step(4)
    assert len(witness.snapshots) == shown + 2
    assert not list(stepper.differences(witness))
    assert witness.link.closed is None


def open_room(stepper: Stepper, name: str) -> Room:
    return stepper.lobby.open_room(name, Melee, arena_named("pinball"), stepper.rates, seed=2)


def code_of(client: Client) -> int:
    assert client.bye is not None
    assert client.link.closed == (client.bye.code, client.bye.sentence)
    return client.bye.code
