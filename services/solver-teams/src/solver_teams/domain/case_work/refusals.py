"""Why something was not done with the work of a case."""

from common.refusals import Conflict, Forbidden, Invalid, NotFound


class UnknownWork(NotFound):
    """There is no such case."""


class UnknownItem(NotFound):
    """The case has no open work item of this id."""


class UnknownQuestion(NotFound):
    """Nothing was asked under this id, or it has been answered."""


class FeedbackAwaited(Conflict):
    """A solution is proposed and the customer's word is awaited: nothing can be done until a new round."""


class CaseParked(Conflict):
    """The case is parked: nothing can be done until it is taken up again."""


class CaseClosed(Conflict):
    """The customer is content and the case is closed: nothing can be done until a new round."""


class RoundNotOpenHere(Conflict):
    """That round of the case is not open here yet; try again."""


class RoundIsOver(Conflict):
    """That round of the case is over."""


class NotOffered(Conflict):
    """The work is not offered to this team and company."""


class AcceptedAlready(Conflict):
    """Somebody has accepted the work: it can be handed over, no longer offered or accepted."""


class NotInWork(Conflict):
    """Nobody has accepted this work yet."""


class CompanyNotInTeam(Conflict):
    """That company gives nobody to the team."""


class NotCovered(Conflict):
    """The team does not cover this service, activity and region."""


class AskedOfOthers(Conflict):
    """Another team has been asked and may still answer: nobody takes the work meanwhile."""


class NotHandedOver(Conflict):
    """No hand-over to this team and company is pending."""


class AlreadyTheirs(Conflict):
    """They hold the work already."""


class Paused(Conflict):
    """The work is paused for another reason: resume it first."""


class LastItem(Conflict):
    """The last open item of a case cannot be withdrawn, for then nobody would hold it."""


class ItemExists(Conflict):
    """An item of this id exists already."""


class QuestionExists(Conflict):
    """A question of this id was asked already."""


class NotAMember(Forbidden):
    """Only a member of that team and of that company may do this."""


class NotTheHolder(Forbidden):
    """Only those who hold the work may do this."""


class NotOnTheCase(Forbidden):
    """Only people of a company on the case do this: the touchpoint's, the accountable one, or one asked to work."""


class NotYoursToDirect(Forbidden):
    """Only the company that holds the work, the one that is accountable or the touchpoint's may do this."""


class NotYoursToTake(Forbidden):
    """Unasked, work is taken only with the company that is accountable or the one that holds it."""


class NotAsked(Forbidden):
    """Only the company that was asked may answer; the touchpoint's answers for the customer."""


class OnlyAsImported(Forbidden):
    """Work is recorded as a source says it happened only when history is imported."""


class TeamOfAnotherAgreement(NotFound):
    """There is no such solver team under this agreement."""


class IncompletePackage(Invalid):
    """A hand-over names the context, what was promised and the next step."""


class ReasonMissing(Invalid):
    """This needs a reason."""


class UnknownPauseReason(Invalid):
    """Work pauses for one of the agreed reasons only; ``other`` needs a note."""


class CodesMissing(Invalid):
    """A solution names its cause and its action."""


class AccountableMissing(Invalid):
    """A case without an accountable company cannot be worked on."""
