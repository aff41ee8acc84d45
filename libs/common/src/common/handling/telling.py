"""What is told as history, and until when: an import adds nothing to what people act on."""

from collections.abc import Sequence

from common.eventstore.recorded import Context
from common.refusals import Forbidden
from common.values import Person


class PeopleActOnIt(Forbidden):
    """People act on this now: what they did not do themselves is told of it as history no more."""


def ensure_history(facts: Sequence[object], context: Context, *, lived: bool) -> None:
    """Raise ``PeopleActOnIt`` where somebody tells *facts* of what has *lived*; telling nothing new is no harm.

    What services conclude from what was told is not refused: it is told already.
    """
    if facts and lived and context.imported and isinstance(context.actor, Person):
        raise PeopleActOnIt
