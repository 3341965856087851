"""The fields of a scenario's events, as columns ready to encode."""

import numpy as np
import numpy.typing as npt

from loadtest.draw import Field, Floats, Ints, Words, below, pick, uniform, words
from loadtest.fleet import Fleet, device_at
from loadtest.scenario import Scenario
from loadtest.timeline import Defect, Timeline
from schemas.columns import Columns
from schemas.enums import (
    CaptureMode,
    Credential,
    Decision,
    DecisionReason,
    Direction,
    ScanMode,
    SourceApp,
    TokenKind,
)
from schemas.kinds import CHECKPOINT, VEHICLE, VENUE
from schemas.plan import plan_of

_FIRST_UNKNOWN_PLACE, _FIRST_UNKNOWN_DEVICE = 1_900_000_000, 2_000_000_000
_UNKNOWN_DEVICES = 0.001
#: Share of devices whose scans go through a gateway, and of those with a wrong clock.
_GATEWAY_DEVICES, _WRONG_CLOCKS = 0.3, 0.03
#: Wrong clocks behind a gateway are off by up to two hours either way and get corrected; others are off by little,
#: because their events must stay far from the borders of the rules.
_CORRECTED_CLOCK_MS = 7_200_000
_UNCORRECTED_CLOCK_MS = (-20_000, 150_000)
_WILD_CLOCK_MS = (26 * 3_600_000, 10 * 86_400_000)
_LATE_MS = 600_000

_DIRECTIONS: dict[str, dict[int, float]] = {
    VENUE.name: {Direction.IN: 55, Direction.OUT: 35, Direction.UNKNOWN: 10},
    CHECKPOINT.name: {Direction.INTO_ZONE: 45, Direction.OUT_OF_ZONE: 40, Direction.TRANSIT: 10, Direction.PASS: 5},
    VEHICLE.name: {Direction.IN: 50, Direction.OUT: 50},
}
_TOKENS: dict[int, float] = {
    TokenKind.CCCD: 60,
    TokenKind.CMND: 15,
    TokenKind.QID: 10,
    TokenKind.PHONE: 10,
    TokenKind.BHYT: 3,
    TokenKind.PASSPORT: 1,
    TokenKind.ANON: 1,
}
_CREDENTIALS: dict[int, float] = {
    Credential.QR_1405: 50,
    Credential.QR_CCCD: 25,
    Credential.QR_VNEID: 10,
    Credential.QR_BHYT: 3,
    Credential.PAPER: 5,
    Credential.MANUAL: 5,
    Credential.OTHER: 2,
}
_MODES: dict[int, float] = {ScanMode.POSTER_SELF: 45, ScanMode.GUARD_SCAN: 40, ScanMode.READER: 12, ScanMode.CAMERA: 3}
_CAPTURES: dict[int, int] = {Credential.PAPER: CaptureMode.PAPER, Credential.MANUAL: CaptureMode.ASSISTED}
_APPS: dict[int, float] = {app: 1.0 if app == SourceApp.OTHER else 10.0 for app in SourceApp}
_DECISIONS: dict[int, float] = {Decision.ALLOW: 85, Decision.DENY: 5, Decision.REFER: 4, Decision.WAVED: 6}


def subject_words(*, seed: int, person: Ints) -> Words:
    """Return the pseudonyms of simulated persons, shape (n, 2); never zero."""
    left, right = words(seed, Field.SUBJECT_LEFT, person), words(seed, Field.SUBJECT_RIGHT, person)
    return np.stack([left | np.uint64(1), right], axis=1)


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
        self._scenario, self._fleet, self._part = scenario, fleet, part
        self._seed, self._visit, self._scan = scenario.seed, part.visit, part.scan
        first_scans = max(1, scenario.events)
        self._person = below(
            self._seed, Field.PERSON, self._visit, limit=max(1, int(first_scans / scenario.scans_per_person))
        )
        self._place = self._choose_places()
        self._device = self._choose_devices()
        self._clock_ms, self._by_gateway = self._device_clocks()

    def _uniform(self, field: Field, index: Ints) -> Floats:
        return uniform(self._seed, field, index)

    def _pick(self, field: Field, index: Ints, weights: dict[int, float]) -> Ints:
        return pick(self._seed, field, index, weights=weights)

    def _choose_places(self) -> Ints:
        popularity = self._fleet.popularity[self._scenario.feed.name]
        places = popularity.choose(self._uniform(Field.PLACE, self._visit))
        unknown = self._uniform(Field.PLACE_KNOWN, self._visit) < self._scenario.unknown_places
        return np.where(unknown, _FIRST_UNKNOWN_PLACE + self._visit % 1_000, places)

    def _choose_devices(self) -> Ints:
        known = self._place < _FIRST_UNKNOWN_PLACE
        gates = np.where(known, self._fleet.gates[np.where(known, self._place, 1) - 1], 1)
        self._gate = (self._uniform(Field.GATE, self._scan) * gates).astype(np.int64)
        self._gate_label = np.where(gates > 1, self._gate + 1, 0)
        unknown = ~known | (self._uniform(Field.DEVICE_KNOWN, self._scan) < _UNKNOWN_DEVICES)
        return np.where(unknown, _FIRST_UNKNOWN_DEVICE + self._scan % 1_000, device_at(self._place, self._gate))

    def _device_clocks(self) -> tuple[Ints, npt.NDArray[np.bool_]]:
        by_gateway = self._uniform(Field.DEVICE_ROUTE, self._device) < _GATEWAY_DEVICES
        off = self._uniform(Field.DEVICE_CLOCK_OFF, self._device)
        low, high = _UNCORRECTED_CLOCK_MS
        clock_ms = np.where(by_gateway, (2 * off - 1) * _CORRECTED_CLOCK_MS, low + off * (high - low)).astype(np.int64)
        wrong = self._uniform(Field.DEVICE_CLOCK, self._device) < _WRONG_CLOCKS
        clock_ms = np.where(wrong, clock_ms, 0)
        wild = self._part.defect == Defect.WILD_CLOCK
        low, high = _WILD_CLOCK_MS
        wild_ms = (low + self._uniform(Field.SKEW, self._scan) * (high - low)).astype(np.int64)
        wild_ms = np.where(self._scan % 2 == 0, wild_ms, -wild_ms)
        return np.where(wild, wild_ms, clock_ms), by_gateway | wild

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
        subjects = subject_words(seed=self._seed, person=self._person)
        subjects[self._part.defect == Defect.NO_SUBJECT] = 0
        return subjects

    def token_kind(self) -> Ints:
        return self._pick(Field.TOKEN, self._person, _TOKENS)

    def key_version(self) -> Ints:
        return np.ones(len(self._part), np.int64)

    def place_id(self) -> Ints:
        return self._place

    def gate(self) -> Ints:
        return self._gate_label

    def direction(self) -> Ints:
        return self._pick(Field.DIRECTION, self._visit, _DIRECTIONS[self._scenario.feed.name])

    def device_id(self) -> Ints:
        return self._device

    def device_seq(self) -> Ints:
        return below(self._seed, Field.DEVICE_SEQUENCE, self._scan, limit=1 << 32)

    def event_time(self) -> Ints:
        return self._scenario.start_ms + self._part.event_ms + self._clock_ms

    def sent_at(self) -> Ints:
        return self._scenario.start_ms + self._part.publish_us // 1000 + self._clock_ms

    def received_at(self) -> Ints:
        transit_ms = below(self._seed, Field.NETWORK, self._scan + self._part.publish_us, limit=200)
        received = self._scenario.start_ms + self._part.publish_us // 1000 + transit_ms
        return np.where(self._by_gateway, received, 0)

    def credential(self) -> Ints:
        return self._pick(Field.CREDENTIAL, self._scan, _CREDENTIALS)

    def scan_mode(self) -> Ints:
        return self._pick(Field.SCAN_MODE, self._scan, _MODES)

    def capture_mode(self) -> Ints:
        by_credential = np.array([_CAPTURES.get(credential, CaptureMode.SELF_APP) for credential in Credential])
        return by_credential[self.credential()]

    def source_app(self) -> Ints:
        return self._pick(Field.APP, self._person, _APPS)

    def offline(self) -> Ints:
        return (self._part.publish_us // 1000 - self._part.event_ms > _LATE_MS).astype(np.int64)

    def decision(self) -> Ints:
        return self._pick(Field.DECISION, self._scan, _DECISIONS)

    def decision_reason(self) -> Ints:
        reasons = 1 + below(self._seed, Field.DECISION, self._visit, limit=len(DecisionReason) - 1)
        return np.where(self.decision() == Decision.DENY, reasons, DecisionReason.NONE)

    def pass_id(self) -> Words:
        return np.stack([words(self._seed, field, self._person) for field in (Field.PASS_LEFT, Field.PASS_RIGHT)], 1)

    def vehicle(self) -> Words:
        return np.stack([words(self._seed, f, self._person) for f in (Field.VEHICLE_LEFT, Field.VEHICLE_RIGHT)], 1)

    def temperature_c10(self) -> Ints:
        return 360 + below(self._seed, Field.TEMPERATURE, self._visit, limit=25)

    def declared_ahead(self) -> Ints:
        return (self._uniform(Field.AHEAD, self._visit) < 0.6).astype(np.int64)

    def route_id(self) -> Ints:
        return 1 + below(self._seed, Field.ROUTE, self._place, limit=400)

    def trip_id(self) -> Ints:
        return 1 + below(self._seed, Field.TRIP, self._place, limit=12)

    def latitude(self) -> Ints:
        return _float_bits(9.5 + 10.5 * self._uniform(Field.LATITUDE, self._visit))

    def longitude(self) -> Ints:
        return _float_bits(105.0 + 3.0 * self._uniform(Field.LONGITUDE, self._visit))


def _float_bits(values: Floats) -> Ints:
    return values.astype(np.float32).view(np.int32).astype(np.int64)
