"""What the service is told from outside, beside what all four are."""

from common.settings import SecretKey, ServiceSettings, key_bytes


class Settings(ServiceSettings):
    """The settings of touchpoints; the customers' keys rest wrapped under ``master_key``."""

    master_key: SecretKey

    def secret(self) -> bytes:
        """Return what fingerprints of requests are keyed with, beside what rests in the database."""
        return self.master_key_bytes()

    def master_key_bytes(self) -> bytes:
        """Return the 32 bytes of the master key."""
        return key_bytes(self.master_key)
