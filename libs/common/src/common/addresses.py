"""Addresses of the servers that everything rests on: which are some, and how they are shown."""

import re
from urllib.parse import urlsplit

_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.%]+\]|[^\[\]:@/\s]*)(?::(\d{1,5}))?")
_POSTGRES, _NATS = ("postgresql", "postgres"), ("nats", "tls", "ws", "wss")
_HIGHEST_PORT = 65_535


def postgres_address(url: str) -> str:
    """Return *url*, an address of PostgreSQL. Raises ``ValueError``, which says nothing of what was given."""
    return _sound(url, _POSTGRES, "postgresql://user:password@host:5432/postgres")


def nats_address(url: str) -> str:
    """Return *url*, an address of NATS. Raises ``ValueError``, which says nothing of what was given."""
    return _sound(url, _NATS, "nats://user:password@host:4222")


def shown(url: str) -> str:
    """Return *url* without the user and password, however odd they are, and without what follows its path."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"


def _sound(url: str, schemes: tuple[str, ...], example: str) -> str:
    """Libraries read an odd password in ways of their own, and tell parts of it when that goes wrong."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    hosts = parts.netloc.rpartition("@")[2]
    beyond = parts.path + parts.fragment + ("" if "@" in parts.netloc else parts.query)
    sound = parts.scheme in schemes and parts.netloc.count("@") <= 1 and "@" not in beyond
    if not sound or not all(_is_host(one) for one in hosts.split(",")):
        raise ValueError(f"reads {example}, with %40 for @, %2F for / and so on in a password")
    return url


def _is_host(text: str) -> bool:
    found = _HOST.fullmatch(text)
    return found is not None and int(found[1] or 1) in range(1, _HIGHEST_PORT + 1)
