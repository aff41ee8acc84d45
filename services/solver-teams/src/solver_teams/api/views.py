"""What answers show."""

from datetime import date, datetime, timedelta
from uuid import UUID

from pydantic import BaseModel

from common.web.bodies import Shown
from solver_teams.api.inputs import WeekBody
from solver_teams.domain.team import Registered


class TeamNamed(BaseModel):
    """Which team it was, and its version now."""

    team_id: UUID
    version: int


class MemberShown(BaseModel):
    """A person who works in the team for a company."""

    person: str
    company: str


class CoverageShown(BaseModel):
    """What the team takes on; ``*`` matches all."""

    service: str
    activity: str
    region: str


class CalendarShown(BaseModel):
    """When the team works, local wall time."""

    time_zone: str
    week: dict[str, list[tuple[str, str]]]
    holidays: list[date]


class TeamShown(BaseModel):
    """A solver team."""

    team_id: UUID
    agreement_id: UUID
    name: str
    level: str | None
    companies: list[str]
    members: list[MemberShown]
    coverage: list[CoverageShown]
    calendar: CalendarShown


class TeamRowShown(TeamShown):
    """A solver team as a list shows it."""

    registered_at: datetime


class CaseNamed(BaseModel):
    """Which case it was, and the version of its work now."""

    case_id: UUID
    version: int


class ItemNamed(CaseNamed):
    """Which item it was, and the version of the case's work now."""

    item_id: UUID


class QuestionNamed(ItemNamed):
    """Which question it was."""

    question_id: UUID


class CrewShown(BaseModel):
    """The people of one company in one team; before anyone accepted there is no team."""

    team_id: UUID | None
    company: str


class ProposalShown(BaseModel):
    """Whom the system would ask (no team: nobody covers the work), and why."""

    team_id: UUID | None
    company: str | None
    reasons: list[str]


class PackageShown(BaseModel):
    """What whoever takes over must know; null is not shared with the reader's company."""

    context: str | None
    promises: str | None
    next_step: str | None


class HandOverShown(BaseModel):
    """A hand-over that its receiver has not answered."""

    to: CrewShown
    package: PackageShown


class ReceivedShown(BaseModel):
    """What the holder was given with the work, in the last hand-over that was accepted, and by whom."""

    giver: CrewShown
    package: PackageShown


class PauseShown(BaseModel):
    """Why the work does not go on."""

    reason: str
    note: str | None


class QuestionShown(BaseModel):
    """What was asked of a company, or (none named) of the customer, and the answer.

    Of these a null is not shared with the reader's company, or not ``answered`` yet.
    """

    question_id: UUID
    asked_company: str | None
    question: str | None
    answered: bool = False
    answer: str | None = None


class ItemShown(BaseModel):
    """An open work item; ``state`` is proposed, offered or in-work. The holder is one, at every instant."""

    item_id: UUID
    state: str
    holder: CrewShown
    proposal: ProposalShown | None
    offered_to: CrewShown | None
    hand_over: HandOverShown | None
    pause: PauseShown | None
    questions: list[QuestionShown]
    received: ReceivedShown | None = None


class WorkShown(BaseModel):
    """The work of a case; ``state`` is in-work, awaiting-feedback, parked or closed.

    ``hidden`` names, as agreements do, what people wrote that is not shared with the reader's company.
    """

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    accountable: str
    company: str
    service: str
    activity: str
    region: str
    state: str
    parked: str | None
    round: int
    items: list[ItemShown]
    held_in_round: list[CrewShown]
    last_holder: CrewShown | None
    hand_offs: int
    company_changes: int
    returned: bool
    hidden: list[str]


class ItemRowShown(BaseModel):
    """An open item as a list shows it."""

    item_id: UUID
    company: str
    team_id: UUID | None
    asked_team_id: UUID | None
    asked_company: str | None
    paused: str | None


class WorkRowShown(BaseModel):
    """The work of a case as a list shows it."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    accountable: str
    company: str
    service: str
    activity: str
    region: str
    priority: str | None
    state: str
    parked: str | None
    round: int
    items: list[ItemRowShown]
    hand_offs: int
    company_changes: int
    returned: bool
    opened_at: datetime
    changed_at: datetime
    imported: bool


class SegmentShown(Shown):
    """A span in which one holder had one item; ``business_seconds`` counts in the team's calendar and zone."""

    item_id: UUID | None
    """The work item; null while there was none."""
    round: int
    team_id: UUID | None
    """Who held it; null before any team accepted."""
    company: str
    started_at: datetime
    ended_at: datetime
    paused: str | None
    """Why the work was paused; null while it was not."""
    leading: bool
    """Whether this span counts for the customer's time; others ran beside it."""
    seconds: float
    """Real time."""
    business_seconds: float | None
    """Working time in the team's calendar; null where no team held it."""


class CompanyTime(Shown):
    """How long a company held the case: leading (these add up to the customer's time) and beside another holder."""

    company: str
    working_seconds: float
    """Real time that it held the case, without pauses."""
    paused_seconds: float
    """Real time that it held the case while work was paused."""
    business_working_seconds: float
    """The working time among `working_seconds`, in the teams' calendars."""
    beside_seconds: float
    """Real time that it held an item beside the holder whose time counts."""


class ClockShown(Shown):
    """Whose clock ran: working + paused + unowned is the customer's time."""

    case_id: UUID
    until: datetime
    """Up to when the clock is read."""
    customer_seconds: float
    """Real time since the opening; it stops only when the customer is content."""
    working_seconds: float
    """Time in which somebody held the case and no pause was recorded."""
    paused_seconds: float
    """Time in recorded pauses."""
    unowned_seconds: float
    """Time in which nobody held it."""
    companies: list[CompanyTime]
    segments: list[SegmentShown]


class CompanySummary(BaseModel):
    """The cases of an agreement that a company is accountable for. ``returns``: cases back at an earlier team."""

    agreement_id: UUID
    company: str
    imported: bool
    cases: int
    in_work: int
    awaiting_feedback: int
    parked: int
    closed: int
    rounds: int
    hand_offs: int
    handed_off_cases: int
    company_changes: int
    returns: int


class Summary(BaseModel):
    """Each case is counted once, with its accountable company; those of imported histories apart."""

    items: list[CompanySummary]


def team_of(team: Registered) -> TeamShown:
    """Return the team as the parties of its agreement see it."""
    members = sorted(team.members, key=lambda one: (one.company, one.person))
    return TeamShown(
        team_id=team.team_id,
        agreement_id=team.agreement_id,
        name=team.name,
        level=team.level,
        companies=sorted(team.companies),
        members=[MemberShown(person=one.person, company=one.company) for one in members],
        coverage=[
            CoverageShown(service=one.service, activity=one.activity, region=one.region) for one in team.coverage
        ],
        calendar=CalendarShown(
            time_zone=team.calendar.time_zone,
            week={day: list(getattr(team.calendar.week, day)) for day in WeekBody.model_fields},
            holidays=list(team.calendar.holidays),
        ),
    )


def seconds(length: timedelta) -> float:
    """Return *length* in seconds."""
    return length.total_seconds()
