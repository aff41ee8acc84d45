"""What more than one service refuses by the same rule: one class, so one problem type and one sentence."""

from common.refusals import Forbidden


class NotYoursToTell(Forbidden):
    """Only the company that told of this first, or one on the imported case it is part of, tells more as history."""


class CaseNotImported(Forbidden):
    """History is told only of cases that were imported themselves."""


class TeamNotImported(Forbidden):
    """History is told only of teams that were imported themselves."""


class NotYourPeople(Forbidden):
    """A company sends and withdraws its own people only."""
