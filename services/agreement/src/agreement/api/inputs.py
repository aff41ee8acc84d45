"""What may be sent: how long, how many, in which form. What it means is the domain's to judge."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

MOST_PARTIES = 200
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200


def _text(told: Any) -> Any:
    if not isinstance(told, str):
        raise ValueError("must be text")  # noqa: TRY004 - pydantic turns a ValueError into a problem
    return told


def _iso_duration(told: Any) -> Any:
    if not isinstance(told, timedelta) and not _text(told).startswith("P"):
        raise ValueError("must be an ISO 8601 duration such as PT4H")
    return told


def _seen(told: str) -> str:
    """Return a name, which is shown to customers and stands in messages, if all of it can be seen."""
    if not told.isprintable():
        raise ValueError("must be printable: no line breaks, and nothing that is not seen")
    return told


def _near(told: datetime) -> datetime:
    if not EARLIEST_YEAR <= told.year <= LATEST_YEAR:
        raise ValueError(f"must lie between {EARLIEST_YEAR} and {LATEST_YEAR}")
    return told


Company = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"), Field(examples=["telco-a"])
]
CompanyOrAny = Annotated[
    str, StringConstraints(pattern=r"^(\*|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)$"), Field(examples=["telco-a"])
]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
CodeOrAny = Annotated[str, StringConstraints(pattern=r"^(\*|[A-Za-z0-9][A-Za-z0-9._-]{0,63})$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(_seen)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$"), Field(examples=["e3b0c44298fc1c14" * 4])]
Zone = Annotated[str, StringConstraints(min_length=1, max_length=64), Field(examples=["Europe/Madrid"])]
Language = Annotated[str, StringConstraints(min_length=2, max_length=35), Field(examples=["es"])]
Moment = Annotated[
    AwareDatetime, BeforeValidator(_text), AfterValidator(_near), Field(examples=["2026-03-01T00:00:00+01:00"])
]
Duration = Annotated[
    timedelta,
    BeforeValidator(_iso_duration),
    WithJsonSchema({"type": "string", "format": "duration", "examples": ["PT4H"]}),
]
Day = Annotated[date, BeforeValidator(_text)]


class Body(BaseModel):
    """What is sent has the members named here and no others."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)
