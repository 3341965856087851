"""What was sent of each report feed, and what must therefore be in ClickHouse."""

from collections import Counter
from dataclasses import dataclass, field

from loadtest.expected import Tally
from loadtest.ledger import Asks
from loadtest.verify import Comparison
from schemas.kinds import Feed
from schemas.plan import plan_of

_MOST_EXAMPLES = 5


@dataclass(slots=True)
class Sent:
    """Reports of one feed that the gateway confirmed: identities of sound ones, and how many were no more than that."""

    feed: Feed
    sound: set[str] = field(default_factory=set)
    repeated: int = 0
    broken: int = 0

    @property
    def tally(self) -> Tally:
        """What must become of them: each sound one lands once."""
        landed = len(self.sound)
        return Tally(
            published=landed + self.repeated + self.broken,
            landed=landed,
            accepted=landed,
            retry=self.repeated,
            rejected=self.broken,
        )


def compare(client: Asks, sent: Sent, *, since_ms: int) -> Comparison:
    """Compare the feed's table, as far as it was logged since, with what was sent."""
    identity, table = plan_of(sent.feed).identity, sent.feed.table
    answer = client.query(
        f"SELECT hex({identity}), count() FROM {table} "  # noqa: S608 -- our own names
        "WHERE logged_at >= fromUnixTimestamp64Milli({since:Int64}) GROUP BY 1",
        parameters={"since": since_ms},
    )
    found = Counter({str(name).lower(): int(count) for name, count in answer.result_rows})
    lost, unexpected = sent.sound - set(found), set(found) - sent.sound
    return Comparison(
        lost=len(lost),
        doubled=found.total() - len(found),
        unexpected=len(unexpected),
        found=Tally(landed=found.total(), accepted=found.total(), rejected=sent.broken),
        examples=[f"{sent.feed.name}: lost {name}" for name in sorted(lost)[:_MOST_EXAMPLES]],
    )


def count_rows(client: Asks, feed: Feed, *, since_ms: int) -> tuple[int, int]:
    """Return how many rows the feed's table has that were logged since, and how many different events they are."""
    answer = client.query(
        f"SELECT count(), uniqExact({plan_of(feed).identity}) FROM {feed.table} "  # noqa: S608 -- our own names
        "WHERE logged_at >= fromUnixTimestamp64Milli({since:Int64})",
        parameters={"since": since_ms},
    )
    rows, ids = answer.result_rows[0]
    return int(rows), int(ids)
