"""A contact: a customer and a company were in touch, on some channel, once; its words are sealed."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from common.deciders import Decider
from common.refusals import Conflict, Forbidden, NotFound
from common.values import Person, Sealed, value
from touchpoints.domain.agreement import Terms, ensure_party, ensure_served

Channel = Literal["phone", "email", "chat", "whatsapp", "social", "in-person", "web", "app", "api"]
Direction = Literal["inbound", "outbound"]


@value
class RecordContact:
    """State that there was a contact; ``terms`` is the agreement in force then, ``spam`` its recorder's judgement.

    ``case_id`` is the case that was named with it, ``thread_case_id`` the one that its thread is about.
    """

    contact_id: UUID
    agreement_id: UUID
    terms: Terms | None
    customer_id: UUID
    case_id: UUID | None
    thread_case_id: UUID | None
    channel: Channel
    external_reference: str
    thread_reference: str | None
    direction: Direction
    team_id: UUID | None
    company: str
    service: str | None
    personal: Sealed
    fingerprint: str
    spam: bool
    imported: bool
    at: datetime


@value
class LinkContact:
    """Say which case the contact is about: a person says so, or a rule.

    ``of_its_team``: the person's company is in the team that the contact came to.
    """

    case_id: UUID
    customer_id: UUID
    linked_by: Person | None
    rule: str | None
    imported: bool
    at: datetime
    of_its_team: bool = False


@value
class FindSpam:
    """State that a recorded contact turned out to be spam; ``of_its_team`` as of ``LinkContact``."""

    found_by: Person
    imported: bool
    at: datetime
    of_its_team: bool = False


@value
class ContactRecorded:
    """There was a contact. ``personal`` seals its summary; ``imported``: a source told of it."""

    contact_id: UUID
    agreement_id: UUID
    customer_id: UUID
    case_id: UUID | None
    channel: Channel
    external_reference: str
    thread_reference: str | None
    direction: Direction
    team_id: UUID | None
    company: str
    service: str | None
    personal: Sealed
    fingerprint: str
    imported: bool
    at: datetime


@value
class ContactLinked:
    """The contact is about that case; ``rule`` says why when no person said so."""

    contact_id: UUID
    agreement_id: UUID
    customer_id: UUID
    case_id: UUID
    channel: Channel
    thread_reference: str | None
    direction: Direction
    contacted_at: datetime
    linked_by: Person | None
    rule: str | None
    at: datetime


@value
class ContactFoundToBeSpam:
    """The contact was spam: no case comes of it."""

    contact_id: UUID
    agreement_id: UUID
    found_by: Person
    at: datetime


@value
class NotRecorded:
    """Nobody has told of it."""


@value
class Recorded:
    """The contact as it was recorded, and the case it is about, if that is known.

    ``said_so``: that it is about this case was said by the company that recorded it, not by another or by a rule.
    """

    recorded: ContactRecorded
    case_id: UUID | None
    said_so: bool


@value
class Spam:
    """It was nothing."""

    recorded: ContactRecorded


Command = RecordContact | LinkContact | FindSpam
Event = ContactRecorded | ContactLinked | ContactFoundToBeSpam
Contact = NotRecorded | Recorded | Spam


class ContactUnknown(NotFound):
    """There is no such contact."""


class ContactNotImported(Forbidden):
    """History is told only of contacts that were imported themselves."""


class NotYourContact(Forbidden):
    """Only the company that recorded a contact says what it is about: a case, a new case, or spam."""


class ContactDiffers(Conflict):
    """A contact with this channel and reference was recorded with other content."""


class SpamRefused(Conflict):
    """Spam is refused at contact and opens no case."""


class NoAgreementAtContact(Conflict):
    """No version of the agreement was in force when the contact took place."""


class LinkedElsewhere(Conflict):
    """The contact is about another case already."""


class OtherCustomer(Conflict):
    """The contact and the case are of different customers."""


def decide(state: Contact, command: Command) -> list[Event]:
    """Return the facts *command* brings about, or raise the refusal."""
    of_its_kind(state, imported=command.imported)
    match command:
        case RecordContact():
            return _record(state, command)
        case LinkContact():
            return _link(usable(state), command)
        case FindSpam():
            return _find_spam(state, command)


def usable(state: Contact) -> Recorded:
    """Return the contact if it is known and no spam, else raise the refusal."""
    match state:
        case NotRecorded():
            raise ContactUnknown
        case Spam():
            raise SpamRefused
        case Recorded():
            return state


def of_its_kind(contact: Contact, *, imported: bool) -> None:
    """Hold that a source begins contacts, or tells of those it began; of others it learns nothing."""
    if imported and not isinstance(contact, NotRecorded) and not contact.recorded.imported:
        raise ContactNotImported


def ensure_own(contact: ContactRecorded, company: str) -> None:
    """Hold that *company* recorded the contact."""
    if contact.company != company:
        raise NotYourContact


def _record(state: Contact, command: RecordContact) -> list[Event]:
    if command.spam:
        raise SpamRefused
    match state:
        case NotRecorded():
            if command.terms is None:
                raise NoAgreementAtContact
            return [_recording(command, command.terms)]
        case Recorded(recorded=before) if _told(before) == _told(command):
            return _told_again(state, command)
        case Spam(recorded=before) if _told(before) == _told(command):
            return []
        case _:
            raise ContactDiffers


def _told_again(contact: Recorded, command: RecordContact) -> list[Event]:
    """Link a contact that now comes with its case, or whose thread has led to one since."""
    if command.case_id is not None and contact.case_id not in {None, command.case_id}:
        raise ContactDiffers
    case_id = command.case_id or command.thread_case_id
    if contact.case_id is not None or case_id is None:
        return []
    return [_linking(contact.recorded, case_id, None, "told again with its case", command.at)]


def _recording(command: RecordContact, terms: Terms) -> ContactRecorded:
    ensure_party(terms, command.company)
    if command.service is not None:
        ensure_served(terms, command.service)
    return ContactRecorded(
        contact_id=command.contact_id,
        agreement_id=command.agreement_id,
        customer_id=command.customer_id,
        case_id=command.case_id or command.thread_case_id,
        channel=command.channel,
        external_reference=command.external_reference,
        thread_reference=command.thread_reference,
        direction=command.direction,
        team_id=command.team_id,
        company=command.company,
        service=command.service,
        personal=command.personal,
        fingerprint=command.fingerprint,
        imported=command.imported,
        at=command.at,
    )


def _told(contact: ContactRecorded | RecordContact) -> tuple[object, ...]:
    """Return what makes a contact told again the same one."""
    return (
        contact.customer_id,
        contact.thread_reference,
        contact.direction,
        contact.team_id,
        contact.company,
        contact.service,
        contact.fingerprint,
    )


def _link(contact: Recorded, command: LinkContact) -> list[Event]:
    about = contact.recorded
    if command.linked_by is not None and not (command.imported or command.of_its_team):
        ensure_own(about, command.linked_by.company)
    if command.customer_id != about.customer_id:
        raise OtherCustomer
    if contact.case_id == command.case_id:
        return []
    if contact.case_id is not None:
        raise LinkedElsewhere(case_id=str(contact.case_id))
    return [_linking(about, command.case_id, command.linked_by, command.rule, command.at)]


def _linking(
    about: ContactRecorded, case_id: UUID, linked_by: Person | None, rule: str | None, at: datetime
) -> ContactLinked:
    return ContactLinked(
        contact_id=about.contact_id,
        agreement_id=about.agreement_id,
        customer_id=about.customer_id,
        case_id=case_id,
        channel=about.channel,
        thread_reference=about.thread_reference,
        direction=about.direction,
        contacted_at=about.at,
        linked_by=linked_by,
        rule=rule,
        at=at,
    )


def _find_spam(state: Contact, command: FindSpam) -> list[Event]:
    if not isinstance(state, NotRecorded) and not (command.imported or command.of_its_team):
        ensure_own(state.recorded, command.found_by.company)
    match state:
        case NotRecorded():
            raise ContactUnknown
        case Spam():
            return []
        case Recorded(case_id=UUID() as case_id):
            raise LinkedElsewhere("a contact that belongs to a case is no spam", case_id=str(case_id))
        case Recorded(recorded=about):
            return [
                ContactFoundToBeSpam(
                    contact_id=about.contact_id,
                    agreement_id=about.agreement_id,
                    found_by=command.found_by,
                    at=command.at,
                )
            ]


def evolve(state: Contact, event: Event) -> Contact:
    """Return the contact after *event*."""
    match state, event:
        case _, ContactRecorded():
            said_so = event.case_id is not None and event.thread_reference is None
            return Recorded(recorded=event, case_id=event.case_id, said_so=said_so)
        case Recorded(recorded=recorded), ContactLinked(case_id=case_id, linked_by=linked_by):
            said_so = linked_by is not None and linked_by.company == recorded.company
            return Recorded(recorded=recorded, case_id=case_id, said_so=said_so)
        case Recorded(recorded=recorded), ContactFoundToBeSpam():
            return Spam(recorded=recorded)
        case _:
            return state


decider: Decider[Contact, Command, Event] = Decider(initial=NotRecorded(), decide=decide, evolve=evolve)
