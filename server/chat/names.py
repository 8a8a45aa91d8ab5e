"""Who is meant by a name. Names may contain blanks, anything printable, and be those of several.

What follows a name (a reason, a number) is on the same line, so the longest name that the words begin with is meant:
`/report Ann B is rude` is about `Ann B`, if somebody is called so, else about `Ann`. Quotation marks say where a name
ends, and `#12` is a number, which no two have. Those who are near come before all others of their name. Who is known
by several names, as what they said before they were renamed has them, is meant by any of these, and is who they are
now.
"""

import re
from collections.abc import Iterable
from typing import Final

from protocol.errors import Code, Violation
from protocol.limits import NAME_CHARS_MAX
from server.chat.speaker import Named

NUMBERED: Final = re.compile(r"#([0-9]{1,15})(?:\s+(.*))?$")
QUOTED: Final = re.compile(r'"([^"]+)"(?:\s+(.*))?$')
TOLD_APART_MAX: Final = 5
NOBODY: Final = "there is nobody called {}; /who tells who is here"


def find(words: str, near: Iterable[Named], far: Iterable[Named] = (), nobody: str = NOBODY) -> tuple[Named, str]:
    """(who is meant by what `words` begin with, the rest). Of several with one number the first is who that is, and
    the others are what they were. Raises Violation with a sentence; where nobody is called so, with that one."""
    if not words:
        raise _unclear("say whom: a name, or # and a number; /who tells both")
    for circle in map(list, (near, far)):
        people = {named.number: named for named in reversed(circle)}
        found = _by_number(words, people) or _by_name(words, circle, people)
        if found is not None:
            return found
    raise _unclear(nobody.format(_shown(words)))


def _by_number(words: str, people: dict[int, Named]) -> tuple[Named, str] | None:
    numbered = NUMBERED.match(words)
    if numbered is None or int(numbered[1]) not in people:
        return None
    return people[int(numbered[1])], numbered[2] or ""


def _by_name(words: str, circle: list[Named], people: dict[int, Named]) -> tuple[Named, str] | None:
    called: dict[str, list[Named]] = {}
    for named in circle:
        called.setdefault(named.name.casefold(), []).append(named)
    for name, rest in _readings(words):
        if namesakes := called.get(name.casefold()):
            exact = [named for named in namesakes if named.name == name]
            numbers = dict.fromkeys(named.number for named in exact or namesakes)
            return _the_one(name, [people[number] for number in numbers]), rest
    return None


def _readings(words: str) -> Iterable[tuple[str, str]]:
    """(a name, the rest) in each way that they can be read, the likeliest first."""
    if quoted := QUOTED.match(words):
        yield quoted[1], quoted[2] or ""
    ends = [len(words), *(found.start() for found in reversed(list(re.finditer(r"\s", words[: NAME_CHARS_MAX + 1]))))]
    for end in ends:
        if end <= NAME_CHARS_MAX:
            yield words[:end], words[end:].strip()


def _the_one(name: str, namesakes: list[Named]) -> Named:
    if len(namesakes) == 1:
        return namesakes[0]
    numbers = [f"#{number}" for number in sorted(named.number for named in namesakes)[:TOLD_APART_MAX]]
    more = " …" if len(namesakes) > TOLD_APART_MAX else ""
    raise _unclear(f"{len(namesakes)} people are called {name}: say {' or '.join(numbers)}{more} instead")


def _shown(words: str) -> str:
    return words if len(words) <= NAME_CHARS_MAX else f"{words[:NAME_CHARS_MAX]}…"


def _unclear(sentence: str) -> Violation:
    return Violation(Code.CHAT_REFUSED, sentence)
