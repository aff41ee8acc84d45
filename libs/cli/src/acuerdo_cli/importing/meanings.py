"""What one row of a source says in Acuerdo's words, once the mapping has read it."""

from datetime import datetime
from enum import StrEnum

from common.values import value


class Means(StrEnum):
    """What a row can mean. The values are the words of the mapping file."""

    QUEUED = "queued"
    IN_WORK = "in-work"
    PAUSED = "paused"
    SOLVED = "solved"
    POSITIVE = "positive"
    NEGATIVE = "negative"
    WITHDRAWN = "withdrawn"
    PASSED_ON = "passed-on"
    NOTE = "note"


@value
class Team:
    """Who does the work: a team of one company, both as the source names them."""

    company: str
    name: str
    level: str = ""


@value
class Circumstances:
    """What a case is about: codes that the agreement of the import defines, and the customer's language."""

    service: str
    activity: str
    region: str
    priority: str
    language: str
    about: str


@value
class Moment:
    """One row, understood: at ``at`` the case ``case`` was with ``team``, and this was so."""

    line: int
    case: str
    at: datetime
    means: Means
    team: Team
    person: str
    said: str
    reason: str
    about: Circumstances
