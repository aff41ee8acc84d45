"""A contact about a case: the case hears of it, and the contact's thread leads to the case from now on."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.handling.types import Look
from common.messaging.reactions import Reaction, Send, unchanged
from common.values import value
from touchpoints.domain.case import HearCustomer
from touchpoints.domain.contact import Channel, Direction, usable
from touchpoints.domain.thread import TieThread
from touchpoints.history import CASE, CONTACT, THREAD, thread_by_reference, told_by


@value
class ContactRecorded:
    """The fields that are read of ``contact-recorded``."""

    contact_id: UUID
    agreement_id: UUID
    customer_id: UUID
    case_id: UUID | None
    channel: Channel
    thread_reference: str | None
    direction: Direction
    at: datetime


@value
class ContactLinked:
    """The fields that are read of ``contact-linked``."""

    contact_id: UUID
    agreement_id: UUID
    customer_id: UUID
    case_id: UUID
    channel: Channel
    thread_reference: str | None
    direction: Direction
    contacted_at: datetime
    at: datetime


async def upon_recorded(fact: ContactRecorded, look: Look) -> Sequence[Send]:
    """Tell the case that the contact was recorded for, if it was for one."""
    return [] if fact.case_id is None else await _sends(fact, fact.case_id, fact.at, look)


async def upon_linked(fact: ContactLinked, look: Look) -> Sequence[Send]:
    """Tell the case that the contact was linked to."""
    return await _sends(fact, fact.case_id, fact.contacted_at, look)


async def _sends(fact: ContactRecorded | ContactLinked, case_id: UUID, at: datetime, look: Look) -> Sequence[Send]:
    heard = HearCustomer(contact_id=fact.contact_id, direction=fact.direction, at=at)
    sends = [Send(kind=CASE, key=case_id, command=heard)]
    if fact.thread_reference is not None:
        contact = await look(CONTACT, fact.contact_id)
        recorded = usable(contact.state).recorded
        owner = recorded.company if contact.teller is None else told_by(contact.teller)
        thread = thread_by_reference(fact.agreement_id, owner, fact.channel, fact.thread_reference)
        tie = TieThread(agreement_id=fact.agreement_id, customer_id=fact.customer_id, case_id=case_id, at=fact.at)
        sends.append(Send(kind=THREAD, key=thread, command=tie))
    return sends


reactions = (
    Reaction(
        source="touchpoints",
        name="contact-recorded",
        shape=ContactRecorded,
        react=upon_recorded,
        upcasts=(unchanged,),
    ),
    Reaction(source="touchpoints", name="contact-linked", shape=ContactLinked, react=upon_linked),
)
