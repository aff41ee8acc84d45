"""The story's facts as an integrator hears them on NATS."""

import asyncio

import nats
from nats.js.api import ConsumerConfig, DeliverPolicy

_QUIET = 1.0  # seconds without another fact mean that all were heard


def facts_on_nats(url: str, agreement_id: str) -> list[tuple[str, str]]:
    """Return (service, fact) of every fact of the agreement, in the stream's order."""
    return asyncio.run(_heard(url, agreement_id))


async def _heard(url: str, agreement_id: str) -> list[tuple[str, str]]:
    client = await nats.connect(url)
    try:
        subscription = await client.jetstream().subscribe(
            f"acuerdo.{agreement_id}.>",
            ordered_consumer=True,
            config=ConsumerConfig(deliver_policy=DeliverPolicy.ALL),
        )
        heard: list[tuple[str, str]] = []
        while True:
            try:
                message = await subscription.next_msg(timeout=_QUIET)
            except TimeoutError:
                return heard
            _, _, service, _, fact = message.subject.split(".")
            heard.append((service, fact))
    finally:
        await client.close()
