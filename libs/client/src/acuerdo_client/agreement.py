"""The operations of ``agreement``. Written by libs/client/generate.py from the service's OpenAPI document."""

from acuerdo_client.batches import Limits
from acuerdo_client.sending import AsyncSender, Sender

LIMITS = Limits()


class Agreement:
    """What ``agreement`` answers."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender


class AsyncAgreement:
    """What ``agreement`` answers."""

    def __init__(self, sender: AsyncSender) -> None:
        self._sender = sender
