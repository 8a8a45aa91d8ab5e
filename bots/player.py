"""One player's side of the conversation, without I/O: messages and seconds in, messages out.

    hello -> welcome -> first snapshot: the tick clock starts
    go (enter, open, browse) -> the clock stops -> welcome, and so on; or lobby; or error, and the clock starts again
    every tick: think (every 150 ms), sample the stick, predict; every few ticks: post the inputs
    every snapshot: view, prediction and clock learn from it; every second: ping

`client` connects it to a socket and steps it; a test connects it to whatever it likes.
"""

from collections.abc import Callable
from math import inf
from typing import Final, Literal
from zlib import crc32

from bots.act import Brain, Stick
from bots.common_room import CommonRoom, CommonRooms
from bots.gaze import Gaze
from bots.lead import Lead
from bots.link import Link
from bots.neighbourhood import ShipState
from bots.neighbours import surroundings
from bots.own_shots import OwnShots
from bots.pings import Pings
from bots.prediction import Prediction, Reconciled
from bots.roster import take_note
from bots.site import Site
from bots.slices import Slices, is_numbered, slice_snapshot
from bots.tally import Account, Tally
from bots.thrift import Thrift
from bots.view import View
from protocol import limits
from protocol.build_messages import Edited
from protocol.codec import Codec, Wire
from protocol.messages import (
    Browse,
    Bye,
    ChatLine,
    Enter,
    Error,
    Event,
    Hello,
    Homes,
    Inputs,
    LobbyNews,
    Message,
    Moved,
    Open,
    PlayerInfo,
    Pong,
    Resync,
    Watch,
    Welcome,
)
from protocol.motion import Input
from protocol.quantize import seen_to_wire
from protocol.snapshot import Snapshot
from protocol.ticks import Rates

THINK_INTERVAL_S: Final = 0.15
BEHIND_TICKS_MAX: Final = 10
"""A clock further behind (a process that was suspended) leaves the ticks between out."""
HEARD_AT_FIRST: Final = 30
HEARD_OF: Final = 4
"""Who isn't attentive steers its clock by every snapshot for so many, and then by one of so many."""
_NEWS: Final = frozenset((Event.number, ChatLine.number, Error.number))
"""What only the attentive hear."""

Role = Literal["player", "spectator", "visitor"]


class Player:
    """One player. `due_s` is when it wants to be pulsed next."""

    def __init__(
        self,
        name: str,
        codec: Codec,
        rooms: CommonRooms,
        tally: Tally,
        give_brain: Callable[[CommonRoom], Brain] | None = None,
        attentive: bool = True,
        foresees_shots: bool = False,
        gaze: Gaze | None = None,
        spare_ticks: float = 0.0,
    ) -> None:
        """`attentive`: foresee our own ship, and hear what happens and who is there, at some cost.

        `foresees_shots`: our own shots, too, at a millisecond or two for each: for whoever draws them. `spare_ticks` is
        how much earlier than need be our inputs shall come (`Lead`).
        """
        self.name = name
        self.account = Account()
        self.stick = Stick()
        self.seen_tick: float | None = None
        """The tick of the picture that whoever steers looks at; None: the newest snapshot's."""
        self.due_s = inf
        self.pings = Pings(tally)
        self.gaze = gaze or Gaze()  # where we look, as a spectator
        self.welcome: Welcome | None = None
        self.view: View | None = None
        self.lead: Lead | None = None
        self.shots: OwnShots | None = None
        """Our own, if they are foreseen and the game says what its guns are like."""
        self.roster: dict[int, PlayerInfo] = {}
        self.is_going = False  # whether we have asked for another place, and no answer has come
        self.bye: Bye | None = None
        self.resume: str | None = None
        self.moved: Moved | None = None  # whereto we are being led
        self.homes: list[str] = []  # where else we may come back to
        self.reconciled = Reconciled()
        """What the newest snapshot did to our prediction."""
        self.token: str | None = None  # shown in each hello, where the server asks for one
        self.role: Role = "player"  # what hello asks for; a visitor looks around first
        self.lobby: LobbyNews | None = None  # the newest of it while we are there; None in a room
        self.on_snapshot: Callable[[], None] = lambda: None  # called with news of the lobby, too
        self.on_message: Callable[[Event | ChatLine | Error], None] = lambda message: None
        self._codec, self._rooms, self._tally, self._give_brain = codec, rooms, tally, give_brain
        self._attentive, self._foresees_shots = attentive, attentive and foresees_shots
        self._spare_ticks = spare_ticks
        self._rests = False  # whether the match is over, and no gun fires
        self._brain: Brain | None = None
        self._prediction: Prediction | None = None
        self._site: Site | None = None
        self._thrift = Thrift()
        self._link: Link | None = None
        self._next_tick = self._think_tick = 0
        self._ticks_together = 1
        """Inputs of so many ticks ride one message, one for each snapshot."""
        self._entries: list[Input] = []
        self._hello_s, self._heard = 0.0, 0  # snapshots that this clock has seen
        self._snapshot_s: float | None = None

    @property
    def tick(self) -> int:
        """The newest tick that we have lived, and have given an input for."""
        return self._next_tick - 1

    @property
    def is_watching(self) -> bool:
        """Whether we are in a room without playing there."""
        return self.welcome is not None and self.lobby is None and self.welcome.player == 0

    @property
    def ship(self) -> ShipState | None:
        """Our own ship as predicted for the newest input; None without one."""
        return self._prediction.state if self._prediction else None

    def say(self, message: Message) -> None:
        """Send `message`, if there is a connection."""
        if self._link is not None:
            self._link.post(self._codec.encode(message))

    def begin(self, link: Link, room: str | None, now_s: float, led: Moved | None = None) -> None:
        """A connection is open: say hello, to where we were `led`."""
        self._link, self._hello_s, self.bye = link, now_s, None
        seat, role = (led.seat, led.role) if led is not None else (None, self.role)
        self.say(Hello(limits.PROTOCOL_VERSION, self.name, self.token, room, self.resume, role, bot=True, seat=seat))

    def go(self, message: Enter | Open | Browse) -> None:
        """To another room, or to the lobby. No inputs are said until the server has answered."""
        self.is_going = True
        self._stand_still()
        self.gaze.forget()
        self.say(message)

    def look(self, watch: Watch | None) -> None:
        """Say where we look, if there is anything to say and we watch."""
        if watch is not None and self.is_watching:
            self.say(watch)

    def _stand_still(self) -> None:
        """The clock has stopped, until the next snapshot that counts."""
        self.lead, self._snapshot_s = None, None
        self._entries.clear()
        self.due_s = self.pings.due_s

    def end(self, now_s: float) -> None:
        """The connection is over; the token to resume with is kept."""
        self.account.close(now_s)
        self.is_going, self.lobby = False, None
        self.pings.stop()
        self._stand_still()
        self._link = None

    def receive(self, wire: Wire, now_s: float) -> None:
        """Take in one message. Raises ValueError when it can't be read."""
        if (slices := slice_snapshot(wire)) is not None:
            self._take_snapshot(slices, now_s)
            return
        if not self._attentive and is_numbered(wire, _NEWS) and not self.is_going:
            return
        match self._codec.decode_server(wire):
            case Snapshot() as snapshot:
                self._take_snapshot(snapshot, now_s)
            case Welcome() as welcome:
                self._take_welcome(welcome, now_s)
            case LobbyNews() as news:
                self._take_lobby(news, now_s)
            case Edited() as edited if self._site is not None:
                self._site.take(edited)
            case Pong() as pong:
                self.pings.take(pong, now_s)
            case Bye() as bye:
                self.bye = bye
            case Homes() as homes:
                self.homes = homes.urls
            case Moved() as moved:
                self.moved = moved
                if self.welcome is None or self.welcome.room != moved.room:
                    self.resume = None
            case Event() | ChatLine() | Error() as message:
                self._note(message)
                self.on_message(message)

    def _take_lobby(self, news: LobbyNews, now_s: float) -> None:
        if self.lobby is None:
            self._prediction, self.resume, self.is_going, self.pings.due_s = None, None, False, now_s
            self._stand_still()
        self.lobby = news
        self.on_snapshot()

    def _take_welcome(self, welcome: Welcome, now_s: float) -> None:
        assert self._link is not None
        room = self._rooms.enter(welcome)
        if not self.is_going:  # else pings have measured it
            self.pings.rtt_s = now_s - self._hello_s
        self._stand_still()
        self.is_going, self.lobby = False, None
        self.welcome, self.resume = welcome, welcome.resume
        self.roster = {player.id: player for player in welcome.players} if self._attentive else {}
        self.view = View(room.kinds, welcome.tick_rate, welcome.hud, room.shelf)
        self.view.player, self.view.roster = welcome.player, self.roster
        foresees = self._attentive and not self.is_watching
        self._prediction = Prediction(room.make_neighbourhood(), welcome.tick_rate) if foresees else None
        gun = welcome.gun if self._foresees_shots else None
        self.shots = OwnShots(gun, welcome.arena, self.view) if gun else None
        self._site = Site(welcome.player, room, self.say, self._prediction, self.shots) if self._attentive else None
        self._rests = False
        self._ticks_together = Rates(welcome.tick_rate, welcome.snapshot_rate).snapshot_interval
        self._brain = self._give_brain(room) if self._give_brain else None
        if not self.account.is_open:
            self.account.open(self._link, now_s)
        self.pings.due_s = self.due_s = now_s
        self.look(self.gaze.again())

    def _take_snapshot(self, snapshot: Snapshot | Slices, now_s: float) -> None:
        view, welcome = self.view, self.welcome
        assert view is not None and welcome is not None
        for cell in view.apply(snapshot):
            self._tally.checksum_mismatches += 1
            self.say(Resync(cell))
        if self._prediction is not None:
            self._reconcile(self._prediction, view, snapshot)
        if not self.is_going and not self.is_watching:  # a spectator has no inputs to time
            self._keep_clock(snapshot, welcome.tick_rate, now_s)
        self.account.snapshots += 1
        if self._snapshot_s is not None:
            self._tally.snapshot_interval_ms.add((now_s - self._snapshot_s) * 1000.0)
        self._snapshot_s = now_s
        self.on_snapshot()

    def _reconcile(self, prediction: Prediction, view: View, snapshot: Snapshot | Slices) -> None:
        own = snapshot.own
        beside, around = surroundings(own, snapshot.near or (), view)
        self.reconciled = prediction.reconcile(own, snapshot.tick, beside, around, self._thrift.bodies_max)
        self._tally.count_reconciled(self.reconciled)
        if self.shots is not None:
            self.shots.heard(own)

    def _keep_clock(self, snapshot: Snapshot | Slices, tick_rate: int, now_s: float) -> None:
        if self.lead is None:
            self.lead, self._heard = Lead(tick_rate, self._spare_ticks), 0
            self.lead.start(snapshot.tick, self.pings.rtt_s, now_s)
            self._next_tick = int(self.lead.tick_at(now_s)) + 1
            stagger = crc32(self.name.encode()) % max(1, int(THINK_INTERVAL_S * tick_rate))
            self._think_tick = self._next_tick + stagger
        else:
            self._heard += 1
            if snapshot.slack_ms is not None:
                self._tally.input_slack_ms.add(snapshot.slack_ms)
            if not self._attentive and self._heard > HEARD_AT_FIRST and self._heard % HEARD_OF:
                return
            snaps = self.lead.snaps
            self.lead.heard(snapshot.tick, snapshot.ack, snapshot.slack_ms, self.pings.rtt_s, now_s)
            if self.lead.snaps > snaps:
                self._post_inputs()  # the next tick may be some time off
        self.due_s = max(now_s, self._next_due_s())

    def _next_due_s(self) -> float:
        """When there is something to do: a ping, or a tick. Who foresees lives each tick when it comes; who doesn't,
        all the ticks of a message when it must be sent."""
        if self.lead is None:
            return self.pings.due_s
        waits = 0 if self._attentive else self._ticks_together - len(self._entries) - 1
        return min(self.pings.due_s, self.lead.when(self._next_tick + waits))

    def _note(self, message: Event | ChatLine | Error) -> None:
        """What it means to us, whoever else is told of it."""
        self.is_going = self.is_going and not isinstance(message, Error)
        if self._attentive and isinstance(message, Event):
            take_note(self.roster, message)
            if message.name == "match":
                self._rests = message.body["phase"] == "podium"

    def pulse(self, now_s: float) -> None:
        """Do what is due: ticks, a ping, walls that were built."""
        if self._site is not None:
            self._site.step(now_s)
        if now_s >= self.pings.due_s:
            self.say(self.pings.ask(now_s))
            if self.is_watching:
                self.look(self.gaze.rove(self.roster, now_s))
        if self.lead is not None:
            due = self.lead.due(now_s)
            if due - self._next_tick > BEHIND_TICKS_MAX:
                self._post_inputs()
                self._next_tick = due
            if self._prediction is not None and due >= self._next_tick:
                self._thrift.note(now_s - self.lead.when(self._next_tick), now_s)
            for tick in range(self._next_tick, due + 1):
                self.lead.took(tick, now_s)
                self._live(tick)
                self._next_tick = tick + 1
        self.due_s = self._next_due_s()

    def _live(self, tick: int) -> None:
        """One tick of ours: decide, steer, foresee."""
        if self._brain is not None and tick >= self._think_tick:
            assert self.view is not None and self.welcome is not None
            self.stick.hold(self._brain.think(self.view, tick))
            self._think_tick = tick + max(1, int(THINK_INTERVAL_S * self.welcome.tick_rate))
        now = self.stick.sample()
        if self._prediction is not None:
            assert self.view is not None
            if self.shots is not None and self._prediction.state is not None and not self._rests:
                self.shots.step(tick, now, self._prediction.state, self.view.hud.get("rapid_until", 0))
            self._prediction.step(tick, now)
        self._entries.append(now)
        if len(self._entries) >= self._ticks_together:
            self._post_inputs(tick)

    def _post_inputs(self, newest_tick: int | None = None) -> None:
        """Send the inputs of the ticks up to `newest_tick` (else the tick before the next)."""
        assert self.view is not None
        newest = self._next_tick - 1 if newest_tick is None else newest_tick
        if self._entries:
            seen = seen_to_wire(newest - (self.view.tick if self.seen_tick is None else self.seen_tick))
            self.say(Inputs(newest - len(self._entries) + 1, self._entries, self.view.tick, seen))
            self._entries = []
