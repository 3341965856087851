"""The registry of places as peers read it: one line a place, numbers separated by tabs."""

from collections.abc import Iterable
from pathlib import Path

#: What a scan is enriched with, in the file's order after `place_id`; named as the table's columns.
ENRICHED = ("category", "department", "commune", "district", "province")

Place = dict[str, int]


def write_places(path: Path, places: Iterable[tuple[int, Place]]) -> None:
    """Write places as pairs of `place_id` and the values named in `ENRICHED`."""
    lines = ["\t".join(map(str, (place_id, *(place[name] for name in ENRICHED)))) for place_id, place in places]
    path.write_text("\n".join(lines) + "\n", "ascii")


def read_places(path: Path) -> dict[int, Place]:
    """Return the values named in `ENRICHED` by `place_id`."""
    rows = (list(map(int, line.split("\t"))) for line in path.read_text("ascii").splitlines())
    return {row[0]: dict(zip(ENRICHED, row[1:], strict=True)) for row in rows}


#: What a scan at an unregistered place gets.
UNKNOWN: Place = dict.fromkeys(ENRICHED, 0)
