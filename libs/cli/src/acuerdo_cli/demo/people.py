"""The people of the story, each with a client of their own; what one has written, the others read."""

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Protocol

from acuerdo_client import AcuerdoClient, Addresses
from acuerdo_client.calls import Positions


class Tokens(Protocol):
    """Gives a bearer token for a person of a company."""

    def __call__(self, *, company: str, roles: Sequence[str], person: str | None = None) -> str:
        """Return the token."""
        ...


class People:
    """Clients by person, made when somebody first acts."""

    def __init__(self, addresses: Addresses, token: Tokens, open_client: Callable[[AcuerdoClient], object]) -> None:
        self._addresses = addresses
        self._token = token
        self._open = open_client
        self._positions = Positions()
        self._clients: dict[tuple[str, str, str], AcuerdoClient] = {}

    def __call__(self, company: str, role: str, person: str | None = None) -> AcuerdoClient:
        """Return the client with which *person* acts for *company* in *role*."""
        named = person or f"{role}@{company}"
        known = self._clients.get((company, role, named))
        if known is None:
            token = self._token(company=company, roles=[role], person=named)
            known = AcuerdoClient(self._addresses, token=token, positions=self._positions)
            self._clients[company, role, named] = known
            self._open(known)
        return known


@contextmanager
def people(addresses: Addresses, token: Tokens) -> Generator[People]:
    """Let people act inside the block; their connections are closed after it."""
    with ExitStack() as clients:
        yield People(addresses, token, lambda client: clients.callback(client.close))
