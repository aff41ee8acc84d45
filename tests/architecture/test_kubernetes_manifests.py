"""What is handed to Kubernetes is what it takes, gives every container as little as it needs, and fits the services."""

import importlib
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from acuerdo_cli.containers import ContainerKeys
from acuerdo_cli.services import SERVICES
from common.settings import SecretFiles, ServiceSettings

ROOT = Path(__file__).parents[2]
KUSTOMIZATIONS = ROOT / "deploy/k8s"
KUBERNETES = "1.32"
FINISHING = 20 + 5  # seconds: what a server may take for what it has begun, and for closing
ROLES = ("api", "worker", "migration")
WORKLOADS = ("Deployment", "StatefulSet", "Job")

Manifest = dict[str, Any]


def written() -> list[Manifest]:
    """Return every manifest as it is written, before kustomize names services in it."""
    files = [file for file in KUSTOMIZATIONS.rglob("*.yaml") if file.name != "kustomization.yaml"]
    return [one for file in sorted(files) for one in yaml.safe_load_all(file.read_text())]


WRITTEN = written()
WORKING = [one for one in WRITTEN if one["kind"] in WORKLOADS]


@pytest.fixture(scope="module", params=["base", "overlays/local"])
def rendered(request: pytest.FixtureRequest) -> list[Manifest]:
    if shutil.which("kubectl") is None:
        pytest.skip("there is no kubectl: manifests are checked as they are written, not as they are rendered")
    argv = ["kubectl", "kustomize", str(KUSTOMIZATIONS / request.param)]
    said = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    return list(yaml.safe_load_all(said.stdout))


def named(manifest: Manifest) -> str:
    return f"{manifest['kind']} {manifest['metadata']['name']}"


def of_kind(manifests: list[Manifest], *kinds: str) -> list[Manifest]:
    return [one for one in manifests if one["kind"] in kinds]


def pod(workload: Manifest) -> Manifest:
    return workload["spec"]["template"]["spec"]


def labels(workload: Manifest) -> dict[str, str]:
    return workload["spec"]["template"]["metadata"]["labels"]


def selects(selector: Manifest, workload: Manifest) -> bool:
    return bool(selector.get("matchLabels")) and selector["matchLabels"].items() <= labels(workload).items()


@pytest.mark.parametrize("manifest", WRITTEN, ids=named)
def test_kubernetes_takes_the_manifest_as_it_is_written(manifest: Manifest) -> None:
    kubernetes_validate.validate(manifest, KUBERNETES, strict=True)


@pytest.mark.parametrize("workload", WORKING, ids=named)
def test_a_container_is_nobody_changes_nothing_and_may_nothing(workload: Manifest) -> None:
    as_pod = pod(workload)["securityContext"]
    assert as_pod["runAsNonRoot"]
    assert as_pod["runAsUser"] > 0
    assert as_pod["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod(workload)["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


@pytest.mark.parametrize("workload", WORKING, ids=named)
def test_a_pod_is_told_nothing_of_the_cluster(workload: Manifest) -> None:
    assert pod(workload)["automountServiceAccountToken"] is False
    assert pod(workload)["enableServiceLinks"] is False


@pytest.mark.parametrize("workload", WORKING, ids=named)
def test_a_container_asks_for_what_it_needs_and_has_a_limit(workload: Manifest) -> None:
    for container in pod(workload)["containers"]:
        assert container["resources"]["requests"].keys() == {"cpu", "memory"}
        assert container["resources"]["limits"].keys() == {"cpu", "memory"}


@pytest.mark.parametrize("workload", [one for one in WORKING if one["kind"] != "Job"], ids=named)
def test_what_runs_on_is_asked_whether_it_began_lives_and_is_ready(workload: Manifest) -> None:
    for container in pod(workload)["containers"]:
        assert {"startupProbe", "livenessProbe", "readinessProbe"} <= container.keys()


@pytest.mark.parametrize("workload", of_kind(WORKING, "Deployment"), ids=named)
def test_a_service_is_asked_at_the_pages_that_it_has(workload: Manifest) -> None:
    probes = {"startupProbe": "/startupz", "livenessProbe": "/livez", "readinessProbe": "/readyz"}
    container = pod(workload)["containers"][0]
    assert {probe: container[probe]["httpGet"]["path"] for probe in probes} == probes


def test_no_secret_is_kept_here() -> None:
    assert of_kind(WRITTEN, "Secret") == []
    assert not [file for file in KUSTOMIZATIONS.rglob("kustomization.yaml") if "secretGenerator" in file.read_text()]


@pytest.mark.parametrize("service", [one.name for one in SERVICES])
def test_services_are_written_once_and_differ_in_their_name_only(service: str) -> None:
    own = (KUSTOMIZATIONS / "base" / service / "kustomization.yaml").read_text()
    others = (KUSTOMIZATIONS / "base" / "agreement" / "kustomization.yaml").read_text()
    assert own == others.replace("agreement", service)


def test_kubernetes_takes_what_is_rendered(rendered: list[Manifest]) -> None:
    for manifest in rendered:
        kubernetes_validate.validate(manifest, KUBERNETES, strict=True)


def test_every_service_has_its_api_its_worker_and_its_migration(rendered: list[Manifest]) -> None:
    wanted = {f"{service.name}-{role}" for service in SERVICES for role in ROLES}
    there = {one["metadata"]["name"] for one in of_kind(rendered, "Deployment", "Job")}
    assert there == wanted


def test_every_deployment_has_a_budget_and_a_policy_of_its_own(rendered: list[Manifest]) -> None:
    for workload in of_kind(rendered, *WORKLOADS):
        policies = [
            one["spec"] for one in of_kind(rendered, "NetworkPolicy") if selects(one["spec"]["podSelector"], workload)
        ]
        assert [one["policyTypes"] for one in policies] == [["Ingress", "Egress"]], named(workload)
        budgets = of_kind(rendered, "PodDisruptionBudget")
        bound = [one for one in budgets if selects(one["spec"]["selector"], workload)]
        assert len(bound) == (workload["kind"] != "Job"), named(workload)


def test_what_no_policy_names_is_denied(rendered: list[Manifest]) -> None:
    everything = [one["spec"] for one in of_kind(rendered, "NetworkPolicy") if one["spec"]["podSelector"] == {}]
    assert everything == [{"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}]


def test_what_is_selected_is_there(rendered: list[Manifest]) -> None:
    workloads = of_kind(rendered, *WORKLOADS)
    for one in of_kind(rendered, "Service"):
        assert [it for it in workloads if one["spec"]["selector"].items() <= labels(it).items()], named(one)
    for one in of_kind(rendered, "HorizontalPodAutoscaler"):
        target = one["spec"]["scaleTargetRef"]
        assert f"{target['kind']} {target['name']}" in {named(it) for it in workloads}


def test_a_workload_is_told_its_own_settings_and_keys_in_its_own_image(rendered: list[Manifest]) -> None:
    accounts = {one["metadata"]["name"] for one in of_kind(rendered, "ServiceAccount")}
    for workload in of_kind(rendered, "Deployment", "Job"):
        service = labels(workload)["app.kubernetes.io/name"]
        assert workload["metadata"]["name"].startswith(f"{service}-")
        container = pod(workload)["containers"][0]
        assert re.fullmatch(rf"acuerdo/{service}:[\w.-]+", container["image"])
        assert container["envFrom"][0]["configMapRef"]["name"].startswith(f"{service}-settings-")
        assert pod(workload)["volumes"][0]["secret"]["secretName"] == f"{service}-keys"
        assert pod(workload)["serviceAccountName"] in accounts


def test_the_port_is_the_one_that_the_image_exposes_and_the_settings_say(rendered: list[Manifest]) -> None:
    ports = {
        port["containerPort"]
        for one in of_kind(rendered, "Deployment")
        for port in pod(one)["containers"][0]["ports"]
    }  # fmt: skip
    dockerfile = (ROOT / "services/agreement/Dockerfile").read_text()
    told = {data["ACUERDO_PORT"] for data in settings_rendered(rendered).values()}
    assert {str(port) for port in ports} == told == set(re.findall(r"EXPOSE (\d+)", dockerfile))


def test_a_pod_is_given_the_time_that_it_drains_and_finishes_in(rendered: list[Manifest]) -> None:
    drains = {float(data["ACUERDO_DRAIN_SECONDS"]) for data in settings_rendered(rendered).values()}
    for workload in of_kind(rendered, "Deployment"):
        assert pod(workload)["terminationGracePeriodSeconds"] >= max(drains) + FINISHING


def test_every_setting_named_is_one_that_services_read(rendered: list[Manifest]) -> None:
    known = {f"ACUERDO_{name.upper()}" for name in (*ServiceSettings.model_fields, *SecretFiles.model_fields)}
    assert {name for data in settings_rendered(rendered).values() for name in data} <= known


@pytest.mark.parametrize("package", [one.package for one in SERVICES])
def test_a_service_starts_with_what_it_is_told(
    rendered: list[Manifest], package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = package.replace("_", "-")
    ContainerKeys(tmp_path).ensure()
    for setting, told in settings_rendered(rendered)[name].items():
        monkeypatch.setenv(setting, told)
    monkeypatch.setenv("ACUERDO_SECRETS_DIR", str(tmp_path / name))
    for setting, told in {
        "ACUERDO_ISSUER": "https://login.example",
        "ACUERDO_JWKS_URL": "https://login.example/keys",
    }.items():
        monkeypatch.setenv(setting, told)  # the base leaves them to its overlays
    settings = importlib.import_module(f"{package}.wiring").service.settings(_secrets_dir=SecretFiles().secrets_dir)
    assert settings.database_url.get_secret_value().endswith(f"@postgres:5432/acuerdo_{package}")


def settings_rendered(manifests: list[Manifest]) -> dict[str, dict[str, str]]:
    """Return what each service is told by its ConfigMap."""
    return {
        one["metadata"]["name"].rpartition("-settings-")[0]: one["data"]
        for one in of_kind(manifests, "ConfigMap")
        if "-settings-" in one["metadata"]["name"]
    }
