"""The command as a person meets it: help for everything, one line and exit code 2 for every failure."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from acuerdo_cli.commands.demo import say_goodbye
from acuerdo_cli.importing.mapping import load_mapping
from acuerdo_cli.issuer import ROLES
from acuerdo_cli.main import main

SERVICES = ("agreement", "touchpoints", "solver-teams", "feedback-loop")
STATUS_ROWS = {(service, "both") for service in SERVICES}

TOLD_OFTEN = """
import asyncio, os, signal, subprocess, sys, time, uvloop
from acuerdo_cli.interrupting import heed

def tell(*signals):
    for told in signals:
        os.kill(os.getpid(), told)
        time.sleep(0.01)

def tidy_up():
    tell(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    child = subprocess.Popen(["sleep", "60"])
    child.terminate()
    print("child ended by", -child.wait())

def at_once():
    try:
        tell(int(sys.argv[2]))
        time.sleep(60)
    finally:
        tidy_up()

async def work():
    try:
        tell(int(sys.argv[2]))
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(0)
        tidy_up()
        await asyncio.sleep(0)

async def among_others():
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(60), name="another")
        group.create_task(work())
        await asyncio.sleep(60)

async def starting():
    async def tell_while_it_starts():
        while len(asyncio.all_tasks()) < 3:  # the third of them connects the child to its pipes
            await asyncio.sleep(0)
        tell(int(sys.argv[2]))

    telling = asyncio.create_task(tell_while_it_starts())
    try:
        await asyncio.create_subprocess_exec("sleep", "60", stdout=subprocess.PIPE)
    finally:
        tidy_up()

signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background ignores it
heed()
try:
    eval(sys.argv[1])
except KeyboardInterrupt:
    sys.exit(130)
"""


def acuerdo(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("acuerdo"), *arguments],
        env={"PATH": os.defpath, "ACUERDO_HOME": str(home)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_whoever_is_to_outlive_its_terminal_does(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {told: signal.getsignal(told) for told in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)}
    monkeypatch.setattr(sys, "argv", ["acuerdo", "--help"])
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with pytest.raises(SystemExit):
            main()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
    finally:
        for told, does in before.items():
            signal.signal(told, does)


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(
    "what",
    [
        "at_once()", "asyncio.run(work())", "uvloop.run(work())", "asyncio.run(among_others())",
        "uvloop.run(among_others())", "asyncio.run(starting())",
    ],
)  # fmt: skip
def test_who_is_told_to_end_again_and_again_tidies_up_in_peace(told: signal.Signals, what: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TOLD_OFTEN, what, str(int(told))],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "child ended by 15\n", "")


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
        ["up", "--apart", "--together"],
        ["rebuild", "--service", "billing"],
        ["bench", "seed", "--events", "99999999999"],
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


def test_down_of_nothing_does_nothing_and_says_where_it_looked(tmp_path: Path) -> None:
    done = acuerdo(tmp_path / "nothing", "down")
    assert (done.returncode, done.stdout) == (0, f"nothing runs in {tmp_path / 'nothing'}\n")
    assert not (tmp_path / "nothing").exists()


def test_what_needs_a_deployment_says_that_there_is_none_and_makes_nothing(tmp_path: Path) -> None:
    history, shipped = tmp_path / "history.csv", Path(__file__).parents[2] / "mappings" / "profeco.toml"
    history.write_text(",".join(sorted(load_mapping(shipped).columns())) + "\n,,,,,,,\n")
    for command in (["rebuild", "--service", "feedback-loop"], ["import", str(history), "--mapping", str(shipped)]):
        failed = acuerdo(tmp_path / "nothing", *command)
        assert failed.returncode == 2
        assert (
            failed.stderr == f"acuerdo: there is no deployment in {tmp_path / 'nothing'}; start one with: acuerdo up\n"
        )
    assert not (tmp_path / "nothing").exists()


def test_a_command_that_is_none_is_told_which_there_are(tmp_path: Path) -> None:
    assert "There are up, down, status, demo, token, import" in acuerdo(tmp_path, "fly").stderr
    assert "Did you mean 'token'?" in acuerdo(tmp_path, "tokn").stderr


def test_help_for_tokens_names_every_role_and_the_leeway(tmp_path: Path) -> None:
    shown = " ".join(acuerdo(tmp_path, "token", "--help").stdout.replace("│", " ").split())
    assert [role for role in ROLES if role not in shown] == []
    assert "10 seconds longer" in shown


def test_a_demo_that_nobody_watches_says_that_its_addresses_answer_no_more() -> None:
    heard = io.StringIO()
    say_goodbye(Console(file=heard))
    assert "addresses answered only while it ran" in heard.getvalue()
