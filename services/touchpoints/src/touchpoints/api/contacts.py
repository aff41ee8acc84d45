"""Contacts on any channel: the intake of telephony, mail, chat and people. Recorded once, linked to one case."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import select
from starlette.responses import Response

from common.refusals import NotFound
from common.web.batch import batch_route
from common.web.bodies import Body
from common.web.desk import Desk, allowed
from common.web.operations import Line, Meant, Operation, ensure_history, ensure_own_history, named_agreement, namer_on
from common.web.paging import Page, given, sorting
from common.web.problems import Malformed, problems
from touchpoints.api.agreements import party_or, terms_at
from touchpoints.api.looking import acts_on, case_of, ensure_team, works_in
from touchpoints.api.personal import Origin, customer_of, show
from touchpoints.api.roles import AGENTS, INTAKE, READERS
from touchpoints.api.scoping import scope
from touchpoints.api.shapes import Code, Reference, Term, Words, answer
from touchpoints.domain import case as cases
from touchpoints.domain.agreement import CompanyNotParty, ServiceNotInAgreement
from touchpoints.domain.case import CaseNotImported, CaseUnknown, NotOnTheCase, Opened, opened
from touchpoints.domain.contact import (
    Channel,
    Contact,
    ContactDiffers,
    ContactNotImported,
    ContactRecorded,
    ContactUnknown,
    Direction,
    FindSpam,
    LinkedElsewhere,
    NoAgreementAtContact,
    NotRecorded,
    NotYourContact,
    OtherCustomer,
    RecordContact,
    Recorded,
    Spam,
    SpamRefused,
    of_its_kind,
)
from touchpoints.domain.customer import CustomerIsErased, CustomerNotImported, CustomerUnknown
from touchpoints.domain.team import NotInTheTeam, TeamNotImported, TeamUnknown
from touchpoints.domain.thread import case_for
from touchpoints.history import (
    CASE,
    CONTACT,
    CUSTOMER,
    THREAD,
    by_reference,
    contact_by_reference,
    thread_by_reference,
    told_by,
)
from touchpoints.projections.contacts import contacts

router = APIRouter(prefix="/v1/contacts", tags=["contacts"])


class ContactReport(Body):
    """A contact that took place. Channel and reference name it: told again by the same company it is the same one.

    The customer is named by id, or by the reference that the caller's company registered them with; with
    ``customer_company``, by that company's. ``thread_reference`` is what messages
    of one conversation have in common: when one of them belongs to a case, so do those after it.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "agreement_id": "0190a7f2-0000-7000-8000-000000000001",
                    "customer_reference": "C-1042",
                    "channel": "phone",
                    "external_reference": "pbx-20260302-0912",
                    "service": "fibre",
                    "summary": "The line has been dead since this morning.",
                }
            ]
        }
    )

    agreement_id: UUID
    """The agreement that the customer is known under."""
    customer_id: UUID | None = None
    """Who made contact; or give `customer_reference`."""
    customer_reference: Reference | None = None
    """The reference that the customer was registered with."""
    customer_company: Code | None = None
    """Slug of the company whose reference it is; yours if left out."""
    case_id: UUID | None = None
    """The case that it is about, if that is known."""
    channel: Channel
    """How the contact took place."""
    external_reference: Annotated[Reference, Field(examples=["pbx-20260302-0912"])]
    """Your company's own name for the contact on its channel, such as a call's id."""
    thread_reference: Reference | None = None
    """What all messages of a conversation have in common."""
    direction: Direction = "inbound"
    """`inbound`: the customer made contact."""
    team_id: UUID | None = None
    """Your touchpoint team that it took place with."""
    service: Term | None = None
    """Code of the service that it is about."""
    summary: Words
    """What was said, in words; sealed before it is kept."""
    spam: bool = False
    """Found to be spam: it is about no case."""

    @model_validator(mode="after")
    def _one_customer(self) -> Self:
        if (self.customer_id is None) == (self.customer_reference is None):
            raise ValueError("give either customer_id or customer_reference")
        if self.customer_company is not None and self.customer_reference is None:
            raise ValueError("customer_company says whose customer_reference it is: give that too")
        return self


class ContactNamed(BaseModel):
    """Which contact it was, the case it is about if that is known, and its version now."""

    contact_id: UUID
    version: int


class ContactListed(BaseModel):
    """A contact without what was said."""

    contact_id: UUID
    agreement_id: UUID
    customer_id: UUID
    case_id: UUID | None
    channel: str
    external_reference: str
    thread_reference: str | None
    direction: str
    team_id: UUID | None
    company: str
    service: str | None
    spam: bool
    contacted_at: str
    imported: bool


class ContactShown(BaseModel):
    """A contact. ``hidden`` names what was said and is not shared with the reader's company: it is not empty."""

    contact_id: UUID
    agreement_id: UUID
    customer_id: UUID
    case_id: UUID | None
    channel: str
    external_reference: str
    thread_reference: str | None
    direction: str
    team_id: UUID | None
    company: str
    service: str | None
    spam: bool
    contacted_at: str
    personal: dict[str, str]
    hidden: list[str]
    erased: bool
    version: int


async def _record(body: ContactReport, line: Line) -> Meant:
    agreement_id = body.agreement_id
    await named_agreement(line, agreement_id)
    namer = await namer_on(line)
    contact_id = contact_by_reference(agreement_id, namer, body.channel, body.external_reference)
    known = await line.look(CONTACT, contact_id) if line.imported else None
    if known is not None:
        of_its_kind(known.state, imported=True)
        await ensure_own_history(line, known)
    customer_id = body.customer_id or by_reference(
        CUSTOMER, agreement_id, body.customer_company or namer, body.customer_reference or ""
    )
    _, sealer = await customer_of(line, agreement_id, customer_id)
    if body.team_id is not None:
        await ensure_team(line, agreement_id, body.team_id)
    case_id = await _named_case(body, line, customer_id)
    thread_case_id = await _case_of_thread(body, line, customer_id)
    if known is not None:
        await _ensure_history(line, known.state, customer_id, case_id or thread_case_id)
    personal = {"summary": body.summary}
    command = RecordContact(
        contact_id=contact_id,
        agreement_id=agreement_id,
        terms=await terms_at(line, agreement_id),
        customer_id=customer_id,
        case_id=case_id,
        thread_case_id=thread_case_id,
        channel=body.channel,
        external_reference=body.external_reference,
        thread_reference=body.thread_reference,
        direction=body.direction,
        team_id=body.team_id,
        company=line.by.company,
        service=body.service,
        personal=sealer.seal(personal),
        fingerprint=sealer.fingerprint(personal),
        spam=body.spam,
        imported=line.imported,
        at=line.at,
    )
    return Meant(key=contact_id, command=command, answer={"contact_id": contact_id}, agreement=agreement_id)


async def _ensure_history(line: Line, contact: Contact, customer_id: UUID, case_id: UUID | None) -> None:
    """Hold that people act neither on the customer of a contact that is new nor on the case that it would come to."""
    if isinstance(contact, NotRecorded):
        await ensure_history(line, CUSTOMER, customer_id)
    stands = isinstance(contact, Recorded) and contact.case_id is not None
    if case_id is not None and not stands:
        await ensure_history(line, CASE, case_id)


async def _named_case(body: ContactReport, line: Line, customer_id: UUID) -> UUID | None:
    if body.case_id is None:
        return None
    known = await case_of(line, body.case_id)
    case = opened(known.state)
    about = case.opened
    if about.agreement_id != body.agreement_id:
        raise CaseUnknown
    cases.of_its_kind(case, imported=line.imported)
    await ensure_own_history(line, known)
    if not (line.imported or await acts_on(line, case)):
        raise cases.NotOnTheCase
    if about.customer_id != customer_id:
        raise OtherCustomer
    return body.case_id


async def _case_of_thread(body: ContactReport, line: Line, customer_id: UUID) -> UUID | None:
    if body.thread_reference is None:
        return None
    case_id = await _tied(body, line, body.thread_reference, customer_id)
    if case_id is None:
        return None
    known = await case_of(line, case_id)
    cases.of_its_kind(known.state, imported=line.imported)
    await ensure_own_history(line, known)
    return case_id if line.imported or await acts_on(line, opened(known.state)) else None


async def _tied(body: ContactReport, line: Line, reference: str, customer_id: UUID) -> UUID | None:
    """Return the case that the thread led to: as people tied it, or else as the company's own source told of it."""
    told = told_by(await namer_on(line))
    for owner in (told,) if line.imported else (line.by.company, told):
        thread = thread_by_reference(body.agreement_id, owner, body.channel, reference)
        case_id = case_for((await line.look(THREAD, thread)).state, customer_id)
        if case_id is not None:
            return case_id
    return None


async def _find_spam(line: Line, contact_id: UUID) -> Meant:
    about = (await known_contact(line, contact_id)).recorded
    of_its_team = await works_in(line, about.team_id)
    command = FindSpam(found_by=line.by, imported=line.imported, at=line.at, of_its_team=of_its_team)
    return Meant(key=contact_id, command=command, answer={"contact_id": contact_id})


async def known_contact(line: Line, contact_id: UUID) -> Recorded | Spam:
    """Return the contact, if the asker's company is party to its agreement.

    Raises:
        ContactUnknown: there is none that the asker may know of.
        ContactNotImported: a source tells of a contact that people recorded.
        NotYoursToTell: another company's operator told of it.
    """
    known = await line.look(CONTACT, contact_id)
    state: Contact = known.state
    if isinstance(state, NotRecorded):
        raise ContactUnknown
    await party_or(line, state.recorded.agreement_id, ContactUnknown)
    of_its_kind(state, imported=line.imported)
    await ensure_own_history(line, known)
    return state


def agreement_of_contact(state: Contact) -> UUID | None:
    """Return the agreement that the contact belongs to."""
    return None if isinstance(state, NotRecorded) else state.recorded.agreement_id


RECORD = Operation(
    kind=CONTACT,
    key="external_reference",
    meaning=_record,
    body=ContactReport,
    roles=INTAKE,
    service_may=True,
    status=201,
)
FIND_SPAM = Operation(
    kind=CONTACT,
    key="contact_id",
    meaning=_find_spam,
    path={"contact_id": UUID},
    agreement=agreement_of_contact,
    roles=AGENTS,
)

Sort = Literal["contacted_at", "-contacted_at"]


@router.post(
    "",
    status_code=201,
    response_model=ContactNamed,
    operation_id="recordContact",
    responses=problems(
        Malformed,
        NotFound,
        CustomerUnknown,
        CustomerIsErased,
        CustomerNotImported,
        CaseUnknown,
        CaseNotImported,
        NotOnTheCase,
        OtherCustomer,
        TeamUnknown,
        TeamNotImported,
        NotInTheTeam,
        NoAgreementAtContact,
        CompanyNotParty,
        ServiceNotInAgreement,
        ContactDiffers,
        ContactNotImported,
        SpamRefused,
    ),
)
async def record_contact(body: ContactReport, desk: Annotated[Desk, allowed(*INTAKE, service_may=True)]) -> Response:
    """Record a contact; the same channel and reference again from the same company give the same contact."""
    return await desk.carry_out(RECORD, body)


@router.get(
    "", response_model=Page[ContactListed], operation_id="listContacts", responses=problems(Malformed, NotFound)
)
async def list_contacts(
    desk: Annotated[Desk, allowed(*READERS, service_may=True)],
    agreement_id: UUID | None = None,
    customer_id: UUID | None = None,
    case_id: UUID | None = None,
    team_id: UUID | None = None,
    company: Term | None = None,
    channel: Channel | None = None,
    direction: Direction | None = None,
    external_reference: Reference | None = None,
    thread_reference: Reference | None = None,
    spam: bool | None = None,
    since: AwareDatetime | None = None,
    before: AwareDatetime | None = None,
    sort: Sort = "contacted_at",
) -> Response:
    """List the contacts of the caller's agreements, without what was said."""
    table = contacts.c
    found = given(
        select(contacts),
        (table.agreement_id, await scope(desk, agreement_id)),
        (table.customer_id, customer_id),
        (table.case_id, case_id),
        (table.team_id, team_id),
        (table.company, company),
        (table.channel, channel),
        (table.direction, direction),
        (table.external_reference, external_reference),
        (table.thread_reference, thread_reference),
        (table.spam, spam),
    )
    if since is not None:
        found = found.where(table.contacted_at >= since)
    if before is not None:
        found = found.where(table.contacted_at < before)
    return await desk.page(found, *sorting(contacts, sort, "contact_id"))


@router.get(
    "/{contact_id}",
    response_model=ContactShown,
    operation_id="getContact",
    responses=problems(Malformed, NotFound, ContactUnknown),
)
async def get_contact(contact_id: UUID, desk: Annotated[Desk, allowed(*READERS, service_may=True)]) -> Response:
    """Return a contact; what was said only if the agreement shares it with the caller's company."""
    state = await known_contact(desk, contact_id)
    version = (await desk.look(CONTACT, contact_id)).version
    case_id = state.case_id if isinstance(state, Recorded) else None
    companies = await _taking_part(desk, state)
    about = state.recorded
    origin = Origin(
        customer_id=about.customer_id, agreement_id=about.agreement_id, recorder=about.company, companies=companies
    )
    seen = await show(desk, about.personal, origin)
    return answer(
        {
            **_plain(about),
            "case_id": case_id,
            "spam": isinstance(state, Spam),
            "personal": seen.personal,
            "hidden": seen.hidden,
            "erased": seen.erased,
            "version": version,
        },
        version,
    )


@router.post(
    "/{contact_id}/spam",
    response_model=ContactNamed,
    operation_id="findSpam",
    responses=problems(Malformed, NotFound, ContactUnknown, ContactNotImported, NotYourContact, LinkedElsewhere),
)
async def find_spam(contact_id: UUID, desk: Annotated[Desk, allowed(*AGENTS)]) -> Response:
    """State that a contact turned out to be spam: no case is opened from it."""
    return await desk.carry_out(FIND_SPAM, contact_id=contact_id)


batch_route(router, {"recordContact": RECORD, "findSpam": FIND_SPAM})


async def _taking_part(desk: Desk, contact: Recorded | Spam) -> frozenset[str]:
    """Return who takes part in the contact's case, if its recorder opened that case or said that it is about it."""
    if isinstance(contact, Spam) or contact.case_id is None:
        return frozenset()
    case = (await desk.look(CASE, contact.case_id)).state
    if not isinstance(case, Opened):
        return frozenset()
    return case.companies if contact.said_so or case.opened.company == contact.recorded.company else frozenset()


def _plain(about: ContactRecorded) -> dict[str, Any]:
    return {
        "contact_id": about.contact_id,
        "agreement_id": about.agreement_id,
        "customer_id": about.customer_id,
        "channel": about.channel,
        "external_reference": about.external_reference,
        "thread_reference": about.thread_reference,
        "direction": about.direction,
        "team_id": about.team_id,
        "company": about.company,
        "service": about.service,
        "contacted_at": about.at,
    }
