"""What operators look at is there: every metric that an alert, the dashboard or the manual names is said by a server.

A running server is asked for its `/metrics`. The dashboard's queries are read by Prometheus' own parser; Grafana
itself isn't there, so of its file the shape is checked: ids, places, data sources, and that nothing lies upon another.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import trio
import yaml

from tests.instruments.programs import program
from tests.instruments.served import ROOT
from tests.server.running import started

DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy" / "grafana" / "ricochet.json").read_text())
ALERTS: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.yml").read_text())
OPERATING = (ROOT / "docs" / "operating.md").read_text()
METRIC = re.compile(r"\b(?:ricochet|process)_\w+")
VARIABLES = {"$instance": ".*", "$__rate_interval": "1m"}
COLUMNS = 24
SCHEMA_VERSION_MIN = 36
"""Of Grafana 9, the first that takes data sources as they are named here."""

PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUERIES = [target["expr"] for panel in PANELS for target in panel["targets"]]
EXPRESSIONS = [rule["expr"] for group in ALERTS["groups"] for rule in group["rules"]]


async def test_every_metric_that_is_asked_for_is_there(nursery: trio.Nursery) -> None:
    status, metrics = await (await started(nursery)).get("/metrics")
    assert status == 200
    said = set(re.findall(r"^([a-z]\w*)", metrics.decode(), re.MULTILINE))
    said |= {name.removesuffix("_bucket") for name in said}
    for texts in (EXPRESSIONS, QUERIES, [OPERATING]):
        asked = {name for text in texts for name in METRIC.findall(text)}
        assert len(asked) > 10
        assert asked - said == set()


def test_prometheus_understands_every_query(tmp_path: Path) -> None:
    promtool = program("promtool", "prometheus")
    rules = [{"record": f"query:{number}", "expr": _filled(query)} for number, query in enumerate(QUERIES)]
    file = tmp_path / "rules.json"  # JSON is YAML
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))
    told = subprocess.run([promtool, "check", "rules", file], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert f"{len(QUERIES)} rules found" in told.stdout


def _filled(query: str) -> str:
    for name, value in VARIABLES.items():
        query = query.replace(name, value)
    assert "$" not in query
    return query


def test_the_dashboard_has_the_shape_of_one() -> None:
    assert DASHBOARD["schemaVersion"] >= SCHEMA_VERSION_MIN
    assert {"uid", "title", "panels", "templating", "time"} <= DASHBOARD.keys()
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    assert {variable["name"] for variable in DASHBOARD["templating"]["list"]} == {"datasource", "instance"}
    for panel in PANELS:
        assert panel["title"]
        assert panel["description"]
        assert panel["datasource"]["uid"] == "${datasource}"
        letters = [target["refId"] for target in panel["targets"]]
        assert len(set(letters)) == len(letters)
        assert all('instance=~"$instance"' in target["expr"] for target in panel["targets"])


def test_no_panel_lies_upon_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= COLUMNS
        squares = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not squares & taken, panel["title"]
        taken |= squares


def test_the_manual_leads_somewhere() -> None:
    targets = re.findall(r"\]\((?!http)([^)#]+)", OPERATING)
    assert len(targets) > 10
    assert [target for target in targets if not (ROOT / "docs" / target).exists()] == []
