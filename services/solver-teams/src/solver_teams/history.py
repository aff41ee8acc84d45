"""What solver-teams keeps: its kinds of things, the stored names of their facts, and which facts leave the service."""

from typing import Any
from uuid import UUID, uuid5

from common.history import History, Kind
from solver_teams.domain import agreement, team
from solver_teams.domain.case_work import decide, facts

AGREEMENT = Kind(name="agreement", decider=agreement.decider)
TEAM = Kind(name="team", decider=team.decider)
CASE_WORK = Kind(name="case_work", decider=decide.decider)


def _live(raw: dict[str, Any]) -> dict[str, Any]:
    """Whatever was not said to be imported is held to be a team of people, whom no import speaks for."""
    return {**raw, "imported": False}


history = History(
    service="solver-teams",
    kinds=(AGREEMENT, TEAM, CASE_WORK),
    names={
        "terms-learned": agreement.TermsLearned,
        "team-listed": agreement.TeamListed,
        "team-registered": team.TeamRegistered,
        "member-joined": team.MemberJoined,
        "member-left": team.MemberLeft,
        "coverage-changed": team.CoverageChanged,
        "calendar-changed": team.CalendarChanged,
        "work-opened": facts.WorkOpened,
        "team-proposed": facts.TeamProposed,
        "item-opened": facts.ItemOpened,
        "item-withdrawn": facts.ItemWithdrawn,
        "work-offered": facts.WorkOffered,
        "work-accepted": facts.WorkAccepted,
        "work-rejected": facts.WorkRejected,
        "information-asked": facts.InformationAsked,
        "information-answered": facts.InformationAnswered,
        "hand-over-offered": facts.HandOverOffered,
        "hand-over-accepted": facts.HandOverAccepted,
        "hand-over-declined": facts.HandOverDeclined,
        "hand-over-withdrawn": facts.HandOverWithdrawn,
        "work-paused": facts.WorkPaused,
        "work-resumed": facts.WorkResumed,
        "item-solved": facts.ItemSolved,
        "solution-proposed": facts.SolutionProposed,
        "work-seen-elsewhere": facts.WorkSeenElsewhere,
        "work-reopened": facts.WorkReopened,
        "work-parked": facts.WorkParked,
        "work-unparked": facts.WorkUnparked,
        "work-ended": facts.WorkEnded,
        "work-noted": facts.WorkNoted,
    },
    upcasts={"team-registered": [_live]},
    private=frozenset({"terms-learned", "team-listed"}),
)


def item_of_round(case_id: UUID, number: int) -> UUID:
    """Return the id of the item that round *number* of a case opens with: the same every time."""
    return uuid5(case_id, f"round-{number}")
