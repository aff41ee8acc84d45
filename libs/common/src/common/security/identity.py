"""Who is asking: what a verified token of the agreement's OIDC issuer says."""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

import jwt
from jwt.types import Options

from common.refusals import Refusal
from common.security.keys import ALGORITHMS, IssuerKeys
from common.values import Person, can_name_a_person, value

_LEEWAY = 10.0
_LONGEST = 16_384
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_INTEGRATOR = "integrator"


class Unauthenticated(Refusal):
    """The request does not show who is asking."""

    kind = "unauthenticated"


@value
class Caller:
    """Who a verified token speaks for: a person of a company in some roles, or a service of a company."""

    person: str
    company: str
    roles: frozenset[str]
    service: bool = False

    def acting_as(self, role: str) -> Person:
        """Return the caller acting in *role*."""
        return Person(person=self.person, company=self.company, role=role)


@value
class Verified:
    """A token that held: when it ``expires``, and ``until`` when it is taken nevertheless (seconds since 1970)."""

    caller: Caller
    expires: float
    until: float


class BearerTokens:
    """Tells who a token speaks for. What was verified is remembered until it expires, or its issuer's keys change."""

    def __init__(
        self, keys: IssuerKeys, *, issuer: str, audience: str, clock: Callable[[], datetime], remembered: int = 10_000
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._most = remembered
        self._known: OrderedDict[bytes, Verified] = OrderedDict()
        keys.on_change(self._known.clear)

    async def caller(self, token: str) -> Caller:
        """Return who *token* speaks for.

        Raises:
            Unauthenticated: the token does not hold, or does not say what it must.
            Unavailable: the issuer's keys have never been had and cannot be had now.
        """
        return (await self.verified(token)).caller

    async def verified(self, token: str) -> Verified:
        """Return who *token* speaks for, and until when; raises as ``caller``."""
        await self._keys.keep_fresh()
        digest, now = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest(), self._clock().timestamp()
        known = self._known.get(digest)
        if known is None:
            known = await self._verify(token, now)
            self._remember(digest, known)
        if now > known.until:
            self._known.pop(digest, None)
            raise Unauthenticated("the token has expired")
        return known

    async def _verify(self, token: str, now: float) -> Verified:
        if len(token) > _LONGEST or not token.isascii():
            raise Unauthenticated("the token is not a signed JWT")
        claims = self._claims(token, await self._key(token))
        expires = _number(claims, "exp")
        if _number(claims, "nbf", now) - _LEEWAY > now:
            raise Unauthenticated("the token does not hold yet")
        return Verified(caller=caller_in(claims), expires=expires, until=expires + _LEEWAY)

    async def _key(self, token: str) -> jwt.PyJWK:
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
            raise Unauthenticated("the token is not a signed JWT") from error
        algorithm, named = header.get("alg"), header.get("kid")
        if algorithm not in ALGORITHMS:
            raise Unauthenticated("the token must be signed with " + ", ".join(ALGORITHMS))
        key = await self._keys.find(named if isinstance(named, str) else None)
        if key is None or key.algorithm_name != algorithm:
            raise Unauthenticated("the token is signed with a key that its issuer does not publish")
        return key

    def _claims(self, token: str, key: jwt.PyJWK) -> Mapping[str, Any]:
        """Return what the token claims, its times not yet judged: that is done by our own clock."""
        unjudged: Options = {
            "require": ["exp", "iss", "aud", "sub"], "verify_exp": False, "verify_nbf": False, "verify_iat": False,
        }  # fmt: skip
        try:
            return jwt.decode(
                token, key, algorithms=[key.algorithm_name], issuer=self._issuer, audience=self._audience,
                options=unjudged,
            )  # fmt: skip
        except (jwt.InvalidTokenError, ValueError, TypeError, RecursionError) as error:
            raise Unauthenticated("the token does not hold") from error

    def _remember(self, digest: bytes, verified: Verified) -> None:
        self._known[digest] = verified
        while len(self._known) > self._most:
            self._known.popitem(last=False)


def caller_in(claims: Mapping[str, Any]) -> Caller:
    """Return whom *claims* speak for. Raises ``Unauthenticated`` when they do not say it, or say what cannot be."""
    person, company, roles = claims.get("sub"), claims.get("company"), claims.get("roles")
    if not isinstance(person, str) or not can_name_a_person(person):
        raise Unauthenticated("the token's subject names nobody: 1 to 255 printable characters, no space at either end")
    if not isinstance(company, str) or not _SLUG.fullmatch(company):
        raise Unauthenticated("the token names no company")
    held = frozenset(_roles(roles))
    if not held:
        raise Unauthenticated("the token names no roles")
    if _INTEGRATOR in held and len(held) > 1:
        raise Unauthenticated("an integrator is a service and has no role beside it")
    return Caller(
        person=person, company=company, roles=held, service=_INTEGRATOR in held or bool(claims.get("service"))
    )


def _roles(told: object) -> list[str]:
    if isinstance(told, str):
        told = told.split()
    if not isinstance(told, list):
        return []
    roles = cast("list[object]", told)
    return [role for role in roles if isinstance(role, str) and _SLUG.fullmatch(role)]


def _number(claims: Mapping[str, Any], name: str, usual: float | None = None) -> float:
    told = claims.get(name, usual)
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise Unauthenticated(f"the token's {name} is not a time")
    return float(told)
