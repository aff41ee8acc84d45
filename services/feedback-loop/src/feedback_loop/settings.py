"""What this service is told from outside, beside what all services are told."""

from common.settings import SecretKey, ServiceSettings, key_bytes


class Settings(ServiceSettings):
    """``survey_key`` signs the customers' links: whoever has it can answer for them."""

    survey_key: SecretKey

    def survey_secret(self) -> bytes:
        """Return the key that signs the customers' links."""
        return key_bytes(self.survey_key)
