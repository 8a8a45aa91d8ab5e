"""The house rules, read off the syntax trees of what is tracked: who imports whom, and how large things get.

Imports run one way, the pure code stays pure, and each foreign library has few doors. The tables of
`instruments/walls` are the rules; to move a wall, change a table, in the commit that needs it. The last test
feeds each rule a module that breaks it, so that none of them can fall asleep.
"""

import ast
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path

import pytest

from tests.instruments.walls import DOORS, IO_FILES, MAY_IMPORT, NO_TEST_OF_THEIR_OWN, RANDOM_WITHOUT_A_GLOBAL

ROOT = Path(__file__).parent.parent

FUNCTION_LINES_MAX = 60
MODULE_LINES_MAX = 350
FILE_BYTES_MAX = 1_000_000

# Both are written in pieces, so as not to find themselves.
LEFT_BEHIND = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b")
REGISTRY_ADDRESS = re.compile(r"https?://[^\s\"')]*(py" r"pi|python" r"hosted|npm" r"js|debian)\.", re.IGNORECASE)


@dataclass(frozen=True)
class Module:
    """One Python file: its path from the root, with slashes, and its source."""

    path: str
    source: str

    @property
    def package(self) -> str:
        return self.path.split("/")[0]

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source, self.path)

    def imports(self) -> Iterator[str]:
        """The dotted name of every module imported, wherever in the file the import stands."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield f"{self.package}.{node.module or ''}" if node.level else node.module or ""

    def matches(self, patterns: tuple[str, ...]) -> bool:
        return any(fnmatch(self.path, pattern) for pattern in patterns)


Rule = Callable[[Module], Iterator[str]]
"""Says each breach that a module commits, as a line a person can act on."""


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


TRACKED = tracked_files()
MODULES = [
    Module(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in TRACKED if path.suffix == ".py"
]
HOUSE = [module for module in MODULES if module.package in MAY_IMPORT]


def one_way_imports(module: Module) -> Iterator[str]:
    allowed = MAY_IMPORT[module.package]
    for name in module.imports():
        top = name.split(".")[0]
        if top in {*MAY_IMPORT, "bench", "ricochet", "tests"} - allowed:
            yield f"{module.path} imports {name}"


def closed_doors(module: Module) -> Iterator[str]:
    for name in module.imports():
        top = name.split(".")[0]
        if top in DOORS and not module.matches(DOORS[top]):
            yield f"{module.path} imports {name}; only {', '.join(DOORS[top]) or 'nobody'} may"


def no_await_in_pure_code(module: Module) -> Iterator[str]:
    if module.matches(IO_FILES):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.AsyncFunctionDef):
            yield f"{module.path}:{node.lineno} {node.name} is async; await lives in the I/O files"


def no_global_random(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module == "random":
            used = {alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "random":
            used = {node.attr}
        else:
            continue
        for name in used - RANDOM_WITHOUT_A_GLOBAL:
            yield f"{module.path}:{node.lineno} uses random.{name}, whose seed is everybody's"


def opening_docstring(module: Module) -> Iterator[str]:
    if not ast.get_docstring(module.tree):
        yield f"{module.path} does not open with what it is and promises"


def short_modules(module: Module) -> Iterator[str]:
    lines = module.source.count("\n")
    if lines > MODULE_LINES_MAX:
        yield f"{module.path} has {lines} lines"


def short_functions(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield f"{module.path}:{node.lineno} {node.name} has {lines} lines"


RULES: tuple[Rule, ...] = (
    one_way_imports,
    closed_doors,
    no_await_in_pure_code,
    no_global_random,
    opening_docstring,
    short_modules,
    short_functions,
)


def breaches(modules: Iterable[Module], rules: Iterable[Rule]) -> str:
    """By copies, whose trees go with them: a million nodes more make each later collection of garbage take longer."""
    return "\n".join(breach for copy in map(replace, modules) for rule in rules for breach in rule(copy))


def test_the_house_keeps_its_rules() -> None:
    assert breaches(HOUSE, RULES) == ""


def test_every_other_python_file_opens_with_a_docstring_too() -> None:
    assert breaches((module for module in MODULES if module not in HOUSE), [opening_docstring]) == ""


def test_every_module_has_its_test_file() -> None:
    tests = [module.path for module in MODULES if module.package == "tests"]
    lacking = [
        f"{module.path}: no tests/{module.package}/**/test_{name}"
        for module in HOUSE
        if (name := Path(module.path).name) != "__init__.py"
        and module.path not in NO_TEST_OF_THEIR_OWN
        and not any(path.startswith(f"tests/{module.package}/") and path.endswith(f"/test_{name}") for path in tests)
    ]
    assert not lacking, "\n".join(lacking)


def test_every_exemption_is_for_a_module_that_exists() -> None:
    stale = set(NO_TEST_OF_THEIR_OWN) - {module.path for module in HOUSE}
    assert not stale


def test_nothing_is_left_behind() -> None:
    sources = [path for path in TRACKED if path.suffix in {".py", ".ts"}]
    found = [
        f"{path.relative_to(ROOT)}:{number} {line.strip()}"
        for path in sources
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if LEFT_BEHIND.search(line)
    ]
    assert not found, "\n".join(found)


def test_no_tracked_file_names_a_package_registry() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in TRACKED
        if REGISTRY_ADDRESS.search(path.read_text("utf-8", errors="ignore"))
    ]
    assert not found, found


def test_no_tracked_file_is_large() -> None:
    large = [str(path.relative_to(ROOT)) for path in TRACKED if path.stat().st_size > FILE_BYTES_MAX]
    assert not large, large


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (one_way_imports, "protocol/cells.py", "from server.room import Room"),
        (one_way_imports, "server/room.py", "def late():\n    import bots.client"),
        (one_way_imports, "bots/swarm.py", "import server"),
        (one_way_imports, "server/room.py", "import bench.load"),
        (closed_doors, "server/room.py", "import trio"),
        (closed_doors, "server/games/melee.py", "from pymunk import Body"),
        (closed_doors, "server/net/link.py", "import msgpack"),
        (closed_doors, "protocol/ticks.py", "from time import monotonic"),
        (no_await_in_pure_code, "server/session.py", "async def wait(): ..."),
        (no_global_random, "bots/brains/hunter.py", "import random\nrandom.random()"),
        (no_global_random, "server/world.py", "from random import choice"),
        (opening_docstring, "server/room.py", "x = 1"),
        (short_modules, "server/room.py", "x = 1\n" * 351),
        (short_functions, "server/room.py", "def f():\n" + "    x = 1\n" * 60),
    ],
)
def test_each_rule_notices_a_breach(rule: Rule, path: str, source: str) -> None:
    assert len(list(rule(Module(path, source)))) == 1


def test_the_rules_allow_what_is_right() -> None:
    room = Module("server/room.py", '"""One tick."""\nfrom random import Random\nfrom protocol import cells\n')
    link = Module("server/net/link.py", '"""A connection."""\nimport trio\nfrom . import fast_lane\n')
    assert not [breach for module in (room, link) for rule in RULES for breach in rule(module)]
