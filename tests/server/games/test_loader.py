"""Games out of files: what is found, what is refused, and the sentence that says why."""

from pathlib import Path

import pytest

from protocol.errors import UserError
from server.app import Server
from server.config import Config
from server.games import GAMES, game_named
from server.games.loader import check_game
from server.games.plain import Plain
from tests.instruments.stepper import Stepper

HEAD = (
    "from protocol.description import *\nfrom server.games.plain import Book, Plain\n"
    "from msgspec.structs import replace; from server.games.pieces import GUN, SHIP_KIND\n"
)
DRIFT = (
    HEAD
    + "class Mine(Book, kw_only=True):\n    n: int = 0\nclass Drift(Plain):\n    name = 'drift'\n    saved = Mine\n"
)


def written(folder: Path, source: str) -> str:
    path = folder / "drift.py"
    path.write_text(source, "utf-8")
    return str(path)


def test_the_one_game_in_a_file_is_loaded_and_playable(tmp_path: Path) -> None:
    game = game_named(written(tmp_path, DRIFT))
    assert (game.name, game.map, Plain in game.__mro__) == ("drift", "pinball", True)
    stepper = Stepper(game=game)
    client = stepper.join()
    stepper.step(4)
    assert client.welcome.game == "drift"
    assert client.told.own is not None


def test_what_a_game_is_built_on_is_not_a_second_one(tmp_path: Path) -> None:
    assert game_named(written(tmp_path, DRIFT + "class Faster(Drift):\n    name = 'faster'\n")).name == "faster"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("x = 1\n", "has no game in it"),
        (HEAD, "has no game in it"),
        (DRIFT + "class Other(Plain):\n    name = 'other'\n", "has more than one game in it: Drift, Other"),
        (HEAD + "\nboom\n", "drift.py, line 5: NameError: name 'boom' is not defined"),
        ("def f():\n    return int('x')\nf()\n", "drift.py, line 2: ValueError: invalid literal"),
        ("class Drift(\n", "drift.py, line 1: "),
        ("import nowhere_to_be_found\n", "drift.py, line 1: ModuleNotFoundError: No module named"),
        (HEAD + "class Drift(Plain): pass\n", "Drift lacks name"),
        (HEAD + "class Drift(Plain):\n    name = 'the drift'\n", "Drift.name: a short word, not 'the drift'"),
        (DRIFT + "    kinds = ()\n", "Drift.kinds: kinds, and a ship among them"),
        (
            DRIFT + "    touches = (('ship', 'moon'),)\n",
            "Drift.touches: pairs of ship, shot, rock, crate, pickup, ball",
        ),
        (DRIFT + "    touches = ('ship', 'rock')\n", "Drift.touches: pairs of ship, shot,"),
        (DRIFT + "    map = 3\n", "Drift.map: a name, not 3"),
        (DRIFT + "    name = 'melee'\n", "Drift.name: 'melee' is a game that comes with the server"),
        ("\0", "drift.py: source code string cannot contain null bytes"),
        (DRIFT + "    teams = 2\n", "Drift.teams: 2, but its description has 0"),
        (DRIFT + "    description = Description(title='t' * 25)\n", "title: Expected `str` of length <= 24"),
        (DRIFT + "    description = Description(hud=(HudLine(name='x', label='X'),))\n", "hud[0].name: the game's hud"),
        (DRIFT + "    description = {'title': 'Drift'}\n", "Drift.description: a Description, not dict"),
        (
            DRIFT + "    description = Description(columns=(Column(label='A'), Column(label='a')))\n",
            "columns[1].label: 'a' is",
        ),
        (DRIFT + "    kinds = SHIP_KIND\n", "Drift.kinds: kinds, and a ship among them"),
        (
            DRIFT + "    kinds = (replace(SHIP_KIND, category='moon'), SHIP_KIND)\n",
            "Drift.kinds[0].category: Invalid enum",
        ),
        (
            DRIFT + "    kinds = (replace(SHIP_KIND, look=Look(style='saucer')),)\n",
            "Drift.kinds[0].look.style: Invalid enum",
        ),
        (DRIFT + "    kinds = (replace(SHIP_KIND, look='ship'),)\n", "Drift.kinds[0].look: Expected `object | null`"),
        (DRIFT + "    touches = None\n", "Drift.touches: pairs of ship, shot,"),
        (DRIFT + "    hud = ('it')\n", "Drift.hud: different names, as in ('score', 'lives'), not 'it'"),
        (DRIFT + "    hud = ('it', 'it')\n", "Drift.hud: different names, as in"),
        (DRIFT + "    hud = ('it',)\n", "Drift.hud: there is no hud_of that says it"),
        (DRIFT + "    hud = None\n", "Drift.hud: different names, as in"),
        (
            DRIFT + "    gun = 'laser'\n",
            "Drift.gun: a Gun whose kind is that of a shot, by its place among the game's kinds",
        ),
        (
            DRIFT + "    gun = GUN\n",
            "Drift.gun: a Gun whose kind is that of a shot, by its place among the game's kinds",
        ),
        (DRIFT + "    gun = replace(GUN, kind=9)\n", "Drift.gun: a Gun whose kind is that of a shot"),
        (DRIFT + "    saved = dict\n", "Drift.saved: a class that inherits Book"),
        (DRIFT + "    saved = Mine()\n", "Drift.saved: a class that inherits Book"),
        (DRIFT.replace("n: int = 0", "n: 'Nope' = 0"), "Drift.saved: Mine can't be read again: name 'Nope' is not"),
        (DRIFT.replace("n: int = 0", "n: int"), "Drift.saved: Mine.n needs a value to begin with"),
        (DRIFT + "    async def before_step(self): ...\n", "drift.py, line 9: Drift.before_step may not be async"),
        (DRIFT + "    def before_step(self, now): ...\n", "line 9: Drift.before_step is called as (self)"),
        (DRIFT + "    def hud_of(self): return ()\n", "line 9: Drift.hud_of is called as (self, player)"),
        (
            DRIFT + "    def unfit(self, arena): return ''\n",
            "line 9: Drift.unfit is called as (arena): is @staticmethod missing?",
        ),
        ("import sys\nsys.exit(3)\n", "drift.py, line 2: SystemExit: 3"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(tmp_path: Path, source: str, sentence: str) -> None:
    with pytest.raises(UserError) as caught:
        game_named(written(tmp_path, source))
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("source", [HEAD + "\nboom\n", HEAD + "\n\nclass Drift(\n"])
def test_a_file_is_named_as_it_was_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    (tmp_path / "games").mkdir()
    written(tmp_path / "games", source)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=r"^games/drift\.py, line [56]: "):
        game_named("games/drift.py")


def test_what_only_a_game_calls_it_may_call_otherwise(tmp_path: Path) -> None:
    game_named(written(tmp_path, DRIFT + "    def count(self, player): ...\n"))


def test_a_game_that_cant_begin_is_told_in_one_sentence(tmp_path: Path) -> None:
    path = written(tmp_path, DRIFT + "    def begin(self):\n        return 1 / 0\n")
    with pytest.raises(UserError, match=r"drift\.py, line 10: ZeroDivisionError: division by zero$"):
        Server(Config(game=path))


def test_a_game_of_ours_that_cant_begin_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GAMES["melee"], "begin", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        Server(Config())


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"^there is no file .*missing\.py$"):
        game_named(str(tmp_path / "missing.py"))


@pytest.mark.parametrize("name", sorted(GAMES))
def test_those_that_are_shipped_would_be_let_in(name: str) -> None:
    check_game(GAMES[name], name)
