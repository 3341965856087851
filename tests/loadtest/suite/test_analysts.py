"""Analysts ask what the scenario says, about the load at work and the moment."""

import threading
from datetime import UTC, datetime
from typing import Any, cast

import numpy as np
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from loadtest.suite.analysts import FAILED, AnalystLoad, filled_in, moments, name_of, words_of
from loadtest.suite.scenario_files import load
from loadtest.suite.spec import Analysts
from schemas.columns import Columns
from tests.databases import Databases
from tests.loadtest.scenarios import rough_workload

_EVENING = datetime(2021, 8, 1, 17, 30, tzinfo=UTC)


class _Client:
    """Answers everything but what is about `broken`, and tells when it has been asked so often."""

    def __init__(self, times: int) -> None:
        self.asked: list[str] = []
        self.is_enough = threading.Event()
        self._times = times

    def query(self, text: str) -> None:
        self.asked.append(text)
        if len(self.asked) >= self._times:
            self.is_enough.set()
        if "broken" in text:
            raise DatabaseError(text)


def test_words_become_values_and_other_braces_stay() -> None:
    words: dict[str, Any] = moments(_EVENING)
    assert filled_in("SELECT {day}, {now}, {hour_ago}, {x:UInt8}", words) == (
        "SELECT '2021-08-02', '2021-08-01 17:30:00', '2021-08-01 16:30:00', {x:UInt8}"
    )


def test_the_person_and_the_place_are_of_the_load() -> None:
    workload = rough_workload(events=200)
    words = words_of(workload)
    chunk = next(iter(workload.chunks(events=200)))
    columns: Columns = chunk.columns
    assert words["person"] == f"'{columns.words('subject')[0].tobytes().hex().upper()}'"
    assert int(words["place"]) in np.unique(columns.integer("place_id"))


def test_readers_ask_in_turn_and_what_failed_is_told_apart() -> None:
    client = _Client(times=4)
    queries = ["SELECT {place}", "SELECT 1 FROM broken", "SELECT 2 FROM  fine(x = 1)"]
    wanted = Analysts(readers=1, pause_seconds=0, queries=queries)
    readers = AnalystLoad(wanted, lambda: cast("Client", client), words={"place": "17"})
    readers.start()
    assert client.is_enough.wait(10)
    readers.stop()
    assert client.asked[:4] == ["SELECT 17", "SELECT 1 FROM broken", "SELECT 2 FROM  fine(x = 1)", "SELECT 17"]
    took = readers.milliseconds
    assert list(took) == ["1", "3 fine", FAILED]
    assert sum(map(len, took.values())) == len(client.asked)


def test_a_query_is_called_by_its_number_and_what_it_asks() -> None:
    assert name_of(3, "select a\nfrom daily_scans(day = {day})") == "3"
    assert name_of(3, "SELECT a\nFROM daily_scans(day = {day})") == "3 daily_scans"


@pytest.mark.integration
def test_every_query_of_the_evening_is_one_the_database_can_answer(databases: Databases) -> None:
    wanted = load("analysts_evening")[2].analysts
    assert wanted
    words = {**words_of(rough_workload(events=200)), **moments(_EVENING)}
    with databases.lend() as database:
        for query in wanted.queries:
            database.client.query(filled_in(query, words))
