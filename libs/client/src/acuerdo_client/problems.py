"""The services' refusals as exceptions: an RFC 9457 problem each, a subclass for each status."""

from collections.abc import Mapping
from typing import Any, cast

import httpx

_MEMBERS = frozenset({"type", "title", "status", "detail", "instance"})


class AcuerdoError(Exception):
    """Whatever a call can raise: a service refused, or it could not be reached."""


class Unreachable(AcuerdoError):
    """A service could not be reached, however often it was tried; nothing is known of what became of the request."""

    def __init__(self, service: str, address: str, why: str) -> None:
        super().__init__(f"{service} at {address} cannot be reached: {why}")
        self.service = service
        self.address = address


class Problem(AcuerdoError):
    """A service refused. ``type`` names the rule for programs, ``title`` says it for people, ``detail`` what it was."""

    def __init__(self, document: Mapping[str, Any], status: int) -> None:
        self.type = str(document.get("type", "about:blank"))
        self.title = str(document.get("title", ""))
        self.status = status
        self.detail = str(document.get("detail", "") or self.title)
        self.parameters = {name: held for name, held in document.items() if name not in _MEMBERS}
        super().__init__(f"{status} {self.title}" + (f" ({self.detail})" if self.detail != self.title else ""))

    @property
    def name(self) -> str:
        """The rule's short name: the last part of ``type``."""
        return self.type.rsplit(":", 1)[-1].rsplit("/", 1)[-1]


class NotAuthenticated(Problem):
    """401: the token is missing or does not hold."""


class NotAllowed(Problem):
    """403: the caller has no right to do this."""


class NotFound(Problem):
    """404: there is no such thing, or it is not the caller's."""


class Refused(Problem):
    """409: a rule refuses this in the present state."""


class Changed(Problem):
    """412: the thing has changed since it was read."""


class Malformed(Problem):
    """422: the input cannot be read or cannot be meant."""


class VersionMissing(Problem):
    """428: a change must name the version that it is based on."""


class TooMany(Problem):
    """429: too much was asked at once."""


class Down(Problem):
    """503: the service, or something it depends on, cannot answer now."""


_BY_STATUS: dict[int, type[Problem]] = {
    401: NotAuthenticated,
    403: NotAllowed,
    404: NotFound,
    409: Refused,
    412: Changed,
    422: Malformed,
    428: VersionMissing,
    429: TooMany,
    503: Down,
}


def problem(document: Mapping[str, Any], status: int) -> Problem:
    """Return *document* as the exception of its *status*."""
    return _BY_STATUS.get(status, Problem)(document, status)


def problem_of(response: httpx.Response) -> Problem:
    """Return what *response* (read, and no success) says, even if it is no problem document."""
    try:
        said: object = response.json()
    except ValueError:
        said = None
    document = cast("dict[str, Any]", said) if isinstance(said, dict) else {"title": response.reason_phrase}
    return problem(document, response.status_code)
