"""`scanstream bench window` over the product's own windows, small."""

import json
from pathlib import Path

from click.testing import CliRunner

from deploy.cli import main


def test_the_products_windows_are_exact_and_light(tmp_path: Path) -> None:
    file = tmp_path / "window.json"
    options = ["--keys", "400000,800000", "--events", "100000", "--json", str(file)]
    shown = CliRunner().invoke(main, ["bench", "window", *options])
    assert shown.exit_code == 0, shown.output
    figures = json.loads(file.read_text("utf-8"))
    assert figures["balanced"]
    assert [window["live_keys"] for window in figures["windows"]] == [400_000, 800_000]
    assert all(window["bytes_per_key"] <= 40 for window in figures["windows"])
    assert "800,000" in shown.output


def test_keys_that_are_no_numbers_are_a_usage_error() -> None:
    shown = CliRunner().invoke(main, ["bench", "window", "--keys", "many"])
    assert shown.exit_code == 2
    assert "whole numbers with commas in between, not 'many'" in shown.output


def test_keys_that_cannot_be_spread_are_one_sentence() -> None:
    shown = CliRunner().invoke(main, ["bench", "window", "--keys", "1001"])
    assert shown.exit_code != 0
    assert "Keys are a multiple of 8 and at least 8000, not 1001" in shown.output
