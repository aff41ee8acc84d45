"""What every call has in common, free of input and output: its headers, its answer, when to try it again."""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import quote
from uuid import UUID

import httpx

from acuerdo_client.problems import Unreachable, problem_of

T = TypeVar("T")

Service = Literal["agreement", "touchpoints", "solver-teams", "feedback-loop"]

IN_FLIGHT = "still-being-done"
"""The short name of the refusal that says: this very request is being worked on, ask again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the four services answer; one that is not given cannot be called."""

    agreement: str = ""
    touchpoints: str = ""
    solver_teams: str = ""
    feedback_loop: str = ""

    @classmethod
    def named(cls, urls: Mapping[str, str]) -> "Addresses":
        """Return the addresses that *urls* gives by the services' names."""
        return cls(
            agreement=urls.get("agreement", ""),
            touchpoints=urls.get("touchpoints", ""),
            solver_teams=urls.get("solver-teams", ""),
            feedback_loop=urls.get("feedback-loop", ""),
        )

    def of(self, service: Service) -> str:
        """Return the address of *service*."""
        return str(getattr(self, service.replace("-", "_"))).rstrip("/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T]):
    """What a service answered. ``version`` is what a later change may name; ``replayed``: the first answer, again.

    ``behind``: when it answered, the service had not yet seen all that this client wrote elsewhere.
    """

    body: T
    status: int
    version: int | None = None
    positions: Mapping[str, int] = field(default_factory=dict[str, int])
    replayed: bool = False
    behind: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a call is tried again: *tries* in all, pauses doubling from *first* to *longest* seconds."""

    tries: int = 8
    first: float = 0.1
    longest: float = 5.0

    def pause(self, tried: int, asked: float | None) -> float:
        """Return how long to wait after *tried* tries: what the service *asked* for, else doubling, with jitter."""
        wait = min(self.first * 2 ** (tried - 1), self.longest) if asked is None else asked
        return wait * (1 + secrets.randbelow(1000) / 4000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of an operation of a service. ``key`` makes a write happen once; ``version`` goes into ``If-Match``."""

    service: Service
    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict[str, Any])
    body: Any = None
    key: str | None = None
    version: int | None = None

    @property
    def writes(self) -> bool:
        """Tell whether this may change something."""
        return self.method not in {"GET", "HEAD"}


class Positions:
    """The furthest position of each service that this client has seen: what it may expect to read everywhere."""

    def __init__(self, *others: "Positions") -> None:
        self.seen: dict[str, int] = {}
        for other in others:
            self.join(other)

    def join(self, other: "Positions") -> None:
        """Remember what *other* remembers."""
        for service, position in other.seen.items():
            self.reached(service, position)

    def learn(self, header: str | None) -> dict[str, int]:
        """Remember what an ``Acuerdo-Position`` header says, and return it."""
        told = _positions(header or "")
        for service, position in told.items():
            self.reached(service, position)
        return told

    def reached(self, service: str, position: int) -> None:
        """Remember that *service* has come to *position*."""
        if position:
            self.seen[service] = max(position, self.seen.get(service, 0))

    def header(self, *, without: str | None = None) -> str:
        """Return the value for ``Acuerdo-After``, leaving out one service."""
        return ", ".join(f"{name}={at}" for name, at in sorted(self.seen.items()) if name != without)


def _positions(header: str) -> dict[str, int]:
    pairs = (part.strip().partition("=") for part in header.split(","))
    return {name.strip(): int(at) for name, _, at in pairs if at.strip().isdigit()}


def part(of_path: object) -> str:
    """Return *of_path* safe to stand between two slashes."""
    return quote(str(of_path), safe="")


def given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return *fields* without those that were left out; ids and times as text."""
    return {name: written(held) for name, held in fields.items() if held is not None}


def written(held: Any) -> Any:
    """Return *held* as the services read it: a time in RFC 3339, an id as text."""
    match held:
        case datetime():
            return held.isoformat()
        case UUID():
            return str(held)
        case _:
            return held


def encoded(body: Any) -> bytes | None:
    """Return *body* as JSON, None for none."""
    return None if body is None else json.dumps(body, ensure_ascii=False, default=written).encode()


class Shared:
    """What the two clients share: addresses, positions and patience."""

    def __init__(
        self,
        addresses: Addresses,
        patience: Patience,
        wait: int,
        new_key: Callable[[], str] | None = None,
        positions: Positions | None = None,
    ) -> None:
        self.addresses = addresses
        self.positions = positions or Positions()
        self.patience = patience
        self._wait = wait
        self._new_key = new_key or _new_key

    def url(self, call: Call) -> str:
        """Return where *call* goes. Raises ``Unreachable`` when the service's address is not known."""
        address = self.addresses.of(call.service)
        if not address:
            raise Unreachable(call.service, "no address", "its address was not given")
        return address + call.path

    def headers(self, call: Call, token: str | None) -> dict[str, str]:
        """Return the headers of *call*; one set serves all its tries, so that they are one request to the service."""
        headers = {"Accept": "application/json"}
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if call.writes:
            headers["Idempotency-Key"] = call.key or self._new_key()
        if call.version is not None:
            headers["If-Match"] = f'"{call.version}"'
        after = self.positions.header(without=call.service if call.writes else None)
        if after:
            headers |= {"Acuerdo-After": after, "Prefer": f"wait={self._wait}"}
        return headers

    def answer(self, response: httpx.Response) -> Answer[Any]:
        """Return what *response* says. Raises the ``Problem`` that it is."""
        positions = self.positions.learn(response.headers.get("acuerdo-position"))
        if not response.is_success:
            raise problem_of(response)
        tag = str(response.headers.get("etag", "")).removeprefix("W/").strip('"')
        return Answer(
            body=_body(response),
            status=response.status_code,
            version=int(tag) if tag.isdigit() else None,
            positions=positions,
            replayed="idempotency-replayed" in response.headers,
            behind=response.headers.get("acuerdo-waited") == "timeout",
        )

    def again(self, response: httpx.Response, tried: int) -> float | None:
        """Return after how many seconds to try again, None when *response* is the answer."""
        status = response.status_code
        worth = status in {429, 502, 503, 504} or (status == 409 and problem_of(response).name == IN_FLIGHT)
        if not worth or tried >= self.patience.tries:
            return None
        return self.patience.pause(tried, _retry_after(response))

    def after_break(self, call: Call, error: httpx.TransportError, tried: int) -> float:
        """Return after how many seconds to try again when the connection broke. Raises ``Unreachable`` at the end."""
        if tried >= self.patience.tries:
            address = self.addresses.of(call.service)
            raise Unreachable(call.service, address, str(error) or type(error).__name__) from error
        return self.patience.pause(tried, None)

    def after_batch(self, call: Call, response: httpx.Response, tried: int, *, whole: bool) -> float:
        """Return after how many seconds to try a batch again, 0 when it is done. Raises the ``Problem`` that it is."""
        if whole:
            return 0
        if response.is_success:
            return self.after_break(call, httpx.RemoteProtocolError("the answer breaks off"), tried)
        wait = self.again(response, tried)
        if wait is None:
            raise problem_of(response)
        return wait


def _new_key() -> str:
    """Return a key nobody has used: it says when, so that keys sort in time, and is otherwise random."""
    return f"{time.time_ns():x}-{secrets.token_hex(8)}"


def _body(response: httpx.Response) -> Any:
    kind = response.headers.get("content-type", "")
    if not response.content:
        return None
    return json.loads(response.content) if "json" in kind and "ndjson" not in kind else response.text


def _retry_after(response: httpx.Response) -> float | None:
    said = str(response.headers.get("retry-after", ""))
    return min(float(said), 60.0) if said.isdigit() else None
