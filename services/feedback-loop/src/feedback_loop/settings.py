"""What this service is told from outside, beside what all services are told."""

from common.settings import SecretKey, ServiceSettings, key_bytes


class Settings(ServiceSettings):
    """``survey_key`` signs the customers' links: whoever has it can answer for them."""

    survey_key: SecretKey

    def secret(self) -> bytes:
        """Return what fingerprints of requests are keyed with, beside what rests in the database."""
        return self.survey_secret()

    def survey_secret(self) -> bytes:
        """Return the key that signs the customers' links."""
        return key_bytes(self.survey_key)
