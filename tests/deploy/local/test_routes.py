"""A proxy is put in one role's way, and the broker tells that role's clients, and only them, to come through it."""

from pathlib import Path
from typing import cast

import pytest

from deploy.kafka.properties import Listener, server_properties
from deploy.local.layout import choose_ports
from deploy.local.rig import Rig
from deploy.local.routes import Routes
from deploy.settings import Settings
from deploy.user_error import UserError
from loadtest.proxy import Proxy
from loadtest.surroundings import LINKS, Link, Surroundings

_SETTINGS = Settings(kafka="127.0.0.1:1", clickhouse_url="http://127.0.0.1:2", port_base=0, gateway_port=0)


class _Proxy:
    """Notes where it leads to."""

    def __init__(self, port: int) -> None:
        self.port, self.leads_to = port, 0

    def lead_to(self, port: int) -> int:
        self.leads_to = port
        return self.port


def _proxies() -> dict[Link, _Proxy]:
    return {link: _Proxy(100 + number) for number, link in enumerate(LINKS)}


def test_every_role_is_led_through_its_own_proxy() -> None:
    proxies, ports = _proxies(), choose_ports(_SETTINGS)
    routes = Routes.through(cast("dict[Link, Proxy]", proxies), ports)
    worker, sink = routes.settings_of("worker", _SETTINGS), routes.settings_of("sink", _SETTINGS)
    assert worker.kafka == f"127.0.0.1:{proxies['worker-broker'].port}"
    assert worker.clickhouse_url == _SETTINGS.clickhouse_url
    assert sink.kafka == f"127.0.0.1:{proxies['sink-broker'].port}"
    assert sink.clickhouse_url == f"http://127.0.0.1:{proxies['sink-clickhouse'].port}"
    assert proxies["sink-clickhouse"].leads_to == ports.clickhouse
    assert routes.publishers_kafka("127.0.0.1:1") == f"127.0.0.1:{proxies['producer-broker'].port}"
    listeners = {listener.name: listener for listener in routes.listeners}
    assert set(listeners) == {"WORKER", "SINK", "GATEWAY", "PRODUCER"}
    for name, listener in listeners.items():
        proxy = proxies[cast("Link", f"{name.lower()}-broker")]
        assert (listener.advertised_port, listener.port) == (proxy.port, proxy.leads_to)


def test_without_proxies_nothing_changes() -> None:
    routes = Routes.through({}, choose_ports(_SETTINGS))
    assert routes.settings_of("worker", _SETTINGS) == _SETTINGS
    assert routes.publishers_kafka("127.0.0.1:1") == "127.0.0.1:1"
    assert routes.listeners == ()


def test_a_listener_of_its_own_is_advertised_as_the_port_in_front_of_it(tmp_path: Path) -> None:
    worker = Listener(name="WORKER", port=9_300, advertised_port=9_400)
    text = server_properties(port=9_092, controller_port=9_093, data_directory=tmp_path, listeners=[worker])
    properties = dict(line.split("=", 1) for line in text.splitlines())
    assert properties["listeners"] == ("CONTROLLER://127.0.0.1:9093,PLAINTEXT://127.0.0.1:9092,WORKER://127.0.0.1:9300")
    assert properties["advertised.listeners"] == "PLAINTEXT://127.0.0.1:9092,WORKER://127.0.0.1:9400"
    assert properties["listener.security.protocol.map"] == ("CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,WORKER:PLAINTEXT")


def test_proxies_do_not_stand_before_somebody_elses_stores() -> None:
    surroundings = Surroundings(proxies=cast("dict[Link, Proxy]", _proxies()))
    with pytest.raises(UserError, match="of their own"):
        Rig(_SETTINGS, say=lambda _line: None, surroundings=surroundings)
