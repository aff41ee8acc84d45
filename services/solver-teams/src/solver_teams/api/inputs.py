"""What requests say: the bodies of operations, the same on a route of their own and on a line of a batch."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.eventstore.confiding import confide
from solver_teams.domain.business_time import Calendar, Interval, Week
from solver_teams.domain.case_work.commands import Activity
from solver_teams.domain.case_work.facts import Package
from solver_teams.domain.case_work.working import PauseReason
from solver_teams.domain.team import Coverage, Member

Code = Annotated[str, Field(min_length=1, max_length=100)]
Text = Annotated[str, Field(min_length=1, max_length=4_000)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


Slug = Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[a-z0-9][a-z0-9._-]*$")]
"""A cause or an action as a code, by the same rule as where a touchpoint solves a case at its contact."""


class Body(BaseModel):
    """A body takes no members that it does not know."""

    model_config = ConfigDict(extra="forbid")


class MemberBody(Body):
    """A person, and the company that they work in the team for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"person": "bea", "company": "net-b"}]})

    person: Name = Field(examples=["bea"])
    company: Code = Field(examples=["net-b"])

    def member(self) -> Member:
        """Return the member."""
        return Member(person=self.person, company=self.company)


class CoverageBody(Body):
    """What the team takes on; ``*`` matches all."""

    service: Code = Field("*", examples=["fibre"])
    activity: Code = Field("*", examples=["repair"])
    region: Code = Field("*", examples=["north"])

    def coverage(self) -> Coverage:
        """Return the coverage."""
        return Coverage(service=self.service, activity=self.activity, region=self.region)


class WeekBody(Body):
    """The working intervals of each day, local wall time; ``24:00`` ends a day."""

    mon: list[Interval] = Field(default=[], examples=[[["09:00", "13:00"], ["15:00", "18:00"]]])
    tue: list[Interval] = []
    wed: list[Interval] = []
    thu: list[Interval] = []
    fri: list[Interval] = []
    sat: list[Interval] = []
    sun: list[Interval] = []

    def week(self) -> Week:
        """Return the week."""
        return Week(
            mon=tuple(self.mon),
            tue=tuple(self.tue),
            wed=tuple(self.wed),
            thu=tuple(self.thu),
            fri=tuple(self.fri),
            sat=tuple(self.sat),
            sun=tuple(self.sun),
        )


class CalendarBody(Body):
    """When the team works, in its own time zone."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "time_zone": "Europe/Madrid",
                    "week": {"mon": [["09:00", "13:00"], ["15:00", "18:00"]]},
                    "holidays": ["2026-12-25"],
                }
            ]
        }
    )

    time_zone: Code = Field(examples=["Europe/Madrid"])
    week: WeekBody
    holidays: list[date] = Field(default=[], max_length=1_000)

    def calendar(self) -> Calendar:
        """Return the calendar."""
        return Calendar(time_zone=self.time_zone, week=self.week.week(), holidays=tuple(sorted(set(self.holidays))))


class CoverageChange(Body):
    """What the team takes on from now."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"coverage": [{"service": "fibre", "activity": "repair", "region": "north"}]}]}
    )

    coverage: list[CoverageBody] = Field(max_length=500)


class TeamRegistration(Body):
    """A solver team. ``companies`` that staff it may be named before their people are.

    With a reference, the same reference told by the same company gives the same team.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "agreement_id": "0190a7f2-0000-7000-8000-000000000001",
                    "external_reference": "field-north",
                    "name": "Field north",
                    "companies": ["net-b"],
                    "members": [{"person": "bea", "company": "net-b"}],
                    "coverage": [{"service": "fibre", "activity": "repair", "region": "*"}],
                    "calendar": {
                        "time_zone": "Europe/Madrid",
                        "week": {"mon": [["09:00", "13:00"], ["15:00", "18:00"]]},
                        "holidays": ["2026-12-25"],
                    },
                }
            ]
        }
    )

    agreement_id: UUID
    external_reference: Name | None = Field(default=None, examples=["field-north"])
    name: Name = Field(examples=["Field north"])
    companies: list[Code] = Field(default=[], max_length=100, examples=[["net-b"]])
    members: list[MemberBody] = Field(default=[], max_length=500)
    coverage: list[CoverageBody] = Field(default=[], max_length=500)
    calendar: CalendarBody = Field(
        default=CalendarBody(
            time_zone="UTC",
            week=WeekBody.model_validate(
                {day: [("00:00", "24:00")] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
            ),
        ),
        description="round the clock in UTC unless said otherwise",
    )
    level: Code | None = None


class Acting(Body):
    """Which of their teams the person acts in; the company is the person's own."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"team_id": "0190a7f2-0000-7000-8000-000000007ea1"}]})

    team_id: UUID


class Offer(Body):
    """Whom to ask; the company may be left out where only one staffs the team."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"team_id": "0190a7f2-0000-7000-8000-000000007ea1", "company": "net-b"}]}
    )

    team_id: UUID
    company: Code | None = None


class NewItem(Offer):
    """One more work item, and whom to ask."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "team_id": "0190a7f2-0000-7000-8000-000000007ea1",
                    "company": "net-b",
                    "purpose": "Check the core switch.",
                }
            ]
        }
    )

    item_id: UUID | None = None
    purpose: Text = Field(examples=["check the core switch"])


class Withdrawal(Body):
    """Why the item is not needed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The other item covers it."}]})

    reason: Text


class Rejection(Acting):
    """Why not."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"team_id": "0190a7f2-0000-7000-8000-000000007ea1", "reason": "Not our region."}]
        }
    )

    reason: Text


class Asking(Acting):
    """What is needed, of a company or (none named) of the customer. No personal data."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "team_id": "0190a7f2-0000-7000-8000-000000007ea1",
                    "company": "telco-a",
                    "question": "Which cabinet serves this street?",
                }
            ]
        }
    )

    question_id: UUID | None = None
    company: Code | None = None
    question: Text


class Answering(Body):
    """The answer to a question. No personal data."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"question_id": "0190a7f2-0000-7000-8000-00000000a5c1", "answer": "Cabinet 7."}]
        }
    )

    question_id: UUID
    answer: Text


class PackageBody(Body):
    """All that whoever takes over must know. No personal data."""

    context: Text = Field(examples=["no light on the line since Monday"])
    promises: Text = Field(examples=["we call the customer before six"])
    next_step: Text = Field(examples=["swap the card in cabinet 7"])

    def package(self) -> Package:
        """Return the package."""
        return Package(
            context=confide(self.context), promises=confide(self.promises), next_step=confide(self.next_step)
        )


class HandingOver(Acting):
    """To whom, with what; the company may be left out where only one staffs the team."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "team_id": "0190a7f2-0000-7000-8000-000000007ea1",
                    "to_team_id": "0190a7f2-0000-7000-8000-000000007ea2",
                    "to_company": "net-b",
                    "package": {
                        "context": "No light on the line since Monday.",
                        "promises": "We call the customer before six.",
                        "next_step": "Swap the card in cabinet 7.",
                    },
                }
            ]
        }
    )

    to_team_id: UUID
    to_company: Code | None = None
    package: PackageBody


class Pausing(Acting):
    """Why the work does not go on; ``other`` needs a note."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"team_id": "0190a7f2-0000-7000-8000-000000007ea1", "reason": "waiting-customer"}]
        }
    )

    reason: Code = Field(json_schema_extra={"enum": [one.value for one in PauseReason]}, examples=["waiting-customer"])
    note: Text | None = None


class Solving(Acting):
    """What the cause was and what was done, as codes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"team_id": "0190a7f2-0000-7000-8000-000000007ea1", "cause": "line-card", "action": "replaced"}
            ]
        }
    )

    cause: Slug = Field(examples=["line-card"])
    action: Slug = Field(examples=["replaced"])


class Noting(Body):
    """Something to write down. No personal data."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "The crew is on its way."}]})

    text: Text


class Recording(Body):
    """What a row of a source says; ``round`` is the case's round that it belongs to, the present one if left out.

    ``reason``, ``cause`` and ``action`` are the source's own words: a reason that is none of ``pauseWork`` is kept as
    ``other`` with those words as its note.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "activity": "paused",
                    "team_id": "0190a7f2-0000-7000-8000-000000007ea1",
                    "company": "net-b",
                    "reason": "waiting-vendor",
                    "note": "Wait - Vendor",
                }
            ]
        }
    )

    activity: Activity
    team_id: UUID
    company: Code | None = None
    reason: Code | None = None
    note: Text | None = None
    cause: Code | None = None
    action: Code | None = None
    round: Annotated[int, Field(ge=1)] | None = None


class TakingOver(Offer):
    """Who had the work from then on, as a source says."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"team_id": "0190a7f2-0000-7000-8000-000000007ea1", "company": "net-b"}]}
    )
