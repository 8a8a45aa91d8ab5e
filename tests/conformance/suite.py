"""The Autobahn|Testsuite against the edge of this server, over both lanes: `make conformance`.

    python -m tests.conformance.suite [case …]

Its client opens a connection for each case to an echo behind the real front door (`tests.instruments.echo`), sends
what RFC 6455 allows and what it forbids, and judges what comes back. All cases but those on compression (12 and 13),
which isn't offered. A line for each lane is printed, and one for each case that the lane may not be proud of:

    fast: ok=298 non_strict=0 informational=3 failed=0

The status is 1 when a lane has failed a case, has more non-strict ones than trio-websocket alone, or has not run all.
Reports that a person can read are left in `reports/conformance/`.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from protocol import limits

ROOT = Path(__file__).parents[2]
WSTEST = ROOT / ".tools/autobahn/bin/wstest"
REPORTS = ROOT / "reports/conformance"
LANES = ("fast", "plain")
ALL = ("1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.*", "10.*")
BRISK = ("1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*")
"""Without section 9, the large messages and the many: seconds in place of minutes."""
CASES = {ALL: 301, BRISK: 247}
"""How many cases there are in a selection."""
NON_STRICT_MAX = 5
"""As many as trio-websocket alone has."""
RUN_S_MAX = 900.0
STOP_S = 10.0


@dataclass(frozen=True)
class Counts:
    """What became of the cases of one lane. `remarks` names those that were neither all right nor informational."""

    ok: int
    non_strict: int
    informational: int
    failed: int
    remarks: tuple[str, ...] = ()

    @property
    def cases(self) -> int:
        return self.ok + self.non_strict + self.informational + self.failed

    def suffices(self, cases: int | None) -> bool:
        """Whether the lane is as good as it has to be. `cases` is how many there should be, where that is known."""
        is_whole = self.cases > 0 if cases is None else self.cases == cases
        return is_whole and not self.failed and self.non_strict <= NON_STRICT_MAX

    def line(self, lane: str) -> str:
        return (
            f"{lane}: ok={self.ok} non_strict={self.non_strict} informational={self.informational} failed={self.failed}"
        )


def count(results: Mapping[str, Mapping[str, Any]]) -> Counts:
    """The verdicts of the suite's index for one server, by case."""
    verdicts = {case: verdict_of(result) for case, result in results.items()}
    found = list(verdicts.values())
    remarks = tuple(f"{case} {verdict}" for case, verdict in verdicts.items() if verdict not in ("OK", "INFORMATIONAL"))
    ok, non_strict, informational = (found.count(verdict) for verdict in ("OK", "NON-STRICT", "INFORMATIONAL"))
    return Counts(ok, non_strict, informational, len(found) - ok - non_strict - informational, remarks)


def verdict_of(result: Mapping[str, Any]) -> str:
    """Of one case: how it went, or else how it was closed. Whatever is no known praise is a failure."""
    behavior, closed = str(result["behavior"]), str(result["behaviorClose"])
    return behavior if closed in ("OK", "INFORMATIONAL") else f"{behavior}, closing {closed}"


@contextmanager
def echoing(lane: str) -> Iterator[int]:
    """The port of an echo over that lane."""
    command = [sys.executable, "-m", "tests.instruments.echo", lane]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as echo:
        try:
            assert echo.stdout is not None
            yield int(echo.stdout.readline())
            assert echo.poll() is None, f"the {lane} echo ended with status {echo.returncode}"
        finally:
            echo.kill()


def run(lane: str, cases: Sequence[str], reports: Path = REPORTS) -> Counts:
    """Let the suite try `cases` over one lane; how they went. Raises what `subprocess` raises when it can't."""
    folder = reports / lane
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / "index.json"
    index.unlink(missing_ok=True)
    with echoing(lane) as port:
        url, protocols = f"ws://127.0.0.1:{port}/play", [limits.SUBPROTOCOL_MSGPACK]
        plan = {
            "outdir": str(folder),
            "servers": [{"agent": lane, "url": url, "protocols": protocols}],
            "cases": list(cases),
            "exclude-cases": [],
            "exclude-agent-cases": {},
        }
        spec = folder / "plan.json"
        spec.write_text(json.dumps(plan))
        command = [str(WSTEST), "--mode", "fuzzingclient", "--spec", str(spec)]
        with (folder / "log.txt").open("wb") as log:
            subprocess.run(command, cwd=folder, stdout=log, stderr=log, check=True, timeout=RUN_S_MAX)
    return count(json.loads(index.read_text())[lane])


def run_both(cases: Sequence[str], reports: Path = REPORTS) -> dict[str, Counts]:
    """Both lanes at once; most of the time each waits."""
    with ThreadPoolExecutor(len(LANES)) as pool:
        return dict(zip(LANES, pool.map(lambda lane: run(lane, cases, reports), LANES), strict=True))


def main(cases: Sequence[str]) -> int:
    selected = tuple(cases) or ALL
    outcome = run_both(selected)
    for lane, counts in outcome.items():
        for remark in counts.remarks:
            print(f"{lane}: {remark}, see {REPORTS.relative_to(ROOT)}/{lane}/index.html", file=sys.stderr)
    for lane, counts in outcome.items():
        print(counts.line(lane))
    return 0 if all(counts.suffices(CASES.get(selected)) for counts in outcome.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
