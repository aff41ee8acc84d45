"""The tables that publishing and subscribing need in every service's database, and how they came to be.

Steps never change: a later need is a later step.
"""

from typing import TYPE_CHECKING

import sqlalchemy as sa

from common.eventstore.tables import metadata, moment

if TYPE_CHECKING:
    from alembic.operations import Operations

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("expires_at", moment, nullable=False),
)

checkpoints = sa.Table(
    "checkpoints",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
)

waiting_messages = sa.Table(
    "waiting_messages",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("stream", sa.Text, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("headers", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("refusal", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("next_try_at", moment),
    sa.Column("waiting_since", moment, nullable=False),
    sa.Column("dead_at", moment),
    sa.Column("retried_by", sa.Text),
    sa.Column("retried_at", moment),
    sa.Column("discarded_by", sa.Text),
    sa.Column("discard_reason", sa.Text),
    sa.Column("discarded_at", moment),
)

STEPS_0001 = (
    """
    CREATE TABLE leases (
        name text PRIMARY KEY,
        holder text NOT NULL,
        epoch bigint NOT NULL,
        expires_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE checkpoints (name text PRIMARY KEY, position bigint NOT NULL)
    """,
    """
    CREATE TABLE waiting_messages (
        id uuid PRIMARY KEY,
        source text NOT NULL,
        stream text NOT NULL,
        position bigint NOT NULL,
        name text NOT NULL,
        headers text NOT NULL,
        body bytea NOT NULL,
        state text NOT NULL CHECK (state IN ('retrying', 'behind', 'dead', 'discarded', 'handled')),
        refusal text NOT NULL,
        reason text NOT NULL,
        attempts integer NOT NULL,
        next_try_at timestamptz,
        waiting_since timestamptz NOT NULL,
        dead_at timestamptz,
        retried_by text,
        retried_at timestamptz,
        discarded_by text,
        discard_reason text,
        discarded_at timestamptz
    )
    """,
    """
    CREATE INDEX waiting_messages_in_order ON waiting_messages (source, stream, position)
        WHERE state IN ('retrying', 'behind', 'dead')
    """,
)


def create_0001(op: "Operations") -> None:
    """Make the tables for leases, checkpoints and messages that wait."""
    for statement in STEPS_0001:
        op.execute(sa.text(statement.replace(":", r"\:")))
