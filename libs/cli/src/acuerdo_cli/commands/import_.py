"""acuerdo import: brings real history in, through the public APIs."""

import asyncio
import sys
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
from acuerdo_cli.importing.rows import Reject, Unusable
from acuerdo_cli.importing.sending import Sending
from acuerdo_cli.importing.source import told
from acuerdo_cli.importing.story import Story
from acuerdo_cli.importing.survey import Survey, survey
from acuerdo_cli.importing.watching import Watching
from acuerdo_cli.paper import paper
from acuerdo_client import AcuerdoError

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
    importing.look()
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

    def look(self) -> None:
        """Return when the file can be read and has the mapping's columns. Raises ``Unusable``."""
        next(told(self._file, self._mapping), None)

    def counted(self) -> Report:
        """Return what the file alone adds up to."""
        found = self._surveyed()
        if self._asked:
            self._write_rejects()
        self._require_cases(found, written=self._asked is not None)
        return Report(
            counted_from="the file alone (dry run: nothing was sent)",
            agreement_id=None,
            companies={found.companies[code]: counts for code, counts in found.counts.items()},
            rows=found.rows,
            rejected_rows=found.rejected,
            rejects=str(self._rejects) if self._asked else None,
            not_understood=tuple(found.not_understood),
        )

    async def imported(self, access: Access) -> Report:
        """Send the file's history; return what the services then count."""
        async with httpx.AsyncClient(timeout=httpx.Timeout(_PATIENT, connect=10)) as http:
            await access.reach(http)
            found = self._surveyed()
            if not found.counts:
                self._write_rejects()
            self._require_cases(found, written=True)
            with RejectsFile(self._rejects, always=self._asked is not None) as refused:
                sending = Sending(access, self._mapping, found, http, warn=_warn)
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
                not_understood=tuple(found.not_understood),
            )

    def _require_cases(self, found: Survey, *, written: bool) -> None:
        if not found.counts:
            first = found.not_understood[0]
            where = f" ({found.rejected:,} such rows: {self._rejects})" if written else ""
            raise Unusable(f"no case was understood, for example line {first.line}: {first.reason}{where}")

    def _write_rejects(self) -> None:
        with RejectsFile(self._rejects, always=True) as refused:
            for one in told(self._file, self._mapping):
                if isinstance(one, Reject):
                    refused.add(one)

    def _surveyed(self) -> Survey:
        with self._watching.bar("reading") as moved:
            return survey(self._decodable(_moving(told(self._file, self._mapping), moved)))

    def _decodable(self, stories: Iterator[Story | Reject]) -> Iterator[Story | Reject]:
        """Yield all of *stories*; warn at the end where rows are written in another encoding than UTF-8."""
        other = 0
        for one in stories:
            other += isinstance(one, Reject) and one.reason == "not UTF-8"
            yield one
        if other:
            _warn(
                f"{other:,} rows are not UTF-8 and are left out. Is the file Latin-1 or Windows-1252? "
                f"iconv -f WINDOWS-1252 -t UTF-8 {self._file.name} makes it UTF-8"
            )


def _moving(stories: Iterator[Story | Reject], moved: Callable[[int], None]) -> Iterator[Story | Reject]:
    for one in stories:
        moved(one.rows if isinstance(one, Story) else 1)
        yield one


def _warn(line: str) -> None:
    print("acuerdo: beware:", line, file=sys.stderr)


def _said(work: Callable[[], Report]) -> Report:
    """Do *work*; what stops it, a service's answer or the person who waits, is one line for a person."""
    try:
        return work()
    except KeyboardInterrupt:
        print("acuerdo: stopped; what was sent stays, and the same command goes on", file=sys.stderr)
        raise
    except ExceptionGroup as several:
        raise _line(several) from several
    except (AcuerdoError, httpx.HTTPError) as why:
        raise _line(why) from why


def _line(why: Exception) -> Exception:
    if isinstance(why, ExceptionGroup):
        return _line(why.exceptions[0])
    if isinstance(why, AcuerdoError | httpx.HTTPError):
        return CommandFailed(str(why) or type(why).__name__)
    return why
