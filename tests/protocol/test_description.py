"""What a game says of itself: bounded, and every fault is one sentence that names its place."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from protocol.description import Column, Control, Description, HudLine, Kill, Look, News, Team, check
from protocol.errors import UserError
from protocol.kinds import Kind
from protocol.limits import SUBPROTOCOL_JSON, SUBPROTOCOL_MSGPACK
from server.games import GAMES
from tests.instruments.stepper import Stepper

WHOLE = Description(
    title="Tag",
    about="Who is touched is it.",
    hud=(
        HudLine(name="boost_until", label="Boost", style="ready"),
        HudLine(name="hull", label="Hull", style="bar", max=100),
        HudLine(name="ball", label="Ball", style="arrow"),
        HudLine(name="it", label="", style="text", texts=("", "You are it")),
    ),
    controls=(Control(button="move", does="run"),),
    columns=(Column(label="Score"), Column(label="Deaths", best="least")),
    teams=(Team(name="Sky", hue="sky"),),
    news=(News(event="goal", text="{by} and {assist:player}, {n:number} for {team:team}", shout="Goal", to="by"),),
    kills=(Kill(event="tagged", victim="player", killer=""),),
)
HUD = ("hull", "ball_x", "ball_y", "it")


def sentence_of(**parts: Any) -> str:
    with pytest.raises(UserError) as caught:
        check(replace(WHOLE, **parts), HUD, "tag")
    return str(caught.value)


def test_what_holds_together_is_let_pass() -> None:
    check(WHOLE, HUD, "tag")
    check(Description(), (), "nothing")


@pytest.mark.parametrize("name", sorted(GAMES))
def test_the_games_that_are_shipped_describe_themselves(name: str) -> None:
    game = GAMES[name]
    check(game.description, game.hud, name)
    assert game.description.title
    assert game.description.controls
    assert len(game.description.teams) == game.teams


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"title": "t" * 25}, "tag: title: Expected `str` of length <= 24"),
        ({"title": "a\nb"}, "tag: title: Expected `str` matching regex"),
        ({"about": "a" * 121}, "tag: about: Expected `str` of length <= 120"),
        ({"columns": (Column(label=""),)}, "tag: columns[0].label: Expected `str` of length >= 1"),
        ({"columns": (Column(label="Falls", best="least"),)}, "tag: columns[0].best: the first column is the score"),
        ({"teams": (Team(name="A", hue="sky"),) * 7}, "tag: teams: Expected `array` of length <= 6"),
        ({"hud": (HudLine(name="it", label="It"),) * 33}, "tag: hud: Expected `array` of length <= 32"),
        (
            {"hud": (HudLine(name="shield", label="Shield"),)},
            "tag: hud[0].name: the game's hud has no integer 'shield'",
        ),
        (
            {"hud": (HudLine(name="it", label="", style="arrow"),)},
            "tag: hud[0].name: the game's hud has no integer 'it_x'",
        ),
        ({"hud": (HudLine(name="it", label="It", style="bar"),)}, "tag: hud[0].max: a bar needs to know what is full"),
        ({"hud": (HudLine(name="it", label="It", style="text"),)}, "tag: hud[0].texts: there are none"),
        ({"controls": (Control(button="fire", does="a"),) * 2}, "tag: controls[1].button: 'fire' is there already"),
        ({"news": (News(event="goal"),)}, "tag: news[0]: it says nothing"),
        ({"news": (News(event="goal", text="{by"),)}, "tag: news[0].text: a brace is no part of a field"),
        ({"news": (News(event="goal", shout="{by:ship}"),)}, "tag: news[0].shout: a field is one of player, number"),
        ({"news": (News(event="goal", text="t" * 121),)}, "tag: news[0].text: Expected `str` of length <= 120"),
        ({"kills": (Kill(event="tagged", victim=""),)}, "tag: kills[0].victim: Expected `str` of length >= 1"),
        ({"kills": (Kill(event="tagged"),) * 33}, "tag: kills: Expected `array` of length <= 32"),
    ],
)
def test_each_fault_is_told_with_its_place(parts: dict[str, Any], sentence: str) -> None:
    assert sentence_of(**parts).startswith(sentence)


def test_a_colour_and_a_style_are_out_of_a_short_list() -> None:
    odd = Look(style="dragon", colour="mauve")  # type: ignore[arg-type]
    with pytest.raises(msgspec.ValidationError, match=r"Invalid enum value 'dragon' - at `\$\.style`"):
        msgspec.convert(msgspec.to_builtins(odd), Look)


@pytest.mark.parametrize("subprotocol", [SUBPROTOCOL_MSGPACK, SUBPROTOCOL_JSON])
def test_it_comes_with_the_welcome(subprotocol: str) -> None:
    welcome = Stepper(game=GAMES["ball"]).join("Ann", subprotocol).welcome
    assert welcome.description == GAMES["ball"].description
    assert [kind.look and kind.look.style for kind in welcome.kinds] == ["ship", "shot", "ball", None, None]


def test_a_kind_of_an_older_server_has_no_look() -> None:
    told = {"name": "ship", "category": "ship", "radius": 16.0, "mass": 1.0}
    assert msgspec.convert(told, Kind).look is None
