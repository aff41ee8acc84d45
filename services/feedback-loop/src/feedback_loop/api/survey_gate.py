"""How often somebody may try: those who guess are slowed down, customers with a link are not kept waiting for them."""

from collections import OrderedDict
from datetime import datetime, timedelta

_MINUTE = timedelta(minutes=1)
_REMEMBERED = 10_000


class Gate:
    """Counts tries per minute by name, in this process; the least recent names are forgotten first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._tries: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def passes(self, name: str, now: datetime) -> bool:
        """Count a try of *name*; tell whether it is within what a minute allows."""
        began, count = self._tries.pop(name, (now, 0))
        if now - began >= _MINUTE:
            began, count = now, 0
        self._tries[name] = (began, count + 1)
        if len(self._tries) > _REMEMBERED:
            self._tries.popitem(last=False)
        return count < self._most
