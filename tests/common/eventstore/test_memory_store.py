"""The store in memory keeps the contract."""

from datetime import UTC, datetime

import pytest

from common.eventstore.memory import MemoryStore
from common.testing.store_contract import StoreContract


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore(clock=lambda: datetime(2026, 3, 2, 12, tzinfo=UTC))
