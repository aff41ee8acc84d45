"""What a company's program may do on NATS: read the facts of its agreements through pull consumers of its own.

Programs live in a NATS account of their own, ``PARTNERS``, that holds nothing. It imports from ``ACUERDO``, where the
facts are, four services of JetStream: create, look at and delete a consumer, and the next messages of one; and
acknowledgements. NATS has no wildcard for a part of a name, so each durable name is allowed by itself.
"""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from common.messaging.connection import StreamSettings

HOME, PARTNERS = "ACUERDO", "PARTNERS"
DOMAIN = "acuerdo"
STREAM = StreamSettings().name
CREATING = "partners.create"
"""Where the making of consumers arrives in ``HOME``; it is looked at before JetStream is asked."""

LARGEST_MESSAGE = 8_192
"""Bytes that a program may send at once: it only asks."""

MOST_SUBSCRIPTIONS = 1_024
_MOST_CONNECTIONS, _MOST_CONSUMERS = 4_096, 20_000

_API = f"$JS.{DOMAIN}.API.CONSUMER"
_PROGRAM = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")
_DURABLE = re.compile(r"[a-z0-9-]+_[a-z0-9-]+_([0-9a-f-]{36})")
_UNNAMED = "main"


def program_of(connection_name: str) -> str | None:
    """Return the program that the connection is named for, None when the name is no slug; ``main`` if it has none."""
    name = connection_name or _UNNAMED
    return name if _PROGRAM.fullmatch(name) else None


def durable(company: str, program: str, agreement: UUID) -> str:
    """Return the name of the one consumer that a company's program has of an agreement's facts."""
    return f"{company}_{program}_{agreement}"


def agreement_in(name: str) -> str | None:
    """Return the agreement that the consumer *name* is for, None when it is no name of ``durable``."""
    found = _DURABLE.fullmatch(name)
    return found[1] if found else None


def is_of(name: str, company: str, agreement: str) -> bool:
    """Tell whether the consumer *name* is one of the company's programs, of the agreement's facts."""
    return name.startswith(f"{company}_") and name.endswith(f"_{agreement}")


def facts_of(agreement: object) -> str:
    """Return where all facts of the agreement are published."""
    return f"acuerdo.{agreement}.>"


def inbox_of(company: str) -> str:
    """Return the prefix of the addresses that a company's programs are answered at."""
    return f"_INBOX_{company}"


def permissions(company: str, program: str, agreements: Iterable[UUID]) -> dict[str, Any]:
    """Return the permissions of a user's claims; no *agreements* would make them boundless, so there must be some."""
    own = [(durable(company, program, one), one) for one in sorted(agreements)]
    if not own:
        raise ValueError("an empty list of what is allowed means everything to NATS")
    publish = [subject for name, agreement in own for subject in _of_consumer(name, agreement)]
    return {"pub": {"allow": publish}, "sub": {"allow": [f"{inbox_of(company)}.>"]}}


def _of_consumer(name: str, agreement: UUID) -> list[str]:
    return [
        f"{_API}.CREATE.{STREAM}.{name}.{facts_of(agreement)}",
        f"{_API}.INFO.{STREAM}.{name}",
        f"{_API}.DELETE.{STREAM}.{name}",
        f"{_API}.MSG.NEXT.{STREAM}.{name}",
        f"$JS.ACK.{STREAM}.{name}.>",
    ]


def accounts(users: list[dict[str, str]]) -> dict[str, Any]:
    """Return the ``accounts`` of a NATS server's configuration; *users* are Acuerdo's own processes."""
    create = f"{CREATING}.*.acuerdo.*.>"
    created = f"{_API}.CREATE.{STREAM}.*.acuerdo.*.>"
    same = ["INFO", "DELETE", "MSG.NEXT"]
    ack = f"$JS.ACK.{STREAM}.*.>"
    long = {"response_type": "Stream", "threshold": "5m"}  # one asking for messages is answered many times
    return {
        HOME: {
            "jetstream": {"max_streams": 8, "max_consumers": _MOST_CONSUMERS},
            "users": users,
            "exports": [
                {"service": create, "accounts": [PARTNERS]},
                *({"service": _js(one), "accounts": [PARTNERS], **(long if one == "MSG.NEXT" else {})} for one in same),
                {"service": ack, "accounts": [PARTNERS]},
            ],
        },
        PARTNERS: {
            "limits": {"max_connections": _MOST_CONNECTIONS, "max_payload": LARGEST_MESSAGE},
            "imports": [
                {"service": {"account": HOME, "subject": create}, "to": created},
                *(
                    {"service": {"account": HOME, "subject": _js(one)}, "to": f"{_API}.{one}.{STREAM}.*"}
                    for one in same
                ),
                {"service": {"account": HOME, "subject": ack}},
            ],
        },
    }


def _js(operation: str) -> str:
    return f"$JS.API.CONSUMER.{operation}.{STREAM}.*"
