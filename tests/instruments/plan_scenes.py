"""Plans and drafts for golden vectors: what steps make of a plan, and evenings of people who build."""

from random import Random
from typing import Any, Final

import msgspec

from bots.draft import Draft
from protocol.blueprint import arena_of
from protocol.build_messages import Edit, Edited
from protocol.plan import Plan, Refused, apply, checksum
from tests.instruments.plans import Person, Site, plan, steps

EDITS: Final = 60
EVENINGS: Final = 3
ACTS_PER_EVENING: Final = 150


def plans(random: Random) -> dict[str, Any]:
    """Edits one after the other, refused or taken: the checksum after each, and the arena at the end."""
    now, rows = plan(), list[dict[str, Any]]()
    for _ in range(EDITS):
        taken = steps(random, now)
        try:
            now = apply(now, taken)[0]
        except Refused as refused:
            rows.append({"steps": taken, "refused": str(refused)})
        else:
            rows.append({"steps": taken, "checksum": checksum(now)})
    evenings = [_evening(random) for _ in range(EVENINGS)]
    return {
        "size": now.size,
        "pieces": list(plan().pieces.items()),
        "edits": rows,
        "arena": arena_of(now, "Golden"),
        "evenings": evenings,
    }


def _evening(random: Random) -> list[dict[str, Any]]:
    """All that one of three people did and heard, what was said to that, and what was seen then."""
    site, diary = Site(3), Diary()
    first = site.people[0]
    first.draft = diary
    for _ in range(ACTS_PER_EVENING):
        _act(site, random.choice(site.people), random)
    site.settle()
    return diary.pages


def _act(site: Site, person: Person, random: Random) -> None:
    what = random.choice(("edit", "edit", "undo", "redo", "up", "up", "down", "down", "down", "part", "join", "join"))
    draft = person.draft
    if what == "edit":
        site.do(person, lambda: draft.edit(steps(random, draft.plan or plan())))
    elif what in ("undo", "redo"):
        site.do(person, getattr(draft, what))
    elif what in ("up", "down"):
        site.deliver(person, what == "up")
    elif what == "part" and random.random() < 0.2:
        site.part(person)
    elif what == "join" and not person.online:
        site.join(person, anew=random.random() < 0.2)


class Diary(Draft):
    """A draft that writes down what happens to it."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[dict[str, Any]] = []

    def edit(self, steps: Any) -> list[Edit]:
        return self._note("edit", list(steps), lambda: super(Diary, self).edit(steps))

    def undo(self) -> list[Edit]:
        return self._note("undo", None, super().undo)

    def redo(self) -> list[Edit]:
        return self._note("redo", None, super().redo)

    def joined(self, player: int) -> list[Edit]:
        return self._note("joined", player, lambda: super(Diary, self).joined(player))

    def take(self, message: Edited) -> list[Edit]:
        return self._note("take", message, lambda: super(Diary, self).take(message))

    def _note(self, what: str, given: Any, act: Any) -> list[Edit]:
        page: dict[str, Any] = {"do": what, "with": msgspec.to_builtins(given)}
        self.pages.append(page)
        try:
            said: list[Edit] = act()
        except Refused as refused:
            page["refused"] = str(refused)
            raise
        finally:
            page["seen"] = _seen(self.plan)
            page["can"] = [self.can_undo, self.can_redo]
            page["pending"] = [one.serial for one in self.pending]
            page["refusals"] = len(self.refusals)
        page["said"] = msgspec.to_builtins(said)
        return said


def _seen(plan: Plan | None) -> int | None:
    return None if plan is None else checksum(plan)
