"""The operations of ``feedback-loop``, written by libs/client/generate.py from its OpenAPI document."""

# ruff: noqa: E501  the sentences are the service's own

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import Any, Literal, NotRequired, TypedDict
from uuid import UUID

from acuerdo_client.batches import Limits, Outcome
from acuerdo_client.calls import Answer, Call, given, part
from acuerdo_client.sending import AsyncSender, Line, Sender

LIMITS = Limits()


class ActionNamed(TypedDict):
    """Which corrective action it was: ``action_id`` names it when it is done."""

    case_id: str
    version: int
    action_id: str


class ActionRow(TypedDict):
    """A corrective action."""

    action_id: str
    company: str
    team_id: str | None
    person: str | None
    what: str | None
    due: str
    opened_at: str
    done_at: NotRequired[str | None]
    evidence: NotRequired[str | None]
    opened_by: NotRequired[Person | None]
    done_by: NotRequired[Person | None]


class Amends(TypedDict):
    """A corrective action that answers the negative experience; the company ``opened_by`` wants it done."""

    action_id: str
    company: str
    what: str | None
    due: str
    done_at: NotRequired[str | None]
    opened_by: NotRequired[str | None]


class AnswerRow(TypedDict):
    """What the customer said; not yet counted, and perhaps never, while nobody approved what a person took."""

    feedback_id: str
    verdict: str
    scale: str
    score: int
    clause_id: str
    agreement_version: int
    source: str
    channel: str
    reason: str | None
    stage: str | None
    comment: Sealed | None
    moment: str
    taken_by: NotRequired[Person | None]
    approved_by: NotRequired[Person | None]
    refused_by: NotRequired[Person | None]
    counts: NotRequired[bool]
    inquired_by: NotRequired[Person | None]


class AskedRow(TypedDict):
    """One asking of the customer."""

    request_id: str
    because: str
    at: str
    expires_at: str
    imported: bool
    reminders: NotRequired[int]
    silent_since: NotRequired[str | None]


class CaseNamed(TypedDict):
    """Which case it was, and the version of its loop now."""

    case_id: str
    version: int


class CloudEvent(TypedDict):
    """A fact as a CloudEvent 1.0; ``type`` names it with its version, and ``/asyncapi.json`` has the shape of ``data``."""

    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    time: str
    subject: str
    datacontenttype: Literal["application/json"]
    dataschema: str
    position: int
    streamversion: int
    agreementid: str
    actor: dict[str, str]
    recordedtime: str
    correlationid: str
    causationid: NotRequired[str | None]
    performedby: NotRequired[str | None]
    imported: bool
    hash: str
    previoushash: str
    covered: str
    data: dict[str, Any]
    confided: NotRequired[dict[str, Kept] | None]
    hidden: NotRequired[list[str] | None]


class Deliveries(TypedDict):
    """What waits to be delivered; those that were confirmed leave the list."""

    items: list[Delivery]


class Delivery(TypedDict):
    """A link on its way to a customer; ``n`` counts the reminders before it and is named in the confirmation."""

    request_id: str
    n: int
    purpose: Literal["asking", "reminder"]
    case_id: str
    agreement_id: str
    customer_id: str
    company: str
    company_name: str
    service_name: str
    language: str
    external_reference: str | None
    round: int
    address: str
    expires_at: str


class DeliveryNamed(TypedDict):
    """Which link reached the customer, and the version of the case's loop now."""

    request_id: str
    n: int
    version: int


class Duplicate(TypedDict):
    """A case beside the one it duplicates: ``state`` and ``verdict`` are the other one's."""

    case_id: str
    state: str
    verdict: str | None


class Facts(TypedDict):
    """Facts in the order of the service's log; ``next`` is the ``after`` to go on with."""

    items: list[CloudEvent]
    next: int


class FeedbackNamed(TypedDict):
    """Which answer of the customer it was: ``feedback_id`` names it when it is approved, refused or inquired into."""

    case_id: str
    version: int
    feedback_id: str


class History(TypedDict):
    """Part of a thing's history, the oldest fact first; ``next`` is the ``after`` of the part that follows, if any."""

    stream: str
    items: list[Past]
    next: int | None


class Kept(TypedDict):
    """A text that stands beside its fact, and the salt that its digest was made with."""

    salt: str
    text: str


class Listed(TypedDict):
    """A loop in a list. ``state`` says what it waits for; ``verdict`` and ``source`` are of the last answer."""

    case_id: str
    agreement_id: str
    agreement_version: int
    customer_id: str
    company: str
    accountable: str
    service: str
    activity: str
    region: str
    priority: str
    external_reference: str | None
    state: str
    round: int
    verdict: str | None
    source: str | None
    escalated_to: str | None
    parking_proposed: str | None
    parked_reason: str | None
    parked_at: str | None
    duplicate_of: str | None
    opened_at: str
    changed_at: str
    closed_at: str | None
    imported: bool
    customer_erased: bool
    version: int


class Loop(TypedDict):
    """A loop with all its rounds; ``duplicates`` (and theirs) rest with it, ``primary`` is the case they rest with."""

    case_id: str
    agreement_id: str
    agreement_version: int
    customer_id: str
    language: str
    company: str
    accountable: str
    accountable_clause: str | None
    service: str
    activity: str
    region: str
    priority: str
    external_reference: str | None
    state: str
    stage: str
    stage_before: str
    round: int
    verdict: str | None
    source: str | None
    escalated_to: str | None
    parking_proposed: str | None
    parked_reason: str | None
    parked_at: str | None
    duplicate_of: str | None
    request_id: str | None
    request_imported: bool
    request_expires_at: str | None
    reminders: int
    delivered: int
    opened_at: str
    changed_at: str
    closed_at: str | None
    version: int
    imported: bool
    customer_erased: bool
    rounds: list[RoundRow]
    companies: list[str]
    sharing: dict[str, Literal["recorder", "case-companies", "all-parties"]]
    duplicates: list[Duplicate]
    primary: Duplicate | None
    hidden: list[str]


class PageListed(TypedDict):
    items: list[Listed]
    next: str | None


class PageRecovery(TypedDict):
    items: list[Recovery]
    next: str | None


class PageTask(TypedDict):
    items: list[Task]
    next: str | None


class Past(TypedDict):
    """A fact of a thing's history and its link in the chain."""

    version: int
    position: int
    event_id: str
    name: str
    data_schema: int
    at: str
    recorded_at: str
    actor: dict[str, str]
    performed_by: str | None
    imported: bool
    data: dict[str, Any]
    confided: dict[str, Kept]
    hidden: list[str]
    covered: str
    previous: str
    hash: str


class Person(TypedDict):
    """A named person who acts for a company in a role; every decision has one."""

    person: str
    company: str
    role: str


class Recovery(TypedDict):
    """A negative experience and, once there is one, its positive one; ``companies`` did the work it was about."""

    case_id: str
    feedback_id: str
    agreement_id: str
    accountable: str
    companies: list[str]
    round: int
    scale: str
    score: int
    reason: str | None
    source: str
    negative_at: str
    actions: list[Amends]
    positive_feedback_id: str | None
    positive_score: int | None
    positive_source: str | None
    positive_at: str | None
    rounds_to_recovery: int | None
    seconds_to_recovery: float | None
    imported: bool
    taken_by: str | None
    inquired_by: str | None
    hidden: list[str]


class RecoverySummaries(TypedDict):
    """One entry for each agreement, accountable company and provenance."""

    items: list[RecoverySummary]


class RecoverySummary(TypedDict):
    """How often, in how many rounds and how soon negative experiences became positive, imported history apart."""

    agreement_id: str
    company: str
    imported: bool
    negatives: int
    recovered: int
    recovery_rate: float
    rounds_to_recovery: float | None
    seconds_to_recovery: float | None


class RequestNamed(TypedDict):
    """Under which request the customer is asked."""

    case_id: str
    version: int
    request_id: str


class RoundRow(TypedDict):
    """One turn of the loop."""

    round: int
    reason: str
    opened_at: str
    solution: NotRequired[SolutionRow | None]
    asked: NotRequired[list[AskedRow]]
    answers: NotRequired[list[AnswerRow]]
    root_cause: NotRequired[str | None]
    root_cause_by: NotRequired[Person | None]
    actions: NotRequired[list[ActionRow]]
    escalated_to: NotRequired[str | None]
    closed_at: NotRequired[str | None]


class Sealed(TypedDict):
    """Personal data encrypted under one customer's key: readable only while that key lives."""

    key: str
    box: str


class Share(TypedDict):
    """A team that worked on a round, and its company."""

    team_id: str | None
    company: str


class SolutionRow(TypedDict):
    """What was proposed, and whose work it was."""

    cause: str
    action: str
    attribution: list[Share]
    at: str


class Summaries(TypedDict):
    """One entry for each agreement, accountable company and provenance."""

    items: list[Summary]


class Summary(TypedDict):
    """The cases for which a company is accountable; imported history apart."""

    agreement_id: str
    company: str
    imported: bool
    cases: int
    rounds: int
    closed: int
    closed_by_link: int
    closed_by_taken_feedback: int
    open: int
    in_work: int
    awaiting_feedback: int
    parked: int
    reopened_cases: int


class Task(TypedDict):
    """Something a person must do about a case. ``ref`` is the feedback, the action or the case that it is about."""

    task: str
    case_id: str
    ref: str
    agreement_id: str
    round: int
    proposed_by_company: str | None
    imported: bool
    since: str
    company: str
    accountable: str
    priority: str
    language: str


class FeedbackLoopService:
    """What ``feedback-loop`` answers."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list_loops(
        self,
        *,
        agreement_id: UUID | str | None = None,
        state: list[
            Literal[
                "in-work",
                "solution-waits-for-action",
                "awaiting-feedback",
                "silent",
                "feedback-to-approve",
                "follow-up",
                "parked",
                "closed",
            ]
        ]
        | None = None,
        verdict: Literal["positive", "neutral", "negative"] | None = None,
        company: str | None = None,
        imported: bool | None = None,
        sort: Literal["opened_at", "-opened_at", "changed_at", "-changed_at", "round", "-round"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageListed]:
        """Give the loops of the caller's agreements."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="GET",
                path="/v1/loops",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "state": state,
                        "verdict": verdict,
                        "company": company,
                        "imported": imported,
                        "sort": sort,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def every_loops(
        self,
        *,
        agreement_id: UUID | str | None = None,
        state: list[
            Literal[
                "in-work",
                "solution-waits-for-action",
                "awaiting-feedback",
                "silent",
                "feedback-to-approve",
                "follow-up",
                "parked",
                "closed",
            ]
        ]
        | None = None,
        verdict: Literal["positive", "neutral", "negative"] | None = None,
        company: str | None = None,
        imported: bool | None = None,
        sort: Literal["opened_at", "-opened_at", "changed_at", "-changed_at", "round", "-round"] | None = None,
        limit: int | None = None,
    ) -> Iterator[Listed]:
        """As ``list_loops``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="feedback-loop",
                method="GET",
                path="/v1/loops",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "state": state,
                        "verdict": verdict,
                        "company": company,
                        "imported": imported,
                        "sort": sort,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def read_loop(self, case_id: UUID | str, *, as_of: datetime | str | None = None) -> Answer[Loop]:
        """Give a loop as it stands, or as it stood."""
        return self._sender.send(
            Call(
                service="feedback-loop", method="GET", path=f"/v1/loops/{part(case_id)}", query=given({"as_of": as_of})
            )
        )

    def read_loop_history(
        self,
        case_id: UUID | str,
        *,
        after: int | None = None,
        limit: int | None = None,
        as_of: datetime | str | None = None,
    ) -> Answer[History]:
        """Give the facts of a loop with their hashes, so that anybody entitled can check that nothing was rewritten."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="GET",
                path=f"/v1/loops/{part(case_id)}/history",
                query=given({"after": after, "limit": limit, "as_of": as_of}),
            )
        )

    def take_feedback(
        self,
        case_id: UUID | str,
        *,
        scale: str,
        score: int,
        channel: str,
        reason: str | None = None,
        stage: str | None = None,
        comment: str | None = None,
        feedback_id: UUID | str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[FeedbackNamed]:
        """Write down what the customer told the touchpoint; it counts when a person of another company approves it."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/taken-feedback",
                body=given(
                    {
                        "scale": scale,
                        "score": score,
                        "channel": channel,
                        "reason": reason,
                        "stage": stage,
                        "comment": comment,
                        "feedback_id": feedback_id,
                    }
                ),
                key=key,
                version=version,
            )
        )

    def approve_feedback(
        self,
        case_id: UUID | str,
        *,
        feedback_id: UUID | str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[CaseNamed]:
        """Confirm feedback that a person of another company took: of one that is on the case, if there is another."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/approvals",
                body=given({"feedback_id": feedback_id}),
                key=key,
                version=version,
            )
        )

    def refuse_feedback(
        self,
        case_id: UUID | str,
        *,
        reason: str,
        feedback_id: UUID | str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[CaseNamed]:
        """Do not confirm feedback that a person of another company took: the customer is awaited as before."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/refusals",
                body=given({"reason": reason, "feedback_id": feedback_id}),
                key=key,
                version=version,
            )
        )

    def answer_inquiry(
        self,
        case_id: UUID | str,
        feedback_id: UUID | str,
        *,
        reason: str,
        channel: str,
        stage: str | None = None,
        moment: datetime | str | None = None,
        account: str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[FeedbackNamed]:
        """State why the customer rated so; a solution that waited only for this is asked about."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/inquiries/{part(feedback_id)}/answers",
                body=given(
                    {"reason": reason, "channel": channel, "stage": stage, "moment": moment, "account": account}
                ),
                key=key,
                version=version,
            )
        )

    def state_root_cause(
        self, case_id: UUID | str, *, cause: str, version: int | None = None, key: str | None = None
    ) -> Answer[CaseNamed]:
        """State why the customer was not satisfied; a later statement corrects an earlier one."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/root-causes",
                body=given({"cause": cause}),
                key=key,
                version=version,
            )
        )

    def open_corrective_action(
        self,
        case_id: UUID | str,
        *,
        company: str,
        what: str,
        due: datetime | str,
        team_id: UUID | str | None = None,
        person: str | None = None,
        action_id: UUID | str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ActionNamed]:
        """Give a company of the agreement something to put right, which brings it onto the case."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/corrective-actions",
                body=given(
                    {
                        "company": company,
                        "team_id": team_id,
                        "person": person,
                        "what": what,
                        "due": due,
                        "action_id": action_id,
                    }
                ),
                key=key,
                version=version,
            )
        )

    def finish_corrective_action(
        self,
        case_id: UUID | str,
        action_id: UUID | str,
        *,
        evidence: str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ActionNamed]:
        """Show that it was put right; only its owner's people can."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/corrective-actions/{part(action_id)}/completions",
                body=given({"evidence": evidence}),
                key=key,
                version=version,
            )
        )

    def ask_again(
        self, case_id: UUID | str, *, version: int | None = None, key: str | None = None
    ) -> Answer[RequestNamed]:
        """Ask the customer once more about the last round, with a fresh link and the reminders from the beginning."""
        return self._sender.send(
            Call(
                service="feedback-loop", method="POST", path=f"/v1/loops/{part(case_id)}/asks", key=key, version=version
            )
        )

    def work_again(
        self, case_id: UUID | str, *, version: int | None = None, key: str | None = None
    ) -> Answer[CaseNamed]:
        """Open another round after a neutral answer."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/rounds",
                key=key,
                version=version,
            )
        )

    def come_back(
        self, case_id: UUID | str, *, version: int | None = None, key: str | None = None
    ) -> Answer[CaseNamed]:
        """Note that the customer of a closed or parked case came back: another round; an open case is left as it is."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/returns",
                key=key,
                version=version,
            )
        )

    def propose_parking(
        self,
        case_id: UUID | str,
        *,
        reason: Literal["withdrawn", "unreachable", "duplicate", "opened-in-error"],
        text: str,
        primary_case_id: UUID | str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[CaseNamed]:
        """Propose to let the case rest, still open."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/parkings",
                body=given({"reason": reason, "text": text, "primary_case_id": primary_case_id}),
                key=key,
                version=version,
            )
        )

    def approve_parking(
        self, case_id: UUID | str, *, version: int | None = None, key: str | None = None
    ) -> Answer[CaseNamed]:
        """Agree, as a second person, that the case rests."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/parking-approvals",
                key=key,
                version=version,
            )
        )

    def refuse_parking(
        self, case_id: UUID | str, *, reason: str, version: int | None = None, key: str | None = None
    ) -> Answer[CaseNamed]:
        """Decide, as a second person, that the case goes on."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/parking-refusals",
                body=given({"reason": reason}),
                key=key,
                version=version,
            )
        )

    def unpark(
        self, case_id: UUID | str, *, reason: str, version: int | None = None, key: str | None = None
    ) -> Answer[CaseNamed]:
        """Let a resting case go on where it rested; a customer whose answer was awaited is asked afresh."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/unparkings",
                body=given({"reason": reason}),
                key=key,
                version=version,
            )
        )

    def batch_loops(self, *, lines: Iterable[Line], limits: Limits = LIMITS) -> Iterator[Outcome]:
        """Do many operations, a line each; the answer has one outcome for each line, in order."""
        return self._sender.batch(Call(service="feedback-loop", method="POST", path="/v1/loops/batch"), lines, limits)

    def list_tasks(
        self,
        *,
        task: list[
            Literal[
                "call-customer",
                "approve-feedback",
                "follow-up",
                "inquire",
                "approve-parking",
                "state-root-cause",
                "open-corrective-action",
                "finish-corrective-action",
            ]
        ]
        | None = None,
        agreement_id: UUID | str | None = None,
        company: str | None = None,
        imported: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageTask]:
        """Give what waits for a person in the caller's agreements, the longest waiting first; parked cases rest."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="GET",
                path="/v1/tasks",
                query=given(
                    {
                        "task": task,
                        "agreement_id": agreement_id,
                        "company": company,
                        "imported": imported,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def every_tasks(
        self,
        *,
        task: list[
            Literal[
                "call-customer",
                "approve-feedback",
                "follow-up",
                "inquire",
                "approve-parking",
                "state-root-cause",
                "open-corrective-action",
                "finish-corrective-action",
            ]
        ]
        | None = None,
        agreement_id: UUID | str | None = None,
        company: str | None = None,
        imported: bool | None = None,
        limit: int | None = None,
    ) -> Iterator[Task]:
        """As ``list_tasks``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="feedback-loop",
                method="GET",
                path="/v1/tasks",
                query=given(
                    {
                        "task": task,
                        "agreement_id": agreement_id,
                        "company": company,
                        "imported": imported,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def list_recoveries(
        self,
        *,
        agreement_id: UUID | str | None = None,
        company: str | None = None,
        recovered: bool | None = None,
        imported: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageRecovery]:
        """Give the pairs of the caller's agreements, the latest negative experience first."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="GET",
                path="/v1/recoveries",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "company": company,
                        "recovered": recovered,
                        "imported": imported,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def every_recoveries(
        self,
        *,
        agreement_id: UUID | str | None = None,
        company: str | None = None,
        recovered: bool | None = None,
        imported: bool | None = None,
        limit: int | None = None,
    ) -> Iterator[Recovery]:
        """As ``list_recoveries``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="feedback-loop",
                method="GET",
                path="/v1/recoveries",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "company": company,
                        "recovered": recovered,
                        "imported": imported,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def summarize_recoveries(self, *, agreement_id: UUID | str | None = None) -> Answer[RecoverySummaries]:
        """Give recovery rate, rounds and time to recovery by agreement and accountable company."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="GET",
                path="/v1/recoveries/summary",
                query=given({"agreement_id": agreement_id}),
            )
        )

    def summarize_loops(self, *, agreement_id: UUID | str | None = None) -> Answer[Summaries]:
        """Count the cases of the caller's agreements by agreement, accountable company and provenance."""
        return self._sender.send(
            Call(service="feedback-loop", method="GET", path="/v1/summary", query=given({"agreement_id": agreement_id}))
        )

    def list_survey_deliveries(
        self, *, agreement_id: UUID | str | None = None, limit: int | None = None
    ) -> Answer[Deliveries]:
        """Hand out the links of the caller's own touchpoints that wait; to whom each went is kept as a fact."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="GET",
                path="/v1/survey-deliveries",
                query=given({"agreement_id": agreement_id, "limit": limit}),
            )
        )

    def confirm_survey_delivery(
        self, request_id: UUID | str, *, n: int, version: int | None = None, key: str | None = None
    ) -> Answer[DeliveryNamed]:
        """State that a link reached the customer; only who was given it can."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/survey-deliveries/{part(request_id)}/confirmations",
                body=given({"n": n}),
                key=key,
                version=version,
            )
        )

    def open_survey(self, token: str) -> Answer[Any]:
        """Show the question. Nothing is recorded, whoever opens the link: a person, a preview or a scanner."""
        return self._sender.send(Call(service="feedback-loop", method="GET", path=f"/survey/{part(token)}"))

    def answer_survey(self, token: str, *, version: int | None = None, key: str | None = None) -> Answer[Any]:
        """Record the customer's answer, once."""
        return self._sender.send(
            Call(service="feedback-loop", method="POST", path=f"/survey/{part(token)}", key=key, version=version)
        )

    def list_facts(
        self, *, after: int | None = None, limit: int | None = None, agreement_id: UUID | str | None = None
    ) -> Answer[Facts]:
        """Give the published facts of the caller's agreements as CloudEvents, oldest first."""
        return self._sender.send(
            Call(
                service="feedback-loop",
                method="GET",
                path="/v1/facts",
                query=given({"after": after, "limit": limit, "agreement_id": agreement_id}),
            )
        )


class AsyncFeedbackLoopService:
    """What ``feedback-loop`` answers."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    async def list_loops(
        self,
        *,
        agreement_id: UUID | str | None = None,
        state: list[
            Literal[
                "in-work",
                "solution-waits-for-action",
                "awaiting-feedback",
                "silent",
                "feedback-to-approve",
                "follow-up",
                "parked",
                "closed",
            ]
        ]
        | None = None,
        verdict: Literal["positive", "neutral", "negative"] | None = None,
        company: str | None = None,
        imported: bool | None = None,
        sort: Literal["opened_at", "-opened_at", "changed_at", "-changed_at", "round", "-round"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageListed]:
        """Give the loops of the caller's agreements."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="GET",
                path="/v1/loops",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "state": state,
                        "verdict": verdict,
                        "company": company,
                        "imported": imported,
                        "sort": sort,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def every_loops(
        self,
        *,
        agreement_id: UUID | str | None = None,
        state: list[
            Literal[
                "in-work",
                "solution-waits-for-action",
                "awaiting-feedback",
                "silent",
                "feedback-to-approve",
                "follow-up",
                "parked",
                "closed",
            ]
        ]
        | None = None,
        verdict: Literal["positive", "neutral", "negative"] | None = None,
        company: str | None = None,
        imported: bool | None = None,
        sort: Literal["opened_at", "-opened_at", "changed_at", "-changed_at", "round", "-round"] | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Listed]:
        """As ``list_loops``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="feedback-loop",
                method="GET",
                path="/v1/loops",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "state": state,
                        "verdict": verdict,
                        "company": company,
                        "imported": imported,
                        "sort": sort,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    async def read_loop(self, case_id: UUID | str, *, as_of: datetime | str | None = None) -> Answer[Loop]:
        """Give a loop as it stands, or as it stood."""
        return await self._sender.send(
            Call(
                service="feedback-loop", method="GET", path=f"/v1/loops/{part(case_id)}", query=given({"as_of": as_of})
            )
        )

    async def read_loop_history(
        self,
        case_id: UUID | str,
        *,
        after: int | None = None,
        limit: int | None = None,
        as_of: datetime | str | None = None,
    ) -> Answer[History]:
        """Give the facts of a loop with their hashes, so that anybody entitled can check that nothing was rewritten."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="GET",
                path=f"/v1/loops/{part(case_id)}/history",
                query=given({"after": after, "limit": limit, "as_of": as_of}),
            )
        )

    async def take_feedback(
        self,
        case_id: UUID | str,
        *,
        scale: str,
        score: int,
        channel: str,
        reason: str | None = None,
        stage: str | None = None,
        comment: str | None = None,
        feedback_id: UUID | str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[FeedbackNamed]:
        """Write down what the customer told the touchpoint; it counts when a person of another company approves it."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/taken-feedback",
                body=given(
                    {
                        "scale": scale,
                        "score": score,
                        "channel": channel,
                        "reason": reason,
                        "stage": stage,
                        "comment": comment,
                        "feedback_id": feedback_id,
                    }
                ),
                key=key,
                version=version,
            )
        )

    async def approve_feedback(
        self,
        case_id: UUID | str,
        *,
        feedback_id: UUID | str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[CaseNamed]:
        """Confirm feedback that a person of another company took: of one that is on the case, if there is another."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/approvals",
                body=given({"feedback_id": feedback_id}),
                key=key,
                version=version,
            )
        )

    async def refuse_feedback(
        self,
        case_id: UUID | str,
        *,
        reason: str,
        feedback_id: UUID | str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[CaseNamed]:
        """Do not confirm feedback that a person of another company took: the customer is awaited as before."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/refusals",
                body=given({"reason": reason, "feedback_id": feedback_id}),
                key=key,
                version=version,
            )
        )

    async def answer_inquiry(
        self,
        case_id: UUID | str,
        feedback_id: UUID | str,
        *,
        reason: str,
        channel: str,
        stage: str | None = None,
        moment: datetime | str | None = None,
        account: str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[FeedbackNamed]:
        """State why the customer rated so; a solution that waited only for this is asked about."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/inquiries/{part(feedback_id)}/answers",
                body=given(
                    {"reason": reason, "channel": channel, "stage": stage, "moment": moment, "account": account}
                ),
                key=key,
                version=version,
            )
        )

    async def state_root_cause(
        self, case_id: UUID | str, *, cause: str, version: int | None = None, key: str | None = None
    ) -> Answer[CaseNamed]:
        """State why the customer was not satisfied; a later statement corrects an earlier one."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/root-causes",
                body=given({"cause": cause}),
                key=key,
                version=version,
            )
        )

    async def open_corrective_action(
        self,
        case_id: UUID | str,
        *,
        company: str,
        what: str,
        due: datetime | str,
        team_id: UUID | str | None = None,
        person: str | None = None,
        action_id: UUID | str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ActionNamed]:
        """Give a company of the agreement something to put right, which brings it onto the case."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/corrective-actions",
                body=given(
                    {
                        "company": company,
                        "team_id": team_id,
                        "person": person,
                        "what": what,
                        "due": due,
                        "action_id": action_id,
                    }
                ),
                key=key,
                version=version,
            )
        )

    async def finish_corrective_action(
        self,
        case_id: UUID | str,
        action_id: UUID | str,
        *,
        evidence: str,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ActionNamed]:
        """Show that it was put right; only its owner's people can."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/corrective-actions/{part(action_id)}/completions",
                body=given({"evidence": evidence}),
                key=key,
                version=version,
            )
        )

    async def ask_again(
        self, case_id: UUID | str, *, version: int | None = None, key: str | None = None
    ) -> Answer[RequestNamed]:
        """Ask the customer once more about the last round, with a fresh link and the reminders from the beginning."""
        return await self._sender.send(
            Call(
                service="feedback-loop", method="POST", path=f"/v1/loops/{part(case_id)}/asks", key=key, version=version
            )
        )

    async def work_again(
        self, case_id: UUID | str, *, version: int | None = None, key: str | None = None
    ) -> Answer[CaseNamed]:
        """Open another round after a neutral answer."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/rounds",
                key=key,
                version=version,
            )
        )

    async def come_back(
        self, case_id: UUID | str, *, version: int | None = None, key: str | None = None
    ) -> Answer[CaseNamed]:
        """Note that the customer of a closed or parked case came back: another round; an open case is left as it is."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/returns",
                key=key,
                version=version,
            )
        )

    async def propose_parking(
        self,
        case_id: UUID | str,
        *,
        reason: Literal["withdrawn", "unreachable", "duplicate", "opened-in-error"],
        text: str,
        primary_case_id: UUID | str | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[CaseNamed]:
        """Propose to let the case rest, still open."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/parkings",
                body=given({"reason": reason, "text": text, "primary_case_id": primary_case_id}),
                key=key,
                version=version,
            )
        )

    async def approve_parking(
        self, case_id: UUID | str, *, version: int | None = None, key: str | None = None
    ) -> Answer[CaseNamed]:
        """Agree, as a second person, that the case rests."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/parking-approvals",
                key=key,
                version=version,
            )
        )

    async def refuse_parking(
        self, case_id: UUID | str, *, reason: str, version: int | None = None, key: str | None = None
    ) -> Answer[CaseNamed]:
        """Decide, as a second person, that the case goes on."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/parking-refusals",
                body=given({"reason": reason}),
                key=key,
                version=version,
            )
        )

    async def unpark(
        self, case_id: UUID | str, *, reason: str, version: int | None = None, key: str | None = None
    ) -> Answer[CaseNamed]:
        """Let a resting case go on where it rested; a customer whose answer was awaited is asked afresh."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/loops/{part(case_id)}/unparkings",
                body=given({"reason": reason}),
                key=key,
                version=version,
            )
        )

    def batch_loops(self, *, lines: Iterable[Line], limits: Limits = LIMITS) -> AsyncIterator[Outcome]:
        """Do many operations, a line each; the answer has one outcome for each line, in order."""
        return self._sender.batch(Call(service="feedback-loop", method="POST", path="/v1/loops/batch"), lines, limits)

    async def list_tasks(
        self,
        *,
        task: list[
            Literal[
                "call-customer",
                "approve-feedback",
                "follow-up",
                "inquire",
                "approve-parking",
                "state-root-cause",
                "open-corrective-action",
                "finish-corrective-action",
            ]
        ]
        | None = None,
        agreement_id: UUID | str | None = None,
        company: str | None = None,
        imported: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageTask]:
        """Give what waits for a person in the caller's agreements, the longest waiting first; parked cases rest."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="GET",
                path="/v1/tasks",
                query=given(
                    {
                        "task": task,
                        "agreement_id": agreement_id,
                        "company": company,
                        "imported": imported,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def every_tasks(
        self,
        *,
        task: list[
            Literal[
                "call-customer",
                "approve-feedback",
                "follow-up",
                "inquire",
                "approve-parking",
                "state-root-cause",
                "open-corrective-action",
                "finish-corrective-action",
            ]
        ]
        | None = None,
        agreement_id: UUID | str | None = None,
        company: str | None = None,
        imported: bool | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Task]:
        """As ``list_tasks``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="feedback-loop",
                method="GET",
                path="/v1/tasks",
                query=given(
                    {
                        "task": task,
                        "agreement_id": agreement_id,
                        "company": company,
                        "imported": imported,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    async def list_recoveries(
        self,
        *,
        agreement_id: UUID | str | None = None,
        company: str | None = None,
        recovered: bool | None = None,
        imported: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageRecovery]:
        """Give the pairs of the caller's agreements, the latest negative experience first."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="GET",
                path="/v1/recoveries",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "company": company,
                        "recovered": recovered,
                        "imported": imported,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def every_recoveries(
        self,
        *,
        agreement_id: UUID | str | None = None,
        company: str | None = None,
        recovered: bool | None = None,
        imported: bool | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Recovery]:
        """As ``list_recoveries``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="feedback-loop",
                method="GET",
                path="/v1/recoveries",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "company": company,
                        "recovered": recovered,
                        "imported": imported,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    async def summarize_recoveries(self, *, agreement_id: UUID | str | None = None) -> Answer[RecoverySummaries]:
        """Give recovery rate, rounds and time to recovery by agreement and accountable company."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="GET",
                path="/v1/recoveries/summary",
                query=given({"agreement_id": agreement_id}),
            )
        )

    async def summarize_loops(self, *, agreement_id: UUID | str | None = None) -> Answer[Summaries]:
        """Count the cases of the caller's agreements by agreement, accountable company and provenance."""
        return await self._sender.send(
            Call(service="feedback-loop", method="GET", path="/v1/summary", query=given({"agreement_id": agreement_id}))
        )

    async def list_survey_deliveries(
        self, *, agreement_id: UUID | str | None = None, limit: int | None = None
    ) -> Answer[Deliveries]:
        """Hand out the links of the caller's own touchpoints that wait; to whom each went is kept as a fact."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="GET",
                path="/v1/survey-deliveries",
                query=given({"agreement_id": agreement_id, "limit": limit}),
            )
        )

    async def confirm_survey_delivery(
        self, request_id: UUID | str, *, n: int, version: int | None = None, key: str | None = None
    ) -> Answer[DeliveryNamed]:
        """State that a link reached the customer; only who was given it can."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="POST",
                path=f"/v1/survey-deliveries/{part(request_id)}/confirmations",
                body=given({"n": n}),
                key=key,
                version=version,
            )
        )

    async def open_survey(self, token: str) -> Answer[Any]:
        """Show the question. Nothing is recorded, whoever opens the link: a person, a preview or a scanner."""
        return await self._sender.send(Call(service="feedback-loop", method="GET", path=f"/survey/{part(token)}"))

    async def answer_survey(self, token: str, *, version: int | None = None, key: str | None = None) -> Answer[Any]:
        """Record the customer's answer, once."""
        return await self._sender.send(
            Call(service="feedback-loop", method="POST", path=f"/survey/{part(token)}", key=key, version=version)
        )

    async def list_facts(
        self, *, after: int | None = None, limit: int | None = None, agreement_id: UUID | str | None = None
    ) -> Answer[Facts]:
        """Give the published facts of the caller's agreements as CloudEvents, oldest first."""
        return await self._sender.send(
            Call(
                service="feedback-loop",
                method="GET",
                path="/v1/facts",
                query=given({"after": after, "limit": limit, "agreement_id": agreement_id}),
            )
        )
