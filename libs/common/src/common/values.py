"""What every fact and command is made of: frozen values, and who stands behind a fact."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, TypeVar, dataclass_transform

T = TypeVar("T")

_LONGEST_NAME = 255
_UNSEEN = re.compile(  # Unicode 15.0, DerivedCoreProperties: Default_Ignorable_Code_Point
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


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


def can_name_a_person(told: str) -> bool:
    """Tell whether *told* can name a person: 1 to 255 printable characters, with no space before or after them."""
    return 0 < len(told) <= _LONGEST_NAME and told.isprintable() and told == told.strip()


def same_person(one: Person, other: Person) -> bool:
    """Tell whether two names may stand for one person, in whatever company and role: where a rule needs a second one.

    Stricter than equality: names that differ in case, width, composition, spaces or what is not seen are one. Who did
    something is still told as the token says it.
    """
    return _seen(one.person) == _seen(other.person)


def _seen(name: str) -> str:
    """Return *name* without what tells it from no other (Unicode 15.0, 3.13: NFKC_Casefold), and with single spaces."""
    for _ in range(2):
        name = unicodedata.normalize("NFKC", _UNSEEN.sub("", unicodedata.normalize("NFD", name)).casefold())
    return " ".join(name.split())


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


class Confided:
    """A text that an agreement may keep from some of its readers.

    A fact is stored and published with the ``digest`` alone, which stands for the text and is compared by; ``salt``
    and ``text`` rest beside the fact (see ``common.eventstore.confiding``). It is no dataclass, so that nothing
    writes it out by accident.
    """

    __slots__ = ("digest", "salt", "text")

    def __init__(self, *, digest: str, salt: str = "", text: str | None = None) -> None:
        self.digest: Final = digest
        self.salt: Final = salt
        self.text: Final = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Confided) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Confided({self.digest})"
