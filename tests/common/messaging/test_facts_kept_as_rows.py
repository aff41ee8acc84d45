"""What is only shown of another's facts is a row: there once, in its place behind what waits, and never by halves."""

import asyncio
from datetime import datetime
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from uuid_utils.compat import uuid7

from common.handling.types import Look
from common.messaging.inbox import Inbox
from common.messaging.keeping import Keeping
from common.messaging.leases import LeaseLost
from common.messaging.patience import Patience
from common.messaging.reactions import Reaction, Send
from common.messaging.shares import Held, Shares
from common.messaging.waiting import Letter
from common.refusals import NotYet
from common.testing.inboxes import SOON, written_down
from common.values import replace, value

bills = sa.Table(
    "bills",
    sa.MetaData(),
    sa.Column("order", sa.Text, primary_key=True),
    sa.Column("dish", sa.Text, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
)


@value
class Ordered:
    order: str
    dish: str
    at: datetime


@value
class Bill:
    order: str
    dish: str | None
    position: int


def bill(fact: Ordered, letter: Letter) -> Bill | None:
    if fact.dish == "water":
        return None
    return Bill(order=fact.order, dish=None if fact.dish == "unnamed" else fact.dish, position=letter.position)


async def rest(fact: Ordered, _: Look) -> list[Send]:
    if fact.dish == "burnt":
        raise RuntimeError("the pan is on fire")
    return []


KEPT = Keeping(source="shop", name="order-placed", shape=Ordered, table=bills, row=bill, version=2)
REACTED = Reaction(source="shop", name="order-placed", shape=Ordered, react=rest)


class Desk:
    """The kitchen's inbox, and what it has kept."""

    def __init__(self, world: Any) -> None:
        self.kitchen = world.kitchen
        self.world = world
        self._said = 0

    async def inbox(self, *reactions: Any) -> Inbox:
        """Return an inbox that keeps bills, held by nobody else."""
        held = Held("shop", await Shares(self.kitchen.pool, "shop", "one", lasts=60).take())
        inbox = Inbox(held, reactions, self.kitchen.handle, self.kitchen.pool, Patience(soon=(0.0,)), [KEPT], soon=SOON)
        await inbox.open()
        return inbox

    def letter(self, order: str, dish: str, *, version: int = 1, stream: str = "order-1") -> Letter:
        """Return the next order as a message."""
        self._said += 1
        at = "2026-03-02T12:00:00Z"
        said = {
            "ce-id": str(uuid7()),
            "ce-source": "/acuerdo/shop",
            "ce-type": f"acuerdo.shop.order-placed.v{version}",
            "ce-subject": stream,
            "ce-position": str(self._said),
            "ce-previousposition": str(self._said - 1),
            "ce-streamversion": "1",
            "ce-time": at,
            "ce-recordedtime": at,
            "ce-actor": "rule=test",
            "ce-correlationid": str(uuid7()),
            "ce-imported": "false",
        }
        return Letter(
            id=uuid7(), source="shop", stream=stream, position=self._said, name="order-placed", headers=said,
            body=msgspec.json.encode({"order": order, "dish": dish, "at": at}),
        )  # fmt: skip

    async def kept(self) -> list[str]:
        """Return the orders that there are bills of."""
        rows = await self.kitchen.pool.fetch('SELECT "order" FROM bills ORDER BY position')
        return [row["order"] for row in rows]


@pytest.fixture
async def desk(world: Any) -> Desk:
    await world.kitchen.pool.execute(
        'CREATE TABLE bills ("order" text PRIMARY KEY, dish text NOT NULL, position bigint NOT NULL)'
    )
    return Desk(world)


async def test_a_fact_that_is_kept_is_a_row_and_no_fact_of_ours(desk: Desk) -> None:
    inbox = await desk.inbox()
    await inbox.accept([desk.letter("a", "soup"), desk.letter("b", "water"), desk.letter("c", "bread", version=2)])
    assert (await desk.kept(), await desk.world.inbox()) == (["a", "c"], 3)
    assert await desk.kitchen.store.head() == 0


async def test_what_nobody_hears_is_passed_by(desk: Desk) -> None:
    inbox = await desk.inbox()
    await inbox.accept([], there=4)
    assert (inbox.position, await desk.world.inbox()) == (4, 0)  # it is written down with what comes next, or soon
    await written_down(inbox)
    assert await desk.world.inbox() == 4
    await inbox.accept([desk.letter("a", "soup")], there=9)  # ours was taken in by now, or another's
    await written_down(inbox)
    assert (await desk.kept(), await desk.world.inbox()) == ([], 9)
    letters = [desk.letter("b", "unnamed"), desk.letter("c", "soup", stream="order-2")]
    later = [replace(one, position=one.position + 10) for one in letters]
    await inbox.accept(later, there=20)
    await written_down(inbox)
    assert (await desk.kept(), await desk.world.inbox()) == (["c"], 20)


async def test_what_comes_again_changes_nothing(desk: Desk) -> None:
    first = desk.letter("a", "soup")
    await (await desk.inbox()).accept([first])
    await desk.kitchen.pool.execute("UPDATE inbox_shares SET position = 0, expires_at = now()")
    await (await desk.inbox()).accept([first, desk.letter("b", "soup")])
    assert await desk.kept() == ["a", "b"]


async def test_who_lost_the_lease_keeps_nothing(desk: Desk) -> None:
    inbox = await desk.inbox()
    await desk.kitchen.pool.execute("UPDATE inbox_shares SET expires_at = now()")
    assert await Shares(desk.kitchen.pool, "shop", "another", lasts=60).take()
    with pytest.raises(LeaseLost):
        await inbox.accept([desk.letter("a", "soup")])
    assert (await desk.kept(), await desk.world.inbox()) == ([], 0)


async def test_who_lost_a_part_of_it_keeps_nothing_and_stands_nowhere_further(desk: Desk) -> None:
    pool = desk.kitchen.pool
    (whole,) = await Shares(pool, "shop", "one", lasts=60).take()
    await pool.execute("UPDATE inbox_shares SET hi = 512")
    await pool.execute(
        "INSERT INTO inbox_shares (source, lo, hi, holder, epoch, expires_at, position) "
        "SELECT source, 512, 1024, 'one', nextval('inbox_epochs'), expires_at, 0 FROM inbox_shares"
    )
    other = await pool.fetchval("SELECT epoch FROM inbox_shares WHERE lo = 512")
    held = Held("shop", [replace(whole, hi=512), replace(whole, lo=512, epoch=other)])
    inbox = Inbox(held, [], desk.kitchen.handle, pool, Patience(soon=(0.0,)), [KEPT])
    await inbox.accept([desk.letter("a", "soup")])
    await pool.execute("UPDATE inbox_shares SET epoch = nextval('inbox_epochs') WHERE lo = 512")
    with pytest.raises(LeaseLost):
        await inbox.accept([desk.letter("b", "soup")])
    stand = [row["position"] for row in await pool.fetch("SELECT position FROM inbox_shares")]
    assert (await desk.kept(), stand, inbox.position) == (["a"], [1, 1], 1)


async def test_a_row_that_cannot_be_written_waits_alone(desk: Desk) -> None:
    inbox = await desk.inbox()
    letters = [desk.letter("a", "soup"), desk.letter("b", "unnamed", stream="order-2"), desk.letter("c", "soup")]
    await inbox.accept(letters)
    assert (await desk.kept(), await desk.world.inbox()) == (["a", "c"], 3)
    assert await desk.world.waiting() == [("retrying", "NotNullViolationError")]


async def test_a_version_that_is_not_known_waits_and_what_follows_it_waits_behind(desk: Desk) -> None:
    inbox = await desk.inbox()
    await inbox.accept([desk.letter("a", "soup", version=3), desk.letter("b", "soup")])
    assert await desk.kept() == []
    assert await desk.world.waiting() == [("retrying", "NotUnderstood"), ("behind", "Behind")]


async def test_what_is_reacted_to_as_well_is_kept_when_the_reaction_succeeds(desk: Desk) -> None:
    inbox = await desk.inbox(REACTED)
    await inbox.accept([desk.letter("a", "burnt"), desk.letter("b", "soup", stream="order-2")])
    assert await desk.kept() == ["b"]


async def test_of_what_was_taken_in_before_it_knows_that_it_is_made_and_of_what_comes_nothing(desk: Desk) -> None:
    first = await desk.inbox()
    letters = [desk.letter("o-1", "soup"), desk.letter("o-2", "soup")]
    await first.accept(letters[:1])
    await desk.world.kitchen.pool.execute("UPDATE inbox_shares SET expires_at = now()")  # whoever held it is gone
    then = await desk.inbox()
    assert [then.made_of(one.position) for one in letters] == [0, None]
    await then.accept(letters[1:])
    assert then.made_of(letters[1].position) == 0


async def test_what_has_just_been_put_to_wait_is_not_known_to_be_made_until_it_was_tried_again(desk: Desk) -> None:
    here: list[str] = []

    async def cook(fact: Ordered, _: Look) -> list[Send]:
        if fact.order not in here:
            raise NotYet
        return []

    inbox = await desk.inbox(Reaction(source="shop", name="order-placed", shape=Ordered, react=cook))
    letters = [desk.letter("a", "soup"), desk.letter("b", "soup"), desk.letter("c", "soup", stream="order-2")]
    here.append("c")
    await inbox.accept(letters[:1])
    await inbox.accept(letters[1:])
    assert [inbox.made_of(position) for position in range(4)] == [0, None, None, None]
    await desk.world.kitchen.pool.execute("UPDATE inbox_shares SET expires_at = now()")  # whoever held it is gone
    await desk.world.kitchen.pool.execute("UPDATE waiting_messages SET waiting_since = clock_timestamp()")
    inbox = await desk.inbox(Reaction(source="shop", name="order-placed", shape=Ordered, react=cook))
    assert [inbox.made_of(position) for position in range(4)] == [0, None, None, None], "the next one knows of it too"
    here.extend("ab")
    async with asyncio.timeout(30):
        while inbox.made_of(3) is None:
            await inbox.retry()
            await asyncio.sleep(0.01)
    assert inbox.made_of(1) == 0
    assert not inbox.retries
