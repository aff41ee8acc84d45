"""While a migration runs and after it, programs of the version before use the database: a migration only adds.

Each step is done without a database, and what it would execute is looked at. Why, and what to do instead, is in
docs/decisions/0018-the-version-before-goes-on.md; a step that cannot do otherwise has its reason here.
"""

import io
import re
import runpy
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql

ROOT = Path(__file__).parents[2]
STEPS = sorted(ROOT.glob("services/*/migrations/versions/*.py"))
REASONS: Mapping[str, Mapping[str, str]] = {
    "touchpoints/0004_destroyed_keys_stay_destroyed.py": {
        "changes a column": "the file is made anew, without keys that were destroyed, which only a new type does at "
        "once; a key that is there is never NULL, and the version before reads none of a customer who was erased",
        "locks a table while an index is made": "the same transaction has just made the table's file anew",
    },
    "touchpoints/0005_what_others_told.py": {
        "takes rows away": "they are in told since the statement before; until it is replaced the version before shows "
        "a timeline without them, and decides nothing by it",
    },
}
Statement = tuple[str, bool]
"""What is executed, and whether apart: in a transaction of its own."""


class Heard(io.StringIO):
    """What a step would execute, statement by statement."""

    def __init__(self) -> None:
        super().__init__()
        self.statements: list[Statement] = []
        self._apart = False

    def write(self, said: str, /) -> int:
        told = " ".join(re.sub(r"--[^\n]*", "", said).split()).rstrip(";")
        if told in {"BEGIN", "COMMIT"}:
            self._apart = told == "COMMIT"
        elif not told.startswith("SET lock_timeout"):
            self.statements.append((told, self._apart))
        return len(said)


def statements(step: Path) -> Sequence[Statement]:
    """Return what *step* executes on a database."""
    heard = Heard()
    context = MigrationContext.configure(
        dialect=postgresql.dialect(), opts={"as_sql": True, "output_buffer": heard, "transactional_ddl": True}
    )
    with Operations.context(context):
        runpy.run_path(str(step))["upgrade"]()
    return heard.statements


def changes_columns(alteration: str) -> bool:
    return bool(re.search(r"\bALTER (COLUMN )?\w+ (?!SET DEFAULT)(SET|DROP|TYPE)\b", alteration))


def asks_for_more(alteration: str) -> bool:
    return any(
        re.search(r"\bADD COLUMN\b", one) and "NOT NULL" in one and "DEFAULT" not in one
        for one in re.split(r",(?= *(?:ADD|ALTER|DROP)\b)", alteration)
    )


Rule = Callable[[Sequence[Statement]], bool]
CONSTRAINED = r"(?= .*\bADD (?:CONSTRAINT|CHECK|UNIQUE|FOREIGN|PRIMARY)| ?\()"


def of_old_table(pattern: str, *, unless: str = r"(?!)", apart: bool | None = None) -> Rule:
    """Return a rule upon statements whose *pattern* names as ``table`` one that the step has not made."""

    def breaks(said: Sequence[Statement]) -> bool:
        made = {found[1] for sql, _ in said if (found := re.match(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", sql))}
        return any(
            found["table"] not in made and not re.search(unless, sql) and apart in {None, away}
            for sql, away in said
            for found in re.finditer(pattern, sql)
            if not sql.startswith("CREATE FUNCTION")
        )

    return breaks


def any_of(holds: Callable[[str], object]) -> Rule:
    return lambda said: any(holds(sql) for sql, _ in said if not sql.startswith("CREATE FUNCTION"))


def cannot_be_done_again(said: Sequence[Statement]) -> bool:
    again = r"IF (NOT )?EXISTS|ON CONFLICT|^(UPDATE|DELETE)\b|^CREATE INDEX CONCURRENTLY"
    dropped = {found[1] for sql, _ in said if (found := re.match(r"DROP INDEX CONCURRENTLY IF EXISTS (\w+)", sql))}
    indexes = {found[1] for sql, _ in said if (found := re.match(r"CREATE INDEX CONCURRENTLY (\w+)", sql))}
    columns = any(sql.count("ADD COLUMN") != sql.count("ADD COLUMN IF NOT EXISTS") for sql, _ in said)
    return any(away for _, away in said) and (
        columns or not indexes <= dropped or not all(re.search(again, sql) for sql, _ in said)
    )


RULES: Mapping[str, Rule] = {
    "takes something away": any_of(
        lambda sql: (
            re.search(r"\bDROP (TABLE|COLUMN|CONSTRAINT|FUNCTION|VIEW|TYPE|SCHEMA|SEQUENCE)\b", sql)
            or re.search(r"\bALTER TABLE .*\bDROP (?!NOT NULL|DEFAULT)\w+", sql)
        )
    ),
    "renames": any_of(lambda sql: re.search(r"\bRENAME\b", sql)),
    "changes a column": any_of(changes_columns),
    "takes rows away": of_old_table(r"(?:^|[()] ?)(?:DELETE FROM|TRUNCATE(?: TABLE)?) (?P<table>\w+)"),
    "asks for what the version before does not write": any_of(asks_for_more),
    "forbids what the version before may write": of_old_table(
        r"\b(?:ALTER TABLE|CREATE UNIQUE INDEX .*\bON) (?P<table>\w+)" + CONSTRAINED
    ),
    "changes what the version before calls": any_of(lambda sql: re.search(r"\bCREATE OR REPLACE\b", sql)),
    "locks a table while an index is made": of_old_table(
        r"^CREATE INDEX (?:\w+ )+?ON (?P<table>\w+)", unless="CONCURRENTLY"
    ),
    "locks a table while its rows are filled": of_old_table(r"(?:^|[()] ?)UPDATE (?P<table>\w+)", apart=False),
    "cannot be done again after it was cut off": cannot_be_done_again,
}


def broken(said: Sequence[Statement]) -> set[str]:
    """Return the rules that a step breaks by executing what is *said*."""
    return {rule for rule, breaks in RULES.items() if breaks(said)}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.parts[-4]}-{step.stem}")
def test_a_migration_leaves_the_version_before_what_it_reads_and_writes(step: Path) -> None:
    said = statements(step)
    assert said
    assert broken(said) == set(REASONS.get(f"{step.parts[-4]}/{step.name}", {})), "mend it, or give or drop its reason"


def test_every_reason_is_of_a_migration_that_is_there() -> None:
    assert set(REASONS) <= {f"{step.parts[-4]}/{step.name}" for step in STEPS}


@pytest.mark.parametrize(
    ("rule", "sql"),
    [
        ("takes something away", "DROP TABLE loops"),
        ("takes something away", "ALTER TABLE loops DROP COLUMN round"),
        ("takes something away", "ALTER TABLE loops ADD COLUMN a text, DROP round"),
        ("renames", "ALTER TABLE loops RENAME COLUMN round TO turn"),
        ("changes a column", "ALTER TABLE loops ALTER COLUMN round TYPE bigint"),
        ("changes a column", "ALTER TABLE loops ALTER round SET NOT NULL"),
        ("takes rows away", "DELETE FROM loops WHERE round = 1"),
        ("takes rows away", "TRUNCATE loops"),
        ("asks for what the version before does not write", "ALTER TABLE loops ADD COLUMN a text NOT NULL"),
        (
            "asks for what the version before does not write",
            "ALTER TABLE loops ADD COLUMN a text NOT NULL, ADD COLUMN b text DEFAULT ''",
        ),
        ("forbids what the version before may write", "ALTER TABLE loops ADD CONSTRAINT c CHECK (round > 0)"),
        ("forbids what the version before may write", "CREATE UNIQUE INDEX CONCURRENTLY one ON loops (round)"),
        ("changes what the version before calls", "CREATE OR REPLACE VIEW v AS SELECT 1"),
        ("locks a table while an index is made", "CREATE INDEX by_round ON loops (round)"),
        ("locks a table while its rows are filled", "UPDATE loops SET round = 1"),
    ],
)
def test_what_harms_the_version_before_is_found(rule: str, sql: str) -> None:
    assert broken([(sql, False)]) == {rule}


@pytest.mark.parametrize(
    "said",
    [
        [("ALTER TABLE loops ADD COLUMN a text", False), ("UPDATE loops SET a = ''", True)],
        [("CREATE INDEX CONCURRENTLY by_round ON loops (round)", True)],
        [("CREATE TABLE told (a int)", False), ("UPDATE loops SET a = 1", True)],
    ],
)
def test_a_step_that_is_partly_apart_bears_being_done_twice(said: Sequence[Statement]) -> None:
    assert broken(said) == {"cannot be done again after it was cut off"}


@pytest.mark.parametrize(
    "said",
    [
        [("ALTER TABLE loops ADD COLUMN a text, ADD COLUMN b int NOT NULL DEFAULT 0", False)],
        [("CREATE TABLE told (a int)", False), ("CREATE INDEX told_by ON told (a)", False)],
        [("CREATE TABLE told (a int)", False), ("UPDATE told SET a = 1", False)],
        [("ALTER TABLE loops ADD COLUMN IF NOT EXISTS a text", False), ("UPDATE loops SET a = ''", True)],
        [("DROP INDEX CONCURRENTLY IF EXISTS by", True), ("CREATE INDEX CONCURRENTLY by ON loops (round)", True)],
        [("CREATE FUNCTION f() RETURNS void AS $$ DELETE FROM wakeups; UPDATE wakeups SET due = now() $$", False)],
    ],
)  # fmt: skip
def test_what_only_adds_is_let_be(said: Sequence[Statement]) -> None:
    assert broken(said) == set()
