"""What the service is told from outside, beside what all services are told."""

from common.settings import AccountSeed, ServiceSettings


class Settings(ServiceSettings):
    """``callout_seed`` signs who may do what on NATS: whoever has it can read every fact and write any."""

    callout_seed: AccountSeed
