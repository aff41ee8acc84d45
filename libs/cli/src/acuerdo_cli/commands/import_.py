"""acuerdo import: brings real history in, through the public APIs."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console

from acuerdo_cli.errors import CommandFailed
from acuerdo_cli.importing.access import Access, development, given
from acuerdo_cli.importing.mapping import Mapping, load_mapping
from acuerdo_cli.importing.rejects import RejectsFile
from acuerdo_cli.importing.report import Report
from acuerdo_cli.importing.rows import Reject
from acuerdo_cli.importing.sending import Sending
from acuerdo_cli.importing.source import told
from acuerdo_cli.importing.story import Story
from acuerdo_cli.importing.survey import Survey, survey
from acuerdo_cli.importing.watching import Watching
from acuerdo_cli.paper import paper
from acuerdo_client import Problem, Unreachable

_PATIENT = 600.0
"""Seconds that a batch may take: a service under load is waited for, not asked twice for the same."""

_EXAMPLES = """Examples:

acuerdo import incidents.csv.xz --mapping mappings/bpi2013.toml

acuerdo import complaints.csv.xz --mapping mappings/profeco.toml --dry-run --json
"""


def register(app: typer.Typer) -> None:
    app.command("import", epilog=_EXAMPLES)(import_)


def import_(
    file: Annotated[Path, typer.Argument(help="CSV, NDJSON or XES; plain, .gz, .xz or .bz2.")],
    mapping: Annotated[Path, typer.Option(help="What the columns and rows mean (docs/import.md).")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count; touch nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="End with one JSON object instead of a table.")] = False,
    rejects: Annotated[Path | None, typer.Option(help="Where rejected rows go; beside the file if not given.")] = None,
    agreement: Annotated[str | None, typer.Option(help="The id of an agreement in force, outside development.")] = None,
    operator_token: Annotated[
        list[Path] | None, typer.Option(help="A file with an operator's token; two, of two companies of the agreement.")
    ] = None,
    address: Annotated[
        list[str] | None, typer.Option(help="Where a service answers, such as touchpoints=https://…; once for each.")
    ] = None,
) -> None:
    """Bring history from FILE into Acuerdo with its original times, and end with the services' own summary."""
    importing = _Importing(file, load_mapping(mapping), rejects)
    if dry_run:
        report = importing.counted()
    else:
        access = given(address or [], operator_token or [], agreement) if agreement else development()
        report = _said(lambda: asyncio.run(importing.imported(access)))
    if as_json:
        print(report.json())
    else:
        report.show(paper())


class _Importing:
    """One file on its way in."""

    def __init__(self, file: Path, mapping: Mapping, rejects: Path | None) -> None:
        self._file = file
        self._mapping = mapping
        self._asked = rejects
        self._rejects = rejects or file.with_name(file.name + ".rejects.csv")
        self._watching = Watching(Console(stderr=True))

    def counted(self) -> Report:
        """Return what the file alone adds up to."""
        found = self._surveyed()
        if self._asked:
            with RejectsFile(self._rejects, always=True) as refused:
                for one in told(self._file, self._mapping):
                    if isinstance(one, Reject):
                        refused.add(one)
        return Report(
            counted_from="the file alone (dry run: nothing was sent)",
            agreement_id=None,
            companies={found.companies[code]: counts for code, counts in found.counts.items()},
            rows=found.rows,
            rejected_rows=found.rejected,
            rejects=str(self._rejects) if self._asked else None,
        )

    async def imported(self, access: Access) -> Report:
        """Send the file's history; return what the services then count."""
        async with httpx.AsyncClient(timeout=httpx.Timeout(_PATIENT, connect=10)) as http:
            await access.reach(http)
            found = self._surveyed()
            with RejectsFile(self._rejects, always=self._asked is not None) as refused:
                sending = Sending(access, self._mapping, found, http)
                agreement_id = await sending.prepare()
                with self._watching.bar("sending", found.rows - found.rejected) as moved:
                    await sending.send(agreement_id, told(self._file, self._mapping), refused, moved)
                companies = await sending.summed(agreement_id)
            return Report(
                counted_from="the services' own views",
                agreement_id=str(agreement_id),
                companies=companies,
                rows=found.rows,
                rejected_rows=refused.count,
                rejects=str(self._rejects) if refused.count else None,
            )

    def _surveyed(self) -> Survey:
        with self._watching.bar("reading") as moved:
            return survey(_moving(told(self._file, self._mapping), moved))


def _moving(stories: Iterator[Story | Reject], moved: Callable[[int], None]) -> Iterator[Story | Reject]:
    for one in stories:
        moved(one.rows if isinstance(one, Story) else 1)
        yield one


def _said(work: Callable[[], Report]) -> Report:
    """Do *work*; whatever a service answered that stops it is one line for a person."""
    try:
        return work()
    except ExceptionGroup as several:
        raise _line(several) from several
    except (Problem, Unreachable, httpx.HTTPError) as why:
        raise _line(why) from why


def _line(why: Exception) -> Exception:
    if isinstance(why, ExceptionGroup):
        return _line(why.exceptions[0])
    if isinstance(why, Problem | Unreachable | httpx.HTTPError):
        return CommandFailed(str(why) or type(why).__name__)
    return why
