"""Who knows one service finds their way in all four: the same files in the same places."""

from pathlib import Path

import pytest

SERVICES = Path(__file__).parents[2] / "services"
BESIDE = ("README.md", "pyproject.toml", "Dockerfile", "migrations", "src")
WITHIN = (
    "__init__.py",
    "__main__.py",
    "history.py",
    "settings.py",
    "wiring.py",
    "domain",
    "reactions",
    "projections",
    "api",
)
NAMES_THAT_SAY_NOTHING = {"utils.py", "helpers.py", "services.py", "models.py", "misc.py", "common.py", "base.py"}


def package(service: str) -> Path:
    return SERVICES / service / "src" / service.replace("-", "_")


def test_there_are_four_services() -> None:
    assert {path.name for path in SERVICES.iterdir()} == {"agreement", "touchpoints", "solver-teams", "feedback-loop"}


@pytest.mark.parametrize("service", ["agreement", "touchpoints", "solver-teams", "feedback-loop"])
def test_a_service_has_every_file_that_its_siblings_have(service: str) -> None:
    missing = [name for name in BESIDE if not (SERVICES / service / name).exists()]
    missing += [name for name in WITHIN if not (package(service) / name).exists()]
    assert missing == []


@pytest.mark.parametrize("service", ["agreement", "touchpoints", "solver-teams", "feedback-loop"])
def test_a_service_has_no_file_that_its_siblings_lack(service: str) -> None:
    here = {path.name for path in package(service).iterdir()} - {"__pycache__", "py.typed"}
    assert here - set(WITHIN) == set()


@pytest.mark.parametrize("service", ["agreement", "touchpoints", "solver-teams", "feedback-loop"])
def test_a_file_is_named_for_what_it_holds(service: str) -> None:
    vague = {path.name for path in package(service).rglob("*.py")} & NAMES_THAT_SAY_NOTHING
    assert vague == set()
