"""The operations of ``touchpoints``, written by libs/client/generate.py from its OpenAPI document."""

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


class CaseListed(TypedDict):
    """A case without the customer's words. ``loop`` is what was learned of it: in-work, closed, parked, came-back."""

    case_id: str
    agreement_id: str
    agreement_version: int
    customer_id: str
    contact_id: str | None
    team_id: str | None
    company: str
    service: str
    activity: str
    region: str
    priority: str
    proposed_priority: str
    priority_rule: str | None
    priority_decided_by: str | None
    language: str
    external_reference: str | None
    accountable: str
    accountable_clause: str | None
    accountable_rule: str
    solved_at_contact: dict[str, str] | None
    loop: str
    round: int
    contacts: int
    companies: list[str]
    opened_at: str
    changed_at: str
    imported: bool


class CaseNamed(TypedDict):
    """Which case it was, and its version now."""

    case_id: str
    version: int


class CaseShown(TypedDict):
    """A case. ``hidden`` names what the customer said and is not shared with the reader's company: it is not empty."""

    case_id: str
    agreement_id: str
    agreement_version: int
    customer_id: str
    contact_id: str | None
    team_id: str | None
    company: str
    service: str
    activity: str
    region: str
    priority: str
    proposed_priority: str
    priority_decided_by: dict[str, str] | None
    language: str
    external_reference: str | None
    accountable: str
    accountable_clause: str | None
    accountable_rule: str
    solved_at_contact: dict[str, str] | None
    loop: str
    companies: list[str]
    opened_at: str
    imported: bool
    personal: dict[str, str]
    hidden: list[str]
    erased: bool
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


class ContactLinkedAnswer(TypedDict):
    """Which contact is about which case; the version is the contact's."""

    contact_id: str
    case_id: str
    version: int


class ContactListed(TypedDict):
    """A contact without what was said."""

    contact_id: str
    agreement_id: str
    customer_id: str
    case_id: str | None
    channel: str
    external_reference: str
    thread_reference: str | None
    direction: str
    team_id: str | None
    company: str
    service: str | None
    spam: bool
    contacted_at: str
    imported: bool


class ContactNamed(TypedDict):
    """Which contact it was, the case it is about if that is known, and its version now."""

    contact_id: str
    version: int


class ContactShown(TypedDict):
    """A contact. ``hidden`` names what was said and is not shared with the reader's company: it is not empty."""

    contact_id: str
    agreement_id: str
    customer_id: str
    case_id: str | None
    channel: str
    external_reference: str
    thread_reference: str | None
    direction: str
    team_id: str | None
    company: str
    service: str | None
    spam: bool
    contacted_at: str
    personal: dict[str, str]
    hidden: list[str]
    erased: bool
    version: int


class CustomerListed(TypedDict):
    """A customer without anything personal; ``fields`` names what is known."""

    customer_id: str
    agreement_id: str
    company: str
    external_reference: str
    language: str
    channel: str | None
    fields: list[str]
    erased: bool
    registered_at: str
    imported: bool
    told_by: str | None


class CustomerNamed(TypedDict):
    """Which customer it was, and their version now."""

    customer_id: str
    version: int


class CustomerShown(TypedDict):
    """A customer. ``hidden`` names what is known and not shared with the reader's company: it is not empty."""

    customer_id: str
    agreement_id: str
    company: str
    external_reference: str | None
    language: str | None
    channel: str | None
    personal: dict[str, str]
    hidden: list[str]
    erased: bool
    told_by: str | None
    version: int


class Disclosed(TypedDict):
    """The personal data asked for, as far as it is known."""

    customer_id: str
    personal: dict[str, str]
    version: int


class Facts(TypedDict):
    """Facts in the order of the service's log; ``next`` is the ``after`` to go on with."""

    items: list[CloudEvent]
    next: int


class History(TypedDict):
    """Part of a thing's history, the oldest fact first; ``next`` is the ``after`` of the part that follows, if any."""

    stream: str
    items: list[Past]
    next: int | None


class Kept(TypedDict):
    """A text that stands beside its fact, and the salt that its digest was made with."""

    salt: str
    text: str


class MemberShown(TypedDict):
    """A person of a company."""

    person: str
    company: str


class Opened(TypedDict):
    """What the customer said, in the order it was asked for."""

    customer_id: str
    opened: list[dict[str, str]]
    version: int


class PageCaseListed(TypedDict):
    items: list[CaseListed]
    next: str | None


class PageContactListed(TypedDict):
    items: list[ContactListed]
    next: str | None


class PageCustomerListed(TypedDict):
    items: list[CustomerListed]
    next: str | None


class PageTeamShown(TypedDict):
    items: list[TeamShown]
    next: str | None


class PageTimelineEntry(TypedDict):
    items: list[TimelineEntry]
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


class PersonalData(TypedDict):
    """What identifies a person; every member may be left out."""

    name: NotRequired[str | None]
    phone: NotRequired[str | None]
    email: NotRequired[str | None]
    address: NotRequired[str | None]
    document: NotRequired[str | None]
    birth_date: NotRequired[str | None]


class SealedText(TypedDict):
    """A sealed value as facts hold it; ``key`` is the customer."""

    key: str
    box: str


class Solved(TypedDict):
    """What was wrong and what was done, when the first contact solved it. The customer is asked all the same."""

    cause: str
    action: str


class TeamNamed(TypedDict):
    """Which team it was, and its version now."""

    team_id: str
    version: int


class TeamShown(TypedDict):
    """A team, who is in it, and the other companies whose people may join it."""

    team_id: str
    agreement_id: str
    name: str
    purpose: str
    company: str
    time_zone: str
    calendar: str | None
    languages: list[str]
    open_to: list[str]
    members: list[MemberShown]
    registered_at: str


class TimelineEntry(TypedDict):
    """One thing that happened to the case: a contact on a channel, or what a service stated."""

    entry_id: str
    happened_at: str
    source: str
    what: str
    round: int | None
    company: str | None
    by_company: str | None
    team_id: str | None
    contact_id: str | None
    channel: str | None
    direction: str | None
    detail: str | None
    stated_by: str


class TouchpointsService:
    """What ``touchpoints`` answers."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def list_teams(
        self,
        *,
        agreement_id: UUID | str | None = None,
        company: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageTeamShown]:
        """List the teams of the caller's agreements, by name."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="GET",
                path="/v1/teams",
                query=given({"agreement_id": agreement_id, "company": company, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    def every_teams(
        self, *, agreement_id: UUID | str | None = None, company: str | None = None, limit: int | None = None
    ) -> Iterator[TeamShown]:
        """As ``list_teams``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="touchpoints",
                method="GET",
                path="/v1/teams",
                query=given({"agreement_id": agreement_id, "company": company, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    def register_team(
        self,
        *,
        agreement_id: UUID | str,
        name: str,
        purpose: str,
        time_zone: str,
        languages: list[str],
        external_reference: str | None = None,
        calendar: str | None = None,
        open_to: list[str] | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[TeamNamed]:
        """Make a touchpoint team known; the caller's company runs it, and says which other companies it is open to."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path="/v1/teams",
                body=given(
                    {
                        "agreement_id": agreement_id,
                        "external_reference": external_reference,
                        "name": name,
                        "purpose": purpose,
                        "time_zone": time_zone,
                        "calendar": calendar,
                        "languages": languages,
                        "open_to": open_to,
                    }
                ),
                key=key,
                version=version,
            )
        )

    def get_team(self, team_id: UUID | str) -> Answer[TeamShown]:
        """Return a team and who is in it."""
        return self._sender.send(Call(service="touchpoints", method="GET", path=f"/v1/teams/{part(team_id)}"))

    def open_team(
        self, team_id: UUID | str, *, open_to: list[str], version: int, key: str | None = None
    ) -> Answer[TeamNamed]:
        """Say which other companies' people may join the team that the caller's company runs."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="PUT",
                path=f"/v1/teams/{part(team_id)}/companies",
                body=given({"open_to": open_to}),
                key=key,
                version=version,
            )
        )

    def join_team(
        self, team_id: UUID | str, *, person: str, company: str, version: int | None = None, key: str | None = None
    ) -> Answer[TeamNamed]:
        """Let a person of one's own company work in the team, which that company runs or which is open to it."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path=f"/v1/teams/{part(team_id)}/members",
                body=given({"person": person, "company": company}),
                key=key,
                version=version,
            )
        )

    def leave_team(
        self, team_id: UUID | str, company: str, person: str, *, version: int | None = None, key: str | None = None
    ) -> Answer[TeamNamed]:
        """Let a person of one's own company go from the team."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="DELETE",
                path=f"/v1/teams/{part(team_id)}/members/{part(company)}/{part(person)}",
                key=key,
                version=version,
            )
        )

    def batch_teams(self, *, lines: Iterable[Line], limits: Limits = LIMITS) -> Iterator[Outcome]:
        """Do many operations, a line each; the answer has one outcome for each line, in order."""
        return self._sender.batch(Call(service="touchpoints", method="POST", path="/v1/teams/batch"), lines, limits)

    def list_customers(
        self,
        *,
        agreement_id: UUID | str | None = None,
        external_reference: str | None = None,
        company: str | None = None,
        erased: bool | None = None,
        imported: bool | None = None,
        told_by: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageCustomerListed]:
        """List the customers of the caller's agreements, without personal data, in the order they were registered."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="GET",
                path="/v1/customers",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "external_reference": external_reference,
                        "company": company,
                        "erased": erased,
                        "imported": imported,
                        "told_by": told_by,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def every_customers(
        self,
        *,
        agreement_id: UUID | str | None = None,
        external_reference: str | None = None,
        company: str | None = None,
        erased: bool | None = None,
        imported: bool | None = None,
        told_by: str | None = None,
        limit: int | None = None,
    ) -> Iterator[CustomerListed]:
        """As ``list_customers``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="touchpoints",
                method="GET",
                path="/v1/customers",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "external_reference": external_reference,
                        "company": company,
                        "erased": erased,
                        "imported": imported,
                        "told_by": told_by,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def register_customer(
        self,
        *,
        agreement_id: UUID | str,
        external_reference: str,
        language: str,
        channel: Literal["phone", "email", "chat", "whatsapp", "social", "in-person", "web", "app", "api"]
        | None = None,
        personal: PersonalData | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[CustomerNamed]:
        """Make a customer known; the same reference from the same company gives the same customer."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path="/v1/customers",
                body=given(
                    {
                        "agreement_id": agreement_id,
                        "external_reference": external_reference,
                        "language": language,
                        "channel": channel,
                        "personal": personal,
                    }
                ),
                key=key,
                version=version,
            )
        )

    def get_customer(self, customer_id: UUID | str) -> Answer[CustomerShown]:
        """Return a customer; of the personal data only what the agreement shares with the caller's company."""
        return self._sender.send(Call(service="touchpoints", method="GET", path=f"/v1/customers/{part(customer_id)}"))

    def change_customer(
        self,
        customer_id: UUID | str,
        *,
        language: str,
        personal: PersonalData,
        channel: Literal["phone", "email", "chat", "whatsapp", "social", "in-person", "web", "app", "api"]
        | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[CustomerNamed]:
        """Correct what is known of a customer of the caller's company."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="PUT",
                path=f"/v1/customers/{part(customer_id)}",
                body=given({"language": language, "channel": channel, "personal": personal}),
                key=key,
                version=version,
            )
        )

    def erase_customer(
        self,
        customer_id: UUID | str,
        *,
        reason: Literal["customer-request", "retention-ended", "legal-order", "registered-in-error"],
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[None]:
        """Destroy the customer's key: their personal data reads as erased everywhere, for ever."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="DELETE",
                path=f"/v1/customers/{part(customer_id)}",
                query=given({"reason": reason}),
                key=key,
                version=version,
            )
        )

    def get_customer_history(
        self,
        customer_id: UUID | str,
        *,
        after: int | None = None,
        limit: int | None = None,
        as_of: datetime | str | None = None,
    ) -> Answer[History]:
        """Return every fact about the customer, disclosures and erasure too, with its hash chain; all stays sealed."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="GET",
                path=f"/v1/customers/{part(customer_id)}/history",
                query=given({"after": after, "limit": limit, "as_of": as_of}),
            )
        )

    def disclose_personal_data(
        self,
        customer_id: UUID | str,
        *,
        purpose: str,
        fields: list[Literal["name", "phone", "email", "address", "document", "birth_date"]],
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[Disclosed]:
        """Give personal data in the clear to whoever needs it, and put on record who asked, what for and which fields."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path=f"/v1/customers/{part(customer_id)}/disclosures",
                body=given({"purpose": purpose, "fields": fields}),
                key=key,
                version=version,
            )
        )

    def batch_customers(self, *, lines: Iterable[Line], limits: Limits = LIMITS) -> Iterator[Outcome]:
        """Do many operations, a line each; the answer has one outcome for each line, in order."""
        return self._sender.batch(Call(service="touchpoints", method="POST", path="/v1/customers/batch"), lines, limits)

    def open_sealed(
        self,
        customer_id: UUID | str,
        *,
        purpose: str,
        sealed: list[SealedText],
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[Opened]:
        """Give a customer's comments in the clear to a person, and put on record who asked and what for."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path=f"/v1/customers/{part(customer_id)}/openings",
                body=given({"purpose": purpose, "sealed": sealed}),
                key=key,
                version=version,
            )
        )

    def list_contacts(
        self,
        *,
        agreement_id: UUID | str | None = None,
        customer_id: UUID | str | None = None,
        case_id: UUID | str | None = None,
        team_id: UUID | str | None = None,
        company: str | None = None,
        channel: Literal["phone", "email", "chat", "whatsapp", "social", "in-person", "web", "app", "api"]
        | None = None,
        direction: Literal["inbound", "outbound"] | None = None,
        external_reference: str | None = None,
        thread_reference: str | None = None,
        spam: bool | None = None,
        since: datetime | str | None = None,
        before: datetime | str | None = None,
        sort: Literal["contacted_at", "-contacted_at"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageContactListed]:
        """List the contacts of the caller's agreements, without what was said."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="GET",
                path="/v1/contacts",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "customer_id": customer_id,
                        "case_id": case_id,
                        "team_id": team_id,
                        "company": company,
                        "channel": channel,
                        "direction": direction,
                        "external_reference": external_reference,
                        "thread_reference": thread_reference,
                        "spam": spam,
                        "since": since,
                        "before": before,
                        "sort": sort,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def every_contacts(
        self,
        *,
        agreement_id: UUID | str | None = None,
        customer_id: UUID | str | None = None,
        case_id: UUID | str | None = None,
        team_id: UUID | str | None = None,
        company: str | None = None,
        channel: Literal["phone", "email", "chat", "whatsapp", "social", "in-person", "web", "app", "api"]
        | None = None,
        direction: Literal["inbound", "outbound"] | None = None,
        external_reference: str | None = None,
        thread_reference: str | None = None,
        spam: bool | None = None,
        since: datetime | str | None = None,
        before: datetime | str | None = None,
        sort: Literal["contacted_at", "-contacted_at"] | None = None,
        limit: int | None = None,
    ) -> Iterator[ContactListed]:
        """As ``list_contacts``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="touchpoints",
                method="GET",
                path="/v1/contacts",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "customer_id": customer_id,
                        "case_id": case_id,
                        "team_id": team_id,
                        "company": company,
                        "channel": channel,
                        "direction": direction,
                        "external_reference": external_reference,
                        "thread_reference": thread_reference,
                        "spam": spam,
                        "since": since,
                        "before": before,
                        "sort": sort,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def record_contact(
        self,
        *,
        agreement_id: UUID | str,
        channel: Literal["phone", "email", "chat", "whatsapp", "social", "in-person", "web", "app", "api"],
        external_reference: str,
        summary: str,
        customer_id: UUID | str | None = None,
        customer_reference: str | None = None,
        customer_company: str | None = None,
        case_id: UUID | str | None = None,
        thread_reference: str | None = None,
        direction: Literal["inbound", "outbound"] | None = None,
        team_id: UUID | str | None = None,
        service: str | None = None,
        spam: bool | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ContactNamed]:
        """Record a contact; the same channel and reference again from the same company give the same contact."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path="/v1/contacts",
                body=given(
                    {
                        "agreement_id": agreement_id,
                        "customer_id": customer_id,
                        "customer_reference": customer_reference,
                        "customer_company": customer_company,
                        "case_id": case_id,
                        "channel": channel,
                        "external_reference": external_reference,
                        "thread_reference": thread_reference,
                        "direction": direction,
                        "team_id": team_id,
                        "service": service,
                        "summary": summary,
                        "spam": spam,
                    }
                ),
                key=key,
                version=version,
            )
        )

    def get_contact(self, contact_id: UUID | str) -> Answer[ContactShown]:
        """Return a contact; what was said only if the agreement shares it with the caller's company."""
        return self._sender.send(Call(service="touchpoints", method="GET", path=f"/v1/contacts/{part(contact_id)}"))

    def find_spam(
        self, contact_id: UUID | str, *, version: int | None = None, key: str | None = None
    ) -> Answer[ContactNamed]:
        """State that a contact turned out to be spam: no case is opened from it."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path=f"/v1/contacts/{part(contact_id)}/spam",
                key=key,
                version=version,
            )
        )

    def batch_contacts(self, *, lines: Iterable[Line], limits: Limits = LIMITS) -> Iterator[Outcome]:
        """Do many operations, a line each; the answer has one outcome for each line, in order."""
        return self._sender.batch(Call(service="touchpoints", method="POST", path="/v1/contacts/batch"), lines, limits)

    def list_cases(
        self,
        *,
        agreement_id: UUID | str | None = None,
        customer_id: UUID | str | None = None,
        team_id: UUID | str | None = None,
        company: str | None = None,
        accountable: str | None = None,
        service: str | None = None,
        activity: str | None = None,
        region: str | None = None,
        priority: str | None = None,
        loop: Literal["in-work", "closed", "parked", "came-back"] | None = None,
        external_reference: str | None = None,
        imported: bool | None = None,
        opened_since: datetime | str | None = None,
        opened_before: datetime | str | None = None,
        sort: Literal["opened_at", "-opened_at", "changed_at", "-changed_at"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageCaseListed]:
        """List the cases of the caller's agreements, without what the customers said."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="GET",
                path="/v1/cases",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "customer_id": customer_id,
                        "team_id": team_id,
                        "company": company,
                        "accountable": accountable,
                        "service": service,
                        "activity": activity,
                        "region": region,
                        "priority": priority,
                        "loop": loop,
                        "external_reference": external_reference,
                        "imported": imported,
                        "opened_since": opened_since,
                        "opened_before": opened_before,
                        "sort": sort,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def every_cases(
        self,
        *,
        agreement_id: UUID | str | None = None,
        customer_id: UUID | str | None = None,
        team_id: UUID | str | None = None,
        company: str | None = None,
        accountable: str | None = None,
        service: str | None = None,
        activity: str | None = None,
        region: str | None = None,
        priority: str | None = None,
        loop: Literal["in-work", "closed", "parked", "came-back"] | None = None,
        external_reference: str | None = None,
        imported: bool | None = None,
        opened_since: datetime | str | None = None,
        opened_before: datetime | str | None = None,
        sort: Literal["opened_at", "-opened_at", "changed_at", "-changed_at"] | None = None,
        limit: int | None = None,
    ) -> Iterator[CaseListed]:
        """As ``list_cases``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="touchpoints",
                method="GET",
                path="/v1/cases",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "customer_id": customer_id,
                        "team_id": team_id,
                        "company": company,
                        "accountable": accountable,
                        "service": service,
                        "activity": activity,
                        "region": region,
                        "priority": priority,
                        "loop": loop,
                        "external_reference": external_reference,
                        "imported": imported,
                        "opened_since": opened_since,
                        "opened_before": opened_before,
                        "sort": sort,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def open_case(
        self,
        *,
        agreement_id: UUID | str,
        customer_id: UUID | str,
        service: str,
        activity: str,
        region: str,
        need: str,
        contact_id: UUID | str | None = None,
        team_id: UUID | str | None = None,
        expectation: str | None = None,
        impact: Literal["stopped", "degraded", "question"] | None = None,
        priority: str | None = None,
        language: str | None = None,
        external_reference: str | None = None,
        solved_at_contact: Solved | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[CaseNamed]:
        """Open a case under the agreement in force; it stays open until its customer is content."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path="/v1/cases",
                body=given(
                    {
                        "agreement_id": agreement_id,
                        "customer_id": customer_id,
                        "contact_id": contact_id,
                        "team_id": team_id,
                        "service": service,
                        "activity": activity,
                        "region": region,
                        "need": need,
                        "expectation": expectation,
                        "impact": impact,
                        "priority": priority,
                        "language": language,
                        "external_reference": external_reference,
                        "solved_at_contact": solved_at_contact,
                    }
                ),
                key=key,
                version=version,
            )
        )

    def get_case(self, case_id: UUID | str, *, as_of: datetime | str | None = None) -> Answer[CaseShown]:
        """Return a case as it stands, or as it was recorded at a moment; of the customer's words what is shared."""
        return self._sender.send(
            Call(service="touchpoints", method="GET", path=f"/v1/cases/{part(case_id)}", query=given({"as_of": as_of}))
        )

    def decide_priority(
        self, case_id: UUID | str, *, priority: str, version: int | None = None, key: str | None = None
    ) -> Answer[CaseNamed]:
        """Decide the priority: accept what the system proposed or override it. A person does so, never a service."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path=f"/v1/cases/{part(case_id)}/priority",
                body=given({"priority": priority}),
                key=key,
                version=version,
            )
        )

    def link_contact(
        self, case_id: UUID | str, *, contact_id: UUID | str, version: int | None = None, key: str | None = None
    ) -> Answer[ContactLinkedAnswer]:
        """Say that a contact is about the case."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path=f"/v1/cases/{part(case_id)}/contacts",
                body=given({"contact_id": contact_id}),
                key=key,
                version=version,
            )
        )

    def get_timeline(
        self, case_id: UUID | str, *, limit: int | None = None, cursor: str | None = None
    ) -> Answer[PageTimelineEntry]:
        """List all that happened to the case, across companies and channels, in the order of time."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="GET",
                path=f"/v1/cases/{part(case_id)}/timeline",
                query=given({"limit": limit}) | given({"cursor": cursor}),
            )
        )

    def every_get_timeline(self, case_id: UUID | str, *, limit: int | None = None) -> Iterator[TimelineEntry]:
        """As ``get_timeline``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="touchpoints",
                method="GET",
                path=f"/v1/cases/{part(case_id)}/timeline",
                query=given({"limit": limit}) | given({"cursor": cursor}),
            )
        )

    def get_case_history(
        self,
        case_id: UUID | str,
        *,
        after: int | None = None,
        limit: int | None = None,
        as_of: datetime | str | None = None,
    ) -> Answer[History]:
        """Return every fact of the case with its hash chain, so that a partner can check it; personal data stays sealed."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="GET",
                path=f"/v1/cases/{part(case_id)}/history",
                query=given({"after": after, "limit": limit, "as_of": as_of}),
            )
        )

    def batch_cases(self, *, lines: Iterable[Line], limits: Limits = LIMITS) -> Iterator[Outcome]:
        """Do many operations, a line each; the answer has one outcome for each line, in order."""
        return self._sender.batch(Call(service="touchpoints", method="POST", path="/v1/cases/batch"), lines, limits)

    def list_facts(
        self, *, after: int | None = None, limit: int | None = None, agreement_id: UUID | str | None = None
    ) -> Answer[Facts]:
        """Give the published facts of the caller's agreements as CloudEvents, oldest first."""
        return self._sender.send(
            Call(
                service="touchpoints",
                method="GET",
                path="/v1/facts",
                query=given({"after": after, "limit": limit, "agreement_id": agreement_id}),
            )
        )


class AsyncTouchpointsService:
    """What ``touchpoints`` answers."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender

    async def list_teams(
        self,
        *,
        agreement_id: UUID | str | None = None,
        company: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageTeamShown]:
        """List the teams of the caller's agreements, by name."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="GET",
                path="/v1/teams",
                query=given({"agreement_id": agreement_id, "company": company, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    def every_teams(
        self, *, agreement_id: UUID | str | None = None, company: str | None = None, limit: int | None = None
    ) -> AsyncIterator[TeamShown]:
        """As ``list_teams``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="touchpoints",
                method="GET",
                path="/v1/teams",
                query=given({"agreement_id": agreement_id, "company": company, "limit": limit})
                | given({"cursor": cursor}),
            )
        )

    async def register_team(
        self,
        *,
        agreement_id: UUID | str,
        name: str,
        purpose: str,
        time_zone: str,
        languages: list[str],
        external_reference: str | None = None,
        calendar: str | None = None,
        open_to: list[str] | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[TeamNamed]:
        """Make a touchpoint team known; the caller's company runs it, and says which other companies it is open to."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path="/v1/teams",
                body=given(
                    {
                        "agreement_id": agreement_id,
                        "external_reference": external_reference,
                        "name": name,
                        "purpose": purpose,
                        "time_zone": time_zone,
                        "calendar": calendar,
                        "languages": languages,
                        "open_to": open_to,
                    }
                ),
                key=key,
                version=version,
            )
        )

    async def get_team(self, team_id: UUID | str) -> Answer[TeamShown]:
        """Return a team and who is in it."""
        return await self._sender.send(Call(service="touchpoints", method="GET", path=f"/v1/teams/{part(team_id)}"))

    async def open_team(
        self, team_id: UUID | str, *, open_to: list[str], version: int, key: str | None = None
    ) -> Answer[TeamNamed]:
        """Say which other companies' people may join the team that the caller's company runs."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="PUT",
                path=f"/v1/teams/{part(team_id)}/companies",
                body=given({"open_to": open_to}),
                key=key,
                version=version,
            )
        )

    async def join_team(
        self, team_id: UUID | str, *, person: str, company: str, version: int | None = None, key: str | None = None
    ) -> Answer[TeamNamed]:
        """Let a person of one's own company work in the team, which that company runs or which is open to it."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path=f"/v1/teams/{part(team_id)}/members",
                body=given({"person": person, "company": company}),
                key=key,
                version=version,
            )
        )

    async def leave_team(
        self, team_id: UUID | str, company: str, person: str, *, version: int | None = None, key: str | None = None
    ) -> Answer[TeamNamed]:
        """Let a person of one's own company go from the team."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="DELETE",
                path=f"/v1/teams/{part(team_id)}/members/{part(company)}/{part(person)}",
                key=key,
                version=version,
            )
        )

    def batch_teams(self, *, lines: Iterable[Line], limits: Limits = LIMITS) -> AsyncIterator[Outcome]:
        """Do many operations, a line each; the answer has one outcome for each line, in order."""
        return self._sender.batch(Call(service="touchpoints", method="POST", path="/v1/teams/batch"), lines, limits)

    async def list_customers(
        self,
        *,
        agreement_id: UUID | str | None = None,
        external_reference: str | None = None,
        company: str | None = None,
        erased: bool | None = None,
        imported: bool | None = None,
        told_by: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageCustomerListed]:
        """List the customers of the caller's agreements, without personal data, in the order they were registered."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="GET",
                path="/v1/customers",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "external_reference": external_reference,
                        "company": company,
                        "erased": erased,
                        "imported": imported,
                        "told_by": told_by,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def every_customers(
        self,
        *,
        agreement_id: UUID | str | None = None,
        external_reference: str | None = None,
        company: str | None = None,
        erased: bool | None = None,
        imported: bool | None = None,
        told_by: str | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CustomerListed]:
        """As ``list_customers``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="touchpoints",
                method="GET",
                path="/v1/customers",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "external_reference": external_reference,
                        "company": company,
                        "erased": erased,
                        "imported": imported,
                        "told_by": told_by,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    async def register_customer(
        self,
        *,
        agreement_id: UUID | str,
        external_reference: str,
        language: str,
        channel: Literal["phone", "email", "chat", "whatsapp", "social", "in-person", "web", "app", "api"]
        | None = None,
        personal: PersonalData | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[CustomerNamed]:
        """Make a customer known; the same reference from the same company gives the same customer."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path="/v1/customers",
                body=given(
                    {
                        "agreement_id": agreement_id,
                        "external_reference": external_reference,
                        "language": language,
                        "channel": channel,
                        "personal": personal,
                    }
                ),
                key=key,
                version=version,
            )
        )

    async def get_customer(self, customer_id: UUID | str) -> Answer[CustomerShown]:
        """Return a customer; of the personal data only what the agreement shares with the caller's company."""
        return await self._sender.send(
            Call(service="touchpoints", method="GET", path=f"/v1/customers/{part(customer_id)}")
        )

    async def change_customer(
        self,
        customer_id: UUID | str,
        *,
        language: str,
        personal: PersonalData,
        channel: Literal["phone", "email", "chat", "whatsapp", "social", "in-person", "web", "app", "api"]
        | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[CustomerNamed]:
        """Correct what is known of a customer of the caller's company."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="PUT",
                path=f"/v1/customers/{part(customer_id)}",
                body=given({"language": language, "channel": channel, "personal": personal}),
                key=key,
                version=version,
            )
        )

    async def erase_customer(
        self,
        customer_id: UUID | str,
        *,
        reason: Literal["customer-request", "retention-ended", "legal-order", "registered-in-error"],
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[None]:
        """Destroy the customer's key: their personal data reads as erased everywhere, for ever."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="DELETE",
                path=f"/v1/customers/{part(customer_id)}",
                query=given({"reason": reason}),
                key=key,
                version=version,
            )
        )

    async def get_customer_history(
        self,
        customer_id: UUID | str,
        *,
        after: int | None = None,
        limit: int | None = None,
        as_of: datetime | str | None = None,
    ) -> Answer[History]:
        """Return every fact about the customer, disclosures and erasure too, with its hash chain; all stays sealed."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="GET",
                path=f"/v1/customers/{part(customer_id)}/history",
                query=given({"after": after, "limit": limit, "as_of": as_of}),
            )
        )

    async def disclose_personal_data(
        self,
        customer_id: UUID | str,
        *,
        purpose: str,
        fields: list[Literal["name", "phone", "email", "address", "document", "birth_date"]],
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[Disclosed]:
        """Give personal data in the clear to whoever needs it, and put on record who asked, what for and which fields."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path=f"/v1/customers/{part(customer_id)}/disclosures",
                body=given({"purpose": purpose, "fields": fields}),
                key=key,
                version=version,
            )
        )

    def batch_customers(self, *, lines: Iterable[Line], limits: Limits = LIMITS) -> AsyncIterator[Outcome]:
        """Do many operations, a line each; the answer has one outcome for each line, in order."""
        return self._sender.batch(Call(service="touchpoints", method="POST", path="/v1/customers/batch"), lines, limits)

    async def open_sealed(
        self,
        customer_id: UUID | str,
        *,
        purpose: str,
        sealed: list[SealedText],
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[Opened]:
        """Give a customer's comments in the clear to a person, and put on record who asked and what for."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path=f"/v1/customers/{part(customer_id)}/openings",
                body=given({"purpose": purpose, "sealed": sealed}),
                key=key,
                version=version,
            )
        )

    async def list_contacts(
        self,
        *,
        agreement_id: UUID | str | None = None,
        customer_id: UUID | str | None = None,
        case_id: UUID | str | None = None,
        team_id: UUID | str | None = None,
        company: str | None = None,
        channel: Literal["phone", "email", "chat", "whatsapp", "social", "in-person", "web", "app", "api"]
        | None = None,
        direction: Literal["inbound", "outbound"] | None = None,
        external_reference: str | None = None,
        thread_reference: str | None = None,
        spam: bool | None = None,
        since: datetime | str | None = None,
        before: datetime | str | None = None,
        sort: Literal["contacted_at", "-contacted_at"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageContactListed]:
        """List the contacts of the caller's agreements, without what was said."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="GET",
                path="/v1/contacts",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "customer_id": customer_id,
                        "case_id": case_id,
                        "team_id": team_id,
                        "company": company,
                        "channel": channel,
                        "direction": direction,
                        "external_reference": external_reference,
                        "thread_reference": thread_reference,
                        "spam": spam,
                        "since": since,
                        "before": before,
                        "sort": sort,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def every_contacts(
        self,
        *,
        agreement_id: UUID | str | None = None,
        customer_id: UUID | str | None = None,
        case_id: UUID | str | None = None,
        team_id: UUID | str | None = None,
        company: str | None = None,
        channel: Literal["phone", "email", "chat", "whatsapp", "social", "in-person", "web", "app", "api"]
        | None = None,
        direction: Literal["inbound", "outbound"] | None = None,
        external_reference: str | None = None,
        thread_reference: str | None = None,
        spam: bool | None = None,
        since: datetime | str | None = None,
        before: datetime | str | None = None,
        sort: Literal["contacted_at", "-contacted_at"] | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[ContactListed]:
        """As ``list_contacts``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="touchpoints",
                method="GET",
                path="/v1/contacts",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "customer_id": customer_id,
                        "case_id": case_id,
                        "team_id": team_id,
                        "company": company,
                        "channel": channel,
                        "direction": direction,
                        "external_reference": external_reference,
                        "thread_reference": thread_reference,
                        "spam": spam,
                        "since": since,
                        "before": before,
                        "sort": sort,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    async def record_contact(
        self,
        *,
        agreement_id: UUID | str,
        channel: Literal["phone", "email", "chat", "whatsapp", "social", "in-person", "web", "app", "api"],
        external_reference: str,
        summary: str,
        customer_id: UUID | str | None = None,
        customer_reference: str | None = None,
        customer_company: str | None = None,
        case_id: UUID | str | None = None,
        thread_reference: str | None = None,
        direction: Literal["inbound", "outbound"] | None = None,
        team_id: UUID | str | None = None,
        service: str | None = None,
        spam: bool | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[ContactNamed]:
        """Record a contact; the same channel and reference again from the same company give the same contact."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path="/v1/contacts",
                body=given(
                    {
                        "agreement_id": agreement_id,
                        "customer_id": customer_id,
                        "customer_reference": customer_reference,
                        "customer_company": customer_company,
                        "case_id": case_id,
                        "channel": channel,
                        "external_reference": external_reference,
                        "thread_reference": thread_reference,
                        "direction": direction,
                        "team_id": team_id,
                        "service": service,
                        "summary": summary,
                        "spam": spam,
                    }
                ),
                key=key,
                version=version,
            )
        )

    async def get_contact(self, contact_id: UUID | str) -> Answer[ContactShown]:
        """Return a contact; what was said only if the agreement shares it with the caller's company."""
        return await self._sender.send(
            Call(service="touchpoints", method="GET", path=f"/v1/contacts/{part(contact_id)}")
        )

    async def find_spam(
        self, contact_id: UUID | str, *, version: int | None = None, key: str | None = None
    ) -> Answer[ContactNamed]:
        """State that a contact turned out to be spam: no case is opened from it."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path=f"/v1/contacts/{part(contact_id)}/spam",
                key=key,
                version=version,
            )
        )

    def batch_contacts(self, *, lines: Iterable[Line], limits: Limits = LIMITS) -> AsyncIterator[Outcome]:
        """Do many operations, a line each; the answer has one outcome for each line, in order."""
        return self._sender.batch(Call(service="touchpoints", method="POST", path="/v1/contacts/batch"), lines, limits)

    async def list_cases(
        self,
        *,
        agreement_id: UUID | str | None = None,
        customer_id: UUID | str | None = None,
        team_id: UUID | str | None = None,
        company: str | None = None,
        accountable: str | None = None,
        service: str | None = None,
        activity: str | None = None,
        region: str | None = None,
        priority: str | None = None,
        loop: Literal["in-work", "closed", "parked", "came-back"] | None = None,
        external_reference: str | None = None,
        imported: bool | None = None,
        opened_since: datetime | str | None = None,
        opened_before: datetime | str | None = None,
        sort: Literal["opened_at", "-opened_at", "changed_at", "-changed_at"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer[PageCaseListed]:
        """List the cases of the caller's agreements, without what the customers said."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="GET",
                path="/v1/cases",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "customer_id": customer_id,
                        "team_id": team_id,
                        "company": company,
                        "accountable": accountable,
                        "service": service,
                        "activity": activity,
                        "region": region,
                        "priority": priority,
                        "loop": loop,
                        "external_reference": external_reference,
                        "imported": imported,
                        "opened_since": opened_since,
                        "opened_before": opened_before,
                        "sort": sort,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    def every_cases(
        self,
        *,
        agreement_id: UUID | str | None = None,
        customer_id: UUID | str | None = None,
        team_id: UUID | str | None = None,
        company: str | None = None,
        accountable: str | None = None,
        service: str | None = None,
        activity: str | None = None,
        region: str | None = None,
        priority: str | None = None,
        loop: Literal["in-work", "closed", "parked", "came-back"] | None = None,
        external_reference: str | None = None,
        imported: bool | None = None,
        opened_since: datetime | str | None = None,
        opened_before: datetime | str | None = None,
        sort: Literal["opened_at", "-opened_at", "changed_at", "-changed_at"] | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CaseListed]:
        """As ``list_cases``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="touchpoints",
                method="GET",
                path="/v1/cases",
                query=given(
                    {
                        "agreement_id": agreement_id,
                        "customer_id": customer_id,
                        "team_id": team_id,
                        "company": company,
                        "accountable": accountable,
                        "service": service,
                        "activity": activity,
                        "region": region,
                        "priority": priority,
                        "loop": loop,
                        "external_reference": external_reference,
                        "imported": imported,
                        "opened_since": opened_since,
                        "opened_before": opened_before,
                        "sort": sort,
                        "limit": limit,
                    }
                )
                | given({"cursor": cursor}),
            )
        )

    async def open_case(
        self,
        *,
        agreement_id: UUID | str,
        customer_id: UUID | str,
        service: str,
        activity: str,
        region: str,
        need: str,
        contact_id: UUID | str | None = None,
        team_id: UUID | str | None = None,
        expectation: str | None = None,
        impact: Literal["stopped", "degraded", "question"] | None = None,
        priority: str | None = None,
        language: str | None = None,
        external_reference: str | None = None,
        solved_at_contact: Solved | None = None,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer[CaseNamed]:
        """Open a case under the agreement in force; it stays open until its customer is content."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path="/v1/cases",
                body=given(
                    {
                        "agreement_id": agreement_id,
                        "customer_id": customer_id,
                        "contact_id": contact_id,
                        "team_id": team_id,
                        "service": service,
                        "activity": activity,
                        "region": region,
                        "need": need,
                        "expectation": expectation,
                        "impact": impact,
                        "priority": priority,
                        "language": language,
                        "external_reference": external_reference,
                        "solved_at_contact": solved_at_contact,
                    }
                ),
                key=key,
                version=version,
            )
        )

    async def get_case(self, case_id: UUID | str, *, as_of: datetime | str | None = None) -> Answer[CaseShown]:
        """Return a case as it stands, or as it was recorded at a moment; of the customer's words what is shared."""
        return await self._sender.send(
            Call(service="touchpoints", method="GET", path=f"/v1/cases/{part(case_id)}", query=given({"as_of": as_of}))
        )

    async def decide_priority(
        self, case_id: UUID | str, *, priority: str, version: int | None = None, key: str | None = None
    ) -> Answer[CaseNamed]:
        """Decide the priority: accept what the system proposed or override it. A person does so, never a service."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path=f"/v1/cases/{part(case_id)}/priority",
                body=given({"priority": priority}),
                key=key,
                version=version,
            )
        )

    async def link_contact(
        self, case_id: UUID | str, *, contact_id: UUID | str, version: int | None = None, key: str | None = None
    ) -> Answer[ContactLinkedAnswer]:
        """Say that a contact is about the case."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="POST",
                path=f"/v1/cases/{part(case_id)}/contacts",
                body=given({"contact_id": contact_id}),
                key=key,
                version=version,
            )
        )

    async def get_timeline(
        self, case_id: UUID | str, *, limit: int | None = None, cursor: str | None = None
    ) -> Answer[PageTimelineEntry]:
        """List all that happened to the case, across companies and channels, in the order of time."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="GET",
                path=f"/v1/cases/{part(case_id)}/timeline",
                query=given({"limit": limit}) | given({"cursor": cursor}),
            )
        )

    def every_get_timeline(self, case_id: UUID | str, *, limit: int | None = None) -> AsyncIterator[TimelineEntry]:
        """As ``get_timeline``: every item, page after page."""
        return self._sender.pages(
            lambda cursor: Call(
                service="touchpoints",
                method="GET",
                path=f"/v1/cases/{part(case_id)}/timeline",
                query=given({"limit": limit}) | given({"cursor": cursor}),
            )
        )

    async def get_case_history(
        self,
        case_id: UUID | str,
        *,
        after: int | None = None,
        limit: int | None = None,
        as_of: datetime | str | None = None,
    ) -> Answer[History]:
        """Return every fact of the case with its hash chain, so that a partner can check it; personal data stays sealed."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="GET",
                path=f"/v1/cases/{part(case_id)}/history",
                query=given({"after": after, "limit": limit, "as_of": as_of}),
            )
        )

    def batch_cases(self, *, lines: Iterable[Line], limits: Limits = LIMITS) -> AsyncIterator[Outcome]:
        """Do many operations, a line each; the answer has one outcome for each line, in order."""
        return self._sender.batch(Call(service="touchpoints", method="POST", path="/v1/cases/batch"), lines, limits)

    async def list_facts(
        self, *, after: int | None = None, limit: int | None = None, agreement_id: UUID | str | None = None
    ) -> Answer[Facts]:
        """Give the published facts of the caller's agreements as CloudEvents, oldest first."""
        return await self._sender.send(
            Call(
                service="touchpoints",
                method="GET",
                path="/v1/facts",
                query=given({"after": after, "limit": limit, "agreement_id": agreement_id}),
            )
        )
