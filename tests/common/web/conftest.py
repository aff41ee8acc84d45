"""A tiny service: notes that people of a company open and write into."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

import httpx
import pytest
import uuid_utils.compat
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, Field
from starlette.responses import Response

from common.deciders import Decider
from common.eventstore.memory import MemoryStore
from common.handling.handling import Handling
from common.history import History, Kind
from common.refusals import Conflict, NotFound
from common.security.identity import Caller, Unauthenticated
from common.values import Person, value
from common.web.app import create_app
from common.web.batch import batch_route
from common.web.desk import Desk, allowed
from common.web.operations import Line, Meant, Operation
from common.web.problems import problems
from common.web.runtime import Runtime

AGREEMENT = UUID("0190a7f2-0000-7000-8000-000000000001")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@value
class OpenNote:
    note_id: UUID
    agreement_id: UUID
    text: str
    by: Person
    at: datetime


@value
class Rewrite:
    text: str
    by: Person
    at: datetime


@value
class NoteOpened:
    note_id: UUID
    agreement_id: UUID
    text: str
    by: Person
    at: datetime


@value
class NoteRewritten:
    note_id: UUID
    agreement_id: UUID
    text: str
    by: Person
    at: datetime


@value
class Nothing:
    pass


class AlreadyOpen(Conflict):
    """There is such a note already."""


class NothingToRewrite(Conflict):
    """The note has not been opened."""


Note = Nothing | NoteOpened | NoteRewritten


def decide(state: Note, command: OpenNote | Rewrite) -> list[NoteOpened | NoteRewritten]:
    match state, command:
        case Nothing(), OpenNote(note_id=note_id, agreement_id=agreement, text=text, by=by, at=at):
            return [NoteOpened(note_id=note_id, agreement_id=agreement, text=text, by=by, at=at)]
        case _, OpenNote():
            raise AlreadyOpen
        case Nothing(), Rewrite():
            raise NothingToRewrite
        case (NoteOpened() | NoteRewritten()) as note, Rewrite(text=text, by=by, at=at):
            if note.text == text:
                return []
            return [NoteRewritten(note_id=note.note_id, agreement_id=note.agreement_id, text=text, by=by, at=at)]


def evolve(_: Note, fact: NoteOpened | NoteRewritten) -> Note:
    return fact


NOTE: Kind[Note, OpenNote | Rewrite, NoteOpened | NoteRewritten] = Kind(
    name="note", decider=Decider(initial=Nothing(), decide=decide, evolve=evolve)
)
HISTORY = History(service="notes", kinds=(NOTE,), names={"note-opened": NoteOpened, "note-rewritten": NoteRewritten})


class Opening(BaseModel):
    agreement_id: UUID
    text: Annotated[str, Field(min_length=1, max_length=200)]
    note_id: UUID | None = None


class Rewriting(BaseModel):
    text: Annotated[str, Field(min_length=1, max_length=200)]


notes = APIRouter(prefix="/v1/notes", tags=["notes"])


class NotNow(Conflict):
    """Nothing called *later* is opened any more."""


async def opening(body: Opening, line: Line) -> Meant:
    if body.text == "later" and line.request.app.state.closed:
        raise NotNow
    note_id = body.note_id or line.new_id()
    command = OpenNote(note_id=note_id, agreement_id=body.agreement_id, text=body.text, by=line.by, at=line.at)
    return Meant(key=note_id, command=command, answer={"note_id": note_id}, agreement=body.agreement_id)


async def rewriting(body: Rewriting, line: Line, *, note_id: UUID) -> Meant:
    return Meant(
        key=note_id, command=Rewrite(text=body.text, by=line.by, at=line.at), answer={"note_id": note_id}
    )  # fmt: skip


def agreement_of(state: Note) -> UUID | None:
    return None if isinstance(state, Nothing) else state.agreement_id


OPEN = Operation(
    kind=NOTE, key="note_id", meaning=opening, roles=("writer",), body=Opening, status=201, service_may=True
)  # fmt: skip
REWRITE = Operation(
    kind=NOTE, key="note_id", meaning=rewriting, roles=("writer", "lead"), body=Rewriting, path={"note_id": UUID},
    agreement=agreement_of, changes=True,
)  # fmt: skip


@notes.post("", status_code=201, responses=problems(AlreadyOpen), operation_id="openNote")
async def open_note(body: Opening, desk: Annotated[Desk, allowed(*OPEN.roles, service_may=True)]) -> Response:
    return await desk.carry_out(OPEN, body)


@notes.put("/{note_id}/text", responses=problems(NothingToRewrite), operation_id="rewriteNote")
async def rewrite(note_id: UUID, body: Rewriting, desk: Annotated[Desk, allowed(*REWRITE.roles)]) -> Response:
    return await desk.carry_out(REWRITE, body, note_id=note_id)


batch_route(notes, {"openNote": OPEN, "rewriteNote": REWRITE})


@notes.get("/{note_id}", operation_id="readNote")
async def read(note_id: UUID, desk: Annotated[Desk, allowed("writer", "lead")]) -> dict[str, object]:
    note = await known(desk, note_id)
    return {"note_id": note_id, "text": note.text}


@notes.get("/nobody/at-all", operation_id="nobodyMay")
async def nobody_may(desk: Annotated[Desk, allowed()]) -> dict[str, object]:
    return {"person": desk.by.person}


async def known(desk: Desk, note_id: UUID) -> NoteOpened | NoteRewritten:
    state = (await desk.look(NOTE, note_id)).state
    if isinstance(state, Nothing):
        raise NotFound
    await desk.party(state.agreement_id)
    return state


class KnownTokens:
    """Who a token speaks for is written in the token: ``person/company/role+role``, ``robot/...`` for a service."""

    async def caller(self, token: str) -> Caller:
        parts = token.split("/")
        if len(parts) != 3:
            raise Unauthenticated
        roles = frozenset(parts[2].split("+"))
        return Caller(person=parts[0], company=parts[1], roles=roles, service=parts[0] == "robot")


class Ticking:
    """A clock that moves a second whenever it is read."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


async def parties(agreement_id: UUID) -> frozenset[str]:
    return frozenset({"alpha", "beta"}) if agreement_id == AGREEMENT else frozenset()


def notes_runtime() -> Runtime:
    """Return what a service of notes rests on that has none yet."""
    clock = Ticking()
    store = MemoryStore(clock=clock)
    handle = Handling(store, HISTORY, clock=clock, new_id=uuid_utils.compat.uuid7)
    return Runtime(
        service="notes", handle=handle, store=store, tokens=KnownTokens(), clock=clock,
        new_id=uuid_utils.compat.uuid7, parties=parties,
    )  # fmt: skip


def notes_app(runtime: Runtime) -> FastAPI:
    """Return the application of the notes."""
    app = create_app(service="notes", title="Notes", routers=[notes], runtime=runtime)
    app.state.closed = False
    return app


@pytest.fixture
def runtime() -> Runtime:
    return notes_runtime()


@pytest.fixture
def app(runtime: Runtime) -> FastAPI:
    return notes_app(runtime)


@pytest.fixture
def another() -> Callable[[], FastAPI]:
    """Make one more such service, which has nothing yet."""
    return lambda: notes_app(notes_runtime())


As = Callable[[str], httpx.AsyncClient]


@pytest.fixture
async def ask(app: FastAPI) -> AsyncIterator[As]:
    """Ask the service as somebody: ``ask("ana/alpha/writer")``, or as nobody: ``ask("")``."""
    transport = httpx.ASGITransport(app=app)

    def client(token: str) -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(transport=transport, base_url="http://notes", headers=headers)

    yield client
    await transport.aclose()
