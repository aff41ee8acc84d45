"""One database address, as each library wants it, and the version of PostgreSQL that all is tried with."""

OLDEST = 18


def sqlalchemy_url(url: str) -> str:
    """Return the PostgreSQL address *url* as SQLAlchemy wants it for asyncpg."""
    return "postgresql+asyncpg://" + url.split("://", 1)[1]
