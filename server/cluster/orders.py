"""What an admin asks of one process is done wherever it is to be done.

    kick                       here, and by all others who have somebody like that
    ban, mute, unban, unmute   here, and it is in force everywhere (see `law`); by whoever has them, if a session or a
                               place is meant that isn't here
    close                      here, or by whoever has the room
    dismiss                    here: reports are a process's own
    drain                      here, one other, or all

Others answer what they have done, or why they couldn't. That somebody didn't answer in time is said to the admin, for
nobody knows then whether it was done. Whoever does it writes it into its own log `ricochet.audit`.
"""

import secrets
from collections.abc import Callable
from typing import Final

import msgspec
import structlog
import trio
from msgspec import Struct, field

from server.cluster.news import BODY_CHARS_MAX, SENTENCE_CHARS_MAX, Answered, Asked
from server.cluster.peers import Peers
from server.moderation import ACTIONS, LASTING, AnyOrder, CantBe, DrainOrder, Moderation, NoOrder, Order, read_order

ANSWERS_S_MAX: Final = 2.0
ASKING_MAX: Final = 32
"""Admins who wait for the answers of others at once."""
DRAIN: Final = "drain"
SHARED: Final = frozenset(ACTIONS) - {"dismiss"}

audit = structlog.get_logger("ricochet.audit")


class Answers(Struct):
    """What others said to one question."""

    missing: set[str]
    """Who hasn't answered yet."""
    done: list[str] = field(default_factory=list)
    is_over: trio.Event = field(default_factory=trio.Event)


class Orders:
    """`tell` says something to all others."""

    def __init__(
        self,
        moderation: Moderation,
        peers: Peers,
        tell: Callable[[Asked | Answered], None],
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self._moderation, self._peers, self._tell, self._on_change = moderation, peers, tell, on_change
        self._asked: dict[str, Answers] = {}

    # asked here --------------------------------------------------------------------------------------------

    async def obey(self, action: str, order: AnyOrder, by: str | None) -> str:
        """What was done, by whomever. Raises CantBe."""
        try:
            done, why = [self._obey_here(action, order)], ""
        except CantBe as error:
            done, why = [], str(error)
        if not self._concerns_others(action, order, bool(done)):
            if not done:
                raise CantBe(why)
            return done[0]
        answers = await self._ask(Asked(secrets.token_hex(8), action, _json(order), by))
        silent = _unheard(len(answers.missing))
        if not done and not answers.done:
            raise CantBe(f"{why}{silent}")
        return "; ".join(dict.fromkeys((*done, *(f"elsewhere: {sentence}" for sentence in answers.done)))) + silent

    def kick(self, order: Order) -> None:
        """By whoever has them; nobody waits for an answer."""
        self._tell(Asked(secrets.token_hex(8), "kick", _json(order)))

    async def drain(self, order: DrainOrder, own: str, by: str | None) -> tuple[str, bool]:
        """(what was done, whether we are to drain). `own` is what this process is called. Raises CantBe."""
        if order.process == own or (order.process is None and not order.everywhere):
            return "draining", True
        if order.process is not None and order.process not in self._peers:
            raise CantBe(f"there is no process {order.process!r}")
        answers = await self._ask(Asked(secrets.token_hex(8), DRAIN, by=by, to=order.process))
        silent = _unheard(len(answers.missing))
        if order.process is None:
            return f"draining, and {_counted(len(answers.done))} with this one{silent}", True
        if not answers.done:
            raise CantBe(f"that process did not answer{silent}")
        return f"the process {order.process} is draining", False

    @staticmethod
    def _concerns_others(action: str, order: AnyOrder, is_done: bool) -> bool:
        if action not in SHARED:
            return False
        is_one = isinstance(order, Order) and (order.session is not None or order.room is not None)
        if action == "kick":
            return not (is_one and is_done)
        return not is_done and (is_one or action == "close")

    async def _ask(self, question: Asked) -> Answers:
        """All others, or one; until they have answered or their time is over."""
        answers = Answers({peer.id for peer in self._peers} if question.to is None else {question.to})
        if not answers.missing or len(self._asked) >= ASKING_MAX:
            return answers
        self._asked[question.ask] = answers
        self._tell(question)
        with trio.move_on_after(ANSWERS_S_MAX):
            await answers.is_over.wait()
        del self._asked[question.ask]
        return answers

    def answered(self, sender: str, answer: Answered) -> None:
        """Somebody has answered; whom we didn't know of, too."""
        answers = self._asked.get(answer.ask)
        if answers is None:
            return
        answers.missing.discard(sender)
        if answer.done is not None:
            answers.done.append(answer.done)
        if not answers.missing:
            answers.is_over.set()

    # asked elsewhere ---------------------------------------------------------------------------------------

    def asked(self, sender: str, question: Asked) -> None:
        """Do it, if it can be done here, and say so."""
        done = why = None
        try:
            done = self._obey_asked(question)
        except (CantBe, NoOrder) as error:
            why = str(error)[:SENTENCE_CHARS_MAX]
        self._tell(Answered(sender, question.ask, done and done[:SENTENCE_CHARS_MAX], why))
        if done is not None:
            audit.info("admin", action=question.action, by=question.by, process=sender, done=done, order=question.order)
            if question.action == DRAIN:
                self._moderation.drain()

    def _obey_asked(self, question: Asked) -> str:
        if question.action == DRAIN:
            return "draining"
        if question.action not in SHARED:
            raise NoOrder(f"there is no action {question.action!r}")
        done = self._obey_here(question.action, read_order(question.order.encode(), ACTIONS[question.action][1]))
        if question.action in LASTING:
            self._on_change()
        return done

    def _obey_here(self, action: str, order: AnyOrder) -> str:
        act, _ = ACTIONS[action]
        return act(self._moderation, order, trio.current_time())


def _json(order: AnyOrder) -> str:
    told = msgspec.json.encode(order).decode()
    assert len(told) <= BODY_CHARS_MAX, "each of its fields is bounded"
    return told


def _unheard(count: int) -> str:
    return f"; {_counted(count)} did not answer" if count else ""


def _counted(count: int) -> str:
    return f"{count} other {'process' if count == 1 else 'processes'}"
