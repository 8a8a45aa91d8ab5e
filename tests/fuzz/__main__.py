"""Coverage-guided fuzzing of every parser: `python -m tests.fuzz --seconds N`, or `make fuzz SECONDS=N`.

Each parser is searched by a process of its own (atheris, which is libFuzzer), for so many seconds; then a table says
for each how often it ran, how much of the code it reached, and what crashed it. What did is left in reports/fuzz.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple

REPORTS: Final = Path("reports/fuzz")
INSTRUMENTED: Final = [
    *("protocol", "server", "bots", "h11", "wsproto", "tomllib", "msgpack", "pydantic_settings"),
    *("joserfc", "ipaddress"),
]
INPUT_BYTES_MAX: Final = 16_384
MEMORY_MB_MAX: Final = 1024
"""Of a whole process, the fuzzer's own corpus and tables included."""
ONE_INPUT_S_MAX: Final = 10
GRACE_S: Final = 120
_PROGRESS: Final = re.compile(r"#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+)")
_DONE: Final = re.compile(r"Done (\d+) runs")


class Found(NamedTuple):
    """What came of one parser."""

    target: str
    executions: int
    edges: int
    features: int
    crashes: list[str]
    """The files that hold what was fatal."""
    said: str


def search(target: str, seconds: int) -> Found:
    """Fuzz one parser, in another process."""
    place = REPORTS / target
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        command = [sys.executable, "-m", "tests.fuzz", "--target", target, "--seconds", str(seconds), corpus]
        ended = subprocess.run(
            command, check=False, capture_output=True, text=True, errors="replace", timeout=seconds + GRACE_S
        )
    lines = ended.stderr.splitlines()
    progress = [found for line in lines if (found := _PROGRESS.search(line))]
    done = [int(found[1]) for line in lines if (found := _DONE.search(line))]
    executions, edges, features = (int(number) for number in progress[-1].groups()) if progress else (0, 0, 0)
    crashes = [] if ended.returncode == 0 else sorted(str(path) for path in place.iterdir()) or ["see above"]
    return Found(target, max([executions, *done]), edges, features, crashes, "\n".join(lines[-40:]))


def fuzz(target: str, seconds: int, corpus: Path) -> None:
    """In the process of one parser; doesn't return."""
    import atheris  # only `make fuzz` installs it

    with atheris.instrument_imports(include=INSTRUMENTED):
        from tests.fuzz.examples import examples
        from tests.fuzz.targets import TARGETS
    for number, data in enumerate(examples(target)):
        (corpus / f"example-{number}").write_bytes(data)
    flags = [
        f"-max_total_time={seconds}",
        f"-max_len={INPUT_BYTES_MAX}",
        f"-rss_limit_mb={MEMORY_MB_MAX}",
        f"-timeout={ONE_INPUT_S_MAX}",
        f"-artifact_prefix={REPORTS / target}{os.sep}",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *flags, str(corpus)], TARGETS[target])
    atheris.Fuzz()


def table(found: Sequence[Found]) -> Iterator[str]:
    yield f"{'parser':<16}{'executions':>12}{'edges':>8}{'features':>10}{'crashes':>9}"
    for row in found:
        crashes = len(row.crashes)
        yield f"{row.target:<16}{row.executions:>12,}{row.edges:>8,}{row.features:>10,}{crashes:>9}"


def main(words: Any) -> int:
    """The status: 1 if anything crashed."""
    from tests.fuzz.targets import TARGETS

    targets = words.only or list(TARGETS)
    with ThreadPoolExecutor(words.processes) as pool:
        found = list(pool.map(lambda target: search(target, words.seconds), targets))
    for row in found:
        if row.crashes:
            print(f"{row.target}:\n{row.said}\n{', '.join(row.crashes)}\n")
    print("\n".join(table(found)))
    return 1 if any(row.crashes for row in found) else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for each parser")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", action="append", help="a parser by name, instead of all")
    parser.add_argument("--target", help="fuzz this one, in this process")
    parser.add_argument("corpus", nargs="?", type=Path)
    given = parser.parse_args()
    if given.target:
        fuzz(given.target, given.seconds, given.corpus)
    sys.exit(main(given))
