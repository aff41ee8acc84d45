"""What a service is told from outside: the environment, prefix ``ACUERDO_``. Nothing secret has a default."""

import base64
import binascii
import sys
from typing import Annotated, ClassVar, Literal, Self, TypeVar

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "ACUERDO_"
_KEY_BYTES = 32
_FEW_DIFFERENT = 8
_URL = r"^[a-z]+(\+[a-z]+)?://\S+$"

Settings = TypeVar("Settings", bound=BaseSettings)


def key_bytes(key: SecretStr) -> bytes:
    """Return the bytes of a key given in base64. Raises ``ValueError``."""
    try:
        return base64.b64decode(key.get_secret_value(), validate=True)
    except binascii.Error as error:
        raise ValueError("must be base64") from error


def _of_32_bytes(key: SecretStr) -> SecretStr:
    if len(key_bytes(key)) != _KEY_BYTES:
        raise ValueError(f"must be {_KEY_BYTES} bytes in base64")
    return key


SecretKey = Annotated[SecretStr, AfterValidator(_of_32_bytes)]
"""32 secret bytes, given in base64; ``key_bytes`` gives them."""


class DatabaseSettings(BaseSettings):
    """What it takes to reach a service's database: enough to migrate."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    environment: Literal["development", "production"] = "production"
    database_url: SecretStr
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    otlp_endpoint: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None

    @property
    def development(self) -> bool:
        """Whether this runs on somebody's own machine, where keys may come from a file."""
        return self.environment == "development"


class ServiceSettings(DatabaseSettings):
    """What every service is told. A service's own settings extend this; ``keys`` names its secret keys."""

    keys: ClassVar[tuple[str, ...]] = ()

    nats_url: SecretStr
    issuer: Annotated[str, Field(min_length=1)]
    audience: Annotated[str, Field(min_length=1)] = "acuerdo"
    jwks_url: Annotated[str, Field(pattern=r"^(https?://|file:///)\S+$")]
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8000
    public_url: Annotated[str, Field(pattern=_URL)] = "http://127.0.0.1:8000"
    drain_seconds: Annotated[float, Field(ge=0, le=60)] = 0.0
    """How long to go on serving after SIGTERM, not ready any more, until load balancers have noticed."""

    @model_validator(mode="after")
    def _fit_for_production(self) -> Self:
        if self.development:
            return self
        if self.jwks_url.startswith("file:"):
            raise ValueError(f"{PREFIX}JWKS_URL may be a file in development only")
        for name in self.keys:
            if len(set(key_bytes(getattr(self, name)))) < _FEW_DIFFERENT:
                raise ValueError(f"{PREFIX}{name.upper()} is no secret: too few of its bytes differ")
        return self


def load(shape: type[Settings]) -> Settings:
    """Return what the environment says, or end the process with code 2 and one line that says what is wrong."""
    try:
        return shape()
    except ValidationError as error:
        sys.stderr.write(f"cannot start: {'; '.join(_said(error))}\n")
        raise SystemExit(2) from None


def _said(error: ValidationError) -> list[str]:
    """Say what is wrong without what was given: it may be secret."""
    told: list[str] = []
    for one in error.errors(include_url=False, include_input=False, include_context=False):
        name = "".join(f"{PREFIX}{part}".upper() for part in one["loc"][:1])
        reason = "is missing" if one["type"] == "missing" else one["msg"].removeprefix("Value error, ")
        told.append(f"{name} {reason}".strip())
    return told
