"""Every slow answer by the name of its rule."""

from collections.abc import Callable, Iterator

from tests.sinks.watch.oracles.areas import report_late, risk_raised, zero_scan_commune
from tests.sinks.watch.oracles.found import Found
from tests.sinks.watch.oracles.people import (
    lockdown_exit,
    missed_update,
    missed_update_resident,
    pass_expiring,
    symptom_escalation,
)
from tests.sinks.watch.oracles.places import capacity, device_silent, place_dormant, place_reminder
from tests.sinks.watch.oracles.tracing import exposure_venue, impossible_travel, trace_contacts, trace_update
from tests.sinks.watch.world import World

ORACLES: dict[str, Callable[[World], Iterator[Found]]] = {
    oracle.__name__: oracle
    for oracle in (
        pass_expiring,
        symptom_escalation,
        missed_update,
        missed_update_resident,
        exposure_venue,
        trace_update,
        trace_contacts,
        impossible_travel,
        capacity,
        place_dormant,
        place_reminder,
        device_silent,
        risk_raised,
        lockdown_exit,
        zero_scan_commune,
        report_late,
    )
}
