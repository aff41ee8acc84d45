"""What requests say: the bodies of operations, the same on a route of their own and on a line of a batch."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from common.eventstore.confiding import confide
from common.web.bodies import Body
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


class MemberBody(Body):
    """A person, and the company that they work in the team for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"person": "bea", "company": "net-b"}]})

    person: Name = Field(examples=["bea"])
    """The subject of the person's token."""
    company: Code = Field(examples=["net-b"])
    """Slug of the company that they work for."""

    def member(self) -> Member:
        """Return the member."""
        return Member(person=self.person, company=self.company)


class CoverageBody(Body):
    """What the team takes on; ``*`` matches all."""

    service: Code = Field("*", examples=["fibre"])
    """Code of a service of the agreement; `*` is any."""
    activity: Code = Field("*", examples=["repair"])
    """Code of an activity; `*` is any."""
    region: Code = Field("*", examples=["north"])
    """Code of a region; `*` is any."""

    def coverage(self) -> Coverage:
        """Return the coverage."""
        return Coverage(service=self.service, activity=self.activity, region=self.region)


class WeekBody(Body):
    """The working intervals of each day, local wall time; ``24:00`` ends a day."""

    mon: tuple[Interval, ...] = Field(default=(), examples=[[["09:00", "13:00"], ["15:00", "18:00"]]])
    """Intervals from and to, `HH:MM`, on Mondays; none: nobody works."""
    tue: tuple[Interval, ...] = ()
    """Intervals from and to, `HH:MM`, on Tuesdays; none: nobody works."""
    wed: tuple[Interval, ...] = ()
    """Intervals from and to, `HH:MM`, on Wednesdays; none: nobody works."""
    thu: tuple[Interval, ...] = ()
    """Intervals from and to, `HH:MM`, on Thursdays; none: nobody works."""
    fri: tuple[Interval, ...] = ()
    """Intervals from and to, `HH:MM`, on Fridays; none: nobody works."""
    sat: tuple[Interval, ...] = ()
    """Intervals from and to, `HH:MM`, on Saturdays; none: nobody works."""
    sun: tuple[Interval, ...] = ()
    """Intervals from and to, `HH:MM`, on Sundays; none: nobody works."""

    def week(self) -> Week:
        """Return the week."""
        return Week(mon=self.mon, tue=self.tue, wed=self.wed, thu=self.thu, fri=self.fri, sat=self.sat, sun=self.sun)


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
    """IANA time zone that the week is in."""
    week: WeekBody
    """When the team works on each day of the week."""
    holidays: list[date] = Field(default=[], max_length=1_000)
    """Days (`YYYY-MM-DD`) on which nobody works."""

    def calendar(self) -> Calendar:
        """Return the calendar."""
        return Calendar(time_zone=self.time_zone, week=self.week.week(), holidays=tuple(sorted(set(self.holidays))))


class CoverageChange(Body):
    """What the team takes on from now."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"coverage": [{"service": "fibre", "activity": "repair", "region": "north"}]}]}
    )

    coverage: list[CoverageBody] = Field(max_length=500)
    """The whole of it; what is left out the team no longer takes on."""


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
    """The agreement that the team works under."""
    external_reference: Name | None = Field(default=None, examples=["field-north"])
    """Your company's own name for the team: it makes the team's id, with your company."""
    name: Name = Field(examples=["Field north"])
    """What people call it."""
    companies: list[Code] = Field(default=[], max_length=100, examples=[["net-b"]])
    """Slugs of the parties that staff it; those of `members` are added."""
    members: list[MemberBody] = Field(default=[], max_length=500)
    """Who is in it from the start: people of your own company."""
    coverage: list[CoverageBody] = Field(default=[], max_length=500)
    """Which work is proposed to it; none: people ask it themselves."""
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
    """Support level, such as `L1`."""


class Acting(Body):
    """Which of their teams the person acts in; the company is the person's own."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"team_id": "0190a7f2-0000-7000-8000-000000007ea1"}]})

    team_id: UUID
    """The team of yours that you act in."""


class Offer(Body):
    """Whom to ask; the company may be left out where only one staffs the team."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"team_id": "0190a7f2-0000-7000-8000-000000007ea1", "company": "net-b"}]}
    )

    team_id: UUID
    """The solver team that is asked."""
    company: Code | None = None
    """Slug of the company in it that is asked."""


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
    """Your own id for the item; one is made if left out."""
    purpose: Text = Field(examples=["check the core switch"])
    """What it is for, in words; no personal data."""


class Withdrawal(Body):
    """Why the item is not needed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "The other item covers it."}]})

    reason: Text
    """Why, in words; no personal data."""


class Rejection(Acting):
    """Why not."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"team_id": "0190a7f2-0000-7000-8000-000000007ea1", "reason": "Not our region."}]
        }
    )

    reason: Text
    """Why not, in words; no personal data."""


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
    """Your own id for the question; one is made if left out."""
    company: Code | None = None
    """Slug of the company that is asked; the customer, through the touchpoint, if left out."""
    question: Text
    """In words; no personal data."""


class Answering(Body):
    """The answer to a question. No personal data."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"question_id": "0190a7f2-0000-7000-8000-00000000a5c1", "answer": "Cabinet 7."}]
        }
    )

    question_id: UUID
    """The question that is answered."""
    answer: Text
    """In words; no personal data."""


class PackageBody(Body):
    """All that whoever takes over must know. No personal data."""

    context: Text = Field(examples=["no light on the line since Monday"])
    """How things stand."""
    promises: Text = Field(examples=["we call the customer before six"])
    """What the customer was promised."""
    next_step: Text = Field(examples=["swap the card in cabinet 7"])
    """What is to be done next."""

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
    """The solver team that is to take over."""
    to_company: Code | None = None
    """Slug of the company in it that is to take over."""
    package: PackageBody
    """What they must know."""


class Pausing(Acting):
    """Why the work does not go on; ``other`` needs a note."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"team_id": "0190a7f2-0000-7000-8000-000000007ea1", "reason": "waiting-customer"}]
        }
    )

    reason: Code = Field(json_schema_extra={"enum": [one.value for one in PauseReason]}, examples=["waiting-customer"])
    """What is waited for."""
    note: Text | None = None
    """In words; needed with `other`, no personal data."""


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
    """What was wrong, as a code: small letters, digits, `.`, `_` and hyphens."""
    action: Slug = Field(examples=["replaced"])
    """What was done, as a code likewise."""


class Noting(Body):
    """Something to write down. No personal data."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "The crew is on its way."}]})

    text: Text
    """In words; no personal data."""


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
    """What was going on."""
    team_id: UUID
    """The team that the source names."""
    company: Code | None = None
    """Slug of the company in it; needed where several staff it."""
    reason: Code | None = None
    """Why work was paused, in the source's words."""
    note: Text | None = None
    """What else the source says."""
    cause: Code | None = None
    """What was wrong, in the source's words."""
    action: Code | None = None
    """What was done, in the source's words."""
    round: Annotated[int, Field(ge=1)] | None = None
    """The case's round that the row belongs to, from 1; the present one if left out."""


class TakingOver(Offer):
    """Who had the work from then on, as a source says."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"team_id": "0190a7f2-0000-7000-8000-000000007ea1", "company": "net-b"}]}
    )
