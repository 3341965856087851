"""A world by its seed."""

import random
from dataclasses import replace

from tests.sinks.watch.making.cast import Cast
from tests.sinks.watch.making.reports_of_areas import exposures, reports_of_areas
from tests.sinks.watch.making.reports_of_people import links, reports_of_people, residents
from tests.sinks.watch.making.scans import LATE_DEVICE, crowd, late, of_cases, week
from tests.sinks.watch.world import NOW, Report, World


def make_world(seed: int) -> World:
    """Return a world of thirty people, a dozen places and a week; times are whole milliseconds."""
    cast = Cast(random.Random(seed))
    scans = [*week(cast), *crowd(cast)]
    withdrawn = [_withdrawal(cast, scan.subject, scan.scan_id) for scan in cast.chance.sample(scans, 30)]
    reports = [*reports_of_people(cast), *reports_of_areas(cast)]
    withdrawn += [
        _withdrawal(cast, report.subject, report.event_id)
        for report in cast.chance.sample(reports, 20)
        if report.table != "heartbeats"
    ]
    came_late = [late(cast, scan) for scan in of_cases(cast, scans, reports) for _ in range(2)]
    withdrawn += [_withdrawal(cast, scan.subject, scan.scan_id) for scan in cast.chance.sample(came_late, 5)]
    exposed = list(exposures(cast, came_late))
    came_late += [late(cast, replace(scan, subject=cast.chance.choice(cast.people))) for scan in came_late]
    return World(
        places=cast.registered,
        devices={number: (number, number == 5) for number in range(1, LATE_DEVICE + 1)},
        scans=[*scans, *came_late],
        reports=[*reports, *withdrawn, *exposed, *links(cast), *residents(cast)],
    )


def _withdrawal(cast: Cast, subject: bytes, corrects: bytes) -> Report:
    return cast.report("corrections", subject, NOW, corrects=corrects, action="WITHDRAW")
