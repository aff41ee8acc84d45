"""PostgreSQL and NATS without a container engine, root or a fixed port."""

from acuerdo_cli.embedded.nats import EmbeddedNats
from acuerdo_cli.embedded.postgres import EmbeddedPostgres

__all__ = ["EmbeddedNats", "EmbeddedPostgres"]
