"""What the operations on a loop have in common: their thing, whom it belongs to, who tells, what is personal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from common.handling import Handling
from common.refusals import NotFound
from common.security.sealing import seal
from common.shared_refusals import CaseNotImported
from common.values import Person, Sealed
from common.web.bodies import Body
from common.web.entrance import who
from common.web.operations import Line, Meaning, Meant, Operation
from feedback_loop.domain.loop_refusals import LoopUnknown
from feedback_loop.domain.loop_states import Life, Loop, NotOpened
from feedback_loop.history import LOOP

READERS = (
    "touchpoint-agent",
    "solver",
    "team-lead",
    "sme",
    "manager",
    "committee-member",
    "operator",
    "auditor",
)
FACE = ("touchpoint-agent", "team-lead", "manager", "operator")
LEADS = ("team-lead", "manager", "operator")
MENDERS = ("solver", "team-lead", "sme", "manager", "operator")

CASE: Mapping[str, Any] = {"case_id": UUID}

SOMETHING = r"\S"
"""Blanks say nothing: who is to give a reason, a cause or evidence gives one."""


Text = Annotated[str, Field(min_length=1, max_length=2000, pattern=SOMETHING)]
Short = Annotated[str, Field(min_length=1, max_length=200, pattern=SOMETHING)]
Code = Annotated[str, Field(min_length=1, max_length=63)]


def _shown_by_our_clocks(told: datetime) -> datetime:
    if not 1900 <= told.year <= 2200:
        raise ValueError("must lie between 1900 and 2200")
    return told


def _written_out(told: Any) -> Any:
    if not isinstance(told, str | datetime):
        raise ValueError("must be a date and time with an offset, such as 2026-03-01T09:00:00+01:00")  # noqa: TRY004 - pydantic turns a ValueError into a problem
    return told


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_written_out),
    AfterValidator(_shown_by_our_clocks),
    Field(examples=["2026-03-01T09:00:00+01:00"]),
]


def agreement_of(state: Loop) -> UUID | None:
    """Return the agreement that a loop belongs to, None when there is no such loop."""
    return None if isinstance(state, NotOpened) else state.life.agreement_id


def operation(
    meaning: Meaning, *, roles: tuple[str, ...], body: type[Body], path: Mapping[str, Any] = CASE, status: int = 201
) -> Operation:
    """Return an operation on the loop ``case_id``, hidden from whoever is no party to its agreement."""
    return Operation(
        kind=LOOP,
        key="case_id",
        meaning=_of_its_kind(meaning),
        roles=roles,
        body=body,
        path=path,
        agreement=agreement_of,
        status=status,
    )


def _of_its_kind(meaning: Meaning) -> Meaning:
    """Return *meaning* for who may know the case, and for lines that tell of an imported one only.

    Nobody acts for others in one that lives now; and what is another's is answered as what there is not.
    """

    async def meant(body: Any, line: Line, **path: Any) -> Meant:
        handle: Handling = line.request.app.state.runtime.handle
        life = await _theirs(line, (await handle.remembered(LOOP, path["case_id"])).state)
        if line.imported and not life.imported:
            raise CaseNotImported
        return await meaning(body, line, **path)

    return meant


async def recorder(line: Line) -> Person:
    """Return who tells it to the system: whoever acts, or the operator who tells of somebody else."""
    return (await who(line.request)).acting_as("operator") if line.imported else line.by


async def life_of(line: Line, case_id: UUID) -> Life:
    """Return what the case keeps. Raises ``LoopUnknown``, also for whoever is not party to its agreement."""
    return await _theirs(line, (await line.look(LOOP, case_id)).state)


async def _theirs(line: Line, state: Loop) -> Life:
    if isinstance(state, NotOpened):
        raise LoopUnknown
    try:
        await line.party(state.life.agreement_id)
    except NotFound:
        raise LoopUnknown from None
    return state.life


async def sealed(line: Line, case_id: UUID, text: str | None) -> Sealed | None:
    """Return what the customer said, readable only while the customer's key lives."""
    return None if text is None else seal_for(await life_of(line, case_id), text)


def seal_for(life: Life, text: str) -> Sealed:
    """Return *text* sealed under the key of the case's customer, with the case: it cannot pass for said on another."""
    return seal(life.customer_key, str(life.customer_id), {"comment": text, "case_id": str(life.case_id)})
