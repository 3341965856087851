"""Which of a feed's fields the window rules look at: every feed has them under one set of names."""

from collections.abc import Mapping
from functools import cache

from schemas.kinds import Feed
from schemas.plan import plan_of

#: Name in the rules -> name in the feeds. What a feed does not have is zero.
_INTEGERS = ("place_id", "device_id", "direction")


@cache
def window_fields(feed: Feed) -> Mapping[str, str | None]:
    """Return the feed's field for each name of the rules; None where it has none, which counts as zero.

    The names are `scan_id` (what a retry repeats; each feed's first field), `subject`, `place_id`, `device_id` and
    `direction`.
    """
    plan = plan_of(feed)
    fields: dict[str, str | None] = {"scan_id": plan.identity, "subject": "subject"}
    return fields | {name: name if name in plan.integers else None for name in _INTEGERS}
