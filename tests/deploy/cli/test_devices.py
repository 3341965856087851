"""Devices are enrolled, withdrawn and listed from the command line; a token is shown once."""

import json

import pytest
from click.testing import CliRunner, Result

from deploy.cli import main
from deploy.kafka.broker import Broker
from deploy.kafka.topics import create_topics
from deploy.kafka.wanted import wanted_topics
from schemas.kinds import DEVICES


@pytest.fixture
def kafka_address(kafka: Broker) -> str:
    """Return a Kafka with the devices' topic, which other tests use, too."""
    create_topics(kafka.bootstrap, [topic for topic in wanted_topics(partitions=1) if topic.name == DEVICES.topic])
    return kafka.bootstrap


def _devices(kafka_address: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["devices", *arguments, "--kafka", kafka_address])


@pytest.mark.integration
def test_a_device_is_enrolled_listed_and_revoked(kafka_address: str) -> None:
    enrolled = _devices(kafka_address, "enrol", "--place", "7", "--label", " cổng bắc ")
    token = enrolled.stdout.strip()
    device_id = int(token.partition(".")[0])
    assert (enrolled.exit_code, enrolled.stdout) == (0, f"{token}\n")
    assert f"Device {device_id} is enrolled at place 7" in enrolled.stderr

    def listed() -> dict[str, object]:
        found = json.loads(_devices(kafka_address, "list", "--json").stdout)
        (ours,) = [device for device in found if device["device_id"] == device_id]
        assert isinstance(ours, dict)
        return ours

    before = listed()
    assert set(before) == {"device_id", "place_id", "label", "revoked", "role", "updated_at"}
    assert (before["place_id"], before["label"], before["revoked"]) == (7, "cổng bắc", False)
    for said in (f"Device {device_id} is revoked.", f"Device {device_id} was revoked before."):
        revoked = _devices(kafka_address, "revoke", str(device_id))
        assert (revoked.exit_code, revoked.stderr.strip()) == (0, said)
    assert listed()["revoked"] is True
    lines = _devices(kafka_address, "list").stdout
    assert f"{device_id:>10}  revoked   SCANNER" in lines
    assert token.partition(".")[2] not in lines


def test_a_name_nobody_can_read_is_refused() -> None:
    ended = CliRunner().invoke(main, ["devices", "enrol", "--place", "7", "--label", " \t"])
    assert ended.exit_code == 2
    assert "it must be one line of text that can be read" in ended.output
