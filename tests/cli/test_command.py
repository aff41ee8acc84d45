"""The command as a person meets it: help for everything, one line and exit code 2 for every failure."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SERVICES = ("agreement", "touchpoints", "solver-teams", "feedback-loop")
STATUS_ROWS = {(service, role) for service in SERVICES for role in ("api", "worker")}


def acuerdo(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("acuerdo"), *arguments],
        env={"PATH": os.defpath, "ACUERDO_HOME": str(home)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_without_arguments_it_shows_what_it_can_do(tmp_path: Path) -> None:
    shown = acuerdo(tmp_path)
    assert shown.returncode == 0
    for name in ("up", "down", "status", "token"):
        assert f" {name} " in shown.stdout


@pytest.mark.parametrize("command", ["up", "down", "status", "token"])
def test_every_subcommand_has_help_with_an_example(tmp_path: Path, command: str) -> None:
    shown = acuerdo(tmp_path, command, "--help")
    assert shown.returncode == 0
    assert f"Example: acuerdo {command}" in shown.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["token", "--company", "telco-a"],
        ["token", "--company", "telco-a", "--role", "solver"],
        ["token", "--company", "telco-a", "--role", "solver", "--ttl", "soon"],
        ["up", "--fast"],
    ],
)
def test_a_failure_is_one_line_and_exit_code_2(tmp_path: Path, arguments: list[str]) -> None:
    failed = acuerdo(tmp_path / "nothing", *arguments)
    assert failed.returncode == 2
    assert failed.stdout == ""
    assert failed.stderr.startswith("acuerdo: ")
    assert failed.stderr.count("\n") == 1


def test_status_of_nothing_says_down_for_every_process(tmp_path: Path) -> None:
    shown = acuerdo(tmp_path, "status", "--json")
    found = json.loads(shown.stdout)
    assert {(row["service"], row["role"]) for row in found["services"]} == STATUS_ROWS
    assert {row["health"] for row in (*found["services"], *found["servers"])} == {"down"}
    assert shown.returncode == 1


def test_down_of_nothing_does_nothing(tmp_path: Path) -> None:
    assert acuerdo(tmp_path / "nothing", "down").returncode == 0
    assert not (tmp_path / "nothing").exists()
