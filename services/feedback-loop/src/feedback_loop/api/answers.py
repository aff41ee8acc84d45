"""What writes about loops answer."""

from uuid import UUID

from pydantic import BaseModel


class CaseNamed(BaseModel):
    """Which case it was, and the version of its loop now."""

    case_id: UUID
    version: int


class FeedbackNamed(CaseNamed):
    """Which answer of the customer it was: ``feedback_id`` names it when it is approved, refused or inquired into."""

    feedback_id: UUID


class ActionNamed(CaseNamed):
    """Which corrective action it was: ``action_id`` names it when it is done."""

    action_id: UUID


class RequestNamed(CaseNamed):
    """Under which request the customer is asked."""

    request_id: UUID


class DeliveryNamed(BaseModel):
    """Which link reached the customer, and the version of the case's loop now."""

    request_id: UUID
    n: int
    version: int
