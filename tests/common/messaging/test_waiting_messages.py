"""What cannot be handled waits; only its own stream waits with it, until it works or a person decides."""

from typing import Any
from uuid import UUID

import pytest

from common.eventstore.recorded import Recorded
from common.messaging import deadletters
from common.messaging.envelope import headers, subject
from common.refusals import Conflict, Invalid, NotFound

TYPE = "acuerdo.shop.order-placed"


async def test_a_refused_fact_is_a_dead_letter_in_the_end_and_only_its_own_stream_waits(world: Any) -> None:
    world.shop.start()
    world.kitchen.start()
    await world.order("soup", "stone", "bread", stream="table-1")
    others = await world.order("soup", "bread", stream="table-2")
    await world.all_taken_in()
    await world.eventually(world.waiting, [("dead", "Inedible"), ("behind", "Behind")])
    assert (await world.cooked())[1:] == others


async def test_a_dead_letter_says_what_it_is_and_why(world: Any) -> None:
    world.shop.start()
    world.kitchen.start()
    (order,) = await world.order("stone")
    await world.eventually(world.waiting, [("dead", "Inedible")])
    (listed,) = await deadletters.letters(world.kitchen.pool, source="shop")
    shown = await deadletters.letter(world.kitchen.pool, listed["id"])
    assert (shown["name"], shown["reason"], shown["attempts"]) == ("order-placed", "Nobody can eat this.", 3)
    assert order in shown["body"]
    assert shown["headers"]["ce-source"] == "/acuerdo/shop"


async def test_discarding_lets_the_rest_of_the_stream_go_on_and_keeps_who_and_why(world: Any) -> None:
    world.shop.start()
    world.kitchen.start()
    first, _, last = await world.order("soup", "stone", "bread", stream="table-1")
    await world.eventually(world.waiting, [("dead", "Inedible"), ("behind", "Behind")])
    (dead,) = await deadletters.letters(world.kitchen.pool)
    await deadletters.discard(world.kitchen.pool, dead["id"], by="ana", reason="it was a joke")
    await world.eventually(world.cooked, [first, last])
    kept = await deadletters.letter(world.kitchen.pool, dead["id"])
    assert (kept["state"], kept["discarded_by"], kept["discard_reason"]) == ("discarded", "ana", "it was a joke")
    assert await world.waiting() == [("discarded", "Inedible")]


async def test_a_dead_letter_that_is_tried_again_goes_before_those_behind_it(world: Any) -> None:
    world.kitchen.start()
    await world.order("burnt", "soup", "bread", stream="table-1")
    world.shop.start()
    await world.eventually(world.waiting, [("dead", "RuntimeError"), ("behind", "Behind"), ("behind", "Behind")])
    (dead,) = await deadletters.letters(world.kitchen.pool)
    await deadletters.retry(world.kitchen.pool, dead["id"], by="ana")
    await world.eventually(lambda: attempts(world), 3)
    assert await world.cooked() == [], "it failed again, and nobody overtook it"
    shown = await deadletters.letter(world.kitchen.pool, dead["id"])
    assert (shown["state"], shown["retried_by"]) == ("dead", "ana")


async def attempts(world: Any) -> int:
    (head,) = await deadletters.letters(world.kitchen.pool, states=["retrying", "dead"])
    return head["attempts"] if head["state"] == "dead" else 0


async def test_what_waits_for_another_fact_is_tried_again_soon_and_leaves_no_trace(world: Any) -> None:
    world.shop.start()
    world.kitchen.start()
    orders = await world.order("secret", "soup", stream="table-1")
    await world.eventually(world.waiting, [("retrying", "NotYet"), ("behind", "Behind")])
    await world.learn("secret")
    await world.eventually(world.cooked, orders)
    assert await world.waiting() == []


async def test_what_died_for_want_of_a_fact_comes_to_life_when_the_fact_arrives(world: Any) -> None:
    world.shop.start()
    world.kitchen.start()
    orders = await world.order("secret")
    await world.eventually(world.waiting, [("dead", "NotYet")])
    await world.learn("secret")
    await world.eventually(world.cooked, orders)
    assert await world.waiting() == [("handled", "NotYet")]


async def test_what_the_database_will_not_keep_harms_nobody_else_in_its_batch(world: Any) -> None:
    orders = await world.order("soup", "unstorable", "bread")
    world.shop.start()
    await world.eventually(world.published, 3)
    world.kitchen.start()
    await world.all_taken_in()
    assert await world.cooked() == [orders[0], orders[2]]
    await world.eventually(world.waiting, [("dead", "DataError")])


async def test_waiting_messages_survive_a_new_worker(world: Any) -> None:
    world.shop.start()
    world.kitchen.start()
    await world.order("stone", stream="table-1")
    await world.eventually(world.waiting, [("dead", "Inedible")])
    await world.kitchen.stop()
    world.kitchen.start("worker-2")
    await world.order("soup", stream="table-1")
    await world.all_taken_in()
    assert await world.waiting() == [("dead", "Inedible"), ("behind", "Behind")]


async def test_only_dead_letters_are_tried_again_and_settled_ones_stay_settled(world: Any) -> None:
    world.shop.start()
    world.kitchen.start()
    await world.order("stone")
    await world.eventually(world.waiting, [("dead", "Inedible")])
    (one,) = await deadletters.letters(world.kitchen.pool)
    with pytest.raises(Invalid):
        await deadletters.discard(world.kitchen.pool, one["id"], by="ana", reason=" ")
    await deadletters.discard(world.kitchen.pool, one["id"], by="ana", reason="a joke")
    with pytest.raises(Conflict):
        await deadletters.discard(world.kitchen.pool, one["id"], by="ana", reason="a joke")
    with pytest.raises(Conflict):
        await deadletters.retry(world.kitchen.pool, one["id"], by="ana")
    with pytest.raises(NotFound):
        await deadletters.letter(world.kitchen.pool, UUID(int=1))


async def test_a_fact_in_a_version_nobody_understands_is_a_dead_letter(world: Any) -> None:
    await world.order("soup")
    (fact,) = await world.shop.store.read_log(after=0, limit=1)
    said = headers("shop", fact, 0) | {"ce-type": "acuerdo.shop.order-placed.v2"}
    await publish(world, subject("shop", fact), fact.data, said)
    await world.eventually(world.waiting, [("dead", "NotUnderstood")])
    (letter,) = await deadletters.letters(world.kitchen.pool)
    assert letter["reason"] == "order-placed version 2 is not understood, only up to 1"


async def test_what_was_too_new_for_one_program_is_handled_by_the_next_with_all_that_waited_behind_it(
    world: Any, order_placed_in_two_versions: Any
) -> None:
    orders = await world.order("soup", "bread", stream="table-1")
    new, old = await world.shop.store.read_log(after=0, limit=2)
    await publish(world, subject("shop", new), new.data, headers("shop", new, 0) | {"ce-type": f"{TYPE}.v2"})
    await publish(world, subject("shop", old), old.data, said_of(old))
    await world.eventually(world.waiting, [("dead", "NotUnderstood"), ("behind", "Behind")])
    await world.kitchen.stop()
    world.kitchen.reactions = [order_placed_in_two_versions]
    world.kitchen.start("worker-of-the-new-version")
    await world.eventually(world.cooked, orders)
    assert await world.waiting() == [("handled", "NotUnderstood")]


async def test_what_is_too_new_for_the_next_program_too_stays_dead(world: Any) -> None:
    await world.order("soup")
    (fact,) = await world.shop.store.read_log(after=0, limit=1)
    await publish(world, subject("shop", fact), fact.data, headers("shop", fact, 0) | {"ce-type": f"{TYPE}.v2"})
    await world.eventually(world.waiting, [("dead", "NotUnderstood")])
    (before,) = await deadletters.letters(world.kitchen.pool)
    await world.kitchen.stop()
    world.kitchen.start("worker-2")
    await world.eventually(lambda: attempts(world), before["attempts"] + 1)
    (after,) = await deadletters.letters(world.kitchen.pool)
    assert (after["next_try_at"], after["dead_at"]) == (None, before["dead_at"])


async def test_a_fact_that_lacks_a_field_is_a_dead_letter_and_one_with_more_fields_is_not(world: Any) -> None:
    await world.order("soup", "bread")
    lacking, more = await world.shop.store.read_log(after=0, limit=2)
    await publish(world, subject("shop", lacking), b'{"order": "x", "at": "2026-03-02T12:00:00Z"}', said_of(lacking))
    await publish(world, subject("shop", more), more.data, said_of(more))
    await world.eventually(world.waiting, [("dead", "NotUnderstood")])
    (letter,) = await deadletters.letters(world.kitchen.pool)
    assert letter["reason"] == "order-placed: Object missing required field `dish`"
    assert len(await world.cooked()) == 1


async def test_what_is_no_fact_of_ours_is_kept_apart_and_blocks_nobody(world: Any) -> None:
    orders = await world.order("soup")
    await publish(world, "acuerdo.-.shop.order.order-placed", b"hello", {"content-type": "text/plain"})
    world.shop.start()
    await world.all_taken_in()
    assert await world.cooked() == orders
    assert await world.waiting() == [("dead", "Unreadable")]
    (letter,) = await deadletters.letters(world.kitchen.pool)
    await deadletters.retry(world.kitchen.pool, letter["id"], by="ana")
    await world.eventually(lambda: attempts(world), 3)


def said_of(fact: Recorded) -> dict[str, str]:
    return headers("shop", fact, fact.position - 1)


async def publish(world: Any, where: str, data: bytes, said: dict[str, str]) -> None:
    """Let the kitchen follow, and publish what no relay of ours would."""
    if not world.kitchen.workers:
        world.kitchen.start()
        await world.jetstream_ready()
    async with world.jetstream() as jetstream:
        await jetstream.publish(where, data, headers=said)
