"""What a loop can be, holding what its rules ask."""

from datetime import datetime
from uuid import UUID

from common.values import Confided, value
from feedback_loop.domain.loop_facts import FeedbackTaken, ParkingProposed, Share
from feedback_loop.domain.terms import LoopTerms


@value
class Round:
    """One turn of the loop; ``negative`` is the answer that it has to amend, ``cause_by`` the company that said why."""

    number: int
    negative: UUID | None = None
    cause: Confided | None = None
    cause_by: str = ""
    attribution: tuple[Share, ...] = ()


@value
class Request:
    """One asking of the customer: what was sent of it, and whether it was answered."""

    request_id: UUID
    round: int
    asked_at: datetime
    expires_at: datetime
    imported: bool
    answered: bool = False
    reminders: int = 0
    reminded_at: datetime | None = None
    issued: frozenset[tuple[int, str]] = frozenset()
    delivered: frozenset[int] = frozenset()


@value
class Action:
    """A corrective action of a round; ``evidence`` is what showed that it was done."""

    action_id: UUID
    round: int
    feedback_id: UUID | None
    company: str
    evidence: Confided | None = None
    done: bool = False


@value
class About:
    """By what a customer knows their case again: the reference they were given, the service, and when it began."""

    external_reference: str | None
    service: str
    opened_at: datetime


@value
class Life:
    """What every opened case keeps, whatever stage it is in; ``company`` is the touchpoint's, one of ``companies``.

    ``imported_by``: the company that told of an imported case, None where that is not known.
    """

    case_id: UUID
    agreement_id: UUID
    customer_id: UUID
    customer_key: str
    language: str
    terms: LoopTerms
    imported: bool
    round: Round
    requests: tuple[Request, ...] = ()
    actions: tuple[Action, ...] = ()
    inquiries: frozenset[UUID] = frozenset()
    counted: UUID | None = None
    returns: frozenset[datetime] = frozenset()
    erased: bool = False
    company: str = ""
    companies: frozenset[str] = frozenset()
    imported_by: str | None = None
    about: About | None = None

    def request(self, request_id: UUID) -> Request | None:
        """Return the asking *request_id*, if it is one of this case."""
        return next((one for one in self.requests if one.request_id == request_id), None)

    def superseded(self, request: Request) -> bool:
        """Tell whether the customer was given the link of a later asking: until then, that of *request* is good."""
        later = self.requests[self.requests.index(request) + 1 :]
        return any(one.delivered for one in later)

    def action(self, action_id: UUID) -> Action | None:
        """Return the corrective action *action_id*, if it is one of this case."""
        return next((one for one in self.actions if one.action_id == action_id), None)

    def repaired(self, *, imported: bool) -> bool:
        """Tell whether the customer may be asked: nothing to amend, or its cause is stated and an action done.

        The customer's reason is known by then as well, but to what is told as history: not every source says it.
        """
        amended = any(action.done and action.round == self.round.number for action in self.actions)
        reasoned = imported or self.round.negative not in self.inquiries
        return self.round.negative is None or (reasoned and self.round.cause is not None and amended)


@value
class InWork:
    """The round's solution is being worked on."""


@value
class SolutionWaits:
    """A solution is there, but the customer cannot be asked yet: something is to amend first, or the case rests."""


@value
class AwaitingFeedback:
    """The customer was asked."""

    request_id: UUID


@value
class Silent:
    """The customer did not answer: a person's task."""

    request_id: UUID


@value
class FollowUp:
    """The customer is neither content nor discontent: a person's task."""

    feedback_id: UUID


@value
class FeedbackToApprove:
    """A person took feedback; a second one of another company has to approve it."""

    taken: FeedbackTaken
    before: AwaitingFeedback | Silent | FollowUp


Stage = InWork | SolutionWaits | AwaitingFeedback | Silent | FollowUp | FeedbackToApprove


@value
class NotOpened:
    """There is no such case here."""


@value
class Open:
    """The loop goes round; a parking may be proposed beside whatever happens."""

    life: Life
    stage: Stage
    parking: ParkingProposed | None = None


@value
class Parked:
    """The case rests at the stage it had, still open."""

    life: Life
    stage: Stage
    parking: ParkingProposed
    since: datetime


@value
class Closed:
    """The customer was content with the last round."""

    life: Life
    feedback_id: UUID
    since: datetime


Loop = NotOpened | Open | Parked | Closed
