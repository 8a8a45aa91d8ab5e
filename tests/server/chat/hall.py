"""A stepper with people who talk: what tests of chat ask again and again."""

from typing import ClassVar

from protocol.messages import Chat, ChatLine
from server.games.melee import Melee
from server.gate import Gate
from server.late import OPTION
from server.moderation import Moderation
from server.tokens import Rules, Verifier
from tests.instruments.keys import HMAC, NOW_UNIX_S, token
from tests.instruments.stepper import Client, Stepper


class Sides(Melee):
    """Melee with two teams."""

    teams: ClassVar[int] = 2


class Hall(Stepper):
    """People at addresses of their own. Each line comes a minute later, so that no limit is met unmeant."""

    def __init__(self, teams: bool = False, delay_s: float = 0.0) -> None:
        gate = Gate(Verifier([HMAC], Rules()), clock=lambda: NOW_UNIX_S)
        super().__init__(game=Sides if teams else Melee, options={OPTION: delay_s}, gate=gate)
        self.moderation = Moderation(self.lobby, self.lobby.close_room, lambda: None)

    def enter(self, name: str, *, sub: str | None = None, role: str = "player", room: str | None = None) -> Client:
        address = f"10.0.0.{len(self.clients) + 1}:1"
        signed = None if sub is None else token(sub=sub, role=role)
        comes_as = "spectator" if role == "spectator" else "player"
        return self.join(name, address=address, token=signed, room=room, role=comes_as)

    def say(self, client: Client, text: str, to: str = "room", at_s: float | None = None) -> None:
        if at_s is None:
            self.now_s += 60.0
        client.say(Chat(text, to), self.now_s if at_s is None else at_s)  # type: ignore[arg-type]  # what it may be is tested
        self.flush()

    def flush(self) -> None:
        """Deliver what is owed, without a tick."""
        for client in self.clients:
            if client.session.seat is not None:
                client.session.seat.viewer.pay()
            client.read()


def number_of(client: Client) -> int:
    assert client.session.speaker is not None
    return client.session.speaker.named.number


def lines(client: Client, to: str | None = None) -> list[str]:
    """What others and oneself said, as heard."""
    return [line.text for line in client.chats if line.to != "notice" and to in (None, line.to)]


def notices(client: Client) -> list[str]:
    return [line.text for line in client.chats if line.to == "notice"]


def refusals(client: Client) -> list[str]:
    return [error.sentence for error in client.errors]


def last(client: Client) -> ChatLine:
    return client.chats[-1]
