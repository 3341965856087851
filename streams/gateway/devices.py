"""Who may send: the directory of enrolled devices and their tokens' hashes."""

from typing import NamedTuple, Protocol

from schemas.enums import Role


class Credential(NamedTuple):
    """What is known of a device's credential: the SHA-256 of its token, and what it may send."""

    token_sha256: bytes
    role: Role


class DeviceDirectory(Protocol):
    """The latest state of every enrolled device. Reads are immediate: they never wait for anything."""

    @property
    def loaded(self) -> bool:
        """Tell whether all devices enrolled before the start are known; before that an unknown one means nothing."""

    def credential(self, device_id: int) -> Credential | None:
        """Return a device's credential, or None if the device is unknown or its token was revoked."""


class InMemoryDeviceDirectory:
    """A directory filled by hand, complete from the start."""

    loaded = True

    def __init__(self) -> None:
        """Make an empty directory."""
        self._credentials: dict[int, Credential] = {}

    def enrol(self, device_id: int, token_sha256: bytes, role: Role = Role.SCANNER) -> None:
        """Add a device, or give it a new token and role."""
        self._credentials[device_id] = Credential(token_sha256, role)

    def revoke(self, device_id: int) -> None:
        """Withdraw a device's token; nothing happens if it is unknown."""
        self._credentials.pop(device_id, None)

    def credential(self, device_id: int) -> Credential | None:
        return self._credentials.get(device_id)
