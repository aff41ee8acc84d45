"""What the loop learns of an agreement, and what its clauses make of scores and clocks."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from common.testing.deciding import given
from feedback_loop.domain.agreement import (
    Agreement,
    LearnTerms,
    Name,
    Names,
    TermsLearned,
    company_name,
    decider,
    in_force,
    parties_of,
    service_name,
    version,
)
from feedback_loop.domain.terms import (
    Escalation,
    LoopTerms,
    Reminders,
    Scale,
    ScoreOutsideScale,
    escalated_to,
    judge,
    silent_at,
)

AGREEMENT = UUID(int=1)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
NAMES = Names(companies=(Name(code="telco-a", name="Telco"),), services=(Name(code="fibre", name="Fibra"),))


def terms(number: int = 1, *, parties: tuple[str, ...] = ("telco-a",), scale: Scale | None = None) -> LoopTerms:
    csat = Scale(clause_id="csat", scale="csat", lowest=1, highest=5, positive=(4, 5), neutral=(3, 3), negative=(1, 2))
    return LoopTerms(
        version=number,
        parties=parties,
        scales=(scale or csat,),
        survey_scale="csat",
        reminders=Reminders(clause_id="r", after=(DAY,), silent_after=3 * DAY, link_valid_for=9 * DAY),
        escalation=(Escalation(clause_id="e2", round=2, to="team-lead"), Escalation(clause_id="e4", round=4, to="x")),
    )


def learning(
    number: int, effective_from: datetime, parties: tuple[str, ...] = ("telco-a",), names: Names = NAMES
) -> LearnTerms:
    return LearnTerms(
        agreement_id=AGREEMENT,
        effective_from=effective_from,
        terms=terms(number, parties=parties),
        names=names,
        at=MONDAY,
    )


def learned(
    number: int, effective_from: datetime, parties: tuple[str, ...] = ("telco-a",), names: Names = NAMES
) -> TermsLearned:
    return TermsLearned(
        agreement_id=AGREEMENT,
        effective_from=effective_from,
        terms=terms(number, parties=parties),
        names=names,
        at=MONDAY,
    )


def test_a_version_is_learned_once() -> None:
    given(decider).when(learning(1, MONDAY)).then(learned(1, MONDAY))
    given(decider, learned(1, MONDAY)).when(learning(1, MONDAY)).then_nothing()


def test_a_company_and_a_service_are_called_as_the_newest_version_that_names_them_says() -> None:
    renamed = Names(companies=(Name(code="telco-a", name="Telco A"),))
    state = decider.fold([learned(2, MONDAY, names=renamed), learned(1, MONDAY), learned(3, MONDAY, names=Names())])
    assert (company_name(state, "telco-a", MONDAY), service_name(state, "fibre", MONDAY)) == ("Telco A", "Fibra")
    assert (company_name(state, "field-b", MONDAY), service_name(Agreement(), "fibre", MONDAY)) == ("field-b", "fibre")


def test_a_company_is_called_as_the_versions_say_that_took_effect_and_else_as_any_says() -> None:
    renamed = Names(companies=(Name(code="telco-a", name="Telco A"), Name(code="net-b", name="Net B")))
    state = decider.fold([learned(1, MONDAY), learned(2, MONDAY + 7 * DAY, names=renamed)])
    first = NAMES.companies[0]
    assert company_name(state, first.code, MONDAY) == first.name
    assert company_name(state, "net-b", MONDAY) == "Net B"
    assert company_name(state, "telco-a", MONDAY + 7 * DAY) == "Telco A"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("Telco A\r\nBcc: x@evil.example", "Telco A Bcc: x@evil.example"),
        ("\u202eTelco", "Telco"),
        ("\u200b", "telco-a"),
    ],
)
def test_what_cannot_be_seen_in_a_name_is_shown_to_no_customer(told: str, said: str) -> None:
    names = Names(companies=(Name(code="telco-a", name=told),))
    assert company_name(decider.fold([learned(1, MONDAY, names=names)]), "telco-a", MONDAY) == said


def test_a_version_binds_from_its_date_on_until_the_next_does() -> None:
    state = decider.fold([learned(1, MONDAY), learned(2, MONDAY + 7 * DAY)])
    bound = [in_force(state, MONDAY + days * DAY) for days in (-1, 0, 6, 7)]
    assert [one and one.version for one in bound] == [None, 1, 1, 2]


def test_a_version_is_found_by_its_number_before_it_binds() -> None:
    state = decider.fold([learned(2, MONDAY + 7 * DAY)])
    assert version(state, 2) == terms(2)
    assert version(state, 1) is None
    assert version(Agreement(), 1) is None


def test_who_was_party_once_may_look_for_ever() -> None:
    state = decider.fold([learned(1, MONDAY, parties=("a", "b")), learned(2, MONDAY, parties=("a", "c"))])
    assert parties_of(state) == {"a", "b", "c"}


def test_a_score_in_no_band_is_refused_and_one_in_two_bands_counts_for_less() -> None:
    holed = Scale(clause_id="c", scale="csat", lowest=1, highest=5, positive=(4, 5), neutral=None, negative=(1, 2))
    with pytest.raises(ScoreOutsideScale):
        judge(terms(scale=holed), "csat", 3)
    double = Scale(clause_id="c", scale="csat", lowest=1, highest=5, positive=(3, 5), neutral=(3, 3), negative=(1, 2))
    assert judge(terms(scale=double), "csat", 3).verdict == "neutral"


def test_escalation_climbs_by_round_and_stays_at_the_top() -> None:
    steps = [escalated_to(terms(), number) for number in (1, 2, 3, 4, 9)]
    assert [one and one.clause_id for one in steps] == [None, "e2", "e2", "e4", "e4"]


def test_a_late_last_reminder_leaves_the_customer_the_time_that_the_plan_gives() -> None:
    assert silent_at(terms(), MONDAY, None) == MONDAY + 3 * DAY
    assert silent_at(terms(), MONDAY, MONDAY + DAY) == MONDAY + 3 * DAY
    assert silent_at(terms(), MONDAY, MONDAY + 5 * DAY) == MONDAY + 7 * DAY
