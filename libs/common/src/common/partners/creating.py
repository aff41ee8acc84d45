"""Programs make pull consumers and no others: JetStream sends a push consumer's messages wherever its maker says.

The subject of the request has been allowed to whoever sent it; here its body is made anew from what is allowed.
"""

from typing import Any

import msgspec
import structlog
from nats.aio.msg import Msg

from common.messaging.connection import OUT_OF_REACH, Wire
from common.partners.permits import CREATING, STREAM, agreement_in, facts_of
from common.partners.serving import serve
from common.refusals import Invalid

_log = structlog.get_logger(__name__)

_KEPT = (
    "ack_policy", "ack_wait", "backoff", "deliver_policy", "description", "headers_only", "inactive_threshold",
    "max_ack_pending", "max_batch", "max_bytes", "max_deliver", "max_expires", "max_waiting", "opt_start_seq",
    "opt_start_time", "replay_policy",
)  # fmt: skip
_SAID_BY_THE_SUBJECT = ("name", "durable_name", "filter_subject")
_LONGEST_REST = 30 * 24 * 3600 * 10**9  # nanoseconds that a consumer is kept without being used
_KIND = "io.nats.jetstream.api.v1.consumer_create_response"
_REFUSED, _UNAVAILABLE = 10_012, 10_008  # JetStream's own numbers: consumer create error, system unavailable


class NotThisConsumer(Invalid):
    """A program reads facts through a pull consumer with the name and the filter that it was told."""


class Creating:
    """Makes the consumers that programs ask for. Any number of processes may run it."""

    async def run(self, wire: Wire) -> None:
        """Make consumers until cancelled."""

        async def hear(message: Msg) -> None:
            await message.respond(await create(wire, message))

        await serve(wire, f"{CREATING}.*.acuerdo.*.>", hear)


async def create(wire: Wire, message: Msg) -> bytes:
    """Return JetStream's answer to the request, or a refusal in its form."""
    try:
        name, wanted = read(message.subject, message.data)
    except NotThisConsumer as refusal:
        _log.info("a consumer was not made", why=str(refusal))
        return _refused(400, _REFUSED, str(refusal))
    subject = f"$JS.API.CONSUMER.CREATE.{STREAM}.{name}.{wanted['config']['filter_subject']}"
    try:
        answer = await (await wire.client()).request(subject, msgspec.json.encode(wanted), timeout=5)
    except OUT_OF_REACH:
        return _refused(503, _UNAVAILABLE, "JetStream cannot be reached now")
    return answer.data


def read(subject: str, body: bytes) -> tuple[str, dict[str, Any]]:
    """Return the consumer's name and the request as JetStream may get it. Raises ``NotThisConsumer``."""
    name, _, filtered = subject.removeprefix(f"{CREATING}.").partition(".")
    agreement = agreement_in(name)
    if agreement is None or not filtered.startswith(facts_of(agreement).removesuffix(">")):
        raise NotThisConsumer
    asked = _asked(body)
    fixed = {"name": name, "durable_name": name, "filter_subject": filtered}
    for part, told in asked.config.items():
        if part in _KEPT or told in (None, "", 0, False, [], {}) or told == fixed.get(part):
            continue
        raise NotThisConsumer(f"{part} cannot be set by a program")
    kept = {part: asked.config[part] for part in _KEPT if part in asked.config}
    rest = {"inactive_threshold": _rest(kept.get("inactive_threshold"))}
    return name, {"stream_name": STREAM, "config": {**kept, **rest, **fixed}, "action": asked.action}


def _rest(told: object) -> int:
    asked = told if isinstance(told, int) and told > 0 else _LONGEST_REST
    return min(asked, _LONGEST_REST)


class _Asked(msgspec.Struct):
    config: dict[str, Any]
    stream_name: str = STREAM
    action: str = ""


def _asked(body: bytes) -> _Asked:
    try:
        asked = msgspec.json.decode(body, type=_Asked)
    except msgspec.MsgspecError as error:
        raise NotThisConsumer("the request cannot be read") from error
    if asked.stream_name != STREAM:
        raise NotThisConsumer(f"facts are in the stream {STREAM}")
    return asked


def _refused(code: int, number: int, why: str) -> bytes:
    return msgspec.json.encode({"type": _KIND, "error": {"code": code, "err_code": number, "description": why}})
