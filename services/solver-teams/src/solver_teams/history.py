"""What solver-teams keeps: its kinds of things, the stored names of their facts, and which facts leave the service."""

from typing import Any
from uuid import UUID, uuid5

from common.eventstore.confiding import told_openly
from common.history import History, Kind, Upcast
from solver_teams.domain import agreement, team
from solver_teams.domain.case_work import decide, facts

AGREEMENT = Kind(name="agreement", decider=agreement.decider)
TEAM = Kind(name="team", decider=team.decider, told_by_one=True)
CASE_WORK = Kind(name="case_work", decider=decide.decider)


def _live(raw: dict[str, Any]) -> dict[str, Any]:
    """Whatever was not said to be imported is held to be a team of people, whom no import speaks for."""
    return {**raw, "imported": False}


def _confides(field: str) -> Upcast:
    """Return the step from a version that told *field* openly, as older agreements share it with every party."""

    def step(raw: dict[str, Any]) -> dict[str, Any]:
        return raw if raw[field] is None else {**raw, field: told_openly(raw[field])}

    return step


def _answers(raw: dict[str, Any]) -> dict[str, Any]:
    return {**raw, "answer": told_openly(raw["answer"]), "asked_by": None}


def _packs(raw: dict[str, Any]) -> dict[str, Any]:
    return {**raw, "package": {part: told_openly(text) for part, text in raw["package"].items()}}


def _shares_all(raw: dict[str, Any]) -> dict[str, Any]:
    return {**raw, "terms": {**raw["terms"], "sharing": []}}


def _nobody_told(raw: dict[str, Any]) -> dict[str, Any]:
    return {**raw, "imported_by": None}


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
    upcasts={
        "terms-learned": [_shares_all],
        "team-registered": [_live],
        "work-opened": [_nobody_told],
        "item-opened": [_confides("purpose")],
        "item-withdrawn": [_confides("reason")],
        "work-rejected": [_confides("reason")],
        "information-asked": [_confides("question")],
        "information-answered": [_answers],
        "hand-over-offered": [_packs],
        "hand-over-declined": [_confides("reason")],
        "hand-over-withdrawn": [_confides("reason")],
        "work-paused": [_confides("note")],
        "work-noted": [_confides("text")],
    },
    private=frozenset({"terms-learned", "team-listed"}),
)


def team_by_reference(agreement_id: UUID, company: str, reference: str) -> UUID:
    """Return the id of the team that *company* calls *reference*: nobody takes, or tries, another company's."""
    return uuid5(agreement_id, f"{TEAM.name}:{company}:{reference}")


def item_of_round(case_id: UUID, number: int) -> UUID:
    """Return the id of the item that round *number* of a case opens with: the same every time."""
    return uuid5(case_id, f"round-{number}")
