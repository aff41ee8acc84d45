"""The story's facts as a company's program hears them on NATS, with nothing but its own token."""

import asyncio

import nats

_QUIET = 1.0  # seconds without another fact mean that all were heard
_PROGRAM = "reading-back"


def facts_on_nats(url: str, token: str, company: str, agreement_id: str) -> list[tuple[str, str]]:
    """Return (service, fact) of every fact of the agreement, in the stream's order."""
    return asyncio.run(_heard(url, token, company, agreement_id))


async def _heard(url: str, token: str, company: str, agreement_id: str) -> list[tuple[str, str]]:
    client = await nats.connect(
        url, token=token, name=_PROGRAM, inbox_prefix=f"_INBOX_{company}", allow_reconnect=False
    )
    try:
        jetstream, durable = client.jetstream(domain="acuerdo"), f"{company}_{_PROGRAM}_{agreement_id}"
        facts = await jetstream.pull_subscribe(f"acuerdo.{agreement_id}.>", durable=durable, stream="ACUERDO")
        heard: list[tuple[str, str]] = []
        while True:
            try:
                messages = await facts.fetch(200, timeout=_QUIET)
            except TimeoutError:
                await jetstream.delete_consumer("ACUERDO", durable)
                return heard
            for message in messages:
                _, _, service, _, fact = message.subject.split(".")
                heard.append((service, fact))
                await message.ack()
    finally:
        await client.close()
