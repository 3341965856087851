"""Fill a migrated database with a world's scans, block by block; a run that was interrupted goes on where it was."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from clickhouse_connect.driver.client import Client

from loadtest.fleet import make_fleet
from loadtest.progress import Progress
from loadtest.queries.places import register_places
from loadtest.queries.scans import columns, corrections_sql, scans_sql
from loadtest.queries.world import NotThisWorld, World

#: A scan of some twenty thousand is withdrawn.
_UNITS_A_CORRECTION = 10_007
#: A block is one part, as if the sink's inserts had been merged; two threads, as the machine has two cores.
_SETTINGS = {
    "max_insert_threads": 1,
    "max_threads": 2,
    "max_insert_block_size": 10_000_000,
    "min_insert_block_size_rows": 10_000_000,
    "min_insert_block_size_bytes": 0,
    "max_partitions_per_insert_block": 0,
}
_WORLD = (
    "CREATE TABLE IF NOT EXISTS bench_world (rows UInt64, seed UInt64, places UInt32, regions UInt16, last_day Date) "
    "ENGINE = MergeTree ORDER BY rows"
)
_BLOCKS = "CREATE TABLE IF NOT EXISTS bench_blocks (first UInt64, rows UInt64) ENGINE = MergeTree ORDER BY first"
#: `_partition`s from here on are those of scans that were streamed in while questions were asked.
STREAMED = 64


def fill(client: Client, world: World, *, say: Callable[[str], None]) -> World:
    """Make the world's scans, as far as they aren't there, and return the world that is there.

    It is the one asked for, with the last day it had when it was begun. Raises NotThisWorld where the database was
    filled with another number of scans, places or regions, or another seed.
    """
    client.command(_WORLD)
    client.command(_BLOCKS)
    found = list(client.query("SELECT * FROM bench_world").named_results())
    if found:
        world = _same_world(world, **found[0])
    else:
        say(f"registering {world.places:,} places")
        register_places(
            client,
            make_fleet(seed=world.seed, places=world.places),
            regions=world.regions,
            slots_each=world.slots,
            updated_ms=int(world.start.timestamp() * 1000),
        )
        client.insert(
            "bench_world",
            [[world.rows, world.seed, world.places, world.regions, world.last_day]],
            ["rows", "seed", "places", "regions", "last_day"],
        )
    _fill_blocks(client, world, say)
    return world


def _same_world(asked: World, **found: Any) -> World:
    there = replace(asked, **found)
    if replace(asked, last_day=there.last_day) != there:
        raise NotThisWorld(f"it holds {_told(there)}, not {_told(asked)}; ask for those, or choose another directory")
    return there


def _told(world: World) -> str:
    return f"{world.rows:,} scans of seed {world.seed} at {world.places:,} places in {world.regions} regions"


def _fill_blocks(client: Client, world: World, say: Callable[[str], None]) -> None:
    done = {int(first) for (first,) in client.query("SELECT first FROM bench_blocks").result_rows}
    missing = [block for block in world.blocks() if block.start not in done]
    if not missing:
        return
    _forget_from(client, missing[0].start)
    progress = Progress(say, "generating")
    for block in missing:
        client.command(f"INSERT INTO scans ({', '.join(columns())}) {scans_sql(world, block)}", settings=_SETTINGS)
        corrected = "event_id, subject, event_time, logged_at, corrects, feed, verdict, lateness, _offset"
        client.command(
            f"INSERT INTO corrections ({corrected}) {corrections_sql(world, block, every=_UNITS_A_CORRECTION)}"
        )
        client.insert("bench_blocks", [[block.start, 2 * len(block)]], ["first", "rows"])
        progress(2 * block.stop, world.rows)


def _forget_from(client: Client, unit: int) -> None:
    """Remove what an interrupted insert may have left."""
    for table, first in (("scans", 2 * unit), ("corrections", unit)):
        left = f"_partition < {STREAMED} AND _offset >= {first}"
        if client.command(f"SELECT count() FROM {table} WHERE {left}"):  # noqa: S608 -- numbers and names of ours
            client.command(f"ALTER TABLE {table} DELETE WHERE {left}", settings={"mutations_sync": 1})
