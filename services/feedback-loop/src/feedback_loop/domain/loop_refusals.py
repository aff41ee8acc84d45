"""Why a loop says no."""

from common.refusals import Conflict, Forbidden, Invalid, NotFound


class LoopUnknown(NotFound):
    """There is no such case here."""


class NotOnTheCase(Forbidden):
    """Only people of a company on the case do this: the touchpoint's, the accountable one, or one that works on it."""


class NotTheTouchpoint(Forbidden):
    """Only the touchpoint's company, which is the face to the customer, takes what the customer says."""


class CaseIsClosed(Conflict):
    """The customer was content and the case is closed; it comes back only with the customer."""


class CaseIsParked(Conflict):
    """The case rests; it must be unparked first."""


class CaseIsNotParked(Conflict):
    """The case does not rest."""


class NothingToAsk(Conflict):
    """There is no solution of this round that the customer could be asked about."""


class CorrectiveActionNeeded(Conflict):
    """Nobody is asked before the negative feedback has its reason, its root cause and a corrective action done."""


class FeedbackNotAsked(Conflict):
    """The customer was not asked about this round, so there is no answer to take."""


class RequestUnknown(NotFound):
    """This case has no such request."""


class RequestOfEarlierRound(Conflict):
    """The request belongs to an earlier round; the last round is what counts."""


class AlreadyAnswered(Conflict):
    """This request was answered already."""


class RequestSuperseded(Conflict):
    """The customer was given the link of a later request: that one is answered."""


class LinkExpired(Conflict):
    """The time to answer through this link has run out."""


class CustomerErased(Conflict):
    """The customer's personal data was erased: nobody can be asked, and no link answers any more."""


class FeedbackWaitsForApproval(Conflict):
    """Feedback that a person took waits for its approval."""


class NoFeedbackToApprove(Conflict):
    """No taken feedback waits for approval, or not this one."""


class DecidedTooEarly(Invalid):
    """Nobody decides on what has not been said yet: a decision is not before what it decides on."""


class SecondPersonNeeded(Conflict):
    """Somebody else than the person who proposed it must decide."""


class SecondCompanyNeeded(Conflict):
    """A person of another company than the one that took the feedback, or told of the proposal, must decide."""


class NoSuchInquiry(NotFound):
    """No inquiry into this feedback waits for an answer."""


class OwnerNotParty(Invalid):
    """The owner of a corrective action must be a party of the agreement."""


class ActionUnknown(NotFound):
    """This case has no such corrective action."""


class NotYourAction(Forbidden):
    """Only the company that owns a corrective action says that it is done."""


class DueIsPast(Invalid):
    """A corrective action is due in the future."""


class ActionDiffers(Conflict):
    """A corrective action with this id was opened already."""


class DoneOnOtherEvidence(Conflict):
    """This corrective action is done already, and other evidence showed it."""


class NoFollowUp(Conflict):
    """Only a neutral answer leaves it to a person whether to work again."""


class ParkingAlreadyProposed(Conflict):
    """A parking was proposed already; a second person must decide on it first."""


class NoParkingProposed(Conflict):
    """Nobody proposed to park this case."""


class PrimaryNeeded(Invalid):
    """A duplicate names the case it duplicates, and nothing else does."""


class PrimaryUnfit(Conflict):
    """A case duplicates another case of the same customer and agreement that is no duplicate itself."""


class NothingToDeliver(Conflict):
    """No link of this request is to be delivered."""
