"""One way to write a value down, so that everybody computes the same fingerprint."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any


def canonical(what: object) -> str:
    """Return *what* as canonical JSON: keys sorted, no white space, UTF-8 unescaped.

    Durations are ISO 8601 in seconds (``PT14400S``), instants RFC 3339 in UTC.
    """
    return json.dumps(plain(what), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def fingerprint(what: object) -> str:
    """Return SHA-256 (hexadecimal) over the canonical JSON of *what*."""
    return sha256(canonical(what).encode()).hexdigest()


def plain(what: Any) -> Any:  # noqa: PLR0911 - one line per kind of value
    """Return *what* as JSON knows it."""
    match what:
        case timedelta():
            return seconds(what)
        case datetime():
            return what.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return what.isoformat()
        case tuple() | list():
            return [plain(each) for each in what]
        case Mapping():
            return {str(key): plain(each) for key, each in what.items()}
        case _ if is_dataclass(what):
            return {field.name: plain(getattr(what, field.name)) for field in fields(what)}
        case None | bool() | int() | float() | str():
            return what
        case _:
            return str(what)


def seconds(duration: timedelta) -> str:
    """Return *duration* as ISO 8601 in seconds: ``PT14400S``, ``-PT1.5S``."""
    micros = duration // timedelta(microseconds=1)
    whole, rest = divmod(abs(micros), 1_000_000)
    part = f".{rest:06d}".rstrip("0") if rest else ""
    return f"{'-' if micros < 0 else ''}PT{whole}{part}S"
