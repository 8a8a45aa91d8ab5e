"""One player's side of the conversation, without I/O: messages and seconds in, messages out.

    hello -> welcome -> first snapshot: the tick clock starts
    go (enter, open, browse) -> the clock stops -> welcome, and so on; or lobby; or error, and the clock starts again
    every tick: think (every 150 ms), sample the stick, predict; every few ticks: post the inputs
    every snapshot: view, prediction and clock learn from it; every second: ping

`client` connects it to a socket and steps it; a test connects it to whatever it likes.
"""

from collections.abc import Callable, Sequence
from math import inf
from typing import Literal

from bots.act import Brain, Stick
from bots.common_room import CommonRoom, CommonRooms
from bots.flock.flock import Flock, Perch
from bots.foresight import Foresight, foresight_of
from bots.gaze import Gaze
from bots.lead import Clock, Lead
from bots.link import Link
from bots.neighbourhood import ShipState
from bots.own_shots import OwnShots
from bots.pace import BEHIND_TICKS_MAX, Pace
from bots.pings import Pings
from bots.prediction import Reconciled
from bots.refusals import is_answer
from bots.roster import take_note
from bots.site import Site
from bots.slices import NEWS, Slices, is_numbered, slice_snapshot
from bots.tally import Account, Tally
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
from protocol.snapshot import Snapshot
from protocol.ticks import Rates

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
        flock: Flock | None = None,
    ) -> None:
        """`attentive`: foresee our own ship, and hear what happens and who is there, at some cost.

        `foresees_shots`: our own shots, too, at a millisecond or two for each: for whoever draws them. `spare_ticks` is
        how much earlier than need be our inputs shall come (`Lead`). Who isn't attentive may fly with a `flock`.
        """
        self.name = name
        self.account = Account()
        self.stick = Stick()
        self.seen_tick: float | None = None
        """The tick of the picture that whoever steers looks at; None: the newest snapshot's."""
        self._due_s = inf
        self.pings = Pings(tally)
        self.gaze = gaze or Gaze()  # where we look, as a spectator
        self.welcome: Welcome | None = None
        self._view: View | None = None
        self._pace: Pace | None = None  # of our clock, while it goes and we fly alone
        self._perch: Perch | None = None  # our seat in the flock, while it goes there
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
        self._spare_ticks, self._flock, self._hello_s = spare_ticks, flock, 0.0
        self._brain: Brain | None = None
        self._foresight: Foresight | None = None
        self._site: Site | None = None
        self._link: Link | None = None
        self._snapshot_s: float | None = None
        self._last_tick = -1  # of the clock before, while none goes

    @property
    def tick(self) -> int:
        """The newest tick that we have lived, and have given an input for."""
        flight = self._perch or self._pace
        return flight.tick if flight is not None else self._last_tick

    @property
    def due_s(self) -> float:
        return self._due_s if self._perch is None else self._perch.due_s

    @due_s.setter
    def due_s(self, due_s: float) -> None:
        self._due_s = due_s

    @property
    def lead(self) -> Clock | None:
        """Our clock; None: it stands still."""
        flight = self._perch or self._pace
        return flight.lead if flight is not None else None

    @property
    def view(self) -> View | None:
        if self._perch is not None:
            self._perch.brief()
        return self._view

    @property
    def is_watching(self) -> bool:
        """Whether we are in a room without playing there."""
        return self.welcome is not None and self.lobby is None and self.welcome.player == 0

    @property
    def ship(self) -> ShipState | None:
        """Our own ship as predicted for the newest input; None without one."""
        return self._foresight.prediction.state if self._foresight else None

    @property
    def shots(self) -> OwnShots | None:
        """Our own, if they are foreseen and the game says what its guns are like."""
        return self._foresight.shots if self._foresight else None

    def say(self, message: Message) -> None:
        """Send `message`, if there is a connection."""
        if self._link is not None:
            self._link.post(self._codec.encode(message))

    def begin(self, link: Link, room: str | None, now_s: float, led: Moved | None = None) -> None:
        """A connection is open: say hello, to where we were `led`."""
        self._link, self._hello_s = link, now_s
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
        self._last_tick = self.tick
        if self._perch is not None:
            self._perch.leave()
        self._pace, self._perch, self._snapshot_s = None, None, None
        self.due_s = self.pings.due_s

    def end(self, now_s: float) -> None:
        """The connection is over; the token to resume with is kept."""
        self.pings.stop()
        self._stand_still()
        self.account.close(now_s)
        self.is_going, self.lobby, self._link = False, None, None

    def receive(self, wire: Wire, now_s: float) -> None:
        """Take in one message. Raises ValueError when it can't be read."""
        if (slices := slice_snapshot(wire)) is not None:
            self._take_snapshot(slices, now_s)
            return
        if not self._attentive and is_numbered(wire, NEWS) and not self.is_going:
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
            self._foresight, self.resume, self.is_going, self.pings.due_s = None, None, False, now_s
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
        self._view = View(room.kinds, welcome.tick_rate, welcome.hud, room.shelf)
        self._view.player, self._view.roster = welcome.player, self.roster
        self._foresight = self._site = None
        if self._attentive and not self.is_watching:
            self._foresight = foresight_of(welcome, room, self._view, self._foresees_shots)
        if self._attentive:
            prediction = self._foresight.prediction if self._foresight else None
            self._site = Site(welcome.player, room, self.say, prediction, self.shots)
        self._brain = self._give_brain(room) if self._give_brain else None
        if not self.account.is_open:
            self.account.open(self._link, now_s)
        self.pings.due_s = self.due_s = now_s
        self.look(self.gaze.again())

    def _take_snapshot(self, snapshot: Snapshot | Slices, now_s: float) -> None:
        view, welcome = self.view, self.welcome
        assert view is not None and welcome is not None
        self.disagree(view.apply(snapshot))
        if self._perch is not None:
            self._perch.hear(snapshot, now_s)
            return
        if self._foresight is not None:
            self.reconciled = self._foresight.reconcile(snapshot)
            self._tally.count_reconciled(self.reconciled)
        if not self.is_going and not self.is_watching:  # a spectator has no inputs to time
            self._keep_clock(snapshot, Rates(welcome.tick_rate, welcome.snapshot_rate), now_s)
        self.account.snapshots += 1
        if self._snapshot_s is not None:
            self._tally.snapshot_interval_ms.add((now_s - self._snapshot_s) * 1000.0)
        self._snapshot_s = now_s
        self.on_snapshot()

    def disagree(self, cells: Sequence[int]) -> None:
        """What we believe of these isn't what the server says."""
        self._tally.checksum_mismatches += len(cells)
        for cell in cells:
            self.say(Resync(cell))

    def _keep_clock(self, snapshot: Snapshot | Slices, rates: Rates, now_s: float) -> None:
        if self._pace is None:
            if self._flock is not None and self._brain is not None:
                assert self._view is not None and self._link is not None
                self._perch = self._flock.enter(self, self._view, self._link, rates, self._spare_ticks, now_s)
                if self._perch is not None:
                    return
            lead = Lead(rates.tick_rate, self._spare_ticks)
            lead.start(snapshot.tick, self.pings.rtt_s, now_s)
            self._pace = Pace(lead, self.name, rates, now_s, self._attentive)
        else:
            if snapshot.slack_ms is not None:
                self._tally.input_slack_ms.add(snapshot.slack_ms)
            lead = self._pace.lead
            snaps = lead.snaps
            lead.heard(snapshot.tick, snapshot.ack, snapshot.slack_ms, self.pings.rtt_s, now_s)
            if lead.snaps > snaps:
                self._post_inputs(self._pace)  # the next tick may be some time off
        self._due_s = max(now_s, min(self.pings.due_s, self._pace.due_s))

    def _note(self, message: Event | ChatLine | Error) -> None:
        """What it means to us, whoever else is told of it."""
        self.is_going = self.is_going and not (isinstance(message, Error) and is_answer(message))
        if self._attentive and isinstance(message, Event):
            take_note(self.roster, message)
            if message.name == "match" and self._foresight is not None:
                self._foresight.rests = message.body["phase"] == "podium"

    def pulse(self, now_s: float) -> None:
        """Do what is due: ticks, a ping, walls that were built."""
        if self._site is not None:
            self._site.step(now_s)
        if now_s >= self.pings.due_s:
            self.say(self.pings.ask(now_s))
            if self.is_watching:
                self.look(self.gaze.rove(self.roster, now_s))
        self._due_s = self.pings.due_s
        if self._pace is not None:
            self._live_until(self._pace, now_s)
            self._due_s = min(self._due_s, self._pace.due_s)

    def _live_until(self, pace: Pace, now_s: float) -> None:
        """All ticks up to now."""
        due = pace.lead.due(now_s)
        if due - pace.next_tick > BEHIND_TICKS_MAX:
            self._post_inputs(pace)
            pace.next_tick = due
        if self._foresight is not None and due >= pace.next_tick:
            self._foresight.note(now_s - pace.due_s, now_s)
        for tick in range(pace.next_tick, due + 1):
            pace.lead.took(tick, now_s)
            now = self.decide(tick) if self._brain is not None and pace.asks(tick) else self.stick.sample()
            if self._foresight is not None:
                self._foresight.step(tick, now)
            if pace.add(now):
                self._post_inputs(pace)

    def decide(self, tick: int) -> Input:
        """Ask the brain; what to do in this tick."""
        view = self._view if getattr(self._brain, "is_blind", False) else self.view
        assert self._brain is not None and view is not None
        self.stick.hold(self._brain.think(view, tick))
        return self.stick.sample()

    def _post_inputs(self, pace: Pace) -> None:
        """Send the inputs of the ticks before the next."""
        assert self._view is not None
        picture_tick = self._view.tick if self.seen_tick is None else self.seen_tick
        if (inputs := pace.bundle(picture_tick, self._view.tick)) is not None:
            self.say(inputs)
