"""Whatever is said to everybody or to some, each hears what is said to it, all of it, once and in order."""

from dataclasses import dataclass, field
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from protocol.messages import Event
from server.owed import EVENTS_TOGETHER_MAX, Common
from tests.instruments.stepper import Client, Stepper

NOTE = "note"
ENCODINGS = (SUBPROTOCOL_MSGPACK, SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON)


@dataclass
class Told:
    """A room in which notes are said, and who ought to have heard which."""

    stepper: Stepper = field(default_factory=Stepper)
    expected: dict[str, list[int]] = field(default_factory=dict)
    """By the name of a client who is there."""
    said: int = 0
    came: int = 0

    @property
    def clients(self) -> list[Client]:
        return self.stepper.clients

    @property
    def common(self) -> Common:
        return self.stepper.room._common

    def come(self) -> None:
        self.came += 1
        name = f"P{self.came}"
        client = self.stepper.join(name, ENCODINGS[self.came % len(ENCODINGS)])
        self.expected[client.player.name] = []

    def go(self, client: Client) -> None:
        del self.expected[client.player.name]
        self.stepper.drop(client)

    def say(self, only: list[Client] | None = None) -> None:
        self.said += 1
        people = None if only is None else [client.player for client in only]
        self.stepper.room.say(NOTE, {"n": self.said}, people)
        for client in self.clients if only is None else only:
            self.expected[client.player.name].append(self.said)

    def say_but(self, deaf: list[Client]) -> None:
        self.said += 1
        event = Event(self.stepper.room.tick, NOTE, {"n": self.said})
        self.stepper.room.tell_players(event, but=[client.player for client in deaf])
        for client in self.clients:
            if client not in deaf:
                self.expected[client.player.name].append(self.said)

    def heard(self) -> dict[str, list[int]]:
        return {client.player.name: [body["n"] for body in client.events_named(NOTE)] for client in self.clients}


DEEDS = ("all", "all", "all", "but", "one", "step", "step", "step", "come", "go", "block", "unblock", "unblock", "pay")


def do(told: Told, deed: str, random: Random) -> None:
    some = random.choice(told.clients)
    if deed == "all":
        told.say()
    elif deed == "one":
        told.say([some])
    elif deed == "but":
        told.say_but(random.sample(told.clients, random.randrange(3)))
    elif deed == "step":
        told.stepper.step(random.randint(1, 4))
    elif deed == "come" and len(told.clients) < 8:
        told.come()
    elif deed == "go" and len(told.clients) > 2:
        told.go(some)
    elif deed == "block":
        some.link.block(after_posts=random.randrange(3))
    elif deed == "unblock":
        some.link.unblock()
    elif deed == "pay":
        assert some.session.seat is not None
        some.session.seat.viewer.pay()


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_each_hears_all_that_is_said_to_it_once_and_in_order(seed: int) -> None:
    told, random = Told(), Random(seed)
    for _ in range(3):
        told.come()
    for _ in range(100):
        do(told, random.choice(DEEDS), random)
    for client in told.clients:
        client.link.unblock()
    told.stepper.step(4)
    assert told.heard() == told.expected
    apart = [client for client in told.clients if client.link.codec.is_text]
    assert len(told.common.apart) == len(apart), "who has heard all is like the others again"
    assert told.common.messages == []


def test_what_all_are_owed_is_kept_once_and_bounded() -> None:
    told = Told()
    for _ in range(3):
        told.come()
    told.stepper.step(4)
    told.clients[0].link.block()
    for _ in range(EVENTS_TOGETHER_MAX + 10):
        told.say()
        assert len(told.common.messages) <= EVENTS_TOGETHER_MAX
    assert {len(told.common.messages)} <= {0, 10}
    told.clients[0].link.unblock()
    told.stepper.step(4)
    assert told.heard() == told.expected


def test_a_newcomer_hears_nothing_from_before() -> None:
    told = Told()
    told.come()
    told.stepper.step(4)
    told.say()
    told.come()
    told.say()
    told.stepper.step(2)
    assert [*told.heard().values()] == [[1, 2], [2]]


def test_whoever_has_gone_is_forgotten_whatever_it_is_still_told() -> None:
    told = Told()
    for _ in range(3):
        told.come()
    told.stepper.step(4)
    viewers = [client.session.seat.viewer for client in told.clients if client.session.seat is not None]
    in_words = [viewer for viewer in viewers if viewer.codec.is_text]
    told.say()
    told.go(told.clients[0])
    told.stepper.room.leave(told.clients[-1].player)
    for viewer in (viewers[0], viewers[-1]):
        viewer.owe(b"too late")
        assert viewer.owed > 1, "it keeps what it was owed with all"
    assert [*told.common.apart] == in_words
