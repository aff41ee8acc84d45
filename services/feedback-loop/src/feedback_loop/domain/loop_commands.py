"""What can be asked of a loop. There is no command to close it.

``recorded_by`` is whoever tells it to the system: the same person as ``by``, or the operator of an import. Whether it
is theirs to tell, and whether a second person decides, is asked of whoever tells it: an operator may say of anybody
that it was they. ``imported``: it is told of a case that was imported itself.
"""

from datetime import datetime
from uuid import UUID

from common.values import Confided, Person, Sealed, value
from feedback_loop.domain.loop_facts import ParkingReason, Share
from feedback_loop.domain.terms import LoopTerms


@value
class Solution:
    """What was wrong, what was done about it, and whose work it was."""

    cause: str
    action: str
    attribution: tuple[Share, ...]


@value
class OpenLoop:
    """A case was opened; ``terms`` are those in force then. ``request_id`` asks at once about a solution at contact.

    ``imported_by``: the company that told of an imported case.
    """

    case_id: UUID
    agreement_id: UUID
    terms: LoopTerms
    customer_id: UUID
    customer_key: str
    language: str
    company: str
    team_id: UUID | None
    accountable: str
    accountable_clause: str | None
    service: str
    activity: str
    region: str
    priority: str
    external_reference: str | None
    solution: Solution | None
    request_id: UUID
    imported: bool
    imported_by: str | None
    at: datetime


@value
class NoteSolution:
    """The solver teams propose a solution of a round; the customer is asked under ``request_id``."""

    round: int
    solution: Solution
    request_id: UUID
    imported: bool
    at: datetime


@value
class IssueSurveyLink:
    """Hand the link of a request to an integrator."""

    request_id: UUID
    to: Person
    at: datetime


@value
class ConfirmDelivery:
    """The integrator delivered the link, or the *n*-th reminder, to the customer."""

    request_id: UUID
    n: int
    by: Person
    at: datetime


@value
class ReceiveFeedback:
    """The customer answers through the link."""

    request_id: UUID
    round: int
    feedback_id: UUID
    score: int
    reason: Confided | None
    stage: str | None
    comment: Sealed | None
    at: datetime


@value
class TakeFeedback:
    """A person wrote down what the customer said."""

    feedback_id: UUID
    scale: str
    score: int
    channel: str
    reason: Confided | None
    stage: str | None
    comment: Sealed | None
    imported: bool
    by: Person
    recorded_by: Person
    at: datetime


@value
class ApproveFeedback:
    """A second person of another company confirms the feedback that waits (this one, when it is named)."""

    feedback_id: UUID | None
    imported: bool
    by: Person
    recorded_by: Person
    at: datetime


@value
class RefuseFeedback:
    """A second person does not confirm it."""

    feedback_id: UUID | None
    reason: Confided
    imported: bool
    by: Person
    recorded_by: Person
    at: datetime


@value
class AnswerInquiry:
    """A person found out why the customer rated so; a solution that waited for it is asked about."""

    feedback_id: UUID
    reason: Confided
    channel: str
    stage: str | None
    moment: datetime | None
    account: Sealed | None
    request_id: UUID
    imported: bool
    by: Person
    recorded_by: Person
    at: datetime


@value
class StateRootCause:
    """A person says why the customer was not satisfied; a solution that waited for it is asked about."""

    cause: Confided
    request_id: UUID
    imported: bool
    by: Person
    recorded_by: Person
    at: datetime


@value
class OpenCorrectiveAction:
    """A person asks a company, a team or a person to put something right by a date."""

    action_id: UUID
    company: str
    team_id: UUID | None
    person: str | None
    what: Confided
    due: datetime
    imported: bool
    by: Person
    recorded_by: Person
    at: datetime


@value
class FinishCorrectiveAction:
    """It was put right; a solution that waited for it is asked about under ``request_id``."""

    action_id: UUID
    evidence: Confided
    request_id: UUID
    imported: bool
    by: Person
    recorded_by: Person
    at: datetime


@value
class AskAgain:
    """A person wants the customer asked once more about this round."""

    request_id: UUID
    imported: bool
    by: Person
    recorded_by: Person
    at: datetime


@value
class WorkAgain:
    """A person decides that a neutral answer needs another round of work."""

    imported: bool
    by: Person
    recorded_by: Person
    at: datetime


@value
class Primary:
    """The case that another one duplicates, as it stands when that is said.

    ``duplicates``: what it duplicates itself, though that be only proposed.
    """

    case_id: UUID
    agreement_id: UUID
    customer_id: UUID
    duplicates: UUID | None


@value
class ProposeParking:
    """A person wants to let the case rest."""

    reason: ParkingReason
    text: Confided
    primary: Primary | None
    imported: bool
    by: Person
    recorded_by: Person
    at: datetime


@value
class ApproveParking:
    """A second person agrees; ``primary`` is the duplicated case as it stands now."""

    primary: Primary | None
    imported: bool
    by: Person
    recorded_by: Person
    at: datetime


@value
class RefuseParking:
    """A second person wants the case to go on."""

    reason: Confided
    imported: bool
    by: Person
    recorded_by: Person
    at: datetime


@value
class Unpark:
    """A person lets the case go on; a customer who had been asked is asked afresh under ``request_id``."""

    note: Confided
    request_id: UUID
    imported: bool
    by: Person
    recorded_by: Person
    at: datetime


@value
class ComeBack:
    """The customer of a closed or parked case made contact about it again; ``by`` None: another service heard it."""

    contact_id: UUID | None
    by: Person | None
    recorded_by: Person | None
    imported: bool
    at: datetime


@value
class NoteErasure:
    """The customer's personal data was erased."""

    at: datetime


@value
class Tick:
    """Time has passed."""

    at: datetime


Command = (
    OpenLoop
    | NoteSolution
    | IssueSurveyLink
    | ConfirmDelivery
    | ReceiveFeedback
    | TakeFeedback
    | ApproveFeedback
    | RefuseFeedback
    | AnswerInquiry
    | StateRootCause
    | OpenCorrectiveAction
    | FinishCorrectiveAction
    | AskAgain
    | WorkAgain
    | ProposeParking
    | ApproveParking
    | RefuseParking
    | Unpark
    | ComeBack
    | NoteErasure
    | Tick
)
