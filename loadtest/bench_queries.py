"""How fast analysts' questions are answered from three weeks of scans while more land, and whether rightly."""

import random
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

from clickhouse_connect.driver.client import Client

from loadtest import report
from loadtest.queries.asked import ASKED, Asked, Drawn
from loadtest.queries.figures import timings_ms
from loadtest.queries.generate import STREAMED, fill
from loadtest.queries.stream import Stream
from loadtest.queries.world import World

Say = Callable[[str], None]
_DIGITS = 6


def bench_queries(
    client: Client,
    inserter: Client,
    world: World,
    *,
    night: Callable[[], object],
    repeats: int,
    rate: float,
    seed: int,
    say: Say,
    only: Collection[str] = (),
) -> dict[str, Any]:
    """Fill the migrated database with the world's scans, ask each question `repeats` times; return the report.

    `night` does, once the scans are there, what is done with them in the night before such questions. `only` names the
    questions; empty: all. Meanwhile `rate` rows a second are inserted as the sink does. Each question is about another
    person, place or day each time, drawn by `seed`. Afterwards each is asked once in another way: `balanced` says that
    all scans are there and that the answers are the same; `empty` names questions whose answers were all empty. Raises
    NotThisWorld, and the clients' exceptions.
    """
    world = fill(client, world, say=say)
    night()
    stream = Stream(inserter, world, rate=rate)
    questions_asked = [asked for asked in ASKED if not only or asked.name in only]
    timed: dict[str, dict[str, Any]] = {}
    with stream:
        for asked in questions_asked:
            questions = [asked.texts(drawn) for drawn in _drawn(client, world, asked, repeats=repeats, seed=seed)]
            timed[asked.name] = _time(client, questions) | {"goal_ms": asked.goal_ms}
            say(f"{asked.name}: {timed[asked.name]['p50']} ms (p50), {timed[asked.name]['max']} ms at most")
    found = _rows(client)
    wrong = [
        asked.name
        for asked in questions_asked
        if not _agrees(client, asked, _drawn(client, world, asked, repeats=1, seed=seed))
    ]
    empty = [name for name, figures in timed.items() if figures["answer_rows"] == 0]
    return {
        "rows": found,
        "persons": world.persons,
        "places": world.places,
        "regions": world.regions,
        "queries": timed,
        "inserts": stream.figures() | {"failure": stream.failure},
        "storage": _storage(client),
        "wrong": wrong,
        "empty": empty,
        "balanced": found == world.rows and not wrong and not stream.failure,
        "repeats": repeats,
        "seed": seed,
        "machine": report.machine(),
        "versions": report.versions(),
    }


def _time(client: Client, questions: Sequence[Sequence[str]]) -> dict[str, Any]:
    took_ms, read, answered = [], [], 0
    for texts in questions:
        began = time.monotonic()
        answers = [client.query(text) for text in texts]
        took_ms.append(1_000 * (time.monotonic() - began))
        read.append(sum(int(answer.summary["read_rows"]) for answer in answers))
        answered += sum(len(answer.result_rows) for answer in answers)
    return {
        **timings_ms(took_ms),
        "rows_read": sorted(read)[len(read) // 2],
        "rows_read_max": max(read),
        "answer_rows": answered,
    }


def _drawn(client: Client, world: World, asked: Asked, *, repeats: int, seed: int) -> list[Drawn]:
    chance = random.Random(seed)  # noqa: S311 -- which person is asked about is no secret

    def ask(query: str) -> Any:
        return client.query(query).result_rows[0][0]

    return [asked.draw(world, chance, ask) for _ in range(repeats)]


def _agrees(client: Client, asked: Asked, drawn: Sequence[Drawn]) -> bool:
    """Tell whether the last one's answer is the same both ways; sums of fractions may differ in their last digits."""
    one, other = (
        [[_rounded(row) for row in client.query(text).result_rows] for text in texts]
        for texts in (asked.texts(drawn[-1]), asked.other_texts(drawn[-1]))
    )
    return one == other


def _rounded(row: Sequence[Any]) -> list[Any]:
    return [round(value, _DIGITS) if isinstance(value, float) else value for value in row]


def _rows(client: Client) -> int:
    counted = f"SELECT countIf(_partition < {STREAMED}) FROM scans"  # noqa: S608 -- a number of ours
    return int(client.query(counted).result_rows[0][0])


def _storage(client: Client) -> dict[str, Any]:
    parts = client.query(
        "SELECT table, count(), sum(rows), sum(bytes_on_disk) FROM system.parts "
        "WHERE active AND database = currentDatabase() AND table NOT LIKE 'bench%' GROUP BY table "
        "ORDER BY sum(bytes_on_disk) DESC LIMIT 5"
    ).result_rows
    return {table: {"parts": parts_of, "rows": rows, "bytes": size} for table, parts_of, rows, size in parts}
