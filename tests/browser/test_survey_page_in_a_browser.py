"""The customer's page on a telephone, in a real browser: what she sees, touches and hears read out."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Request, async_playwright

from acuerdo_cli.demo.people import People, people
from acuerdo_cli.demo.story import AGENT, SPLICER, Stage, sign, staff
from acuerdo_cli.demo.terms import COMPANIES, DESK, NETWORK, terms
from acuerdo_cli.deployment import Deployment
from acuerdo_client import Addresses
from common.running.service import now

pytestmark = [pytest.mark.browser, pytest.mark.journey]

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
THUMB = 44  # CSS pixels: WCAG 2.2, target size (enhanced)
TOUCHED = "a, button, textarea, label.choice"
BOXES = "all => all.map(one => { const box = one.getBoundingClientRect(); return [box.width, box.height]; })"
UNNAMED = "all => all.filter(one => !one.labels || one.labels.length === 0).map(one => one.outerHTML)"

Telephone = Callable[..., Awaitable[Page]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A customer who was asked: her case, her link, and until when it can be answered."""

    case_id: str
    address: str
    until: datetime


class Desk:
    """Cases that are solved and asked about."""

    def __init__(self, cast: People, agreement_id: str, teams: dict[str, str]) -> None:
        self._cast = cast
        self._agreement_id = agreement_id
        self._teams = teams

    def asked(self, reference: str, language: str = "es") -> Asked:
        """Open a case, solve it, and return what the customer is sent."""
        agent = self._cast(DESK, "touchpoint-agent", AGENT)
        customer = agent.touchpoints.register_customer(
            agreement_id=self._agreement_id, external_reference=f"customer-of-{reference}", language=language
        ).body["customer_id"]
        case_id = agent.touchpoints.open_case(
            agreement_id=self._agreement_id,
            customer_id=customer,
            team_id=self._teams["desk"],
            service="fibre",
            activity="repair",
            region="norte",
            need="No hay línea.",
            external_reference=reference,
        ).body["case_id"]
        item, team = agent.solver_teams.get_work(case_id).body["items"][0]["item_id"], self._teams["lines"]
        solver = self._cast(NETWORK, "solver", SPLICER).solver_teams
        agent.solver_teams.offer_work(case_id, item, team_id=team)
        solver.accept_work(case_id, item, team_id=team)
        solver.solve_work(case_id, item, team_id=team, cause="card", action="replaced")
        waiting = self._cast(DESK, "integrator", "messaging").feedback_loop.list_survey_deliveries(
            agreement_id=self._agreement_id, limit=200
        )
        link = next(one for one in waiting.body["items"] if one["case_id"] == case_id)
        return Asked(case_id=case_id, address=link["address"], until=datetime.fromisoformat(link["expires_at"]))

    def loop(self, case_id: str) -> Any:
        """The loop as it stands, with its version."""
        return self._cast(DESK, "touchpoint-agent", AGENT).feedback_loop.read_loop(case_id)


@pytest.fixture(scope="module")
async def browser(chromium: Path) -> AsyncGenerator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        await started.close()


@pytest.fixture(scope="module")
def cast(chromium: Path, deployment: Deployment) -> Any:
    del chromium  # without a browser nothing need be started
    with people(Addresses.named(deployment.urls), deployment.token) as cast:
        yield cast


def desk_of(cast: People, link_valid_for: str) -> Desk:
    agreed = terms()
    agreed["reminders"] |= {"link_valid_for": link_valid_for}
    stage = Stage(people=cast, tell=lambda _: None, now=now())
    agreement_id = sign(stage, agreed)
    return Desk(cast, agreement_id, staff(stage, agreement_id))


@pytest.fixture(scope="module")
def desk(cast: People) -> Desk:
    return desk_of(cast, "P30D")


@pytest.fixture(scope="module")
def short_lived(cast: People) -> Asked:
    return desk_of(cast, "PT15S").asked("late", "en")


@pytest.fixture
async def telephone(browser: Browser) -> AsyncGenerator[Telephone]:
    """Opens a link on a telephone; afterwards nothing was complained of, and nobody else was called."""
    complaints: list[str] = []
    contexts: list[Any] = []

    async def ring(address: str, locale: str = "es-ES", **more: Any) -> Page:
        context = await browser.new_context(**PHONE, locale=locale, **more)
        contexts.append(context)
        page = await context.new_page()
        home = "/".join(address.split("/")[:3])

        def sent(request: Request) -> None:
            if not request.url.startswith(home + "/"):
                complaints.append(f"it calls {request.url}")

        page.on("request", sent)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        await page.goto(address)
        return page

    yield ring
    for context in contexts:
        await context.close()
    assert [one for one in complaints if not is_status(one)] == []


def is_status(complaint: str) -> bool:
    """A page that is not 200 is noted by the browser itself."""
    return complaint.startswith("Failed to load resource: the server responded with a status of 4")


async def test_opening_the_link_records_nothing(desk: Desk, telephone: Telephone) -> None:
    asked = desk.asked("only-looks")
    before = desk.loop(asked.case_id)
    page = await telephone(asked.address)
    await page.reload()
    after = desk.loop(asked.case_id)
    assert (after.version, after.body) == (before.version, before.body)


@pytest.mark.parametrize(
    ("language", "other", "title", "other_title"),
    [
        ("es", "English", "¿Cómo le ha ido con su caso?", "How did it go with your case?"),
        ("en", "Español", "How did it go with your case?", "¿Cómo le ha ido con su caso?"),
    ],
)
async def test_the_page_speaks_the_customers_language_and_offers_the_other(
    desk: Desk, telephone: Telephone, language: str, other: str, title: str, other_title: str
) -> None:
    page = await telephone(desk.asked(f"speaks-{language}", language).address, locale="fr-FR")
    assert await page.get_attribute("html", "lang") == language
    assert await page.inner_text("h1") == title
    await page.get_by_role("link", name=other).tap()
    await page.get_by_role("heading", name=other_title).wait_for()
    assert await page.get_attribute("html", "lang") != language


async def test_she_sees_who_asks_and_about_which_case(desk: Desk, telephone: Telephone) -> None:
    page = await telephone(desk.asked("case-of-" + "W" * 40).address)
    said, (name, _, _) = await page.inner_text(".case"), COMPANIES[DESK]
    assert said.startswith(f"\u2068{name}\u2069 le pregunta por su caso case-of-WW")
    assert "Fibra en casa, abierto el " in said
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]


async def test_everything_to_touch_is_as_large_as_a_thumb(desk: Desk, telephone: Telephone) -> None:
    page = await telephone(desk.asked("thumbs").address)
    boxes = await page.eval_on_selector_all(TOUCHED, BOXES)
    assert len(boxes) == 1 + 5 + 6 + 1 + 1
    assert [box for box in boxes if min(box) < THUMB] == []


@pytest.mark.parametrize("width", [280, 360, 1280])
async def test_nothing_hides_beyond_the_right_edge(desk: Desk, telephone: Telephone, width: int) -> None:
    page = await telephone(desk.asked(f"width-{width}").address)
    await page.set_viewport_size({"width": width, "height": 640})
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_every_field_has_a_name_that_is_read_out(desk: Desk, telephone: Telephone) -> None:
    page = await telephone(desk.asked("labels").address)
    assert await page.eval_on_selector_all("input, textarea", UNNAMED) == []
    for question in ("¿Está conforme con la solución?", "Si algo no fue bien, ¿qué pesó más? (opcional)"):
        assert await page.get_by_role("group", name=question).count() == 1


async def test_a_tapped_answer_is_thanked_for_and_said_to_be_there_when_the_link_is_opened_again(
    desk: Desk, telephone: Telephone
) -> None:
    asked = desk.asked("taps", "en")
    page = await telephone(asked.address, locale="en-GB")
    await page.get_by_text("Very satisfied").tap()
    await page.get_by_label("Is there anything else you want to tell us?").fill("All good.")
    await page.get_by_role("button", name="Send my answer").tap()
    await page.get_by_role("heading", name="Thank you!").wait_for()
    assert desk.loop(asked.case_id).body["state"] == "closed"
    await page.goto(asked.address)
    assert await page.inner_text("h1") == "We have your answer"


async def test_the_keyboard_alone_is_enough(desk: Desk, telephone: Telephone) -> None:
    asked = desk.asked("keys")
    page = await telephone(asked.address)
    for key in ("Tab", "Tab", "Space", "ArrowDown", "Tab", "Space", "Tab"):  # past the link, to the answers, to reasons
        await page.keyboard.press(key)
    assert await page.evaluate("document.activeElement.id") == "comment"
    await page.keyboard.type("Sigue sin funcionar.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Gracias por decírnoslo").wait_for()
    loop = desk.loop(asked.case_id).body
    assert (loop["state"], loop["round"], loop["verdict"]) == ("in-work", 2, "negative")


async def test_an_answer_cannot_be_forgotten(desk: Desk, telephone: Telephone) -> None:
    page = await telephone(desk.asked("forgets").address)
    await page.get_by_role("button", name="Enviar mi respuesta").tap()
    assert await page.eval_on_selector("input[name=score]", "one => one.validity.valueMissing")
    assert await page.inner_text("h1") == "¿Cómo le ha ido con su caso?"


async def test_the_page_works_without_scripts(desk: Desk, telephone: Telephone) -> None:
    asked = desk.asked("no-scripts")
    page = await telephone(asked.address, java_script_enabled=False)
    await page.get_by_label("Ni sí ni no").check()
    await page.get_by_role("button", name="Enviar mi respuesta").tap()
    await page.get_by_role("heading", name="Gracias por su respuesta").wait_for()
    assert desk.loop(asked.case_id).body["state"] == "follow-up"


async def test_a_link_that_nobody_gave_out_shows_a_plain_page(desk: Desk, telephone: Telephone) -> None:
    asked = desk.asked("forged")
    page = await telephone(asked.address[:-4] + "AAAA")
    assert await page.inner_text("h1") == "Este enlace no es válido"
    assert await page.locator("form").count() == 0


async def test_a_link_that_ran_out_says_so_in_the_customers_language(short_lived: Asked, telephone: Telephone) -> None:
    await asyncio.sleep(max(0.0, (short_lived.until - now()).total_seconds()))
    page = await telephone(short_lived.address)
    assert await page.inner_text("h1") == "This link has run out"
    assert await page.locator("form").count() == 0
