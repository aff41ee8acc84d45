"""What a service is told from outside: environment variables with the prefix ``ACUERDO_``."""

import base64
import binascii
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, DirectoryPath, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from common.addresses import nats_address, postgres_address
from common.security.nkeys import AccountKey

_KEY_BYTES = 32
_FEWEST_DIFFERENT = 8


def _postgres(url: SecretStr) -> SecretStr:
    return SecretStr(postgres_address(url.get_secret_value()))


def _nats(url: SecretStr) -> SecretStr:
    return SecretStr(nats_address(url.get_secret_value()))


PostgresAddress = Annotated[SecretStr, AfterValidator(_postgres)]
NatsAddress = Annotated[SecretStr, AfterValidator(_nats)]


def key_bytes(key: SecretStr) -> bytes:
    """Return the bytes of a key given in base64. Raises ``ValueError``."""
    try:
        return base64.b64decode(key.get_secret_value(), validate=True)
    except binascii.Error as error:
        raise ValueError("must be base64") from error


def _secret(key: SecretStr) -> SecretStr:
    raw = key_bytes(key)
    if len(raw) != _KEY_BYTES:
        raise ValueError(f"must be {_KEY_BYTES} bytes in base64")
    if len(set(raw)) < _FEWEST_DIFFERENT:
        raise ValueError("is no secret: too few of its bytes differ")
    return key


SecretKey = Annotated[SecretStr, AfterValidator(_secret)]
"""32 secret bytes, given in base64; ``key_bytes`` gives them."""


def _account_seed(seed: SecretStr) -> SecretStr:
    AccountKey(seed.get_secret_value())
    return seed


AccountSeed = Annotated[SecretStr, AfterValidator(_account_seed)]
"""The seed of a NATS account key (``SA...``)."""


class SecretFiles(BaseSettings):
    """Where files lie that are each named for a setting and hold it; what the environment says goes before them."""

    model_config = SettingsConfigDict(env_prefix="ACUERDO_", extra="ignore", frozen=True)

    secrets_dir: DirectoryPath | None = None


class ServiceSettings(BaseSettings):
    """The settings that all services share. Outside development nothing secret has a default, and start-up refuses."""

    model_config = SettingsConfigDict(env_prefix="ACUERDO_", extra="ignore", frozen=True)

    environment: Literal["development", "production"] = "production"
    database_url: PostgresAddress
    nats_url: NatsAddress
    issuer: Annotated[str, Field(min_length=1)]
    audience: Annotated[str, Field(min_length=1)] = "acuerdo"
    jwks_url: Annotated[str, Field(pattern=r"^(https?://|file:///)\S+$")]
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    public_url: str = ""
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(str.lower)] = "info"
    otlp_endpoint: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    stream_replicas: Annotated[int, Field(ge=1, le=5)] = 1
    stream_max_age_days: Annotated[float, Field(ge=0)] = 0
    stream_max_bytes: Annotated[int, Field(ge=0)] = 0
    lease_seconds: Annotated[float, Field(gt=0.5, le=60)] = 4.0
    holder: str | None = None
    alone: bool = False
    """No other process of the service runs: one that has both roles need not read again what it remembers."""
    drain_seconds: Annotated[float, Field(ge=0, le=60)] = 0.0
    """How long to go on serving after SIGTERM, not ready any more, until load balancers have noticed."""

    def secret(self) -> bytes:
        """Return the secret that this service is given, empty when it needs none."""
        return b""

    @model_validator(mode="after")
    def _keys_come_by_https_outside_development(self) -> Self:
        if self.environment == "production" and not self.jwks_url.startswith(("https://", "http://")):
            raise ValueError("ACUERDO_JWKS_URL must be an http(s) address outside development")
        return self


def explain(error: ValidationError) -> str:
    """Return what is wrong with the settings in one line, without what was given: it may be secret."""
    said = (
        f"ACUERDO_{'_'.join(str(part).upper() for part in one['loc'][:1])}: {_reason(one['msg'])}"
        if one["loc"]
        else _reason(one["msg"])
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    )
    return "settings: " + "; ".join(said)


def _reason(message: str) -> str:
    return message.removeprefix("Value error, ")
