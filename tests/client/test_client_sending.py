"""The client tries again without doing twice, reads what it wrote, and says what a service refused."""

import json
from collections.abc import Callable, Sequence

import httpx
import pytest

from acuerdo_client import (
    AcuerdoError,
    Addresses,
    Changed,
    Down,
    Limits,
    Malformed,
    NotFound,
    Patience,
    Problem,
    Refused,
    Unreachable,
)
from acuerdo_client.calls import Call, Shared
from acuerdo_client.sending import AsyncSender, Sender

ADDRESSES = Addresses(touchpoints="http://touchpoints.test/", feedback_loop="http://loop.test")
WRITE = Call(service="touchpoints", method="POST", path="/v1/cases", body={"need": "a printer that prints"})
READ = Call(service="feedback-loop", method="GET", path="/v1/cases/7")
BATCH = Call(service="touchpoints", method="POST", path="/v1/cases/batch")

Reply = httpx.Response | httpx.TransportError


class Service:
    """A service that gives the replies it is told to, in order, and remembers what it was asked."""

    def __init__(self, *replies: Reply) -> None:
        self.asked: list[httpx.Request] = []
        self._replies = list(replies)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        reply = self._replies.pop(0)
        if isinstance(reply, httpx.TransportError):
            raise reply
        return reply

    def headers(self, name: str) -> list[str | None]:
        return [request.headers.get(name) for request in self.asked]


def _sender(service: Callable[[httpx.Request], httpx.Response], pauses: list[float] | None = None) -> Sender:
    shared = Shared(ADDRESSES, Patience(tries=4), 10)
    return Sender(shared, "token", httpx.Client(transport=httpx.MockTransport(service)), (pauses or []).append)


def _refusal(status: int, name: str, **members: object) -> httpx.Response:
    document = {"type": f"urn:acuerdo:refusal:{name}", "title": "No.", "status": status, "detail": "Not so.", **members}
    return httpx.Response(status, json=document, headers={"content-type": "application/problem+json"})


def _done(**headers: str) -> httpx.Response:
    return httpx.Response(201, json={"case_id": "7", "version": 3}, headers=headers)


@pytest.mark.parametrize(
    "first",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.Response(503),
        httpx.Response(429),
        _refusal(409, "still-being-done"),
    ],
)
def test_a_write_that_may_not_have_arrived_is_tried_again_under_the_same_key(first: Reply) -> None:
    service = Service(first, _done())
    assert _sender(service).send(WRITE).body["case_id"] == "7"
    keys = service.headers("idempotency-key")
    assert len(keys) == 2
    assert keys[0] is not None
    assert len(set(keys)) == 1


def test_two_writes_have_two_keys() -> None:
    service = Service(_done(), _done())
    sender = _sender(service)
    sender.send(WRITE)
    sender.send(WRITE)
    assert len(set(service.headers("idempotency-key"))) == 2


def test_the_service_says_when_to_try_again() -> None:
    pauses: list[float] = [0.0]
    _sender(Service(httpx.Response(429, headers={"retry-after": "3"}), _done()), pauses).send(WRITE)
    assert 3 <= pauses[1] <= 3.75


def test_trying_ends() -> None:
    with pytest.raises(Unreachable, match=r"touchpoints at http://touchpoints.test cannot be reached"):
        _sender(Service(*[httpx.ConnectError("refused")] * 4)).send(WRITE)
    with pytest.raises(Down):
        _sender(Service(*[httpx.Response(503)] * 4)).send(WRITE)


@pytest.mark.parametrize("reply", [httpx.ConnectError("refused"), httpx.Response(503), _refusal(409, "closed")])
def test_whatever_goes_wrong_is_one_kind_of_error(reply: Reply) -> None:
    with pytest.raises(AcuerdoError):
        _sender(Service(*[reply] * 4)).send(WRITE)


def test_a_service_without_an_address_cannot_be_reached() -> None:
    with pytest.raises(Unreachable, match="its address was not given"):
        _sender(Service()).send(Call(service="agreement", method="GET", path="/v1/agreements"))


@pytest.mark.parametrize(
    ("status", "kind"), [(404, NotFound), (409, Refused), (412, Changed), (422, Malformed), (418, Problem)]
)
def test_a_refusal_is_an_exception_of_its_status_and_is_not_tried_again(status: int, kind: type[Problem]) -> None:
    service = Service(_refusal(status, "round-not-open", round=2))
    with pytest.raises(kind) as raised:
        _sender(service).send(WRITE)
    assert type(raised.value) is kind
    assert (raised.value.name, raised.value.title, raised.value.detail) == ("round-not-open", "No.", "Not so.")
    assert raised.value.parameters == {"round": 2}
    assert len(service.asked) == 1


def test_an_answer_tells_the_version_that_a_change_may_name() -> None:
    service = Service(_done(etag='"3"'), _done(etag='"4"'))
    sender = _sender(service)
    answer = sender.send(WRITE)
    assert answer.version == 3
    sender.send(Call(service="touchpoints", method="PUT", path="/v1/cases/7", body={}, version=answer.version))
    assert service.headers("if-match") == [None, '"3"']


def test_what_was_written_in_one_service_is_waited_for_in_the_others() -> None:
    service = Service(_done(**{"acuerdo-position": "touchpoints=41"}), _done(), httpx.Response(200, json={}))
    sender = _sender(service)
    sender.send(WRITE)
    sender.send(WRITE)
    sender.send(READ)
    assert service.headers("acuerdo-after") == [None, None, "touchpoints=41"]
    assert service.headers("prefer") == [None, None, "wait=10"]


def test_a_position_never_goes_back() -> None:
    service = Service(
        _done(**{"acuerdo-position": "touchpoints=41"}),
        _done(**{"acuerdo-position": "touchpoints=7", "idempotency-replayed": "true"}),
        httpx.Response(200, json={}),
    )
    sender = _sender(service)
    sender.send(WRITE)
    assert sender.send(WRITE).replayed
    sender.send(READ)
    assert service.headers("acuerdo-after")[-1] == "touchpoints=41"


def test_a_list_is_read_page_after_page() -> None:
    service = Service(
        httpx.Response(200, json={"items": [1, 2], "next": "there"}),
        httpx.Response(200, json={"items": [3], "next": None}),
    )
    pages = _sender(service).pages(
        lambda cursor: Call(
            service="touchpoints", method="GET", path="/v1/cases", query={"cursor": cursor} if cursor else {}
        )
    )
    assert list(pages) == [1, 2, 3]
    assert [request.url.params.get("cursor") for request in service.asked] == [None, "there"]


def _outcomes(*statuses: int) -> bytes:
    lines = [
        {
            "line": n,
            "status": status,
            "position": 40 + n,
            **({"answer": n} if status < 400 else {"problem": {"type": "urn:x:no"}}),
        }
        for n, status in enumerate(statuses, start=1)
    ]
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def _lines(request: httpx.Request) -> Sequence[object]:
    return [json.loads(line) for line in request.content.splitlines()]


def test_every_line_of_a_batch_has_its_outcome_across_requests() -> None:
    service = Service(httpx.Response(200, content=_outcomes(201, 409)), httpx.Response(200, content=_outcomes(201)))
    became = list(_sender(service).batch(BATCH, ({"key": n} for n in range(3)), Limits(lines=2)))
    assert [(one.line, one.status) for one in became] == [(1, 201), (2, 409), (3, 201)]
    assert isinstance(became[1].problem, Refused)
    assert [_lines(request) for request in service.asked] == [[{"key": 0}, {"key": 1}], [{"key": 2}]]


def test_what_a_batch_wrote_is_waited_for_in_the_others() -> None:
    service = Service(httpx.Response(200, content=_outcomes(201, 201)), httpx.Response(200, json={}))
    sender = _sender(service)
    list(sender.batch(BATCH, [{"key": n} for n in range(2)], Limits()))
    sender.send(READ)
    assert service.headers("acuerdo-after") == [None, "touchpoints=42"]


def test_a_batch_is_split_where_a_request_would_grow_too_long() -> None:
    service = Service(*[httpx.Response(200, content=_outcomes(201))] * 3)
    assert len(list(_sender(service).batch(BATCH, [{"said": "x" * 80}] * 3, Limits(octets=120)))) == 3
    assert len(service.asked) == 3


def test_an_answer_that_breaks_off_is_asked_for_again_and_told_once() -> None:
    whole = _outcomes(201, 201, 201)
    service = Service(httpx.Response(200, content=whole[:-10]), httpx.Response(503), httpx.Response(200, content=whole))
    became = list(_sender(service).batch(BATCH, [{"key": n} for n in range(3)], Limits()))
    assert [one.line for one in became] == [1, 2, 3]
    assert len(set(service.headers("idempotency-key"))) == 1


def test_a_batch_that_is_refused_as_a_whole_says_why() -> None:
    with pytest.raises(NotFound):
        list(_sender(Service(_refusal(404, "not-found"))).batch(BATCH, [{"key": 1}], Limits()))


async def test_the_async_client_does_the_same() -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    service = Service(
        httpx.ConnectError("refused"),
        _done(**{"acuerdo-position": "touchpoints=41"}),
        httpx.Response(200, content=_outcomes(201)[:-3]),
        httpx.Response(200, content=_outcomes(201)),
        httpx.Response(200, json={"items": [1], "next": None}),
    )
    async with httpx.AsyncClient(transport=httpx.MockTransport(service)) as http:
        sender = AsyncSender(Shared(ADDRESSES, Patience(tries=4), 10), lambda: "fresh", http, pause)
        await sender.send(WRITE)
        assert [one.line async for one in sender.batch(BATCH, [{"key": 1}], Limits())] == [1]
        assert [item async for item in sender.pages(lambda _: READ)] == [1]
    assert len(pauses) == 2
    assert service.headers("acuerdo-after")[-1] == "touchpoints=41"
    assert set(service.headers("authorization")) == {"Bearer fresh"}
