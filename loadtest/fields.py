"""The fields of a scenario's events, as columns ready to encode."""

import numpy as np

from loadtest import mix
from loadtest.draw import Field, Floats, Ints, Words, below, pick, uniform, words
from loadtest.encounters import make_encounters, subject_words
from loadtest.fleet import Fleet
from loadtest.scenario import Scenario
from loadtest.timeline import Defect, Timeline
from schemas.columns import Columns
from schemas.enums import CaptureMode, Credential, Decision, DecisionReason
from schemas.plan import plan_of

_LATE_MS = 600_000


def make_columns(scenario: Scenario, fleet: Fleet, part: Timeline) -> Columns:
    """Return the columns of the events in `part`, one row each, in order.

    Broken bytes and wrong keys are made later; a missing subject or scan id and a wild clock are here.
    """
    values = _Values(scenario, fleet, part)
    columns = Columns.empty(plan_of(scenario.feed), len(part))
    for name in columns.plan.integers:
        columns.integer(name)[:] = getattr(values, name)()
    for name in columns.plan.fixed:
        columns.words(name)[:] = getattr(values, name)()
    return columns


class _Values:
    """One method a field, named as in the Avro schemas."""

    def __init__(self, scenario: Scenario, fleet: Fleet, part: Timeline) -> None:
        self._scenario, self._part = scenario, part
        self._seed, self._visit, self._scan = scenario.seed, part.visit, part.scan
        self._who = make_encounters(scenario, fleet, part)

    def _uniform(self, field: Field, index: Ints) -> Floats:
        return uniform(self._seed, field, index)

    def _pick(self, field: Field, index: Ints, weights: dict[int, float]) -> Ints:
        return pick(self._seed, field, index, weights=weights)

    def scan_id(self) -> Words:
        """Make UUIDv7 bytes: 48 bits of time, then random ones."""
        first_ms = (self._scenario.start_ms + self._part.event_ms).astype(np.uint64)
        left = words(self._seed, Field.SCAN_ID_LEFT, self._scan) & np.uint64(0xFFF)
        right = words(self._seed, Field.SCAN_ID_RIGHT, self._scan) & np.uint64((1 << 62) - 1)
        big_endian = np.stack(
            [first_ms << np.uint64(16) | np.uint64(0x7000) | left, right | np.uint64(1 << 63)], axis=1
        )
        big_endian[self._part.defect == Defect.NO_SCAN_ID] = 0
        return big_endian.byteswap()

    def subject(self) -> Words:
        subjects = subject_words(seed=self._seed, person=self._who.person)
        subjects[self._part.defect == Defect.NO_SUBJECT] = 0
        return subjects

    def token_kind(self) -> Ints:
        return self._pick(Field.TOKEN, self._who.person, mix.TOKENS)

    def key_version(self) -> Ints:
        return np.ones(len(self._part), np.int64)

    def place_id(self) -> Ints:
        return self._who.place

    def gate(self) -> Ints:
        return self._who.gate

    def direction(self) -> Ints:
        return self._pick(Field.DIRECTION, self._visit, mix.DIRECTIONS[self._scenario.feed.name])

    def device_id(self) -> Ints:
        return self._who.device

    def device_seq(self) -> Ints:
        return below(self._seed, Field.DEVICE_SEQUENCE, self._scan, limit=1 << 32)

    def event_time(self) -> Ints:
        return self._scenario.start_ms + self._part.event_ms + self._who.clock_ms

    def sent_at(self) -> Ints:
        return self._scenario.start_ms + self._part.publish_us // 1000 + self._who.clock_ms

    def received_at(self) -> Ints:
        transit_ms = below(self._seed, Field.NETWORK, self._scan + self._part.publish_us, limit=200)
        received = self._scenario.start_ms + self._part.publish_us // 1000 + transit_ms
        return np.where(self._who.by_gateway, received, 0)

    def credential(self) -> Ints:
        return self._pick(Field.CREDENTIAL, self._scan, mix.CREDENTIALS)

    def scan_mode(self) -> Ints:
        return self._pick(Field.SCAN_MODE, self._scan, mix.MODES)

    def capture_mode(self) -> Ints:
        by_credential = np.array([mix.CAPTURES.get(credential, CaptureMode.SELF_APP) for credential in Credential])
        return by_credential[self.credential()]

    def source_app(self) -> Ints:
        return self._pick(Field.APP, self._who.person, mix.APPS)

    def offline(self) -> Ints:
        return (self._part.publish_us // 1000 - self._part.event_ms > _LATE_MS).astype(np.int64)

    def decision(self) -> Ints:
        return self._pick(Field.DECISION, self._scan, mix.DECISIONS)

    def decision_reason(self) -> Ints:
        reasons = 1 + below(self._seed, Field.DECISION, self._visit, limit=len(DecisionReason) - 1)
        return np.where(self.decision() == Decision.DENY, reasons, DecisionReason.NONE)

    def pass_id(self) -> Words:
        return np.stack(
            [words(self._seed, field, self._who.person) for field in (Field.PASS_LEFT, Field.PASS_RIGHT)], 1
        )

    def vehicle(self) -> Words:
        return np.stack([words(self._seed, f, self._who.person) for f in (Field.VEHICLE_LEFT, Field.VEHICLE_RIGHT)], 1)

    def temperature_c10(self) -> Ints:
        return 360 + below(self._seed, Field.TEMPERATURE, self._visit, limit=25)

    def declared_ahead(self) -> Ints:
        return (self._uniform(Field.AHEAD, self._visit) < 0.6).astype(np.int64)

    def route_id(self) -> Ints:
        return 1 + below(self._seed, Field.ROUTE, self._who.place, limit=400)

    def trip_id(self) -> Ints:
        return 1 + below(self._seed, Field.TRIP, self._who.place, limit=12)

    def latitude(self) -> Ints:
        return _float_bits(9.5 + 10.5 * self._uniform(Field.LATITUDE, self._visit))

    def longitude(self) -> Ints:
        return _float_bits(105.0 + 3.0 * self._uniform(Field.LONGITUDE, self._visit))


def _float_bits(values: Floats) -> Ints:
    return values.astype(np.float32).view(np.int32).astype(np.int64)
