"""What a program may do on NATS, and which consumers it may have made."""

import json
from uuid import UUID

import pytest

from common.partners.creating import NotThisConsumer, read
from common.partners.permits import durable, is_of, permissions, program_of

ONE, OTHER = UUID(int=1), UUID(int=2)
NAME = durable("telco-a", "warehouse", ONE)
SUBJECT = f"partners.create.{NAME}.acuerdo.{ONE}.>"


def test_a_program_may_use_its_own_consumers_of_its_own_agreements_and_hear_its_own_answers() -> None:
    allowed = permissions("telco-a", "warehouse", {ONE, OTHER})
    assert allowed["sub"] == {"allow": ["_INBOX_telco-a.>"]}
    assert len(allowed["pub"]["allow"]) == 10
    for subject in allowed["pub"]["allow"]:
        assert durable("telco-a", "warehouse", ONE) in subject or durable("telco-a", "warehouse", OTHER) in subject
        assert not subject.startswith("acuerdo.")


def test_no_agreement_never_becomes_an_empty_list_which_nats_takes_for_everything() -> None:
    with pytest.raises(ValueError, match="everything"):
        permissions("telco-a", "warehouse", set())


@pytest.mark.parametrize("name", ["*", ">", "a.b", "A", "a_b", "-a", "a b", "a" * 32, "é", "a\n"])
def test_a_name_that_means_more_than_itself_is_no_program(name: str) -> None:
    assert program_of(name) is None


def test_a_connection_without_a_name_is_the_companys_main_program() -> None:
    assert program_of("") == "main"


def test_a_consumer_is_made_anew_from_what_may_be_said_about_it() -> None:
    said = {
        "durable_name": NAME, "name": NAME, "filter_subject": f"acuerdo.{ONE}.>", "ack_policy": "explicit",
        "deliver_policy": "by_start_time", "opt_start_time": "2026-03-02T00:00:00Z", "num_replicas": 0,
    }  # fmt: skip
    name, wanted = read(SUBJECT, json.dumps({"stream_name": "ACUERDO", "config": said}).encode())
    assert name == NAME
    assert wanted["config"] == {
        "durable_name": NAME, "name": NAME, "filter_subject": f"acuerdo.{ONE}.>", "ack_policy": "explicit",
        "deliver_policy": "by_start_time", "opt_start_time": "2026-03-02T00:00:00Z",
        "inactive_threshold": 7 * 24 * 3600 * 10**9,
    }  # fmt: skip


@pytest.mark.parametrize(
    "config",
    [
        {"deliver_subject": "anywhere"}, {"deliver_group": "g"}, {"filter_subjects": ["acuerdo.>"]},
        {"filter_subject": "acuerdo.>"}, {"name": "other"}, {"durable_name": "other"}, {"num_replicas": 3},
        {"sample_freq": "100%"}, {"flow_control": True}, {"metadata": {"a": "b"}}, {"pause_until": "2100-01-01"},
        {"direct": True}, {"unheard_of": 1}, {"backoff": [10**9] * 17}, {"max_waiting": 513}, {"max_waiting": -1},
        {"max_ack_pending": 5_001}, {"max_ack_pending": -1}, {"max_deliver": 1_001}, {"max_batch": "many"},
        {"max_batch": 2.5}, {"description": "x" * 201}, {"metadata": {"a": "x" * 3_000}},
    ],
)  # fmt: skip
def test_whatever_else_is_said_of_a_consumer_is_refused(config: dict[str, object]) -> None:
    with pytest.raises(NotThisConsumer):
        read(SUBJECT, json.dumps({"config": config}).encode())


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"null", b'{"config": 1}', b'{"config": {}, "stream_name": "X"}'])
def test_a_request_that_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises(NotThisConsumer):
        read(SUBJECT, body)


@pytest.mark.parametrize(
    "subject",
    [
        f"partners.create.{NAME}.acuerdo.{OTHER}.>", f"partners.create.{NAME}.acuerdo.*.>",
        f"partners.create.agreement-from-touchpoints.acuerdo.{ONE}.>", "partners.create.x", f"partners.create.{NAME}",
    ],
)  # fmt: skip
def test_a_name_and_a_filter_that_do_not_belong_together_are_refused(subject: str) -> None:
    with pytest.raises(NotThisConsumer):
        read(subject, b'{"config": {}}')


def test_a_consumer_is_not_kept_longer_unused_than_we_keep_it() -> None:
    _, short = read(SUBJECT, b'{"config": {"inactive_threshold": 5000000000}}')
    _, long = read(SUBJECT, b'{"config": {"inactive_threshold": 9000000000000000000}}')
    assert short["config"]["inactive_threshold"] == 5 * 10**9
    assert long["config"]["inactive_threshold"] == 7 * 24 * 3600 * 10**9


def test_a_consumer_may_be_as_large_as_a_program_needs_and_a_request_no_larger() -> None:
    large = {"backoff": [10**9] * 16, "max_waiting": 512, "max_ack_pending": 5_000, "max_deliver": -1}
    _, wanted = read(SUBJECT, json.dumps({"config": large}).encode())
    assert {name: wanted["config"][name] for name in large} == large
    with pytest.raises(NotThisConsumer, match="4096 bytes"):
        read(SUBJECT, json.dumps({"config": large}).encode().ljust(4_097))


def test_a_company_is_known_by_the_whole_of_its_name() -> None:
    assert is_of(NAME, "telco-a", str(ONE))
    assert not is_of(NAME, "telco", str(ONE))
    assert not is_of(NAME, "telco-a", str(OTHER))
