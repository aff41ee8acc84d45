"""Addresses of the servers that everything rests on: which are some, how they are shown, how libraries want them."""

import re
from urllib.parse import SplitResult, parse_qsl, urlsplit

_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.%]+\]|[^\[\]:@/\s]+)(?::(\d{1,5}))?")
_POSTGRES, _NATS = ("postgresql", "postgres"), ("nats", "tls")
_HIGHEST_PORT = 65_535
_SAID_BEFORE = {"host", "hostaddr", "port", "user", "dbname", "database", "service", "servicefile", "passfile"}
"""What an address says in its place: of what a query says again, each library takes another."""


def postgres_address(url: str) -> str:
    """Return *url*, an address of PostgreSQL. Raises ``ValueError``, which says nothing of what was given."""
    _require(_sound(url, _POSTGRES), "postgresql://user:password@host:5432/postgres")
    return url


def nats_address(url: str) -> str:
    """Return *url*, an address of NATS. Raises ``ValueError``, which says nothing of what was given."""
    parts = _sound(url, _NATS)
    _require(None if parts and "," in parts.netloc else parts, "nats://user:password@host:4222")
    return url


def shown(url: str) -> str:
    """Return *url* without the user and password, and without what follows its path; of an odd one the scheme alone."""
    parts = _sound(url, (*_POSTGRES, *_NATS))
    return f"{parts.scheme}://{_hosts(parts)}{parts.path}" if parts else f"{url.partition(':')[0][:10]}://..."


def sqlalchemy_url(url: str) -> str:
    """Return the PostgreSQL address *url* as SQLAlchemy wants it for asyncpg."""
    return "postgresql+asyncpg://" + url.split("://", 1)[1]


def _require(parts: SplitResult | None, example: str) -> None:
    if parts is None:
        raise ValueError(f"reads {example}, with %40 for @, %2F for / and so on in a password, and says each part once")


def _sound(url: str, schemes: tuple[str, ...]) -> SplitResult | None:
    """Return the parts of *url* where nobody can take a password for anything else, or anything else for a password.

    Libraries read an odd one in ways of their own, and tell parts of it when that goes wrong.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    whole = parts.scheme in schemes and url[len(parts.scheme) :].startswith("://") and parts.netloc.count("@") <= 1
    asked = parse_qsl(parts.query, keep_blank_values=True)
    again = any(name in _SAID_BEFORE or "password" in name for name in (name.strip().lower() for name, _ in asked))
    odd = again or not url.isprintable() or " " in url or "@" in parts.path + parts.query + parts.fragment
    return parts if whole and not odd and all(_is_host(one) for one in _hosts(parts).split(",")) else None


def _hosts(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]


def _is_host(text: str) -> bool:
    found = _HOST.fullmatch(text)
    return found is not None and int(found[1] or 1) in range(1, _HIGHEST_PORT + 1)
