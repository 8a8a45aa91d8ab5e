"""The manifests of `deploy/kubernetes/`, against Kubernetes' own schemas, and against what the server really does.

The services and the pod of a game server are checked with the schemas of Kubernetes' API. Of Agones' kinds the fields
that are used here are written down below, from its CRDs, and nothing else may be there: that catches a misspelt or
misplaced field, and not whatever else its admission webhooks look at.
"""

import re
from typing import Any, Literal

import kubernetes_validate
import msgspec
import pytest
import yaml
from msgspec import Struct

from server.config import ENVIRONMENT_PREFIX, Config, load
from server.minders import agones
from tests.instruments.served import ROOT

MANIFESTS = ROOT / "deploy" / "kubernetes"
DOCUMENTS: dict[str, dict[str, Any]] = {
    f"{document['kind']}/{document['metadata']['name']}": document
    for file in sorted(MANIFESTS.glob("*.yaml"))
    for document in yaml.safe_load_all(file.read_text())
}
FLEET = DOCUMENTS["Fleet/ricochet"]
POD = FLEET["spec"]["template"]["spec"]["template"]
CONTAINER = POD["spec"]["containers"][0]
CONTAINERFILE = (ROOT / "deploy" / "Containerfile").read_text()


class Exact(Struct, forbid_unknown_fields=True, rename="camel"):
    """Nothing else may be there."""


class Metadata(Exact):
    name: str = ""
    labels: dict[str, str] = {}


class RollingUpdate(Exact):
    max_surge: int | str
    max_unavailable: int | str


class Strategy(Exact):
    type: Literal["RollingUpdate", "Recreate"]
    rolling_update: RollingUpdate


class Port(Exact):
    name: str
    port_policy: Literal["Dynamic", "Static", "Passthrough", "None"]
    container_port: int
    protocol: Literal["UDP", "TCP", "TCPUDP"]


class Health(Exact):
    initial_delay_seconds: int
    period_seconds: int
    failure_threshold: int
    disabled: bool = False


class Counter(Exact):
    count: int
    capacity: int


class GameServerSpec(Exact):
    ports: list[Port]
    health: Health
    counters: dict[str, Counter]
    template: dict[str, Any]
    container: str


class GameServerTemplate(Exact):
    metadata: Metadata
    spec: GameServerSpec


class FleetSpec(Exact):
    replicas: int
    scheduling: Literal["Packed", "Distributed"]
    strategy: Strategy
    template: GameServerTemplate


class Fleet(Exact):
    api_version: Literal["agones.dev/v1"]
    kind: Literal["Fleet"]
    metadata: Metadata
    spec: FleetSpec


class CounterPolicy(Exact):
    key: str
    buffer_size: int | str
    max_capacity: int
    min_capacity: int


class Policy(Exact):
    type: Literal["Counter"]
    counter: CounterPolicy


class Interval(Exact):
    seconds: int


class Sync(Exact):
    type: Literal["FixedInterval"]
    fixed_interval: Interval


class AutoscalerSpec(Exact):
    fleet_name: str
    policy: Policy
    sync: Sync


class Autoscaler(Exact):
    api_version: Literal["autoscaling.agones.dev/v1"]
    kind: Literal["FleetAutoscaler"]
    metadata: Metadata
    spec: AutoscalerSpec


def test_services_are_kubernetes() -> None:
    services = [document for document in DOCUMENTS.values() if document["kind"] == "Service"]
    assert len(services) == 2
    for service in services:
        kubernetes_validate.validate(service, kubernetes_validate.latest_version(), strict=True)


def test_the_pod_of_a_game_server_is_kubernetes() -> None:
    pod = {"apiVersion": "v1", "kind": "Pod", **POD}
    kubernetes_validate.validate(pod, kubernetes_validate.latest_version(), strict=True)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**pod, "spec": {**POD["spec"], "contianers": []}}, "1.30", strict=True)


def test_the_fleet_and_its_autoscaler_are_agones() -> None:
    fleet = msgspec.convert(FLEET, Fleet)
    scaler = msgspec.convert(DOCUMENTS["FleetAutoscaler/ricochet"], Autoscaler)
    assert scaler.spec.fleet_name == fleet.metadata.name
    counter = scaler.spec.policy.counter
    assert counter.key in fleet.spec.template.spec.counters
    assert counter.min_capacity <= counter.max_capacity
    assert fleet.spec.template.spec.container == CONTAINER["name"]


def test_the_counters_are_those_that_the_server_keeps() -> None:
    assert set(FLEET["spec"]["template"]["spec"]["counters"]) == set(agones.COUNTERS)


def test_ports_and_selectors_find_the_server() -> None:
    listens = re.search(r"^EXPOSE (\d+)$", CONTAINERFILE, re.MULTILINE)
    assert listens is not None
    (port,) = FLEET["spec"]["template"]["spec"]["ports"]
    assert port["containerPort"] == CONTAINER["ports"][0]["containerPort"] == int(listens[1]) == Config().port
    labels = POD["metadata"]["labels"] | {"agones.dev/role": "gameserver"}  # which Agones adds
    for document in DOCUMENTS.values():
        if document["kind"] == "Service":
            assert document["spec"]["selector"].items() <= labels.items()
            assert {port["targetPort"] for port in document["spec"]["ports"]} <= {CONTAINER["ports"][0]["name"]}


def test_what_is_set_is_a_setting_and_there_is_time_to_drain(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in CONTAINER["env"]:
        assert variable["name"].removeprefix(ENVIRONMENT_PREFIX).lower() in Config.model_fields
        if "value" in variable:
            monkeypatch.setenv(variable["name"], variable["value"])
    assert CONTAINER["args"] == ["serve"]
    config = load({})
    assert config.drain_s + 15 < POD["spec"]["terminationGracePeriodSeconds"]
    assert config.rooms_max == FLEET["spec"]["template"]["spec"]["counters"]["rooms"]["capacity"]


def test_no_service_is_taken_for_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kubernetes tells each pod of all services that were there before it, by variables that begin with their name."""
    spec = POD["spec"]
    links = {
        f"{name.upper().replace('-', '_')}_PORT"
        for kind, name in (key.split("/") for key in DOCUMENTS)
        if kind == "Service" and DOCUMENTS[f"{kind}/{name}"]["spec"].get("clusterIP") != "None"
    }
    assert f"{ENVIRONMENT_PREFIX}PORT" in links
    if spec.get("enableServiceLinks", True):
        for name in links:
            monkeypatch.setenv(name, "tcp://10.96.0.17:80")
    load({})


def test_it_has_no_privileges_and_writes_where_it_may() -> None:
    user = re.search(r"^USER (\d+):(\d+)$", CONTAINERFILE, re.MULTILINE)
    assert user is not None
    context = POD["spec"]["securityContext"]
    assert (context["runAsUser"], context["runAsGroup"]) == (int(user[1]), int(user[2]))
    assert context["runAsNonRoot"]
    assert CONTAINER["securityContext"]["readOnlyRootFilesystem"]
    written = {mount["mountPath"] for mount in CONTAINER["volumeMounts"]}
    assert written == {"/tmp", "/var/lib/ricochet"}
