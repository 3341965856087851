"""`Answers` of a ClickHouse database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
from clickhouse_connect.driver.client import Client

from schemas.landing import decode_block
from sinks.clickhouse_writer import translated
from sinks.watch.question import SETTINGS, parameters, question
from sinks.watch.rule import WatchRule


class ClickHouseAnswers:
    """`Answers` of the database that `client` uses."""

    def __init__(self, client: Client) -> None:
        """Take a client of `sinks.clickhouse_writer.connect` whose database is ours."""
        self._client = client

    def ask(self, rule: WatchRule, *, since: datetime, now: datetime) -> Sequence[Mapping[str, Any]]:
        with translated():
            answer = self._client.raw_query(
                question(rule), parameters=parameters(since=since, now=now), settings=SETTINGS, fmt="ArrowStream"
            )
        rows: list[dict[str, Any]] = decode_block(answer, pa.schema([])).to_pylist()
        return rows
