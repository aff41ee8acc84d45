"""Who waits at the other end of a connection."""

import asyncio
from collections.abc import Callable

from starlette.types import Scope


class Client:
    """Somebody on a connection, for whoever would do something for nothing when they have gone.

    *going* tells whether they have, or are about to.
    """

    def __init__(self, going: Callable[[], bool]) -> None:
        self.going = going
        self.gone = asyncio.Event()
        self.when_gone: Callable[[], object] | None = None

    def go(self) -> None:
        """They have."""
        self.gone.set()
        if self.when_gone is not None:
            self.when_gone()


def client_of(scope: Scope) -> Client | None:
    """Return whose request it is; None where it came by no connection of ours."""
    return scope.get("acuerdo.client")
