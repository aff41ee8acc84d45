"""One header of a request, without an object made for all of them."""

from starlette.types import Scope


def header(scope: Scope, name: bytes) -> str | None:
    """Return what the request says in the header *name*, which is in lower case; the first time, if it does twice."""
    for one, told in scope["headers"]:
        if one == name:
            return told.decode("latin-1")
    return None
