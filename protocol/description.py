"""How a game describes itself, so that a client that has never heard of it draws it, names it and reports it.

    looks       how each of its kinds is drawn          columns    what the scoreboard counts
    hud         what is written over the picture        teams      who plays together, in which colour
    controls    what the buttons do                     news       which of its events are told, and in which words

A game declares a `Description`; the server sends it in `welcome`; a client leaves out what it doesn't know. All of it
is words for people and names out of short lists: there is no code in it and no picture. `check` says whether it holds
together and is within its bounds, with a sentence that begins with the place.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from protocol.errors import UserError, place_of
from protocol.limits import DESCRIBED_MAX, LABEL_CHARS_MAX, TEAMS_MAX, TEMPLATE_CHARS_MAX

Label = Annotated[str, Meta(max_length=LABEL_CHARS_MAX, pattern=r"^[^\x00-\x1f\x7f]*$")]
Name = Annotated[str, Meta(min_length=1, max_length=LABEL_CHARS_MAX, pattern=r"^\S(.*\S)?$")]
Words = Annotated[str, Meta(max_length=TEMPLATE_CHARS_MAX, pattern=r"^[^\x00-\x1f\x7f]*$")]
Hue = Literal["sky", "vermilion", "green", "yellow", "pink", "indigo", "white", "grey"]
"""Colours that anybody can tell apart."""
Style = Literal["ship", "shot", "rock", "crate", "pickup", "ball", "orb", "zone"]
HudStyle = Literal["number", "bar", "time", "ready", "text", "arrow"]

FIELD: Final = re.compile(r"\{(\w+)(?::(\w+))?\}")
"""`{by}` or `{by:player}`, `{bounces:number}`, `{side:team}`, `{what:text}` in a template."""
FIELD_SORTS: Final = ("player", "number", "team", "text")
BOOST: Final = "boost_until"
"""A hud line of this name needs no integer: every ship's boost is told by `snapshot.own`."""


class Look(Struct, frozen=True, kw_only=True):
    """How a kind is drawn. Without one it is drawn as what its category is called.

    `colour`: a hue; or "owner", the player's own; or "team", its owner's team's, or without an owner that of the team
    whose number is its `variant`. `label` is written above it.
    """

    style: Style
    colour: Hue | Literal["owner", "team"] = "owner"
    label: Label = ""


class HudLine(Struct, frozen=True, kw_only=True):
    """One of the hud's integers, as it is shown.

    number: as it is · bar: of `max` · time: a tick, and what is left until then is counted down · ready: a tick until
    which something loads · text: which of `texts` · arrow: towards the place (`name`_x, `name`_y), in units, while that
    is out of sight.
    A time that has passed, a text that is empty and, with `hides`, a 0 are not shown.
    """

    name: Name
    label: Label
    style: HudStyle = "number"
    max: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    texts: Annotated[tuple[Words, ...], Meta(max_length=DESCRIBED_MAX)] = ()
    hue: Hue = "white"
    hides: bool = False
    where: Literal["ship", "top", "middle"] = "ship"
    """With one's own ship, along the top, or large in the middle of the picture."""

    def integers(self) -> tuple[str, ...]:
        """The names of the hud's integers that it shows."""
        if self.name == BOOST:
            return ()
        return (f"{self.name}_x", f"{self.name}_y") if self.style == "arrow" else (self.name,)


class Control(Struct, frozen=True, kw_only=True):
    """What a button, the stick or the aim is good for; what isn't listed does nothing in this game."""

    button: Literal["move", "aim", "fire", "boost", "pulse"]
    does: Name


class Column(Struct, frozen=True, kw_only=True):
    """What the scoreboard counts, in the order of the integers of a `scores` row. The first columns rank first."""

    label: Name
    best: Literal["most", "least"] = "most"


class Team(Struct, frozen=True, kw_only=True):
    """The first one has the number 1; 0 is nobody's."""

    name: Name
    hue: Hue


class News(Struct, frozen=True, kw_only=True):
    """Words for an event: `text` for the feed, `shout` large and for a moment, to the player in the field `to` or, if
    that is empty, to everyone.

    Fields of the event's body stand in braces: `{by}` is a player by name, and `{bounces:number}`, `{side:team}` and
    `{what:text}` what they say. Words are used only when none of their fields is 0, empty or missing; of several for
    one event the first that can be used is.
    """

    event: Name
    text: Words = ""
    shout: Words = ""
    to: Label = ""


class Kill(Struct, frozen=True, kw_only=True):
    """An event that tells that somebody was shot down, or caught, or tagged: clients show whom it befell once more how
    it came, in the words of its news.

    `victim` and `killer` are the fields of its body that have the players' numbers. A game without a killer leaves the
    latter empty; where its field is 0 or missing, nobody did it.
    """

    event: Name
    victim: Name = "victim"
    killer: Label = "killer"


class Description(Struct, frozen=True, kw_only=True):
    """All of it. What is empty is left to the client."""

    title: Label = ""
    """What people call the game."""
    about: Words = ""
    """What it is about, in one sentence."""
    hud: Annotated[tuple[HudLine, ...], Meta(max_length=DESCRIBED_MAX)] = ()
    controls: Annotated[tuple[Control, ...], Meta(max_length=DESCRIBED_MAX)] = ()
    columns: Annotated[tuple[Column, ...], Meta(max_length=DESCRIBED_MAX)] = ()
    teams: Annotated[tuple[Team, ...], Meta(max_length=TEAMS_MAX)] = ()
    news: Annotated[tuple[News, ...], Meta(max_length=DESCRIBED_MAX)] = ()
    kills: Annotated[tuple[Kill, ...], Meta(max_length=DESCRIBED_MAX)] = ()


def check(description: Description, hud: Iterable[str], source: str) -> None:
    """Whether it is within its bounds and fits the game whose integers `hud` names. Raises UserError."""
    try:
        msgspec.convert(msgspec.to_builtins(description), Description)
    except msgspec.ValidationError as error:
        place, what = place_of(error)
        where = place.lstrip(".")
        raise UserError(f"{source}: {where + ': ' if where else ''}{what}") from None
    for place, what in faults(description, hud):
        raise UserError(f"{source}: {place}: {what}")


def faults(description: Description, hud: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Every (place, what is wrong) that the types can't say."""
    named = set(hud)
    for i, line in enumerate(description.hud):
        for name in line.integers():
            if name not in named:
                yield f"hud[{i}].name", f"the game's hud has no integer {name!r}"
        if line.style == "bar" and not line.max:
            yield f"hud[{i}].max", "a bar needs to know what is full"
        if line.style == "text" and not line.texts:
            yield f"hud[{i}].texts", "there are none to choose from"
    if description.columns and description.columns[0].best != "most":
        yield "columns[0].best", "the first column is the score, of which most is best"
    for i, label in _repeated([column.label.lower() for column in description.columns]):
        yield f"columns[{i}].label", f"{label!r} is there already"
    for i, button in _repeated([control.button for control in description.controls]):
        yield f"controls[{i}].button", f"{button!r} is there already"
    for i, news in enumerate(description.news):
        for field in ("text", "shout"):
            yield from ((f"news[{i}].{field}", what) for what in _flaws(getattr(news, field)))
        if not (news.text or news.shout):
            yield f"news[{i}]", "it says nothing: give it a text or a shout"


def _repeated(names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Those that have been there before, with their places."""
    return ((i, name) for i, name in enumerate(names) if name in names[:i])


def _flaws(words: str) -> Iterator[str]:
    """What is wrong with a template."""
    for _, sort in FIELD.findall(words):
        if sort and sort not in FIELD_SORTS:
            yield f"a field is one of {', '.join(FIELD_SORTS)}, not {sort!r}"
    if set("{}") & set(FIELD.sub("", words)):
        yield "a brace is no part of a field like {by} or {bounces:number}"
