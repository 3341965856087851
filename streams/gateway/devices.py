"""Who may send: the directory of enrolled devices and their tokens' hashes."""

from typing import Protocol


class DeviceDirectory(Protocol):
    """The latest state of every enrolled device. Reads are immediate: they never wait for anything."""

    @property
    def loaded(self) -> bool:
        """Tell whether all devices enrolled before the start are known; before that an unknown one means nothing."""

    def token_sha256(self, device_id: int) -> bytes | None:
        """Return the SHA-256 of a device's token, or None if the device is unknown or its token was revoked."""


class InMemoryDeviceDirectory:
    """A directory filled by hand, complete from the start."""

    loaded = True

    def __init__(self) -> None:
        """Make an empty directory."""
        self._hashes: dict[int, bytes] = {}

    def enrol(self, device_id: int, token_sha256: bytes) -> None:
        """Add a device, or give it a new token."""
        self._hashes[device_id] = token_sha256

    def revoke(self, device_id: int) -> None:
        """Withdraw a device's token; nothing happens if it is unknown."""
        self._hashes.pop(device_id, None)

    def token_sha256(self, device_id: int) -> bytes | None:
        return self._hashes.get(device_id)
