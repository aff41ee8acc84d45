"""What a company claims of another, and what becomes of a claim that the agreement does not know.

Whatever the agreement in force did not say cannot be claimed; it is kept as a proposal to improve the agreement.
"""

from datetime import datetime
from uuid import UUID

from agreement.domain.terms import Clause, bound_by
from common.deciders import Decider
from common.refusals import Conflict, Forbidden, Invalid, NotFound
from common.values import Person, replace, value


@value
class Cited:
    """The clause a claim cites, as it was in force when the event happened."""

    version: int
    clause: Clause


@value
class FileClaim:
    """Claim that a company broke a clause. ``cited`` is None when no such clause was in force at ``event_at``."""

    claim_id: UUID
    agreement_id: UUID
    parties: tuple[str, ...]
    against: str
    clause_id: str
    cited: Cited | None
    event_at: datetime
    case_id: UUID | None
    description: str
    by: Person
    at: datetime


@value
class ProposeImprovement:
    """Say what the agreement should say."""

    proposal_id: UUID
    agreement_id: UUID
    title: str
    description: str
    by: Person
    at: datetime


@value
class ClaimFiled:
    """A company claims that another broke a clause that was in force."""

    claim_id: UUID
    agreement_id: UUID
    agreement_version: int
    clause_id: str
    against: str
    event_at: datetime
    case_id: UUID | None
    description: str
    by: Person
    at: datetime


@value
class ImprovementProposalFiled:
    """Something that the agreement does not say is proposed. ``claimed_clause_id``: it was refused as a claim."""

    proposal_id: UUID
    agreement_id: UUID
    title: str
    description: str
    claimed_clause_id: str | None
    claimed_against: str | None
    event_at: datetime | None
    case_id: UUID | None
    by: Person
    at: datetime


@value
class NotFiled:
    """Nothing has been said."""


@value
class Claimed:
    """It stands as a claim."""

    fact: ClaimFiled


@value
class Proposed:
    """It stands as a proposal."""

    fact: ImprovementProposalFiled


Claim = NotFiled | Claimed | Proposed
Command = FileClaim | ProposeImprovement
Fact = ClaimFiled | ImprovementProposalFiled


class UnknownClaim(NotFound):
    """There is no such claim or proposal in your agreements."""


class AlreadyFiled(Conflict):
    """Your company has filed something else under this reference."""


class NotFromAParty(Forbidden):
    """Only the parties claim and propose."""


class NotBoundByTheClause(Invalid):
    """The clause does not bind the company that the claim is against."""


class AgainstOneself(Invalid):
    """A company does not claim against itself."""


class NotHappenedYet(Invalid):
    """What is claimed must have happened."""


class UnknownCase(NotFound):
    """There is no such case under this agreement."""


class NotInTheAgreement(Invalid):
    """What the agreement in force did not say cannot be claimed; it has been filed as an improvement proposal."""


def decide(state: Claim, command: Command) -> list[Fact]:
    """Return the facts *command* brings about, or raise the refusal."""
    match command:
        case FileClaim():
            return _once(state, _claim(command))
        case ProposeImprovement():
            return _once(state, _proposal(command))


def _once(state: Claim, fact: Fact) -> list[Fact]:
    match state:
        case NotFiled():
            return [fact]
        case Claimed(fact=filed) | Proposed(fact=filed) if _same(filed, fact):
            return []
        case _:
            raise AlreadyFiled


def _same(filed: Fact, again: Fact) -> bool:
    return replace(again, at=filed.at) == filed


def _claim(command: FileClaim) -> Fact:
    if command.by.company not in command.parties:
        raise NotFromAParty
    if command.event_at > command.at:
        raise NotHappenedYet
    if command.against == command.by.company:
        raise AgainstOneself
    if command.against not in command.parties:
        raise NotBoundByTheClause
    if command.cited is None:
        return _unforeseen(command)
    if bound_by(command.cited.clause) not in (None, command.against):
        raise NotBoundByTheClause
    return ClaimFiled(
        claim_id=command.claim_id,
        agreement_id=command.agreement_id,
        agreement_version=command.cited.version,
        clause_id=command.clause_id,
        against=command.against,
        event_at=command.event_at,
        case_id=command.case_id,
        description=command.description,
        by=command.by,
        at=command.at,
    )


def _unforeseen(command: FileClaim) -> ImprovementProposalFiled:
    return ImprovementProposalFiled(
        proposal_id=command.claim_id,
        agreement_id=command.agreement_id,
        title=f"Not in the agreement: {command.clause_id}",
        description=command.description,
        claimed_clause_id=command.clause_id,
        claimed_against=command.against,
        event_at=command.event_at,
        case_id=command.case_id,
        by=command.by,
        at=command.at,
    )


def _proposal(command: ProposeImprovement) -> ImprovementProposalFiled:
    return ImprovementProposalFiled(
        proposal_id=command.proposal_id,
        agreement_id=command.agreement_id,
        title=command.title,
        description=command.description,
        claimed_clause_id=None,
        claimed_against=None,
        event_at=None,
        case_id=None,
        by=command.by,
        at=command.at,
    )


def evolve(_: Claim, fact: Fact) -> Claim:
    """Return the claim after *fact*; never refuses, for it has happened."""
    match fact:
        case ClaimFiled():
            return Claimed(fact=fact)
        case ImprovementProposalFiled():
            return Proposed(fact=fact)


_initial: Claim = NotFiled()
decider: Decider[Claim, Command, Fact] = Decider(initial=_initial, decide=decide, evolve=evolve)
