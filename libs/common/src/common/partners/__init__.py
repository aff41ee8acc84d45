"""Programs of the companies on NATS: who gets in, and what they may do there."""

from common.partners.admission import Admission
from common.partners.creating import Creating

__all__ = ["Admission", "Creating"]
