"""A sink process on a real broker and the real engine, fed with landing messages whose truth is known."""

import json
import os
import random
import signal
import subprocess
import sys
import urllib.request
from dataclasses import asdict, dataclass, field
from pathlib import Path

from confluent_kafka import Producer

from deploy.kafka.topics import TopicSpec, create_topics
from schemas.enums import Verdict
from schemas.kinds import REFERENCES, SCANS, Feed
from schemas.landing import LandingMessage
from sinks.config import SinkConfig
from tests.sinks.conftest import Database
from tests.sinks.landing_log import NOON_MS, Event, message_of, truth

PARTITIONS = 2
_WEEK_MS = 7 * 24 * 3600 * 1000
_RUN = """
import json, sys
from sinks.config import SinkConfig
from sinks.main import run
run(SinkConfig(**json.loads(sys.argv[1])))
"""


def make_topics(bootstrap: str) -> None:
    """Make the topics a sink reads."""
    specs = [TopicSpec(name=feed.landing_topic, partitions=PARTITIONS) for feed in SCANS]
    specs += [TopicSpec(name=reference.topic, partitions=1) for reference in REFERENCES]
    create_topics(bootstrap, specs)


@dataclass
class Partition:
    """What was published to one landing partition."""

    feed: Feed
    number: int
    events: list[Event] = field(default_factory=list)

    def grow(self, count: int, chance: random.Random) -> list[LandingMessage]:
        """Make `count` more events and return the landing messages that cover them, some ranges twice."""
        start = len(self.events)
        for offset in range(start, start + count):
            self.events.append(self._event(offset, chance))
        messages, covered = [], start
        while covered < len(self.events):
            first = max(0, covered - chance.choice([0, 0, 0, 3, 40]))
            last = min(len(self.events), covered + chance.randrange(1, 40))
            messages.append(message_of(self.events[first:last], feed=self.feed, partition=self.number))
            covered = last
        return messages

    def _event(self, offset: int, chance: random.Random) -> Event:
        checked = chance.random() < 0.1
        drawn = chance.choices([Verdict.ACCEPTED, Verdict.RETRY, Verdict.REJECTED], [20, 1, 1])[0]
        again = checked and offset > 10 and chance.random() < 0.3
        earlier = self.events[chance.randrange(offset)] if again else None
        return Event(
            offset=offset,
            verdict=Verdict.ACCEPTED if checked else drawn,
            checked=checked,
            scan=earlier.scan if earlier and earlier.scan >= 0 else offset,
            person=earlier.person if earlier else chance.randrange(1, 500),
            place=earlier.place if earlier else chance.randrange(1, 5),
            time_ms=earlier.time_ms + chance.choice([0, 50_000]) if earlier else _time(chance),
            late=chance.random() < 0.1,
        )


def _time(chance: random.Random) -> int:
    return NOON_MS + chance.randrange(3_600_000) - chance.choice([0, 0, 0, _WEEK_MS, 2 * _WEEK_MS])


@dataclass
class Landing:
    """All landing partitions, and a producer into them."""

    bootstrap: str
    seed: int = 1
    partitions: list[Partition] = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.partitions = [Partition(feed, number) for feed in SCANS for number in range(PARTITIONS)]
        self._producer = Producer({"bootstrap.servers": self.bootstrap, "enable.idempotence": True, "log_level": 0})

    def publish(self, events_each: int) -> None:
        """Append events to every partition and wait for Kafka."""
        for partition in self.partitions:
            for message in partition.grow(events_each, self.chance):
                self._producer.produce(
                    message.feed.landing_topic,
                    value=message.value,
                    key=message.key,
                    headers=message.headers(),
                    partition=message.partition,
                )
        assert self._producer.flush(30) == 0

    def recorded(self, database: Database) -> bool:
        """Tell whether the ledger covers everything published."""
        found = database.rows("SELECT toInt32(feed), partition, max(last) FROM {}.ledger GROUP BY feed, partition")
        ends = {tuple(row[:2]): row[2] for row in found}
        return all(ends.get((part.feed.code, part.number), -1) == len(part.events) - 1 for part in self.partitions)

    def assert_landed(self, database: Database) -> None:
        """Compare the tables with the truth, row by row."""
        for part in self.partitions:
            expected = truth(part.events, feed=part.feed)
            mine = f"WHERE feed = {part.feed.code} AND _partition = {part.number} ORDER BY _offset"
            landed = database.rows("SELECT _offset, toInt32(verdict), rescan_of FROM {}.scans " + mine)  # noqa: S608 -- numbers
            assert landed == [
                (offset, int(verdict), repeats)
                for offset, (verdict, repeats) in expected.items()
                if verdict in (Verdict.ACCEPTED, Verdict.RESCAN)
            ]
            rejected = database.rows("SELECT _offset FROM {}.dead_letters " + mine)  # noqa: S608 -- numbers
            assert rejected == [(at,) for at, (verdict, _) in expected.items() if verdict is Verdict.REJECTED]


class SinkProcess:
    """One sink; start it as often as wanted."""

    def __init__(self, config: SinkConfig, log: Path) -> None:
        self._config, self._log = config, log
        self._process: subprocess.Popen[str] | None = None

    def start(self, *, wait_ready: bool = True) -> None:
        settings = {**asdict(self._config), "clickhouse_password": self._config.clickhouse_password}
        with self._log.open("a", encoding="utf-8") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _RUN, json.dumps(settings)], stdout=subprocess.PIPE, stderr=errors, text=True
            )
        if wait_ready:
            assert self._process.stdout
            assert json.loads(self._process.stdout.readline())["ready"]

    @property
    def process(self) -> "subprocess.Popen[str]":
        assert self._process
        return self._process

    def signal(self, number: signal.Signals) -> None:
        """Send a signal: SIGKILL, SIGSTOP, SIGCONT."""
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self._reap()

    def stop(self) -> int:
        """End it politely and return its exit code."""
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.process.terminate()
        return self._reap()

    def metric(self, name: str) -> float:
        """Return a metric's value; `name` is as on the page, with its labels."""
        url = f"http://127.0.0.1:{self._config.metrics_port}/metrics"
        with urllib.request.urlopen(url, timeout=10) as page:
            lines = page.read().decode().splitlines()
        return float(next((line for line in lines if line.startswith(f"{name} ")), "x 0").split()[-1])

    def errors(self) -> str:
        """Return what it wrote to stderr so far."""
        return self._log.read_text("utf-8")

    def _reap(self) -> int:
        code = self.process.wait(30)
        assert self.process.stdout
        self.process.stdout.close()
        return code
