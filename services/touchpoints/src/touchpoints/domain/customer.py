"""A customer: known by a company's reference, personal data sealed under a key of their own, erasable for ever."""

from datetime import datetime
from uuid import UUID

from common.deciders import Decider
from common.refusals import Conflict, Forbidden, NotFound
from common.values import Person, Sealed, value
from touchpoints.domain.sharing import COMMENT


@value
class RegisterCustomer:
    """Make a customer known. ``fingerprint`` tells equal personal data apart from other without showing it."""

    customer_id: UUID
    agreement_id: UUID
    company: str
    external_reference: str
    language: str
    channel: str | None
    public_key: str
    personal: Sealed
    fields: tuple[str, ...]
    fingerprint: str
    imported: bool
    at: datetime


@value
class ChangeCustomer:
    """Correct what is known: the whole of it anew."""

    language: str
    channel: str | None
    personal: Sealed
    fields: tuple[str, ...]
    fingerprint: str
    imported: bool
    at: datetime


@value
class EraseCustomer:
    """Forget the person: their key is destroyed with this."""

    erased_by: Person
    reason: str
    at: datetime


@value
class DisclosePersonalData:
    """Put on record that somebody asked for personal data in the clear."""

    asked_by: Person
    purpose: str
    fields: tuple[str, ...]
    at: datetime


@value
class OpenComments:
    """Put on record that somebody asked for what the customer said in feedback, in the clear."""

    asked_by: Person
    purpose: str
    at: datetime


@value
class CustomerRegistered:
    """The customer is known; ``fields`` names which personal data the seal holds, never their values.

    ``imported``: a source told of them.
    """

    customer_id: UUID
    agreement_id: UUID
    company: str
    external_reference: str
    language: str
    channel: str | None
    public_key: str
    personal: Sealed
    fields: tuple[str, ...]
    fingerprint: str
    imported: bool
    at: datetime


@value
class CustomerChanged:
    """What is known of the customer was corrected."""

    customer_id: UUID
    agreement_id: UUID
    language: str
    channel: str | None
    personal: Sealed
    fields: tuple[str, ...]
    fingerprint: str
    at: datetime


@value
class CustomerErased:
    """The customer's key is destroyed; whatever was sealed under it reads as erased."""

    customer_id: UUID
    agreement_id: UUID
    erased_by: Person
    reason: str
    at: datetime


@value
class PersonalDataDisclosed:
    """Somebody was given personal data in the clear: who, what for, which fields."""

    customer_id: UUID
    agreement_id: UUID
    asked_by: Person
    purpose: str
    fields: tuple[str, ...]
    at: datetime


@value
class NotRegistered:
    """Nobody has made them known."""


@value
class Registered:
    """The customer as last stated."""

    customer_id: UUID
    agreement_id: UUID
    company: str
    external_reference: str
    language: str
    channel: str | None
    public_key: str
    personal: Sealed
    fields: tuple[str, ...]
    fingerprint: str
    imported: bool


@value
class Erased:
    """The customer as far as may still be known."""

    customer_id: UUID
    agreement_id: UUID
    company: str
    fields: tuple[str, ...]
    imported: bool


Command = RegisterCustomer | ChangeCustomer | EraseCustomer | DisclosePersonalData | OpenComments
Event = CustomerRegistered | CustomerChanged | CustomerErased | PersonalDataDisclosed
Customer = NotRegistered | Registered | Erased


class CustomerUnknown(NotFound):
    """There is no such customer."""


class CustomerNotImported(Forbidden):
    """History is told only of customers that were imported themselves."""


class CustomerDiffers(Conflict):
    """A customer with this reference is known with other particulars; correct them instead."""


class CustomerIsErased(Conflict):
    """The customer's personal data was erased and cannot be brought back or added to."""


class NothingToDisclose(Conflict):
    """None of the fields asked for is known of this customer."""


def decide(state: Customer, command: Command) -> list[Event]:
    """Return the facts *command* brings about, or raise the refusal."""
    match command:
        case RegisterCustomer():
            return _register(state, command)
        case ChangeCustomer():
            return _change(state, command)
        case EraseCustomer():
            return _erase(state, command)
        case DisclosePersonalData():
            return _disclose(registered(state), command)
        case OpenComments():
            return [_disclosed(registered(state), command, (COMMENT,))]


def registered(state: Customer) -> Registered:
    """Return the customer if they are known and not erased, else raise the refusal."""
    match state:
        case NotRegistered():
            raise CustomerUnknown
        case Erased():
            raise CustomerIsErased
        case Registered():
            return state


def of_its_kind(customer: Customer, *, imported: bool) -> None:
    """Hold that a source begins customers, or tells of those it began; of others it learns nothing."""
    if imported and not isinstance(customer, NotRegistered) and not customer.imported:
        raise CustomerNotImported


def _register(state: Customer, command: RegisterCustomer) -> list[Event]:
    of_its_kind(state, imported=command.imported)
    match state:
        case NotRegistered():
            return [_registration(command)]
        case Registered() if _particulars(state) == _particulars(command):
            return []
        case Registered():
            raise CustomerDiffers
        case Erased():
            raise CustomerIsErased


def _registration(command: RegisterCustomer) -> CustomerRegistered:
    return CustomerRegistered(
        customer_id=command.customer_id,
        agreement_id=command.agreement_id,
        company=command.company,
        external_reference=command.external_reference,
        language=command.language,
        channel=command.channel,
        public_key=command.public_key,
        personal=command.personal,
        fields=command.fields,
        fingerprint=command.fingerprint,
        imported=command.imported,
        at=command.at,
    )


def _particulars(customer: Registered | RegisterCustomer) -> tuple[object, ...]:
    return (customer.company, customer.language, customer.channel, customer.fields, customer.fingerprint)


def _change(state: Customer, command: ChangeCustomer) -> list[Event]:
    of_its_kind(state, imported=command.imported)
    customer = registered(state)
    if not corrects(customer, command):
        return []
    return [
        CustomerChanged(
            customer_id=customer.customer_id,
            agreement_id=customer.agreement_id,
            language=command.language,
            channel=command.channel,
            personal=command.personal,
            fields=command.fields,
            fingerprint=command.fingerprint,
            at=command.at,
        )
    ]


def corrects(customer: Registered, command: ChangeCustomer) -> bool:
    """Tell whether *command* says anything that is not known of the customer."""
    before = (customer.language, customer.channel, customer.fields, customer.fingerprint)
    return before != (command.language, command.channel, command.fields, command.fingerprint)


def _erase(state: Customer, command: EraseCustomer) -> list[Event]:
    match state:
        case NotRegistered():
            raise CustomerUnknown
        case Erased():
            return []
        case Registered(customer_id=customer_id, agreement_id=agreement_id):
            return [
                CustomerErased(
                    customer_id=customer_id,
                    agreement_id=agreement_id,
                    erased_by=command.erased_by,
                    reason=command.reason,
                    at=command.at,
                )
            ]


def _disclose(customer: Registered, command: DisclosePersonalData) -> list[Event]:
    fields = tuple(field for field in command.fields if field in customer.fields)
    if not fields:
        raise NothingToDisclose
    return [_disclosed(customer, command, fields)]


def _disclosed(
    customer: Registered, command: DisclosePersonalData | OpenComments, fields: tuple[str, ...]
) -> PersonalDataDisclosed:
    return PersonalDataDisclosed(
        customer_id=customer.customer_id,
        agreement_id=customer.agreement_id,
        asked_by=command.asked_by,
        purpose=command.purpose,
        fields=fields,
        at=command.at,
    )


def concerns_what_is_known(event: Event) -> bool:
    """Tell whether *event* says who the customer is, rather than that somebody asked or that they are forgotten."""
    return isinstance(event, CustomerRegistered | CustomerChanged)


def evolve(state: Customer, event: Event) -> Customer:
    """Return the customer after *event*."""
    match state, event:
        case _, CustomerRegistered():
            return _as_registered(event)
        case Registered(), CustomerChanged():
            return _as_changed(state, event)
        case Registered(), CustomerErased():
            return _as_erased(state)
        case _:
            return state


def _as_registered(event: CustomerRegistered) -> Registered:
    return Registered(
        customer_id=event.customer_id,
        agreement_id=event.agreement_id,
        company=event.company,
        external_reference=event.external_reference,
        language=event.language,
        channel=event.channel,
        public_key=event.public_key,
        personal=event.personal,
        fields=event.fields,
        fingerprint=event.fingerprint,
        imported=event.imported,
    )


def _as_changed(state: Registered, event: CustomerChanged) -> Registered:
    return Registered(
        customer_id=state.customer_id,
        agreement_id=state.agreement_id,
        company=state.company,
        external_reference=state.external_reference,
        language=event.language,
        channel=event.channel,
        public_key=state.public_key,
        personal=event.personal,
        fields=event.fields,
        fingerprint=event.fingerprint,
        imported=state.imported,
    )


def _as_erased(state: Registered) -> Erased:
    return Erased(
        customer_id=state.customer_id,
        agreement_id=state.agreement_id,
        company=state.company,
        fields=state.fields,
        imported=state.imported,
    )


decider: Decider[Customer, Command, Event] = Decider(initial=NotRegistered(), decide=decide, evolve=evolve)
