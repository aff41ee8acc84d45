"""The typed client of Acuerdo, for partner companies and integrators."""

from acuerdo_client.batches import Limits, Outcome
from acuerdo_client.calls import Addresses, Answer, Patience, Positions
from acuerdo_client.client import AcuerdoClient, AsyncAcuerdoClient
from acuerdo_client.problems import (
    AcuerdoError,
    Changed,
    Down,
    Malformed,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    Problem,
    Refused,
    TooMany,
    Unreachable,
    VersionMissing,
)

__all__ = [
    "AcuerdoClient",
    "AcuerdoError",
    "Addresses",
    "Answer",
    "AsyncAcuerdoClient",
    "Changed",
    "Down",
    "Limits",
    "Malformed",
    "NotAllowed",
    "NotAuthenticated",
    "NotFound",
    "Outcome",
    "Patience",
    "Positions",
    "Problem",
    "Refused",
    "TooMany",
    "Unreachable",
    "VersionMissing",
]
