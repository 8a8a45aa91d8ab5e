"""Clients that mean well: they play, chat, go from room to room, stall, lose their connection, come back with their
token, and leave.

A client is stepped with the time and says its bytes to a `Connection`; what it is told goes through `Eyes`. What
befalls it (a stall, a cut in the middle of a frame, vanishing) is drawn from its own seed.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final, Literal

from protocol import limits
from protocol.errors import Code
from protocol.messages import (
    Browse,
    Bye,
    Chat,
    ChatLine,
    Enter,
    Error,
    Event,
    Hello,
    Inputs,
    Leave,
    LobbyNews,
    Ping,
    Pong,
    Rename,
    Welcome,
)
from protocol.motion import Input
from tests.instruments.stepper import wander
from tests.simulation.conversation import Conversation, Wrong
from tests.simulation.eyes import Eyes

if TYPE_CHECKING:
    from tests.simulation.world import World

BLAMELESS: Final = frozenset(
    {Code.REPLACED, Code.ROOM_CLOSED, Code.ROOM_FULL, Code.ROOM_NOT_FOUND, Code.SERVER_STOPPING, 1000}
)
"""How the server may end a conversation with somebody who did nothing wrong."""
SLOW: Final = frozenset({Code.SILENT, Code.TOO_SLOW, Code.HELLO_TIMEOUT})
"""And with somebody who stalled."""
WAYS_BARRED: Final = frozenset(
    {Code.ROOM_FULL, Code.ROOM_NOT_FOUND, Code.OPEN_REFUSED, Code.SERVER_STOPPING, Code.NOT_ALLOWED}
)
"""Why one may have to stay where one is."""
INPUTS_EVERY_TICKS: Final = 2
SAYINGS: Final = (
    Chat("hello there"),
    Chat("hello everybody", "lobby"),
    Chat("/me waves"),
    Chat("/who"),
    Chat("/mute #1"),
    Chat("/unmute #1"),
    Chat("/report #2 he waves"),
    Chat("/kick #3"),
    Rename("Zoë"),
    Rename("Ann the second"),
)


class Player:
    """Someone who plays, or watches."""

    def __init__(self, world: World, name: str, random: Random) -> None:
        self.name, self.world = name, world
        self.is_done = False
        """Doesn't come back."""
        self.welcome: Welcome | None = None
        self.eyes: Eyes | None = None
        self.roster: set[int] = set()
        self.scores: dict[int, tuple[int, int, int]] = {}
        self.resume: str | None = None
        self.used_tokens: list[str] = []
        self.talk: Conversation | None = None
        self._random = random
        self._role: Literal["player", "spectator"] = "spectator" if random.random() < 0.1 else "player"
        self._subprotocol = limits.SUBPROTOCOL_JSON if random.random() < 0.15 else limits.SUBPROTOCOL_MSGPACK
        self._is_independent = random.random() < 0.15
        self._pilot = wander(random)
        self._restless_s = random.choice((3.0, 1e9))
        """On average between two rooms."""
        self._is_visitor = random.random() < 0.2
        self._is_going = self._is_in_lobby = False
        self._lead_ticks = random.choice((1, 2, 3, 6, 20))
        self._trouble_s = random.choice((0.5, 2.0, 5.0, 1e9))
        """On average between two troubles."""
        self._sent_ticks: set[int] = set()
        self._next_tick = 0
        self._back_s = world.now_s + random.uniform(0.0, 1.0)
        self._stalled_until_s = 0.0
        self._has_stalled = False
        self._ping_s = 0.0
        self._bye: Bye | None = None

    # stepping ----------------------------------------------------------------------------------------------

    def step(self, now_s: float) -> None:
        talk = self.talk
        if talk is None:
            if now_s >= self._back_s and not self.is_done and not self.world.is_calm:
                self._connect(now_s)
            return
        if now_s < self._stalled_until_s:
            return
        talk.connection.reads = True
        before = talk.status
        talk.step(now_s)
        if before != 101 and talk.status == 101:
            self._say_hello(talk, now_s)
        if talk.is_over or (talk.status not in (0, 101)):
            self._ended(talk, now_s)
        elif self.welcome is not None or self._is_in_lobby:
            self._live(talk, now_s)

    def _connect(self, now_s: float) -> None:
        self.welcome = self.eyes = self._bye = None
        self._is_going = self._is_in_lobby = False
        self._has_stalled = False
        connection = self.world.connect(self._random, self.name)
        self.talk = Conversation(connection, self._subprotocol, self._random, self._hear)
        self.talk.begin(now_s)

    def _say_hello(self, talk: Conversation, now_s: float) -> None:
        resume = self.resume
        if self.used_tokens and self._random.random() < 0.2:
            self.world.faults["old tokens"] += 1
            resume = self._random.choice(self.used_tokens)
        elif self._random.random() < 0.05:
            self.world.faults["forged tokens"] += 1
            resume = "forged"
        room = self._random.choice(self.world.room_names) if self._random.random() < 0.5 else None
        role = "visitor" if self._is_visitor else self._role
        talk.say(Hello(limits.PROTOCOL_VERSION, self.name, room=room, resume=resume, role=role), now_s)

    def _live(self, talk: Conversation, now_s: float) -> None:
        if self._role == "player" and self.eyes is not None and not self._is_going and not self.world.is_calm:
            self._say_inputs(talk, self.eyes, now_s)
        if not self._is_going and self._is_restless():
            self._go(talk, now_s)
        if now_s >= self._ping_s:
            self._ping_s = now_s + 1.0
            talk.say(Ping(int(now_s * 1000) & 0xFFFF), now_s)
            if self._random.random() < 0.4 and self._role == "player":
                talk.say(self._random.choice(SAYINGS), now_s)
        if not self.world.is_calm and self._random.random() < 1.0 / (self._trouble_s * self.world.steps_per_s):
            self._be_troubled(talk, now_s)

    def _is_restless(self) -> bool:
        patience_s = 1.0 if self._is_in_lobby else self._restless_s
        return not self.world.is_calm and self._random.random() < 1.0 / (patience_s * self.world.steps_per_s)

    def _go(self, talk: Conversation, now_s: float) -> None:
        """To the lobby, to some room, or to the best one; no inputs until there is an answer."""
        self._is_going = True
        room = self._random.choice([*self.world.room_names, None])
        to_lobby = not self._is_in_lobby and self._random.random() < 0.3
        self.world.faults["clients: to the lobby" if to_lobby else "clients: to another room"] += 1
        talk.say(Browse() if to_lobby else Enter(room, self._role), now_s)

    def _say_inputs(self, talk: Conversation, eyes: Eyes, now_s: float) -> None:
        """For two ticks at once; addressed by the newest snapshot, so early or late as the network has it."""
        if not eyes.tick or eyes.tick + self._lead_ticks < self._next_tick:
            return
        first = max(self._next_tick, eyes.tick + self._lead_ticks)
        entries: list[Input] = [self._pilot(first + n) for n in range(INPUTS_EVERY_TICKS)]
        self._next_tick = first + len(entries)
        self._sent_ticks.update(range(first, self._next_tick))
        talk.say(Inputs(first, entries, eyes.tick), now_s)

    # trouble -----------------------------------------------------------------------------------------------

    def _be_troubled(self, talk: Conversation, now_s: float) -> None:
        trouble = self._random.choice(("stall", "stall", "cut", "cut within a frame", "finish", "vanish", "leave"))
        self.world.faults[f"clients: {trouble}"] += 1
        if trouble == "stall":
            self._stalled_until_s = now_s + self._random.choice((0.2, 1.0, 3.0))
            self._has_stalled = True
            talk.connection.reads = False
            return
        if trouble == "leave":
            talk.say(Leave(), now_s)
            self.resume = None
            return
        if trouble == "cut within a frame":
            payload = talk.codec.encode(Inputs(self._next_tick, [Input()] * 20))
            talk.connection.say(payload[: self._random.randrange(1, len(payload))], now_s)
        if trouble == "finish":
            talk.connection.finish(now_s)
        elif trouble == "vanish":
            talk.connection.vanish()
        else:
            talk.connection.cut()
        self._part(now_s)

    def _part(self, now_s: float) -> None:
        self.talk = None
        if self._random.random() < 0.15:
            self.is_done = True
        self._back_s = now_s + self._random.choice((0.0, 0.1, 0.5, 2.0, 5.0))

    def _ended(self, talk: Conversation, now_s: float) -> None:
        """The server's doing, or the network's."""
        if self._bye is not None:
            allowed = BLAMELESS | self.world.admin.verdicts
            if self._has_stalled or self.world.is_rough:
                allowed |= SLOW
            if self._bye.code not in allowed:
                raise Wrong(f"{self.name} did nothing wrong and was told {self._bye}")
            if talk.closed is not None and talk.closed != (self._bye.code, self._bye.sentence):
                raise Wrong(f"a bye of {self._bye}, and a close frame of {talk.closed}")
            if self._bye.code == Code.REPLACED:
                self.resume = None
        talk.connection.cut()
        self._part(now_s)

    # what is heard -----------------------------------------------------------------------------------------

    def _hear(self, wire: bytes | str) -> None:
        assert self.talk is not None
        if self._bye is not None:
            raise Wrong(f"something after {self._bye}")
        if self.eyes is not None and self.eyes.see(wire, self.talk.codec):
            self.world.snapshots_checked += 1
            return
        message = self.talk.codec.decode_server(wire)
        match message:
            case Welcome():
                self._take_welcome(message)
            case Event():
                self._take_event(message)
            case Bye():
                self._bye = message
            case LobbyNews():
                self._take_lobby(message)
            case Error(code=Code.RESUME_REFUSED):
                self.world.faults["resumes refused"] += 1
            case Error(code=code) if code in WAYS_BARRED:
                self._is_going = False
            case Error() | ChatLine() | Pong():
                pass
            case _:
                raise Wrong(f"{type(message).__name__} before welcome")

    def _take_welcome(self, welcome: Welcome) -> None:
        if self.welcome is not None and not self._is_going:
            raise Wrong("a second welcome")
        self._is_going = self._is_in_lobby = False
        if self.resume is not None:
            self.used_tokens.append(self.resume)
        self.welcome, self.resume = welcome, welcome.resume
        self.world.pocket(self.name, welcome.resume)
        self.roster = {player.id for player in welcome.players}
        self.scores = {}
        self._next_tick = 0
        history = self.world.history_of(welcome.room)
        sent = self.world.sent_ticks_of(welcome)
        self._sent_ticks = sent
        self.eyes = Eyes(welcome, history, self.world.shelf_of(welcome.room), sent, self._is_independent)

    def _take_lobby(self, news: LobbyNews) -> None:
        """Nothing is shown, and there is no seat to come back to."""
        if not self._is_in_lobby:
            if self.resume is not None:
                self.used_tokens.append(self.resume)
            self.welcome = self.eyes = self.resume = None
            self._is_going, self._is_in_lobby = False, True
        for room in news.rooms:
            if not 0 <= room.bots <= room.players <= room.players_max:
                raise Wrong(f"a room is told as {room}")

    def _take_event(self, event: Event) -> None:
        body = event.body
        if event.name == "joined":
            self.roster.add(body["id"])
            self.scores[body["id"]] = (0, 0, 0)
        elif event.name == "left":
            self.roster.discard(body["id"])
            self.scores.pop(body["id"], None)
        elif event.name == "scores":
            self.scores |= {player: (score, kills, deaths) for player, score, kills, deaths in body["scores"]}

    def check_told(self) -> None:
        """In the end, when the network is perfect and nobody does anything: who is there, and how they stand."""
        if self.welcome is None or self.eyes is None or self.talk is None or not self.talk.is_open or self._bye:
            return
        watched = self.world.watch.rooms[self.welcome.room]
        if watched.told_tick >= self.eyes.tick:
            return  # the news is under way
        if self.roster != set(watched.room.players):
            raise Wrong(f"{self.name} believes that {sorted(self.roster)} are there, not {[*watched.room.players]}")
        truth = self.world.scores_of(self.welcome.room)
        if self.scores != truth:
            raise Wrong(f"{self.name} believes in scores of {self.scores}, not {truth}")
        self.world.told_checked += 1
