"""The mapping file: what the columns and rows of a source mean. docs/import.md describes every entry."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from acuerdo_cli.importing.codes import slug
from acuerdo_cli.importing.meanings import Means
from acuerdo_cli.importing.rows import Unusable

Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Duration = Annotated[str, Field(pattern=r"^P(\d+D)?(T(\d+H)?(\d+M)?(\d+S)?)?$", min_length=3)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Wall = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
Interval = tuple[Wall, Wall]


def _known_zone(zone: str) -> str:
    if zone not in available_timezones():
        raise ValueError(f"{zone!r} is no time zone")
    return zone


Zone = Annotated[str, AfterValidator(_known_zone)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Table):
    """How the file is written."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    missing: tuple[str, ...] = ("",)


class Time(_Table):
    """Where the times are and how they are written. ``zone`` holds for those that carry no offset."""

    column: str
    format: str = "iso"
    zone: Zone
    opened_at: Clock = "00:00"
    answered_at: Clock = "00:00"


class Known(_Table):
    """Where a name comes from: a column, or one for all rows; ``names`` says it otherwise than the source does."""

    column: str | None = None
    value: str | None = None
    missing: str | None = None
    names: dict[str, str] = {}

    @model_validator(mode="after")
    def _one_origin(self) -> "Known":
        if (self.column is None) == (self.value is None):
            raise ValueError("give either 'column' or 'value'")
        return self


class Case(_Table):
    """How a case is known, and what it is about. Without ``id`` a case is known by what its row says."""

    id: str | None = None
    company: Known
    team: Known
    level: Known = Known(value="")
    service: Known
    activity: Known
    region: Known
    priority: Known
    language: Known = Known(value="en")
    about: Known


_REASONS = {
    Means.PAUSED: (
        "waiting-customer", "waiting-user", "waiting-vendor", "waiting-implementation", "waiting-information", "other",
    ),
    Means.WITHDRAWN: ("withdrawn", "unreachable", "opened-in-error"),
}  # fmt: skip
"""Why work pauses and why a case is parked, in the words of the services that are told."""


class Meaning(_Table):
    """A condition on columns, and what a row that fulfils it means; the first that fits holds."""

    when: dict[str, str | tuple[str, ...]]
    means: Means
    reason: Code | None = None

    @model_validator(mode="after")
    def _reason_where_needed(self) -> "Meaning":
        known = _REASONS.get(self.means, ())
        if known and self.reason not in known:
            raise ValueError(f"'{self.means}' needs a reason, one of {', '.join(known)}")
        return self


class Outcome(_Table):
    """One row per case: how many days after its opening it was answered."""

    days: str


class Person(_Table):
    """Who did what a row says. Names of staff are personal data: by default nobody is named."""

    column: str | None = None
    unnamed: str = "unnamed"


class Priority(_Table):
    """A priority of the agreement and its targets in the calendar's time."""

    name: str
    response: Duration
    resolution: Duration


class Calendar(_Table):
    """When the companies of the agreement work."""

    code: Code = "always"
    time_zone: Zone = "UTC"
    week: dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], tuple[Interval, ...]]
    holidays: tuple[str, ...] = ()


class Promise(_Table):
    """What the companies promise: the same words for each, or together."""

    title: str
    objective: str
    means: str


class Agreement(_Table):
    """The agreement that the import sets up in development; its parties are the companies found."""

    name: str
    individual: Promise
    collective: Promise
    priorities: dict[Code, Priority]
    calendar: Calendar


class Mapping(_Table):
    """What a source's rows mean. ``provenance`` names the source for ever: ids and keys are derived from it."""

    provenance: Code
    shape: Literal["events", "cases"]
    source: Source = Source()
    time: Time
    case: Case
    outcome: Outcome | None = None
    person: Person = Person()
    rows: tuple[Meaning, ...] = Field(min_length=1)
    agreement: Agreement

    @model_validator(mode="after")
    def _shape_is_whole(self) -> "Mapping":
        if self.shape == "events" and self.case.id is None:
            raise ValueError("rows that are events need [case] id")
        if (self.shape == "cases") != (self.outcome is not None):
            raise ValueError("[outcome] is for one row per case, and needed there")
        return self

    @model_validator(mode="after")
    def _priorities_are_known(self) -> "Mapping":
        told = self.case.priority
        for name in filter(None, (told.value, told.missing, *told.names.values())):
            if slug(name) not in self.agreement.priorities:
                raise ValueError(f"case.priority: [agreement.priorities] has no {slug(name)!r}")
        return self

    @property
    def time_zone(self) -> ZoneInfo:
        """Return the zone of times without an offset."""
        return ZoneInfo(self.time.zone)

    def columns(self) -> set[str]:
        """Return the columns that this mapping reads."""
        named = [self.time.column, self.case.id, self.person.column, self.outcome and self.outcome.days]
        parts = self.case.__class__.model_fields
        known = [part.column for name in parts if isinstance(part := getattr(self.case, name), Known)]
        conditions = [column for meaning in self.rows for column in meaning.when]
        return {column for column in (*named, *known, *conditions) if column}


def load_mapping(path: Path) -> Mapping:
    """Return the mapping that *path* holds.

    Raises:
        Unusable: it cannot be read, or says something that no mapping can; one line names every such entry.
    """
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise Unusable(f"{path}: {(error.strerror or 'cannot be read').lower()}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Unusable(f"{path}: not TOML: {error}") from error
    except ValidationError as error:
        raise Unusable(f"{path}: {_wrong(error)}") from error


def _wrong(error: ValidationError) -> str:
    """Return all that is wrong, on one line."""
    return "; ".join(_said(problem["loc"], problem["msg"]) for problem in error.errors(include_url=False))


def _said(where: Sequence[str | int], what: str) -> str:
    return f"{'.'.join(map(str, where)) or 'mapping'}: {what.removeprefix('Value error, ')}"
