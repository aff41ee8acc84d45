"""`acuerdo backup` and `acuerdo restore`: what they refuse, each in one line, and a restore that was cut off."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from acuerdo_cli import databases
from acuerdo_cli.backup import manifest, restoring
from acuerdo_cli.deployment import Deployment
from acuerdo_cli.embedded import keeping, processes
from acuerdo_cli.embedded.postgres import program
from acuerdo_cli.services import SERVICES
from acuerdo_cli.testing.agreeing import acuerdo, run
from common.eventstore.migrating import create_kernel_tables

FACTS = """
    INSERT INTO events (position, stream, version, event_id, name, schema, data, at, recorded_at, actor, correlation,
        imported, published, hash, previous)
    SELECT n, 'case-1', n, gen_random_uuid(), 'case-opened', 1, '{}', '2026-03-03', '2026-03-03Z', '',
        gen_random_uuid(), false, true, '', '' FROM generate_series(1, 45) AS n
"""
MIGRATED = "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('0001')"
KEYS = """
    CREATE TABLE customer_keys (customer_id uuid PRIMARY KEY, public_key bytea, wrapped bytea, remains bool);
    INSERT INTO customer_keys VALUES ('00000000-0000-0000-0000-000000000007', '', '', false)
"""
ERASE = "UPDATE customer_keys SET public_key = NULL, wrapped = NULL"
ERASED = UUID(int=7)

ODD = (
    """CREATE ROLE "ro'le ""0" LOGIN""",
    """ALTER DATABASE acuerdo_agreement OWNER TO "ro'le ""0" """,
    "REVOKE CONNECT ON DATABASE acuerdo_agreement FROM PUBLIC",
    "GRANT CONNECT ON DATABASE acuerdo_agreement TO pg_monitor WITH GRANT OPTION",
    "ALTER DATABASE acuerdo_agreement CONNECTION LIMIT 90",
    "COMMENT ON DATABASE acuerdo_agreement IS 'it''s theirs'",
    """ALTER DATABASE acuerdo_agreement SET search_path = public, "odd, one" """,
    "ALTER ROLE acuerdo IN DATABASE acuerdo_agreement SET application_name = 'it''s'",
)
LIKE = """
    SELECT array_agg(what::text ORDER BY what::text) FROM pg_database AS d,
        LATERAL (SELECT (pg_get_userbyid(datdba), datconnlimit, shobj_description(d.oid, 'pg_database')) AS what
            UNION ALL SELECT (grantee, privilege_type, is_grantable) FROM aclexplode(datacl)
            UNION ALL SELECT (setrole, setconfig) FROM pg_db_role_setting WHERE setdatabase = d.oid) AS w
    WHERE datname = current_database()
"""
DATABASES = "SELECT array_agg(datname || ' ' || oid ORDER BY datname) FROM pg_database WHERE datname ~ '^acuerdo_'"
RESTORED = "SELECT count(*) FROM pg_database WHERE datname ~ '_restored$'"
REPLACED = "SELECT count(*) FROM pg_database WHERE datname ~ '_replaced$'"
LEFT = "SELECT count(*) FROM pg_database WHERE datname ~ '_re(stored|placed)$'"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ '^{}'"
END_DROPPING = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE query ~ '^DROP DATABASE'"


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A deployment with facts in its four databases, of which no service runs."""
    made = Deployment(tmp_path_factory.mktemp("backups") / ".acuerdo")
    start(made)
    databases.ensure(made.database_server, [service.database for service in SERVICES])
    for service in SERVICES:
        asyncio.run(create_kernel_tables(made.database_url(service.name)))
        execute(made.database_url(service.name), FACTS, MIGRATED)
    execute(made.database_url("touchpoints"), KEYS)
    yield made
    made.down()


@pytest.fixture(scope="module")
def backup(deployment: Deployment) -> Path:
    place = deployment.home.parent / "backup"
    assert "facts up to 45" in acuerdo(deployment, "backup", str(place))
    return place


@pytest.fixture(scope="module")
def odd(deployment: Deployment) -> object:
    """How the agreements' database differs from others, once it does."""
    start(deployment)
    execute(deployment.database_server, *ODD)
    return ask(deployment.database_url("agreement"), LIKE)


@pytest.fixture
def copy(backup: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(backup, tmp_path / "copy"))


def start(deployment: Deployment) -> None:
    assert deployment.postgres is not None
    deployment.postgres.start()


def execute(url: str, *statements: str) -> None:
    async def work() -> None:
        connection = await asyncpg.connect(url)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    asyncio.run(work())


def ask(url: str, question: str) -> object:
    async def work() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    return asyncio.run(work())


def refused(deployment: Deployment, *arguments: str) -> str:
    """Return the one line that is said; the exit code is 2."""
    done = run(deployment, *arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    return done.stderr


def test_a_backup_is_closed_to_others_and_holds_no_secret(deployment: Deployment, backup: Path) -> None:
    assert {path.name for path in backup.iterdir()} == {"manifest.json"} | {f"{one.name}.dump" for one in SERVICES}
    assert [path for path in (backup, *backup.iterdir()) if path.stat().st_mode & 0o077] == []
    assert deployment.postgres is not None
    password = (deployment.postgres.home / "password").read_bytes().strip()
    assert [path for path in backup.iterdir() if password in path.read_bytes()] == []


def test_a_backup_goes_into_a_new_directory_only(deployment: Deployment, backup: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    tmp_path.chmod(0o755)
    for place in (backup, tmp_path / "file", tmp_path):
        assert "name a new directory" in refused(deployment, "backup", str(place))
    assert "cannot be made" in refused(deployment, "backup", str(tmp_path / "file" / "below"))
    assert (tmp_path / "file").read_text() == "mine"
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert manifest.read(backup)


def test_a_backup_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    nothing = Deployment(tmp_path / ".acuerdo")
    assert "no postgres runs here" in refused(nothing, "backup", str(tmp_path / "backup"))
    assert not (tmp_path / "backup").exists()


def test_what_is_no_whole_backup_is_not_restored(deployment: Deployment, copy: Path, tmp_path: Path) -> None:
    assert "holds no backup" in refused(deployment, "restore", str(tmp_path), "--replace")
    with (copy / "agreement.dump").open("ab") as dump:
        dump.write(b"!")
    assert "is not what it was" in refused(deployment, "restore", str(copy), "--replace")
    (copy / "agreement.dump").unlink()
    assert "cannot be read" in refused(deployment, "restore", str(copy), "--replace")


@pytest.mark.parametrize("name", ["../agreement.dump", "./agreement.dump", "agreement\\u0000.dump"])
def test_a_backup_consists_of_files_in_its_own_directory(deployment: Deployment, copy: Path, name: str) -> None:
    written = (copy / "manifest.json").read_text()
    (copy / "manifest.json").write_text(written.replace("agreement.dump", name))
    assert "is no name of a file" in refused(deployment, "restore", str(copy), "--replace")


def test_a_backup_has_each_service_once(deployment: Deployment, copy: Path) -> None:
    said = json.loads((copy / "manifest.json").read_text())
    said["parts"].append(said["parts"][0])
    (copy / "manifest.json").write_text(json.dumps(said))
    assert "each once" in refused(deployment, "restore", str(copy), "--replace")


def test_what_is_no_text_is_no_manifest(deployment: Deployment, copy: Path) -> None:
    for written in (b'{"\xff": 1}', b'{"parts": ' + b"[" * 100_000):
        (copy / "manifest.json").write_bytes(written)
        assert "manifest.json cannot be read" in refused(deployment, "restore", str(copy), "--replace")


def test_a_backup_of_a_newer_version_is_not_restored(deployment: Deployment, copy: Path) -> None:
    written = (copy / "manifest.json").read_text()
    (copy / "manifest.json").write_text(written.replace('"0001"', '"9999"'))
    assert "9999" in refused(deployment, "restore", str(copy), "--replace")


def test_a_backup_that_says_other_than_it_holds_is_not_restored(deployment: Deployment, copy: Path) -> None:
    written = (copy / "manifest.json").read_text()
    (copy / "manifest.json").write_text(written.replace('"position": 45', '"position": 46'))
    assert "facts up to 45" in refused(deployment, "restore", str(copy), "--replace")
    start(deployment)
    assert ask(deployment.database_server, LEFT) == 0


def test_nothing_is_restored_while_a_service_runs(deployment: Deployment, backup: Path) -> None:
    victim = deployment.processes["touchpoints", "both", 1]
    me = processes.identify(os.getpid())
    assert me is not None
    keeping.private_directory(victim.home)
    record = victim.home / "server.json"
    keeping.remember(record, {"pid": me.pid, "started": me.started, "ports": [1]})
    try:
        assert "acuerdo down" in refused(deployment, "restore", str(backup), "--replace")
    finally:
        record.unlink()


def test_facts_go_only_when_it_is_said_that_they_are_to(deployment: Deployment, backup: Path) -> None:
    assert "--replace" in refused(deployment, "restore", str(backup))
    start(deployment)
    assert ask(deployment.database_url("agreement"), "SELECT count(*) FROM events") == 45


@contextmanager
def session(url: str, *statements: str) -> Generator[None]:
    """Somebody stays connected at *url* after these *statements*, until the block or the connection ends."""
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(url))
        try:
            for statement in statements:
                runner.run(connection.execute(statement))
            yield
        finally:
            runner.run(connection.close())


def begun(deployment: Deployment, backup: Path) -> "subprocess.Popen[str]":
    command, env = Path(sys.executable).with_name("acuerdo"), {"ACUERDO_HOME": str(deployment.home)}
    argv = [command, "restore", str(backup), "--replace"]
    return subprocess.Popen(argv, env={"PATH": os.defpath, **env}, stderr=subprocess.PIPE, text=True)


@contextmanager
def held_up(deployment: Deployment, backup: Path, catalog: str, statement: str) -> Generator["subprocess.Popen[str]"]:
    """A restore waits inside the block for PostgreSQL's own *catalog*, with what begins like *statement*."""
    start(deployment)
    with session(deployment.database_server, "BEGIN", f"LOCK TABLE {catalog} IN SHARE MODE"):
        restore = begun(deployment, backup)
        while not ask(deployment.database_server, WAITING.format(statement)):
            assert restore.poll() is None
        yield restore


READ_IN = ("pg_shdescription", "COMMENT ON DATABASE")
"""What a restore waits for, and with what, when it has read in all, before anything takes its place."""
IN_PLACE = ("pg_shseclabel", "DROP DATABASE")
"""The same when all has taken its place, before what was there goes."""


def killed_once_in_place(deployment: Deployment, backup: Path) -> None:
    with held_up(deployment, backup, *IN_PLACE) as restore:
        restore.kill()
        restore.communicate()
        execute(deployment.database_server, END_DROPPING)
    assert (ask(deployment.database_server, RESTORED), ask(deployment.database_server, REPLACED)) == (0, 4)


def test_a_restore_that_was_killed_once_all_was_in_place_is_tidied_by_the_next_and_forgets_no_erasure(
    deployment: Deployment, backup: Path
) -> None:
    start(deployment)
    execute(deployment.database_url("touchpoints"), ERASE)
    killed_once_in_place(deployment, backup)
    assert ask(deployment.database_url("touchpoints"), "SELECT wrapped FROM customer_keys") is None
    assert str(ERASED) in acuerdo(deployment, "restore", str(backup), "--replace")
    start(deployment)
    assert ask(deployment.database_url("touchpoints"), "SELECT count(*) FROM events") == 45
    assert ask(deployment.database_url("touchpoints"), "SELECT wrapped FROM customer_keys") is None
    assert ask(deployment.database_server, LEFT) == 0


def test_a_restore_that_was_killed_once_all_was_in_place_is_tidied_and_migrated_by_the_next_start(
    deployment: Deployment, backup: Path
) -> None:
    assert deployment.postgres is not None
    keeping.private_directory(deployment.postgres.migrated)
    for service in SERVICES:
        keeping.remember(deployment.postgres.migrated / f"{service.name}-migrated.json", service.migrations() or {})
    killed_once_in_place(deployment, backup)
    assert "could not migrate" in refused(deployment, "up"), "these databases have the kernel's tables alone"
    assert ask(deployment.database_server, LEFT) == 0


def test_what_was_replaced_stays_until_something_has_taken_its_place(deployment: Deployment) -> None:
    start(deployment)
    execute(deployment.database_server, "ALTER DATABASE acuerdo_agreement RENAME TO acuerdo_agreement_replaced")
    restoring.tidy(deployment.database_server)
    execute(deployment.database_server, "ALTER DATABASE acuerdo_agreement_replaced RENAME TO acuerdo_agreement")


def test_where_somebody_uses_one_of_the_databases_all_four_stay_as_they_were(
    deployment: Deployment, backup: Path
) -> None:
    start(deployment)
    before = ask(deployment.database_server, DATABASES)
    with ExitStack() as meanwhile:
        with held_up(deployment, backup, *READ_IN) as restore:
            meanwhile.enter_context(session(databases.address(deployment.database_server, SERVICES[-1].database)))
        _, said = restore.communicate()
    assert (restore.returncode, said.count("\n")) == (2, 1)
    assert "all four databases are as they were" in said
    start(deployment)
    assert ask(deployment.database_server, DATABASES) == before


def test_whoever_looks_at_what_is_being_restored_takes_nothing_from_it(
    deployment: Deployment, backup: Path, odd: object
) -> None:
    with ExitStack() as meanwhile:
        with held_up(deployment, backup, *READ_IN) as restore:
            using = databases.address(deployment.database_server, "acuerdo_agreement_restored")
            meanwhile.enter_context(session(using))
        assert (restore.communicate(), restore.returncode) == ((None, ""), 0)
    start(deployment)
    assert ask(deployment.database_url("agreement"), LIKE) == odd
    assert ask(deployment.database_server, LEFT) == 0


def cut_off(deployment: Deployment, backup: Path, how: signal.Signals) -> int:
    """Send *how* to a restore that reads in, and to nobody else; return how it ended."""
    restore = begun(deployment, backup)
    while not ask(deployment.database_server, RESTORED):
        assert restore.poll() is None
    restore.send_signal(how)
    restore.communicate()
    return restore.returncode


def test_what_a_restore_had_read_in_when_it_was_killed_is_gone_after_the_next_start(
    deployment: Deployment, backup: Path
) -> None:
    start(deployment)
    assert cut_off(deployment, backup, signal.SIGKILL) == -signal.SIGKILL
    assert ask(deployment.database_server, RESTORED)
    using = databases.address(deployment.database_server, "acuerdo_agreement_restored")
    reading_on = subprocess.Popen([program("psql"), using, "-c", "SELECT pg_sleep(600)"], stderr=subprocess.DEVNULL)
    while not ask(deployment.database_server, "SELECT count(*) FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'"):
        assert reading_on.poll() is None
    assert "could not migrate" in refused(deployment, "up"), "these databases have the kernel's tables alone"
    assert ask(deployment.database_server, RESTORED) == 0
    assert reading_on.wait()


def test_a_database_that_is_half_dropped_is_in_no_restores_way(deployment: Deployment, backup: Path) -> None:
    start(deployment)
    half_dropped = "UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'acuerdo_touchpoints_replaced'"
    execute(deployment.database_server, "CREATE DATABASE acuerdo_touchpoints_replaced", half_dropped)
    assert "everything is as it stood" in acuerdo(deployment, "restore", str(backup), "--replace")
    start(deployment)
    assert ask(deployment.database_server, "SELECT count(*) FROM pg_database WHERE datname ~ '_replaced$'") == 0


def test_a_restore_that_is_told_to_end_leaves_nothing_of_what_it_read_in(deployment: Deployment, backup: Path) -> None:
    start(deployment)
    assert cut_off(deployment, backup, signal.SIGTERM) == 130
    start(deployment)
    assert ask(deployment.database_server, RESTORED) == 0
    assert "could not migrate" in refused(deployment, "up")


def test_a_database_goes_on_belonging_to_whom_it_belonged_and_is_closed_to_others(
    deployment: Deployment, backup: Path, odd: object
) -> None:
    acuerdo(deployment, "restore", str(backup), "--replace")
    start(deployment)
    url = deployment.database_url("agreement")
    assert ask(url, "SELECT tableowner FROM pg_tables WHERE tablename = 'events'") == """ro'le "0"""
    assert ask(url, "SELECT has_database_privilege('public', current_database(), 'CONNECT')") is False
    assert ask(url, LIKE) == odd
    other = deployment.database_url("touchpoints")
    assert ask(other, "SELECT tableowner NOT LIKE 'ro%' FROM pg_tables WHERE tablename = 'events'")
    assert ask(other, "SELECT has_database_privilege('public', current_database(), 'CONNECT')")


def test_a_restore_that_is_told_to_end_leaves_no_server_running_that_it_started(tmp_path: Path, backup: Path) -> None:
    made = Deployment(tmp_path / ".acuerdo")
    restore = begun(made, backup)
    while not made.runs:
        assert restore.poll() is None
    restore.terminate()
    assert (restore.communicate(), restore.returncode) == ((None, "acuerdo: interrupted\n"), 130)
    assert not made.runs


def test_a_restore_for_which_a_server_does_not_start_leaves_none_running(tmp_path: Path, backup: Path) -> None:
    made = Deployment(tmp_path / ".acuerdo")
    assert made.nats is not None
    keeping.private_directory(made.nats.home)
    (made.nats.home / "data").write_text("no directory")
    assert "nats did not start" in refused(made, "restore", str(backup))
    assert not made.runs
