"""The customer with a phone: a link, a page, an answer."""

from dataclasses import dataclass

import httpx

from acuerdo_cli.errors import CommandFailed


class NoSurvey(CommandFailed):
    """The survey page did not take the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A survey's link: whoever has it can answer for this case and round, once."""

    address: str


def answer_survey(survey: Survey, *, score: int, comment: str) -> None:
    """Open the page, which records nothing, and confirm the answer, which does."""
    with httpx.Client(timeout=30, follow_redirects=True) as phone:
        page = phone.get(survey.address)
        said = {"score": str(score), "comment": comment} | ({"reason": "not-solved"} if score < 3 else {})
        done = phone.post(survey.address, data=said)
    if page.is_error or done.is_error:
        raise NoSurvey(f"the survey answered {page.status_code} and {done.status_code}")
