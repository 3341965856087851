"""Each process is told what the settings say."""

from dataclasses import replace
from pathlib import Path

from deploy.keys import pseudonym_keys, rotate
from deploy.settings import Settings
from deploy.wiring import gateway_config, sink_config, worker_config

_SETTINGS = Settings(
    kafka="k:1",
    clickhouse_url="http://c:2",
    clickhouse_user="u",
    clickhouse_password="p",  # noqa: S106 -- an example
    clickhouse_database="d",
    worker_linger_ms=7,
    window_minutes=30,
    sink_insert_threads=5,
    gateway_port=8,
)


def test_the_worker_is_told_its_settings() -> None:
    config = worker_config(_SETTINGS, metrics_port=9)
    assert (config.bootstrap, config.linger_ms, config.horizon_minutes, config.metrics_port) == ("k:1", 7, 30, 9)


def test_the_worker_knows_the_group_of_the_sinks() -> None:
    sinks = sink_config(_SETTINGS, metrics_port=9, instance="one")
    assert worker_config(_SETTINGS, metrics_port=9).sink_group == sinks.group == "scanstream-sink"


def test_two_workers_of_one_machine_have_different_scratch_directories() -> None:
    one, other = (worker_config(_SETTINGS, metrics_port=port).data_dir for port in (9, 10))
    assert one != other


def test_the_sink_is_told_its_settings() -> None:
    config = sink_config(_SETTINGS, metrics_port=9)
    assert (config.kafka, config.clickhouse_url, config.clickhouse_database) == ("k:1", "http://c:2", "d")
    assert (config.clickhouse_user, config.clickhouse_password) == ("u", "p")
    assert (config.insert_threads, config.metrics_port) == (5, 9)


def test_the_gateway_is_told_its_settings_and_gets_the_key(tmp_path: Path) -> None:
    config = gateway_config(replace(_SETTINGS, data_dir=tmp_path))
    assert (config.kafka_bootstrap, config.host, config.port) == ("k:1", "127.0.0.1", 8)
    assert len(config.pseudonym_key.secret) == 32
    assert not config.cloud_events


def test_the_gateway_is_told_to_make_cloud_events(tmp_path: Path) -> None:
    assert gateway_config(replace(_SETTINGS, data_dir=tmp_path, gateway_cloud_events=1)).cloud_events


def test_the_gateway_gets_older_keys_only_after_a_rotation(tmp_path: Path) -> None:
    settings = replace(_SETTINGS, data_dir=tmp_path)
    assert gateway_config(settings).rotated_keys is None
    ring = rotate(pseudonym_keys(settings))
    config = gateway_config(settings)
    assert (config.rotated_keys, config.pseudonym_key.version) == (ring, 2)
