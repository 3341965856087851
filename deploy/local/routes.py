"""Ways around: who reaches the stores through a proxy of a load test instead of directly."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Self

from deploy.kafka.properties import Listener
from deploy.local.layout import Ports
from deploy.local.ports import LOOPBACK, free_ports
from deploy.settings import Settings
from loadtest.proxy import Proxy
from loadtest.surroundings import Link
from loadtest.system import Role

_BROKER = "-broker"
_CLICKHOUSE = "-clickhouse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The broker's further listeners, and for each link with a proxy the port to connect to."""

    listeners: tuple[Listener, ...] = ()
    ports: Mapping[Link, int] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def through(cls, proxies: Mapping[Link, Proxy], ports: Ports) -> Self:
        """Let each proxy lead to its store; the broker gets a listener for each, which names the proxy to clients."""
        to_broker = [link for link in proxies if link.endswith(_BROKER)]
        listeners = tuple(
            Listener(name=link.removesuffix(_BROKER).upper(), port=port, advertised_port=proxies[link].lead_to(port))
            for link, port in zip(to_broker, free_ports(len(to_broker)), strict=True)
        )
        for link in proxies:
            if link.endswith(_CLICKHOUSE):
                proxies[link].lead_to(ports.clickhouse)
        return cls(listeners=listeners, ports={link: proxy.port for link, proxy in proxies.items()})

    def settings_of(self, role: Role, settings: Settings) -> Settings:
        """Return `settings` with the addresses that `role` is to use."""
        for link, port in self.ports.items():
            if link == f"{role}{_BROKER}":
                settings = replace(settings, kafka=f"{LOOPBACK}:{port}")
            elif link == f"{role}{_CLICKHOUSE}":
                settings = replace(settings, clickhouse_url=f"http://{LOOPBACK}:{port}")
        return settings

    def publishers_kafka(self, otherwise: str) -> str:
        """Return the bootstrap address for whoever publishes load."""
        port = self.ports.get("producer-broker")
        return f"{LOOPBACK}:{port}" if port else otherwise
