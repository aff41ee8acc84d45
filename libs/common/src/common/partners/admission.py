"""Who gets in: NATS asks about every connection that is not one of Acuerdo's own (auth callout)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from uuid import UUID

import msgspec
import structlog
from nats.aio.msg import Msg

from common.messaging.connection import Wire
from common.partners.permits import LARGEST_MESSAGE, MOST_SUBSCRIPTIONS, PARTNERS, permissions, program_of
from common.partners.serving import serve
from common.refusals import Forbidden, Invalid, Refusal
from common.security.identity import Unauthenticated, Verified
from common.security.nkeys import AccountKey, Malformed, claims_of_server
from common.values import value

_log = structlog.get_logger(__name__)

ASKED = "$SYS.REQ.USER.AUTH"
_AUDIENCE = "nats-authorization-request"
_ROLE = "integrator"
_CONNECTIONS = ["STANDARD", "WEBSOCKET"]
_UNLIMITED = -1


class NotForPrograms(Forbidden):
    """Only an integrator's token lets a program in."""


class NoAgreement(Forbidden):
    """The company is party to no agreement in force."""


class NoProgram(Invalid):
    """The connection's name is not the name of a program, such as warehouse."""


class Tokens(Protocol):
    """Tells who a bearer token speaks for, and until when."""

    async def verified(self, token: str) -> Verified:
        """Return who *token* speaks for. Raises ``Unauthenticated`` or ``Unavailable``."""
        ...


@value
class Knock:
    """A connection that wants in: the server it came to, the key that the server has made for it, what it said."""

    server: str
    user: str
    token: str
    name: str


class Admission:
    """Answers for *agreements*: those in force that a company is party to. Any number of processes may run it."""

    def __init__(
        self, key: AccountKey, tokens: Tokens, agreements: Callable[[str], Awaitable[frozenset[UUID]]]
    ) -> None:
        self._key = key
        self._tokens = tokens
        self._agreements = agreements

    async def run(self, wire: Wire) -> None:
        """Answer the servers' questions until cancelled."""
        await serve(wire, ASKED, self.hear)

    async def hear(self, message: Msg) -> None:
        """Answer who may come in; a question that no server has asked gets no answer."""
        try:
            knock = read(message.data.decode())
        except (Malformed, UnicodeDecodeError) as error:
            _log.warning("a question about a connection cannot be read", why=str(error))
            return
        await message.respond((await self.answer(knock)).encode())

    async def answer(self, knock: Knock) -> str:
        """Return the signed answer: a user with permissions, or why there is none."""
        try:
            said = {"jwt": await self._admit(knock)}
        except Refusal as refusal:
            _log.info("a program was not let in", program=knock.name[:64], why=str(refusal), kind=refusal.kind)
            said = {"error": str(refusal)}
        except Exception as error:  # noqa: BLE001 - whatever fails here, the answer is no
            _log.warning("a program could not be let in", program=knock.name[:64], why=type(error).__name__)
            said = {"error": "it cannot be told now who is asking"}
        claims = {"sub": knock.user, "aud": knock.server}
        return self._key.sign({**claims, "nats": {**said, "type": "authorization_response", "version": 2}})

    async def _admit(self, knock: Knock) -> str:
        if not knock.token:
            raise Unauthenticated("no token was given")
        verified = await self._tokens.verified(knock.token)
        caller = verified.caller
        if _ROLE not in caller.roles:
            raise NotForPrograms
        program = program_of(knock.name)
        if program is None:
            raise NoProgram
        agreements = await self._agreements(caller.company)
        if not agreements:
            raise NoAgreement
        _log.info("a program was let in", company=caller.company, program=program, agreements=len(agreements))
        return self._key.sign(
            {
                "sub": knock.user,
                "aud": PARTNERS,
                "name": f"{caller.company}/{program}",
                "exp": int(verified.expires),
                "nats": _user(permissions(caller.company, program, agreements)),
            }
        )


def read(question: str) -> Knock:
    """Return what a server asks. Raises ``Malformed``."""
    claims = claims_of_server(question)
    try:
        asked = msgspec.convert(claims, _Asked)
    except msgspec.ValidationError as error:
        raise Malformed("not a question about a connection") from error
    if asked.aud != _AUDIENCE or asked.nats.server_id.id != asked.iss:
        raise Malformed("not a question about a connection")
    options = asked.nats.connect_opts
    return Knock(server=asked.nats.server_id.id, user=asked.nats.user_nkey, token=options.auth_token, name=options.name)


def _user(allowed: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **allowed,
        "subs": MOST_SUBSCRIPTIONS,
        "data": _UNLIMITED,
        "payload": LARGEST_MESSAGE,
        "allowed_connection_types": _CONNECTIONS,
        "type": "user",
        "version": 2,
    }


class _Server(msgspec.Struct):
    id: str


class _Options(msgspec.Struct):
    auth_token: str = ""
    name: str = ""


class _About(msgspec.Struct):
    server_id: _Server
    user_nkey: str
    connect_opts: _Options


class _Asked(msgspec.Struct):
    iss: str
    aud: str
    nats: _About
