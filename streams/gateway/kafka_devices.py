"""Keep the directory of devices fresh from its compacted topic, in a small thread of its own."""

import logging
import threading

from schemas.enums import Role
from schemas.kinds import DEVICES
from schemas.wire import MalformedMessage, decode
from streams.follow import Follower, Warn
from streams.gateway.devices import Credential, InMemoryDeviceDirectory

_MOST_MESSAGES = 5_000
_ANSWER_SECONDS = 2.0
_LOG = logging.getLogger(__name__)


class KafkaDeviceDirectory:
    """A `DeviceDirectory` that follows the devices' topic from its beginning.

    A change takes effect as soon as Kafka delivers it, usually within milliseconds. While Kafka is away the last known
    state holds.
    """

    def __init__(self, bootstrap: str, *, topic: str = DEVICES.topic) -> None:
        """Choose the topic without connecting yet."""
        self._follower = Follower(
            bootstrap=bootstrap,
            group="scanstream-gateway-devices",
            topics=[topic],
            what="the register of devices",
            most_messages=_MOST_MESSAGES,
            warn=_warning_once(),
            answer_seconds=_ANSWER_SECONDS,
        )
        self._devices = InMemoryDeviceDirectory()
        self._caught_up = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="devices", daemon=True)

    @property
    def loaded(self) -> bool:
        return self._caught_up

    def credential(self, device_id: int) -> Credential | None:
        return self._devices.credential(device_id)

    def start(self) -> None:
        """Begin to read the topic; it may still be missing."""
        self._thread.start()

    def close(self) -> None:
        """Stop reading and wait until the thread has ended."""
        self._stop.set()
        self._thread.join()

    def _follow(self) -> None:
        for messages, caught_up in self._follower.polls(self._stop):
            for message in messages:
                self._apply(message.key(), message.value())
            self._caught_up = caught_up

    def _apply(self, key: bytes | None, value: bytes | None) -> None:
        try:
            apply_change(self._devices, key, value)
        except (MalformedMessage, ValueError) as error:
            _LOG.warning("a message of the devices' topic was skipped: %s", error)


def apply_change(devices: InMemoryDeviceDirectory, key: bytes | None, value: bytes | None) -> None:
    """Apply one message of the devices' topic; one without value withdraws the device its key names.

    Raise MalformedMessage or ValueError if the message is not a device's state.
    """
    if value is None:
        devices.revoke(int(key or b""))
        return
    kind, device = decode(value)
    if kind != DEVICES:
        raise ValueError(f"it holds a {kind.name}")
    if device["revoked"]:
        devices.revoke(device["device_id"])
    else:
        devices.enrol(device["device_id"], device["token_sha256"], Role[device["role"]])


def _warning_once() -> Warn:
    """Return a function that logs a sentence unless it logged the same one last: Kafka may be away for long."""
    last = ""

    def warn(sentence: str) -> None:
        nonlocal last
        if sentence != last:
            _LOG.warning("%s", sentence)
        last = sentence

    return warn
