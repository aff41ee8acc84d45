"""Whoever follows a case sees every fact of it on its timeline, but for those that are named here with the reason."""

import json
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any, cast, get_args
from uuid import UUID

import msgspec
import pytest

from common.history import History
from common.messaging.keeping import Keeping
from common.messaging.waiting import Letter
from touchpoints.projections import timeline
from touchpoints.reactions.keep_timeline import keepings

LEFT_OUT = {
    ("touchpoints", "priority-proposed"): "priority-decided names what was proposed; until then the case shows it",
    ("solver-teams", "work-opened"): "follows from case-opened, in the same moment",
    ("solver-teams", "work-parked"): "follows from case-parked, which has the reason",
    ("solver-teams", "work-unparked"): "follows from case-unparked, which has the reason",
    ("solver-teams", "work-ended"): "follows from case-closed",
    ("feedback-loop", "loop-opened"): "follows from case-opened, in the same moment",
    ("feedback-loop", "survey-link-issued"): "on its way to the customer; survey-link-delivered says that it arrived",
    ("agreement", "hand-off-commitment-ended"): "no verdict comes of it; those that there are stand on the timeline",
}
PACKAGES = {
    "agreement": "agreement",
    "touchpoints": "touchpoints",
    "solver-teams": "solver_teams",
    "feedback-loop": "feedback_loop",
}
SAMPLES = Path(__file__).parents[1]
WORDS = {
    "reason",
    "note",
    "text",
    "question",
    "answer",
    "purpose",
    "what",
    "evidence",
    "cause",
    "description",
    "person",
}
CODES = {  # of facts that say these as codes
    "reason": {"work-paused", "work-resumed", "work-reopened", "round-opened", "parking-proposed", "case-parked"}
    | {"case-unparked"},
    "cause": {"item-solved", "solution-proposed"},
}


def history_of(service: str) -> History:
    return cast("History", import_module(f"{PACKAGES[service]}.history").history)


def of_cases() -> set[tuple[str, str]]:
    """Return every published fact of every service that names a case."""
    histories = [history_of(service) for service in PACKAGES]
    return {
        (history.service, name)
        for history in histories
        for name, shape in history.names.items()
        if history.published(name) and "case_id" in {one.name for one in fields(shape)}
    }


def shown() -> set[tuple[str, str]]:
    """Return the facts that make or change an entry."""
    names = {shape: name for name, shape in history_of("touchpoints").names.items()}
    own = {("touchpoints", names[shape]) for shape in get_args(timeline.Fact)}
    return own | {(one.source, one.name) for one in keepings}


def samples() -> Iterator[Any]:
    """Give each keeping every frozen sample, in each version, of the fact that it keeps."""
    for keeping in keepings:
        for sample in sorted((SAMPLES / PACKAGES[keeping.source] / "samples").glob(f"{keeping.name}.v*.json")):
            yield pytest.param(keeping, sample, id=sample.stem)


def test_every_fact_of_a_case_is_shown_or_left_out_for_a_reason() -> None:
    assert of_cases() - shown() == LEFT_OUT.keys()
    assert not shown() - of_cases()


def test_every_version_that_is_published_is_known() -> None:
    """A version that leaves alone what the timeline reads is known when its keeping says so."""
    unknown = {one.name for one in keepings if one.version < history_of(one.source).version_of(one.name)}
    assert not unknown


@pytest.mark.parametrize(("keeping", "sample"), list(samples()))
def test_an_entry_says_codes_and_companies_and_no_words_or_names_of_people(keeping: Keeping[Any], sample: Path) -> None:
    said = json.loads(sample.read_text())
    fact = said.get("data", said)
    entry = keeping.of(letter(keeping, sample.stem.rpartition(".v")[2], fact))
    assert isinstance(entry, timeline.Told) or fact["case_id"] is None
    shown = msgspec.json.encode(entry).decode()
    words = {text for text in of_people(keeping.name, fact) if text}
    assert not {text for text in words if f'"{text}' in shown or f": {text}" in shown}


def letter(keeping: Keeping[Any], version: str, fact: Any) -> Letter:
    return Letter(
        id=UUID(int=1),
        source=keeping.source,
        stream="case-1",
        position=1,
        name=keeping.name,
        headers={"ce-type": f"acuerdo.{keeping.source}.{keeping.name}.v{version}"},
        body=json.dumps(fact).encode(),
    )


def of_people(name: str, said: Any) -> Iterator[str]:
    """Return all that people wrote in a fact, the digests of it, and what they are called."""
    for field, held in said.items() if isinstance(said, dict) else ():
        if isinstance(held, dict):
            yield from held.values() if "confided" in held else of_people(name, held)
        elif isinstance(held, str) and field in WORDS and name not in CODES.get(field, ()):
            yield held
