"""The route of a request found by its method and the shape of its path, where the framework tries all in turn."""

from collections import defaultdict
from collections.abc import Iterable

from fastapi import APIRouter
from starlette.convertors import StringConvertor
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

_VERSION = "v1"
_Shape = tuple[str, str, int]


class Finding:
    """Hands a request to the first route that takes it; whatever none of ours takes, *router* sees to.

    A path's shape is what it begins with, which ours spell out, and how many parts it has.
    """

    def __init__(self, router: APIRouter) -> None:
        self._router = router
        self._by_shape = _by_shape(router.routes)

    @property
    def routes(self) -> list[Route]:
        """Return the routes that it finds itself."""
        return [one for some in self._by_shape.values() for one in some]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the application's beginning and end."""
        if scope["type"] != "http" or scope.get("root_path"):
            await self._router(scope, receive, send)
            return
        path: str = scope["path"]
        for route in self._by_shape.get(_shape(scope["method"], path), ()):
            found = route.path_regex.match(path)
            if found:
                scope["path_params"] = found.groupdict()
                scope["endpoint"], scope["route"], scope["router"] = route.endpoint, route, self._router
                await route.app(scope, receive, send)
                return
        await self._router(scope, receive, send)


def _by_shape(routes: Iterable[BaseRoute]) -> dict[_Shape, list[Route]]:
    """Return the routes by shape, up to the first that is of another kind: it may take what a later one would."""
    found: dict[_Shape, list[Route]] = defaultdict(list)
    for route in routes:
        if not isinstance(route, Route) or not _is_plain(route):
            break
        for method in route.methods or ():
            found[_shape(method, route.path_format)].append(route)
    return dict(found)


def _is_plain(route: Route) -> bool:
    """Tell whether *route* spells out what its shape is made of, and nothing in its path stands for several parts."""
    _, beginning, _ = _shape("", route.path_format)
    return (
        bool(route.methods)
        and "{" not in beginning
        and all(type(one) is StringConvertor for one in route.param_convertors.values())
    )


def _shape(method: str, path: str) -> _Shape:
    """Return the shape of *path*: it begins with its first part, or with its first two where that is the version."""
    beginning, _, rest = path[1:].partition("/")
    return method, rest.partition("/")[0] if beginning == _VERSION else beginning, path.count("/")
