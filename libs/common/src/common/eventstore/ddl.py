"""How the store's tables came to be, step by step; each is called by a migration of every service.

Steps never change: a later need is a later step.
"""

from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.operations import Operations

LOCK = 0x6163756572646F  # "acuerdo": one append commits at a time, so that positions commit in order

_0001 = (
    """
    CREATE TABLE events (
        position bigint PRIMARY KEY,
        stream text NOT NULL,
        version integer NOT NULL,
        event_id uuid NOT NULL,
        name text NOT NULL,
        schema smallint NOT NULL,
        data json NOT NULL,
        at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL,
        actor text NOT NULL,
        agreement_id uuid,
        correlation uuid NOT NULL,
        causation uuid,
        imported boolean NOT NULL,
        performed_by text,
        trace text,
        published boolean NOT NULL,
        hash bytea NOT NULL,
        previous bytea NOT NULL,
        CONSTRAINT events_stream_version UNIQUE (stream, version)
    )
    """,
    """
    CREATE INDEX events_of_agreement ON events (agreement_id, position) WHERE published
    """,
    """
    CREATE TABLE idempotency (
        key text PRIMARY KEY,
        fingerprint bytea NOT NULL,
        status smallint NOT NULL,
        answer bytea NOT NULL,
        version integer NOT NULL,
        position bigint NOT NULL,
        asked_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE wakeups (stream text PRIMARY KEY, due timestamptz NOT NULL)
    """,
    """
    CREATE INDEX wakeups_due ON wakeups (due)
    """,
    """
    CREATE TABLE projection_progress (projection text PRIMARY KEY, position bigint NOT NULL)
    """,
    """
    CREATE FUNCTION events_are_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'facts are for ever: a correction is a new fact';
    END $$
    """,
    """
    CREATE TRIGGER events_are_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON events
        FOR EACH STATEMENT EXECUTE FUNCTION events_are_for_ever()
    """,
    """
    -- One row per append: outcome 0 it stands, 1 its stream stands elsewhere, 2 its idempotency key is taken.
    CREATE FUNCTION append_facts(
        a_stream text[], a_expected integer[], a_due timestamptz[], a_moves_due boolean[],
        o_append integer[], o_key text[], o_fingerprint bytea[], o_status smallint[], o_answer bytea[],
        o_version integer[], o_fact integer[],
        f_append integer[], f_version integer[], f_event_id uuid[], f_name text[], f_schema smallint[], f_data text[],
        f_at timestamptz[], f_recorded_at timestamptz[], f_actor text[], f_agreement_id uuid[], f_correlation uuid[],
        f_causation uuid[], f_imported boolean[], f_performed_by text[], f_trace text[], f_published boolean[],
        f_hash bytea[], f_previous bytea[], now timestamptz, all_or_nothing boolean
    ) RETURNS TABLE (append integer, outcome integer, "position" bigint) LANGUAGE plpgsql AS $$
    DECLARE
        outcomes integer[];
        base bigint;
    BEGIN
        PERFORM pg_advisory_xact_lock(%(lock)s);
        SELECT array_agg(
            CASE
                WHEN coalesce((SELECT e.version FROM events e WHERE e.stream = a.stream
                               ORDER BY e.version DESC LIMIT 1), 0) <> a.expected THEN 1
                WHEN EXISTS (
                    SELECT FROM unnest(o_append, o_key) AS o (append, key) JOIN idempotency i ON i.key = o.key
                    WHERE o.append = a.n
                ) THEN 2
                ELSE 0
            END ORDER BY a.n)
        INTO outcomes
        FROM unnest(a_stream, a_expected) WITH ORDINALITY AS a (stream, expected, n);
        IF all_or_nothing AND EXISTS (SELECT FROM unnest(outcomes) AS u (outcome) WHERE u.outcome <> 0) THEN
            RETURN QUERY
            SELECT u.n::integer, u.outcome, 0::bigint FROM unnest(outcomes) WITH ORDINALITY AS u (outcome, n);
            RETURN;
        END IF;
        SELECT coalesce(max(e.position), 0) INTO base FROM events e;
        INSERT INTO events
        SELECT base + row_number() OVER (ORDER BY f.n), a_stream[f.append], f.version, f.event_id, f.name, f.schema,
               f.data::json, f.at, f.recorded_at, f.actor, f.agreement_id, f.correlation, f.causation, f.imported,
               f.performed_by, f.trace, f.published, f.hash, f.previous
        FROM unnest(f_append, f_version, f_event_id, f_name, f_schema, f_data, f_at, f_recorded_at, f_actor,
                    f_agreement_id, f_correlation, f_causation, f_imported, f_performed_by, f_trace, f_published,
                    f_hash, f_previous)
             WITH ORDINALITY AS f (append, version, event_id, name, schema, data, at, recorded_at, actor, agreement_id,
                                   correlation, causation, imported, performed_by, trace, published, hash, previous, n)
        WHERE outcomes[f.append] = 0
        ORDER BY f.n;
        INSERT INTO idempotency
        SELECT o.key, o.fingerprint, o.status, o.answer, o.version,
               coalesce((SELECT e.position FROM events e
                         WHERE o.fact > 0 AND e.stream = a_stream[o.append] AND e.version = o.fact), 0), now
        FROM unnest(o_append, o_key, o_fingerprint, o_status, o_answer, o_version, o_fact)
             AS o (append, key, fingerprint, status, answer, version, fact)
        WHERE outcomes[o.append] = 0;
        INSERT INTO wakeups
        SELECT a.stream, a.due
        FROM unnest(a_stream, a_due, a_moves_due) WITH ORDINALITY AS a (stream, due, moves_due, n)
        WHERE outcomes[a.n] = 0 AND a.moves_due AND a.due IS NOT NULL
        ON CONFLICT (stream) DO UPDATE SET due = excluded.due;
        DELETE FROM wakeups w
        USING unnest(a_stream, a_due, a_moves_due) WITH ORDINALITY AS a (stream, due, moves_due, n)
        WHERE w.stream = a.stream AND outcomes[a.n] = 0 AND a.moves_due AND a.due IS NULL;
        RETURN QUERY
        SELECT u.n::integer, u.outcome,
               coalesce((SELECT max(e.position) FROM events e WHERE e.position > base AND e.stream = a_stream[u.n]), 0)
        FROM unnest(outcomes) WITH ORDINALITY AS u (outcome, n);
    END $$
    """,
)


_0002 = (
    """
    ALTER TABLE events ADD COLUMN confided json
    """,
    """
    -- One row per append: outcome 0 it stands, 1 its stream stands elsewhere, 2 its idempotency key is taken.
    CREATE FUNCTION append_facts(
        a_stream text[], a_expected integer[], a_due timestamptz[], a_moves_due boolean[],
        o_append integer[], o_key text[], o_fingerprint bytea[], o_status smallint[], o_answer bytea[],
        o_version integer[], o_fact integer[],
        f_append integer[], f_version integer[], f_event_id uuid[], f_name text[], f_schema smallint[], f_data text[],
        f_at timestamptz[], f_recorded_at timestamptz[], f_actor text[], f_agreement_id uuid[], f_correlation uuid[],
        f_causation uuid[], f_imported boolean[], f_performed_by text[], f_trace text[], f_published boolean[],
        f_hash bytea[], f_previous bytea[], f_confided text[], now timestamptz, all_or_nothing boolean
    ) RETURNS TABLE (append integer, outcome integer, "position" bigint) LANGUAGE plpgsql AS $$
    DECLARE
        outcomes integer[];
        base bigint;
    BEGIN
        PERFORM pg_advisory_xact_lock(%(lock)s);
        SELECT array_agg(
            CASE
                WHEN coalesce((SELECT e.version FROM events e WHERE e.stream = a.stream
                               ORDER BY e.version DESC LIMIT 1), 0) <> a.expected THEN 1
                WHEN EXISTS (
                    SELECT FROM unnest(o_append, o_key) AS o (append, key) JOIN idempotency i ON i.key = o.key
                    WHERE o.append = a.n
                ) THEN 2
                ELSE 0
            END ORDER BY a.n)
        INTO outcomes
        FROM unnest(a_stream, a_expected) WITH ORDINALITY AS a (stream, expected, n);
        IF all_or_nothing AND EXISTS (SELECT FROM unnest(outcomes) AS u (outcome) WHERE u.outcome <> 0) THEN
            RETURN QUERY
            SELECT u.n::integer, u.outcome, 0::bigint FROM unnest(outcomes) WITH ORDINALITY AS u (outcome, n);
            RETURN;
        END IF;
        SELECT coalesce(max(e.position), 0) INTO base FROM events e;
        INSERT INTO events
        SELECT base + row_number() OVER (ORDER BY f.n), a_stream[f.append], f.version, f.event_id, f.name, f.schema,
               f.data::json, f.at, f.recorded_at, f.actor, f.agreement_id, f.correlation, f.causation, f.imported,
               f.performed_by, f.trace, f.published, f.hash, f.previous, f.confided::json
        FROM unnest(f_append, f_version, f_event_id, f_name, f_schema, f_data, f_at, f_recorded_at, f_actor,
                    f_agreement_id, f_correlation, f_causation, f_imported, f_performed_by, f_trace, f_published,
                    f_hash, f_previous, f_confided)
             WITH ORDINALITY AS f (append, version, event_id, name, schema, data, at, recorded_at, actor, agreement_id,
                                   correlation, causation, imported, performed_by, trace, published, hash, previous,
                                   confided, n)
        WHERE outcomes[f.append] = 0
        ORDER BY f.n;
        INSERT INTO idempotency
        SELECT o.key, o.fingerprint, o.status, o.answer, o.version,
               coalesce((SELECT e.position FROM events e
                         WHERE o.fact > 0 AND e.stream = a_stream[o.append] AND e.version = o.fact), 0), now
        FROM unnest(o_append, o_key, o_fingerprint, o_status, o_answer, o_version, o_fact)
             AS o (append, key, fingerprint, status, answer, version, fact)
        WHERE outcomes[o.append] = 0;
        INSERT INTO wakeups
        SELECT a.stream, a.due
        FROM unnest(a_stream, a_due, a_moves_due) WITH ORDINALITY AS a (stream, due, moves_due, n)
        WHERE outcomes[a.n] = 0 AND a.moves_due AND a.due IS NOT NULL
        ON CONFLICT (stream) DO UPDATE SET due = excluded.due;
        DELETE FROM wakeups w
        USING unnest(a_stream, a_due, a_moves_due) WITH ORDINALITY AS a (stream, due, moves_due, n)
        WHERE w.stream = a.stream AND outcomes[a.n] = 0 AND a.moves_due AND a.due IS NULL;
        RETURN QUERY
        SELECT u.n::integer, u.outcome,
               coalesce((SELECT max(e.position) FROM events e WHERE e.position > base AND e.stream = a_stream[u.n]), 0)
        FROM unnest(outcomes) WITH ORDINALITY AS u (outcome, n);
    END $$
    """,
)
"""The function before stays, for programs of the version before that still run while this one comes."""


_0003 = (
    """
    CREATE TABLE own_secret (secret bytea NOT NULL)
    """,
    """
    INSERT INTO own_secret SELECT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
    """,
)

_0004 = (
    """
    -- One row per append: outcome 0 it stands, 1 its stream stands elsewhere, 2 its idempotency key is taken.
    -- An append's facts lie side by side in the columns, so where each comes to stand is known by counting.
    CREATE FUNCTION append_counted_facts(
        a_stream text[], a_expected integer[], a_facts integer[], a_due timestamptz[], a_moves_due boolean[],
        o_append integer[], o_key text[], o_fingerprint bytea[], o_status smallint[], o_answer bytea[],
        o_version integer[], o_fact integer[],
        f_append integer[], f_version integer[], f_event_id uuid[], f_name text[], f_schema smallint[], f_data text[],
        f_at timestamptz[], f_recorded_at timestamptz[], f_actor text[], f_agreement_id uuid[], f_correlation uuid[],
        f_causation uuid[], f_imported boolean[], f_performed_by text[], f_trace text[], f_published boolean[],
        f_hash bytea[], f_previous bytea[], f_confided text[], now timestamptz, all_or_nothing boolean
    ) RETURNS TABLE (append integer, outcome integer, "position" bigint) LANGUAGE plpgsql AS $$
    DECLARE
        answered integer[];
        outcomes integer[];
        lasts bigint[];
        base bigint;
    BEGIN
        PERFORM pg_advisory_xact_lock(%(lock)s);
        SELECT array_agg(o.append)
        INTO answered
        FROM unnest(o_append, o_key) AS o (append, key)
        WHERE EXISTS (SELECT FROM idempotency i WHERE i.key = o.key);
        SELECT array_agg(
            CASE
                WHEN coalesce((SELECT e.version FROM events e WHERE e.stream = a.stream
                               ORDER BY e.version DESC LIMIT 1), 0) <> a.expected THEN 1
                WHEN a.n = ANY (answered) THEN 2
                ELSE 0
            END ORDER BY a.n)
        INTO outcomes
        FROM unnest(a_stream, a_expected) WITH ORDINALITY AS a (stream, expected, n);
        IF all_or_nothing AND EXISTS (SELECT FROM unnest(outcomes) AS u (outcome) WHERE u.outcome <> 0) THEN
            RETURN QUERY
            SELECT u.n::integer, u.outcome, 0::bigint FROM unnest(outcomes) WITH ORDINALITY AS u (outcome, n);
            RETURN;
        END IF;
        SELECT coalesce(max(e.position), 0) INTO base FROM events e;
        SELECT array_agg(base + counted.facts ORDER BY counted.n)
        INTO lasts
        FROM (
            SELECT a.n, sum(CASE WHEN outcomes[a.n] = 0 THEN a.facts ELSE 0 END) OVER (ORDER BY a.n) AS facts
            FROM unnest(a_facts) WITH ORDINALITY AS a (facts, n)
        ) AS counted;
        INSERT INTO events
        SELECT lasts[f.append] - (a_expected[f.append] + a_facts[f.append] - f.version), a_stream[f.append], f.version,
               f.event_id, f.name, f.schema, f.data::json, f.at, f.recorded_at, f.actor, f.agreement_id, f.correlation,
               f.causation, f.imported, f.performed_by, f.trace, f.published, f.hash, f.previous, f.confided::json
        FROM unnest(f_append, f_version, f_event_id, f_name, f_schema, f_data, f_at, f_recorded_at, f_actor,
                    f_agreement_id, f_correlation, f_causation, f_imported, f_performed_by, f_trace, f_published,
                    f_hash, f_previous, f_confided)
             AS f (append, version, event_id, name, schema, data, at, recorded_at, actor, agreement_id, correlation,
                   causation, imported, performed_by, trace, published, hash, previous, confided)
        WHERE outcomes[f.append] = 0;
        INSERT INTO idempotency
        SELECT o.key, o.fingerprint, o.status, o.answer, o.version,
               CASE
                   WHEN o.fact > 0 THEN lasts[o.append] - (a_expected[o.append] + a_facts[o.append] - o.fact)
                   ELSE 0
               END, now
        FROM unnest(o_append, o_key, o_fingerprint, o_status, o_answer, o_version, o_fact)
             AS o (append, key, fingerprint, status, answer, version, fact)
        WHERE outcomes[o.append] = 0;
        INSERT INTO wakeups
        SELECT a.stream, a.due
        FROM unnest(a_stream, a_due, a_moves_due) WITH ORDINALITY AS a (stream, due, moves_due, n)
        WHERE outcomes[a.n] = 0 AND a.moves_due AND a.due IS NOT NULL
        ON CONFLICT (stream) DO UPDATE SET due = excluded.due;
        DELETE FROM wakeups w
        USING unnest(a_stream, a_due, a_moves_due) WITH ORDINALITY AS a (stream, due, moves_due, n)
        WHERE w.stream = a.stream AND outcomes[a.n] = 0 AND a.moves_due AND a.due IS NULL;
        RETURN QUERY
        SELECT u.n::integer, u.outcome,
               CASE WHEN u.outcome = 0 AND a_facts[u.n] > 0 THEN lasts[u.n] ELSE 0 END
        FROM unnest(outcomes) WITH ORDINALITY AS u (outcome, n);
    END $$
    """,
)
"""The function before looked for each append in all others, and for each fact's position in the table."""


def create_0001(op: "Operations") -> None:
    """Make the tables for facts, idempotency keys, wake-ups and projections' progress, and the one way to append."""
    _execute(op, _0001)


def create_0002(op: "Operations") -> None:
    """Let texts rest beside the facts that hold their digests."""
    _execute(op, _0002)


def create_0003(op: "Operations") -> None:
    """Give the service a secret of its own, of 244 random bits, that what it keeps of requests is keyed with."""
    _execute(op, _0003)


def create_0004(op: "Operations") -> None:
    """Append in a time that grows with how much there is to append, and no faster."""
    _execute(op, _0004)


def _execute(op: "Operations", statements: tuple[str, ...]) -> None:
    for statement in statements:
        op.execute(sa.text(statement.replace("%(lock)s", str(LOCK)).replace(":", r"\:")))
