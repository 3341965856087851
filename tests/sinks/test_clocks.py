"""The sink knows which devices' clocks were wrong."""

import numpy as np

from sinks.clocks import SkewedDevices


class Store:
    """Answers with device 3 and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        self.asked += 1
        return np.array([3])


def test_the_store_is_asked_once_and_only_when_needed() -> None:
    store = Store()
    devices = SkewedDevices(store)
    devices.learn(np.array([9]))
    assert store.asked == 0
    assert devices.among(np.array([2, 3])).tolist() == [False, True]
    assert devices.among(np.array([3])).tolist() == [True]
    assert store.asked == 1


def test_it_learns_from_what_lands_afterwards() -> None:
    devices = SkewedDevices(Store())
    devices.among(np.array([1]))
    devices.learn(np.array([9]))
    devices.learn(np.empty(0, np.int64))
    assert devices.among(np.array([3, 8, 9])).tolist() == [True, False, True]


def test_what_lands_before_the_store_is_asked_is_learned_too() -> None:
    devices = SkewedDevices(Store())
    devices.learn(np.array([9]))
    assert devices.among(np.array([3, 8, 9])).tolist() == [True, False, True]
