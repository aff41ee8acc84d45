"""What a service is told from outside: environment variables with the prefix ``ACUERDO_``."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def _postgres(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("must begin with postgresql://")
    return url


class ServiceSettings(BaseSettings):
    """The settings that all services share. Outside development nothing secret has a default, and start-up refuses."""

    model_config = SettingsConfigDict(env_prefix="ACUERDO_", extra="ignore", frozen=True)

    environment: Literal["development", "production"] = "production"
    database_url: Annotated[SecretStr, AfterValidator(_postgres)]
    nats_url: SecretStr
    issuer: str
    audience: str = "acuerdo"
    jwks_url: str
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    public_url: str = ""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    otlp_endpoint: str | None = None
    stream_replicas: Annotated[int, Field(ge=1, le=5)] = 1
    lease_seconds: Annotated[float, Field(gt=0.5, le=60)] = 4.0
    holder: str | None = None

    @model_validator(mode="after")
    def _keys_come_by_https_outside_development(self) -> Self:
        if self.environment == "production" and not self.jwks_url.startswith(("https://", "http://")):
            raise ValueError("jwks_url must be an http(s) address outside development")
        return self


def explain(error: ValidationError) -> str:
    """Return what is wrong with the settings in one line, without what was given: it may be secret."""
    said = (
        f"ACUERDO_{'_'.join(str(part).upper() for part in one['loc'])}: {one['msg']}" if one["loc"] else one["msg"]
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    )
    return "settings: " + "; ".join(said)
