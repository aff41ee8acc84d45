"""The two clients: one that waits for each answer, and one for asyncio."""

from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

import httpx

from acuerdo_client.agreement import AgreementService, AsyncAgreementService
from acuerdo_client.calls import Addresses, Patience, Positions, Shared
from acuerdo_client.feedback_loop import AsyncFeedbackLoopService, FeedbackLoopService
from acuerdo_client.sending import AsyncSender, AsyncToken, Sender, Token
from acuerdo_client.solver_teams import AsyncSolverTeamsService, SolverTeamsService
from acuerdo_client.touchpoints import AsyncTouchpointsService, TouchpointsService


class AcuerdoClient:
    """Speaks to the four services for one caller: ``client.touchpoints.open_case(...)`` and so on.

    *token*: a bearer token, or a function that gives one whenever it is needed. *wait*: for how many seconds a service
    may hold a request until it has seen what this client has written elsewhere. *http*: your own ``httpx`` client.
    *positions*: those of another client, whose writes this one shall read.
    """

    def __init__(
        self,
        addresses: Addresses,
        *,
        token: Token = None,
        patience: Patience | None = None,
        wait: int = 10,
        timeout: float = 60,
        http: httpx.Client | None = None,
        positions: Positions | None = None,
        new_key: Callable[[], str] | None = None,
    ) -> None:
        self._http = http or httpx.Client(timeout=timeout)
        self._sender = Sender(Shared(addresses, patience or Patience(), wait, new_key, positions), token, self._http)
        self.agreement = AgreementService(self._sender)
        self.touchpoints = TouchpointsService(self._sender)
        self.solver_teams = SolverTeamsService(self._sender)
        self.feedback_loop = FeedbackLoopService(self._sender)

    @property
    def positions(self) -> Positions:
        """What this client has seen of each service."""
        return self._sender.shared.positions

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class AsyncAcuerdoClient:
    """As ``AcuerdoClient``, for asyncio: ``await client.touchpoints.open_case(...)``."""

    def __init__(
        self,
        addresses: Addresses,
        *,
        token: AsyncToken = None,
        patience: Patience | None = None,
        wait: int = 10,
        timeout: float = 60,
        http: httpx.AsyncClient | None = None,
        positions: Positions | None = None,
        new_key: Callable[[], str] | None = None,
    ) -> None:
        self._http = http or httpx.AsyncClient(timeout=timeout)
        self._sender = AsyncSender(
            Shared(addresses, patience or Patience(), wait, new_key, positions), token, self._http
        )
        self.agreement = AsyncAgreementService(self._sender)
        self.touchpoints = AsyncTouchpointsService(self._sender)
        self.solver_teams = AsyncSolverTeamsService(self._sender)
        self.feedback_loop = AsyncFeedbackLoopService(self._sender)

    @property
    def positions(self) -> Positions:
        """What this client has seen of each service."""
        return self._sender.shared.positions

    def close(self) -> Awaitable[None]:
        """Close the connections."""
        return self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()
