"""An import on its way: the agreement, the teams, then case after case, through the services' public APIs."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

import httpx

from acuerdo_cli.importing.access import Access
from acuerdo_cli.importing.agreeing import Agreeing, Warn
from acuerdo_cli.importing.counting import Counts
from acuerdo_cli.importing.lines import CASES, CONTACTS, CUSTOMERS, LOOP, SECOND, TEAMS, WORK, Lines
from acuerdo_cli.importing.mapping import Mapping
from acuerdo_cli.importing.rejects import RejectsFile
from acuerdo_cli.importing.renaming import Renaming
from acuerdo_cli.importing.rows import Reject, Unusable
from acuerdo_cli.importing.story import Story
from acuerdo_cli.importing.summing import summed
from acuerdo_cli.importing.survey import Survey
from acuerdo_cli.importing.waves import Course, Line, Stage, run
from acuerdo_client import AsyncAcuerdoClient, Outcome, Problem
from acuerdo_client.calls import Positions

AT_ONCE = 3
"""Groups of cases that are under way side by side: while one waits for a service, another is being written."""

GROUP = 500
"""Cases in a group."""

WAIT = 25
"""Seconds for which a service may hold a request until it has seen what the import wrote elsewhere."""

Moved = Callable[[int], None]


def _silent(_: str) -> None:
    """A warning that nobody asked for."""


@dataclass(frozen=True, slots=True)
class Desks:
    """The two operators' clients of one group of cases; they read each other's writes and wait for no other group's."""

    one: AsyncAcuerdoClient
    other: AsyncAcuerdoClient

    async def send(self, to: str, lines: Sequence[Line]) -> list[Outcome]:
        """Send *lines* to the batch that *to* names; return their outcomes."""
        batches = {
            CUSTOMERS: self.one.touchpoints.batch_customers,
            CONTACTS: self.one.touchpoints.batch_contacts,
            CASES: self.one.touchpoints.batch_cases,
            TEAMS: self.one.solver_teams.batch_teams,
            WORK: self.one.solver_teams.batch_work,
            LOOP: self.one.feedback_loop.batch_loops,
            SECOND: self.other.feedback_loop.batch_loops,
        }
        return [outcome async for outcome in batches[to](lines=lines)]


class Sending:
    """Sends one source's stories. Whatever was sent before is answered as before and changes nothing."""

    def __init__(
        self, access: Access, mapping: Mapping, found: Survey, http: httpx.AsyncClient, *, warn: Warn = _silent
    ) -> None:
        self._access = access
        self._mapping = mapping
        self._found = found
        self._http = http
        self._warn = warn
        self._positions = Positions()
        self._teams: dict[str, str] = {}
        self._renaming = Renaming({}, warn)

    async def prepare(self) -> UUID:
        """Bring the agreement into force, or check the one given, and make the solver teams known."""
        agreement_id = await self._agreement()
        self._teams = await self._registered(agreement_id)
        self._renaming = Renaming({team_id: name for name, team_id in self._teams.items()}, self._warn)
        return agreement_id

    async def send(
        self, agreement_id: UUID, told: Iterator[Story | Reject], refused: RejectsFile, moved: Moved
    ) -> None:
        """Send every story of *told*; what cannot be sent or is refused goes to *refused*."""
        waiting = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as tasks:
            while some := list(islice(told, GROUP)):
                await waiting.acquire()
                for reject in (one for one in some if isinstance(one, Reject)):
                    refused.add(reject)
                stories = [one for one in some if isinstance(one, Story)]
                task = tasks.create_task(self._group(agreement_id, stories, refused, moved))
                task.add_done_callback(lambda _: waiting.release())

    async def summed(self, agreement_id: UUID) -> dict[str, Counts]:
        """Return the services' own counts by company, once they have seen all that was sent."""
        return await summed(self._desks(self._positions).one, agreement_id, self._found.companies)

    async def _group(self, agreement_id: UUID, stories: Sequence[Story], refused: RejectsFile, moved: Moved) -> None:
        positions, lines = Positions(self._positions), Lines(agreement_id, self._teams)
        desks = self._desks(positions)
        opened = await _opened(desks, lines, stories, refused)
        courses = [Course(lines.course(story, case_id)) for story, case_id in opened]
        await run(courses, desks.send)
        for course in courses:
            if course.refused is not None:
                refused.add(await self._renaming.explained(course, course.refused, desks.one))
        self._positions.join(positions)
        moved(sum(story.rows for story in stories))

    async def _agreement(self) -> UUID:
        if self._access.agreement is None:
            return await Agreeing(self._mapping, self._found, self._client, self._warn).agree()
        try:
            standing = (await self._desks(self._positions).one.agreement.get_agreement(self._access.agreement)).body
        except Problem as problem:
            raise Unusable(f"agreement {self._access.agreement}: {problem.detail}") from problem
        if strangers := sorted(self._found.companies.keys() - set(standing["parties"])):
            raise Unusable(
                f"{strangers[0]} is no party of agreement {self._access.agreement}: "
                "the mapping's 'names' must call a company as the agreement does"
            )
        return UUID(standing["agreement_id"])

    async def _registered(self, agreement_id: UUID) -> dict[str, str]:
        """Return the ids of the source's teams by their names, all registered."""
        lines, desks = Lines(agreement_id, {}), self._desks(self._positions)
        calendar, teams = self._mapping.agreement.calendar, sorted(self._found.teams.items())
        courses = [Course([lines.team(name, team, calendar, self._found)]) for name, team in teams]
        for reject in await run(courses, desks.send):
            raise Unusable(reject.reason)
        return {name: course.answers[0]["team_id"] for (name, _), course in zip(teams, courses, strict=True)}

    def _desks(self, positions: Positions) -> Desks:
        one, other = self._access.operators(sorted(self._found.companies))
        return Desks(one=self._by_token(one, positions), other=self._by_token(other, positions))

    def _client(self, company: str, role: str) -> AsyncAcuerdoClient:
        return self._by_token(self._access.token(company, role), self._positions)

    def _by_token(self, token: str, positions: Positions) -> AsyncAcuerdoClient:
        return AsyncAcuerdoClient(self._access.addresses, token=token, wait=WAIT, http=self._http, positions=positions)


async def _opened(
    desks: Desks, lines: Lines, stories: Sequence[Story], refused: RejectsFile
) -> list[tuple[Story, str]]:
    """Open a case for each of *stories*: the customer, the contact, the case; return those that are open."""
    customers = await _each(desks, [(story, lines.customer(story)) for story in stories], refused)
    contacts = await _each(desks, [(story, lines.contact(story)) for story, _ in customers], refused)
    named = {story.case: answer["customer_id"] for story, answer in customers}
    openings = [(story, lines.case(story, named[story.case], answer["contact_id"])) for story, answer in contacts]
    return [(story, answer["case_id"]) for story, answer in await _each(desks, openings, refused)]


async def _each(desks: Desks, some: Sequence[tuple[Story, Stage]], refused: RejectsFile) -> list[tuple[Story, Any]]:
    courses = [Course([stage]) for _, stage in some]
    for reject in await run(courses, desks.send):
        refused.add(reject)
    return [(story, course.answers[0]) for (story, _), course in zip(some, courses, strict=True) if course.answers]
