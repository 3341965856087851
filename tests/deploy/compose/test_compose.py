"""The compose file fits the rest: there is no Docker here, so every name it uses is looked up where it is defined."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.cli import COMMANDS
from deploy.local.layout import choose_ports
from deploy.settings import Settings, load, variable

_DEPLOY = Path(__file__).parents[3] / "deploy"
_COMPOSE = yaml.safe_load((_DEPLOY / "compose" / "compose.yaml").read_text())
_SERVICES: dict[str, dict[str, Any]] = _COMPOSE["services"]
_OURS = {name: service for name, service in _SERVICES.items() if service["image"] == "scanstream"}
_PORTS = choose_ports(Settings())


def test_every_service_of_ours_runs_a_command_that_exists() -> None:
    assert {service["command"][0] for service in _OURS.values()} <= set(COMMANDS)
    assert set(_OURS) == {"migrate", "gateway", "worker", "sink", "watch"}


def test_our_services_are_given_settings_that_load() -> None:
    for service in _OURS.values():
        environment = service["environment"]
        assert set(environment) <= {variable(name) for name in Settings.__dataclass_fields__}
        settings = load(environment, {})
        assert settings.kafka.split(":")[0] in _SERVICES
        assert settings.clickhouse_url.split("/")[2].split(":")[0] in _SERVICES


@pytest.mark.parametrize("name", _SERVICES)
def test_what_a_service_depends_on_or_mounts_exists(name: str) -> None:
    service = _SERVICES[name]
    assert set(service.get("depends_on", [])) <= set(_SERVICES)
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        assert source in _COMPOSE["volumes"] or (_DEPLOY / "compose" / source).exists()


def test_who_acts_writes_one_audit_log_that_outlives_its_container() -> None:
    for name in ("gateway", "watch"):
        settings = load(_OURS[name]["environment"], {})
        assert f"audit:{Path(settings.audit_file).parent}" in _OURS[name]["volumes"]


@pytest.mark.parametrize("name", _SERVICES)
def test_ports_are_published_on_loopback_only(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in _SERVICES[name].get("ports", []))


def test_published_ports_are_those_of_a_local_run() -> None:
    published = {
        name: int(service["ports"][0].split(":")[1]) for name, service in _SERVICES.items() if "ports" in service
    }
    assert published["kafka"] == _PORTS.kafka
    assert published["clickhouse"] == _PORTS.clickhouse
    assert published["gateway"] == _PORTS.gateway
    assert published["prometheus"] == _PORTS.prometheus


def test_kafka_is_the_version_the_local_broker_runs() -> None:
    pom = (_DEPLOY / "kafka" / "pom.xml").read_text()
    version = re.search(r"<kafka.version>(.+)</kafka.version>", pom)
    assert version is not None
    assert _SERVICES["kafka"]["image"] == f"apache/kafka:{version[1]}"


def test_every_image_is_pinned() -> None:
    others = [service["image"] for name, service in _SERVICES.items() if name not in _OURS]
    assert all(re.fullmatch(r"[a-z/-]+:v?\d+\.\d+(\.\d+)?", image) for image in others)


def test_prometheus_scrapes_the_ports_our_services_serve() -> None:
    config = yaml.safe_load((_DEPLOY / "prometheus" / "prometheus.yml").read_text())
    scraped = {}
    for job in config["scrape_configs"]:
        (target,) = job["dns_sd_configs"]
        assert target["names"] == [job["job_name"]]
        scraped[job["job_name"]] = target["port"]
    own = {"gateway": _PORTS.gateway, "watch": _PORTS.watch}
    assert scraped == {**own, "worker": _PORTS.workers[0], "sink": _PORTS.sinks[0]}


def test_the_image_copies_every_room() -> None:
    copied = re.findall(r"^COPY (\w+) \1$", (_DEPLOY / "compose" / "Dockerfile").read_text(), flags=re.MULTILINE)
    assert set(copied) == {"schemas", "streams", "sinks", "deploy", "loadtest"}
