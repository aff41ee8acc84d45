"""The tables that publishing and subscribing need in every service's database, and how they came to be.

Steps never change: a later need is a later step.
"""

from collections.abc import Sequence
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

inbox_shares = sa.Table(
    "inbox_shares",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("lo", sa.Integer, primary_key=True),
    sa.Column("hi", sa.Integer, nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("expires_at", moment, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("read_at", moment),
)

inbox_followers = sa.Table(
    "inbox_followers",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, primary_key=True),
    sa.Column("expires_at", moment, nullable=False),
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

STEPS_0002 = (
    "CREATE SEQUENCE IF NOT EXISTS inbox_epochs",
    """
    CREATE TABLE IF NOT EXISTS inbox_shares (
        source text NOT NULL,
        lo integer NOT NULL,
        hi integer NOT NULL CHECK (lo < hi),
        holder text NOT NULL,
        epoch bigint NOT NULL,
        expires_at timestamptz NOT NULL,
        position bigint NOT NULL,
        read_at timestamptz,
        PRIMARY KEY (source, lo)
    ) WITH (fillfactor = 10)
    """,
    """
    CREATE TABLE IF NOT EXISTS inbox_followers (
        source text NOT NULL,
        holder text NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (source, holder)
    )
    """,
)

STEPS_0003 = (
    """
    -- What append_counted_facts does, all or nothing, and that a holder of shares stands further, in one statement.
    -- AC001: another holds them. AC002: one of the appends cannot be; its number is the detail, its outcome the hint.
    CREATE FUNCTION append_taken_in(
        s_source text, s_lo integer[], s_epoch bigint[], s_position bigint, s_read_at timestamptz,
        a_stream text[], a_expected integer[], a_facts integer[], a_due timestamptz[], a_moves_due boolean[],
        o_append integer[], o_key text[], o_fingerprint bytea[], o_status smallint[], o_answer bytea[],
        o_version integer[], o_fact integer[],
        f_append integer[], f_version integer[], f_event_id uuid[], f_name text[], f_schema smallint[], f_data text[],
        f_at timestamptz[], f_recorded_at timestamptz[], f_actor text[], f_agreement_id uuid[], f_correlation uuid[],
        f_causation uuid[], f_imported boolean[], f_performed_by text[], f_trace text[], f_published boolean[],
        f_hash bytea[], f_previous bytea[], f_confided text[], now timestamptz
    ) RETURNS TABLE (append integer, outcome integer, "position" bigint) LANGUAGE plpgsql AS $$
    DECLARE
        moved integer;
    BEGIN
        UPDATE inbox_shares AS s
        SET position = greatest(s.position, s_position), read_at = coalesce(s_read_at, s.read_at)
        WHERE s.source = s_source AND (s.lo, s.epoch) IN (SELECT * FROM unnest(s_lo, s_epoch));
        GET DIAGNOSTICS moved = ROW_COUNT;
        IF moved <> cardinality(s_lo) THEN
            RAISE EXCEPTION 'another has taken over' USING ERRCODE = 'AC001';
        END IF;
        FOR append, outcome, "position" IN
            SELECT f.append, f.outcome, f."position"
            FROM append_counted_facts(
                a_stream, a_expected, a_facts, a_due, a_moves_due, o_append, o_key, o_fingerprint, o_status, o_answer,
                o_version, o_fact, f_append, f_version, f_event_id, f_name, f_schema, f_data, f_at, f_recorded_at,
                f_actor, f_agreement_id, f_correlation, f_causation, f_imported, f_performed_by, f_trace, f_published,
                f_hash, f_previous, f_confided, now, true
            ) AS f
        LOOP
            IF outcome <> 0 THEN
                RAISE EXCEPTION 'it cannot be appended' USING ERRCODE = 'AC002', DETAIL = append, HINT = outcome;
            END IF;
            RETURN NEXT;
        END LOOP;
    END $$
    """,
)


def create_0001(op: "Operations") -> None:
    """Make the tables for leases, checkpoints and messages that wait."""
    _execute(op, STEPS_0001)


def create_0002(op: "Operations") -> None:
    """Make the tables by which followers share out a source's facts; rows of a share change all the time."""
    _execute(op, STEPS_0002)


def create_0003(op: "Operations") -> None:
    """Let what is made of others' facts, and that they were taken in, be one statement."""
    _execute(op, STEPS_0003)


def _execute(op: "Operations", steps: Sequence[str]) -> None:
    for statement in steps:
        op.execute(sa.text(statement.replace(":", r"\:")))
