"""What Kafka's errors mean to the sink, and the settings its exactness rests on."""

import pytest
from confluent_kafka import KafkaError

from sinks.config import SinkConfig
from sinks.errors import SinkStopped
from sinks.kafka import MembershipLost, consumer_settings, judge

CONFIG = SinkConfig(kafka="localhost:9092", clickhouse_url="http://localhost:8123")


class Place:
    """The part of a message an error comes with."""

    def topic(self) -> str:
        return "scans.venue.v1.landing"

    def partition(self) -> int:
        return 3


@pytest.mark.parametrize("code", [KafkaError._AUTO_OFFSET_RESET, KafkaError.OFFSET_OUT_OF_RANGE])
def test_an_offset_kafka_does_not_have_stops_the_sink_and_names_the_partition(code: int) -> None:
    with pytest.raises(SinkStopped, match=r"scans\.venue\.v1\.landing, partition 3"):
        judge(KafkaError(code), Place())


@pytest.mark.parametrize("code", [KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError._AUTHENTICATION])
def test_a_refusal_stops_the_sink(code: int) -> None:
    with pytest.raises(SinkStopped, match="refuses"):
        judge(KafkaError(code), Place())


@pytest.mark.parametrize(
    "code", [KafkaError._ALL_BROKERS_DOWN, KafkaError._TRANSPORT, KafkaError.UNKNOWN_TOPIC_OR_PART]
)
def test_what_librdkafka_gets_over_by_itself_is_left_to_it(code: int) -> None:
    judge(KafkaError(code), Place())


@pytest.mark.parametrize("code", [KafkaError._FATAL, KafkaError._FENCED, KafkaError.FENCED_INSTANCE_ID])
def test_a_member_kafka_no_longer_knows_joins_anew(code: int) -> None:
    with pytest.raises(MembershipLost):
        judge(KafkaError(code), Place())


def test_no_offset_is_stored_or_guessed_by_the_library() -> None:
    settings = consumer_settings(CONFIG)
    assert settings["enable.auto.commit"] is False
    assert settings["auto.offset.reset"] == "error"
    assert "group.instance.id" not in settings


def test_the_fence_breaks_well_before_kafka_gives_partitions_away() -> None:
    heartbeat_ms = int(consumer_settings(CONFIG)["heartbeat.interval.ms"])
    assert CONFIG.fence_seconds * 1000 + heartbeat_ms < CONFIG.session_timeout_ms
