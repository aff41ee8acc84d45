"""What this service is told from outside, beside what all services are told."""

import base64
import binascii
from typing import Annotated

from pydantic import AfterValidator, SecretStr

from common.settings import ServiceSettings


def _thirty_two_bytes(key: SecretStr) -> SecretStr:
    try:
        size = len(base64.b64decode(key.get_secret_value(), validate=True))
    except binascii.Error as error:
        raise ValueError("must be base64") from error
    if size < 32:
        raise ValueError("must be at least 32 bytes")
    return key


class Settings(ServiceSettings):
    """``survey_key`` signs the customers' links: whoever has it can answer for them."""

    survey_key: Annotated[SecretStr, AfterValidator(_thirty_two_bytes)]

    def survey_secret(self) -> bytes:
        """Return the key that signs the customers' links."""
        return base64.b64decode(self.survey_key.get_secret_value())
