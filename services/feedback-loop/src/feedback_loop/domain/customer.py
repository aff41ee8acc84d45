"""Which cases a customer has here, so that an erasure reaches each of them."""

from datetime import datetime
from typing import assert_never
from uuid import UUID

from common.deciders import Decider
from common.values import value


@value
class LinkCase:
    """A case of the customer was opened."""

    customer_id: UUID
    agreement_id: UUID
    case_id: UUID
    at: datetime


@value
class LearnErasure:
    """The customer's personal data was erased, where it is kept."""

    customer_id: UUID
    agreement_id: UUID
    at: datetime


@value
class CustomerLinked:
    """The case is one of the customer's."""

    customer_id: UUID
    agreement_id: UUID
    case_id: UUID
    at: datetime


@value
class ErasureLearned:
    """The customer is erased: nobody can be asked any more."""

    customer_id: UUID
    agreement_id: UUID
    at: datetime


@value
class Present:
    """A customer who can be asked, as far as is known here."""

    cases: tuple[UUID, ...] = ()


@value
class Erased:
    """A customer whose personal data is gone since a moment."""

    cases: tuple[UUID, ...]
    since: datetime


Command = LinkCase | LearnErasure
Fact = CustomerLinked | ErasureLearned
Customer = Present | Erased


def decide(state: Customer, command: Command) -> list[Fact]:
    """Return what is new in *command*; the same told twice is nothing new."""
    match command:
        case LinkCase():
            return _link(state, command)
        case LearnErasure():
            return _learn(state, command)
        case _:
            assert_never(command)


def _link(state: Customer, command: LinkCase) -> list[Fact]:
    if command.case_id in state.cases:
        return []
    return [
        CustomerLinked(
            customer_id=command.customer_id,
            agreement_id=command.agreement_id,
            case_id=command.case_id,
            at=command.at,
        )
    ]


def _learn(state: Customer, command: LearnErasure) -> list[Fact]:
    match state:
        case Present():
            return [ErasureLearned(customer_id=command.customer_id, agreement_id=command.agreement_id, at=command.at)]
        case Erased():
            return []


def evolve(state: Customer, fact: Fact) -> Customer:
    """Return the customer after *fact*."""
    match state, fact:
        case Present(cases=cases), CustomerLinked(case_id=case_id):
            return Present(cases=(*cases, case_id))
        case Erased(cases=cases, since=since), CustomerLinked(case_id=case_id):
            return Erased(cases=(*cases, case_id), since=since)
        case _, ErasureLearned(at=at):
            return Erased(cases=state.cases, since=at)


decider: Decider[Customer, Command, Fact] = Decider(initial=Present(), decide=decide, evolve=evolve)
