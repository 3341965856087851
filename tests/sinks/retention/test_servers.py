"""What a run says to a cluster: what lies on shards is deleted there, and only after replicas know what it goes by."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from deploy.local.clickhouse import EmbeddedClickHouse
from sinks.clickhouse_writer import connect
from sinks.config import SinkConfig
from sinks.retention.classes import leaving
from sinks.retention.days import parse_days
from sinks.retention.run import Run
from sinks.retention.servers import Servers
from tests.sinks.retention.landing import NOW


@dataclass
class Answers:
    """A client of a server where every table has a row that is due; keeps what it is told."""

    stored: Callable[[str], str]
    said: list[str] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)

    def command(self, text: str, settings: dict[str, Any] | None = None) -> object:
        """Keep a statement."""
        self.said.append(text)
        self.settings[text] = settings or {}
        return 1

    def query(self, text: str, *_: object) -> Any:
        """Answer a question."""
        self.said.append(text)
        return Rows(self._rows(text))

    def insert(self, *_: object, **__: object) -> None:
        """Take a proof."""

    def _rows(self, text: str) -> list[tuple[object, ...]]:
        if "SELECT DISTINCT table FROM" in text:
            return [(self.stored(it.table),) for it in leaving()]
        if "SELECT DISTINCT partition" in text:
            return [("2021-07-05",)]
        if text.startswith("SELECT 1 FROM holds_in_force"):
            return [(1,)]
        return [(42, 9, 0, 0, 1, 0)] if "AS remaining" in text or "AS due" in text else []


@dataclass
class Rows:
    """The answer to a question."""

    result_rows: list[tuple[object, ...]]


def said(cluster: str) -> Answers:
    """Return all that a run says."""
    servers = Servers(cluster)
    answers = Answers(servers.stored)
    Run(answers, days=parse_days("28,64=14"), now=NOW, servers=servers).do()  # type: ignore[arg-type]  # a client for this test
    return answers


def test_a_cluster_is_told_what_one_server_is_with_the_words_of_a_cluster_added() -> None:
    alone, many = said("").said, said("c").said
    many = [text for text in many if not text.startswith("SYSTEM SYNC REPLICA")]
    stripped = [re.sub(r"clusterAllReplicas\('c', (system\.\w+)\)", r"\1", text) for text in many]
    assert [
        text.replace(" ON CLUSTER c", "").replace("GLOBAL ", "").replace("_local", "") for text in stripped
    ] == alone


def test_rows_are_deleted_from_the_tables_of_the_shards_and_replicated_tables_pass_it_on() -> None:
    told = said("c")
    deletions = [text for text in told.said if text.startswith("ALTER TABLE")]
    for table in ("scans", "cases", "alerts", "dead_letter_log"):
        assert [text for text in deletions if text.startswith(f"ALTER TABLE {table}_local ON CLUSTER c DELETE")]
    for table in ("vault_keys", "identity_links", "corrections", "retention_held", "retention_needed"):
        assert [text for text in deletions if text.startswith(f"ALTER TABLE {table} DELETE")]
    assert any(text.startswith("ALTER TABLE tombstones_local ON CLUSTER c DROP PARTITION") for text in deletions)
    asking = [text for text in deletions if "SELECT subject FROM" in text]
    assert all(told.settings[text]["allow_nondeterministic_mutations"] == "1" for text in asking)


def test_replicas_know_who_is_held_and_needed_before_rows_go() -> None:
    told = said("c").said
    synchronised = [index for index, text in enumerate(told) if text.startswith("SYSTEM SYNC REPLICA ON CLUSTER c")]
    needs = [index for index, text in enumerate(told) if text.startswith("INSERT INTO retention_needed")]
    first = next(index for index, text in enumerate(told) if text.startswith("ALTER TABLE scans_local"))
    assert told[synchronised[0]].endswith("retention_held")
    assert synchronised[0] < first
    assert all(told[index + 1] == "SYSTEM SYNC REPLICA ON CLUSTER c retention_needed" for index in needs)
    assert len(needs) == 3


@pytest.mark.integration
def test_the_engine_parses_all_of_it(clickhouse: EmbeddedClickHouse) -> None:
    client = connect(SinkConfig(kafka="", clickhouse_url=clickhouse.url))
    texts = [re.sub(r"\{\w+:String\}", "'x'", text) for text in said("c").said]
    chosen = [text for text in texts if not text.startswith("INSERT INTO") or "SELECT" in text]
    found = client.query(
        "SELECT arrayMap(text -> formatQueryOrNull(text), {texts:Array(String)})",
        parameters={"texts": chosen},
        settings={"max_query_size": "10000000"},
    ).result_rows
    client.close()
    assert [text for text, parsed in zip(chosen, found[0][0], strict=True) if not parsed] == []
