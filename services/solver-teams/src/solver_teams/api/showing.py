"""The work of a case as a company is shown it: its state, and of what people wrote what is shared with the company."""

from common.values import Confided
from solver_teams.api.disclosing import Reader
from solver_teams.api.views import (
    CrewShown,
    HandOverShown,
    ItemShown,
    PackageShown,
    PauseShown,
    ProposalShown,
    QuestionShown,
    ReceivedShown,
    WorkShown,
)
from solver_teams.domain.case_work.facts import Package
from solver_teams.domain.case_work.states import (
    Answered,
    Awaiting,
    Closed,
    InHands,
    InWork,
    Item,
    Offered,
    Parked,
    Proposed,
    Question,
)
from solver_teams.domain.hand_offs import Crew
from solver_teams.domain.routing import Proposal
from solver_teams.projections.work import AWAITING, CLOSED, IN_WORK, PARKED

Opened = InWork | Awaiting | Parked | Closed


def work_of(state: Opened, reader: Reader) -> WorkShown:
    """Return the work of a case as *reader* is shown it."""
    case, hidden = state.case, set[str]()
    items = state.items if isinstance(state, InWork | Parked) else ()
    return WorkShown(
        case_id=case.case_id,
        agreement_id=case.agreement_id,
        agreement_version=case.agreement_version,
        accountable=case.accountable,
        company=case.company,
        service=case.service,
        activity=case.activity,
        region=case.region,
        state=state_of(state),
        parked=state.reason if isinstance(state, Parked) else None,
        round=case.round,
        items=[_item(item, reader, hidden) for item in items],
        held_in_round=[_crew(crew) for crew in case.held],
        last_holder=_crew(case.last) if case.last else None,
        hand_offs=case.track.hand_offs,
        company_changes=case.track.company_changes,
        returned=case.track.returned,
        hidden=sorted(hidden),
    )


def state_of(state: Opened) -> str:
    """Return the name of *state*, as lists and filters have it."""
    match state:
        case InWork():
            return IN_WORK
        case Awaiting():
            return AWAITING
        case Parked():
            return PARKED
        case Closed():
            return CLOSED


def _item(item: Item, reader: Reader, hidden: set[str]) -> ItemShown:
    match item:
        case Proposed() | Offered():
            return _unaccepted(item)
        case InHands():
            return _in_hands(item, reader, hidden)


def _unaccepted(item: Proposed | Offered) -> ItemShown:
    asked = item.to if isinstance(item, Offered) else None
    return ItemShown(
        item_id=item.item_id,
        state="offered" if asked else "proposed",
        holder=CrewShown(team_id=None, company=item.company),
        proposal=_proposal(item.proposal),
        offered_to=_crew(asked) if asked else None,
        hand_over=None,
        pause=None,
        questions=[],
    )


def _in_hands(item: InHands, reader: Reader, hidden: set[str]) -> ItemShown:
    return ItemShown(
        item_id=item.item_id,
        state="in-work",
        holder=_crew(item.holder),
        proposal=None,
        offered_to=None,
        hand_over=_hand_over(item, reader, hidden),
        pause=_pause(item, reader, hidden),
        questions=[
            *(_answered(one, reader, hidden) for one in item.answered),
            *(_question(one, reader, hidden) for one in item.questions),
        ],
        received=_received(item, reader, hidden),
    )


def _hand_over(item: InHands, reader: Reader, hidden: set[str]) -> HandOverShown | None:
    pending = item.hand_over
    if pending is None:
        return None

    shown = _package(pending.package, reader, hidden, item.holder.company, pending.to.company)
    return HandOverShown(to=_crew(pending.to), package=shown)


def _received(item: InHands, reader: Reader, hidden: set[str]) -> ReceivedShown | None:
    received = item.received
    if received is None:
        return None
    shown = _package(received.package, reader, hidden, received.giver.company, item.holder.company)
    return ReceivedShown(giver=_crew(received.giver), package=shown)


def _package(package: Package, reader: Reader, hidden: set[str], *between: str) -> PackageShown:
    def told(words: Confided) -> str | None:
        return reader.words("hand_over_package", words, hidden, *between)

    return PackageShown(
        context=told(package.context), promises=told(package.promises), next_step=told(package.next_step)
    )


def _pause(item: InHands, reader: Reader, hidden: set[str]) -> PauseShown | None:
    pause = item.pause
    if pause is None:
        return None
    note = None if pause.note is None else reader.words("work_note", pause.note, hidden, item.holder.company)
    return PauseShown(reason=pause.reason, note=note)


def _question(one: Question, reader: Reader, hidden: set[str]) -> QuestionShown:
    asked = one.asked_company or reader.case.company
    question = reader.words("work_question", one.question, hidden, one.company, asked)
    return QuestionShown(question_id=one.question_id, asked_company=one.asked_company, question=question)


def _answered(one: Answered, reader: Reader, hidden: set[str]) -> QuestionShown:
    asked = _question(one.question, reader, hidden)
    answer = reader.words("work_question", one.answer, hidden, *one.between)
    return asked.model_copy(update={"answered": True, "answer": answer})


def _crew(crew: Crew) -> CrewShown:
    return CrewShown(team_id=crew.team_id, company=crew.company)


def _proposal(proposal: Proposal | None) -> ProposalShown | None:
    if proposal is None:
        return None
    return ProposalShown(team_id=proposal.team_id, company=proposal.company, reasons=list(proposal.reasons))
