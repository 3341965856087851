"""Settings come from defaults, environment and flags, in that order, and a wrong one is named."""

from dataclasses import fields
from pathlib import Path

import pytest

from deploy.settings import Settings, load, table, variable
from deploy.user_error import UserError


def test_flags_win_over_the_environment_and_the_environment_over_defaults() -> None:
    environment = {"SCANSTREAM_PARTITIONS": "4", "SCANSTREAM_WINDOW_MINUTES": "20"}
    settings = load(environment, {"partitions": 2, "window_minutes": None})
    assert (settings.partitions, settings.window_minutes, settings.worker_linger_ms) == (2, 20, 300)


def test_a_child_with_our_environment_has_our_settings() -> None:
    settings = load({}, {"kafka": "a:9092,b:9092", "data_dir": "elsewhere", "port_base": 0})
    assert load(settings.environment(), {}) == settings
    assert settings.data_dir == Path("elsewhere")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("partitions", "many", "SCANSTREAM_PARTITIONS .*'many'; it must be a whole number"),
        ("partitions", "0", "from 1 to 1024 partitions"),
        ("kafka", "localhost", "like host:9092"),
        ("kafka", "http://localhost:9092", "like host:9092"),
        ("clickhouse_url", "localhost:8123", "like http://host:8123"),
        ("public_origin", "map.example", "like https://map.example, without a path, or \\*"),
        ("public_origin", "https://map.example/", "without a path"),
        ("log_level", "loud", "one of debug, info"),
    ],
)
def test_a_wrong_value_is_named_with_what_it_should_be(name: str, value: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        load({variable(name): value}, {})


def test_the_table_has_a_row_with_a_reason_for_every_setting() -> None:
    rows = table().splitlines()[2:]
    assert len(rows) == len(fields(Settings))
    assert all(len(row.split(" | ")) == 5 and not row.endswith("|  |") for row in rows)
