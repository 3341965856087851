"""The rig starts, kills and revives single processes, and ends them all."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from deploy.kafka.reach import answers
from deploy.local.rig import Rig
from deploy.settings import Settings
from deploy.user_error import UserError

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """Run a rig with stores of its own: topics have fixed names, so it can't share a broker."""
    settings = Settings(port_base=0, gateway_port=0, partitions=1, data_dir=tmp_path_factory.mktemp("rig"))
    with Rig(settings, say=lambda _line: None) as rig:
        yield rig


def test_stores_start_with_topics_and_tables(rig: Rig) -> None:
    assert answers(rig.kafka, timeout_seconds=5)
    assert rig.clickhouse().command("SELECT count() FROM ledger") == 0
    assert (len(rig.pids("broker")), len(rig.pids("clickhouse")), len(rig.pids("worker"))) == (1, 1, 0)


def test_existing_stores_are_used_and_not_started(rig: Rig, tmp_path: Path) -> None:
    settings = replace(rig.settings, port_base=0, gateway_port=0, data_dir=tmp_path)
    with Rig(settings, say=lambda _line: None) as other:
        assert other.kafka == rig.kafka
        assert list(other.pids("broker")) == list(other.pids("clickhouse")) == []
        assert other.clickhouse().command("SELECT count() FROM ledger") == 0
    assert len(rig.pids("broker")) == 1


def test_a_process_is_started_again_after_it_was_killed_or_died(rig: Rig) -> None:
    rig.start("gateway")
    (first,) = rig.pids("gateway")
    rig.kill("gateway")
    assert list(rig.pids("gateway")) == []
    rig.start("gateway")
    (second,) = rig.pids("gateway")
    assert first != second

    os.kill(second, signal.SIGKILL)
    os.waitid(os.P_PID, second, os.WEXITED | os.WNOWAIT)
    (how,) = rig.revive()
    assert how.startswith("gateway ended with code -9")
    assert '{"ready": true' in how
    assert rig.revive() == []
    assert len(rig.pids("gateway")) == 1
    assert rig.metrics_urls("gateway") == [f"{rig.gateway_url}/metrics"]
    rig.stop("gateway")


def test_a_process_that_ended_by_itself_is_named_also_when_it_is_stopped_afterwards(rig: Rig) -> None:
    rig.start("gateway")
    (pid,) = rig.pids("gateway")
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    rig.stop("gateway")
    (how,) = rig.revive()
    assert how.startswith("gateway ended with code -9")


def test_a_killed_clickhouse_comes_back_on_its_port_with_its_data(rig: Rig) -> None:
    rig.clickhouse().command("CREATE TABLE kept ENGINE = MergeTree ORDER BY n AS SELECT 42 AS n")
    rig.kill("clickhouse")
    rig.start("clickhouse")
    assert rig.clickhouse().command("SELECT n FROM kept") == 42


def test_a_rig_that_cannot_start_leaves_nothing_running(tmp_path: Path) -> None:
    settings = Settings(kafka="127.0.0.1:1", port_base=0, data_dir=tmp_path)
    before = psutil.Process().children(recursive=True)
    with pytest.raises(UserError, match="No Kafka answers"), Rig(settings, say=lambda _line: None):
        raise AssertionError("it started")
    assert psutil.Process().children(recursive=True) == before
