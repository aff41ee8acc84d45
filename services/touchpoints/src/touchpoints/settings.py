"""What the service is told from outside, beside what all four are."""

import base64
import binascii
from typing import Annotated

from pydantic import AfterValidator, SecretStr

from common.settings import ServiceSettings


def _32_bytes(key: SecretStr) -> SecretStr:
    try:
        raw = base64.b64decode(key.get_secret_value(), validate=True)
    except binascii.Error as error:
        raise ValueError("must be base64") from error
    if len(raw) != 32:
        raise ValueError("must be 32 bytes in base64")
    return key


class Settings(ServiceSettings):
    """The settings of touchpoints; the customers' keys rest wrapped under ``master_key``."""

    master_key: Annotated[SecretStr, AfterValidator(_32_bytes)]

    def master_key_bytes(self) -> bytes:
        """Return the 32 bytes of the master key."""
        return base64.b64decode(self.master_key.get_secret_value())
