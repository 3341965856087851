"""A world of scans: which days, how many people, and blocks that leave nothing out."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtest.queries.world import NotThisWorld, World

_NOW = datetime(2021, 8, 22, 3, tzinfo=UTC)


@given(st.integers(1_000, 30_000_000))
def test_blocks_have_every_unit_once_in_order(rows: int) -> None:
    world = World.of(rows=rows, seed=1, now=_NOW)
    blocks = list(world.blocks())
    assert blocks[0].start == 0
    assert [block.stop for block in blocks[:-1]] == [block.start for block in blocks[1:]]
    assert blocks[-1].stop * 2 == world.rows
    assert rows - world.rows in (0, 1)


@pytest.mark.parametrize(
    ("now", "last"), [(_NOW, 21), (_NOW.replace(hour=16, minute=59), 21), (_NOW.replace(hour=17), 22)]
)
def test_the_last_day_is_the_one_before_now_in_vietnam(now: datetime, last: int) -> None:
    world = World.of(rows=1_000, seed=1, now=now)
    assert world.last_day == date(2021, 8, last)
    assert world.end - world.start == timedelta(days=21)
    assert world.end == datetime(2021, 8, last, 17, tzinfo=UTC)


def test_five_scans_a_person_and_day() -> None:
    assert World.of(rows=100_000_000, seed=1, now=_NOW).persons == 952_380


def test_too_few_scans_are_refused() -> None:
    with pytest.raises(NotThisWorld, match="999 scans are too few for 21 days"):
        World.of(rows=999, seed=1, now=_NOW)


def test_places_are_as_many_as_the_scans_need_but_in_a_dense_world() -> None:
    worlds = [World.of(rows=100_000_000, seed=1, now=_NOW, is_dense=is_dense) for is_dense in (False, True)]
    assert [(world.places, world.regions) for world in worlds] == [(200_000, 79), (20_000, 1)]
    assert (World.of(rows=1_000, seed=1, now=_NOW).places, World.of(rows=1_000, seed=1, now=_NOW).regions) == (500, 2)
