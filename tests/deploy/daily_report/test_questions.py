"""Every figure of every area and day, compared with the slow count, as known at several moments."""

from datetime import datetime, time, timedelta

import pytest

from deploy.daily_report.checks import checks
from deploy.daily_report.figures import NAMES
from deploy.daily_report.questions import ask, districts
from deploy.daily_report.span import span_of
from tests.deploy.daily_report.oracle import Oracle
from tests.deploy.daily_report.world import DAY, MIDNIGHT, PROVINCE, World
from tests.sinks.conftest import Database

pytestmark = pytest.mark.integration
# People are estimated without an error where there are few.
_MOMENTS: list[tuple[datetime, time | None, bool]] = [
    (MIDNIGHT + timedelta(hours=16), None, True),
    (MIDNIGHT + timedelta(hours=30), time(16), False),
]


@pytest.mark.parametrize(("as_of", "until", "exact"), _MOMENTS)
def test_figures_are_those_of_a_slow_count(
    landed: Database, world: World, as_of: datetime, until: time | None, exact: bool
) -> None:
    span = span_of(DAY, as_of=as_of, until=until)
    figures = ask(landed.client, PROVINCE, span, exact=exact)
    oracle = Oracle(world, span)
    assert figures.days == oracle.days()
    assert [*figures.areas[DAY]] == [0, *districts(PROVINCE)]
    for one in figures.days:
        assert figures.areas[one] == {area: oracle.row(one, area) for area in figures.areas[one]}
    assert figures.apps == {area: oracle.apps(area) for area in figures.apps}
    assert figures.arrivals == oracle.arrivals(DAY)
    assert [check.name for check in checks(figures, exact=exact) if not check.holds] == []
    assert all(sum(areas[0][name] for areas in figures.areas.values()) for name in NAMES), "the world lacks something"
