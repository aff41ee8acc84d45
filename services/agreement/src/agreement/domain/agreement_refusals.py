"""Why an agreement does not change."""

from common.refusals import Conflict, Forbidden, Invalid, NotFound


class UnknownAgreement(NotFound):
    """There is no such agreement, or your company is no party to it."""


class AlreadyDrafted(Conflict):
    """Your company has drafted another agreement under this reference."""


class UnsoundParties(Invalid):
    """An agreement has at least two parties, each named once, and the drafter's company is one of them."""


class UnsoundDate(Invalid):
    """The date of effect is no date that an agreement can have."""


class NothingOnTheTable(Conflict):
    """There is no draft and no proposal: what is in force changes by amendment only."""


class NotProposed(Conflict):
    """Nothing has been proposed for signing."""


class Incomplete(Conflict):
    """Each party needs an individual commitment, and all together a collective one."""


class AnotherContent(Conflict):
    """The content has changed: read it again and sign the hash it has now."""


class AnotherMap(Conflict):
    """The boundaries have changed: read them again and approve the hash they have now."""


class AmendmentOnTheTable(Conflict):
    """Another version is being signed: change it, or withdraw it first."""


class NotYetInForce(Conflict):
    """What is not in force yet is changed, not amended."""


class NotLater(Conflict):
    """A version takes effect after the one before it."""


class ProposedByAnother(Forbidden):
    """Only the company that proposed can withdraw; another declines to sign."""


class OnlyAManager(Forbidden):
    """Only a manager binds a company."""


class OnlyAnExpert(Forbidden):
    """Only a subject-matter expert approves boundaries."""


class UnknownVersion(NotFound):
    """The agreement has no such version."""
