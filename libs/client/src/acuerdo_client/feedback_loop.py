"""The operations of ``feedback-loop``. Written by libs/client/generate.py from the service's OpenAPI document."""

from acuerdo_client.batches import Limits
from acuerdo_client.sending import AsyncSender, Sender

LIMITS = Limits()


class FeedbackLoop:
    """What ``feedback-loop`` answers."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender


class AsyncFeedbackLoop:
    """What ``feedback-loop`` answers."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender
