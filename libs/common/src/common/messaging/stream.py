"""The stream that every published fact is kept in, and how far a service's facts have got in it."""

from datetime import datetime

from nats.js import JetStreamContext, api
from nats.js.errors import BadRequestError, NotFoundError

from common.messaging.connection import StreamSettings, Wire
from common.values import value


async def ensure(wire: Wire) -> JetStreamContext:
    """Make the stream if it is not there; one that an operator has set differently is left as it is."""
    jetstream = (await wire.client()).jetstream()
    try:
        await jetstream.stream_info(wire.stream.name)
    except NotFoundError:
        try:
            await jetstream.add_stream(_config(wire.stream))
        except BadRequestError:  # another process was faster
            await jetstream.stream_info(wire.stream.name)
    return jetstream


@value
class End:
    """Where a service's facts end in the stream, since when there is the stream, and the numbers of its messages.

    ``position`` is None when what comes last is no fact, so that it does not say where they end.
    ``forgets`` when the stream drops facts by itself, so that a missing fact is no sign of loss.
    """

    position: int | None
    created: datetime | None
    first: int
    last: int
    forgets: bool


async def end_of(jetstream: JetStreamContext, stream: str, service: str) -> End:
    """Return where *service*'s facts end in the stream; position 0 when there are none."""
    info = await jetstream.stream_info(stream)
    config = info.config
    return End(
        position=await _last_position(jetstream, stream, service),
        created=info.created,
        first=info.state.first_seq,
        last=info.state.last_seq,
        forgets=bool(config.max_age) or (config.max_msgs or -1) > 0 or (config.max_bytes or -1) > 0,
    )


async def has(jetstream: JetStreamContext, stream: str, seq: int) -> bool:
    """Tell whether the stream still has its message number *seq*."""
    try:
        await jetstream.get_msg(stream, seq)
    except NotFoundError:
        return False
    return True


async def begin_reading(jetstream: JetStreamContext, stream: str, subject: str, since: datetime | None) -> str:
    """Return the name of a new consumer of *subject* from *since* on, or from the beginning.

    It is sent and forgotten: how far we came is kept beside what we made of it, so nothing is acknowledged and the
    server keeps no account of us. It goes when nobody has asked it for a while.
    """
    config = api.ConsumerConfig(
        filter_subject=subject,
        ack_policy=api.AckPolicy.NONE,
        deliver_policy=api.DeliverPolicy.ALL if since is None else api.DeliverPolicy.BY_START_TIME,
        opt_start_time=since,
        inactive_threshold=30,
        mem_storage=True,
        num_replicas=1,
    )
    return (await jetstream.add_consumer(stream, config)).name


async def _last_position(jetstream: JetStreamContext, stream: str, service: str) -> int | None:
    try:
        last = await jetstream.get_last_msg(stream, f"acuerdo.*.{service}.>")
    except NotFoundError:
        return 0
    said = (last.headers or {}).get("ce-position", "")
    return int(said) if said.isdecimal() else None


def _config(settings: StreamSettings) -> api.StreamConfig:
    return api.StreamConfig(
        name=settings.name,
        subjects=["acuerdo.*.*.*.*"],
        retention=api.RetentionPolicy.LIMITS,
        storage=api.StorageType.FILE,
        discard=api.DiscardPolicy.OLD,
        num_replicas=settings.replicas,
        max_age=settings.max_age,
        max_bytes=settings.max_bytes or -1,
        duplicate_window=min(settings.duplicate_window, settings.max_age or settings.duplicate_window),
    )
