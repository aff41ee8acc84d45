"""Programs make pull consumers and no others: JetStream sends a push consumer's messages wherever its maker says.

The subject of the request has been allowed to whoever sent it; here its body is made anew from what is allowed.
"""

import asyncio
from typing import Any
from weakref import WeakValueDictionary

import msgspec
import structlog
from nats.aio.msg import Msg

from common.messaging.connection import OUT_OF_REACH, Wire
from common.partners.permits import CREATING, STREAM, agreement_in, facts_of, is_of
from common.partners.serving import serve
from common.refusals import Conflict, Invalid

_log = structlog.get_logger(__name__)

_KEPT = (
    "ack_policy", "ack_wait", "backoff", "deliver_policy", "description", "headers_only", "inactive_threshold",
    "max_ack_pending", "max_batch", "max_bytes", "max_deliver", "max_expires", "max_waiting", "opt_start_seq",
    "opt_start_time", "replay_policy",
)  # fmt: skip
_SAID_BY_THE_SUBJECT = ("name", "durable_name", "filter_subject")
_LARGEST = 4_096  # bytes of a request
_MOST = {"max_ack_pending": 5_000, "max_batch": 10_000, "max_deliver": 1_000, "max_waiting": 512}
_LONGEST_BACKOFF, _LONGEST_DESCRIPTION = 16, 200
_LONGEST_REST = 7 * 24 * 3600 * 10**9  # nanoseconds that a consumer is kept without being used
MOST_CONSUMERS = 32
"""How many consumers a company may have of one agreement's facts."""
_KIND = "io.nats.jetstream.api.v1.consumer_create_response"
_REFUSED, _TOO_MANY, _UNAVAILABLE = 10_012, 10_026, 10_008  # JetStream's own numbers


class NotThisConsumer(Invalid):
    """A program reads facts through a pull consumer with the name and the filter that it was told."""


class TooManyConsumers(Conflict):
    """Your company has as many consumers of this agreement's facts as it may; delete one, or leave one for a week."""


class Creating:
    """Makes the consumers that programs ask for, one after the other of those that are counted together.

    Any number of processes may run it.
    """

    def __init__(self) -> None:
        self._counting: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def run(self, wire: Wire) -> None:
        """Make consumers until cancelled."""

        async def hear(message: Msg) -> None:
            await message.respond(await self.create(wire, message))

        await serve(wire, f"{CREATING}.*.acuerdo.*.>", hear)

    async def create(self, wire: Wire, message: Msg) -> bytes:
        """Return JetStream's answer to the request, or a refusal in its form."""
        try:
            name, wanted = read(message.subject, message.data)
            company, _, agreement = name.split("_")
            async with self._counting.setdefault((company, agreement), asyncio.Lock()):
                await _ensure_room(wire, name, company, agreement)
                return await _made(wire, name, wanted)
        except NotThisConsumer as refusal:
            _log.info("a consumer was not made", why=str(refusal))
            return _refused(400, _REFUSED, str(refusal))
        except TooManyConsumers as refusal:
            _log.info("a consumer was not made", why=str(refusal))
            return _refused(400, _TOO_MANY, str(refusal))
        except OUT_OF_REACH:
            return _refused(503, _UNAVAILABLE, "JetStream cannot be reached now")


async def _made(wire: Wire, name: str, wanted: dict[str, Any]) -> bytes:
    subject = f"$JS.API.CONSUMER.CREATE.{STREAM}.{name}.{wanted['config']['filter_subject']}"
    return (await (await wire.client()).request(subject, msgspec.json.encode(wanted), timeout=5)).data


async def _ensure_room(wire: Wire, name: str, company: str, agreement: str) -> None:
    """Return when the company may have the consumer *name*. Raises ``TooManyConsumers``."""
    own = [one for one in await _consumers(wire) if is_of(one, company, agreement)]
    if name not in own and len(own) >= MOST_CONSUMERS:
        raise TooManyConsumers


async def _consumers(wire: Wire) -> list[str]:
    """Return the names of all consumers of the stream; none when there is no stream yet."""
    client, names = await wire.client(), list[str]()
    while True:
        asked = msgspec.json.encode({"offset": len(names)})
        answer = await client.request(f"$JS.API.CONSUMER.NAMES.{STREAM}", asked, timeout=5)
        page = msgspec.json.decode(answer.data, type=_Names)
        names += page.consumers or ()
        if not page.consumers or len(names) >= page.total:
            return names


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
    _ensure_modest(kept)
    rest = {"inactive_threshold": _rest(kept.get("inactive_threshold"))}
    return name, {"stream_name": STREAM, "config": {**kept, **rest, **fixed}, "action": asked.action}


def _ensure_modest(kept: dict[str, Any]) -> None:
    """Hold only if what is asked takes no more of the server than a program needs. Raises ``NotThisConsumer``."""
    for part, most in _MOST.items():
        told = kept.get(part)
        if told is not None and not (isinstance(told, int) and -1 <= told <= most):
            raise NotThisConsumer(f"{part} is at most {most}")
        if told == -1 and part != "max_deliver":
            raise NotThisConsumer(f"{part} is limited: at most {most}")
    if len(kept.get("backoff") or ()) > _LONGEST_BACKOFF:
        raise NotThisConsumer(f"backoff has at most {_LONGEST_BACKOFF} steps")
    if len(str(kept.get("description") or "")) > _LONGEST_DESCRIPTION:
        raise NotThisConsumer(f"a description has at most {_LONGEST_DESCRIPTION} characters")


def _rest(told: object) -> int:
    asked = told if isinstance(told, int) and told > 0 else _LONGEST_REST
    return min(asked, _LONGEST_REST)


class _Asked(msgspec.Struct):
    config: dict[str, Any]
    stream_name: str = STREAM
    action: str = ""


class _Names(msgspec.Struct):
    consumers: list[str] | None = None
    total: int = 0


def _asked(body: bytes) -> _Asked:
    if len(body) > _LARGEST:
        raise NotThisConsumer(f"a request has at most {_LARGEST} bytes")
    try:
        asked = msgspec.json.decode(body, type=_Asked)
    except msgspec.MsgspecError as error:
        raise NotThisConsumer("the request cannot be read") from error
    if asked.stream_name != STREAM:
        raise NotThisConsumer(f"facts are in the stream {STREAM}")
    return asked


def _refused(code: int, number: int, why: str) -> bytes:
    return msgspec.json.encode({"type": _KIND, "error": {"code": code, "err_code": number, "description": why}})
