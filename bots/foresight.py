"""What a player foresees of itself: its ship, and its own shots, as far as there is time for it."""

from bots.common_room import CommonRoom
from bots.neighbours import surroundings
from bots.own_shots import OwnShots
from bots.prediction import Prediction, Reconciled
from bots.slices import Slices
from bots.thrift import Thrift
from bots.view import View
from protocol.messages import Welcome
from protocol.motion import Input
from protocol.snapshot import Snapshot


class Foresight:
    """One player's, in one room."""

    def __init__(self, prediction: Prediction, shots: OwnShots | None, view: View) -> None:
        self.prediction, self.shots = prediction, shots
        self.rests = False
        """Whether the match is over, and no gun fires."""
        self._view, self._thrift = view, Thrift()

    def reconcile(self, snapshot: Snapshot | Slices) -> Reconciled:
        """What the snapshot, which the view has taken in, does to it."""
        own = snapshot.own
        beside, around = surroundings(own, snapshot.near or (), self._view)
        reconciled = self.prediction.reconcile(own, snapshot.tick, beside, around, self._thrift.bodies_max)
        if self.shots is not None:
            self.shots.heard(own)
        return reconciled

    def note(self, late_s: float, now_s: float) -> None:
        """A tick is lived so late."""
        self._thrift.note(late_s, now_s)

    def step(self, tick: int, now: Input) -> None:
        """One tick, with this input."""
        if self.shots is not None and self.prediction.state is not None and not self.rests:
            self.shots.step(tick, now, self.prediction.state, self._view.hud.get("rapid_until", 0))
        self.prediction.step(tick, now)


def foresight_of(welcome: Welcome, room: CommonRoom, view: View, foresees_shots: bool) -> Foresight:
    """Of who has just been welcome, in a `room` that it shares with others."""
    gun = welcome.gun if foresees_shots else None
    prediction = Prediction(room.make_neighbourhood(), welcome.tick_rate)
    return Foresight(prediction, OwnShots(gun, welcome.arena, view) if gun else None, view)
