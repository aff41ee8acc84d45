"""The contract of a service's published facts, generated from the code: AsyncAPI 3.0 with a JSON Schema per fact."""

from typing import Any

import msgspec

from common.history import History
from common.values import Confided

_HEADERS = {
    "type": "object",
    "description": "CloudEvents 1.0 in NATS binary mode; Nats-Msg-Id is the event's id.",
    "required": ["ce-id", "ce-source", "ce-type", "ce-time", "ce-subject", "ce-position", "ce-previousposition"],
    "properties": {
        name: {"type": "string"}
        for name in (
            "Nats-Msg-Id", "ce-specversion", "ce-id", "ce-source", "ce-type", "ce-time", "ce-subject", "ce-dataschema",
            "ce-position", "ce-previousposition", "ce-streamversion", "ce-agreementid", "ce-actor", "ce-performedby",
            "ce-recordedtime", "ce-correlationid", "ce-causationid", "ce-imported", "ce-traceparent", "ce-hash",
        )
    },
}  # fmt: skip

_SERVER = {
    "host": "{address}",
    "protocol": "nats",
    "description": (
        "JetStream's stream ACUERDO, read with pull consumers through the JetStream domain acuerdo (API prefix "
        "$JS.acuerdo.API). A program of a company has one durable consumer per agreement in force that the company is "
        "party to: <company>_<program>_<agreement>, where the program is the connection's name. Its filter is the "
        "agreement's channels or some of them; its inbox prefix is _INBOX_<company>."
    ),
    "variables": {"address": {"description": "the deployment's NATS address, such as nats.example.org:4222"}},
    "security": [{"$ref": "#/components/securitySchemes/bearer"}],
}
_TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": (
        "An integrator's bearer token, the same as over HTTP, given as the connection's token. NATS disconnects when "
        "it expires; a connection with a fresh one may read the agreements of then."
    ),
}


def asyncapi(history: History, title: str) -> dict[str, Any]:
    """Return the AsyncAPI document of the facts that *history*'s service publishes."""
    service = history.service
    names = sorted(name for name in history.names if history.published(name))
    refs, schemas = msgspec.json.schema_components(
        [history.names[name] for name in names], ref_template="#/components/schemas/{name}", schema_hook=_schema_of
    )
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"{title}: published facts", "version": "1"},
        "defaultContentType": "application/json",
        "servers": {"nats": _SERVER},
        "channels": {
            name: {
                "address": f"acuerdo.{{agreement}}.{service}.{{thing}}.{name}",
                "parameters": {
                    "agreement": {"description": "the agreement's id, or - for facts of no agreement"},
                    "thing": {"description": "the kind of thing that the fact belongs to"},
                },
                "messages": {name: {"$ref": f"#/components/messages/{name}"}},
            }
            for name in names
        },
        "operations": {
            f"publish-{name}": {"action": "send", "channel": {"$ref": f"#/channels/{name}"}} for name in names
        },
        "components": {
            "messages": {
                name: {
                    "name": f"acuerdo.{service}.{name}.v{history.version_of(name)}",
                    "title": name,
                    "headers": _HEADERS,
                    "payload": ref,
                }
                for name, ref in zip(names, refs, strict=True)
            },
            "schemas": schemas,
            "securitySchemes": {"bearer": _TOKEN},
        },
    }


def _schema_of(shape: type) -> dict[str, Any]:
    if shape is not Confided:
        raise TypeError(f"{shape.__name__} has no schema")
    return {
        "title": "Confided",
        "description": "SHA-256 over 16 bytes of salt and a text, which whoever may know it reads over HTTP.",
        "type": "object",
        "properties": {"confided": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
        "required": ["confided"],
    }
