"""Cases: opened here, closed nowhere but by the customer's positive feedback."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import select
from starlette.responses import Response

from common.refusals import NotFound
from common.web.batch import batch_route
from common.web.bodies import Body
from common.web.desk import Desk, allowed
from common.web.operations import Line, Meant, Operation, ensure_history, ensure_own_history, named_agreement, namer_on
from common.web.paging import Page, given, sorting
from common.web.past import After, AsOf, History, Limit, history_of
from common.web.problems import Malformed, problems
from touchpoints.api.agreements import known_to, party_or, terms_at
from touchpoints.api.contacts import agreement_of_contact, known_contact
from touchpoints.api.looking import acts_on, ensure_team, works_in
from touchpoints.api.personal import Origin, customer_of, show
from touchpoints.api.roles import AGENTS, READERS
from touchpoints.api.scoping import scope
from touchpoints.api.shapes import Code, Language, Reference, Term, Words, answer
from touchpoints.domain.agreement import CompanyNotParty, NoAgreementInForce, ServiceNotInAgreement, version_of
from touchpoints.domain.case import (
    Case,
    CaseDiffers,
    CaseNotImported,
    CaseUnknown,
    DecidePriority,
    NotOnTheCase,
    Opened,
    of_its_kind,
    opened,
)
from touchpoints.domain.contact import (
    ContactNotImported,
    ContactUnknown,
    LinkContact,
    LinkedElsewhere,
    NotYourContact,
    OtherCustomer,
    Recorded,
    SpamRefused,
    ensure_own,
    usable,
)
from touchpoints.domain.customer import CustomerIsErased, CustomerNotImported, CustomerUnknown
from touchpoints.domain.opening import (
    ActivityNotInAgreement,
    OpenCase,
    RegionNotInAgreement,
    SolvedAtContact,
)
from touchpoints.domain.priority import Impact, NoPriorities, PriorityUnknown
from touchpoints.domain.team import NotInTheTeam, TeamNotImported, TeamUnknown
from touchpoints.domain.timeline import ComeBack, Going, Resting
from touchpoints.history import CASE, CONTACT, CUSTOMER, by_reference
from touchpoints.projections.cases import cases
from touchpoints.projections.timeline import entries

router = APIRouter(prefix="/v1/cases", tags=["cases"])


class Solved(Body):
    """What was wrong and what was done, when the first contact solved it. The customer is asked all the same."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"cause": "loose-cable", "action": "plugged-in"}]})

    cause: Code
    """What was wrong, as a code."""
    action: Code
    """What was done, as a code."""


class CaseOpening(Body):
    """A case to open. ``impact`` leads to the priority that the system proposes; ``priority`` is a person's decision.

    With a reference, the same reference gives the same case.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "agreement_id": "0190a7f2-0000-7000-8000-000000000001",
                    "customer_id": "0190a7f2-0000-7000-8000-00000000c001",
                    "contact_id": "0190a7f2-0000-7000-8000-00000000c002",
                    "service": "fibre",
                    "activity": "repair",
                    "region": "north",
                    "need": "The line has been dead since this morning.",
                    "expectation": "It works again before the week-end.",
                    "impact": "degraded",
                    "external_reference": "T-20260302-17",
                }
            ]
        }
    )

    agreement_id: UUID
    """The agreement that the case is opened under, in its version in force now."""
    customer_id: UUID
    """Whose case it is."""
    contact_id: UUID | None = None
    """The contact that it began with."""
    team_id: UUID | None = None
    """Your touchpoint team that opens it."""
    service: Term
    """Code of a service of the agreement."""
    activity: Term
    """Code of an activity of the agreement."""
    region: Term
    """Code of a region of the agreement."""
    need: Annotated[Words, Field(examples=["The line has been dead since this morning."])]
    """What the customer needs, in words; sealed before it is kept."""
    expectation: Words | None = None
    """What the customer expects, in words; sealed before it is kept."""
    impact: Impact = "degraded"
    """How much of the service works."""
    priority: Term | None = None
    """Code of a priority of the agreement; the proposed one if left out."""
    language: Language | None = None
    """BCP 47 tag; the customer's language if left out."""
    external_reference: Reference | None = None
    """Your company's own name for the case; the customer reads it in the survey."""
    solved_at_contact: Solved | None = None
    """What was done, where the contact solved it at once."""


class PriorityChoice(Body):
    """The priority that a person decides; the one proposed is a decision too."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"priority": "normal"}]})

    priority: Term
    """Code of a priority of the agreement."""


class Linking(Body):
    """The contact that is about the case."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"contact_id": "0190a7f2-0000-7000-8000-00000000c002"}]})

    contact_id: UUID
    """A contact of the same customer."""


class CaseNamed(BaseModel):
    """Which case it was, and its version now."""

    case_id: UUID
    version: int


class ContactLinkedAnswer(BaseModel):
    """Which contact is about which case; the version is the contact's."""

    contact_id: UUID
    case_id: UUID
    version: int


class CaseListed(BaseModel):
    """A case without the customer's words. ``loop`` is what was learned of it: in-work, closed, parked, came-back."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    customer_id: UUID
    contact_id: UUID | None
    team_id: UUID | None
    company: str
    service: str
    activity: str
    region: str
    priority: str
    proposed_priority: str
    priority_rule: str | None
    priority_decided_by: str | None
    language: str
    external_reference: str | None
    accountable: str
    accountable_clause: str | None
    accountable_rule: str
    solved_at_contact: dict[str, str] | None
    loop: str
    round: int
    contacts: int
    companies: list[str]
    opened_at: str
    changed_at: str
    imported: bool


class CaseShown(BaseModel):
    """A case. ``hidden`` names what the customer said and is not shared with the reader's company: it is not empty."""

    case_id: UUID
    agreement_id: UUID
    agreement_version: int
    customer_id: UUID
    contact_id: UUID | None
    team_id: UUID | None
    company: str
    service: str
    activity: str
    region: str
    priority: str
    proposed_priority: str
    priority_decided_by: dict[str, str] | None
    language: str
    external_reference: str | None
    accountable: str
    accountable_clause: str | None
    accountable_rule: str
    solved_at_contact: dict[str, str] | None
    loop: str
    companies: list[str]
    opened_at: str
    imported: bool
    personal: dict[str, str]
    hidden: list[str]
    erased: bool
    version: int


class TimelineEntry(BaseModel):
    """One thing that happened to the case: a contact on a channel, or what a service stated.

    ``company`` is whom it is about, ``by_company`` whose person did it: null where a clock, a rule or the customer did.
    Of what another service stated, ``entry_id`` is the id of its fact. ``detail`` is a code and never what people
    wrote: that service shows it to those it is shared with.
    """

    entry_id: UUID
    happened_at: str
    source: str
    what: str
    round: int | None
    company: str | None
    by_company: str | None
    team_id: UUID | None
    contact_id: UUID | None
    channel: str | None
    direction: str | None
    detail: str | None
    stated_by: str


async def _open(body: CaseOpening, line: Line) -> Meant:
    agreement_id = body.agreement_id
    await named_agreement(line, agreement_id)
    reference = body.external_reference
    case_id = line.new_id() if reference is None else by_reference(CASE, agreement_id, await namer_on(line), reference)
    known = await line.look(CASE, case_id) if line.imported else None
    if known is not None:
        of_its_kind(known.state, imported=True)
        await ensure_own_history(line, known)
    customer, sealer = await customer_of(line, agreement_id, body.customer_id)
    if known is not None and known.version == 0:
        await ensure_history(line, CUSTOMER, body.customer_id)
    if body.team_id is not None:
        await ensure_team(line, agreement_id, body.team_id)
    if body.contact_id is not None:
        await _ensure_opens(line, body.contact_id, case_id, body.customer_id)
    personal = {"need": body.need}
    if body.expectation is not None:
        personal["expectation"] = body.expectation
    solved = body.solved_at_contact
    command = OpenCase(
        case_id=case_id,
        agreement_id=agreement_id,
        terms=await terms_at(line, agreement_id),
        customer_id=body.customer_id,
        customer_key=customer.public_key,
        contact_id=body.contact_id,
        team_id=body.team_id,
        company=line.by.company,
        service=body.service,
        activity=body.activity,
        region=body.region,
        impact=body.impact,
        priority=body.priority,
        opened_by=line.by,
        language=body.language or customer.language,
        external_reference=reference,
        personal=sealer.seal(personal),
        fingerprint=sealer.fingerprint(personal),
        solved_at_contact=None if solved is None else SolvedAtContact(cause=solved.cause, action=solved.action),
        imported=line.imported,
        at=line.at,
    )
    return Meant(key=case_id, command=command, answer={"case_id": case_id}, agreement=agreement_id)


async def _ensure_opens(line: Line, contact_id: UUID, case_id: UUID, customer_id: UUID) -> None:
    """Raise the refusal unless a case of the customer may open from the contact."""
    contact = usable(await known_contact(line, contact_id))
    if not (line.imported or await works_in(line, contact.recorded.team_id)):
        ensure_own(contact.recorded, line.by.company)
    if contact.recorded.customer_id != customer_id:
        raise OtherCustomer
    if contact.case_id not in {None, case_id}:
        raise LinkedElsewhere(case_id=str(contact.case_id))


async def _decide_priority(body: PriorityChoice, line: Line, case_id: UUID) -> Meant:
    about = (await known_case(line, case_id)).opened
    terms = version_of(await known_to(line, about.agreement_id), about.agreement_version)
    command = DecidePriority(
        terms=terms,
        priority=body.priority,
        decided_by=line.by,
        imported=line.imported,
        at=line.at,
        of_its_team=await works_in(line, about.team_id),
    )
    return Meant(key=case_id, command=command, answer={"case_id": case_id})


async def _link(body: Linking, line: Line, case_id: UUID) -> Meant:
    case = await known_case(line, case_id)
    about = case.opened
    if not (line.imported or await acts_on(line, case)):
        raise NotOnTheCase
    contact = await known_contact(line, body.contact_id)
    if contact.recorded.agreement_id != about.agreement_id:
        raise ContactUnknown
    if not (isinstance(contact, Recorded) and contact.case_id == case_id):
        await ensure_history(line, CASE, case_id)
    command = LinkContact(
        case_id=case_id,
        customer_id=about.customer_id,
        linked_by=line.by,
        rule=None,
        imported=line.imported,
        at=line.at,
        of_its_team=await works_in(line, contact.recorded.team_id),
    )
    return Meant(key=body.contact_id, command=command, answer={"contact_id": body.contact_id, "case_id": case_id})


async def known_case(line: Line, case_id: UUID) -> Opened:
    """Return the case, if the asker's company is party to its agreement.

    Raises:
        CaseUnknown: there is none that the asker may know of.
        CaseNotImported: a source tells of a case that people work on.
        NotYoursToTell: another company's operator told of it.
    """
    known = await line.look(CASE, case_id)
    state = opened(known.state)
    await party_or(line, state.opened.agreement_id, CaseUnknown)
    of_its_kind(state, imported=line.imported)
    await ensure_own_history(line, known)
    return state


def _agreement(state: Case) -> UUID | None:
    return state.opened.agreement_id if isinstance(state, Opened) else None


OPEN = Operation(kind=CASE, key="external_reference", meaning=_open, body=CaseOpening, roles=AGENTS, status=201)
DECIDE_PRIORITY = Operation(
    kind=CASE,
    key="case_id",
    meaning=_decide_priority,
    body=PriorityChoice,
    path={"case_id": UUID},
    agreement=_agreement,
    roles=AGENTS,
)
LINK = Operation(
    kind=CONTACT,
    key="contact_id",
    meaning=_link,
    body=Linking,
    path={"case_id": UUID},
    agreement=agreement_of_contact,
    roles=AGENTS,
)

Sort = Literal["opened_at", "-opened_at", "changed_at", "-changed_at"]
LoopWord = Literal["in-work", "closed", "parked", "came-back"]


@router.post(
    "",
    status_code=201,
    response_model=CaseNamed,
    operation_id="openCase",
    responses=problems(
        Malformed,
        NotFound,
        CustomerUnknown,
        CustomerIsErased,
        CustomerNotImported,
        ContactUnknown,
        ContactNotImported,
        NotYourContact,
        SpamRefused,
        OtherCustomer,
        LinkedElsewhere,
        TeamUnknown,
        TeamNotImported,
        NotInTheTeam,
        NoAgreementInForce,
        CompanyNotParty,
        ServiceNotInAgreement,
        ActivityNotInAgreement,
        RegionNotInAgreement,
        NoPriorities,
        PriorityUnknown,
        CaseDiffers,
        CaseNotImported,
    ),
)
async def open_case(body: CaseOpening, desk: Annotated[Desk, allowed(*AGENTS)]) -> Response:
    """Open a case under the agreement in force; it stays open until its customer is content."""
    return await desk.carry_out(OPEN, body)


@router.get("", response_model=Page[CaseListed], operation_id="listCases", responses=problems(Malformed, NotFound))
async def list_cases(
    desk: Annotated[Desk, allowed(*READERS, service_may=True)],
    agreement_id: UUID | None = None,
    customer_id: UUID | None = None,
    team_id: UUID | None = None,
    company: Term | None = None,
    accountable: Term | None = None,
    service: Term | None = None,
    activity: Term | None = None,
    region: Term | None = None,
    priority: Term | None = None,
    loop: LoopWord | None = None,
    external_reference: Reference | None = None,
    imported: bool | None = None,
    opened_since: AwareDatetime | None = None,
    opened_before: AwareDatetime | None = None,
    sort: Sort = "opened_at",
) -> Response:
    """List the cases of the caller's agreements, without what the customers said."""
    table = cases.c
    found = given(
        select(cases),
        (table.agreement_id, await scope(desk, agreement_id)),
        (table.customer_id, customer_id),
        (table.team_id, team_id),
        (table.company, company),
        (table.accountable, accountable),
        (table.service, service),
        (table.activity, activity),
        (table.region, region),
        (table.priority, priority),
        (table.loop, loop),
        (table.external_reference, external_reference),
        (table.imported, imported),
    )
    if opened_since is not None:
        found = found.where(table.opened_at >= opened_since)
    if opened_before is not None:
        found = found.where(table.opened_at < opened_before)
    return await desk.page(found, *sorting(cases, sort, "case_id"))


@router.get(
    "/{case_id}",
    response_model=CaseShown,
    operation_id="getCase",
    responses=problems(Malformed, NotFound, CaseUnknown),
)
async def get_case(
    case_id: UUID,
    desk: Annotated[Desk, allowed(*READERS, service_may=True)],
    as_of: AwareDatetime | None = None,
) -> Response:
    """Return a case as it stands, or as it was recorded at a moment; of the customer's words what is shared."""
    await known_case(desk, case_id)
    folded = await (desk.look(CASE, case_id) if as_of is None else desk.as_of(CASE, case_id, as_of))
    state = opened(folded.state)
    return answer({**await _shown(desk, state), "version": folded.version}, folded.version)


@router.post(
    "/{case_id}/priority",
    response_model=CaseNamed,
    operation_id="decidePriority",
    responses=problems(Malformed, NotFound, CaseUnknown, PriorityUnknown, CaseNotImported, NotOnTheCase),
)
async def decide_priority(case_id: UUID, body: PriorityChoice, desk: Annotated[Desk, allowed(*AGENTS)]) -> Response:
    """Decide the priority: accept what the system proposed or override it. A person does so, never a service."""
    return await desk.carry_out(DECIDE_PRIORITY, body, case_id=case_id)


@router.post(
    "/{case_id}/contacts",
    response_model=ContactLinkedAnswer,
    operation_id="linkContact",
    responses=problems(
        Malformed,
        NotFound,
        CaseUnknown,
        CaseNotImported,
        NotOnTheCase,
        ContactUnknown,
        ContactNotImported,
        NotYourContact,
        SpamRefused,
        OtherCustomer,
        LinkedElsewhere,
    ),
)
async def link_contact(case_id: UUID, body: Linking, desk: Annotated[Desk, allowed(*AGENTS)]) -> Response:
    """Say that a contact is about the case."""
    return await desk.carry_out(LINK, body, case_id=case_id)


@router.get(
    "/{case_id}/timeline",
    response_model=Page[TimelineEntry],
    operation_id="getTimeline",
    responses=problems(Malformed, NotFound, CaseUnknown),
)
async def get_timeline(
    case_id: UUID,
    desk: Annotated[Desk, allowed(*READERS, service_may=True)],
) -> Response:
    """List all that happened to the case, across companies and channels, in the order of time."""
    about = (await known_case(desk, case_id)).opened
    found = entries(case_id, about.agreement_id)
    table = found.c
    return await desk.page(select(found), table.happened_at, table.place, table.position, table.entry_id, shape=_entry)


@router.get(
    "/{case_id}/history",
    response_model=History,
    operation_id="getCaseHistory",
    responses=problems(Malformed, NotFound, CaseUnknown),
)
async def get_case_history(
    case_id: UUID,
    desk: Annotated[Desk, allowed(*READERS, service_may=True)],
    after: After = 0,
    limit: Limit = 100,
    as_of: AsOf = None,
) -> Response:
    """Return every fact of the case with its hash chain, so that a partner can check it; personal data stays sealed."""
    await known_case(desk, case_id)
    return await history_of(desk, CASE.stream(case_id), after, limit, as_of)


batch_route(router, {"openCase": OPEN, "decidePriority": DECIDE_PRIORITY, "linkContact": LINK})


def _entry(row: Any) -> dict[str, Any]:
    return {name: row[name] for name in TimelineEntry.model_fields}


async def _shown(desk: Desk, case: Opened) -> dict[str, Any]:
    about = case.opened
    origin = Origin(
        customer_id=about.customer_id,
        agreement_id=about.agreement_id,
        recorder=about.company,
        companies=case.companies,
    )
    seen = await show(desk, about.personal, origin)
    return {
        "case_id": about.case_id,
        "agreement_id": about.agreement_id,
        "agreement_version": about.agreement_version,
        "customer_id": about.customer_id,
        "contact_id": about.contact_id,
        "team_id": about.team_id,
        "company": about.company,
        "service": about.service,
        "activity": about.activity,
        "region": about.region,
        "priority": case.priority,
        "proposed_priority": case.proposed,
        "priority_decided_by": case.decided_by,
        "language": about.language,
        "external_reference": about.external_reference,
        "accountable": about.accountable,
        "accountable_clause": about.accountable_clause,
        "accountable_rule": about.accountable_rule,
        "solved_at_contact": about.solved_at_contact,
        "loop": _loop(case),
        "companies": sorted(case.companies),
        "opened_at": about.at,
        "imported": about.imported,
        "personal": seen.personal,
        "hidden": seen.hidden,
        "erased": seen.erased,
    }


def _loop(case: Opened) -> LoopWord:
    match case.loop:
        case Going():
            return "in-work"
        case Resting(because=because):
            return because
        case ComeBack():
            return "came-back"
