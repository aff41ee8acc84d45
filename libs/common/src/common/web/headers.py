"""Single headers of a request, without an object made for all of them."""

from starlette.types import Scope


def header(scope: Scope, name: bytes) -> str | None:
    """Return what the request says in the header *name*, which is in lower case; the first time, if it does twice."""
    for one, told in scope["headers"]:
        if one == name:
            return told.decode("latin-1")
    return None


def listed(scope: Scope, name: bytes) -> str | None:
    """Return the list that the header *name* is, of which each line may hold a part (RFC 9110, 5.3)."""
    lines = [told.decode("latin-1") for one, told in scope["headers"] if one == name]
    return ", ".join(lines) if lines else None
