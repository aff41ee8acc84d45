"""A company that may become a party: its name, its place in time and its language."""

import re
from datetime import datetime

from agreement.domain.soundness import is_time_zone
from common.deciders import Decider
from common.refusals import Conflict, Forbidden, Invalid, NotFound
from common.values import Person, value

_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


@value
class RegisterCompany:
    """Make a company known: its own people do, for whoever registers it takes its name in addresses."""

    company: str
    name: str
    time_zone: str
    language: str
    by: Person
    at: datetime


@value
class AmendCompany:
    """Correct what is known of a company."""

    name: str
    time_zone: str
    language: str
    by: Person
    at: datetime


@value
class CompanyRegistered:
    """A company is known. ``language`` is a BCP 47 tag, ``time_zone`` an IANA zone."""

    company: str
    name: str
    time_zone: str
    language: str
    by: Person
    at: datetime


@value
class CompanyAmended:
    """What is known of a company is now this."""

    company: str
    name: str
    time_zone: str
    language: str
    by: Person
    at: datetime


@value
class Unregistered:
    """Nobody has registered the company."""


@value
class Registered:
    """The company is known."""

    company: str
    name: str
    time_zone: str
    language: str


Company = Unregistered | Registered
Command = RegisterCompany | AmendCompany
Fact = CompanyRegistered | CompanyAmended


class UnknownCompany(NotFound):
    """No such company is registered."""


class PartyNotRegistered(Invalid):
    """A party must be a company that is registered."""


class CompanyAlreadyRegistered(Conflict):
    """Another company is registered under this name in addresses."""


class NotYourCompany(Forbidden):
    """A company is spoken for by its own people only, and by no import."""


class UnsoundCompany(Invalid):
    """A company has a slug, an IANA time zone and a BCP 47 language."""


def decide(state: Company, command: Command) -> list[Fact]:
    """Return the facts *command* brings about, or raise the refusal."""
    match command:
        case RegisterCompany():
            return _register(state, command)
        case AmendCompany():
            return _amend(state, command)


def _register(state: Company, command: RegisterCompany) -> list[Fact]:
    _may_speak(command.by, command.company)
    _sound(command.company, command.time_zone, command.language)
    match state:
        case Unregistered():
            return [_registered(command)]
        case Registered() if state == _known(_registered(command)):
            return []
        case Registered():
            raise CompanyAlreadyRegistered


def _registered(command: RegisterCompany) -> CompanyRegistered:
    return CompanyRegistered(
        company=command.company,
        name=command.name,
        time_zone=command.time_zone,
        language=command.language,
        by=command.by,
        at=command.at,
    )


def _amend(state: Company, command: AmendCompany) -> list[Fact]:
    if isinstance(state, Unregistered):
        raise UnknownCompany
    _may_speak(command.by, state.company)
    _sound(state.company, command.time_zone, command.language)
    amended = CompanyAmended(
        company=state.company,
        name=command.name,
        time_zone=command.time_zone,
        language=command.language,
        by=command.by,
        at=command.at,
    )
    return [] if _known(amended) == state else [amended]


def _may_speak(by: Person, company: str) -> None:
    if by.company != company:
        raise NotYourCompany


def _sound(company: str, time_zone: str, language: str) -> None:
    if not _SLUG.fullmatch(company):
        raise UnsoundCompany(f"{company} is no slug.")
    if not is_time_zone(time_zone):
        raise UnsoundCompany(f"{time_zone} is no IANA time zone.")
    if not _LANGUAGE.fullmatch(language):
        raise UnsoundCompany(f"{language} is no BCP 47 language.")


def evolve(_: Company, fact: Fact) -> Company:
    """Return the company after *fact*; never refuses, for it has happened."""
    return _known(fact)


def _known(fact: Fact) -> Registered:
    return Registered(company=fact.company, name=fact.name, time_zone=fact.time_zone, language=fact.language)


_initial: Company = Unregistered()
decider: Decider[Company, Command, Fact] = Decider(initial=_initial, decide=decide, evolve=evolve)
