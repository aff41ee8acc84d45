"""The service put together; every adapter is chosen here or in the runtime that all services share."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from common.handling import Handling
from common.running.service import Service
from common.settings import ServiceSettings
from feedback_loop.api import (
    asks,
    batch,
    corrective_actions,
    loops,
    parkings,
    recoveries,
    summary,
    survey,
    survey_deliveries,
    taken_feedback,
    tasks,
)
from feedback_loop.api.about import ABOUT
from feedback_loop.api.disclosing import confidences
from feedback_loop.api.survey_gate import Gate
from feedback_loop.api.survey_links import SurveyLinks
from feedback_loop.domain.agreement import parties_of
from feedback_loop.history import AGREEMENT, history
from feedback_loop.projections import closings as closings_rows
from feedback_loop.projections import loops as loops_rows
from feedback_loop.projections import memberships
from feedback_loop.projections import recoveries as recoveries_rows
from feedback_loop.projections import requests as requests_rows
from feedback_loop.projections import tasks as tasks_rows
from feedback_loop.reactions import come_back, learn_terms, note_erasure, note_solution, open_loop
from feedback_loop.settings import Settings

_GUESSES, _VISITS = 30, 60  # tries a minute: of an address with links that do not exist, of one link


async def _parties(handle: Handling, agreement_id: UUID) -> frozenset[str]:
    return parties_of((await handle.look(AGREEMENT, agreement_id)).state)


def _state(settings: ServiceSettings, _pool: object) -> Mapping[str, Any]:
    assert isinstance(settings, Settings)  # noqa: S101 - the runtime reads this service's own settings
    links = SurveyLinks(settings.survey_secret(), settings.public_url)
    return {"survey": survey.Survey(links=links, guesses=Gate(_GUESSES), visits=Gate(_VISITS))}


service = Service(
    title="Acuerdo: feedback-loop",
    about=ABOUT,
    history=history,
    settings=Settings,
    migrations=Path(__file__).parents[2] / "migrations",
    routers=(
        loops.router,
        taken_feedback.router,
        corrective_actions.router,
        asks.router,
        parkings.router,
        batch.router,
        tasks.router,
        recoveries.router,
        summary.router,
        survey_deliveries.router,
        survey.router,
    ),
    reactions=(
        learn_terms.reaction,
        open_loop.reaction,
        note_solution.reaction,
        come_back.reaction,
        note_erasure.reaction,
    ),
    projections=(
        memberships.projection,
        loops_rows.projection,
        tasks_rows.projection,
        requests_rows.projection,
        recoveries_rows.projection,
        closings_rows.projection,
    ),
    memberships=memberships.memberships,
    parties=_parties,
    state=_state,
    confidences=confidences,
)
