"""A case's timeline is its whole story, in order and without anybody's words, whatever is rebuilt or migrated."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy.ext.asyncio import create_async_engine
from uuid_utils.compat import uuid7

from common.addresses import sqlalchemy_url
from common.eventstore.migrating import migrate
from common.eventstore.recorded import Recorded
from common.messaging.envelope import headers
from common.messaging.inbox import Inbox
from common.messaging.patience import Patience
from common.messaging.shares import Held, Shares
from common.messaging.waiting import Letter
from common.values import Person
from touchpoints.wiring import service

ANA = "ana/telco-a/touchpoint-agent"
TEAM, OTHER, ITEM = UUID(int=2), UUID(int=3), UUID(int=4)
BEA = {"team_id": TEAM, "company": "net-b", "person": "bea"}
GIVEN = {"from_team_id": TEAM, "from_company": "net-b", "to_team_id": OTHER, "to_company": "desk-c"}
CIM = {"person": "cim", "company": "desk-c", "role": "touchpoint-agent"}
DAN = {"person": "dan", "company": "telco-a", "role": "manager"}
WORDS = {"confided": "f00d"}

Said = tuple[str, str, dict[str, Any]]

STORY: list[tuple[Said, tuple[str | None, str | None, str | None]]] = [
    (("solver-teams", "work-accepted", BEA), ("net-b", "net-b", None)),
    (
        ("solver-teams", "information-asked", {**BEA, "asked_company": None, "question": WORDS}),
        ("net-b", "net-b", "asks the customer"),
    ),
    (("solver-teams", "information-answered", {"answered_by": CIM, "answer": WORDS}), (None, "desk-c", None)),
    (
        ("solver-teams", "work-paused", {**BEA, "reason": "waiting-vendor", "note": WORDS}),
        ("net-b", "net-b", "waiting-vendor"),
    ),
    (("solver-teams", "work-resumed", {**BEA, "reason": "waiting-vendor"}), ("net-b", "net-b", "waiting-vendor")),
    (
        ("solver-teams", "hand-over-offered", {**GIVEN, "package": WORDS, "offered_by": {**DAN, "company": "net-b"}}),
        ("desk-c", "net-b", None),
    ),
    (("solver-teams", "hand-over-declined", {**GIVEN, "person": "cim", "reason": WORDS}), ("desk-c", "desk-c", None)),
    (("solver-teams", "item-solved", {**BEA, "cause": "cut", "action": "joined"}), ("net-b", "net-b", "cut: joined")),
    (("feedback-loop", "reminder-due", {"n": 2}), (None, None, "reminder 2")),
    (("feedback-loop", "silence-noted", {}), (None, None, None)),
    (
        ("feedback-loop", "feedback-taken", {"verdict": "negative", "by": CIM, "reason": WORDS}),
        (None, "desk-c", "negative"),
    ),
    (("feedback-loop", "taken-feedback-refused", {"by": DAN, "reason": WORDS}), (None, "telco-a", None)),
    (
        ("feedback-loop", "feedback-received", {"verdict": "negative", "taken_by": CIM, "approved_by": DAN}),
        (None, "telco-a", "negative"),
    ),
    (("feedback-loop", "root-cause-stated", {"by": DAN, "cause": WORDS}), (None, "telco-a", None)),
    (("feedback-loop", "corrective-action-opened", {"company": "net-b", "by": DAN}), ("net-b", "telco-a", None)),
    (("feedback-loop", "corrective-action-done", {"by": CIM, "evidence": WORDS}), (None, "desk-c", None)),
    (("feedback-loop", "case-escalated", {"to": "manager"}), (None, None, "manager")),
    (
        ("feedback-loop", "parking-proposed", {"reason": "duplicate", "primary_case_id": UUID(int=9), "by": CIM}),
        (None, "desk-c", f"duplicate of {UUID(int=9)}"),
    ),
    (("feedback-loop", "parking-refused", {"by": DAN, "reason": WORDS}), (None, "telco-a", None)),
    (
        ("agreement", "target-missed", {"target": "resolution", "clause_id": "p-1", "agreement_version": 1}),
        (None, None, "resolution: p-1"),
    ),
]

NOTED = """
    INSERT INTO events (position, stream, version, event_id, name, schema, data, at, recorded_at, actor, correlation,
                        causation, imported, published, hash, previous)
    SELECT {n}, 'case-1', {n}, gen_random_uuid(), 'timeline-noted', 2, json_build_object(
               'case_id', gen_random_uuid(), 'agreement_id', gen_random_uuid(), 'source', '{source}',
               'milestone', '{what}', 'round', {round}, 'company', {company}, 'detail', {detail}
           ), now(), now(), '', gen_random_uuid(), '00000000-0000-0000-0000-{n:012}', false, false, '', ''
"""
ROW = """
    INSERT INTO timeline (entry_id, agreement_id, happened_at, position, source, what, stated_by)
    VALUES (gen_random_uuid(), gen_random_uuid(), now(), 1, '{source}', '{what}', 'somebody')
"""
NEGATIVE = "'negative-feedback'"
BEFORE = (
    "DROP TABLE told",
    "ALTER TABLE timeline DROP COLUMN by_company",
    "ALTER TABLE teams DROP COLUMN open_to",
    "DROP FUNCTION append_taken_in",
    "DROP FUNCTION append_counted_facts",
    "UPDATE alembic_version SET version_num = '0004'",
    NOTED.format(n=7, source="solver-teams", what="work-offered", round=1, company="'net-b'", detail="NULL"),
    NOTED.format(n=8, source="feedback-loop", what="round-opened", round=2, company="NULL", detail=NEGATIVE),
    ROW.format(source="touchpoints", what="case-opened"),
    ROW.format(source="solver-teams", what="work-offered"),
)


async def opened(house: Any, customer: UUID, ana: httpx.AsyncClient) -> str:
    answer = await ana.post(
        "/v1/cases",
        json={
            "agreement_id": str(house.agreement_id),
            "customer_id": str(customer),
            "service": "fibre",
            "activity": "repair",
            "region": "north",
            "need": "No dial tone since this morning",
        },
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["case_id"]


async def tell(house: Any, case_id: str, *story: Said, at: str | None = None) -> None:
    """Let the facts be told, a minute apart unless they are of one moment."""
    for minute, (source, name, more) in enumerate(story):
        fact = {"case_id": case_id, "agreement_id": house.agreement_id, "item_id": ITEM, "round": 1, **more}
        await house.hear(source, name, {**fact, "at": at or f"2031-01-01T10:{minute:02}:00Z"})
    await house.settle()


async def entries(ana: httpx.AsyncClient, case_id: str) -> list[dict[str, Any]]:
    return (await ana.get(f"/v1/cases/{case_id}/timeline")).json()["items"]


async def test_all_that_was_done_stands_in_order_with_whose_company_did_it_and_the_code(
    house: Any, customer: UUID
) -> None:
    async with house.ask(ANA) as ana:
        case_id = await opened(house, customer, ana)
        await tell(house, case_id, *(said for said, _ in STORY))
        told = (await entries(ana, case_id))[1:]
    assert [one["what"] for one in told] == [name for (_, name, _), _ in STORY]
    assert [(one["company"], one["by_company"], one["detail"]) for one in told] == [shown for _, shown in STORY]


async def test_what_happened_in_one_moment_stands_as_it_followed_whoever_was_heard_first(
    house: Any, customer: UUID
) -> None:
    moment = "2031-01-01T10:00:00Z"
    story: list[Said] = [
        ("solver-teams", "work-reopened", {**BEA, "round": 2, "reason": "negative-feedback"}),
        ("feedback-loop", "round-opened", {"round": 2, "reason": "negative-feedback"}),
        ("feedback-loop", "feedback-asked", {"because": "solution-proposed"}),
        ("solver-teams", "solution-proposed", {"cause": "cut", "action": "joined"}),
    ]
    async with house.ask(ANA) as ana:
        case_id = await opened(house, customer, ana)
        await tell(house, case_id, *story, at=moment)
        told = (await entries(ana, case_id))[1:]
    assert [one["what"] for one in told] == ["solution-proposed", "feedback-asked", "round-opened", "work-reopened"]


async def test_what_is_only_shown_makes_no_fact_and_outlives_rebuilding(house: Any, customer: UUID) -> None:
    async with house.ask(ANA) as ana:
        case_id = await opened(house, customer, ana)
        await tell(house, case_id, *(said for said, _ in STORY))
        facts = (await ana.get(f"/v1/cases/{case_id}/history")).json()["items"]
        before = await entries(ana, case_id)
        await house.projector.rebuild()
        after = await entries(ana, case_id)
    assert "timeline-noted" not in [one["name"] for one in facts], "net-b answers for the case and took part before"
    assert before == after


async def test_who_comes_to_take_part_is_a_fact_of_ours_once(house: Any, customer: UUID) -> None:
    async with house.ask(ANA) as ana:
        case_id = await opened(house, customer, ana)
        accepted: Said = ("solver-teams", "work-accepted", {**BEA, "company": "desk-c"})
        await tell(house, case_id, accepted, accepted, accepted)
        facts = (await ana.get(f"/v1/cases/{case_id}/history")).json()["items"]
        shown = (await ana.get(f"/v1/cases/{case_id}")).json()
        told = await entries(ana, case_id)
    assert [one["name"] for one in facts].count("timeline-noted") == 1
    assert shown["companies"] == ["desk-c", "net-b", "telco-a"]
    assert [one["what"] for one in told].count("work-accepted") == 3


async def test_the_inbox_asks_no_more_of_a_company_that_takes_part(house: Any, customer: UUID) -> None:
    async with house.ask(ANA) as ana:
        case_id = await opened(house, customer, ana)
        parts = house.parts
        held = Held("solver-teams", await Shares(parts.pool, "solver-teams", "one", lasts=60).take())
        inbox = Inbox(held, service.reactions, parts.handle, parts.pool, Patience(), service.keepings)
        await inbox.open()
        before = await parts.store.head()
        letters = [accepted(house, case_id, inbox.position + n) for n in range(1, 5)]
        await inbox.accept(letters[:2])
        await inbox.accept(letters[2:])
        told = await entries(ana, case_id)
        shown = (await ana.get(f"/v1/cases/{case_id}")).json()
    assert [one["what"] for one in told].count("work-accepted") == 4
    assert await parts.store.head() == before + 1
    assert shown["companies"] == ["desk-c", "net-b", "telco-a"]


def accepted(house: Any, case_id: str, position: int) -> Letter:
    """Return as a message that desk-c took work."""
    moment = datetime(2031, 1, 1, 10, position % 60, tzinfo=UTC)
    said = {"case_id": case_id, "agreement_id": str(house.agreement_id), "round": 1, "item_id": str(ITEM)}
    said |= {"team_id": str(TEAM), "company": "desk-c", "person": "cim", "at": moment.isoformat()}
    fact = Recorded(
        position=position, stream=f"case_work-{case_id}", version=position, event_id=uuid7(), name="work-accepted",
        schema=1, data=json.dumps(said).encode(), at=moment, recorded_at=moment, actor=Person(**CIM),
        agreement_id=house.agreement_id, correlation=uuid7(), causation=None, imported=False, performed_by=None,
        trace=None, published=True, hash=b"", previous=b"",
    )  # fmt: skip
    return Letter(
        id=fact.event_id, source="solver-teams", stream=fact.stream, position=position, name=fact.name,
        headers=headers("solver-teams", fact, position - 1), body=fact.data,
    )  # fmt: skip


async def test_what_was_a_fact_of_ours_before_stands_on_the_timeline_after_migrating(database: str) -> None:
    await migrate(database, service.migrations)
    engine = create_async_engine(sqlalchemy_url(database))
    async with engine.begin() as connection:
        for step in BEFORE:
            await connection.exec_driver_sql(step)
    await migrate(database, service.migrations)
    async with engine.connect() as connection:
        rows = await connection.exec_driver_sql(
            "SELECT event_id, what, place, round, company, detail FROM told ORDER BY place"
        )
        told = [tuple(row) for row in rows]
        own = [row[0] for row in await connection.exec_driver_sql("SELECT what FROM timeline")]
    await engine.dispose()
    assert told == [
        (UUID(int=7), "work-offered", 11, 1, "net-b", None),
        (UUID(int=8), "round-opened", 20, 2, None, "negative-feedback"),
    ]
    assert own == ["case-opened"]
