"""The contract between a room and its game: all that a game maker needs to know of the server.

A game is one class. It is made for one room, given a `Stage`, and then called in this order, never from
anywhere else and never while awaiting:

    begin                     once, before the first tick
    joined, left              as people come and go, between ticks; the ship that somebody has after `left` goes, too:
                              one that is to stay is theirs no more (`player.ship = 0`)
    greet(player)             when a connection needs to be told how things stand: after joining, and after coming back;
                              a spectator's, too: it has the number 0 and takes no part
    before_step               each tick, when every player's `now` is this tick's input
    after_step(contacts)      each tick, when physics is done
    hud_of(player)            at each snapshot, for each player: an integer for each name of `hud`

It changes the world only through the stage, draws chance only from `stage.random` and time only from
`stage.tick`; so the same seed and the same inputs give the same game. Steering (`protocol.motion`) is the
room's work: a game gives a player a `ship`, or takes it away. Clients know nothing of any game: they show what its
`description` says. To be playable a game puts itself into `games.GAMES`, or its file is named when the server starts.
`games.plain` keeps the contract in the plainest way, to begin from; docs/your-first-game.md shows how.

When the server is started again, whoever was in a room is back in it, whatever its game. A game that only keeps the
contract begins anew with them (`begin`, then `joined` for each). One that is `Lasting`, which takes a struct of plain
values, goes on where it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any, ClassVar, Protocol, runtime_checkable

from msgspec import Struct, field

from protocol.arena import Arena
from protocol.description import Description
from protocol.gun import Gun
from protocol.kinds import Category, Kind
from protocol.messages import ServerMessage
from protocol.motion import Helm, Input
from protocol.ticks import Rates
from server.inputs import InputBuffer
from server.results import Score
from server.rewind import Past
from server.world import Contact, World


class Player(Struct, array_like=True, eq=False):
    """One person or bot in a room, from joining until the seat is given up."""

    id: int
    name: str
    colour: int
    bot: bool
    inputs: InputBuffer
    ship: int = 0
    """The entity that it steers; 0: none."""
    helm: Helm = field(default_factory=Helm)
    rtt_ms: int = 0
    team: int = 0
    """From 1 on, in a game that has `teams`; 0: none. The room gives a newcomer the smallest."""
    subject: str = ""
    """What its account is known by; "": it has none."""
    since_tick: int = 0
    """When it came into the room."""

    def __post_init__(self) -> None:
        self.inputs.table.ships[self.inputs.slot] = self.ship

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "ship":  # so that a tick need not ask a thousand players for it
            self.inputs.table.ships[self.inputs.slot] = value

    @property
    def now(self) -> Input:
        """This tick's input."""
        return self.inputs.now

    @property
    def eye(self) -> tuple[float, float]:
        """Where it last looked from."""
        return self.inputs.eye

    @eye.setter
    def eye(self, place: tuple[float, float]) -> None:
        self.inputs.eye = place


class Stage(Protocol):
    """What a room offers to its game."""

    arena: Arena
    rates: Rates
    random: Random
    world: World
    players: Mapping[int, Player]
    tick: int
    """The tick being simulated."""
    options: Mapping[str, Any]
    """The operator's settings for the game."""

    @property
    def pressing(self) -> Sequence[Player]:
        """Those whose input of this tick has a button held or pressed, in the order in which they came to the room. In
        `before_step`: it spares a look at each of a thousand who do nothing but steer."""

    def rewound(self, player: Player) -> Past:
        """The world as `player` saw it when it gave this tick's input: to judge what hits at once. In `before_step`."""

    def say(
        self, name: str, body: dict[str, Any], to: Sequence[Player] | None = None, spectators: bool = False
    ) -> None:
        """An event, never lost: to everyone in the room, or to some players, and spectators or not. Raises ValueError
        for the name of one of the room's own (`server.own_events`)."""

    def say_near(self, name: str, body: dict[str, Any], x: float, y: float, half_units: float) -> None:
        """An event, to those players and spectators who look from within a square of twice `half_units` around a
        point."""

    def tell(self, message: ServerMessage, may_be_lost: bool = False) -> None:
        """A message to everyone in the room; one that may be lost only to those whose socket takes it."""

    def rearrange(self, arena: Arena) -> None:
        """The arena is this one from now on, of the same size; see `server.build`."""

    def conclude(self, scores: Sequence[Score], team_scores: Mapping[int, int] | None = None) -> None:
        """A match has ended so: for standings, replays and the lobby. The next one begins with the next tick."""


class Game(Protocol):
    """The rules of one game. A game is a subclass; what it doesn't say of itself is as here."""

    name: ClassVar[str]
    """What it is called in settings and in `welcome`; for people it has a title in `description`."""
    kinds: ClassVar[tuple[Kind, ...]]
    description: ClassVar[Description] = Description()
    """How clients show it, which know nothing of it: looks, hud lines, controls, columns, teams, news."""
    map: ClassVar[str] = "pinball"
    """Where it is played when nobody asks for another."""
    teams: ClassVar[int] = 0
    """How many; 0: everyone for themselves."""
    hud: ClassVar[tuple[str, ...]] = ()
    """Names of the integers of `hud_of`."""
    gun: ClassVar[Gun | None] = None
    """What ships fire, for clients to foresee their own shots; None: those come when they come."""
    touches: ClassVar[tuple[tuple[Category, Category], ...]] = ()
    """Whose contacts `after_step` is told beside a shot's with anything and a ship's with a pickup."""

    may_be_late: ClassVar[bool] = True
    """Whether spectators may see it some seconds late, where the operator wants that."""

    @staticmethod
    def unfit(arena: Arena) -> str:
        """Why it can't be played there, as the end of a sentence; "" where it can."""
        return ""

    def __init__(self, stage: Stage) -> None: ...
    def begin(self) -> None: ...
    def joined(self, player: Player) -> None: ...
    def greet(self, player: Player) -> None: ...
    def left(self, player: Player) -> None: ...
    def before_step(self) -> None: ...
    def after_step(self, contacts: Sequence[Contact]) -> None: ...
    def hud_of(self, player: Player) -> tuple[int, ...]: ...

    def huds_news(self) -> Iterable[int] | None:
        """Of which players, by ID, `hud_of` may have changed since this was asked last; None: anybody's. To be said
        anew where a thousand of them need not be looked at."""
        return None


@runtime_checkable
class Lasting(Protocol):
    """What a game adds to the contract so that a restart doesn't end it."""

    saved: ClassVar[type[Struct]]
    """A struct of plain values, for all that it must remember beyond the world and the players."""

    def save(self) -> Struct:
        """One of these, between two ticks. It is encoded at once, so it may share what is in it with the game."""

    def restore(self, saved: Any) -> None:
        """Instead of `begin`: world and players are as they were, and `saved` is what was remembered then."""

    @property
    def rests(self) -> bool:
        """Whether it is between two matches: a server that is to stop need not wait any longer."""
