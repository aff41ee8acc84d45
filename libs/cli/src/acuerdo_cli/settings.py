"""Where a deployment on this machine keeps its files, and which servers it is given."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from common.settings import NatsAddress, PostgresAddress


class HomeSettings(BaseSettings):
    """Read from ``ACUERDO_HOME``, for commands that have servers of their own or none, whatever addresses are given."""

    model_config = SettingsConfigDict(env_prefix="ACUERDO_", env_ignore_empty=True, extra="ignore")

    home: Path = Path(".acuerdo")


class DeploymentSettings(HomeSettings):
    """Read also from ``ACUERDO_DATABASE_URL`` and ``ACUERDO_NATS_URL``; a server not given is started."""

    database_url: PostgresAddress | None = None
    nats_url: NatsAddress | None = None
