"""Who can be named, and which names may stand for one person where a rule needs a second one."""

import pytest

from common.values import Person, can_name_a_person, same_person


def named(name: str, company: str = "telco-a", role: str = "team-lead") -> Person:
    return Person(person=name, company=company, role=role)


@pytest.mark.parametrize(
    "alike",
    [
        "ana", "Ana", "ANA", "ana ", " ana", "\uff41\uff4e\uff41", "\uff21\uff2e\uff21", "a\u200bna", "an\u00ada",
        "ana\ufe0f", "ana\u3164", "\u1d43na", "a\u034fna", "ana\n",
    ],
)  # fmt: skip
def test_names_that_look_alike_are_not_two_people(alike: str) -> None:
    assert same_person(named("ana"), named(alike, company="field-b", role="manager"))
    assert same_person(named(alike), named("ana"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("STRASSE", "stra\u00dfe"),
        ("Jos\u00e9", "JOSE\u0301"),
        ("ana  mar\u00eda", "Ana\u00a0Mar\u00cda"),
        ("\ufb01n", "FIN"),
    ],
)
def test_case_composition_and_width_tell_nobody_apart(one: str, other: str) -> None:
    assert same_person(named(one), named(other))


@pytest.mark.parametrize("other", ["anna", "ann", "ana2", "ana.b", "a na", "an\u00e1"])
def test_other_names_are_other_people(other: str) -> None:
    assert not same_person(named("ana"), named(other))


@pytest.mark.parametrize("name", ["ana", "Ana Mar\u00eda", "auth0|12/3", "\u738b", "x" * 255, "ana@telco-a.example"])
def test_what_an_issuer_calls_people_can_name_them(name: str) -> None:
    assert can_name_a_person(name)


@pytest.mark.parametrize(
    "name",
    ["", " ", " ana", "ana ", "ana\n", "a\tna", "a\0na", "a\u200bna", "\u202eana", "a\u00a0na", "x" * 256, "a\ud800"],
)
def test_what_cannot_be_seen_names_nobody(name: str) -> None:
    assert not can_name_a_person(name)
