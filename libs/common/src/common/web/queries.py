"""Query parameters: one that a route does not know is refused, or a misspelt filter would seem to have been applied."""

from collections.abc import Iterator

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.requests import Request

from common.refusals import Invalid
from common.web.paging import PARAMETERS, is_page

_LONGEST = 60


class UnknownParameter(Invalid):
    """The address has a query parameter that is not known here."""


def known(route: APIRoute) -> frozenset[str]:
    """Return the query parameters that *route* reads."""
    own = frozenset(_declared(route.dependant))
    return own | PARAMETERS if is_page(route) else own


def _declared(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for one in dependant.dependencies:
        yield from _declared(one)


def ensure_known(request: Request) -> None:
    """Hold only if the request's route reads every query parameter. Raises ``UnknownParameter``."""
    if not request.scope["query_string"]:
        return
    read = known(request.scope["route"])
    unknown = sorted({name[:_LONGEST] for name in request.query_params if name not in read})
    if unknown:
        takes = f"it takes {', '.join(sorted(read))}" if read else "it takes none"
        raise UnknownParameter(f"not known here: {', '.join(unknown)}; {takes}", unknown=unknown, known=sorted(read))
