"""Where a deployment on this machine keeps its files, and which servers it is given."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from common.settings import NatsAddress, PostgresAddress


class DeploymentSettings(BaseSettings):
    """Read from ``ACUERDO_HOME``, ``ACUERDO_DATABASE_URL``, ``ACUERDO_NATS_URL``; a server not given is started."""

    model_config = SettingsConfigDict(env_prefix="ACUERDO_", env_ignore_empty=True, extra="ignore")

    home: Path = Path(".acuerdo")
    database_url: PostgresAddress | None = None
    nats_url: NatsAddress | None = None
