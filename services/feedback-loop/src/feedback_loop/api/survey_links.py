"""The link that lets a customer, and nobody else, answer about one round of one case until it runs out."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from uuid import UUID

import jwt
from jwt.types import Options

from common.refusals import NotFound
from common.values import value

_AUDIENCE, _ALGORITHM = "survey", "HS256"
_CLAIMS = ("aud", "exp", "case", "round", "request", "customer")
_DONE = b"feedback-loop survey link 1"


class LinkNotValid(NotFound):
    """This is not a link that was given out."""


@value
class Pass:
    """What a link stands for."""

    case_id: UUID
    round: int
    request_id: UUID
    customer_id: UUID
    expires_at: datetime


class SurveyLinks:
    """Makes and reads links; *secret* has at least 32 bytes and signs nothing else."""

    def __init__(self, secret: bytes, public_url: str) -> None:
        # a key of its own, so that the same secret used elsewhere by mistake opens nothing here
        self._key = hmac.new(secret, _DONE, hashlib.sha256).digest()
        self._public_url = public_url.rstrip("/")

    def address(self, survey: Pass, base_url: str) -> str:
        """Return where the customer answers: under the public address, or under *base_url* when none was set."""
        return f"{self._public_url or base_url.rstrip('/')}/survey/{self.sign(survey)}"

    def sign(self, survey: Pass) -> str:
        """Return the token of *survey*."""
        claims = {
            "aud": _AUDIENCE,
            "exp": int(survey.expires_at.timestamp()),
            "case": _short(survey.case_id),
            "round": survey.round,
            "request": _short(survey.request_id),
            "customer": _short(survey.customer_id),
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def read(self, token: str) -> Pass:
        """Return what *token* stands for, even when it has run out. Raises ``LinkNotValid``."""
        options: Options = {"require": list(_CLAIMS), "verify_exp": False}
        try:
            claims = jwt.decode(token, self._key, algorithms=[_ALGORITHM], audience=_AUDIENCE, options=options)
            return Pass(
                case_id=_long(claims["case"]),
                round=int(claims["round"]),
                request_id=_long(claims["request"]),
                customer_id=_long(claims["customer"]),
                expires_at=datetime.fromtimestamp(claims["exp"], tz=UTC),
            )
        except (jwt.InvalidTokenError, ValueError, TypeError) as error:
            raise LinkNotValid from error


def _short(identity: UUID) -> str:
    return base64.urlsafe_b64encode(identity.bytes).rstrip(b"=").decode()


def _long(text: str) -> UUID:
    return UUID(bytes=base64.urlsafe_b64decode(text + "=="))
