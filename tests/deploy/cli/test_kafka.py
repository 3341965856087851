"""`scanstream kafka` runs a broker until it is told to stop, and leaves nothing behind."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from deploy.kafka.reach import answers
from deploy.local.ports import free_ports

pytestmark = pytest.mark.integration


def test_it_serves_until_ctrl_c_and_stops_its_broker(tmp_path: Path) -> None:
    base = free_ports(1)[0]
    command = [sys.executable, "-m", "deploy.cli", "kafka", "--data-dir", str(tmp_path), "--port-base", str(base)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "kafka is ready" in process.stderr.readline()
        assert f"Kafka answers at 127.0.0.1:{base + 92}" in process.stderr.readline()
        assert answers(f"127.0.0.1:{base + 92}", timeout_seconds=5)
        brokers = psutil.Process(process.pid).children()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert len(brokers) == 1
    assert not any(broker.is_running() for broker in brokers)
