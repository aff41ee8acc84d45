"""A mapping file gives rows their meaning, or says in one line what is wrong with it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from acuerdo_cli.importing.assembling import stories
from acuerdo_cli.importing.mapping import Mapping, load_mapping
from acuerdo_cli.importing.meanings import Means, Moment
from acuerdo_cli.importing.rows import Reject, Row, Unusable
from acuerdo_cli.importing.story import Story
from acuerdo_cli.importing.understanding import Understanding

MAPPINGS = Path(__file__).parents[2] / "mappings"
EVENT = {
    "SR Number": "1",
    "Change Date+Time": "2010-03-31T15:59:42+01:00",
    "Status": "Accepted",
    "Sub Status": "In Progress",
    "Involved Org line 3": "Org line C",
    "Involved ST": "V30",
    "ST Level": "L1",
    "SR Latest Impact": "Medium",
    "Product": "PROD582",
    "Country": "fr",
}
COMPLAINT = {
    "fecha_ingreso": "2022-01-03",
    "estado": "Aguascalientes",
    "proveedor_top": "AT&T",
    "tipo_servicio": "Telefonía Móvil",
    "problema_clasificado": "Facturación y Pagos",
    "motivo_reclamacion": "ERROR DE CALCULO",
    "estado_procesal": "CONCILIADA",
    "dias_resolucion": "17.0",
}


@pytest.fixture
def bpi2013() -> Mapping:
    return load_mapping(MAPPINGS / "bpi2013.toml")


@pytest.fixture
def profeco() -> Mapping:
    return load_mapping(MAPPINGS / "profeco.toml")


def _rows(cells: Iterable[dict[str, str]]) -> list[Row | Reject]:
    return [Row(line=n, cells=each) for n, each in enumerate(cells, start=2)]


def _understood(mapping: Mapping, *cells: dict[str, str]) -> list[tuple[Moment, ...] | Reject]:
    return list(Understanding(mapping).moments(_rows(cells)))


def _only(mapping: Mapping, **changes: str) -> tuple[Moment, ...] | Reject:
    base = EVENT if mapping.shape == "events" else COMPLAINT
    return _understood(mapping, base | changes)[0]


def test_an_event_row_says_what_its_conditions_mean(bpi2013: Mapping) -> None:
    moments = _only(bpi2013, **{"Sub Status": "Wait - User"})
    assert not isinstance(moments, Reject)
    assert (moments[0].means, moments[0].reason) == (Means.PAUSED, "waiting-user")
    assert moments[0].at == datetime(2010, 3, 31, 14, 59, 42, tzinfo=UTC)
    assert (moments[0].team.company, moments[0].team.name, moments[0].person) == ("Org line C", "V30", "unnamed")


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("Sub Status", "Sleeping", "no rule says what Status 'Accepted', Sub Status 'Sleeping' means"),
        ("SR Number", "", "'SR Number' is missing"),
        ("Change Date+Time", "yesterday", "'yesterday' is no time in the format 'iso'"),
        (
            "Change Date+Time",
            "1960-03-31T15:59:42+01:00",
            "1960-03-31 15:59:42+01:00 is out of range: no agreement was or will be in force then",
        ),
        (
            "Change Date+Time",
            "9999-12-31T23:59:59-01:00",
            "9999-12-31 23:59:59-01:00 is out of range: no agreement was or will be in force then",
        ),
        ("Involved ST", "#N/A!", "no team: 'Involved ST' is missing"),
        ("SR Latest Impact", "Cosmic", "the mapping's agreement has no priority 'cosmic'"),
    ],
)
def test_a_row_that_cannot_be_understood_is_rejected_with_the_reason(
    bpi2013: Mapping, column: str, cell: str, reason: str
) -> None:
    assert _only(bpi2013, **{column: cell}) == Reject(line=2, reason=reason)


@pytest.mark.parametrize("name", ["pia/solver", "p\u200bia"])
def test_a_row_whose_person_the_services_could_not_name_is_rejected(bpi2013: Mapping, name: str) -> None:
    person = bpi2013.person.model_copy(update={"column": "Owner First Name"})
    named = bpi2013.model_copy(update={"person": person})
    row = _understood(named, EVENT | {"Owner First Name": name})[0]
    assert row == Reject(line=2, reason=f"{name!r} cannot name a person")


def test_a_row_that_is_a_whole_case_opens_it_and_answers_it_days_later(profeco: Mapping) -> None:
    moments = _only(profeco)
    assert not isinstance(moments, Reject)
    assert [(moment.means, moment.at) for moment in moments] == [
        (Means.IN_WORK, datetime(2022, 1, 3, 15, tzinfo=UTC)),
        (Means.POSITIVE, datetime(2022, 1, 21, 0, tzinfo=UTC)),
    ]


@pytest.mark.parametrize("days", ["", "soon", "-1", "1e9", "nan"])
def test_an_answer_that_no_day_can_be_is_rejected(profeco: Mapping, days: str) -> None:
    assert isinstance(_only(profeco, dias_resolucion=days), Reject)


def test_cases_without_an_id_are_known_by_what_they_say_in_any_order(profeco: Mapping) -> None:
    one, other = COMPLAINT, COMPLAINT | {"estado": "Jalisco"}
    first = {moments[0].case for moments in _understood(profeco, one, other, one) if not isinstance(moments, Reject)}
    again = {moments[0].case for moments in _understood(profeco, one, one, other) if not isinstance(moments, Reject)}
    assert len(first) == 3
    assert first == again


def test_another_kind_of_file_is_said_to_be_unusable(profeco: Mapping) -> None:
    with pytest.raises(Unusable, match="this mapping is for another file"):
        _understood(profeco, EVENT)


def test_rows_of_a_case_that_do_not_stand_together_are_rejected(bpi2013: Mapping) -> None:
    told = list(stories(_understood(bpi2013, EVENT, EVENT | {"SR Number": "2"}, EVENT)))
    assert [story.case for story in told if isinstance(story, Story)] == ["1", "2"]
    assert [reject.line for reject in told if isinstance(reject, Reject)] == [4]


def test_a_row_earlier_than_the_one_before_is_rejected(bpi2013: Mapping) -> None:
    told = list(stories(_understood(bpi2013, EVENT, EVENT | {"Change Date+Time": "2010-03-30T00:00:00+01:00"}, EVENT)))
    assert [reject.line for reject in told if isinstance(reject, Reject)] == [3]
    assert [story.rows for story in told if isinstance(story, Story)] == [2]


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ('shape = "events"', 'shape = "spiral"', "shape: Input should be 'events' or 'cases'"),
        ('zone = "Europe/Stockholm"', 'zone = "Europe/Atlantis"', "time.zone: 'Europe/Atlantis' is no time zone"),
        ('means = "note"', 'means = "paused"', "'paused' needs a reason"),
        ('id = "SR Number"', 'key = "SR Number"', "case.key: Extra inputs are not permitted"),
        ('id = "SR Number"', "", "rows that are events need"),
        ('{ value = "Incidents" }', '{ value = "a", column = "b" }', "case.service: give either 'column' or 'value'"),
        ('response = "P2D"', 'response = "two days"', "agreement.priorities.low.response"),
        ("provenance", "provenance = ", "not TOML"),
        ('reason = "waiting-user"', 'reason = "coffee"', "'paused' needs a reason, one of waiting-customer, "),
        ('reason = "withdrawn"', 'reason = "bored"', "'withdrawn' needs a reason, one of withdrawn, "),
        ('{ column = "SR Latest Impact" }', '{ value = "urgent" }', "[agreement.priorities] has no 'urgent'"),
    ],
)
def test_a_wrong_mapping_is_told_in_one_line(tmp_path: Path, was: str, becomes: str, says: str) -> None:
    text = (MAPPINGS / "bpi2013.toml").read_text()
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(text.replace(was, becomes, 1))
    with pytest.raises(Unusable) as raised:
        load_mapping(wrong)
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_mapping_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="no such file"):
        load_mapping(tmp_path / "absent.toml")
