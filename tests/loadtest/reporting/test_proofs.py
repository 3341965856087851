"""What the load test has proved of itself, as tables."""

from loadtest.reporting.proofs import controls_table, generator_table


def test_the_generator_alone_has_a_row_a_rate_and_one_for_all_at_once() -> None:
    run = {
        "events_per_second": 57_800.0,
        "late_ms": {"p50": 0.1, "p99": 0.9},
        "acknowledged_ms": {"p99": 6.0},
        "generator_us_per_event": 1.2,
        "broker_us_per_event": 2.0,
    }
    table = generator_table({"rates": [{"rate": 57_870.0, **run}], "at_once": {**run, "late_ms": {}}})
    assert table is not None
    assert table.rows == [
        ["57,870", "57,800", "0.10", "0.90", "6.00", "1.20", "2.00"],
        ["all due at once", "57,800", "–", "–", "6.00", "1.20", "2.00"],
    ]
    assert generator_table({}) is None


def test_a_control_is_caught_only_where_the_verdict_failed() -> None:
    table = controls_table(
        {
            "controls": [
                {"name": "a sink that drops a row", "verdict": "failed", "reasons": ["1 row was lost"]},
                {"name": "a ledger with a hole", "verdict": "passed", "reasons": []},
            ]
        }
    )
    assert table is not None
    assert table.rows == [
        ["a sink that drops a row", "caught", "1 row was lost"],
        ["a ledger with a hole", "NOT CAUGHT", "–"],
    ]
    assert controls_table({}) is None
