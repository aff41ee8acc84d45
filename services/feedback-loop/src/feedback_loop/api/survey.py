"""The customer's page: opening it records nothing, sending the form does. Who has the link is the customer."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from common.eventstore.confiding import confide
from common.refusals import Conflict, Refusal, Unavailable
from common.values import Person, value
from common.web.desk import Desk, public
from common.web.failures import refusal_behind
from feedback_loop.api import survey_page as page
from feedback_loop.api.loop_operations import seal_for
from feedback_loop.api.survey_called import Called, called_in
from feedback_loop.api.survey_gate import Gate
from feedback_loop.api.survey_links import LinkNotValid, Pass, SurveyLinks
from feedback_loop.api.survey_page import Answers
from feedback_loop.api.survey_texts import LANGUAGES, SPANISH, Texts, texts_of
from feedback_loop.domain import loop_refusals as refusals
from feedback_loop.domain.loop_answers import answerable
from feedback_loop.domain.loop_commands import ReceiveFeedback
from feedback_loop.domain.loop_facts import FeedbackReceived
from feedback_loop.domain.loop_states import Life, Loop, NotOpened, Parked
from feedback_loop.domain.terms import Scale, ScoreOutsideScale, Verdict
from feedback_loop.history import LOOP

router = APIRouter(prefix="/survey", tags=["survey"])

Customer = Annotated[Desk, public("customer", "the token in the address is signed, runs out and is for one request")]
_REASONS = frozenset(reason.code for reason in SPANISH.reasons)
_LONGEST = 2_000
_FORM: Mapping[str, object] = {
    "schema": {
        "type": "object",
        "title": "SurveyAnswer",
        "required": ["score"],
        "properties": {
            "score": {"type": "integer", "description": "On the agreement's survey scale, such as 1 to 5 for csat."},
            "reason": {"type": "string", "enum": sorted(_REASONS), "description": "What mattered most, if anything."},
            "comment": {"type": "string", "maxLength": _LONGEST, "description": "The customer's own words; sealed."},
        },
    },
    "examples": {"discontent": {"value": {"score": 2, "reason": "took-too-long", "comment": "Two weeks!"}}},
}


class TooManyTries(Refusal):
    """Too many tries within a minute."""


@value
class Survey:
    """What the page rests on: the links, and how often somebody may try."""

    links: SurveyLinks
    guesses: Gate
    visits: Gate


@value
class Visit:
    """A customer at the page: what the link stands for, the case, and what they know its company and service by."""

    survey: Pass
    life: Life
    called: Called
    scale: Scale
    texts: Texts


_PAGES: Mapping[type[Refusal], tuple[str, int]] = {
    LinkNotValid: ("invalid", 404),
    refusals.CustomerErased: ("invalid", 404),
    refusals.AlreadyAnswered: ("answered", 409),
    refusals.LinkExpired: ("expired", 410),
    refusals.RequestOfEarlierRound: ("earlier", 410),
    refusals.RequestSuperseded: ("superseded", 410),
    refusals.CaseIsClosed: ("answered", 409),
    refusals.CaseIsParked: ("with-another", 409),
    TooManyTries: ("busy", 429),
}
"""The page that says each refusal to a customer."""
_RETRY_AFTER = {429: "60", 503: "5"}


@router.get("/{token}", operation_id="openSurvey", response_class=HTMLResponse)
@router.head("/{token}", operation_id="peekSurvey", include_in_schema=False)
async def open_survey(token: str, desk: Customer) -> Response:
    """Show the question. Nothing is recorded, whoever opens the link: a person, a preview or a scanner."""
    try:
        visit = await _enter(desk, token)
    except Exception as error:  # noqa: BLE001 - what is ours alone is raised again
        return _said(_refusal(error), _spoken(desk.request, None))
    return page.question(visit.texts, visit.scale, visit.called, answers=Answers())


@router.post(
    "/{token}",
    operation_id="answerSurvey",
    response_class=HTMLResponse,
    openapi_extra={"requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": _FORM}}},
)
async def answer_survey(token: str, desk: Customer) -> Response:
    """Record the customer's answer, once.

    Without a reason that is known the answer counts as one without a reason; a score outside the scale is asked again.
    """
    try:
        visit = await _enter(desk, token)
    except Exception as error:  # noqa: BLE001 - what is ours alone is raised again
        return _said(_refusal(error), _spoken(desk.request, None))
    answers = await _sent(desk.request)
    try:
        verdict = await _record(desk, visit, answers)
    except ScoreOutsideScale:
        return page.question(visit.texts, visit.scale, visit.called, answers=answers, missing=True)
    except Exception as error:  # noqa: BLE001 - what is ours alone is raised again
        return _said(_refusal(error), visit.texts)
    return page.message(visit.texts, f"thanks-{verdict}", 200)


async def _enter(desk: Desk, token: str) -> Visit:
    """Return who comes with *token*. Raises the refusal when it cannot be answered, or not any more."""
    held: Survey = desk.request.app.state.survey
    try:
        survey = held.links.read(token)
    except LinkNotValid:
        if not held.guesses.passes(_address(desk.request), desk.at):
            raise TooManyTries from None
        raise
    if not held.visits.passes(str(survey.request_id), desk.at):
        raise TooManyTries
    return await _visit(desk, survey)


async def _visit(desk: Desk, survey: Pass) -> Visit:
    state: Loop = (await desk.look(LOOP, survey.case_id)).state
    if isinstance(state, NotOpened) or state.life.customer_id != survey.customer_id:
        raise LinkNotValid
    life = state.life
    texts = _spoken(desk.request, life.language)
    scale = life.terms.scale(life.terms.survey_scale)
    if scale is None or life.request(survey.request_id) is None:
        raise LinkNotValid
    try:
        answerable(life, survey.request_id, desk.at)
        if isinstance(state, Parked) and state.parking.reason == "duplicate":
            raise refusals.CaseIsParked
    except Refusal as refusal:
        refusal.parameters["language"] = texts.language
        raise
    called = await called_in(desk.look, life, desk.at)
    return Visit(survey=survey, life=life, called=called, scale=scale, texts=texts)


async def _sent(request: Request) -> Answers:
    form = await request.form(max_files=0, max_fields=10)
    said = {name: value for name, value in form.items() if isinstance(value, str)}
    return Answers(
        score=said.get("score", "").strip(),
        reason=said.get("reason", ""),
        comment=said.get("comment", "").replace("\0", "").strip()[:_LONGEST],
    )


async def _record(desk: Desk, visit: Visit, answers: Answers) -> Verdict:
    """State what the customer said; the comment is sealed before it becomes part of a fact."""
    command = ReceiveFeedback(
        request_id=visit.survey.request_id,
        round=visit.survey.round,
        feedback_id=desk.new_id(),
        score=_score(answers.score),
        reason=confide(answers.reason) if answers.reason in _REASONS else None,
        stage=None,
        comment=seal_for(visit.life, answers.comment) if answers.comment else None,
        at=desk.at,
    )
    customer = Person(person=str(visit.survey.customer_id), company="", role="customer")
    handled = await desk.runtime.handle(LOOP, visit.survey.case_id, command, context=desk.context(actor=customer))
    return next(fact.verdict for fact in handled.facts if isinstance(fact, FeedbackReceived))


def _score(text: str) -> int:
    try:
        return int(text) if len(text) <= 4 else _refuse()
    except ValueError:
        return _refuse()


def _refuse() -> int:
    raise ScoreOutsideScale


def _said(refusal: Refusal, texts: Texts) -> HTMLResponse:
    """Return the page that says *refusal*, in the customer's language where it is known."""
    language = refusal.parameters.get("language")
    passing = isinstance(refusal, Unavailable | Conflict)  # that it cannot be kept now says nothing of the link
    name, status = _PAGES.get(type(refusal), ("later", 503) if passing else ("invalid", 404))
    answer = page.message(texts_of(str(language)) if language else texts, name, status)
    if status in _RETRY_AFTER:
        answer.headers["Retry-After"] = _RETRY_AFTER[status]
    return answer


def _refusal(error: Exception) -> Refusal:
    """Return what stands behind *error*, such as a database that is away; one that is ours alone is raised again."""
    refusal = error if isinstance(error, Refusal) else refusal_behind(error)
    if refusal is None:
        raise error
    return refusal


def _spoken(request: Request, language: str | None) -> Texts:
    """Return the texts in the language chosen on the page, else the customer's, else the one the browser prefers."""
    chosen = request.query_params.get("lang", "")
    if chosen in LANGUAGES:
        return texts_of(chosen)
    return texts_of(language or request.headers.get("accept-language", "en"))


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
