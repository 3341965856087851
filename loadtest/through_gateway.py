"""A chaos load of which a part goes through the gateway; what became of that part is known from its topic alone."""

from collections.abc import Sequence

from loadtest.fleet import Fleet
from loadtest.gateway_load import GatewayLoad
from loadtest.live import LiveLoad
from loadtest.offsets import CouldNotCheck, end_offsets
from loadtest.run import Run
from loadtest.scenario import Scenario
from loadtest.system import System
from loadtest.topic_log import TopicLog, read_topic
from schemas.kinds import Feed


class ThroughGateway:
    """What one scenario's devices send to the gateway. `first_offsets` are the topic's ends before."""

    def __init__(self, system: System, fleet: Fleet, scenario: Scenario) -> None:
        self.feed: Feed = scenario.feed
        self.first_offsets = end_offsets(system.kafka, self.feed.topic)
        self.load = GatewayLoad(system.gateway_url, fleet, scenario)
        self._kafka = system.kafka

    def log(self) -> TopicLog:
        """Read back what reached Kafka; raise CouldNotCheck if it is less than the gateway confirmed."""
        ends = end_offsets(self._kafka, self.feed.topic)
        log = read_topic(self._kafka, self.feed, first_offsets=self.first_offsets, ends=ends)
        if len(log) < self.load.accepted:
            raise CouldNotCheck(f"the gateway confirmed {self.load.accepted} events, Kafka has {len(log)}")
        return log


class MixedLoad:
    """Publishes some scenarios directly, as `LiveLoad` does, and one through the gateway, which runs from then on."""

    def __init__(self, system: System, fleet: Fleet, *, direct: Sequence[Scenario], by_gateway: Scenario) -> None:
        if not system.pids("gateway"):
            system.start("gateway")
        self._live = LiveLoad(system.publishers_kafka, fleet, direct)
        self._devices = ThroughGateway(system, fleet, by_gateway)
        self.runs: list[Run | ThroughGateway] = [*self._live.runs, self._devices]

    def start(self) -> None:
        """Start publishing and sending."""
        self._live.start()
        self._devices.load.start()

    def stop(self) -> None:
        """End early."""
        self._live.stop()
        self._devices.load.stop()

    def join(self) -> None:
        """Wait until everything is acknowledged; raise CouldNotCheck if it can't be."""
        self._live.join()
        self._devices.load.join()
