"""What admins have decided about people, as all processes come to know it: the newest decision about each wins. Pure.

A process decides by itself, whoever can be reached, and tells the others; what they tell is taken in whatever order it
comes, and twice without harm. So all who have heard the same hold the same, after every interruption: whoever was cut
off, or starts, hears what is kept and tells what it alone knows.

A lift is a decision as well. It is remembered for as long as what it lifts would have lasted, and a day at least, so
that nobody who was away brings that back. So is the end of what was decided in place of something that would have
lasted longer: it becomes a lift of that. A decision comes after all that its process knew of the same person, even if
its clock is slow. What a process had on its disk when it started is older than anything that anybody says.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from protocol import limits
from server.restrictions import REASON_CHARS_MAX
from server.tokens import SUBJECT_CHARS_MAX

KEY_CHARS_MAX: Final = len("subject:") + SUBJECT_CHARS_MAX + 1 + limits.NAME_CHARS_MAX
DECISIONS_MAX: Final = 4096
"""In all: bans, mutes, and lifts that are remembered."""
LIFT_KEPT_MS: Final = 86_400_000
AHEAD_MS_MAX: Final = 3_600_000
"""Of a clock that is farther ahead nothing is believed: what it says would stand against all that is decided later."""
FROM_DISK_MS: Final = 0

What = Literal["ban", "mute"]
About = tuple[What, str]
Time = Annotated[int, Meta(ge=0, le=2**53)]


class Decision(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One ban or mute, or the lift of one. `decisions.lua` reads its fields by their places."""

    what: What
    key: Annotated[str, Meta(min_length=1, max_length=KEY_CHARS_MAX)]
    """Whom it concerns; see `restrictions`."""
    decided_ms: Time
    """Unix time, as all here."""
    until_ms: Time
    """Until when it is worth remembering; of what isn't lifted, when it ends."""
    is_lifted: bool = False
    reason: Annotated[str, Meta(max_length=REASON_CHARS_MAX)] = ""

    @property
    def about(self) -> About:
        return self.what, self.key

    @property
    def rank(self) -> tuple[int, bool, int]:
        """Of two about the same person the greater is right."""
        return self.decided_ms, self.is_lifted, self.until_ms


class Decisions:
    """All that one process knows of. Every `now_ms` is Unix time."""

    def __init__(self, decisions_max: int = DECISIONS_MAX) -> None:
        self._decisions_max = decisions_max
        self._newest: dict[About, Decision] = {}
        self._has_turned = False
        self._outlasted: dict[About, int] = {}
        """Until when the longest would have lasted that each of these took the place of, if that is later."""

    def __len__(self) -> int:
        return len(self._newest)

    def __iter__(self) -> Iterator[Decision]:
        return iter(self._newest.values())

    def restrict(self, what: What, key: str, until_ms: int, reason: str, now_ms: int) -> Decision:
        """It is decided here and now."""
        return self._decide(Decision(what, key, self._next_ms(what, key, now_ms), until_ms, reason=reason), now_ms)

    def lift(self, what: What, key: str, now_ms: int) -> Decision:
        former = self._newest.get((what, key))
        until_ms = max(now_ms + LIFT_KEPT_MS, former.until_ms if former else 0)
        return self._decide(Decision(what, key, self._next_ms(what, key, now_ms), until_ms, is_lifted=True), now_ms)

    def recall(self, what: What, key: str, until_ms: int, reason: str, now_ms: int) -> None:
        """It stood on our disk when we started."""
        self.hear(Decision(what, key, FROM_DISK_MS, until_ms, reason=reason), now_ms)

    def hear(self, decision: Decision, now_ms: int) -> bool:
        """Somebody has decided so; whether that is news, and true."""
        known = self._newest.get(decision.about)
        if decision.until_ms <= now_ms or decision.decided_ms > now_ms + AHEAD_MS_MAX:
            return False
        if known is None and not self._has_room(now_ms):
            return False
        if known is not None and decision.rank <= known.rank:
            self._outlast(known, decision)
            return False
        self._put(decision)
        return True

    def has_turned(self, now_ms: int) -> bool:
        """Whether something has come to its end that is to be remembered as a lift: that is news to others."""
        self._lift_what_is_over(now_ms)
        has_turned, self._has_turned = self._has_turned, False
        return has_turned

    def lacking(self, kept: Iterable[Decision], now_ms: int) -> list[Decision]:
        """What is known here, and not yet where `kept` is."""
        ranks = {decision.about: decision.rank for decision in kept}
        self._forget_the_past(now_ms)
        return [mine for mine in self if mine.about not in ranks or ranks[mine.about] < mine.rank]

    def _next_ms(self, what: What, key: str, now_ms: int) -> int:
        known = self._newest.get((what, key))
        return max(now_ms, known.decided_ms + 1) if known is not None else now_ms

    def _decide(self, decision: Decision, now_ms: int) -> Decision:
        """What is decided here holds here, however much there is; only what is told is limited."""
        if decision.about in self._newest or self._has_room(now_ms):
            self._put(decision)
        return decision

    def _put(self, decision: Decision) -> None:
        former = self._newest.get(decision.about)
        self._newest[decision.about] = decision
        if former is not None:
            self._outlast(decision, former)

    def _outlast(self, newest: Decision, former: Decision) -> None:
        """Whoever heard of `former` alone takes it for true until its end."""
        if former.until_ms > newest.until_ms:
            self._outlasted[former.about] = max(former.until_ms, self._outlasted.get(former.about, 0))

    def _has_room(self, now_ms: int) -> bool:
        if len(self._newest) >= self._decisions_max:
            self._forget_the_past(now_ms)
        return len(self._newest) < self._decisions_max

    def _forget_the_past(self, now_ms: int) -> None:
        self._lift_what_is_over(now_ms)
        self._newest = {about: one for about, one in self._newest.items() if one.until_ms > now_ms}
        self._outlasted = {about: until_ms for about, until_ms in self._outlasted.items() if about in self._newest}

    def _lift_what_is_over(self, now_ms: int) -> None:
        """What took the place of something that would still hold. All who know both make the same of it."""
        for about, until_ms in list(self._outlasted.items()):
            if self._newest[about].until_ms <= now_ms:
                del self._outlasted[about]
                if until_ms > now_ms:
                    self._newest[about] = replace(self._newest[about], until_ms=until_ms, is_lifted=True, reason="")
                    self._has_turned = True
