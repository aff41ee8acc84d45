"""What every fact and command is made of: frozen values, and who stands behind a fact."""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(kw_only_default=True, frozen_default=True)
def value(cls: type[T]) -> type[T]:
    """Make *cls* a frozen, slotted, keyword-only dataclass: equal by what it holds, safe to share."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


@value
class Person:
    """A named person who acts for a company in a role; every decision has one."""

    person: str
    company: str
    role: str


@value
class Rule:
    """The system stating a fact by itself, and the rule that fired; it never decides."""

    rule: str


Actor = Person | Rule


@value
class Sealed:
    """Personal data encrypted under one customer's key: readable only while that key lives.

    ``key`` names the customer whose key it is; ``box`` is base64 (RFC 4648, section 4).
    """

    key: str
    box: str
