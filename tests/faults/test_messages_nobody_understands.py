"""Messages that no version understands are kept aside with their reason for a person, while all else goes on."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import asyncpg
import nats
import pytest
from nats.js import JetStreamContext

from acuerdo_cli.services import SERVICES
from acuerdo_cli.testing.agreeing import acuerdo, all_is_well, settle
from acuerdo_cli.testing.load import Answered, Cast, Load, Site, under_load
from common.messaging import deadletters
from common.messaging.connection import StreamSettings

pytestmark = pytest.mark.faults

SOURCE, STREAM = "touchpoints", StreamSettings().name
Letters = list[dict[str, Any]]


async def test_what_nobody_understands_is_kept_aside_and_the_rest_goes_on(site: Site, answered: Answered) -> None:
    client = await nats.connect(site.deployment.nats_url)
    try:
        await play(site, answered, client.jetstream())
    finally:
        await client.close()
    await all_is_well(site, answered)


async def play(site: Site, answered: Answered, jetstream: JetStreamContext) -> None:
    async with AsyncExitStack() as stack:
        cast = await Cast.called(site.deployment, stack)
        load = Load(site, answered, "odd")
        newer, garbled = [await load.case(cast, f"odd-{name}") for name in ("newer", "garbled")]
        await settle(site.deployment)
        position = await last_position(jetstream, SOURCE)
        strange = [
            await publish(jetstream, site, newer, position + 1, version=99, body=b'{"all": "new"}'),
            await publish(jetstream, site, garbled, position + 2, version=1, body=b"no JSON"),
            (await jetstream.publish(subject(site), b"no JSON", headers={})).seq,
        ]
        for _ in range(2):  # facts of touchpoints that it keeps to itself: their places are what the strangers claimed
            await cast.agent.touchpoints.disclose_personal_data(site.customer_id, purpose="call-back", fields=["phone"])
        letters = await dead(site, 3)
        for seq in strange:
            await jetstream.delete_msg(STREAM, seq)
        async with under_load(site, answered, "meanwhile") as others:
            await others.goes_on()
        assert Counter(one["refusal"] for one in letters) == {"NotUnderstood": 8, "Unreadable": 4}
        assert all(one["reason"] for one in letters)
        await decide(site, letters)
        await load.close(cast, newer)
        await load.close(cast, garbled)
        answered.closed |= {"odd-newer": newer, "odd-garbled": garbled}


async def decide(site: Site, letters: Letters) -> None:
    """Try one of them again, which does not help, and give all of them up."""
    odd = next(one for one in letters if one["refusal"] == "NotUnderstood")
    told = ("--service", odd["service"], "--by", "ana")
    await asyncio.to_thread(acuerdo, site.deployment, "deadletters", "retry", odd["id"], *told)
    assert {one["id"] for one in await dead(site, 3)} == {one["id"] for one in letters}
    why = ("--reason", "nobody said this")
    await asyncio.to_thread(acuerdo, site.deployment, "deadletters", "discard", odd["id"], *told, *why)
    for letter in letters:
        if letter is not odd:
            await discard(site.deployment.database_url(letter["service"]), UUID(letter["id"]))


async def discard(database: str, letter: UUID) -> None:
    connection = await asyncpg.connect(database)
    try:
        await deadletters.discard(connection, letter, by="ana", reason="nobody said this")
    finally:
        await connection.close()


async def dead(site: Site, of_each: int) -> Letters:
    """Return the dead letters as soon as every service has as many: all follow touchpoints, its own timeline too."""
    async with asyncio.timeout(300):
        while True:
            said = json.loads(await asyncio.to_thread(acuerdo, site.deployment, "deadletters", "list", "--json"))
            if [len(letters) for letters in said.values()] == [of_each] * len(SERVICES):
                return [{**one, "service": name} for name, letters in said.items() for one in letters]
            await asyncio.sleep(1)


def subject(site: Site) -> str:
    return f"acuerdo.{site.agreement_id}.{SOURCE}.case.case-opened"


async def last_position(jetstream: JetStreamContext, service: str) -> int:
    last = await jetstream.get_last_msg(STREAM, f"acuerdo.*.{service}.>")
    return int((last.headers or {})["ce-position"])


async def publish(
    jetstream: JetStreamContext, site: Site, case_id: str, position: int, *, version: int, body: bytes
) -> int:
    """Publish what looks like a fact about the case, from a service newer than any; return its number."""
    like = await jetstream.get_last_msg(STREAM, subject(site))
    claimed: Mapping[str, str] = {
        "ce-id": str(UUID(int=position)),
        "ce-subject": f"case-{case_id}",
        "ce-type": f"acuerdo.{SOURCE}.case-opened.v{version}",
        "ce-position": str(position),
        "ce-previousposition": str(position - 1),
    }
    headers = {name: said for name, said in (like.headers or {}).items() if name != "Nats-Msg-Id"} | claimed
    return (await jetstream.publish(subject(site), body, headers=headers)).seq
