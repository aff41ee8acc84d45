"""The operations of ``solver-teams``, written by libs/client/generate.py from its OpenAPI document."""

# ruff: noqa: E501  the sentences are the service's own

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict
from uuid import UUID

from acuerdo_client.batches import Limits, Outcome
from acuerdo_client.calls import Answer, Call, given, part
from acuerdo_client.sending import AsyncSender, Line, Sender

LIMITS = Limits()


class CalendarBody(TypedDict):
    """When the team works, in its own time zone."""

    time_zone: str
    week: WeekBody
    holidays: NotRequired[list[str]]


class CalendarShown(TypedDict):
    """When the team works, local wall time."""

    time_zone: str
    week: dict[str, list[tuple[str, str]]]
    holidays: list[str]


class CaseNamed(TypedDict):
    """Which case it was, and the version of its work now."""

    case_id: str
    version: int


class ClockShown(TypedDict):
    """Whose clock ran: working + paused + unowned is the customer's time."""

    case_id: str
    until: str
    customer_seconds: float
    working_seconds: float
    paused_seconds: float
    unowned_seconds: float
    companies: list[CompanyTime]
    segments: list[SegmentShown]


class CloudEvent(TypedDict):
    """A fact as a CloudEvent 1.0; ``type`` names it with its version, and ``/asyncapi.json`` has the shape of ``data``."""

    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    time: str
    subject: str
    datacontenttype: Literal["application/json"]
    dataschema: str
    position: int
    streamversion: int
    agreementid: str
    actor: dict[str, str]
    recordedtime: str
    correlationid: str
    causationid: NotRequired[str | None]
    performedby: NotRequired[str | None]
    imported: bool
    hash: str
    previoushash: str
    covered: str
    data: dict[str, Any]
    confided: NotRequired[dict[str, Kept] | None]
    hidden: NotRequired[list[str] | None]


class CompanySummary(TypedDict):
    """The cases of an agreement that a company is accountable for. ``returns``: cases back at an earlier team."""

    agreement_id: str
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


class CompanyTime(TypedDict):
    """How long a company held the case: leading (these add up to the customer's time) and beside another holder."""

    company: str
    working_seconds: float
    paused_seconds: float
    business_working_seconds: float
    beside_seconds: float


class CoverageBody(TypedDict):
    """What the team takes on; ``*`` matches all."""

    service: NotRequired[str]
    activity: NotRequired[str]
    region: NotRequired[str]


class CoverageShown(TypedDict):
    """What the team takes on; ``*`` matches all."""

    service: str
    activity: str
    region: str


class CrewShown(TypedDict):
    """The people of one company in one team; before anyone accepted there is no team."""

    team_id: str | None
    company: str


class Facts(TypedDict):
    """Facts in the order of the service's log; ``next`` is the ``after`` to go on with."""

    items: list[CloudEvent]
    next: int


class HandOverShown(TypedDict):
    """A hand-over that its receiver has not answered."""

    to: CrewShown
    package: PackageShown


class History(TypedDict):
    """Part of a thing's history, the oldest fact first; ``next`` is the ``after`` of the part that follows, if any."""

    stream: str
    items: list[Past]
    next: int | None


class ItemNamed(TypedDict):
    """Which item it was, and the version of the case's work now."""

    case_id: str
    version: int
    item_id: str


class ItemRowShown(TypedDict):
    """An open item as a list shows it."""

    item_id: str
    company: str
    team_id: str | None
    asked_team_id: str | None
    asked_company: str | None
    paused: str | None


class ItemShown(TypedDict):
    """An open work item; ``state`` is proposed, offered or in-work. The holder is one, at every instant."""

    item_id: str
    state: str
    holder: CrewShown
    proposal: ProposalShown | None
    offered_to: CrewShown | None
    hand_over: HandOverShown | None
    pause: PauseShown | None
    questions: list[QuestionShown]
    received: NotRequired[ReceivedShown | None]


class Kept(TypedDict):
    """A text that stands beside its fact, and the salt that its digest was made with."""

    salt: str
    text: str


class MemberBody(TypedDict):
    """A person, and the company that they work in the team for."""

    person: str
    company: str


class MemberShown(TypedDict):
    """A person who works in the team for a company."""

    person: str
    company: str


class PackageBody(TypedDict):
    """All that whoever takes over must know. No personal data."""

    context: str
    promises: str
    next_step: str


class PackageShown(TypedDict):
    """What whoever takes over must know; null is not shared with the reader's company."""

    context: str | None
    promises: str | None
    next_step: str | None


class PageTeamRowShown(TypedDict):
    items: list[TeamRowShown]
    next: str | None


class PageWorkRowShown(TypedDict):
    items: list[WorkRowShown]
    next: str | None


class Past(TypedDict):
    """A fact of a thing's history and its link in the chain."""

    version: int
    position: int
    event_id: str
    name: str
    data_schema: int
    at: str
    recorded_at: str
    actor: dict[str, str]
    performed_by: str | None
    imported: bool
    data: dict[str, Any]
    confided: dict[str, Kept]
    hidden: list[str]
    covered: str
    previous: str
    hash: str


class PauseShown(TypedDict):
    """Why the work does not go on."""

    reason: str
    note: str | None


class ProposalShown(TypedDict):
    """Whom the system would ask (no team: nobody covers the work), and why."""

    team_id: str | None
    company: str | None
    reasons: list[str]


class QuestionNamed(TypedDict):
    """Which question it was."""

    case_id: str
    version: int
    item_id: str
    question_id: str


class QuestionShown(TypedDict):
    """What was asked of a company, or (none named) of the customer, and the answer."""

    question_id: str
    asked_company: str | None
    question: str | None
    answered: NotRequired[bool]
    answer: NotRequired[str | None]


class ReceivedShown(TypedDict):
    """What the holder was given with the work, in the last hand-over that was accepted, and by whom."""

    giver: CrewShown
    package: PackageShown


class SegmentShown(TypedDict):
    """A span in which one holder had one item; ``business_seconds`` counts in the team's calendar and zone."""

    item_id: str | None
    round: int
    team_id: str | None
    company: str
    started_at: str
    ended_at: str
    paused: str | None
    leading: bool
    seconds: float
    business_seconds: float | None


class Summary(TypedDict):
    """Each case is counted once, with its accountable company; those of imported histories apart."""

    items: list[CompanySummary]


class TeamNamed(TypedDict):
    """Which team it was, and its version now."""

    team_id: str
    version: int


class TeamRowShown(TypedDict):
    """A solver team as a list shows it."""

    team_id: str
    agreement_id: str
    name: str
    level: str | None
    companies: list[str]
    members: list[MemberShown]
    coverage: list[CoverageShown]
    calendar: CalendarShown
    registered_at: str


class TeamShown(TypedDict):
    """A solver team."""

    team_id: str
    agreement_id: str
    name: str
    level: str | None
    companies: list[str]
    members: list[MemberShown]
    coverage: list[CoverageShown]
    calendar: CalendarShown


class WeekBody(TypedDict):
    """The working intervals of each day, local wall time; ``24:00`` ends a day."""

    mon: NotRequired[list[tuple[str, str]]]
    tue: NotRequired[list[tuple[str, str]]]
    wed: NotRequired[list[tuple[str, str]]]
    thu: NotRequired[list[tuple[str, str]]]
    fri: NotRequired[list[tuple[str, str]]]
    sat: NotRequired[list[tuple[str, str]]]
    sun: NotRequired[list[tuple[str, str]]]


class WorkRowShown(TypedDict):
    """The work of a case as a list shows it."""

    case_id: str
    agreement_id: str
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
    opened_at: str
    changed_at: str
    imported: bool


class WorkShown(TypedDict):
    """The work of a case; ``state`` is in-work, awaiting-feedback, parked or closed."""

    case_id: str
    agreement_id: str
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


class SolverTeamsService:
    """What ``solver-teams`` answers."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list_teams(
        self,
        *,
        agreement_id: UUID | str | None = None,
        company: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageTeamRowShown]:
        """List the solver teams of the caller's agreements."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="GET",
                path="/v1/teams",
                query=given({"agreement_id": agreement_id, "company": company, "sort": sort, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    def every_teams(
        self,
        *,
        agreement_id: UUID | str | None = None,
        company: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
    ) -> Iterator[TeamRowShown]:
        """As ``list_teams``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="solver-teams",
                method="GET",
                path="/v1/teams",
                query=given({"agreement_id": agreement_id, "company": company, "sort": sort, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    def register_team(
        self,
        *,
        agreement_id: UUID | str,
        name: str,
        external_reference: str | None = None,
        companies: list[str] | None = None,
        members: list[MemberBody] | None = None,
        coverage: list[CoverageBody] | None = None,
        calendar: CalendarBody | None = None,
        level: str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[TeamNamed]:
        """Register a solver team of one's own company and its people; companies named beside it send theirs later."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path="/v1/teams",
                body=given(
                    {
                        "agreement_id": agreement_id,
                        "external_reference": external_reference,
                        "name": name,
                        "companies": companies,
                        "members": members,
                        "coverage": coverage,
                        "calendar": calendar,
                        "level": level,
                    }
                ),
                key=key,
                version=version,
            )
        )

    def batch_teams(self, *, lines: Iterable[Line], limits: Limits = LIMITS) -> Iterator[Outcome]:
        """Do many operations, a line each; the answer has one outcome for each line, in order."""
        return self._sender.batch(Call(service="solver-teams", method="POST", path="/v1/teams/batch"), lines, limits)

    def get_team(self, team_id: UUID | str) -> Answer[TeamShown]:
        """Show a solver team as it stands."""
        return self._sender.send(Call(service="solver-teams", method="GET", path=f"/v1/teams/{part(team_id)}"))

    def add_team_member(
        self, team_id: UUID | str, *, person: str, company: str, version: int | None = None, key: str | None = None
    ) -> Answer[TeamNamed]:
        """Let a person join; a company that staffs the team sends its own people."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/teams/{part(team_id)}/members",
                body=given({"person": person, "company": company}),
                key=key,
                version=version,
            )
        )

    def remove_team_member(
        self, team_id: UUID | str, *, person: str, company: str, version: int | None = None, key: str | None = None
    ) -> Answer[TeamNamed]:
        """Let a person leave; a company withdraws its own people."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/teams/{part(team_id)}/departures",
                body=given({"person": person, "company": company}),
                key=key,
                version=version,
            )
        )

    def change_team_coverage(
        self, team_id: UUID | str, *, coverage: list[CoverageBody], version: int, key: str | None = None
    ) -> Answer[TeamNamed]:
        """Say anew what the team takes on."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="PUT",
                path=f"/v1/teams/{part(team_id)}/coverage",
                body=given({"coverage": coverage}),
                key=key,
                version=version,
            )
        )

    def change_team_calendar(
        self,
        team_id: UUID | str,
        *,
        time_zone: str,
        week: WeekBody,
        holidays: list[str] | None = None,
        version: int,
        key: str | None = None,
    ) -> Answer[TeamNamed]:
        """Say anew when the team works."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="PUT",
                path=f"/v1/teams/{part(team_id)}/calendar",
                body=given({"time_zone": time_zone, "week": week, "holidays": holidays}),
                key=key,
                version=version,
            )
        )

    def list_work(
        self,
        *,
        agreement_id: UUID | str | None = None,
        team_id: UUID | str | None = None,
        company: str | None = None,
        accountable: str | None = None,
        state: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageWorkRowShown]:
        """List the work of the caller's agreements."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="GET",
                path="/v1/work",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "team_id": team_id,
                        "company": company,
                        "accountable": accountable,
                        "state": state,
                        "sort": sort,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def every_work(
        self,
        *,
        agreement_id: UUID | str | None = None,
        team_id: UUID | str | None = None,
        company: str | None = None,
        accountable: str | None = None,
        state: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
    ) -> Iterator[WorkRowShown]:
        """As ``list_work``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="solver-teams",
                method="GET",
                path="/v1/work",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "team_id": team_id,
                        "company": company,
                        "accountable": accountable,
                        "state": state,
                        "sort": sort,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def batch_work(self, *, lines: Iterable[Line], limits: Limits = LIMITS) -> Iterator[Outcome]:
        """Do many operations, a line each; the answer has one outcome for each line, in order."""
        return self._sender.batch(Call(service="solver-teams", method="POST", path="/v1/work/batch"), lines, limits)

    def get_work(self, case_id: UUID | str, *, as_of: datetime | str | None = None) -> Answer[WorkShown]:
        """Show who has the work of a case."""
        return self._sender.send(
            Call(service="solver-teams", method="GET", path=f"/v1/work/{part(case_id)}", query=given({"as_of": as_of}))
        )

    def get_work_clock(self, case_id: UUID | str, *, as_of: datetime | str | None = None) -> Answer[ClockShown]:
        """Show whose clock ran when; working, paused and unowned time add up to the customer's."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="GET",
                path=f"/v1/work/{part(case_id)}/clock",
                query=given({"as_of": as_of}),
            )
        )

    def get_work_history(
        self,
        case_id: UUID | str,
        *,
        after: int | None = None,
        limit: int | None = None,
        as_of: datetime | str | None = None,
    ) -> Answer[History]:
        """Tell what happened to the work of a case, with the chain that shows that nobody rewrote it."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="GET",
                path=f"/v1/work/{part(case_id)}/history",
                query=given({"after": after, "limit": limit, "as_of": as_of}),
            )
        )

    def open_work_item(
        self,
        case_id: UUID | str,
        *,
        team_id: UUID | str,
        purpose: str,
        company: str | None = None,
        item_id: UUID | str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Open one more work item, for another team or company, beside those that are open."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items",
                body=given({"team_id": team_id, "company": company, "item_id": item_id, "purpose": purpose}),
                key=key,
                version=version,
            )
        )

    def note_work(
        self, case_id: UUID | str, *, text: str, version: int | None = None, key: str | None = None
    ) -> Answer[CaseNamed]:
        """Write something down about the work of a case that your company is on; it changes nothing."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/notes",
                body=given({"text": text}),
                key=key,
                version=version,
            )
        )

    def withdraw_work_item(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        reason: str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Give an item up as not needed; the last open one cannot be."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/withdrawals",
                body=given({"reason": reason}),
                key=key,
                version=version,
            )
        )

    def offer_work(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        company: str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Ask a team's company to take the work, as proposed or otherwise."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/offers",
                body=given({"team_id": team_id, "company": company}),
                key=key,
                version=version,
            )
        )

    def accept_work(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Take the work that was offered to one's team and company."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/acceptances",
                body=given({"team_id": team_id}),
                key=key,
                version=version,
            )
        )

    def pull_work(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Take work that nobody has accepted: asked, or unasked with the accountable or the holding company."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/self-assignments",
                body=given({"team_id": team_id}),
                key=key,
                version=version,
            )
        )

    def reject_work(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        reason: str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Decline the work that was offered, saying why."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/rejections",
                body=given({"team_id": team_id, "reason": reason}),
                key=key,
                version=version,
            )
        )

    def ask_information(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        question: str,
        question_id: UUID | str | None = None,
        company: str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[QuestionNamed]:
        """Ask a company, or the customer through the touchpoint, for what the work needs."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/questions",
                body=given({"team_id": team_id, "question_id": question_id, "company": company, "question": question}),
                key=key,
                version=version,
            )
        )

    def answer_information(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        question_id: UUID | str,
        answer: str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Answer what was asked of one's company; the touchpoint's answers for the customer."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/answers",
                body=given({"question_id": question_id, "answer": answer}),
                key=key,
                version=version,
            )
        )

    def hand_over(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        to_team_id: UUID | str,
        package: PackageBody,
        to_company: str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Ask others to take the work over, with all they need; the giver holds it until they accept."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/hand-overs",
                body=given(
                    {"team_id": team_id, "to_team_id": to_team_id, "to_company": to_company, "package": package}
                ),
                key=key,
                version=version,
            )
        )

    def withdraw_hand_over(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        reason: str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Take the work back before the receiver has it."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/hand-over-withdrawals",
                body=given({"team_id": team_id, "reason": reason}),
                key=key,
                version=version,
            )
        )

    def accept_hand_over(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Take the work over."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/hand-over-acceptances",
                body=given({"team_id": team_id}),
                key=key,
                version=version,
            )
        )

    def refuse_hand_over(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        reason: str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Do not take the work over, saying why."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/hand-over-refusals",
                body=given({"team_id": team_id, "reason": reason}),
                key=key,
                version=version,
            )
        )

    def pause_work(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        reason: Literal[
            "waiting-customer",
            "waiting-user",
            "waiting-vendor",
            "waiting-implementation",
            "waiting-information",
            "other",
        ],
        note: str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Say that the work cannot go on, and for which reason."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/pauses",
                body=given({"team_id": team_id, "reason": reason, "note": note}),
                key=key,
                version=version,
            )
        )

    def resume_work(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Go on with paused work."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/resumptions",
                body=given({"team_id": team_id}),
                key=key,
                version=version,
            )
        )

    def solve_work(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        cause: str,
        action: str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Say that this part is done; when the last open item is, a solution is proposed to the customer."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/solutions",
                body=given({"team_id": team_id, "cause": cause, "action": action}),
                key=key,
                version=version,
            )
        )

    def get_summary(self, *, agreement_id: UUID | str | None = None) -> Answer[Summary]:
        """Count cases, rounds, hand-offs, changes of company and returns, per accountable company; imports apart."""
        return self._sender.send(
            Call(service="solver-teams", method="GET", path="/v1/summary", query=given({"agreement_id": agreement_id}))
        )

    def list_facts(
        self, *, after: int | None = None, limit: int | None = None, agreement_id: UUID | str | None = None
    ) -> Answer[Facts]:
        """Give the published facts of the caller's agreements as CloudEvents, oldest first."""
        return self._sender.send(
            Call(
                service="solver-teams",
                method="GET",
                path="/v1/facts",
                query=given({"after": after, "limit": limit, "agreement_id": agreement_id}),
            )
        )


class AsyncSolverTeamsService:
    """What ``solver-teams`` answers."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    async def list_teams(
        self,
        *,
        agreement_id: UUID | str | None = None,
        company: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageTeamRowShown]:
        """List the solver teams of the caller's agreements."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="GET",
                path="/v1/teams",
                query=given({"agreement_id": agreement_id, "company": company, "sort": sort, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    def every_teams(
        self,
        *,
        agreement_id: UUID | str | None = None,
        company: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[TeamRowShown]:
        """As ``list_teams``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="solver-teams",
                method="GET",
                path="/v1/teams",
                query=given({"agreement_id": agreement_id, "company": company, "sort": sort, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    async def register_team(
        self,
        *,
        agreement_id: UUID | str,
        name: str,
        external_reference: str | None = None,
        companies: list[str] | None = None,
        members: list[MemberBody] | None = None,
        coverage: list[CoverageBody] | None = None,
        calendar: CalendarBody | None = None,
        level: str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[TeamNamed]:
        """Register a solver team of one's own company and its people; companies named beside it send theirs later."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path="/v1/teams",
                body=given(
                    {
                        "agreement_id": agreement_id,
                        "external_reference": external_reference,
                        "name": name,
                        "companies": companies,
                        "members": members,
                        "coverage": coverage,
                        "calendar": calendar,
                        "level": level,
                    }
                ),
                key=key,
                version=version,
            )
        )

    def batch_teams(self, *, lines: Iterable[Line], limits: Limits = LIMITS) -> AsyncIterator[Outcome]:
        """Do many operations, a line each; the answer has one outcome for each line, in order."""
        return self._sender.batch(Call(service="solver-teams", method="POST", path="/v1/teams/batch"), lines, limits)

    async def get_team(self, team_id: UUID | str) -> Answer[TeamShown]:
        """Show a solver team as it stands."""
        return await self._sender.send(Call(service="solver-teams", method="GET", path=f"/v1/teams/{part(team_id)}"))

    async def add_team_member(
        self, team_id: UUID | str, *, person: str, company: str, version: int | None = None, key: str | None = None
    ) -> Answer[TeamNamed]:
        """Let a person join; a company that staffs the team sends its own people."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/teams/{part(team_id)}/members",
                body=given({"person": person, "company": company}),
                key=key,
                version=version,
            )
        )

    async def remove_team_member(
        self, team_id: UUID | str, *, person: str, company: str, version: int | None = None, key: str | None = None
    ) -> Answer[TeamNamed]:
        """Let a person leave; a company withdraws its own people."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/teams/{part(team_id)}/departures",
                body=given({"person": person, "company": company}),
                key=key,
                version=version,
            )
        )

    async def change_team_coverage(
        self, team_id: UUID | str, *, coverage: list[CoverageBody], version: int, key: str | None = None
    ) -> Answer[TeamNamed]:
        """Say anew what the team takes on."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="PUT",
                path=f"/v1/teams/{part(team_id)}/coverage",
                body=given({"coverage": coverage}),
                key=key,
                version=version,
            )
        )

    async def change_team_calendar(
        self,
        team_id: UUID | str,
        *,
        time_zone: str,
        week: WeekBody,
        holidays: list[str] | None = None,
        version: int,
        key: str | None = None,
    ) -> Answer[TeamNamed]:
        """Say anew when the team works."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="PUT",
                path=f"/v1/teams/{part(team_id)}/calendar",
                body=given({"time_zone": time_zone, "week": week, "holidays": holidays}),
                key=key,
                version=version,
            )
        )

    async def list_work(
        self,
        *,
        agreement_id: UUID | str | None = None,
        team_id: UUID | str | None = None,
        company: str | None = None,
        accountable: str | None = None,
        state: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageWorkRowShown]:
        """List the work of the caller's agreements."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="GET",
                path="/v1/work",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "team_id": team_id,
                        "company": company,
                        "accountable": accountable,
                        "state": state,
                        "sort": sort,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def every_work(
        self,
        *,
        agreement_id: UUID | str | None = None,
        team_id: UUID | str | None = None,
        company: str | None = None,
        accountable: str | None = None,
        state: str | None = None,
        sort: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[WorkRowShown]:
        """As ``list_work``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="solver-teams",
                method="GET",
                path="/v1/work",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "team_id": team_id,
                        "company": company,
                        "accountable": accountable,
                        "state": state,
                        "sort": sort,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def batch_work(self, *, lines: Iterable[Line], limits: Limits = LIMITS) -> AsyncIterator[Outcome]:
        """Do many operations, a line each; the answer has one outcome for each line, in order."""
        return self._sender.batch(Call(service="solver-teams", method="POST", path="/v1/work/batch"), lines, limits)

    async def get_work(self, case_id: UUID | str, *, as_of: datetime | str | None = None) -> Answer[WorkShown]:
        """Show who has the work of a case."""
        return await self._sender.send(
            Call(service="solver-teams", method="GET", path=f"/v1/work/{part(case_id)}", query=given({"as_of": as_of}))
        )

    async def get_work_clock(self, case_id: UUID | str, *, as_of: datetime | str | None = None) -> Answer[ClockShown]:
        """Show whose clock ran when; working, paused and unowned time add up to the customer's."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="GET",
                path=f"/v1/work/{part(case_id)}/clock",
                query=given({"as_of": as_of}),
            )
        )

    async def get_work_history(
        self,
        case_id: UUID | str,
        *,
        after: int | None = None,
        limit: int | None = None,
        as_of: datetime | str | None = None,
    ) -> Answer[History]:
        """Tell what happened to the work of a case, with the chain that shows that nobody rewrote it."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="GET",
                path=f"/v1/work/{part(case_id)}/history",
                query=given({"after": after, "limit": limit, "as_of": as_of}),
            )
        )

    async def open_work_item(
        self,
        case_id: UUID | str,
        *,
        team_id: UUID | str,
        purpose: str,
        company: str | None = None,
        item_id: UUID | str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Open one more work item, for another team or company, beside those that are open."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items",
                body=given({"team_id": team_id, "company": company, "item_id": item_id, "purpose": purpose}),
                key=key,
                version=version,
            )
        )

    async def note_work(
        self, case_id: UUID | str, *, text: str, version: int | None = None, key: str | None = None
    ) -> Answer[CaseNamed]:
        """Write something down about the work of a case that your company is on; it changes nothing."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/notes",
                body=given({"text": text}),
                key=key,
                version=version,
            )
        )

    async def withdraw_work_item(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        reason: str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Give an item up as not needed; the last open one cannot be."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/withdrawals",
                body=given({"reason": reason}),
                key=key,
                version=version,
            )
        )

    async def offer_work(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        company: str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Ask a team's company to take the work, as proposed or otherwise."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/offers",
                body=given({"team_id": team_id, "company": company}),
                key=key,
                version=version,
            )
        )

    async def accept_work(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Take the work that was offered to one's team and company."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/acceptances",
                body=given({"team_id": team_id}),
                key=key,
                version=version,
            )
        )

    async def pull_work(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Take work that nobody has accepted: asked, or unasked with the accountable or the holding company."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/self-assignments",
                body=given({"team_id": team_id}),
                key=key,
                version=version,
            )
        )

    async def reject_work(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        reason: str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Decline the work that was offered, saying why."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/rejections",
                body=given({"team_id": team_id, "reason": reason}),
                key=key,
                version=version,
            )
        )

    async def ask_information(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        question: str,
        question_id: UUID | str | None = None,
        company: str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[QuestionNamed]:
        """Ask a company, or the customer through the touchpoint, for what the work needs."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/questions",
                body=given({"team_id": team_id, "question_id": question_id, "company": company, "question": question}),
                key=key,
                version=version,
            )
        )

    async def answer_information(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        question_id: UUID | str,
        answer: str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Answer what was asked of one's company; the touchpoint's answers for the customer."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/answers",
                body=given({"question_id": question_id, "answer": answer}),
                key=key,
                version=version,
            )
        )

    async def hand_over(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        to_team_id: UUID | str,
        package: PackageBody,
        to_company: str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Ask others to take the work over, with all they need; the giver holds it until they accept."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/hand-overs",
                body=given(
                    {"team_id": team_id, "to_team_id": to_team_id, "to_company": to_company, "package": package}
                ),
                key=key,
                version=version,
            )
        )

    async def withdraw_hand_over(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        reason: str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Take the work back before the receiver has it."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/hand-over-withdrawals",
                body=given({"team_id": team_id, "reason": reason}),
                key=key,
                version=version,
            )
        )

    async def accept_hand_over(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Take the work over."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/hand-over-acceptances",
                body=given({"team_id": team_id}),
                key=key,
                version=version,
            )
        )

    async def refuse_hand_over(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        reason: str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Do not take the work over, saying why."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/hand-over-refusals",
                body=given({"team_id": team_id, "reason": reason}),
                key=key,
                version=version,
            )
        )

    async def pause_work(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        reason: Literal[
            "waiting-customer",
            "waiting-user",
            "waiting-vendor",
            "waiting-implementation",
            "waiting-information",
            "other",
        ],
        note: str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Say that the work cannot go on, and for which reason."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/pauses",
                body=given({"team_id": team_id, "reason": reason, "note": note}),
                key=key,
                version=version,
            )
        )

    async def resume_work(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Go on with paused work."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/resumptions",
                body=given({"team_id": team_id}),
                key=key,
                version=version,
            )
        )

    async def solve_work(
        self,
        case_id: UUID | str,
        item_id: UUID | str,
        *,
        team_id: UUID | str,
        cause: str,
        action: str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ItemNamed]:
        """Say that this part is done; when the last open item is, a solution is proposed to the customer."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="POST",
                path=f"/v1/work/{part(case_id)}/items/{part(item_id)}/solutions",
                body=given({"team_id": team_id, "cause": cause, "action": action}),
                key=key,
                version=version,
            )
        )

    async def get_summary(self, *, agreement_id: UUID | str | None = None) -> Answer[Summary]:
        """Count cases, rounds, hand-offs, changes of company and returns, per accountable company; imports apart."""
        return await self._sender.send(
            Call(service="solver-teams", method="GET", path="/v1/summary", query=given({"agreement_id": agreement_id}))
        )

    async def list_facts(
        self, *, after: int | None = None, limit: int | None = None, agreement_id: UUID | str | None = None
    ) -> Answer[Facts]:
        """Give the published facts of the caller's agreements as CloudEvents, oldest first."""
        return await self._sender.send(
            Call(
                service="solver-teams",
                method="GET",
                path="/v1/facts",
                query=given({"after": after, "limit": limit, "agreement_id": agreement_id}),
            )
        )
