"""Look at rejected events, and publish them again once their cause is mended."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from clickhouse_connect.driver.client import Client
from confluent_kafka import KafkaError, Producer

from schemas.enums import Reason
from schemas.kinds import Feed, feed_by_name
from sinks.errors import SinkStopped

#: Header of an event published again: feed, partition and offset of the dead letter.
REPLAYED_FROM = "replayed_from"
_FLUSH_SECONDS = 30.0
#: Bytes travel as hexadecimal digits: clients read strings as text.
_FIND = """
SELECT
    toString(feed) AS feed, _partition, _offset, toInt8(reason) AS code, logged_at, hex(key) AS key,
    hex(value) AS value, replayed, replayed_at
FROM
(
    SELECT * FROM dead_letters WHERE {condition} ORDER BY logged_at DESC, _partition, _offset LIMIT {limit}
) AS letters
LEFT ANY JOIN (SELECT *, 1 AS replayed FROM dead_letter_replays FINAL) AS replays USING (feed, _partition, _offset)
ORDER BY logged_at DESC, _partition, _offset
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which dead letters; None chooses all."""

    feed: Feed | None = None
    reason: Reason | None = None
    limit: int = 100

    def condition(self) -> tuple[str, dict[str, Any]]:
        """Return a WHERE condition and its parameters."""
        parts, parameters = ["1"], {}
        if self.feed:
            parts.append("feed = {feed:Int8}")
            parameters["feed"] = self.feed.code
        if self.reason:
            parts.append("reason = {reason:Int8}")
            parameters["reason"] = int(self.reason)
        return " AND ".join(parts), parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A rejected event: where it came from, why it was rejected, its original bytes, and when it was replayed."""

    feed: Feed
    partition: int
    offset: int
    reason: Reason
    logged_at: datetime
    key: bytes = field(repr=False)
    value: bytes = field(repr=False)
    replayed_at: datetime | None

    @property
    def position(self) -> str:
        """Where it came from, for people and for the header of a replay."""
        return f"{self.feed.name}:{self.partition}:{self.offset}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What a replay did: how many were published, and how many had been before."""

    published: int
    replayed_before: int


def count_by_reason(client: Client) -> list[tuple[str, str, int]]:
    """Return feed, reason and number of dead letters, most first; raises the client's exceptions."""
    rows = client.query(
        "SELECT toString(feed), toString(reason), count() FROM dead_letters GROUP BY feed, reason ORDER BY count() DESC"
    ).result_rows
    return [(str(feed), str(reason), int(count)) for feed, reason, count in rows]


def find(client: Client, selection: Selection) -> list[DeadLetter]:
    """Return the newest dead letters of a selection, newest first; raises the client's exceptions."""
    condition, parameters = selection.condition()
    found = client.query(_FIND.format(condition=condition, limit=int(selection.limit)), parameters=parameters)
    return [_letter(row) for row in found.named_results()]


def replay(client: Client, producer: Producer, letters: Sequence[DeadLetter]) -> Replay:
    """Publish the original key and value of `letters` to their source topics, and record that.

    Those recorded before are left out. A replay that dies between publishing and recording may be repeated: the
    worker drops the second copy as a retry. `producer` must be idempotent with acks=all. Raises SinkStopped if Kafka
    doesn't take them; what it took is recorded.
    """
    new = [letter for letter in letters if letter.replayed_at is None]
    taken: list[DeadLetter] = []
    problems: list[str] = []

    def delivered(letter: DeadLetter, error: KafkaError | None) -> None:
        if error is None:
            taken.append(letter)
        else:
            problems.append(str(error.str()))

    for letter in new:
        producer.produce(
            letter.feed.topic,
            key=letter.key,
            value=letter.value,
            headers=[(REPLAYED_FROM, letter.position.encode())],
            on_delivery=lambda error, _, letter=letter: delivered(letter, error),
        )
        producer.poll(0)
    unsent = producer.flush(_FLUSH_SECONDS)
    _record(client, taken)
    if problems or unsent:
        why = problems[0] if problems else f"no answer within {_FLUSH_SECONDS:.0f} s"
        raise SinkStopped(
            f"Kafka took {len(taken)} of {len(new)} dead letters ({why}); run the replay again for the rest."
        )
    return Replay(published=len(taken), replayed_before=len(letters) - len(new))


def _record(client: Client, letters: Sequence[DeadLetter]) -> None:
    if letters:
        rows = [[letter.feed.name, letter.partition, letter.offset] for letter in letters]
        client.insert("dead_letter_replays", rows, column_names=["feed", "_partition", "_offset"])


def _letter(row: dict[str, Any]) -> DeadLetter:
    return DeadLetter(
        feed=feed_by_name(row["feed"]),
        partition=row["_partition"],
        offset=row["_offset"],
        reason=Reason(row["code"]),
        logged_at=row["logged_at"].replace(tzinfo=UTC),
        key=bytes.fromhex(row["key"]),
        value=bytes.fromhex(row["value"]),
        replayed_at=row["replayed_at"].replace(tzinfo=UTC) if row["replayed"] else None,
    )
