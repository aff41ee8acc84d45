"""What was promised for the hand-offs of a case, by the version it was opened under."""

from collections.abc import Callable, Sequence
from uuid import UUID

from agreement.domain.agreement_states import version, versions
from agreement.domain.hand_off import Unfollowed
from agreement.domain.hand_off_commands import Command
from agreement.domain.terms import Terms
from agreement.history import AGREEMENT, OLA
from agreement.reactions.promise import NothingPromised
from common.handling.types import Look
from common.messaging.reactions import Send


async def promised_terms(look: Look, agreement_id: UUID, number: int) -> Terms:
    """Return the terms of version *number*. Raises ``NothingPromised`` when no such version was signed by all."""
    held = version((await look(AGREEMENT, agreement_id)).state, number)
    if held is None:
        raise NothingPromised(agreement_id=agreement_id, version=number)
    return held.content.terms


async def upon(look: Look, agreement_id: UUID, case_id: UUID, command: Callable[[Terms], Command]) -> Sequence[Send]:
    """Put *command* to the case's hand-offs; nothing where nothing was promised for them.

    The facts of a case's work come in order, so a case that is not followed when they arrive never will be.
    """
    agreement = (await look(AGREEMENT, agreement_id)).state
    if not any(each.content.terms.olas for each in versions(agreement)):
        return ()
    state = (await look(OLA, case_id)).state
    if isinstance(state, Unfollowed):
        return ()
    terms = await promised_terms(look, state.agreement_id, state.agreement_version)
    return [Send(kind=OLA, key=case_id, command=command(terms))]
