"""Why something was not done, said without knowing how the asker is reached.

A refusal is a class with a sentence (its docstring's first line). The edge maps the five kinds to its own way of
saying no; nothing here knows HTTP.
"""

from typing import ClassVar


class Refusal(Exception):
    """The command was refused."""

    kind: ClassVar[str] = "conflict"

    def __init__(self, detail: str | None = None, **parameters: object) -> None:
        """Keep *detail* (what was wrong this time) and *parameters* (named values a program can read)."""
        super().__init__(detail or self.sentence())
        self.detail = detail or self.sentence()
        self.parameters = parameters

    @classmethod
    def sentence(cls) -> str:
        """Return the one sentence that says what rule refused."""
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0].replace("``", '"')


class Conflict(Refusal):
    """A rule refuses this in the present state."""

    kind = "conflict"


class Invalid(Refusal):
    """The input is understood but cannot be meant."""

    kind = "invalid"


class Forbidden(Refusal):
    """The caller has no right to do this."""

    kind = "forbidden"


class NotFound(Refusal):
    """There is no such thing, or it is not the caller's."""

    kind = "not-found"


class StaleVersion(Refusal):
    """The thing has changed since it was read."""

    kind = "stale"


class VersionRequired(Refusal):
    """A change must name the version it is based on."""

    kind = "version-required"


class TooMany(Refusal):
    """Too much was asked at once; ask again later."""

    kind = "too-many"


class Unavailable(Refusal):
    """Something this depends on cannot be reached now."""

    kind = "unavailable"


class NotYet(Refusal):
    """A fact this rests on has not arrived here yet; it will be tried again."""

    kind = "conflict"
