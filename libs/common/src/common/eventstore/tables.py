"""The tables that every service's database has for its facts. Their DDL lives in ``common.eventstore.ddl``."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

metadata = sa.MetaData()

moment = sa.DateTime(timezone=True)

events = sa.Table(
    "events",
    metadata,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("event_id", sa.Uuid, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("schema", sa.SmallInteger, nullable=False),
    sa.Column("data", pg.JSON, nullable=False),
    sa.Column("at", moment, nullable=False),
    sa.Column("recorded_at", moment, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("agreement_id", sa.Uuid),
    sa.Column("correlation", sa.Uuid, nullable=False),
    sa.Column("causation", sa.Uuid),
    sa.Column("imported", sa.Boolean, nullable=False),
    sa.Column("performed_by", sa.Text),
    sa.Column("trace", sa.Text),
    sa.Column("published", sa.Boolean, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Column("previous", sa.LargeBinary, nullable=False),
    sa.Column("confided", pg.JSON),
    sa.UniqueConstraint("stream", "version", name="events_stream_version"),
)

idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.SmallInteger, nullable=False),
    sa.Column("answer", sa.LargeBinary, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("asked_at", moment, nullable=False),
)

own_secret = sa.Table("own_secret", metadata, sa.Column("secret", sa.LargeBinary, nullable=False))

wakeups = sa.Table(
    "wakeups",
    metadata,
    sa.Column("stream", sa.Text, primary_key=True),
    sa.Column("due", moment, nullable=False, index=True),
)

progress = sa.Table(
    "projection_progress",
    metadata,
    sa.Column("projection", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
)
