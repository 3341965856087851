"""Lag is what the topics hold and the ledger doesn't; while one of the two is away nobody knows it."""

from types import SimpleNamespace
from typing import Any

import pytest
from clickhouse_connect.driver.exceptions import OperationalError
from confluent_kafka import KafkaException, TopicPartition

from loadtest.recovery import Lag
from schemas.kinds import CHECKPOINT, VENUE

_PARTITIONS = {VENUE: 2, CHECKPOINT: 1}


class _Kafka:
    """Answers with the same end for every partition, unless it is away."""

    def __init__(self, _settings: object) -> None:
        self.end: int | None = 100

    def get_watermark_offsets(self, _place: TopicPartition, **_: object) -> tuple[int, int]:
        if self.end is None:
            raise KafkaException
        return 0, self.end


class _ClickHouse:
    """Answers with a mark for partition 0 only, unless it is away."""

    def __init__(self) -> None:
        self.away = False

    def query(self, _query: str, parameters: dict[str, Any] | None = None) -> SimpleNamespace:
        del parameters
        if self.away:
            raise OperationalError
        return SimpleNamespace(result_rows=[(0, 90)])


@pytest.fixture(name="kafka")
def _kafka(monkeypatch: pytest.MonkeyPatch) -> _Kafka:
    kafka = _Kafka({})
    monkeypatch.setattr("loadtest.recovery.Consumer", lambda _settings: kafka)
    return kafka


def test_what_has_no_outcome_yet_is_summed_over_feeds_and_partitions(kafka: _Kafka) -> None:
    lag = Lag("nowhere", _ClickHouse(), _PARTITIONS)
    assert lag() == 10 + 100 + 10
    kafka.end = 90
    assert lag() == 90


def test_while_a_store_is_away_the_lag_is_not_known(kafka: _Kafka) -> None:
    clickhouse = _ClickHouse()
    lag = Lag("nowhere", clickhouse, _PARTITIONS)
    clickhouse.away = True
    assert lag() is None
    clickhouse.away, kafka.end = False, None
    assert lag() is None
    kafka.end = 100
    assert lag() == 120
