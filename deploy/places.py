"""Import the register of places: rows of a CSV file into the reference topic."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import cache
from typing import Any

from confluent_kafka import KafkaError, Producer

from deploy.user_error import UserError
from schemas.admin_units import communes
from schemas.enums import Category, Department
from schemas.kinds import PLACES
from schemas.wire import encode

COLUMNS = ("place_id", "name", "category", "department", "commune_code", "capacity", "mandate_ref")
_MOST_INT = 2**31 - 1
_FLUSH_SECONDS = 60.0
_SHOWN_PROBLEMS = 10
_QUEUE_MESSAGES = 50_000


@dataclass(frozen=True, slots=True)
class Place:
    """The state of one place, as the Avro record has it, without the time of recording."""

    fields: Mapping[str, Any]

    @property
    def key(self) -> bytes:
        """Return the key in the reference topic."""
        return b"%d" % self.fields["place_id"]


def read_places(lines: Iterable[str]) -> list[Place]:
    """Return the places of a CSV text whose first line names the columns of `COLUMNS`.

    `name` and a positive `place_id` are required; the others may be empty (unknown). Category and department are
    symbols of the orders, the commune a GSO code of 2021. Raises UserError naming the lines that are wrong: then
    nothing should be imported.
    """
    reader = csv.DictReader(lines)
    try:
        return _read(reader)
    except UnicodeDecodeError:
        raise UserError("Nothing was imported: the file is not in UTF-8; save it as UTF-8 and try again.") from None
    except csv.Error as problem:
        raise UserError(f"Nothing was imported: what follows line {reader.line_num} is no CSV ({problem}).") from None


def _read(reader: "csv.DictReader[str]") -> list[Place]:
    if missing := set(COLUMNS[:2]) - set(reader.fieldnames or ()):
        raise UserError(f"The first line must name the columns {', '.join(COLUMNS)}; missing: {', '.join(missing)}.")
    places: list[Place] = []
    problems: list[str] = []
    for row in reader:
        try:
            places.append(_place(row))
        except ValueError as problem:
            problems.append(f"line {reader.line_num}: {problem}")
    _refuse(problems)
    return places


def publish_places(bootstrap: str, places: Sequence[Place], *, now: Callable[[], datetime]) -> None:
    """Publish `places` as recorded now; returns when Kafka has acknowledged all, else raises UserError."""
    refused: list[KafkaError] = []

    def delivered(error: KafkaError | None, _message: object) -> None:
        if error is not None:
            refused.append(error)

    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "enable.idempotence": True,
            "compression.type": "lz4",
            "partitioner": "murmur2_random",
            "log_level": 0,
        }
    )
    _require_topic(producer)
    updated_ms = int(now().timestamp() * 1_000)
    for place in places:
        while len(producer) > _QUEUE_MESSAGES:
            producer.poll(0.01)
        value = encode(PLACES, {**place.fields, "updated_at": updated_ms})
        producer.produce(PLACES.topic, value, place.key, on_delivery=delivered)
    if unsent := producer.flush(_FLUSH_SECONDS) + len(refused):
        why = f" ({refused[0].str()})" if refused else ""
        raise UserError(f"Kafka did not acknowledge {unsent} of {len(places)} places{why}; import the file again.")


def _require_topic(producer: Producer) -> None:
    # Asked for by its name, a missing topic would be made by a Kafka that makes topics on demand.
    if PLACES.topic not in producer.list_topics(timeout=_FLUSH_SECONDS).topics:
        raise UserError(f"Kafka has no topic {PLACES.topic} yet; run `scanstream migrate` first.")


def _place(row: Mapping[str, str | None]) -> Place:
    def text(column: str) -> str:
        return (row.get(column) or "").strip()

    place_id = _number(text("place_id"), "place_id")
    if not place_id:
        raise ValueError("place_id must be at least 1")
    if not text("name"):
        raise ValueError("name is empty")
    commune_code = _number(text("commune_code"), "commune_code")
    if commune_code and commune_code not in _commune_codes():
        raise ValueError(f"commune_code {commune_code} is no commune of the five provinces in 2021")
    return Place(
        {
            "place_id": place_id,
            "name": text("name"),
            "category": _symbol(text("category"), "category", Category),
            "department": _symbol(text("department"), "department", Department),
            "commune_code": commune_code,
            "capacity": _number(text("capacity"), "capacity"),
            "mandate_ref": text("mandate_ref"),
        }
    )


@cache
def _commune_codes() -> frozenset[int]:
    return frozenset(commune.code for commune in communes())


def _number(text: str, column: str) -> int:
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or int(text) > _MOST_INT:
        raise ValueError(f"{column} is {text!r}, not a whole number from 0 to {_MOST_INT}")
    return int(text)


def _symbol(text: str, column: str, symbols: type[IntEnum]) -> str:
    name = text.upper() or "UNKNOWN"
    if name not in symbols.__members__:
        raise ValueError(f"{column} {text!r} is unknown; known are {', '.join(symbols.__members__)}")
    return name


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        more = f"; and {len(problems) - _SHOWN_PROBLEMS} more" if len(problems) > _SHOWN_PROBLEMS else ""
        raise UserError(f"Nothing was imported: {'; '.join(problems[:_SHOWN_PROBLEMS])}{more}.")
