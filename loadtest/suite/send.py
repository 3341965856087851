"""Send prepared record batches when they are due, whatever the pipeline does (open loop): the timed part, and no more.

A process of its own (`python -m loadtest.suite.send`), so that its CPU time is told apart and nothing stalls its
interpreter. It says `ready`, is given the moment to start on standard input, and then tells how far it is, a line at a
time. SIGTERM ends it early, after a whole tick. What the broker acknowledged is left in a file.
"""

import argparse
import mmap
import select
import signal
import sys
import time
from pathlib import Path

import numpy as np
from confluent_kafka import KafkaException

from loadtest.offsets import CouldNotCheck
from loadtest.suite.acknowledged import Acknowledged
from loadtest.suite.kafka_wire import Address, Answer, leaders_of
from loadtest.suite.lane import Lane, LaneBroken
from loadtest.suite.prepared import Index, batches_file

#: Kafka's error codes that pass: no leader (3, 5, 6), time-outs (7, 13), replicas (19, 20), storage (56).
_PASSING = {3, 5, 6, 7, 13, 19, 20, 56}
_TELL_SECONDS, _PAUSE_SECONDS, _PATIENCE_SECONDS = 0.2, 0.05, 900.0
_LONGEST_WAIT_SECONDS = 0.1


class Sender:
    """Sends the batches of one topic, each partition's in order, and records the answers."""

    def __init__(self, bootstrap: str, topic: str, directory: Path) -> None:
        self._bootstrap, self._topic, self._directory = bootstrap, topic, directory
        self._index = Index.load(directory)
        with batches_file(directory).open("rb") as file:
            self._bytes = memoryview(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ))
        count = len(self._index)
        self._ticks = self._index.ticks()
        self._due_us = self._index.due_us[self._ticks[:-1]]
        self._batches = {
            number: np.flatnonzero(self._index.partitions == number).tolist()
            for number in np.unique(self._index.partitions).tolist()
        }
        self._sent, self._acked = dict.fromkeys(self._batches, 0), dict.fromkeys(self._batches, 0)
        self._answers = Acknowledged.empty(count)
        self._lanes: dict[Address, Lane] = {}
        self._leaders: dict[int, Address] = {}
        self._connected_us = 0
        self._events_acked = 0
        self._furthest = 0
        self._last_answer = time.monotonic()
        self.stopping = False

    def run(self, start_s: float) -> None:
        """Send everything from `start_s` (UTC) on; raise CouldNotCheck if the broker refuses for good."""
        end, told = len(self._index), 0.0
        while True:
            now_us = (time.time() - start_s) * 1e6
            due = int(self._ticks[np.searchsorted(self._due_us, now_us, side="right")])
            if self.stopping:
                due = end = min(end, self._whole_ticks(self._furthest))
            self._exchange(due, start_s)
            if self._done(end):
                break
            if time.monotonic() > told + _TELL_SECONDS:
                self._tell()
                told = time.monotonic()
        self._tell()
        self._answers.first(end).save(self._directory)

    def _whole_ticks(self, batches: int) -> int:
        return int(self._ticks[np.searchsorted(self._ticks, batches)])

    def _done(self, end: int) -> bool:
        return all(
            acked == len(self._batches[number]) or self._batches[number][acked] >= end
            for number, acked in self._acked.items()
        )

    def _exchange(self, due: int, start_s: float) -> None:
        try:
            self._connect(start_s)
            self._send(due, start_s)
            self._wait(due, start_s)
        except LaneBroken:
            self._start_over()

    def _connect(self, start_s: float) -> None:
        if self._leaders:
            return
        if time.monotonic() > self._last_answer + _PATIENCE_SECONDS:
            raise CouldNotCheck(f"the broker took nothing for {_PATIENCE_SECONDS:.0f} s")
        try:
            self._leaders = leaders_of(self._bootstrap, self._topic)
        except KafkaException as problem:
            raise LaneBroken(str(problem)) from problem
        if self._leaders.keys() < self._batches.keys():
            raise LaneBroken("a partition has no leader")
        self._lanes = {address: Lane(address, self._topic) for address in set(self._leaders.values())}
        if self._furthest:
            self._connected_us = int((time.time() - start_s) * 1e6)

    def _send(self, due: int, start_s: float) -> None:
        for address, lane in self._lanes.items():
            while lane.has_room and (batches := self._next_batches(address, due)):
                sent_us = int((time.time() - start_s) * 1e6)
                views = {}
                for number, batch in batches.items():
                    if not self._answers.sent_us[batch]:
                        self._answers.sent_us[batch], self._answers.connected_us[batch] = sent_us, self._connected_us
                    start = int(self._index.starts[batch])
                    views[number] = self._bytes[start : start + int(self._index.lengths[batch])]
                    self._sent[number] += 1
                    self._furthest = max(self._furthest, batch + 1)
                lane.send(views)

    def _next_batches(self, address: Address, due: int) -> dict[int, int]:
        found = {}
        for number, batches in self._batches.items():
            at = self._sent[number]
            if self._leaders[number] == address and at < len(batches) and batches[at] < due:
                found[number] = batches[at]
        return found

    def _wait(self, due: int, start_s: float) -> None:
        """Wait for answers, for room to write, or until something is due."""
        tick = int(np.searchsorted(self._ticks[:-1], due))
        seconds = _LONGEST_WAIT_SECONDS
        if tick < len(self._due_us):
            seconds = min(seconds, max(0.0, start_s + self._due_us[tick] / 1e6 - time.time()))
        lanes = list(self._lanes.values())
        readable, writable, _ = select.select(lanes, [lane for lane in lanes if lane.wants_to_write], [], seconds)
        for lane in writable:
            lane.write()
        for lane in readable:
            for answer in lane.read():
                self._take(answer, start_s)
        for lane in lanes:
            lane.require_answers()

    def _take(self, answer: Answer, start_s: float) -> None:
        if answer.error in _PASSING:
            raise LaneBroken(f"error {answer.error}")
        if answer.error:
            raise CouldNotCheck(f"the broker refused a batch of partition {answer.partition}: error {answer.error}")
        batch = self._batches[answer.partition][self._acked[answer.partition]]
        self._answers.acked_us[batch] = int((time.time() - start_s) * 1e6)
        self._answers.base_offset[batch] = answer.base_offset
        self._answers.logged_ms[batch] = answer.logged_ms
        self._acked[answer.partition] += 1
        self._events_acked += int(self._index.events[batch])
        self._last_answer = time.monotonic()

    def _start_over(self) -> None:
        for lane in self._lanes.values():
            lane.close()
        self._lanes, self._leaders = {}, {}
        self._sent = dict(self._acked)
        time.sleep(_PAUSE_SECONDS)

    def _tell(self) -> None:
        sys.stdout.write(f"{self._events_acked}\n")
        sys.stdout.flush()


def main() -> None:
    """Do what the module says; exit 1 with the reason on standard error if the broker refuses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bootstrap")
    parser.add_argument("topic")
    parser.add_argument("directory", type=Path)
    given = parser.parse_args()
    sender = Sender(given.bootstrap, given.topic, given.directory)

    def stop(_signal: int, _frame: object) -> None:
        sender.stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        return
    try:
        sender.run(float(line))
    except CouldNotCheck as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
