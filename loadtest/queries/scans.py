"""A world's scans as SQL: ClickHouse makes them itself, each a function of the seed and its number alone.

The distribution is domain.md 2.4's. People scan in their own region, at its places by Zipf, so that the busiest of a
district has a tenth of its scans; more than half of the visits are at one of a person's four usual places;
three fifths of the units are a way in and a way out, the others two scans at a venue, a checkpoint or on a bus. Two
peaks a day and nobody at night; 3 % come up to 72 hours late, 0.3 % up to 20 days; 1.6 % are re-scans.
"""
# ruff: noqa: S608 -- numbers and expressions of ours, nobody's input

from loadtest.queries.world import World

_COLUMNS = {
    "scan_id": "{scan}",
    "subject": "{subject}",
    "token_kind": "1",
    "key_version": "1",
    "place_id": "place",
    "gate": "if(gates > 1, gate_index + 1, 0)::UInt16",
    "direction": "multiIf(feed_index = 2, 1, feed_index = 1, 4 + side, is_pair AND side = 1, 2, 1)::Int8",
    "device_id": "(place * 4 + gate_index)::UInt32",
    "device_seq": "unit::UInt32",
    "event_time": "happened",
    "credential": "(1 + row_dice % 4)::Int8",
    "scan_mode": "(row_dice % 3)::Int8",
    "capture_mode": "0",
    "source_app": "(1 + person % 9)::Int8",
    "decision": "(feed_index = 1)::Int8",
    "decision_reason": "0",
    "pass_id": "if(feed_index = 1, {passed}, toFixedString('', 16))",
    "vehicle": "if(feed_index = 2, {bus}, toFixedString('', 16))",
    "temperature_c10": "if(row_dice % 3 = 0, 360 + row_dice % 20, 0)::Int16",
    "route_id": "if(feed_index = 2, place, 0)::UInt32",
    "trip_id": "if(feed_index = 2, 1 + toUnixTimestamp(happened) / 14400, 0)::UInt32",
    "latitude": "0",
    "longitude": "0",
    "feed": "(feed_index + 1)::Int8",
    "verdict": "if(bitAnd(bitShiftRight(row_dice, 34), 63) = 0, 2, 1)::Int8",
    "rescan_of": "0",
    "lateness": "multiIf(delay_ms <= 600000, 1, delay_ms <= 259200000, 2, 3)::Int8",
    "flags": "0",
    "skew_ms": "0",
    "logged_at": "logged",
    "category": "place_category",
    "department": "place_department",
    "commune": "place_commune",
    "district": "place_district",
    "province": "place_province",
    "risk_level": "1 + place_commune % 4",
    "regime": "(place_commune % 4)::Int8",
    "pass_status": "(feed_index = 1)::Int8",
    "identity_match": "0",
    "_partition": "{partition}",
    "_offset": "unit * 2 + side",
}
#: A day's scans lie between 05:00 and 23:00 in Vietnam, at their densest, twice the day's mean, around 09:30 and 18:30.
_ROWS = """
SELECT
    *,
    bitAnd(row_dice, 255) AS feed_dice,
    multiIf(is_pair OR feed_dice < 140, 0, feed_dice < 200, 1, 2) AS feed_index,
    if(is_pair, pair_slot, bitAnd(bitShiftRight(row_dice, 8), {slots} - 1)) AS number_drawn,
    toUInt32((feed_index * {regions} + region) * {slots} + number_drawn) AS drawn,
    bitAnd(bitShiftRight(row_dice, 24), 1023) AS late_dice,
    bitAnd(bitShiftRight(row_dice, 40), 65535) / 65536 AS uniform,
    toInt64(multiIf(
        late_dice < 3, 259200000 + uniform * uniform * 1468800000,
        late_dice < 34, 600000 + uniform * uniform * 258600000,
        200 + uniform * uniform * 5000)) AS delay_ms,
    least(came_ms + side * away_ms, {last_ms}) AS logged_ms,
    fromUnixTimestamp64Milli(logged_ms, 'UTC') AS logged,
    fromUnixTimestamp64Milli(greatest(logged_ms - delay_ms, {start_ms} - 86400000), 'UTC') AS happened
FROM
(
    SELECT
        *,
        side,
        cityHash64(dice, side) AS row_dice
    FROM
    (
        SELECT
            number AS unit,
            cityHash64({seed}, number) AS dice,
            intHash64(dice) AS more,
            dice % {persons} AS person,
            intHash64(person) % {regions} AS region,
            bitAnd(more, 255) < 154 AS is_pair,
            bitAnd(if(bitAnd(bitShiftRight(more, 8), 255) < 154,
                cityHash64({seed}, person, bitAnd(bitShiftRight(more, 16), 3)),
                bitShiftRight(more, 20)), {slots} - 1) AS pair_slot,
            bitAnd(bitShiftRight(more, 36), 1023) / 1024 AS stay,
            toInt64(1000 * (900 + if(is_pair, 28000 * stay * stay, 36000 * stay))) AS away_ms,
            (unit + 0.5) * {days} / {units} AS day,
            day - floor(day) AS share,
            (5 + 18 * (share + 0.04 * sin(4 * pi() * share))) / 24 AS time_of_day,
            {start_ms} + toInt64(86400000 * (floor(day) + time_of_day)) AS came_ms
        FROM numbers({first}, {count})
    )
    ARRAY JOIN [0, 1] AS side
)
"""
_FAR_MS = 2**62


def scans_sql(world: World, units: range, *, partition: str = "(person % 8)::UInt16", ends: bool = True) -> str:
    """Return the query that makes the scans of `units`, a row each, sorted as the worker sorts them.

    Columns are the table's. `partition` is the expression of `_partition`. No scan is logged after the world's end if
    it `ends`. It joins `bench_slots`.
    """
    start_ms, end_ms = (int(moment.timestamp() * 1000) for moment in (world.start, world.end))
    rows = _ROWS.format(
        seed=world.seed,
        persons=world.persons,
        slots=world.slots,
        regions=world.regions,
        days=(world.end - world.start).days,
        units=world.units,
        start_ms=start_ms,
        last_ms=end_ms - 1 if ends else _FAR_MS,
        first=units.start,
        count=len(units),
    )
    filled = {
        "partition": partition,
        "scan": scan_of(world, "unit", "side"),
        "subject": subject_of(world, "person"),
        "passed": subject_of(world, "person + 1000000000"),
        "bus": subject_of(world, "place + 2000000000"),
    }
    chosen = ", ".join(f"{expression.format(**filled)} AS {name}" for name, expression in _COLUMNS.items())
    return (
        f"SELECT {chosen} FROM (SELECT *, (bitShiftRight(row_dice, 56) % gates)::UInt8 AS gate_index "
        f"FROM ({rows}) AS drawn_scans INNER JOIN bench_slots ON bench_slots.slot = drawn_scans.drawn) "
        "ORDER BY place_id, event_time"
    )


def corrections_sql(world: World, units: range, *, every: int) -> str:
    """Return the query that withdraws the first scan of one unit in `every`; columns are those of `corrections`."""
    person = f"cityHash64({world.seed}, number) % {world.persons}"
    return (
        f"SELECT sipHash128({world.seed}, 'correction', number) AS event_id, {subject_of(world, person)} AS subject, "
        f"toDateTime64('{world.end:%Y-%m-%d %H:%M:%S}', 3, 'UTC') AS event_time, event_time AS logged_at, "
        f"{scan_of(world, 'number', '0')} AS corrects, 17 AS feed, 1 AS verdict, 1 AS lateness, number AS _offset "
        f"FROM numbers({units.start}, {len(units)}) WHERE number % {every} = 1"
    )


def subject_of(world: World, person: str) -> str:
    """Return the expression of a person's subject: 16 bytes that look random. `person` is a number or one's name."""
    return f"sipHash128({world.seed}, 'subject', toUInt64({person}))"


def scan_of(world: World, unit: str, side: str) -> str:
    """Return the expression of the id of a unit's first (0) or second scan (1)."""
    return f"sipHash128({world.seed}, 'scan', toUInt64({unit}), toUInt8({side}))"


def columns() -> list[str]:
    """Return the names of the columns of `scans_sql`, in order."""
    return list(_COLUMNS)
