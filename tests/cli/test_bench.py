"""`acuerdo bench`: what its figures mean, what its full store is made of, and what it leaves alone."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from fastapi.routing import APIRoute
from nats.aio.client import Client
from nats.js import JetStreamContext

import touchpoints.wiring
from acuerdo_cli.bench import cpu, floors, load, rebuilding, site
from acuerdo_cli.bench.cloning import shifted
from acuerdo_cli.bench.filling import in_order
from acuerdo_cli.bench.floor_process import INSERT, NOTHING, with_floors
from acuerdo_cli.bench.ground import grounded
from acuerdo_cli.bench.links import Links
from acuerdo_cli.bench.load import Taken
from acuerdo_cli.bench.loops import Crew, Loops
from acuerdo_cli.bench.rebuilding import Rebuilt
from acuerdo_cli.bench.requests import Requests
from acuerdo_cli.bench.result import Result, Row
from acuerdo_cli.bench.seeding import seed
from acuerdo_cli.bench.site import MARK, NotMadeByBench
from acuerdo_cli.bench.wire import wired
from acuerdo_cli.deployment import Deployment
from common.running.service import Service
from common.web.entrance import policy_of

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def taken(count: int, seconds: float) -> Taken:
    return Taken(seconds=seconds, each=tuple(n / 1_000 for n in range(1, count + 1)))


def routes(service: Service) -> dict[str, APIRoute]:
    there = (one for one in chain(*(router.routes for router in service.routers)) if isinstance(one, APIRoute))
    return {one.operation_id or "": one for one in there}


def body_of(route: APIRoute) -> object:
    assert route.body_field is not None
    return route.body_field.field_info.annotation


def test_a_percentile_is_a_time_that_a_piece_of_work_took() -> None:
    assert taken(200, 1).percentile(99) == pytest.approx(198)
    assert taken(1, 1).percentile(50) == pytest.approx(1)


def test_a_slow_round_does_not_move_the_typical_rate() -> None:
    assert load.typical([taken(100, 1), taken(100, 1), taken(1, 60)]) == 100


async def test_no_more_work_is_under_way_than_was_said_and_all_of_it_is_done() -> None:
    under_way, most, done = 0, 0, 0

    async def work(_: int, __: int) -> None:
        nonlocal under_way, most, done
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way, done = under_way - 1, done + 1

    assert (await load.put(20, 3, work)).count == 20
    assert (most, done) == (3, 20)


async def test_publishing_ends_when_it_is_told_to_although_the_library_swallows_that() -> None:
    begun = asyncio.Event()

    class Deaf(JetStreamContext):
        async def publish_async(self, *_: object, **__: object) -> asyncio.Future[Any]:
            begun.set()
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(60)
            return asyncio.get_running_loop().create_future()

    publishing = asyncio.create_task(floors.published(Deaf(Client()), 1_000))
    await begun.wait()
    publishing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(publishing, 30)


async def test_paced_work_begins_as_often_as_was_said_however_long_it_takes() -> None:
    begun = asyncio.Event()

    async def work(number: int, _: int) -> None:
        if number == 4:
            begun.set()
        await begun.wait()

    assert (await load.pace(0.05, 100, work)).count == 5


async def test_a_connection_is_kept_for_the_next_request_and_one_that_was_closed_is_not() -> None:
    connected: list[list[bytes]] = []
    gone = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked: list[bytes] = []
        connected.append(asked)
        with suppress(asyncio.IncompleteReadError):  # the client went
            while len(asked) < 2:
                asked.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
                writer.write(b"HTTP/1.1 201 Created\r\nETag: 7\r\nContent-Length: 2\r\n\r\nok")
        writer.close()
        gone.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    requests, port = Requests(), server.sockets[0].getsockname()[1]
    try:
        for number in range(3):
            answer = await requests.send("GET", f"http://127.0.0.1:{port}/{number}?of=3", {"Accept": "text/plain"})
            assert (answer.status, answer.headers["etag"], answer.body) == (201, "7", b"ok")
            await asyncio.sleep(0.05)  # the server's close arrives
    finally:
        gone.clear()
        requests.close()
        await gone.wait()
        server.close()
    assert connected == [[b"GET /0?of=3 HTTP/1.1", b"GET /1?of=3 HTTP/1.1"], [b"GET /2?of=3 HTTP/1.1"]]


def test_a_target_is_reached_from_its_own_side_and_what_was_not_measured_reached_nothing() -> None:
    assert Row(what="a", unit="", measured=0.5, at_least=0.5).reached
    assert not Row(what="a", unit="ms", measured=151, at_most=150).reached
    assert Row(what="a", unit="s", at_most=90, why="there is no file").reached is None


def test_the_result_is_json_with_every_target_beside_its_figure() -> None:
    result = Result(rows=[Row(what="loops", unit="loops/s", measured=61.0, at_least=60)])
    said = json.loads(json.dumps(result.said({"quick": True})))
    assert said["rows"] == [
        {"what": "loops", "measured": 61.0, "unit": "loops/s", "target": {"at_least": 60}, "reached": True}
    ]


def test_rebuilding_counts_from_when_the_first_began_to_fold_until_the_last_was_done() -> None:
    one = Rebuilt(service="touchpoints", facts=300, seconds=2, done_at=10)
    other = Rebuilt(service="agreement", facts=100, seconds=1, done_at=12)
    assert rebuilding.per_second([one, other]) == 100


def test_processor_time_is_told_of_who_was_there_all_the_time_by_whom_most_first() -> None:
    used = cpu.between({"api": 1.0, "worker": 1.0}, {"api": 1.5, "worker": 3.0, "late": 9.0})
    assert list(used.items()) == [("worker", 2.0), ("api", 0.5)]


def test_a_process_answers_for_its_children() -> None:
    before = cpu.spent({"we": os.getpid()})["we"]
    subprocess.run([sys.executable, "-c", "sum(range(10**7))"], check=True)
    assert cpu.spent({"we": os.getpid()})["we"] > before


def test_lives_stand_in_the_log_by_time_each_in_its_own_order() -> None:
    def life(*minutes: int) -> list[tuple[int, dict[str, Any]]]:
        return [(n, {"recorded_at": NOON + timedelta(minutes=minute)}) for n, minute in enumerate(minutes)]

    facts, places = in_order([life(0, 5, 4), life(1, 2)], head=7)
    assert [fact["position"] for fact in facts] == [8, 9, 10, 11, 12]
    assert places == {(0, 0): 8, (1, 0): 9, (1, 1): 10, (0, 1): 11, (0, 2): 12}


def test_a_time_is_moved_and_written_as_it_was() -> None:
    day = timedelta(days=1)
    assert shifted("2026-03-03T12:00:00.000001Z", day) == "2026-03-04T12:00:00.000001Z"
    assert shifted("2026-03-03T12:00:00+01:00", day) == "2026-03-04T12:00:00+01:00"


def test_the_routes_that_do_nothing_ask_of_their_caller_what_recording_a_contact_asks() -> None:
    there = routes(with_floors(touchpoints.wiring.service))
    like = there["recordContact"]
    for one in (there["nothing"], there["insert"], there["usually"]):
        assert policy_of(one) is policy_of(like)
        assert body_of(one) is body_of(like)


def test_the_service_itself_has_no_route_that_does_nothing() -> None:
    assert not {NOTHING, INSERT} & {one.path for one in routes(touchpoints.wiring.service).values()}


def test_the_process_with_the_routes_that_do_nothing_does_not_run_in_production(tmp_path: Path) -> None:
    told = {
        "ACUERDO_ENVIRONMENT": "production", "ACUERDO_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "ACUERDO_NATS_URL": "nats://127.0.0.1:1", "ACUERDO_ISSUER": "x", "ACUERDO_JWKS_URL": "https://127.0.0.1/jwks",
        "ACUERDO_MASTER_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "PATH": os.defpath,
    }  # fmt: skip
    argv = [sys.executable, "-m", "acuerdo_cli.bench.floor_process"]
    ended = subprocess.run(argv, env=told, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode != 0
    assert "development only" in ended.stderr


def test_a_deployment_that_bench_did_not_make_is_left_alone(tmp_path: Path) -> None:
    somebodys = Deployment(tmp_path / "theirs")
    somebodys.issuer.ensure()
    for touch in (site.ours, site.remove):
        with pytest.raises(NotMadeByBench):
            touch(somebodys.home)
    assert somebodys.issuer.jwks.exists()
    assert not (somebodys.home / MARK).exists()


@pytest.fixture(scope="module")
async def full(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Deployment]:
    deployment = site.ours(tmp_path_factory.mktemp("bench") / "full")
    try:
        await asyncio.to_thread(deployment.up)
        seeded = await seed(deployment, 1_000)
        assert sum(seeded.events.values()) >= 1_000
        yield deployment
    finally:
        await asyncio.to_thread(deployment.down)


@pytest.mark.processes
async def test_a_full_stores_history_holds_and_agrees_with_what_is_on_nats(full: Deployment) -> None:
    verified = await asyncio.to_thread(
        subprocess.run,
        [Path(sys.executable).with_name("acuerdo"), "verify", "--against-nats", "--json"],
        env={"PATH": os.defpath, "ACUERDO_HOME": str(full.home)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.mark.processes
async def test_lives_in_a_full_store_are_told_apart_and_each_is_whole(full: Deployment) -> None:
    for service, table in (("touchpoints", "cases"), ("feedback-loop", "loops"), ("solver-teams", "work")):
        connection = await asyncpg.connect(full.database_url(service))
        try:
            rows = await connection.fetch(f"SELECT * FROM {table}")
        finally:
            await connection.close()
        assert len(rows) > 8, "more than were lived"
        assert {row["loop" if table == "cases" else "state"] for row in rows} == {"closed"}
        assert {row["round"] for row in rows} == {2}


@pytest.mark.processes
async def test_a_full_stores_services_go_on_from_there(full: Deployment) -> None:
    async with wired(full.urls) as wire:
        ground = await grounded(full, wire, customers=1)
        async with Links.fetched(full, wire, ground.agreement_id) as links:
            loops = Loops(wire=wire, ground=ground, crew=Crew.hired(full), links=links)
            await loops.go(ground.customer(0), "after-seeding")
        assert len(loops.effects) == 1
        await site.caught_up(full)
    said = "".join(path.read_text() for path in (full.home / "logs").glob("*-worker.log"))
    assert "publishing them again" not in said
