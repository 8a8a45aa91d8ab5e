"""The builder of the browser's engine: what it takes, what it is named by, and what a page gets of it."""

import hashlib
import math
import tarfile
from fractions import Fraction
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

import pytest

from assets.munk2d import build

LOCK = build.LOCK.read_text("utf-8")
BUILT = build.ROOT / "assets" / "sdk" / "engine" / "munk2d.wasm"


def test_the_sources_are_those_of_the_pymunk_that_the_server_runs() -> None:
    pin = build.pin_of(LOCK)
    assert pin.startswith(f"pymunk=={version('pymunk')} ")
    hashes = pin.splitlines()[1:]
    assert hashes
    assert all(line.lstrip().startswith("--hash=sha256:") for line in hashes)


def test_a_lock_without_hashes_is_refused() -> None:
    with pytest.raises(build.BuildError, match="make lock"):
        build.pin_of("pymunk==7.3.1\nrich==15.0\n")


def test_whatever_goes_in_changes_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    before = build.key("pin", "1.0")
    assert before == build.key("pin", "1.0")
    assert len({before, build.key("other pin", "1.0"), build.key("pin", "1.1")}) == 3
    monkeypatch.setattr(build, "FLAGS", (*build.FLAGS, "-O2"))
    assert build.key("pin", "1.0") != before


def test_what_is_in_the_cache_is_not_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "CACHE", tmp_path / "cache")
    name = build.key(build.pin_of(LOCK), version("ziglang"))
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / f"{name}.wasm").write_bytes(b"built before")
    build.build(tmp_path / "out" / "munk2d.wasm")
    assert (tmp_path / "out" / "munk2d.wasm").read_bytes() == b"built before"


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source distribution on a shelf of its own, which is all that pip can see."""
    shelf, version = tmp_path / "shelf", build.pin_of(LOCK).split()[0].removeprefix("pymunk==")
    shelf.mkdir()
    archive = shelf / f"pymunk-{version}.tar.gz"
    setup = f"from setuptools import setup; setup(name='pymunk', version='{version}')\n".encode()
    with tarfile.open(archive, "w:gz") as tar:
        for name, content in (("setup.py", setup), ("Munk2D/src/cpSpace.c", b"")):
            member = tarfile.TarInfo(f"pymunk-{version}/{name}")
            member.size = len(content)
            tar.addfile(member, BytesIO(content))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    monkeypatch.setattr(build, "LOCK", tmp_path / "lock.txt")
    return archive


def _lock(archive: Path, digest: str) -> None:
    version = archive.name.removeprefix("pymunk-").removesuffix(".tar.gz")
    build.LOCK.write_text(f"pymunk=={version} \\\n    --hash=sha256:{digest}\n", "utf-8")


def test_the_sources_are_fetched_by_their_hash(tmp_path: Path, shelf: Path) -> None:
    _lock(shelf, hashlib.sha256(shelf.read_bytes()).hexdigest())
    fetched = build.fetched(tmp_path)
    assert fetched.read_bytes() == shelf.read_bytes()
    assert (build.unpacked(fetched, tmp_path) / "src" / "cpSpace.c").is_file()


def test_sources_with_another_hash_are_not_taken(tmp_path: Path, shelf: Path) -> None:
    _lock(shelf, "0" * 64)
    with pytest.raises(build.BuildError, match="can't be fetched"):
        build.fetched(tmp_path)
    assert not list(tmp_path.glob("*.tar.gz"))


def test_a_compiler_that_fails_is_heard(tmp_path: Path) -> None:
    (tmp_path / "include" / "chipmunk").mkdir(parents=True)
    (tmp_path / "include" / "chipmunk" / "chipmunk.h").write_text("#error no engine here\n", "utf-8")
    with pytest.raises(build.BuildError, match="no engine here"):
        build.compiled(tmp_path, tmp_path)


def test_the_table_holds_sines_to_more_than_a_double() -> None:
    rows = list(build.sine_rows())
    assert len(rows) == build.SINES
    for k, (sine, sine_rest, cosine, cosine_rest) in enumerate(rows):
        assert sine == pytest.approx(math.sin(k / 128), rel=1e-15)
        assert cosine == pytest.approx(math.cos(k / 128), rel=1e-15)
        assert abs(sine_rest) <= math.ulp(sine) / 2
        whole_sine, whole_cosine = Fraction(sine) + Fraction(sine_rest), Fraction(cosine) + Fraction(cosine_rest)
        assert abs(whole_sine**2 + whole_cosine**2 - 1) < Fraction(1, 10**31)


def test_the_module_asks_for_nothing_and_is_small() -> None:
    module = BUILT.read_bytes()
    assert module.startswith(b"\0asm")
    assert len(module) < 100_000
    assert b"wasi_snapshot" not in module, "it would need a system that a page doesn't have"
    assert str(build.ROOT).encode() not in module, "it is the same wherever it is built"
