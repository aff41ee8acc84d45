"""What touchpoints keeps: its kinds of things, the stored names of their facts, and which facts leave the service."""

from typing import Any
from uuid import UUID, uuid5

from common.history import AnyKind, History, Kind
from touchpoints.domain import agreement, case, contact, customer, team, thread
from touchpoints.domain.opening import CaseOpened, PriorityProposed
from touchpoints.domain.timeline import TimelineNoted

AGREEMENT = Kind(name="agreement", decider=agreement.decider)
TEAM = Kind(name="team", decider=team.decider, told_by_one=True)
CUSTOMER = Kind(name="customer", decider=customer.decider, lives=customer.concerns_what_is_known, told_by_one=True)
CONTACT = Kind(name="contact", decider=contact.decider, told_by_one=True)
THREAD = Kind(name="thread", decider=thread.decider)
CASE = Kind(name="case", decider=case.decider, told_by_one=True)


def _live(raw: dict[str, Any]) -> dict[str, Any]:
    """Take a thing that was begun before this was said for one that people began: no source tells of it."""
    return {**raw, "imported": False}


def _open_to_none(raw: dict[str, Any]) -> dict[str, Any]:
    """Take a team that was registered before this was asked for one that its company opens when it says so."""
    return {**raw, "open_to": []}


def _by_work_alone(raw: dict[str, Any]) -> dict[str, Any]:
    """Let only work make a company take part, where any mention did."""
    by_work = raw["milestone"] in {"work-offered", "work-accepted", "hand-over-accepted"}
    return {**raw, "takes_part": by_work and raw["company"] is not None}


history = History(
    service="touchpoints",
    kinds=(AGREEMENT, TEAM, CUSTOMER, CONTACT, THREAD, CASE),
    names={
        "terms-learned": agreement.TermsLearned,
        "team-registered": team.TeamRegistered,
        "team-opened": team.TeamOpened,
        "member-joined": team.MemberJoined,
        "member-left": team.MemberLeft,
        "customer-registered": customer.CustomerRegistered,
        "customer-changed": customer.CustomerChanged,
        "customer-erased": customer.CustomerErased,
        "personal-data-disclosed": customer.PersonalDataDisclosed,
        "contact-recorded": contact.ContactRecorded,
        "contact-linked": contact.ContactLinked,
        "contact-found-to-be-spam": contact.ContactFoundToBeSpam,
        "thread-tied": thread.ThreadTied,
        "case-opened": CaseOpened,
        "priority-proposed": PriorityProposed,
        "priority-decided": case.PriorityDecided,
        "customer-heard": case.CustomerHeard,
        "customer-came-back": case.CustomerCameBack,
        "timeline-noted": TimelineNoted,
    },
    upcasts={
        "customer-registered": [_live],
        "contact-recorded": [_live],
        "team-registered": [_live, _open_to_none],
        "timeline-noted": [_by_work_alone],
    },
    private=frozenset({"terms-learned", "personal-data-disclosed", "thread-tied", "customer-heard", "timeline-noted"}),
)


def by_reference(kind: AnyKind, agreement_id: UUID, namer: str, reference: str) -> UUID:
    """Return the id of the thing of *kind* that the company *namer* calls *reference*: the same every time.

    Who names is who says so, in whosever name it tells: nobody takes, tries or begins what another company calls so.
    """
    return uuid5(agreement_id, f"{kind.name}:{namer}:{reference}")


def contact_by_reference(agreement_id: UUID, namer: str, channel: str, reference: str) -> UUID:
    """Return the id of the contact that the company *namer* calls *reference* on *channel*, as ``by_reference``."""
    return uuid5(agreement_id, f"{CONTACT.name}:{namer}:{channel}:{reference}")


def thread_by_reference(agreement_id: UUID, owner: str, channel: str, reference: str) -> UUID:
    """Return the key of the thread *reference* on *channel* of *owner*: a company, or what ``told_by`` names it as."""
    return uuid5(agreement_id, f"{THREAD.name}:{owner}:{channel}:{reference}")


def told_by(company: str) -> str:
    """Return the owner of threads that the source of *company* told of, in whosever name: no company is called so."""
    return f"told-by:{company}"
