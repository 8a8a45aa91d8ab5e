"""Builds the physics engine for the browser: Munk2D, the C sources inside pymunk's own distribution, as WebAssembly.

The sources are those of the very pymunk that the lock file pins, fetched by pip and held to the lock's hashes.
The compiler is the one in the package `ziglang`. Our own part is small: `shim.c` (a space as prediction needs it),
`heap.c` (memory that can be copied and put back) and `turn.c` (sin and cos to the server's bits).

    .venv/bin/python -m assets.munk2d.build assets/sdk/engine/munk2d.wasm

writes that file. What was built before from the same sources, with the same flags, by the same compiler, is taken
from the cache in `.make`; its name there is the hash of all these. Floating point is what pymunk's own build has:
doubles, no fast-math, no contraction.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
LOCK: Final = ROOT / "requirements.txt"
CACHE: Final = ROOT / ".make" / "munk2d"
OURS: Final = ("shim.c", "heap.c", "turn.c")
NOT_NEEDED: Final = ("cpHastySpace.c",)
"""Threads."""
SINES: Final = 112
"""Rows of the table: angles up to 0.875, of which `turn.c` asks for those up to 0.855."""
FLAGS: Final = (
    *("-target", "wasm32-wasi", "-mexec-model=reactor", "-std=c99", "-O3", "-DNDEBUG"),
    *("-fno-fast-math", "-ffp-contract=off", "-fno-builtin-sin", "-fno-builtin-cos"),
    *("-DCP_OVERRIDE_MESSAGE", "-DCP_BUFFER_BYTES=8184", "-include", "heap.h"),
    *("-Wl,-z,stack-size=262144", "-Wl,--strip-all"),
)
"""A buffer of the engine's fills a block of the heap. zig puts the stack first: it need not be kept with a space."""


class BuildError(Exception):
    """The engine can't be built; the message says why, for whoever typed `make`."""


def build(out: Path) -> None:
    """Write the module to `out`, built now or before. Raises BuildError."""
    built = CACHE / f"{key(pin_of(LOCK.read_text('utf-8')), version('ziglang'))}.wasm"
    if not built.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            made = compiled(unpacked(fetched(Path(folder)), Path(folder)), Path(folder))
            made.replace(built)
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(built, out)


def pin_of(lock: str) -> str:
    """The lock's lines for pymunk: its version, and the hashes of everything that may be fetched as it."""
    found = re.search(r"^pymunk==[^\n]*\n(?:[ \t]+--hash=[^\n]*\n)+", lock, re.MULTILINE)
    if not found:
        raise BuildError("requirements.txt pins no pymunk with hashes; run `make lock`")
    return found[0]


def key(pin: str, compiler: str) -> str:
    """A name for what is made of all that goes in."""
    inputs = [pin, compiler, *FLAGS, *(path.read_text("utf-8") for path in sorted(HERE.iterdir()) if path.is_file())]
    return hashlib.sha256("\0".join(inputs).encode()).hexdigest()[:32]


def fetched(folder: Path) -> Path:
    """The source distribution that the lock pins, in `folder`. pip refuses what has none of the lock's hashes."""
    pinned = folder / "pymunk.txt"
    pinned.write_text(pin_of(LOCK.read_text("utf-8")), "utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += [
        "--no-binary",
        ":all:",
        "--no-build-isolation",
        "--require-hashes",
        "-r",
        str(pinned),
        "-d",
        str(folder),
    ]
    _run(command, folder, "pymunk's sources can't be fetched")
    found = list(folder.glob("pymunk-*.tar.gz"))
    if len(found) != 1:
        raise BuildError(f"pip fetched {len(found)} source distributions of pymunk instead of one")
    return found[0]


def unpacked(archive: Path, folder: Path) -> Path:
    """The folder of the engine, out of the archive."""
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    found = list(folder.glob("pymunk-*/Munk2D"))
    if len(found) != 1:
        raise BuildError(f"{archive.name} holds no Munk2D")
    return found[0]


def compiled(engine: Path, folder: Path) -> Path:
    """The module, made of the engine and our own part."""
    made = folder / "munk2d.wasm"
    (folder / "sines.h").write_text(sines_header(), "utf-8")
    sources = [path for path in sorted((engine / "src").glob("*.c")) if path.name not in NOT_NEEDED]
    sources += [HERE / name for name in OURS]
    command = [sys.executable, "-m", "ziglang", "cc", *FLAGS, f"-I{engine / 'include'}", f"-I{HERE}", f"-I{folder}"]
    command += [f"-ffile-prefix-map={engine}=Munk2D"]  # assertions name their file: not by our folders
    _run([*command, *map(str, sources), "-o", str(made)], HERE, "the engine can't be compiled")
    return made


def sines_header() -> str:
    """`turn.c`'s table: sine and cosine of k/128, each as a double and what is missing from it."""
    rows = ",\n".join(f"\t{{{', '.join(number.hex() for number in row)}}}" for row in sine_rows())
    return f"static const double SINES[{SINES}][4] = {{\n{rows}\n}};\n"


def sine_rows() -> Iterator[tuple[float, float, float, float]]:
    for k in range(SINES):
        (sine, sine_rest), (cosine, cosine_rest) = (_in_two(_series(Fraction(k, 128), start)) for start in (1, 0))
        yield sine, sine_rest, cosine, cosine_rest


def _series(x: Fraction, start: int) -> Fraction:
    """The sine's series (from the 1st power) or the cosine's (from the 0th), to far more than two doubles hold."""
    term = x if start else Fraction(1)
    total = term
    for power in range(start, start + 32, 2):
        term = -term * x * x / ((power + 1) * (power + 2))
        total += term
    return total


def _in_two(number: Fraction) -> tuple[float, float]:
    high = float(number)
    return high, float(number - Fraction(high))


def _run(command: Sequence[str], folder: Path, failure: str) -> None:
    environment = {**os.environ, "ZIG_GLOBAL_CACHE_DIR": str(CACHE / "zig"), "ZIG_LOCAL_CACHE_DIR": str(CACHE / "zig")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"{failure}:\n{done.stderr.strip() or done.stdout.strip()}")


def main() -> None:
    try:
        build(Path(sys.argv[1]).resolve())
    except BuildError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
