"""The window bench against small windows: a dictionary, and ones with a fault."""

from collections.abc import Callable
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from rich.console import Console

from loadtest.bench_window import WrongKeys, as_table, batch_sizes, bench_window, scans_per_step, with_ratios
from schemas.columns import Columns
from schemas.enums import Verdict

_STEP_MS, _STEPS = 300_000, 4


@dataclass
class DictWindow:
    """Remembers ids by the step of their event time; `size_bytes` is 64 an id that was ever kept at once."""

    steps: int = _STEPS
    step_ms: int = _STEP_MS
    size_bytes: int = 0
    ids: dict[tuple[int, int], int] = field(default_factory=dict)

    def live_keys(self) -> int:
        newest = max(self.ids.values())
        return 2 * sum(step > newest - self.steps for step in self.ids.values())

    def decide(self, columns: Columns, *, logged_ms: int) -> npt.NDArray[np.uint8]:
        assert columns.integer("event_time").max() <= logged_ms
        verdicts = np.full(len(columns), Verdict.ACCEPTED, np.uint8)
        for row, (id_, time_ms) in enumerate(
            zip(columns.words("scan_id").tolist(), columns.integer("event_time").tolist(), strict=True)
        ):
            if tuple(id_) in self.ids:
                verdicts[row] = Verdict.RETRY
            self.ids.setdefault(tuple(id_), time_ms // self.step_ms)
        self.size_bytes = 64 * len(self.ids)
        return verdicts


class ForgettingWindow(DictWindow):
    """Knows only the last batch."""

    def decide(self, columns: Columns, *, logged_ms: int) -> npt.NDArray[np.uint8]:
        self.ids = {id_: step for id_, step in self.ids.items() if step == max(self.ids.values())}
        return super().decide(columns, logged_ms=logged_ms)


class HoardingWindow(DictWindow):
    """Never forgets."""

    def live_keys(self) -> int:
        return 2 * len(self.ids)


def _bench(new_window: Callable[[], DictWindow]) -> dict[str, Any]:
    return bench_window(new_window, keys=[8_000, 16_000], events=1_500, seed=1, say=lambda _line: None)


def test_a_right_window_is_measured_over_whole_steps() -> None:
    figures = _bench(DictWindow)
    small, large = figures["windows"]
    assert figures["balanced"]
    assert (small["keys"], small["live_keys"], small["wrong"]) == (8_000, 8_000, 0)
    assert (small["events"], large["events"]) == (2 * 1_111, 2_222)
    assert small["ratio"] == 1
    assert small["ns_per_event"] > 0
    # Both windows' keys are one scan's, and scans of the settling and the two measured steps were kept besides.
    assert small["bytes_per_key_most"] >= small["bytes_per_key"] == 64 * 7_000 / 8_000


def test_a_window_that_forgets_fails() -> None:
    figures = _bench(ForgettingWindow)
    assert not figures["balanced"]
    assert figures["windows"][0]["wrong"] > 0


def test_a_window_that_never_forgets_fails() -> None:
    assert not _bench(HoardingWindow)["balanced"]


def test_ratios_are_to_the_first_figure() -> None:
    figures = with_ratios([{"ns_per_event": 400.0}, {"ns_per_event": 500.0}])
    assert [window["ratio"] for window in figures] == [1.0, 1.25]


@pytest.mark.parametrize(("scans", "sizes"), [(1, [1]), (45_000, [45_000]), (100_000, [45_000, 45_000, 10_000])])
def test_batches_are_full_but_the_last(scans: int, sizes: list[int]) -> None:
    assert list(batch_sizes(scans)) == sizes


def test_a_scan_is_two_keys() -> None:
    assert scans_per_step(1_000_000, steps=4) == 125_000


@pytest.mark.parametrize("keys", [0, 7_992, 8_001])
def test_keys_that_cannot_be_spread_over_the_steps_are_refused(keys: int) -> None:
    with pytest.raises(WrongKeys, match=f"Keys are a multiple of 8 and at least 8000, not {keys}"):
        scans_per_step(keys, steps=4)


def test_the_table_names_each_window_and_its_ratio() -> None:
    shown = StringIO()
    Console(file=shown, width=100).print(as_table(_bench(DictWindow)))
    lines = [line for line in shown.getvalue().splitlines() if "000 │" in line]
    assert [line.split("│")[1].strip() for line in lines] == ["8,000", "16,000"]
    assert lines[0].split("│")[3].strip() == "1.00"
