"""The generator as a process: prepared, started at a moment, watched, ended."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from loadtest.draw import Floats
from loadtest.fleet import Fleet
from loadtest.generate import Workload
from loadtest.offsets import CouldNotCheck, Offsets, end_offsets
from loadtest.run import Run
from loadtest.scenario import Scenario
from loadtest.suite.acknowledged import Acknowledged, logged_ms_of_events, require_contiguous
from loadtest.suite.kafka_wire import leaders_of, new_producer_id
from loadtest.suite.prepare import OnProgress, prepare
from loadtest.system import System
from loadtest.timeline import Timeline

_END_SECONDS = 1_200.0


class Generator:
    """Publishes one scenario through a process of its own. Call `prepare`, `start`, then `stop` or `join`."""

    def __init__(self, system: System, fleet: Fleet, scenario: Scenario, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.run = Run(Workload(scenario, fleet), end_offsets(system.kafka, scenario.feed.topic))
        self.start_ms = float(scenario.start_ms)
        self.acked = 0
        #: When (UTC ms) each event is to be published, by partition, in order of offset; from `prepare` on.
        self.intended_ms: dict[int, Floats] = {}
        self._system, self._directory = system, directory
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    def shape(self, change: Callable[[Timeline], Timeline]) -> None:
        """Change what is published, before it is prepared."""
        self.run.workload.timeline = change(self.run.workload.timeline)

    def prepare(self, *, on_progress: OnProgress | None = None) -> None:
        """Make all bytes, and start the process that will send them."""
        topic = self.run.feed.topic
        publish_to = self._system.publishers_kafka
        leaders = leaders_of(publish_to, topic)
        producer = new_producer_id(leaders[min(leaders)])
        self.index = prepare(self.run, self._directory, producer, on_progress=on_progress)
        command = [sys.executable, "-m", "loadtest.suite.send", publish_to, topic, str(self._directory)]
        self._process = subprocess.Popen(  # noqa: S603 -- the arguments are ours, no shell
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._line()
        self.intended_ms = self.run.intended_ms()

    @property
    def first_offsets(self) -> Offsets:
        """Where each partition ended before."""
        return self.run.first_offsets

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._running.pid

    @property
    def finished(self) -> bool:
        """Tell whether everything was sent and acknowledged, or the process has failed."""
        return self._running.poll() is not None

    def start(self, *, start_ms: float) -> None:
        """Let it send from this moment (UTC) on."""
        moved_ms = start_ms - self.start_ms
        self.intended_ms = {number: times + moved_ms for number, times in self.intended_ms.items()}
        self.start_ms = start_ms
        process = self._running
        if process.stdin is None:
            raise RuntimeError("the generator has no standard input")
        process.stdin.write(f"{start_ms / 1_000!r}\n")
        process.stdin.close()
        self._reader = threading.Thread(target=self._follow, name="generator", daemon=True)
        self._reader.start()

    def stop(self) -> None:
        """End early: send no further ticks."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def kill(self) -> None:
        """End the process at once, if it runs; what it did is not known then. Safe to repeat."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        if self._reader:
            self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe:
                pipe.close()

    def join(self) -> Acknowledged:
        """Wait until all is acknowledged, settle the run with it and return it.

        Raises CouldNotCheck where the broker's offsets are not what was sent.
        """
        if self._running.wait(_END_SECONDS):
            raise CouldNotCheck(f"the generator failed: {self._last_words()}")
        self.kill()
        told = Acknowledged.load(self._directory)
        require_contiguous(told, self.index, self.run.first_offsets)
        self.run.settle(logged_ms_of_events(told, self.index, self.run.published.partition))
        self.run.require_published(self._system.kafka)
        return told

    @property
    def _running(self) -> "subprocess.Popen[str]":
        if self._process is None:
            raise RuntimeError("prepare the generator before it is used")
        return self._process

    def _line(self) -> str:
        process = self._running
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise CouldNotCheck(f"the generator did not start: {self._last_words()}")
        return line

    def _follow(self) -> None:
        for line in self._running.stdout or ():
            self.acked = int(line)

    def _last_words(self) -> str:
        words = (self._running.stderr.read() if self._running.stderr else "").strip().splitlines()
        return words[-1] if words else f"exit code {self._running.wait()}"
