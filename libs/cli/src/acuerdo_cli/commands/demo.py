"""acuerdo demo: a whole agreement's life, told in the terminal."""

import asyncio
import fcntl
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import typer
from rich.console import Console

from acuerdo_cli.demo.events import facts_on_nats
from acuerdo_cli.demo.people import people
from acuerdo_cli.demo.story import Stage, StoryStuck, Told, play
from acuerdo_cli.demo.terms import TELCO
from acuerdo_cli.deployment import Deployment
from acuerdo_cli.embedded import keeping
from acuerdo_cli.errors import CommandFailed
from acuerdo_cli.services import SERVICES
from acuerdo_cli.settings import HomeSettings
from acuerdo_client import Addresses
from common.eventstore.verifying import Verdict, verify_history
from common.running.service import now


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: acuerdo demo")(demo)


def demo() -> None:
    """Start everything afresh, play an agreement's life through the public APIs, and tell where to look.

    On a terminal it stays up until Ctrl-C; otherwise it ends. It has a place of its own beside what `up` keeps.
    """
    console = Console(highlight=False, soft_wrap=True)
    home = HomeSettings().home / "demo"
    with _only_one(home):
        deployment = _afresh(home)
        try:
            with console.status("starting") as status:
                deployment.up(status.update)
            told = _play(deployment, console)
            _check(deployment, told, console)
            _where_to_look(deployment, told, console)
            if sys.stdout.isatty():
                _stay(console)
            else:
                say_goodbye(console)
        finally:
            deployment.down()


@contextmanager
def _only_one(home: Path) -> Generator[None]:
    """Keep the demo's place to this one, as long as it plays."""
    keeping.private_directory(home.parent)
    with home.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise CommandFailed(f"a demo plays in {home.absolute()} already; end it first") from busy
        yield


def _afresh(home: Path) -> Deployment:
    Deployment(home).down()
    shutil.rmtree(home, ignore_errors=True)
    return Deployment(home)


def _play(deployment: Deployment, console: Console) -> Told:
    def chapter(title: str) -> None:
        console.print(f"\n[bold]{title}[/bold]")

    def tell(line: str) -> None:
        console.print(f"  · {line}", markup=False)

    with people(Addresses.named(deployment.urls), deployment.token) as cast:
        return play(Stage(people=cast, tell=tell, now=now()), chapter)


def _check(deployment: Deployment, told: Told, console: Console) -> None:
    console.print("\n[bold]Nobody rewrote history, and everybody heard of it[/bold]")
    verdicts = [asyncio.run(_verdict(deployment.database_url(service.name))) for service in SERVICES]
    if any(verdict.broken for verdict in verdicts):
        raise StoryStuck("a hash chain does not hold")
    facts, streams = sum(one.facts for one in verdicts), sum(one.streams for one in verdicts)
    console.print(f"  · hash chains verified: {facts} facts in {streams} streams of four services hold")
    warehouse = deployment.token(company=TELCO, roles=["integrator"], person="warehouse")
    heard = facts_on_nats(deployment.facts_url, warehouse, TELCO, told.agreement_id)
    counted = ", ".join(f"{service} {count}" for service, count in sorted(Counter(one for one, _ in heard).items()))
    console.print(f"  · read back from NATS by {TELCO}'s warehouse: {len(heard)} facts of this agreement ({counted})")
    positive = [fact for service, fact in heard if (service, fact) == ("feedback-loop", "case-closed")]
    if len(positive) != 1:
        raise StoryStuck(f"{len(positive)} cases were closed on NATS; one customer was content")
    console.print("  · among them one case-closed, right after the one positive feedback-received")


async def _verdict(url: str) -> Verdict:
    connection = await asyncpg.connect(url)
    try:
        return await verify_history(connection)
    finally:
        await connection.close()


def _where_to_look(deployment: Deployment, told: Told, console: Console) -> None:
    console.print("\n[bold]Where to look[/bold]")
    for name, url in deployment.urls.items():
        console.print(f"  {name:14} {url}/docs", markup=False)
    console.print(f"  {'agreement':14} {told.agreement_id}")
    console.print(f"  {'closed case':14} {told.closed_case}")
    console.print(f"  {'open case':14} {told.open_case}")
    console.print(f"  {'its survey':14} {told.waiting.address}", markup=False)


def _stay(console: Console) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who ends meanwhile is gone, as if we were not its parent
    console.print("\nEverything stays up; Ctrl-C ends it.")
    try:
        while True:  # a signal right before a wait without end would not end it
            time.sleep(0.5)
    except KeyboardInterrupt:
        console.print("stopping")


def say_goodbye(console: Console) -> None:
    """A reader who finds no terminal waiting knows that the addresses answer no more."""
    console.print("\nThe demo has ended; these addresses answered only while it ran. make up keeps everything running.")
