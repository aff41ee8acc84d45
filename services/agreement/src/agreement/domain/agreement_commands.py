"""What can be wished of an agreement. Each wish has a person behind it."""

from datetime import datetime
from uuid import UUID

from agreement.domain.agreement_facts import PartyName
from agreement.domain.terms import Terms
from common.values import Person, value


@value
class DraftAgreement:
    """Put a first draft before the parties."""

    agreement_id: UUID
    title: str
    parties: tuple[str, ...]
    effective_from: datetime
    terms: Terms
    by: Person
    at: datetime


@value
class ChangeTerms:
    """Change what is on the table; whoever has signed must sign again."""

    effective_from: datetime
    terms: Terms
    by: Person
    at: datetime


@value
class DraftAmendment:
    """Put a next version on the table; the one in force stays in force."""

    effective_from: datetime
    terms: Terms
    by: Person
    at: datetime


@value
class ProposeAgreement:
    """Freeze what is on the table, so that it can be signed."""

    by: Person
    at: datetime


@value
class SignAgreement:
    """Sign for one's company exactly the content that has this hash; ``party_names`` go with a settled version."""

    content_hash: str
    by: Person
    at: datetime
    party_names: tuple[PartyName, ...] = ()


@value
class DeclineToSign:
    """Say for one's company why it does not sign."""

    reason: str
    by: Person
    at: datetime


@value
class WithdrawProposal:
    """Take the proposal from the table; its terms stay as a draft."""

    reason: str
    by: Person
    at: datetime


@value
class ApproveBoundaries:
    """Approve the map of competence for one's company, as its subject-matter expert; ``party_names`` as in signing."""

    boundaries_hash: str
    by: Person
    at: datetime
    party_names: tuple[PartyName, ...] = ()


Command = (
    DraftAgreement
    | ChangeTerms
    | DraftAmendment
    | ProposeAgreement
    | SignAgreement
    | DeclineToSign
    | WithdrawProposal
    | ApproveBoundaries
)
