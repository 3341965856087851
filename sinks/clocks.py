"""Which devices' clocks were wrong: only their scans can come back with another corrected time."""

from collections.abc import Callable

import numpy as np

from sinks.scans import Bools, Ints


class SkewedDevices:
    """The devices of one partition of which a landed scan's time was corrected.

    It asks the store once, when first needed, and then learns from what lands: in order, so it knows of every scan
    with a smaller offset.
    """

    def __init__(self, ask: Callable[[], Ints]) -> None:
        """Take what asks the store for the devices of all landed scans of the partition."""
        self._ask = ask
        self._known: Ints | None = None

    def among(self, devices: Ints) -> Bools:
        """Tell which of `devices` are known to have been wrong."""
        if self._known is None:
            self._known = np.unique(self._ask())
        found: Bools = np.isin(devices, self._known)
        return found

    def learn(self, devices: Ints) -> None:
        """Take note of such devices of a message whose rows land."""
        if self._known is not None and len(devices):
            self._known = np.union1d(self._known, devices)
