"""A client's copy of a plan that people build together: what the server has, and on top of it what one has just done.

    edit, undo, redo   one's own step: seen at once, and to be said to the server
    take               what the server says: others' steps, answers to one's own
    joined             after each welcome: ask what was missed

What is seen is always the server's plan plus those of one's own edits that it hasn't answered yet, in the order in
which they were made. When somebody else's edit comes first, one's own are applied again after it, as the server will
apply them; one that can't be applied any more is not seen, and the server will refuse it. A refused edit is taken back.
So whatever is under way, in whatever order: once everything has been answered all plans are equal.

Nothing is said before what was missed is known. Then those of the pending edits that the server never heard of are
said, once.

An undo is an edit like all others, made of what an earlier one of one's own did (`plan.revert`): what others have done
since stays. Where nothing is left to undo, the one before is undone. The twin of `assets/sdk/src/draft.ts`.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from protocol.build_messages import Edit, Edited
from protocol.limits import STEPS_PER_EDIT_MAX
from protocol.plan import Affected, AnyStep, Plan, Refused, apply, checksum, revert

UNDOS_MAX: Final = 100
PENDING_MAX: Final = 64
"""Edits without an answer; the next is refused here."""


class Pending(Struct, frozen=True):
    """An edit that the server hasn't answered."""

    serial: int
    steps: list[AnyStep]


class Draft:
    """One person's view of one plan."""

    def __init__(self) -> None:
        self.plan: Plan | None = None
        """What is seen; None until it has come."""
        self.confirmed: Plan | None = None
        self.revision = -1
        self.may_edit = False
        self.refusals: list[str] = []
        """Why edits of ours were taken back; for whoever shows it to take away."""
        self.mismatches = 0
        """How often the plan was not what the server's is. It must never be."""
        self.pending: list[Pending] = []
        self._player = self._former = 0
        self._serial = 0
        self._knows = False
        """What was missed is known."""
        self._done: list[int] = []
        """Serials of edits that can be undone, the latest last."""
        self._undone: list[int] = []
        """Serials of undos that can be undone again."""
        self._undoes: dict[int, int] = {}
        """Which edit each undo or redo has undone; to put it back if that is refused."""
        self._records: dict[int, list[Affected]] = {}
        """What each of these has done."""

    # one's own ---------------------------------------------------------------------------------------------

    def edit(self, steps: Sequence[AnyStep]) -> list[Edit]:
        """Take these steps; what is to be said. Raises Refused."""
        said = self._make(steps)
        self._keep(self._done, self._serial)
        self._undone.clear()
        return said

    def undo(self) -> list[Edit]:
        """Nothing to say: nothing to undo."""
        return self._again(self._done, self._undone)

    def redo(self) -> list[Edit]:
        return self._again(self._undone, self._done)

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    # the server's ------------------------------------------------------------------------------------------

    def joined(self, player: int) -> list[Edit]:
        """Welcomed as `player`, for the first time or again: what is to be said."""
        if player != self._player:
            self._former, self._player = self._player, player
        return self._ask()

    def take(self, message: Edited) -> list[Edit]:
        """What is to be said to that."""
        if message.serial == 0:
            return self._catch_up(message)
        if message.refused:
            self._refuse(message.serial, message.refused)
        elif self.confirmed is not None and message.revision == self.revision + 1:
            return self._follow(message)
        elif self._knows and message.revision > self.revision:
            return self._ask(anew=True)
        return []

    def _ask(self, anew: bool = False) -> list[Edit]:
        """For what was missed, or for everything."""
        self._knows = False
        if self.confirmed is None or anew:
            return [Edit(0, [])]
        return [Edit(0, [], self.revision, checksum(self.confirmed))]

    def _catch_up(self, message: Edited) -> list[Edit]:
        if message.plan is not None:
            self.confirmed = Plan(message.plan.size, dict(message.plan.pieces))
            self.revision = message.revision
        elif message.revision != self.revision:
            return self._ask(anew=True)
        self._knows, self.may_edit, self._former = True, message.may_edit, 0
        for lost in [one for one in self.pending if one.serial <= message.heard]:
            if message.plan is None:  # else it may be in there, and what it did can be undone
                self._refuse(lost.serial, "it was refused while you were away")
        self.pending = [one for one in self.pending if one.serial > message.heard]
        self._serial = max(self._serial, message.heard)
        self._rebase()
        return [Edit(one.serial, one.steps) for one in self.pending]

    def _follow(self, message: Edited) -> list[Edit]:
        assert self.confirmed is not None
        try:
            self.confirmed, done = apply(self.confirmed, message.steps)
        except Refused:
            done = None
        if done is None or checksum(self.confirmed) != message.checksum:
            self.mismatches += self._knows  # else it may be another plan than the one we had
            return self._ask(anew=True)
        self.revision = message.revision
        if message.player in (self._player, self._former) and any(one.serial == message.serial for one in self.pending):
            self.pending = [one for one in self.pending if one.serial != message.serial]
            self._undoes.pop(message.serial, None)
            if message.serial in self._records:
                self._records[message.serial] = done
        self._rebase()
        return []

    # -------------------------------------------------------------------------------------------------------

    def _make(self, steps: Sequence[AnyStep]) -> list[Edit]:
        if self.plan is None or not self.may_edit:
            raise Refused("you may look, but not build here")
        if len(self.pending) >= PENDING_MAX:
            raise Refused("the server hasn't answered for a while")
        if not 0 < len(steps) <= STEPS_PER_EDIT_MAX:
            raise Refused(f"that is more than {STEPS_PER_EDIT_MAX} pieces at once")
        self.plan, done = apply(self.plan, steps)
        self._serial += 1
        self._records[self._serial] = done
        self.pending.append(Pending(self._serial, list(steps)))
        return [Edit(self._serial, list(steps))] if self._knows else []

    def _again(self, stack: list[int], other: list[int]) -> list[Edit]:
        while stack and self.plan is not None:
            serial = stack[-1]
            steps = revert(self.plan, self._records[serial])
            if steps:
                said = self._make(steps)
                stack.pop()
                self._undoes[self._serial] = serial
                self._keep(other, self._serial)
                return said
            stack.pop()
        return []

    def _keep(self, stack: list[int], serial: int) -> None:
        stack.append(serial)
        del stack[:-UNDOS_MAX]
        wanted = {*self._done, *self._undone, *self._undoes.values(), *(one.serial for one in self.pending)}
        self._records = {serial: done for serial, done in self._records.items() if serial in wanted}

    def _refuse(self, serial: int, sentence: str) -> None:
        """Take an edit of ours back."""
        if not any(one.serial == serial for one in self.pending):
            return
        self.refusals.append(sentence)
        self.pending = [one for one in self.pending if one.serial != serial]
        undone = self._undoes.pop(serial, None)
        for stack, other in ((self._done, self._undone), (self._undone, self._done)):
            if serial in stack:
                stack.remove(serial)
                if undone is not None:
                    other.append(undone)
                break
        self._rebase()

    def _rebase(self) -> None:
        """What is seen: what the server has, and what we did since."""
        plan = self.confirmed
        for one in self.pending:
            if plan is None:
                break
            try:
                plan, done = apply(plan, one.steps)
            except Refused:
                continue  # so the server will say
            if one.serial in self._records:
                self._records[one.serial] = done
        self.plan = plan
