"""`scanstream alerts list`: which moments it takes for `--since`, and how it explains a wrong one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest

from deploy.cli.alerts import Since
from tests.deploy.cli.running import run


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2021-08-05", datetime(2021, 8, 5, tzinfo=UTC)),
        ("2021-08-05T07:00", datetime(2021, 8, 5, 7, tzinfo=UTC)),
        ("2021-08-05T07:00+07:00", datetime(2021, 8, 5, tzinfo=UTC)),
    ],
)
def test_a_time_is_utc_unless_it_says_otherwise(text: str, moment: datetime) -> None:
    assert Since().convert(text, None, None) == moment


@pytest.mark.parametrize(("text", "span"), [("24h", timedelta(hours=24)), ("7d", timedelta(days=7))])
def test_a_span_counts_back_from_now(text: str, span: timedelta) -> None:
    before = datetime.now(UTC)
    assert before <= Since().convert(text, None, None) + span <= datetime.now(UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "h", "-3h", "99999999999d", "1.5h"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="neither a span like 24h or 7d nor a time"):
        Since().convert(text, None, None)


def test_a_wrong_moment_is_explained(tmp_path: Path) -> None:
    line = run("alerts", "list", "--since", "soon", directory=tmp_path)
    assert line.startswith(
        "Error: Invalid value for '--since': 'soon' is neither a span like 24h or 7d nor a time like"
    )
