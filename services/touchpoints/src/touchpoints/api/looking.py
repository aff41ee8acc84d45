"""Things as this process last saw them, for what hardly ever changes: a question less upon every contact."""

from typing import Any

from common.handling import Handling
from common.history import Kind
from common.web.operations import Line


async def remembered(line: Line, kind: Kind[Any, Any, Any], key: object) -> Any:
    """Return the state of the thing *key*, read from the database only when this process never saw it."""
    handle: Handling = line.request.app.state.runtime.handle
    return (await handle.remembered(kind, key)).state
