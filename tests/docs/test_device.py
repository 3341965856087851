"""What docs/device.md tells people to type is typed here: enrol, run, list, withdraw."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.kafka.broker import Broker
from deploy.kafka.topics import create_topics
from deploy.kafka.wanted import wanted_topics
from schemas.kinds import DEVICES
from streams.gateway.kafka_devices import KafkaDeviceDirectory
from tests.docs.commands import ROOT, blocks
from tests.streams.device.gateway_thread import GatewayThread
from tests.streams.device.kiosk_parts import line
from tests.waiting import until_async

pytestmark = pytest.mark.integration
_ENROL, _RUN, _REFUSED, _WITHDRAW = blocks(ROOT / "docs" / "device.md")


@pytest.fixture
def gateway(kafka: Broker) -> Iterator[GatewayThread]:
    """Return a gateway that follows the register of devices."""
    create_topics(kafka.bootstrap, [topic for topic in wanted_topics(partitions=1) if topic.name == DEVICES.topic])
    directory = KafkaDeviceDirectory(kafka.bootstrap)
    directory.start()
    yield GatewayThread(directory)
    directory.close()


async def test_a_kiosk_is_enrolled_run_and_withdrawn(kafka: Broker, gateway: GatewayThread, tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def types(block: str, *, typed: str = "") -> str:
        ended = subprocess.run(
            ["sh", "-eu", "-c", block.replace("http://127.0.0.1:19080", gateway.url)],
            cwd=tmp_path,
            env={**os.environ, "PATH": path, "SCANSTREAM_KAFKA": kafka.bootstrap},
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    types(_ENROL)
    device_id = int((tmp_path / "device.token").read_text().partition(".")[0])
    await until_async(lambda: gateway.directory.credential(device_id) is not None)
    with gateway.up():
        assert "  OK       scan 1\n" in types(_RUN, typed=f"{line(1)}\n")
        assert types(_REFUSED) == "No scan was refused.\n"
        assert f"{device_id}  enrolled" in types(_WITHDRAW.replace("ID", str(device_id)))
        await until_async(lambda: gateway.directory.credential(device_id) is None)
        shown = types(_RUN, typed=f"{line(2)}\n")
    assert "The device's token is not valid; enrol the device again; scans are stored here and sent later" in shown
    assert "  STORED   scan 2\n" in shown
    assert [event["device_id"] for event in gateway.events()] == [device_id]
