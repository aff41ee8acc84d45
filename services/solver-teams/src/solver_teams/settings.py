"""What the service is told from outside: nothing beside what all four are."""

from common.settings import ServiceSettings


class Settings(ServiceSettings):
    """The settings of solver-teams."""
