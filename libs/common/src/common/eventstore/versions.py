"""Which PostgreSQL will do."""

_OLDEST = 18


class TooOld(OSError):
    """A server that lacks what the store is made of."""


def require_new_enough(major: int) -> None:
    """Return when a server of the version *major* will do. Raises ``TooOld``."""
    if major < _OLDEST:
        raise TooOld(f"PostgreSQL {major} is too old; {_OLDEST} or newer is needed")
