"""The schedule with the real register, the real table and the real directory."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from deploy.daily_report.beside import ClickHouseReports, reporting
from deploy.daily_report.report_metrics import ReportMetrics
from deploy.daily_report.reporter import Reporter
from deploy.daily_report.schedule import parse_times
from deploy.settings import Settings
from tests.deploy.daily_report.samples import sample_figures
from tests.deploy.daily_report.world import MIDNIGHT
from tests.sinks.conftest import Database


@pytest.mark.integration
def test_every_province_with_places_has_its_report_made_once_and_alerts_see_when(
    landed: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.daily_report.make.ask", lambda *_, **__: sample_figures())
    settings = Settings(clickhouse_url=landed.config.clickhouse_url, clickhouse_database=landed.name, data_dir=tmp_path)

    def now() -> datetime:
        return MIDNIGHT + timedelta(days=-3, hours=15, minutes=31)

    def restarted() -> CollectorRegistry:
        registry = CollectorRegistry()
        reports, metrics = ClickHouseReports(settings, now=now), ReportMetrics(registry, now=now)
        Reporter(times=parse_times("15:30"), reports=reports, metrics=metrics, now=now).step()
        return registry

    for registry in (restarted(), restarted()):
        assert registry.get_sample_value("scanstream_report_pending", {"province": "38"}) == 0
        assert registry.get_sample_value("scanstream_seconds_to_1700", {"province": "42"}) == 89 * 60
        assert registry.get_sample_value("scanstream_report_age_seconds", {"province": "42"}) == 60
    made = {path.parent.relative_to(tmp_path / "reports").as_posix() for path in tmp_path.rglob("*.xlsx")}
    assert {"38/2021-08-02/v1", "42/2021-08-02/v1"} <= made
    recorded = landed.rows("SELECT province, version FROM {}.daily_reports WHERE day = '2021-08-02' ORDER BY 1")
    assert recorded == [(38, 1), (42, 1)]


def test_a_process_ends_although_no_clickhouse_answers(tmp_path: Path) -> None:
    registry = CollectorRegistry()
    with reporting(Settings(clickhouse_url="http://127.0.0.1:1", data_dir=tmp_path), registry):
        pass
    assert not list(tmp_path.iterdir())
