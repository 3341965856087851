import os
import subprocess
import sys
import time

import pytest

from loadtest.cpu import CpuMeter, cpu_seconds, cpu_us_per_event

_BURN = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass\n"


def test_a_process_is_charged_for_its_children() -> None:
    meter = CpuMeter({"worker": [os.getpid()]})
    subprocess.run([sys.executable, "-c", _BURN], check=True)
    assert meter.seconds()["worker"] >= 0.29


def test_a_process_that_is_gone_costs_nothing() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert cpu_seconds(gone.pid) == 0.0


def test_components_are_given_an_event_and_summed_without_the_broker() -> None:
    found = cpu_us_per_event({"worker": 2.0, "sink": 0.5, "clickhouse": 1.0, "broker": 9.0}, events=1_000_000)
    assert found == {
        "worker": 2.0,
        "sink": 0.5,
        "clickhouse": 1.0,
        "gateway": 0.0,
        "broker": 9.0,
        "total_without_broker": pytest.approx(3.5),
    }


def test_the_meter_counts_from_its_start() -> None:
    end = time.process_time() + 0.05
    while time.process_time() < end:
        pass
    assert CpuMeter({"worker": [os.getpid()]}).seconds()["worker"] < 0.05
