"""A fact of another service, kept by a service in a test as its inbox keeps it."""

from common.messaging.keeping import Kept
from common.messaging.waiting import Letter
from common.running.service import Parts


async def keep(parts: Parts, letter: Letter) -> None:
    """Write the rows that the service makes of *letter*; none if it keeps nothing of it."""
    keepings = [one for one in parts.service.keepings if (one.source, one.name) == (letter.source, letter.name)]
    kept = Kept({letter.name: keepings})
    kept.take(letter)
    statements, arguments = kept.writing(1, "true")
    if statements:
        parts_of_it = ", ".join(f"kept_{n} AS ({one})" for n, one in enumerate(statements))
        await parts.pool.execute(f"WITH {parts_of_it} SELECT", *arguments)
