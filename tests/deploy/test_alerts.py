"""The alerts of `deploy/prometheus/`: Prometheus' own tool reads them, and each fires when it should, and only then."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.instruments.programs import program
from tests.instruments.served import ROOT

PROMETHEUS = ROOT / "deploy" / "prometheus"
RULES: list[dict[str, Any]] = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"][0]["rules"]
MINUTES = 12
INTERVAL_S = 15
SAMPLES = MINUTES * 60 // INTERVAL_S


def steady(value: float) -> str:
    """A gauge at `value`."""
    return f"{value}x{SAMPLES}"


def growing(per_s: float) -> str:
    """A counter."""
    return f"0+{per_s * INTERVAL_S:g}x{SAMPLES}"


def lateness(per_s_within_8_ms: float, per_s_beyond: float) -> dict[str, str]:
    name = "ricochet_tick_lateness_seconds_bucket"
    return {
        f'{name}{{le="0.008"}}': growing(per_s_within_8_ms),
        f'{name}{{le="0.016"}}': growing(per_s_within_8_ms + per_s_beyond),
        f'{name}{{le="+Inf"}}': growing(per_s_within_8_ms + per_s_beyond),
    }


JOB = 'job="ricochet"'
BAD_AND_GOOD: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "RicochetDown": ({f"up{{{JOB}}}": steady(0)}, {f"up{{{JOB}}}": steady(1)}),
    "RicochetRestarts": (
        {f"process_start_time_seconds{{{JOB}}}": f"0+50x{SAMPLES}"},
        {f"process_start_time_seconds{{{JOB}}}": f"5x20 900x{SAMPLES - 21}"},
    ),
    "RicochetTicksLate": (lateness(58, 2), lateness(59.9, 0.1)),
    "RicochetTicksShifted": (
        {"ricochet_ticks_shifted_total": growing(5)},
        {"ricochet_ticks_shifted_total": growing(0.2)},
    ),
    "RicochetNoSnapshots": (
        {"ricochet_snapshots_total": steady(9), "ricochet_players": steady(4), "ricochet_bots": steady(1)},
        {"ricochet_snapshots_total": steady(9), "ricochet_players": steady(4), "ricochet_bots": steady(4)},
    ),
    "RicochetViewersBlocked": (
        {"ricochet_viewers_blocked": steady(5), "ricochet_players": steady(20), "ricochet_spectators": steady(0)},
        {"ricochet_viewers_blocked": steady(1), "ricochet_players": steady(20), "ricochet_spectators": steady(0)},
    ),
    "RicochetInputsMissing": (
        {"ricochet_inputs_missing_total": growing(20), "ricochet_inputs_total": growing(60)},
        {"ricochet_inputs_missing_total": growing(1), "ricochet_inputs_total": growing(60)},
    ),
    "RicochetStandingsAway": (
        {"ricochet_standings_away_total": growing(0.1), "ricochet_results_waiting": steady(3)},
        {"ricochet_standings_away_total": growing(0.1), "ricochet_results_waiting": steady(0)},
    ),
    "RicochetReplaysFail": (
        {"ricochet_recordings_failed_total": growing(0.1), "ricochet_recordings_dropped_total": growing(0)},
        {"ricochet_recordings_failed_total": steady(7), "ricochet_recordings_dropped_total": steady(1)},
    ),
    "RicochetMemory": (
        {f"process_resident_memory_bytes{{{JOB}}}": steady(1e9)},
        {f"process_resident_memory_bytes{{{JOB}}}": steady(3e8)},
    ),
    "RicochetApart": (
        {"ricochet_news_dropped_total": growing(1), "ricochet_directory_unanswered_total": steady(0)},
        {"ricochet_news_dropped_total": growing(0.01), "ricochet_directory_unanswered_total": steady(9)},
    ),
    "RicochetFull": ({"ricochet_turned_away_total": growing(1)}, {"ricochet_turned_away_total": growing(0.01)}),
    "RicochetMindersFail": (
        {"ricochet_minders_failed_total": growing(1)},
        {"ricochet_minders_failed_total": steady(9)},
    ),
    "RicochetNotWell": ({"ricochet_pings_withheld_total": growing(0.4)}, {"ricochet_pings_withheld_total": steady(3)}),
    **{
        alert: ({f"ricochet_{counter}_total": growing(0.1)}, {f"ricochet_{counter}_total": steady(3)})
        for alert, counter in {
            "RicochetConnectionsFailed": "connections_failed",
            "RicochetRoomsFailed": "rooms_failed",
            "RicochetChoresFailed": "chores_failed",
            "RicochetDesync": "checksum_mismatches",
            "RicochetCheckpointsFail": "checkpoints_failed",
        }.items()
    },
}
"""What makes an alert fire within MINUTES, and what doesn't."""
SLOW = {"RicochetReplaysFull"}
"""It takes an hour, and is tested with one."""


@pytest.fixture(scope="module")
def promtool() -> str:
    return program("promtool", "prometheus")


def run(*words: str | os.PathLike[str]) -> None:
    told = subprocess.run(words, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def series(values: dict[str, str], instance: str) -> list[dict[str, str]]:
    """All of one instance."""
    here = []
    for name, points in values.items():
        labels = name[:-1] + "," if name.endswith("}") else name + "{"
        here.append({"series": f'{labels}instance="{instance}"}}', "values": points})
    return here


def a_test(cases: dict[str, dict[str, str]], fires: bool, minutes: int = MINUTES) -> dict[str, Any]:
    """Each alert looks at an instance of its own, which has its name."""
    asked = [
        {
            "expr": f'count(ALERTS{{alertname="{alert}",alertstate="firing",instance="{alert}"}})',
            "eval_time": f"{minutes}m",
            "exp_samples": [{"labels": "{}", "value": 1}] if fires else [],
        }
        for alert in cases
    ]
    there = [line for alert, values in cases.items() for line in series(values, alert)]
    return {"interval": f"{INTERVAL_S}s", "input_series": there, "promql_expr_test": asked}


def write_tests(folder: Path, tests: list[dict[str, Any]]) -> Path:
    file = folder / "tests.json"  # JSON is YAML
    file.write_text(json.dumps({"rule_files": [str(PROMETHEUS / "alerts.yml")], "tests": tests}))
    return file


def test_prometheus_takes_the_files(promtool: str) -> None:
    run(promtool, "check", "rules", PROMETHEUS / "alerts.yml")
    run(promtool, "check", "config", PROMETHEUS / "prometheus.yml")


def test_every_alert_fires_when_it_should_and_not_otherwise(promtool: str, tmp_path: Path) -> None:
    tests = [
        a_test({alert: bad for alert, (bad, _) in BAD_AND_GOOD.items()}, fires=True),
        a_test({alert: good for alert, (_, good) in BAD_AND_GOOD.items()}, fires=False),
    ]
    hour = 61 * 60 // INTERVAL_S
    for size, fires in ((4.9e8, True), (3e8, False)):
        tests.append(a_test({"RicochetReplaysFull": {"ricochet_replay_bytes": f"{size}x{hour}"}}, fires, minutes=61))
    run(promtool, "test", "rules", write_tests(tmp_path, tests))


def test_a_test_that_expects_the_opposite_fails(promtool: str, tmp_path: Path) -> None:
    bad, _ = BAD_AND_GOOD["RicochetTicksShifted"]
    file = write_tests(tmp_path, [a_test({"RicochetTicksShifted": bad}, fires=False)])
    told = subprocess.run([promtool, "test", "rules", file], capture_output=True, text=True, check=False)
    assert told.returncode != 0


def test_what_is_said_is_filled_in(promtool: str, tmp_path: Path) -> None:
    rule = next(rule for rule in RULES if rule["alert"] == "RicochetTicksShifted")
    expected = {
        "exp_labels": {"severity": "page", "instance": "a"},
        "exp_annotations": {
            "summary": "a plays in slow motion: 5 ticks a second are given up",
            "runbook": rule["annotations"]["runbook"],
        },
    }
    asked = {"eval_time": "5m", "alertname": rule["alert"], "exp_alerts": [expected]}
    told = {
        "interval": f"{INTERVAL_S}s",
        "input_series": series({"ricochet_ticks_shifted_total": growing(5)}, "a"),
        "alert_rule_test": [asked],
    }
    run(promtool, "test", "rules", write_tests(tmp_path, [told]))


def test_every_alert_is_tested_and_says_what_to_do() -> None:
    assert {rule["alert"] for rule in RULES} == set(BAD_AND_GOOD) | SLOW
    for rule in RULES:
        assert rule["labels"]["severity"] in {"page", "warn", "info"}
        assert rule["annotations"].keys() == {"summary", "runbook"}
        assert "{{ $labels.instance }}" in rule["annotations"]["summary"]
