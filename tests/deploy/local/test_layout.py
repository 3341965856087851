"""Local ports count from one base, or are free ones."""

from deploy.local.layout import choose_ports
from deploy.settings import Settings


def test_ports_count_from_the_base() -> None:
    ports = choose_ports(Settings(port_base=30_000, gateway_port=8080))
    assert (ports.kafka, ports.clickhouse, ports.prometheus, ports.gateway) == (30_092, 30_123, 30_090, 8080)
    assert (ports.workers[:2], ports.sinks[:2]) == ((30_200, 30_201), (30_210, 30_211))
    assert (ports.watch, ports.door) == (30_220, 30_124)


def test_base_zero_means_free_ports_all_different() -> None:
    ports = choose_ports(Settings(port_base=0, gateway_port=0))
    chosen = [ports.kafka, ports.kafka_controller, ports.clickhouse, ports.prometheus, ports.gateway]
    chosen += [*ports.workers, *ports.sinks, ports.watch, ports.door]
    assert len(set(chosen)) == len(chosen)
