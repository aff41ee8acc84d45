"""The one way in: commands become facts here, and nowhere else."""

from common.handling.handling import Handling, TooContended
from common.handling.telling import PeopleActOnIt
from common.handling.types import Folded, Handle, Handled, Look, Unit

__all__ = ["Folded", "Handle", "Handled", "Handling", "Look", "PeopleActOnIt", "TooContended", "Unit"]
