"""What the service is told from outside: nothing beyond what all four are."""

from common.settings import ServiceSettings


class Settings(ServiceSettings):
    """The settings of the agreement service."""
