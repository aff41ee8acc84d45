"""The survey as HTML: plain, readable on a telephone, without scripts, and kept by nobody on the way."""

import base64
import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from common.values import value
from feedback_loop.api.survey_called import Called
from feedback_loop.api.survey_texts import Choice, Texts, texts_of
from feedback_loop.domain.terms import Scale

_FOLDER = Path(__file__).parent / "templates"
_PAGES = Environment(
    loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    auto_reload=False,
)  # fmt: skip
_ISOLATED = "\u2068{}\u2069"
"""Around a name, so that one written from right to left turns no other word of the sentence."""

STYLE = (_FOLDER / "survey.css").read_text()
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


@value
class Answers:
    """What was chosen before the page had to be shown again."""

    score: str = ""
    reason: str = ""
    comment: str = ""


def question(texts: Texts, scale: Scale, called: Called, *, answers: Answers, missing: bool = False) -> HTMLResponse:
    """Return the page that asks about a case; *missing*: no answer was chosen."""
    scores, other = _scores(texts, scale), "es" if texts.language == "en" else "en"
    html = _PAGES.get_template("question.html").render(
        texts=texts,
        style=STYLE,
        asks=texts.asks.format(company=_ISOLATED.format(called.company)) if called.company else None,
        reference=called.external_reference,
        began=called.opened_at and _began(texts, called.service, called.opened_at),
        question=texts.question.get(scale.scale, texts.title),
        scores=scores,
        numbers=all(score.says == score.code for score in scores),
        ends=texts.ends.get(scale.scale),
        answers=answers,
        missing=missing,
        other=other,
    )
    return HTMLResponse(html, status_code=422 if missing else 200, headers=_headers(texts))


def _began(texts: Texts, service: str, day: datetime) -> str:
    """Return what a case is about and since when, in words."""
    return texts.began.format(service=service, day=day.day, month=texts.months[day.month - 1], year=day.year)


def message(texts: Texts, name: str, status: int) -> HTMLResponse:
    """Return the page that says *name* and asks nothing."""
    return HTMLResponse(_message(texts.language, name), status_code=status, headers=_headers(texts))


@cache
def _message(language: str, name: str) -> str:
    """Return the page that says *name* in *language*: there are a few of them, each the same for everybody."""
    texts = texts_of(language)
    return _PAGES.get_template("message.html").render(texts=texts, style=STYLE, message=texts.messages[name])


def _headers(texts: Texts) -> dict[str, str]:
    return {**HEADERS, "Content-Language": texts.language}


def _scores(texts: Texts, scale: Scale) -> list[Choice]:
    """Return the scores to choose from, in words where there are as many words as scores."""
    scores = range(scale.lowest, scale.highest + 1)
    words = texts.words.get(scale.scale, ())
    if len(words) == len(scores):
        return [Choice(code=str(score), says=word) for score, word in zip(scores, words, strict=True)]
    return [Choice(code=str(score), says=str(score)) for score in scores]
