"""Personal data sealed under a key per customer."""

import base64

import pytest

from common.security.sealing import CannotUnseal, new_key_pair, seal, unseal, unwrap, wrap
from common.values import Sealed

MASTER = bytes(range(32))
CLEAR = {"name": "Åsa Núñez", "phone": "+46 70 000 00 00", "ages": [1, 2]}


def test_what_is_sealed_opens_with_the_customers_private_key() -> None:
    keys = new_key_pair()
    sealed = seal(keys.public, "customer-1", CLEAR)
    assert sealed.key == "customer-1"
    assert unseal(keys.private, sealed) == CLEAR


def test_the_same_is_never_sealed_alike_twice() -> None:
    keys = new_key_pair()
    assert seal(keys.public, "c", CLEAR).box != seal(keys.public, "c", CLEAR).box


def test_another_customers_key_opens_nothing() -> None:
    sealed = seal(new_key_pair().public, "c", CLEAR)
    with pytest.raises(CannotUnseal):
        unseal(new_key_pair().private, sealed)


def test_a_box_moved_to_another_customer_does_not_open() -> None:
    keys = new_key_pair()
    with pytest.raises(CannotUnseal):
        unseal(keys.private, Sealed(key="other", box=seal(keys.public, "c", CLEAR).box))


@pytest.mark.parametrize("box", ["", "AAAA", "not base64!"])
def test_what_was_never_sealed_does_not_open(box: str) -> None:
    with pytest.raises(CannotUnseal):
        unseal(new_key_pair().private, Sealed(key="c", box=box))


def test_a_changed_box_does_not_open() -> None:
    keys = new_key_pair()
    raw = bytearray(base64.b64decode(seal(keys.public, "c", CLEAR).box))
    raw[-1] ^= 1
    with pytest.raises(CannotUnseal):
        unseal(keys.private, Sealed(key="c", box=base64.b64encode(bytes(raw)).decode()))


def test_a_private_key_rests_wrapped_for_its_customer_only() -> None:
    private = new_key_pair().private
    wrapped = wrap(MASTER, "c", private)
    assert private not in wrapped
    assert unwrap(MASTER, "c", wrapped) == private
    with pytest.raises(CannotUnseal):
        unwrap(MASTER, "other", wrapped)


def test_another_master_key_is_told_apart() -> None:
    wrapped = wrap(MASTER, "c", new_key_pair().private)
    with pytest.raises(CannotUnseal, match="another master key"):
        unwrap(bytes(32), "c", wrapped)


def test_a_master_key_of_another_length_is_no_master_key() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        wrap(b"short", "c", new_key_pair().private)
