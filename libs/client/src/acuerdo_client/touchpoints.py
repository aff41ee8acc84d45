"""The operations of ``touchpoints``. Written by libs/client/generate.py from the service's OpenAPI document."""

from acuerdo_client.batches import Limits
from acuerdo_client.sending import AsyncSender, Sender

LIMITS = Limits()


class Touchpoints:
    """What ``touchpoints`` answers."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender


class AsyncTouchpoints:
    """What ``touchpoints`` answers."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender
