"""Customers: known by a company's reference; personal data is sealed and shown to whom the agreement allows."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import exists, select
from starlette.responses import Response

from common.handling import Handling, PeopleActOnIt, Unit
from common.refusals import Forbidden, NotFound, Unavailable
from common.web.batch import batch_route
from common.web.bodies import Body, Shown
from common.web.desk import Desk, allowed, rows
from common.web.operations import Line, Meant, Operation, ensure_own_history, named_agreement, namer_on
from common.web.paging import Page, given
from common.web.past import After, AsOf, History, Limit, history_of
from common.web.problems import Malformed, problems
from common.web.runtime import Runtime
from touchpoints.api.agreements import party_or
from touchpoints.api.keys import Sealer
from touchpoints.api.looking import remembered
from touchpoints.api.personal import ERASED, Origin, shared, show, vault_of
from touchpoints.api.roles import AGENTS, ERASERS, INTAKE, READERS, WHO_NEEDS_IT_CLEAR
from touchpoints.api.scoping import scope
from touchpoints.api.shapes import Code, Language, Reference, answer
from touchpoints.domain.contact import Channel
from touchpoints.domain.customer import (
    ChangeCustomer,
    Customer,
    CustomerDiffers,
    CustomerIsErased,
    CustomerNotImported,
    CustomerUnknown,
    DisclosePersonalData,
    EraseCustomer,
    Erased,
    NothingToDisclose,
    NotRegistered,
    RegisterCustomer,
    Registered,
    corrects,
    of_its_kind,
    registered,
)
from touchpoints.domain.sharing import PersonalField
from touchpoints.history import CASE, CUSTOMER, by_reference
from touchpoints.projections.cases import cases
from touchpoints.projections.contacts import contacts
from touchpoints.projections.customers import customers
from touchpoints.projections.timeline import done_elsewhere

router = APIRouter(prefix="/v1/customers", tags=["customers"])

_CATCH_UP = 5.0
"""Seconds to wait for the rows that tell whether people act on a customer."""

Said = Annotated[str, Field(min_length=1, max_length=500)]


class NotYourCustomer(Forbidden):
    """Only the company that registered a customer corrects or erases them."""


class NotShared(Forbidden):
    """The agreement does not share these fields with your company."""


class PersonalData(Body):
    """What identifies a person; every member may be left out."""

    name: Said | None = None
    """Sealed before it is kept."""
    phone: Said | None = None
    """Sealed before it is kept."""
    email: Said | None = None
    """Sealed before it is kept."""
    address: Said | None = None
    """Sealed before it is kept."""
    document: Said | None = None
    """An identity document's number; sealed before it is kept."""
    birth_date: Said | None = None
    """Sealed before it is kept."""

    def known(self) -> dict[str, str]:
        """Return what was said."""
        return self.model_dump(exclude_none=True)


class CustomerRegistration(Body):
    """A customer to make known. The reference is the company's own for them and must not itself identify a person."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "agreement_id": "0190a7f2-0000-7000-8000-000000000001",
                    "external_reference": "C-1042",
                    "language": "es-MX",
                    "channel": "whatsapp",
                    "personal": {"name": "Lucía Pérez", "phone": "+34 600 000 000"},
                }
            ]
        }
    )

    agreement_id: UUID
    """The agreement that the customer is known under."""
    external_reference: Reference
    """Your company's own name for the customer; it must not identify a person by itself."""
    language: Language
    """BCP 47 tag of the language that they are spoken to in."""
    channel: Channel | None = None
    """How they like to be reached."""
    personal: PersonalData = PersonalData()
    """What is known of them."""


class CustomerCorrection(Body):
    """What is known of the customer, the whole of it anew."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "language": "es",
                    "channel": "email",
                    "personal": {"name": "Lucía Pérez", "email": "lucia@example.com"},
                }
            ]
        }
    )

    language: Language
    """BCP 47 tag of the language that they are spoken to in."""
    channel: Channel | None = None
    """How they like to be reached; none if left out."""
    personal: PersonalData
    """All that is known of them; what is left out is known no longer."""


class Asking(Body):
    """Which personal data somebody needs in the clear, and what for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"purpose": "send-survey", "fields": ["email"]}]})

    purpose: Annotated[Code, Field(examples=["send-survey"])]
    """What for, as a code; it is kept with the asking."""
    fields: Annotated[list[PersonalField], Field(min_length=1, max_length=6)]
    """Which of them; the agreement shares each with your company."""


class CustomerNamed(BaseModel):
    """Which customer it was, and their version now."""

    customer_id: UUID
    version: int


class Disclosed(BaseModel):
    """The personal data asked for, as far as it is known."""

    customer_id: UUID
    personal: dict[str, str]
    version: int


class CustomerListed(Shown):
    """A customer without anything personal; ``fields`` names what is known."""

    customer_id: UUID
    agreement_id: UUID
    company: str
    external_reference: str
    language: str
    channel: str | None
    fields: list[str]
    erased: bool
    registered_at: str
    imported: bool
    told_by: str | None
    """The company whose operator told of the customer as history, in the name of ``company``; null where people did."""


class CustomerShown(Shown):
    """A customer. ``hidden`` names what is known and not shared with the reader's company: it is not empty."""

    customer_id: UUID
    agreement_id: UUID
    company: str
    external_reference: str | None
    language: str | None
    channel: str | None
    personal: dict[str, str]
    hidden: list[str]
    erased: bool
    told_by: str | None
    """The company whose operator told of the customer as history, in the name of ``company``; null where people did."""
    version: int


async def _register(body: CustomerRegistration, line: Line) -> Meant:
    await named_agreement(line, body.agreement_id)
    customer_id = by_reference(CUSTOMER, body.agreement_id, await namer_on(line), body.external_reference)
    sealer = await _sealer(line, customer_id)
    personal = body.personal.known()
    command = RegisterCustomer(
        customer_id=customer_id,
        agreement_id=body.agreement_id,
        company=line.by.company,
        external_reference=body.external_reference,
        language=body.language,
        channel=body.channel,
        public_key=sealer.public_key,
        personal=sealer.seal(personal),
        fields=tuple(sorted(personal)),
        fingerprint=sealer.fingerprint(personal),
        imported=line.imported,
        at=line.at,
    )
    return Meant(key=customer_id, command=command, answer={"customer_id": customer_id}, agreement=body.agreement_id)


async def _sealer(line: Line, customer_id: UUID) -> Sealer:
    """Return what seals for the customer, made now if they are new.

    Raises:
        CustomerNotImported: a source tells of a customer whom people know.
        NotYoursToTell: another company's operator told of them.
        CustomerIsErased: nothing may be added to them.
    """
    known = await line.look(CUSTOMER, customer_id)
    state: Customer = known.state
    of_its_kind(state, imported=line.imported)
    await ensure_own_history(line, known)
    if isinstance(state, Erased):
        raise CustomerIsErased
    sealer = await vault_of(line).make(customer_id)
    if sealer is None:
        raise CustomerIsErased
    return sealer


async def _correct(body: CustomerCorrection, line: Line, customer_id: UUID) -> Meant:
    customer = registered(await known_customer(line, customer_id))
    if customer.company != line.by.company:
        raise NotYourCustomer
    sealer = await vault_of(line).sealer(customer_id)
    if sealer is None:
        raise CustomerIsErased
    personal = body.personal.known()
    command = ChangeCustomer(
        language=body.language,
        channel=body.channel,
        personal=sealer.seal(personal),
        fields=tuple(sorted(personal)),
        fingerprint=sealer.fingerprint(personal),
        imported=line.imported,
        at=line.at,
    )
    if line.imported and corrects(customer, command) and await _attended(line, customer_id):
        raise PeopleActOnIt
    return Meant(key=customer_id, command=command, answer={"customer_id": customer_id})


async def _attended(line: Line, customer_id: UUID) -> bool:
    """Tell whether people were in touch with an imported customer, or opened or act on a case of theirs, anywhere."""
    runtime: Runtime = line.request.app.state.runtime
    cuts = runtime.progress.cuts()
    if await runtime.progress.reached(runtime.service, await runtime.store.head(), _CATCH_UP) is not None:
        attended = await _is_shown_attended(line, runtime, customer_id)
        if runtime.progress.cuts() == cuts:
            return attended
    raise Unavailable("it is not known yet whether people act on this customer; ask again")


async def _is_shown_attended(line: Line, runtime: Runtime, customer_id: UUID) -> bool:
    met = select(contacts.c.contact_id).where(contacts.c.customer_id == customer_id, contacts.c.imported.is_(False))
    theirs = select(cases.c.case_id).where(cases.c.customer_id == customer_id)
    if await rows(runtime, met.limit(1)) or await rows(runtime, theirs.where(done_elsewhere()).limit(1)):
        return True
    for row in await rows(runtime, theirs):
        if (await line.look(CASE, row["case_id"])).lived:
            return True
    return False


async def known_customer(line: Line, customer_id: UUID) -> Registered | Erased:
    """Return the customer, if the asker's company is party to their agreement.

    Raises:
        CustomerUnknown: there is none that the asker may know of.
        CustomerNotImported: a source tells of a customer whom people know.
        NotYoursToTell: another company's operator told of them.
    """
    known = await line.look(CUSTOMER, customer_id)
    state: Customer = known.state
    if isinstance(state, NotRegistered):
        raise CustomerUnknown
    await party_or(line, state.agreement_id, CustomerUnknown)
    of_its_kind(state, imported=line.imported)
    await ensure_own_history(line, known)
    return state


def _agreement(state: Customer) -> UUID | None:
    return None if isinstance(state, NotRegistered) else state.agreement_id


REGISTER = Operation(
    kind=CUSTOMER,
    key="external_reference",
    meaning=_register,
    body=CustomerRegistration,
    roles=INTAKE,
    service_may=True,
    status=201,
)
CORRECT = Operation(
    kind=CUSTOMER,
    key="customer_id",
    meaning=_correct,
    body=CustomerCorrection,
    path={"customer_id": UUID},
    agreement=_agreement,
    roles=AGENTS,
)


@router.post(
    "",
    status_code=201,
    response_model=CustomerNamed,
    operation_id="registerCustomer",
    responses=problems(Malformed, NotFound, CustomerDiffers, CustomerIsErased, CustomerNotImported),
)
async def register_customer(
    body: CustomerRegistration, desk: Annotated[Desk, allowed(*INTAKE, service_may=True)]
) -> Response:
    """Make a customer known; the same reference from the same company gives the same customer."""
    return await desk.carry_out(REGISTER, body)


@router.get(
    "", response_model=Page[CustomerListed], operation_id="listCustomers", responses=problems(Malformed, NotFound)
)
async def list_customers(
    desk: Annotated[Desk, allowed(*READERS, service_may=True)],
    agreement_id: UUID | None = None,
    external_reference: Reference | None = None,
    company: Code | None = None,
    erased: bool | None = None,
    imported: bool | None = None,
    told_by: Code | None = None,
) -> Response:
    """List the customers of the caller's agreements, without personal data, in the order they were registered."""
    table = customers.c
    found = given(
        select(customers),
        (table.agreement_id, await scope(desk, agreement_id)),
        (table.external_reference, external_reference),
        (table.company, company),
        (table.erased, erased),
        (table.imported, imported),
        (table.told_by, told_by),
    )
    return await desk.page(found, table.registered_at, table.customer_id)


@router.get(
    "/{customer_id}",
    response_model=CustomerShown,
    operation_id="getCustomer",
    responses=problems(Malformed, NotFound, CustomerUnknown),
)
async def get_customer(customer_id: UUID, desk: Annotated[Desk, allowed(*READERS, service_may=True)]) -> Response:
    """Return a customer; of the personal data only what the agreement shares with the caller's company."""
    state = await known_customer(desk, customer_id)
    known = await desk.look(CUSTOMER, customer_id)
    told = {"told_by": known.teller, "version": known.version}
    return answer({**await _shown(desk, state), **told}, known.version)


@router.get(
    "/{customer_id}/history",
    response_model=History,
    operation_id="getCustomerHistory",
    responses=problems(Malformed, NotFound, CustomerUnknown),
)
async def get_customer_history(
    customer_id: UUID,
    desk: Annotated[Desk, allowed("team-lead", "manager", "auditor", "operator")],
    after: After = 0,
    limit: Limit = 100,
    as_of: AsOf = None,
) -> Response:
    """Return every fact about the customer, disclosures and erasure too, with its hash chain; all stays sealed."""
    await known_customer(desk, customer_id)
    return await history_of(desk, CUSTOMER.stream(customer_id), after, limit, as_of)


@router.put(
    "/{customer_id}",
    response_model=CustomerNamed,
    operation_id="changeCustomer",
    responses=problems(Malformed, NotFound, CustomerUnknown, CustomerIsErased, NotYourCustomer, CustomerNotImported),
)
async def change_customer(
    customer_id: UUID, body: CustomerCorrection, desk: Annotated[Desk, allowed(*AGENTS)]
) -> Response:
    """Correct what is known of a customer of the caller's company."""
    return await desk.carry_out(CORRECT, body, customer_id=customer_id)


@router.delete(
    "/{customer_id}",
    status_code=204,
    operation_id="eraseCustomer",
    responses=problems(Malformed, NotFound, CustomerUnknown, NotYourCustomer),
)
async def erase_customer(
    customer_id: UUID,
    reason: Literal["customer-request", "retention-ended", "legal-order", "registered-in-error"],
    desk: Annotated[Desk, allowed(*ERASERS)],
) -> Response:
    """Destroy the customer's key: their personal data reads as erased everywhere, for ever."""
    state = await known_customer(desk, customer_id)
    if state.company != desk.by.company:
        raise NotYourCustomer
    command = EraseCustomer(erased_by=desk.by, reason=reason, at=desk.at)
    context = desk.context()

    async def erase(unit: Unit) -> None:
        await unit.handle(CUSTOMER, customer_id, command, context)
        unit.also(vault_of(desk).destroying(customer_id))

    position = await handling(desk).together(erase)
    headers = {"Acuerdo-Position": f"{desk.runtime.service}={position}"} if position else {}
    return Response(status_code=204, headers=headers)


@router.post(
    "/{customer_id}/disclosures",
    response_model=Disclosed,
    operation_id="disclosePersonalData",
    responses=problems(Malformed, NotFound, CustomerUnknown, CustomerIsErased, NotShared, NothingToDisclose),
)
async def disclose(
    customer_id: UUID, body: Asking, desk: Annotated[Desk, allowed(*WHO_NEEDS_IT_CLEAR, service_may=True)]
) -> Response:
    """Give personal data in the clear to whoever needs it, and put on record who asked, what for and which fields."""
    customer = registered(await known_customer(desk, customer_id))
    fields = sorted(set(body.fields))
    if await shared(desk, fields, await _origin(desk, customer)) != fields:
        raise NotShared
    command = DisclosePersonalData(asked_by=desk.by, purpose=body.purpose, fields=tuple(fields), at=desk.at)
    handled = await desk.runtime.handle(CUSTOMER, customer_id, command, context=desk.context())
    known = await vault_of(desk).read(customer_id, customer.personal)
    if known is None:
        raise CustomerIsErased
    personal = {field: known[field] for field in fields if field in known}
    return answer({"customer_id": customer_id, "personal": personal, "version": handled.version}, handled.version)


batch_route(router, {"registerCustomer": REGISTER, "changeCustomer": CORRECT})


def handling(desk: Desk) -> Handling:
    """Return the way in that can write an effect beside the facts."""
    return desk.request.app.state.runtime.handle


async def _shown(desk: Desk, state: Registered | Erased) -> dict[str, Any]:
    match state:
        case Erased():
            seen = ERASED
            about = {"external_reference": None, "language": None, "channel": None}
        case Registered():
            seen = await show(desk, state.personal, await _origin(desk, state))
            about = {
                "external_reference": state.external_reference,
                "language": state.language,
                "channel": state.channel,
            }
    return {
        "customer_id": state.customer_id,
        "agreement_id": state.agreement_id,
        "company": state.company,
        **about,
        "personal": seen.personal,
        "hidden": seen.hidden,
        "erased": seen.erased,
    }


async def _origin(desk: Desk, customer: Registered) -> Origin:
    """Return where the customer comes from; only cases of whoever made them known let others take part.

    Where another company's operator told of the customer, it told of such cases too, and who takes part in them: they
    count from when people of the customer's company act on them.
    """
    own = (cases.c.customer_id == customer.customer_id) & (cases.c.company == customer.company)
    if (await remembered(desk, CUSTOMER, customer.customer_id)).teller not in {None, customer.company}:
        spoken = exists().where(
            contacts.c.case_id == cases.c.case_id,
            contacts.c.company == customer.company,
            contacts.c.imported.is_(False),
        )
        own &= cases.c.imported.is_(False) | spoken | done_elsewhere(by=customer.company)
    found = await desk.rows(select(cases.c.companies).where(own))
    taking_part: Sequence[str] = [company for row in found for company in row["companies"]]
    return Origin(
        customer_id=customer.customer_id,
        agreement_id=customer.agreement_id,
        recorder=customer.company,
        companies=taking_part,
    )
