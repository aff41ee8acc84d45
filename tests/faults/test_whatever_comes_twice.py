"""Every message comes twice: published again by its service, and copied by somebody who leaves its id away."""

import asyncio

import nats
import pytest
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from acuerdo_cli.services import SERVICES
from acuerdo_cli.testing.agreeing import acuerdo, all_is_well
from acuerdo_cli.testing.load import Answered, Site, under_load
from common.messaging.connection import StreamSettings

pytestmark = pytest.mark.faults

STREAM = StreamSettings().name


async def test_what_is_delivered_twice_has_its_effect_once(site: Site, answered: Answered) -> None:
    async with under_load(site, answered, "twice") as load:
        for service in SERVICES:
            await asyncio.to_thread(acuerdo, site.deployment, "republish", "--service", service.name, "--from", "1")
        assert await copy_all(site.deployment.nats_url) > len(answered)
        await load.goes_on()
    await all_is_well(site, answered, stream_repeats=True)


async def copy_all(url: str) -> int:
    """Publish each message that is on the stream once more, without the id by which NATS would know it."""
    client = await nats.connect(url)
    jetstream, copied = client.jetstream(), 0
    config = ConsumerConfig(ack_policy=AckPolicy.NONE, deliver_policy=DeliverPolicy.ALL, inactive_threshold=60)
    try:
        reading = await jetstream.pull_subscribe("acuerdo.>", stream=STREAM, config=config)
        left = (await reading.consumer_info()).num_pending or 0
        while copied < left:
            for message in await reading.fetch(min(500, left - copied), timeout=60):
                named = {name: said for name, said in (message.headers or {}).items() if name != "Nats-Msg-Id"}
                await client.publish(message.subject, message.data, headers=named)
                copied += 1
            await client.flush()
        return copied
    finally:
        await client.close()
