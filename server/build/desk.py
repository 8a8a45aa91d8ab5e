"""Where a plan lies while it is edited: steps are put in order here, judged and answered. Pure.

The order in which edits arrive is the order in which everyone applies them. An edit is taken as a whole or refused as
a whole, with a sentence; whatever is taken leaves an arena that can be played (`protocol.blueprint`). Each taken one
makes the next revision, and the last LOG_EDITS_MAX are kept for whoever was away for a moment.

A player's edits have serials that only ever grow, and the desk remembers the last it has answered. So who was cut off
learns which of theirs arrived, says the rest again, and none is ever taken twice.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final

from protocol.blueprint import objection
from protocol.build_messages import Edited, Sheet
from protocol.plan import AnyStep, Plan, Refused, apply, checksum

LOG_EDITS_MAX: Final = 200
EDITORS_MAX: Final = 4


class Desk:
    """One room's plan."""

    def __init__(self, plan: Plan, revision: int = 0, heard: Mapping[int, int] | None = None) -> None:
        self.plan, self.revision = plan, revision
        self.checksum = checksum(plan)
        self._log: deque[Edited] = deque(maxlen=LOG_EDITS_MAX)
        self._first = (revision, self.checksum)
        """The revision before the log's first, and its checksum."""
        self.heard = dict(heard or {})
        """By player, as long as they are there: the last serial that was answered."""
        self.editors: list[str] = []
        """The accounts of those whose edits were taken last, the latest last."""
        self.mark = ""
        """What this work is known by beyond its room, if somebody keeps drafts of it."""

    def take(
        self, player: int, serial: int, steps: Sequence[AnyStep], forbidden: str = "", account: str = ""
    ) -> Edited | None:
        """The answer, for everyone if it was taken, else for `player`; None: it was answered before. All who watch are
        player 0, and may not: of their serials none is remembered.

        `forbidden` says why this player may not, if so. Whose `account` it is, if it is one, is remembered.
        """
        if player:
            if serial <= self.heard.get(player, 0):
                return None
            self.heard[player] = serial
        sentence = forbidden or ("" if steps else "there is nothing to do")
        if not sentence:
            try:
                taken = self._accept(player, serial, steps)
                self._credit(account)
                return taken
            except Refused as refused:
                sentence = str(refused)
        return Edited(self.revision, player, serial, [], self.checksum, refused=sentence)

    def since(self, player: int, revision: int, known: int, may_edit: bool) -> list[Edited]:
        """What somebody missed who was at `revision`, with a checksum of `known`; or else the whole plan."""
        missed, heard = self._missed(revision, known), self.heard.get(player, 0)
        if missed is None:
            return [self.whole(player, may_edit)]
        return [*missed, Edited(self.revision, player, 0, [], self.checksum, heard=heard, may_edit=may_edit)]

    def whole(self, player: int = 0, may_edit: bool = False) -> Edited:
        """The plan as it is now, for `player`, or for whoever watches."""
        sheet, heard = Sheet(self.plan.size, list(self.plan.pieces.items())), self.heard.get(player, 0)
        return Edited(self.revision, player, 0, [], self.checksum, heard=heard, may_edit=may_edit, plan=sheet)

    def forget(self, player: int) -> None:
        """Gone for good."""
        self.heard.pop(player, None)

    def disown(self, account: str) -> None:
        """It is not among those who have edited, until it edits again."""
        self.editors = [one for one in self.editors if one != account]

    def _credit(self, account: str) -> None:
        if account and self.editors[-1:] != [account]:
            self.editors = [*(one for one in self.editors if one != account), account][-EDITORS_MAX:]

    def _accept(self, player: int, serial: int, steps: Sequence[AnyStep]) -> Edited:
        plan, touched = apply(self.plan, steps)
        if sentence := objection(plan, touched):
            raise Refused(sentence)
        if len(self._log) == LOG_EDITS_MAX:
            self._first = (self._log[0].revision, self._log[0].checksum)
        self.plan, self.revision, self.checksum = plan, self.revision + 1, checksum(plan)
        edited = Edited(self.revision, player, serial, list(steps), self.checksum)
        self._log.append(edited)
        return edited

    def _missed(self, revision: int, known: int) -> list[Edited] | None:
        """None: it is not of this plan's history, or too long ago."""
        behind = self.revision - revision
        if not 0 <= behind <= len(self._log):
            return None
        missed = list(self._log)[len(self._log) - behind :]
        before = self._log[-behind - 1] if behind < len(self._log) else None
        at = self._first if before is None else (before.revision, before.checksum)
        return missed if at == (revision, known) else None
