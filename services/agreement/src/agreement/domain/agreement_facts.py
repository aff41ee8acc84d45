"""What happens to an agreement."""

from datetime import datetime
from uuid import UUID

from agreement.domain.terms import Terms
from common.values import Person, value


@value
class PartyName:
    """What a party is called, as it registered itself."""

    company: str
    name: str


@value
class AgreementDrafted:
    """A first draft is before the parties."""

    agreement_id: UUID
    title: str
    parties: tuple[str, ...]
    effective_from: datetime
    terms: Terms
    by: Person
    at: datetime


@value
class TermsChanged:
    """What is on the table has changed; no signature stands any more."""

    agreement_id: UUID
    version: int
    effective_from: datetime
    terms: Terms
    by: Person
    at: datetime


@value
class AmendmentDrafted:
    """A next version is on the table."""

    agreement_id: UUID
    version: int
    effective_from: datetime
    terms: Terms
    by: Person
    at: datetime


@value
class AgreementProposed:
    """What is on the table is frozen for signing under these hashes."""

    agreement_id: UUID
    version: int
    content_hash: str
    boundaries_hash: str
    by: Person
    at: datetime


@value
class AgreementSigned:
    """A company is bound, through its manager, to the content that has this hash."""

    agreement_id: UUID
    version: int
    content_hash: str
    by: Person
    at: datetime


@value
class SignatureDeclined:
    """A company does not sign, and says why; a signature it gave before stands no more."""

    agreement_id: UUID
    version: int
    content_hash: str
    reason: str
    by: Person
    at: datetime


@value
class ProposalWithdrawn:
    """The proposal is off the table; its terms remain a draft."""

    agreement_id: UUID
    version: int
    content_hash: str
    reason: str
    by: Person
    at: datetime


@value
class BoundariesApproved:
    """A company's subject-matter expert approves the map of competence that has this hash."""

    agreement_id: UUID
    version: int
    boundaries_hash: str
    by: Person
    at: datetime


@value
class AgreementInForce:
    """All have signed and all experts have approved: the version binds from its date of effect.

    ``party_names`` are the names at that moment, for people to read; nobody signs them, and none are known of old.
    """

    agreement_id: UUID
    version: int
    content_hash: str
    effective_from: datetime
    parties: tuple[str, ...]
    party_names: tuple[PartyName, ...]
    terms: Terms
    at: datetime


Fact = (
    AgreementDrafted
    | TermsChanged
    | AmendmentDrafted
    | AgreementProposed
    | AgreementSigned
    | SignatureDeclined
    | ProposalWithdrawn
    | BoundariesApproved
    | AgreementInForce
)
