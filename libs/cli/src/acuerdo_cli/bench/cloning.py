"""Lives like one that was lived: other ids, other times, other keys, and hashes that hold.

Ids are replaced by fresh ones, the same in all four services; those that follow from others (a case from its reference,
a round's item from its case) follow from the fresh ones. What was sealed is sealed anew for the new customer.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from acuerdo_cli.bench.templates import Life, Row, Template
from common.eventstore.chain import BEGINNING, link
from common.running.service import new_id
from common.security.sealing import seal, unseal, unwrap, wrap
from common.values import Sealed

_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"
_SEALED = re.compile(r'"box":"([A-Za-z0-9+/=]+)"')
Make = Callable[[Mapping[str, str]], str]
"""Makes an id of a clone from those that are there already."""
_NAMED = ("customer:{company}:{reference}", "contact:{company}:phone:{reference}", "case:{company}:{reference}")
_LITERAL = frozenset({"hash", "previous", "fingerprint", "confided"})
"""What is made anew, or holds no id and must stay what a digest stands for."""
_ROUNDS = ("round 1", "round 2", "round-1", "round-2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clone:
    """One life more: its facts by service, in order and without positions, and what else is kept of it.

    Rows of *beside* name the position of a fact of the template's, which whoever stores them replaces by the clone's.
    """

    facts: Mapping[str, Sequence[tuple[int, dict[str, Any]]]]
    beside: Mapping[str, Mapping[str, Sequence[dict[str, Any]]]]


class Text:
    """A text with places where what is the template's own stands."""

    __slots__ = ("_parts", "_places")

    def __init__(self, text: str, own: re.Pattern[str]) -> None:
        self._parts: list[str] = []
        self._places: list[tuple[int, str]] = []
        end = 0
        for found in own.finditer(text):
            self._parts += [text[end : found.start()], ""]
            self._places.append((len(self._parts) - 1, found[0]))
            end = found.end()
        self._parts.append(text[end:])

    def filled(self, instead: Mapping[str, str]) -> str:
        """Return the text with everything that was the template's own replaced."""
        parts = self._parts.copy()
        for place, own in self._places:
            parts[place] = instead[own]
        return "".join(parts)

    @property
    def own(self) -> Iterable[str]:
        """What stands in its places."""
        return (own for _, own in self._places)


class Mould:
    """A template taken apart once, so that each clone costs little."""

    def __init__(self, template: Template, agreement_id: str, master_key: bytes) -> None:
        self._template = template
        self._life = template.life
        self._agreement = UUID(agreement_id)
        self._master_key = master_key
        self._private = unwrap(master_key, self._life.customer_id, template.key["wrapped"])
        boxes = {one for kept in template.kept.values() for row in kept.events for one in _SEALED.findall(row["data"])}
        self._sealed = {box: unseal(self._private, Sealed(key=self._life.customer_id, box=box)) for box in boxes}
        own = "|".join(re.escape(one) for one in (*boxes, *template.own, self._life.reference))
        self._own = re.compile(f"{own}|{_TIME}")
        self._made = _made(self._life, self._agreement, template.own)
        self._facts = {name: [self._fact(row) for row in kept.events] for name, kept in template.kept.items()}
        self._beside = {name: self._tables(kept.idempotency, kept.others) for name, kept in template.kept.items()}
        texts = (text for facts in self._facts.values() for _, taken in facts for text in taken.values())
        self._times = {own for text in texts for own in text.own if own[4:5] == "-" and "T" in own}

    @property
    def facts(self) -> int:
        """How many facts each clone has."""
        return self._template.facts

    def clone(self, reference: str, later: timedelta) -> Clone:
        """Return one life more, whose things are called by *reference* and which happened *later*."""
        instead = self._instead(reference, later)
        facts = {name: _chained(facts, instead, later) for name, facts in self._facts.items()}
        beside = {
            name: {table: [_row(row, taken, instead, later) for row, taken in rows] for table, rows in tables.items()}
            for name, tables in self._beside.items()
        }
        beside["touchpoints"]["customer_keys"] = [self._key(instead[self._life.customer_id])]
        for table in beside.values():
            for row in table["idempotency"]:
                row |= {"key": secrets.token_hex(32), "fingerprint": secrets.token_bytes(32)}
        return Clone(facts=facts, beside=beside)

    def _instead(self, reference: str, later: timedelta) -> dict[str, str]:
        instead = {self._life.reference: reference}
        for own, make in self._made:
            instead[own] = make(instead)
        customer = instead[self._life.customer_id]
        public = self._template.key["public_key"]
        instead |= {box: seal(public, customer, clear).box for box, clear in self._sealed.items()}
        return instead | {time: shifted(time, later) for time in self._times}

    def _key(self, customer_id: str) -> dict[str, Any]:
        wrapped = wrap(self._master_key, customer_id, self._private)
        return dict(self._template.key) | {"customer_id": UUID(customer_id), "wrapped": wrapped}

    def _fact(self, row: Row) -> "tuple[Row, dict[str, Text]]":
        return row, self._taken(row)

    def _tables(self, idempotency: Sequence[Row], others: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
        tables = {"idempotency": idempotency, **others}
        return {name: [(row, self._taken(row)) for row in rows] for name, rows in tables.items()}

    def _taken(self, row: Row) -> dict[str, Text]:
        """Return each text, id and answer of *row* that holds something that is the template's own."""
        may_hold = {name: value for name, value in row.items() if name not in _LITERAL}
        held = {name: value for name, value in may_hold.items() if isinstance(value, str | bytes | UUID)}
        texts = {name: Text(_text(value), self._own) for name, value in held.items()}
        return {name: text for name, text in texts.items() if any(text.own)}


def _chained(
    facts: "Sequence[tuple[Row, dict[str, Text]]]", instead: Mapping[str, str], later: timedelta
) -> list[tuple[int, dict[str, Any]]]:
    """Return the clone's facts, each with the position of the template's, their streams' hashes made anew."""
    lasts: dict[str, bytes] = {}
    made: list[tuple[int, dict[str, Any]]] = []
    for row, taken in facts:
        fact = _row(row, taken, instead, later)
        fact["previous"] = lasts.get(fact["stream"], BEGINNING)
        fact["hash"] = lasts[fact["stream"]] = _hash(fact)
        made.append((row["position"], fact))
    return made


def _hash(fact: Mapping[str, Any]) -> bytes:
    return link(
        fact["previous"], fact["stream"], fact["version"], fact["event_id"], fact["name"], fact["schema"],
        fact["data"].encode(), fact["at"], fact["recorded_at"], fact["actor"], fact["agreement_id"],
        fact["correlation"], fact["causation"], fact["imported"], fact["performed_by"],
    )  # fmt: skip


def _row(row: Row, taken: "Mapping[str, Text]", instead: Mapping[str, str], later: timedelta) -> dict[str, Any]:
    made = dict(row)
    for name, text in taken.items():
        made[name] = _as(row[name], text.filled(instead))
    for name, value in row.items():
        if isinstance(value, datetime):
            made[name] = value + later
    return made


def _made(life: Life, agreement: UUID, own: Sequence[str]) -> Sequence[tuple[str, Make]]:
    """Return for each of a template's own ids how a clone comes by its own, those first that others follow from."""
    follows: dict[str, Make] = {}
    for name in _NAMED:
        make = _from_reference(agreement, name, life)
        follows[make({life.reference: life.reference})] = make
    if life.case_id is not None:
        for name in _ROUNDS:
            follows[str(uuid5(UUID(life.case_id), name))] = _from_id(life.case_id, name)
    fresh = [(one, _fresh) for one in own if one not in follows]
    return [*fresh, *((one, make) for one, make in follows.items() if one in own)]


def _fresh(_: Mapping[str, str]) -> str:
    return str(new_id())


def _from_reference(agreement: UUID, name: str, life: Life) -> Make:
    return lambda instead: str(uuid5(agreement, name.format(company=life.company, reference=instead[life.reference])))


def _from_id(namespace: str, name: str) -> Make:
    return lambda instead: str(uuid5(UUID(instead[namespace]), name))


def shifted(time: str, later: timedelta) -> str:
    """Return the moment that is so much *later* than *time*, written as that is."""
    moved = datetime.fromisoformat(time) + later
    return moved.isoformat().replace("+00:00", "Z") if time.endswith("Z") else moved.isoformat()


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _as(like: object, text: str) -> object:
    """Return *text* as what it replaces is."""
    if isinstance(like, bytes):
        return text.encode()
    return UUID(text) if isinstance(like, UUID) else text
