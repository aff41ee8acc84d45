"""The links that customers answer by, fetched by one integrator for all who wait, as a messaging service does."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Self

from acuerdo_cli.bench.wire import Caller, LoadFailed, Wire
from acuerdo_cli.demo.terms import DESK
from acuerdo_cli.deployment import Deployment
from acuerdo_client.calls import Positions

_MOST = 200
_PATIENCE = 90  # seconds
Waiting = tuple["asyncio.Future[str]", Positions]


class Links:
    """Hands each waiting loop its link. One request serves all that wait when it is sent.

    What a request costs its service grows with how many links wait for their customers, since each is handed out as a
    fact: customers here answer at once, so only those wait that nobody has asked for yet.
    """

    def __init__(self, wire: Wire, token: str, agreement_id: str) -> None:
        self._wire = wire
        self._token = token
        self._path = f"/v1/survey-deliveries?agreement_id={agreement_id}&limit={_MOST}"
        self._waiting: dict[str, Waiting] = {}
        self._wanted = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def fetched(cls, deployment: Deployment, wire: Wire, agreement_id: str) -> AsyncGenerator[Self]:
        """Fetch links inside the block."""
        links = cls(wire, deployment.token(company=DESK, roles=["integrator"], person="messaging"), agreement_id)
        fetching = asyncio.create_task(links._fetch())
        try:
            yield links
        finally:
            fetching.cancel()
            await asyncio.gather(fetching, return_exceptions=True)

    async def of(self, case_id: str, positions: Positions) -> str:
        """Return the address at which the customer of the case answers, once the services at *positions* ask them."""
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting[case_id] = (future, positions)
        self._wanted.set()
        try:
            async with asyncio.timeout(_PATIENCE):
                return await future
        except TimeoutError as why:
            raise LoadFailed(f"no link for the customer of case {case_id} in {_PATIENCE} seconds") from why

    async def _fetch(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            asked = dict(self._waiting)
            caller = Caller(token=self._token, positions=Positions(*(positions for _, positions in asked.values())))
            try:
                found = await self._wire.get(caller, "feedback-loop", self._path)
            except Exception as error:  # noqa: BLE001 - whoever waits is told, and stops the measuring
                self._fail(error)
                continue
            self._hand_out({one["case_id"]: one["address"] for one in found["items"]}, asked)
            if self._waiting.keys() & asked.keys():  # more wait than one answer holds
                self._wanted.set()

    def _hand_out(self, addresses: dict[str, str], asked: dict[str, Waiting]) -> None:
        """Give their links to those who waited when they were asked for: the answer has seen what they have."""
        for case_id, (future, _) in asked.items():
            if case_id in addresses:
                del self._waiting[case_id]
                future.set_result(addresses[case_id])

    def _fail(self, error: Exception) -> None:
        for future, _ in self._waiting.values():
            future.set_exception(error)
        self._waiting.clear()
