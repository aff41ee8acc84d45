"""A thread of messages on a channel, and the case it is about: how a repeat contact finds its case."""

from datetime import datetime
from uuid import UUID

from common.deciders import Decider
from common.values import value


@value
class TieThread:
    """Say which case the thread is about."""

    agreement_id: UUID
    customer_id: UUID
    case_id: UUID
    at: datetime


@value
class ThreadTied:
    """Contacts of this thread are about that case."""

    agreement_id: UUID
    customer_id: UUID
    case_id: UUID
    at: datetime


@value
class Loose:
    """Nothing is known of the thread."""


@value
class Tied:
    """The thread is about this case of this customer."""

    customer_id: UUID
    case_id: UUID


Command = TieThread
Event = ThreadTied
Thread = Loose | Tied


def decide(state: Thread, command: Command) -> list[Event]:
    """Return the facts *command* brings about; the case named last is the one the thread is about."""
    if state == Tied(customer_id=command.customer_id, case_id=command.case_id):
        return []
    return [
        ThreadTied(
            agreement_id=command.agreement_id,
            customer_id=command.customer_id,
            case_id=command.case_id,
            at=command.at,
        )
    ]


def evolve(_: Thread, event: Event) -> Thread:
    """Return the thread after *event*."""
    return Tied(customer_id=event.customer_id, case_id=event.case_id)


decider: Decider[Thread, Command, Event] = Decider(initial=Loose(), decide=decide, evolve=evolve)


def case_for(state: Thread, customer_id: UUID) -> UUID | None:
    """Return the case that a contact of *customer_id* on this thread is about, if there is one."""
    match state:
        case Tied(customer_id=tied, case_id=case_id) if tied == customer_id:
            return case_id
        case _:
            return None
