"""A shop publishes its orders, a kitchen cooks them: two services on real PostgreSQL and NATS.

Cooking twice would add a second fact, so that an effect that happened twice is seen.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import asyncpg
import nats
import pytest
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError
from uuid_utils.compat import uuid7

from acuerdo_cli.embedded import EmbeddedNats
from common.deciders import Decider
from common.eventstore.postgres import PostgresStore
from common.eventstore.recorded import Context
from common.handling import Handling, Look
from common.history import History, Kind
from common.messaging.connection import StreamSettings
from common.messaging.patience import Patience
from common.messaging.publishing import Pace
from common.messaging.reactions import Reaction, Send, unchanged
from common.messaging.shares import positions
from common.messaging.worker import Messaging
from common.refusals import Conflict, NotYet
from common.testing.tables import create_tables
from common.values import Person, Rule, replace, value

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
AGREEMENT = UUID(int=77)
ANA = Person(person="ana maría", company="telco-a", role="touchpoint-agent")
QUICK = Pace(poll=0.1, look_back=0.3, patience=20)  # a busy machine may acknowledge late
SHORT = Patience(soon=(0.02,) * 10, seldom=(0.02, 0.02), late=0.3)


@value
class OrderPlaced:
    order: str
    dish: str
    tip: int
    agreement_id: UUID
    at: datetime


@value
class OrderCounted:
    order: str
    at: datetime


@value
class Ordered:
    """An order as the kitchen reads it."""

    order: str
    dish: str
    at: datetime


@value
class Learn:
    dish: str
    at: datetime


@value
class Learned:
    dish: str
    at: datetime


@value
class Cook:
    order: str
    dish: str
    at: datetime


@value
class Cooked:
    order: str
    dish: str
    at: datetime
    agreement_id: UUID | None = None


class Inedible(Conflict):
    """Nobody can eat this."""


def place(_: None, command: OrderPlaced | OrderCounted) -> list[OrderPlaced | OrderCounted]:
    return [command]


def cook(dishes: tuple[str, ...], command: Cook | Learn) -> list[Cooked | Learned]:
    match command:
        case Learn(dish=dish, at=at):
            return [Learned(dish=dish, at=at)]
        case Cook(dish="stone"):
            raise Inedible
        case Cook(dish="secret") if "secret" not in dishes:
            raise NotYet("the recipe has not come")
        case Cook(order=order, dish="unstorable", at=at):
            return [Cooked(order=order, dish="unstorable", at=at, agreement_id=cast("UUID", "not one"))]
        case Cook(order=order, dish=dish, at=at):
            return [Cooked(order=order, dish=dish, at=at)]


def cooked(dishes: tuple[str, ...], fact: Cooked | Learned) -> tuple[str, ...]:
    return (*dishes, fact.dish) if isinstance(fact, Learned) else dishes


ORDER = Kind(name="order", decider=Decider(initial=None, decide=place, evolve=lambda state, _: state))
STOVE = Kind(name="stove", decider=Decider(initial=(), decide=cook, evolve=cooked))
SHOP = History(
    service="shop",
    kinds=(ORDER,),
    names={"order-placed": OrderPlaced, "order-counted": OrderCounted},
    private=frozenset({"order-counted"}),
)
KITCHEN = History(service="kitchen", kinds=(STOVE,), names={"cooked": Cooked, "learned": Learned})


async def upon_order(fact: Ordered, look: Look) -> Sequence[Send]:
    if fact.dish == "burnt":
        raise RuntimeError("the pan is on fire")
    await look(STOVE, "one")
    return [Send(kind=STOVE, key="one", command=Cook(order=fact.order, dish=fact.dish, at=fact.at))]


ORDER_PLACED = Reaction(source="shop", name="order-placed", shape=Ordered, react=upon_order)


@dataclass
class Service:
    """One service with as many workers as a test starts."""

    history: History
    pool: "asyncpg.Pool[asyncpg.Record]"
    nats_url: str
    reactions: Sequence[Reaction[Any]] = ()
    stream: StreamSettings | None = None
    workers: dict[str, tuple[Messaging, asyncio.Task[None]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store = PostgresStore(self.pool, clock=lambda: datetime.now(UTC), on_append=self._wake)  # noqa: TID251 - real time
        self.handle = Handling(self.store, self.history, clock=lambda: datetime.now(UTC), new_id=uuid7)  # noqa: TID251 - as above

    def start(self, name: str = "worker-1", *, lease_lasts: float = 3.0, handle: Any = None) -> Messaging:
        """Let a worker of the service begin."""
        messaging = Messaging(
            history=self.history,
            handle=handle or self.handle,
            log=self.store,
            pool=self.pool,
            nats_url=self.nats_url,
            reactions=self.reactions,
            holder=name,
            stream=self.stream,
            lease_lasts=lease_lasts,
            pace=QUICK,
            patience=SHORT,
        )
        self.workers[name] = (messaging, asyncio.create_task(messaging.run()))
        return messaging

    async def stop(self, name: str = "worker-1") -> None:
        """Let a worker end in good order."""
        messaging, task = self.workers.pop(name)
        await messaging.stop()
        await asyncio.gather(task, return_exceptions=True)

    async def following(self) -> int:
        """Return how many workers have a part of what others say."""
        return sum(one.active for messaging, _ in self.workers.values() for one in messaging.subscriptions)

    async def stop_all(self) -> None:
        for name in list(self.workers):
            await self.stop(name)

    def _wake(self, _: int) -> None:
        for messaging, _task in self.workers.values():
            messaging.wake()


@dataclass
class World:
    """The shop, the kitchen, and NATS between them."""

    shop: Service
    kitchen: Service
    nats: EmbeddedNats

    async def order(self, *dishes: str, stream: str | None = None, count: bool = False) -> list[str]:
        """Place an order for each of *dishes*, each on a stream of its own unless one is named; return their names."""
        orders: list[str] = []
        for dish in dishes:
            order = str(uuid7())
            key = stream or order
            placed = OrderPlaced(order=order, dish=dish, tip=3, agreement_id=AGREEMENT, at=NOON)
            context = Context(actor=ANA, correlation=uuid7(), imported=dish == "leftovers")
            await self.shop.handle(ORDER, key, placed, context=context)
            if count:
                await self.shop.handle(ORDER, key, OrderCounted(order=order, at=NOON), context=context)
            orders.append(order)
        return orders

    async def eventually(self, holds: Callable[[], Awaitable[object]], equals: object = True) -> None:
        """Wait until *holds* answers what it should."""
        async with asyncio.timeout(180):  # far more than needed, for machines that are busy
            while await holds() != equals:
                await asyncio.sleep(0.03)

    async def all_taken_in(self) -> None:
        """Wait until the kitchen has taken in everything that the shop has said."""
        head = await self.shop.store.head()
        await self.eventually(self.inbox, head)

    async def learn(self, dish: str) -> None:
        """Teach the kitchen a recipe."""
        context = Context(actor=Rule(rule="test"), correlation=uuid7())
        await self.kitchen.handle(STOVE, "one", Learn(dish=dish, at=NOON), context=context)

    async def cooked(self) -> list[str]:
        """Return the orders that were cooked, in order."""
        rows = await self.kitchen.pool.fetch(
            "SELECT data->>'order' FROM events WHERE name = 'cooked' ORDER BY position"
        )
        return [row[0] for row in rows]

    async def waiting(self) -> list[tuple[str, str]]:
        """Return state and refusal of each waiting message, in order."""
        rows = await self.kitchen.pool.fetch("SELECT state, refusal FROM waiting_messages ORDER BY position")
        return [(row["state"], row["refusal"]) for row in rows]

    async def inbox(self) -> int:
        """Return how far the kitchen has come with the shop's facts."""
        return (await positions(self.kitchen.pool)).get("shop", 0)

    async def published(self) -> int:
        """Return how far the shop has come with publishing."""
        return await self.shop.pool.fetchval("SELECT position FROM checkpoints WHERE name = 'relay'") or 0

    async def in_stream(self) -> list[int]:
        """Return the positions of the shop's facts in the stream, in the stream's order; none when it is not there."""
        found: list[int] = []
        async with self.jetstream() as jetstream:
            try:
                state = (await jetstream.stream_info("ACUERDO")).state
            except NotFoundError:
                return []
            for sequence in range(max(1, state.first_seq), state.last_seq + 1):
                with suppress(NotFoundError):
                    headers = (await jetstream.get_msg("ACUERDO", sequence)).headers or {}
                    if headers["ce-source"] == "/acuerdo/shop":
                        found.append(int(headers["ce-position"]))
        return found

    @asynccontextmanager
    async def jetstream(self) -> AsyncGenerator[JetStreamContext]:
        """Do something to JetStream as an operator would."""
        client = await nats.connect(self.nats.url, connect_timeout=30)
        try:
            yield client.jetstream(timeout=30)
        finally:
            await client.close()

    async def jetstream_ready(self) -> None:
        """Wait until the kitchen follows the shop."""
        await self.eventually(self.kitchen.following, 1)


@pytest.fixture
def order_placed_in_two_versions() -> Reaction[Ordered]:
    """Return how a newer kitchen reads an order."""
    return replace(ORDER_PLACED, upcasts=[unchanged])


@pytest.fixture
def order_placed() -> Callable[[str, str], OrderPlaced]:
    """Say that a dish was ordered."""
    return lambda dish, order: OrderPlaced(order=order, dish=dish, tip=3, agreement_id=AGREEMENT, at=NOON)


@pytest.fixture
def nats_of_its_own(tmp_path: Path, new_nats: Callable[[Path], EmbeddedNats]) -> Iterator[EmbeddedNats]:
    """A NATS that a test may stop, start again and wipe."""
    server = new_nats(tmp_path / "nats")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def database_of_the_kitchen(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture
async def world(database: str, database_of_the_kitchen: str, nats_of_its_own: EmbeddedNats) -> AsyncGenerator[World]:
    async with AsyncExitStack() as stack:
        pools: list[asyncpg.Pool[asyncpg.Record]] = []
        for url in (database, database_of_the_kitchen):
            await create_tables(url)
            pools.append(await stack.enter_async_context(asyncpg.create_pool(url, min_size=1, max_size=8)))
        shop = Service(history=SHOP, pool=pools[0], nats_url=nats_of_its_own.url)
        kitchen = Service(history=KITCHEN, pool=pools[1], nats_url=nats_of_its_own.url, reactions=[ORDER_PLACED])
        yield World(shop=shop, kitchen=kitchen, nats=nats_of_its_own)
        await shop.stop_all()
        await kitchen.stop_all()
