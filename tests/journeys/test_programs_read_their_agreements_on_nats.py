"""Programs of the companies on NATS, with nothing but their token: what is theirs they read, the rest is not there."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import nats
import pytest
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import api
from nats.js.errors import APIError

from acuerdo_cli.demo.people import People, people
from acuerdo_cli.deployment import Deployment
from acuerdo_client import Addresses
from agreement.api.terms import EXAMPLE
from agreement.projections import agreements as agreement_rows
from agreement.wiring import service
from common.messaging.connection import Wire
from common.partners import Admission, Creating
from common.partners.creating import MOST_CONSUMERS
from common.partners.permits import is_of
from common.running.runtime import tokens_of
from common.running.service import now, opened
from common.running.tasks import beside
from common.security.nkeys import AccountKey

pytestmark = pytest.mark.journey

OURS, PARTNER, RIVAL, FRIEND = "sub-telco", "sub-net", "sub-rival", "sub-friend"
API = "$JS.acuerdo.API"
SOON = 0.5  # seconds; what is refused is refused at once


class Program:
    """A company's program, and what NATS has refused it."""

    def __init__(self, company: str, name: str) -> None:
        self.company = company
        self.name = name
        self.refused: list[str] = []
        self.client = Client()
        self.gone = asyncio.Event()

    async def come_in(self, deployment: Deployment, token: str) -> None:
        async def refused(error: Exception) -> None:
            self.refused.append(str(error))

        async def gone() -> None:
            self.gone.set()

        await self.client.connect(
            deployment.facts_url, token=token, name=self.name, inbox_prefix=f"_INBOX_{self.company}",
            allow_reconnect=False, error_cb=refused, closed_cb=gone,
        )  # fmt: skip

    def durable(self, agreement: str) -> str:
        return f"{self.company}_{self.name}_{agreement}"

    async def follow(self, agreement: str, facts: str = ">", **begin: Any) -> Any:
        return await self.client.jetstream(domain="acuerdo").pull_subscribe(
            f"acuerdo.{agreement}.{facts}", durable=self.durable(agreement), stream="ACUERDO",
            config=api.ConsumerConfig(**begin),
        )  # fmt: skip

    async def ask(self, subject: str, body: object = b"") -> dict[str, Any] | None:
        """Return the answer, None when there is none."""
        said = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            return json.loads((await self.client.request(subject, said, timeout=SOON)).data)
        except NatsError:
            return None

    async def create(self, name: str, filtered: str, **config: object) -> dict[str, Any] | None:
        body = {"stream_name": "ACUERDO", "config": {"name": name, "filter_subject": filtered, **config}}
        return await self.ask(f"{API}.CONSUMER.CREATE.ACUERDO.{name}.{filtered}", body)


@asynccontextmanager
async def program(
    deployment: Deployment, company: str, name: str, *, ttl: timedelta = timedelta(hours=1)
) -> AsyncGenerator[Program]:
    one = Program(company, name)
    await one.come_in(deployment, deployment.token(company=company, roles=["integrator"], person=name, ttl=ttl))
    try:
        yield one
    finally:
        await one.client.close()


@asynccontextmanager
async def operator(deployment: Deployment) -> AsyncGenerator[Client]:
    """Look at the stream with the credential of Acuerdo's own processes."""
    client = await nats.connect(deployment.nats_url)
    try:
        yield client
    finally:
        await client.close()


async def names(facts: Any, *, until: str) -> list[str]:
    """Return the facts that come, each taken, until the fact *until*."""
    heard: list[str] = []
    async with asyncio.timeout(30):
        while not heard or heard[-1] != until:
            for message in await facts.fetch(1, timeout=20):
                heard.append(message.subject.rsplit(".", 1)[-1])
                await message.ack_sync()
    return heard


async def nothing_more(facts: Any) -> bool:
    try:
        return not await facts.fetch(1, timeout=SOON)
    except TimeoutError:
        return True


@contextmanager
def cast_of(deployment: Deployment) -> Generator[People]:
    with people(Addresses.named(deployment.urls), deployment.token) as cast:
        yield cast


def sign(cast: People, one: str, other: str) -> str:
    terms: Any = json.loads(json.dumps(EXAMPLE).replace("telco-a", one).replace("net-b", other))
    for company in (one, other):
        cast(company, "manager").agreement.register_company(
            company=company, name=company, time_zone="Europe/Madrid", language="es"
        )
    desk = cast(one, "manager").agreement
    drafted = desk.draft_agreement(
        title="Fibre", parties=[one, other], effective_from=now() - timedelta(days=1), terms=terms
    )
    agreement = drafted.body["agreement_id"]
    proposed = desk.propose_agreement(agreement).body
    for company in (one, other):
        experts, managers = cast(company, "sme").agreement, cast(company, "manager").agreement
        experts.approve_boundaries(agreement, boundaries_hash=proposed["boundaries_hash"])
        managers.sign_agreement(agreement, content_hash=proposed["content_hash"])
    desk.list_agreements()  # it answers when the rows, which the door asks too, have what was signed
    return agreement


def propose(deployment: Deployment, company: str, agreement: str) -> None:
    """Let one more fact of the agreement be published."""
    with cast_of(deployment) as cast:
        cast(company, "manager").agreement.propose_improvement(agreement, title="Saturdays", description="too")


@pytest.fixture(scope="module")
def ours(deployment: Deployment) -> str:
    with cast_of(deployment) as cast:
        return sign(cast, OURS, PARTNER)


@pytest.fixture(scope="module")
def theirs(deployment: Deployment) -> str:
    with cast_of(deployment) as cast:
        return sign(cast, RIVAL, FRIEND)


async def test_the_program_in_the_documentation_runs_as_it_is_written(
    deployment: Deployment, ours: str, tmp_path: Path
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "integrating.md").read_text()
    written = tmp_path / "warehouse.py"
    written.write_text(page.partition("```python\n")[2].partition("```")[0])
    token = deployment.token(company=PARTNER, roles=["integrator"], person="warehouse")
    told = (deployment.facts_url, token, PARTNER, ours)
    process = await asyncio.create_subprocess_exec(sys.executable, written, *told, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    async with asyncio.timeout(60):
        while b"acuerdo.agreement.agreement-in-force.v2" not in await process.stdout.readline():
            assert not process.stdout.at_eof()
    process.terminate()
    await process.wait()


async def test_a_partys_program_replays_from_the_beginning_and_goes_on_live(deployment: Deployment, ours: str) -> None:
    async with program(deployment, OURS, "warehouse") as warehouse:
        facts = await warehouse.follow(ours)
        replayed = await names(facts, until="agreement-in-force")
        assert replayed[0] == "agreement-drafted"
        waiting = asyncio.create_task(names(facts, until="improvement-proposal-filed"))
        await asyncio.to_thread(propose, deployment, PARTNER, ours)
        assert await waiting == ["improvement-proposal-filed"]
        assert warehouse.refused == []


async def test_a_durable_goes_on_where_its_program_left(deployment: Deployment, ours: str) -> None:
    async with program(deployment, OURS, "resuming") as before:
        first = (await (await before.follow(ours)).fetch(1, timeout=20))[0]
        await first.ack_sync()
    async with program(deployment, OURS, "resuming") as after:
        second = (await (await after.follow(ours)).fetch(1, timeout=20))[0]
        assert second.metadata.sequence.consumer == first.metadata.sequence.consumer + 1


async def test_a_program_begins_at_a_time_and_with_the_facts_it_wants(deployment: Deployment, ours: str) -> None:
    since = now()
    await asyncio.to_thread(propose, deployment, OURS, ours)
    async with program(deployment, PARTNER, "late") as late:
        facts = await late.follow(
            ours, "agreement.>", deliver_policy=api.DeliverPolicy.BY_START_TIME, opt_start_time=since
        )
        assert await names(facts, until="improvement-proposal-filed") == ["improvement-proposal-filed"]
    async with program(deployment, PARTNER, "choosy") as choosy:
        facts = await choosy.follow(ours, "*.*.agreement-in-force")
        assert await names(facts, until="agreement-in-force") == ["agreement-in-force"]
        assert await nothing_more(facts)


async def test_a_programs_consumer_is_its_own_to_look_at_and_to_delete(deployment: Deployment, ours: str) -> None:
    async with program(deployment, OURS, "tidy") as tidy:
        await tidy.follow(ours)
        jetstream = tidy.client.jetstream(domain="acuerdo")
        info = await jetstream.consumer_info("ACUERDO", tidy.durable(ours))
        assert info.config is not None
        assert info.config.inactive_threshold == timedelta(days=7).total_seconds()
        assert await jetstream.delete_consumer("ACUERDO", tidy.durable(ours))


async def test_a_rival_gets_nothing_whatever_it_tries(deployment: Deployment, ours: str, theirs: str) -> None:
    async with program(deployment, OURS, "victim") as victim, program(deployment, RIVAL, "spy") as spy:
        await victim.follow(ours)
        async with operator(deployment) as looking:
            before = await state_of(looking)
        mine, its = spy.durable(theirs), victim.durable(ours)
        consumer = f"{API}.CONSUMER"
        tries: dict[str, object] = {
            f"{consumer}.CREATE.ACUERDO.{mine}.acuerdo.{ours}.>": filtering(mine, f"acuerdo.{ours}.>"),
            f"{consumer}.CREATE.ACUERDO.{its}.acuerdo.{ours}.>": filtering(its, f"acuerdo.{ours}.>"),
            f"{consumer}.CREATE.ACUERDO.{its}.acuerdo.{theirs}.>": filtering(its, f"acuerdo.{theirs}.>"),
            f"{consumer}.CREATE.ACUERDO.{mine}.acuerdo.*.>": filtering(mine, "acuerdo.*.>"),
            f"{consumer}.CREATE.ACUERDO.{mine}.>": filtering(mine, ">"),
            f"{consumer}.CREATE.ACUERDO.{mine}": filtering(mine, None),
            f"{consumer}.CREATE.ACUERDO": filtering(None, None),
            f"{consumer}.DURABLE.CREATE.ACUERDO.{mine}": filtering(mine, f"acuerdo.{ours}.>"),
            f"{consumer}.INFO.ACUERDO.{its}": b"",
            f"{consumer}.DELETE.ACUERDO.{its}": b"",
            f"{consumer}.MSG.NEXT.ACUERDO.{its}": b"1",
            f"{consumer}.MSG.NEXT.ACUERDO.touchpoints-from-agreement": b"1",
            f"{consumer}.RESET.ACUERDO.{its}": b"",
            f"{consumer}.PAUSE.ACUERDO.{its}": {"pause_until": "2100-01-01T00:00:00Z"},
            f"{consumer}.NAMES.ACUERDO": b"",
            f"{consumer}.LIST.ACUERDO": b"",
            f"{API}.STREAM.INFO.ACUERDO": {"subjects_filter": ">"},
            f"{API}.STREAM.NAMES": b"",
            f"{API}.STREAM.MSG.GET.ACUERDO": {"seq": 1},
            f"{API}.STREAM.MSG.DELETE.ACUERDO": {"seq": 1},
            f"{API}.STREAM.PURGE.ACUERDO": b"",
            f"{API}.STREAM.DELETE.ACUERDO": b"",
            f"{API}.DIRECT.GET.ACUERDO": {"seq": 1},
            f"{API}.DIRECT.GET.ACUERDO.acuerdo.{ours}.>": b"",
            f"acuerdo.{theirs}.agreement.agreement.agreement-in-force": b"{}",
            f"acuerdo.{ours}.agreement.agreement.agreement-in-force": b"{}",
            "acuerdo.wake.agreement": b"",
            "acuerdo.wanted.agreement": b"0",
            "$SYS.REQ.USER.AUTH": b"",
            f"$JS.ACK.ACUERDO.{its}.1.1.1.1.0": b"",
        }
        tries |= {subject.replace(API, "$JS.API"): body for subject, body in tries.items() if subject.startswith(API)}
        answers = await asyncio.gather(*(spy.ask(subject, body) for subject, body in tries.items()))
        assert [pair for pair in zip(tries, answers, strict=True) if pair[1] is not None] == []
        assert len([one for one in spy.refused if "violation" in one]) == len(tries)
        async with operator(deployment) as looking:
            assert await state_of(looking) == before


def filtering(name: str | None, filtered: str | None) -> dict[str, object]:
    config = {"name": name, "durable_name": name, "filter_subject": filtered, "ack_policy": "explicit"}
    return {"stream_name": "ACUERDO", "config": {part: told for part, told in config.items() if told is not None}}


async def state_of(client: Client) -> tuple[object, ...]:
    """Return how many facts, which last one, and which consumers there are."""
    jetstream = client.jetstream()
    state = (await jetstream.stream_info("ACUERDO")).state
    consumers = await jetstream.consumers_info("ACUERDO")
    return (state.first_seq, state.messages, state.last_seq, sorted(one.name for one in consumers))


@pytest.mark.parametrize(
    "subject",
    ["acuerdo.>", ">", "acuerdo.{ours}.>", "acuerdo.{theirs}.>", "_INBOX.>", f"_INBOX_{OURS}.>", "*.*",
     "$JS.EVENT.>", "$JS.ACK.>", "$SYS.>", "acuerdo.wake.*", "partners.>"],
)  # fmt: skip
async def test_a_program_hears_only_what_it_asked_for(
    deployment: Deployment, ours: str, theirs: str, subject: str
) -> None:
    heard: list[str] = []

    async def hear(message: Any) -> None:
        heard.append(message.subject)

    async with program(deployment, RIVAL, "ears") as ears, program(deployment, OURS, "talking") as talking:
        await ears.client.subscribe(subject.format(ours=ours, theirs=theirs), cb=hear)
        await ears.client.flush()
        await asyncio.to_thread(propose, deployment, RIVAL, theirs)
        await talking.follow(ours)
        assert len(ears.refused) == 1
        assert heard == []


async def test_a_pushing_consumer_or_one_for_two_agreements_cannot_be_made(deployment: Deployment, theirs: str) -> None:
    async with program(deployment, RIVAL, "pusher") as pusher:
        name, filtered = pusher.durable(theirs), f"acuerdo.{theirs}.>"
        for config in (
            {"deliver_subject": "acuerdo.wanted.agreement"},
            {"deliver_subject": f"_INBOX_{RIVAL}.me"},
            {"deliver_subject": "$JS.API.STREAM.PURGE.ACUERDO", "idle_heartbeat": 10**9},
            {"filter_subjects": ["acuerdo.*.>", filtered]},
            {"filter_subject": "acuerdo.*.>"},
            {"durable_name": f"{OURS}_victim_{theirs}"},
            {"name": f"{OURS}_victim_{theirs}"},
            {"sample_freq": "100"},
            {"mem_storage": True},
        ):
            answer = await pusher.ask(
                f"{API}.CONSUMER.CREATE.ACUERDO.{name}.{filtered}",
                {"stream_name": "ACUERDO", "config": {"name": name, "filter_subject": filtered, **config}},
            )
            assert answer is not None
            assert answer["error"]["code"] == 400, config
        assert (await pusher.create(name, filtered, ack_policy="explicit") or {}).get("name") == name


async def test_a_company_has_no_more_consumers_of_an_agreement_than_it_needs(
    deployment: Deployment, theirs: str
) -> None:
    """The program's name is free, so that one token could make as many as it likes."""

    async def one_more(number: int) -> int:
        async with program(deployment, RIVAL, f"many-{number}") as many:
            answer = await many.create(many.durable(theirs), f"acuerdo.{theirs}.>", ack_policy="explicit")
            assert answer is not None
            return answer.get("error", {}).get("err_code", 0)

    made = [await one_more(number) for number in range(MOST_CONSUMERS + 1)]
    assert made[0] == 0
    assert made[-1] == 10_026
    assert await one_more(0) == 0, "what is there already is asked for as ever"
    async with operator(deployment) as looking:
        names = [one.name for one in await looking.jetstream().consumers_info("ACUERDO")]
        assert len([one for one in names if is_of(one, RIVAL, theirs)]) == MOST_CONSUMERS
        for name in names:
            if name.startswith(f"{RIVAL}_many-"):
                await looking.jetstream().delete_consumer("ACUERDO", name)


async def test_an_answer_told_to_go_elsewhere_reaches_no_stream_and_no_other_company(
    deployment: Deployment, ours: str, theirs: str
) -> None:
    """JetStream answers wherever the asker says; the account boundary keeps the answers among programs' own inboxes."""
    async with program(deployment, OURS, "careful") as careful, program(deployment, RIVAL, "forger") as forger:
        its = await careful.follow(ours)
        pending = (await its.fetch(1, timeout=20))[0]
        facts = await forger.follow(theirs)
        async with operator(deployment) as looking:
            before, mine = await state_of(looking), forger.durable(theirs)
            place = pending.metadata.sequence
            for reply in (
                f"acuerdo.{ours}.agreement.agreement.agreement-in-force",
                "acuerdo.wanted.agreement",
                f"{API}.CONSUMER.DELETE.ACUERDO.{careful.durable(ours)}",
                "$JS.API.STREAM.PURGE.ACUERDO",
                f"$JS.ACK.ACUERDO.{careful.durable(ours)}.1.{place.stream}.{place.consumer}.0.0",
            ):
                for question in ("MSG.NEXT", "INFO"):
                    body = b'{"batch":1,"expires":100000000}' if question == "MSG.NEXT" else b""
                    await forger.client.publish(f"{API}.CONSUMER.{question}.ACUERDO.{mine}", body, reply=reply)
            await forger.client.flush()
            await asyncio.sleep(SOON)
            assert await state_of(looking) == before
            consumer = await looking.jetstream().consumer_info("ACUERDO", careful.durable(ours))
            assert consumer.num_ack_pending == 1
        await facts.unsubscribe()


async def refusal(deployment: Deployment, token: str | None, name: str = "knocking") -> str:
    """Return how the door was shut."""
    client, said = Client(), list[str]()

    async def complain(error: Exception) -> None:
        said.append(str(error))

    with pytest.raises(NatsError) as refused:
        await client.connect(
            deployment.facts_url, token=token, name=name, allow_reconnect=False, error_cb=complain, connect_timeout=10
        )
    await client.close()
    return " ".join([str(refused.value), *said]).lower()


async def test_without_an_integrators_token_of_a_party_the_door_stays_shut(
    deployment: Deployment, ours: str, tmp_path: Path
) -> None:
    elsewhere = Deployment(tmp_path / "elsewhere")
    elsewhere.issuer.ensure()
    past = timedelta(seconds=-20)
    bad = {
        "none": None,
        "no jwt": "guessed",
        "another issuer": elsewhere.token(company=OURS, roles=["integrator"]),
        "expired": deployment.token(company=OURS, roles=["integrator"], ttl=past),
        "a person": deployment.token(company=OURS, roles=["manager", "operator", "auditor"]),
        "no party": deployment.token(company="sub-nobody", roles=["integrator"]),
    }
    for who, token in bad.items():
        assert "authorization violation" in await refusal(deployment, token), who
    good = deployment.token(company=OURS, roles=["integrator"])
    for name in ("*", "a.b", "two words", "x_y", "x" * 40):
        assert "authorization violation" in await refusal(deployment, good, name), name


async def test_a_password_of_our_own_processes_is_asked_for_as_ever(deployment: Deployment) -> None:
    for user, password in (("acuerdo", "guessed"), ("acuerdo", ""), ("root", "root")):
        client = Client()
        with pytest.raises(NatsError):
            await client.connect(deployment.facts_url, user=user, password=password, allow_reconnect=False)
        await client.close()


async def test_a_connection_ends_with_its_token_and_a_fresh_one_reads_new_agreements(deployment: Deployment) -> None:
    with cast_of(deployment) as cast:
        first = await asyncio.to_thread(sign, cast, "sub-early", "sub-other")
        async with program(deployment, "sub-early", "short", ttl=timedelta(seconds=8)) as short:
            second = await asyncio.to_thread(sign, cast, "sub-early", "sub-third")
            assert await short.create(short.durable(second), f"acuerdo.{second}.>") is None
            await asyncio.wait_for(short.gone.wait(), 20)
    async with program(deployment, "sub-early", "short") as again:
        for agreement in (first, second):
            assert (await names(await again.follow(agreement), until="agreement-in-force"))[-1] == "agreement-in-force"


@pytest.mark.processes
async def test_any_number_of_processes_may_answer_at_the_door(deployment: Deployment, ours: str) -> None:
    told = deployment.settings(next(one for one in deployment.processes.values()).service)
    given = {name.removeprefix("ACUERDO_").lower(): value for name, value in told.items()}
    settings = cast("Any", service.settings.model_validate(given))
    async with opened(service, settings) as parts:
        wires = [Wire(deployment.nats_url, name=f"door {number}") for number in range(2)]
        key = AccountKey(settings.callout_seed.get_secret_value())

        async def in_force(company: str) -> Any:
            return await agreement_rows.in_force(parts.pool, company)

        doors = [Admission(key, tokens_of(settings), in_force).run(wire) for wire in wires]
        async with beside(*doors, *(Creating().run(wire) for wire in wires)):
            await asyncio.sleep(SOON)
            for number in range(12):
                async with program(deployment, OURS, f"crowd-{number}") as one:
                    assert await names(await one.follow(ours), until="agreement-in-force")
        for wire in wires:
            await wire.close()


@pytest.mark.processes
async def test_no_token_is_in_a_log_and_why_it_was_refused_is(deployment: Deployment, ours: str) -> None:
    good = deployment.token(company=OURS, roles=["integrator"], person="secretive")
    refused = deployment.token(company=OURS, roles=["solver"], person="secretive")
    client = await nats.connect(deployment.facts_url, token=good, name="secretive", allow_reconnect=False)
    with pytest.raises((APIError, NatsError)):
        await client.jetstream(domain="acuerdo", timeout=SOON).consumer_info("ACUERDO", "whatever")
    await client.close()
    await refusal(deployment, refused, "nosy")
    said = "".join(path.read_text(errors="replace") for path in (deployment.home / "logs").iterdir())
    assert good not in said
    assert refused not in said
    assert '"program": "nosy", "why": "Only an integrator' in said
