"""What every fact and command is made of: frozen values, and who stands behind a fact."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from typing import Any, Final, TypeVar, dataclass_transform

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


def replace(one: T, /, **changes: Any) -> T:
    """Return the value *one* with *changes*: what ``dataclasses.replace`` does, in a fifth of its time.

    Every fact makes new values of old ones, in folding and in projecting. Raises ``TypeError`` for what it has not.
    """
    shape = type(one)
    held, setters = _members(shape)
    new = object.__new__(shape)
    for put, said in zip(setters.values(), held(one), strict=True):
        put(new, said)
    for name, said in changes.items():
        put = setters.get(name)
        if put is None:
            raise TypeError(f"{shape.__name__} has no {name}")
        put(new, said)
    return new


@cache
def _members(shape: type) -> tuple[Callable[[Any], tuple[Any, ...]], Mapping[str, Callable[[Any, Any], None]]]:
    """Return what reads all that values of *shape* hold at once, and what sets each of it, past being frozen."""
    names = [field.name for field in fields(shape)]
    return _all_of(names), {name: getattr(shape, name).__set__ for name in names}


def _all_of(names: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda one: tuple(getattr(one, name) for name in names)


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
