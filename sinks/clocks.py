"""Which devices' clocks were wrong: only their scans can come back with another corrected time."""

from collections.abc import Callable

import numpy as np

from sinks.scans import Bools, Ints


class SkewedDevices:
    """The devices of one partition of which a landed scan's time was corrected.

    It asks the store once, when first needed, and learns from what lands: in order, so it knows of every scan with a
    smaller offset. One thread may learn while another asks: what landed too late for the store's answer was learned.
    """

    def __init__(self, ask: Callable[[], Ints]) -> None:
        """Take what asks the store for the devices of all landed scans of the partition."""
        self._ask = ask
        self._landed: Ints | None = None
        self._learned: Ints = np.empty(0, np.int64)

    def among(self, devices: Ints) -> Bools:
        """Tell which of `devices` are known to have been wrong."""
        if self._landed is None:
            self._landed = np.unique(self._ask())
        found: Bools = np.isin(devices, self._landed) | np.isin(devices, self._learned)
        return found

    def learn(self, devices: Ints) -> None:
        """Take note of such devices of a message whose rows land."""
        if len(devices):
            self._learned = np.union1d(self._learned, devices)
