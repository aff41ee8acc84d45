"""The first look at a whole file: whom and what it names, and what its stories add up to."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from acuerdo_cli.importing.codes import joined, slug
from acuerdo_cli.importing.counting import Counts, count
from acuerdo_cli.importing.meanings import Circumstances, Team
from acuerdo_cli.importing.rows import Reject, Unusable
from acuerdo_cli.importing.story import Story


@dataclass(slots=True)
class FoundTeam:
    """A team that the source names: the codes of the companies whose people work in it."""

    companies: set[str] = field(default_factory=set[str])
    level: str = ""


SHOWN = 5
"""Rows that were not understood and are told at once; all of them are in the rejects file."""


@dataclass(slots=True)
class Survey:
    """What is in a file. Names are the source's own; companies, services and so on are kept by their codes."""

    rows: int = 0
    rejected: int = 0
    not_understood: list[Reject] = field(default_factory=list[Reject])
    steps: int = 0
    first: datetime | None = None
    companies: dict[str, str] = field(default_factory=dict[str, str])
    teams: dict[str, FoundTeam] = field(default_factory=dict[str, FoundTeam])
    services: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    activities: dict[str, str] = field(default_factory=dict[str, str])
    regions: dict[str, str] = field(default_factory=dict[str, str])
    counts: dict[str, Counts] = field(default_factory=dict[str, Counts])

    def add(self, story: Story) -> None:
        """Take *story* into account."""
        self.rows += story.rows
        self.steps += len(story.steps)
        self.first = story.opened_at if self.first is None else min(self.first, story.opened_at)
        self._about(story.team.company, story.about)
        self._team(story.team)
        for step in story.steps:
            self._team(step.team)
        self.counts.setdefault(slug(story.team.company), Counts()).add(count(story))

    def reject(self, one: Reject) -> None:
        """Take a row into account that was not understood."""
        self.rows += 1
        self.rejected += 1
        if len(self.not_understood) < SHOWN:
            self.not_understood.append(one)

    def _about(self, company: str, about: Circumstances) -> None:
        self.services[service_code(company, about.service)] = (slug(company), f"{company}: {about.service}")
        self.activities.setdefault(slug(about.activity), about.activity)
        self.regions.setdefault(slug(about.region), about.region)

    def _team(self, team: Team) -> None:
        code = slug(team.company)
        if self.companies.setdefault(code, team.company) != team.company:
            raise Unusable(
                f"companies {self.companies[code]!r} and {team.company!r} have the same code {code!r}: "
                "give one of them another name in the mapping's 'names'"
            )
        found = self.teams.setdefault(team.name, FoundTeam())
        found.companies.add(code)
        found.level = found.level or team.level


def service_code(company: str, service: str) -> str:
    """Return the code of what *company* does: services of different companies are different."""
    return joined(slug(company), slug(service))


def survey(told: Iterable[Story | Reject]) -> Survey:
    """Return what *told* is about."""
    found = Survey()
    for one in told:
        if isinstance(one, Reject):
            found.reject(one)
        else:
            found.add(one)
    return found
