"""We extend Faust and aiokafka from inside: a new version that changes what is relied on has to be read first.

When a test here fails, read what changed in the named method, compare it with the docstring of the module of ours that
relies on it, correct that module and its line numbers, run the integration and crash tests, and only then enter the new
version or hash.
"""

import hashlib
import importlib
import inspect
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import streams.landing_log
import streams.transport.driver
import streams.transport.fetcher

VERSIONS = {"aiokafka": "0.14.0", "faust-streaming": "0.15.3"}

_FETCHER = "aiokafka.consumer.fetcher:"
_DRIVER = "faust.transport.drivers.aiokafka:"
_CONSUMER = "faust.transport.consumer:"
_TABLES = "faust.tables."

#: By our module: what it relies on, and the first half of the SHA-256 of its source.
RELIED_UPON: dict[Any, dict[str, str]] = {
    streams.transport.fetcher: {
        _FETCHER + "Fetcher.__init__": "bf21ecb7e0f210b7c90ddabf89b02ae0",
        _FETCHER + "Fetcher._proc_fetch_request": "59bf948fff47eed580671971252454da",
        _FETCHER + "Fetcher.fetched_records": "be4348896b9b66afe048de954e2be91c",
        _FETCHER + "FetchResult": "d7db13f06de8248c456d0e34bfa9f7ef",
        _FETCHER + "PartitionRecords": "94aa0da0dbec8d1bfcd1aacc64ac405c",
    },
    streams.transport.driver: {
        _DRIVER + "Consumer._to_message": "7c24f6511b2fcef7cbfe73526e78de03",
        _DRIVER + "Consumer._new_consumer_thread": "0870ec53dea75083995e3565c0f0a25a",
        _DRIVER + "AIOKafkaConsumerThread.on_start": "38b4e8bd1e10723aed02bb1e8c74ccb0",
        _CONSUMER + "Consumer._new_offset": "1d2c7ea89a7ad4f1a216c1d51936e569",
        _CONSUMER + "Consumer._add_gap": "4df2573ded7c1c2cde04dc6bde6d4480",
        _CONSUMER + "Consumer.perform_seek": "0e8c130ff4b0afd82c0be9c5fd831316",
        _CONSUMER + "ThreadDelegateConsumer.seek_to_committed": "f1d483b861b0328b4f0be90a4abc3f95",
    },
    streams.landing_log: {
        _TABLES + "base:Collection.__init__": "95568fc09c76d00688abac16ad47f9da",
        _TABLES + "base:Collection.persisted_offset": "d473d3ab3fd6f036d974d0abe3d485a1",
        _TABLES + "base:Collection.apply_changelog_batch": "b980a78d3ae9b1e87f2d3fb63e0dcd26",
        _TABLES + "manager:TableManager.on_start": "365dd25fbc0e068499c89e526516c638",
        _TABLES + "manager:TableManager.on_rebalance": "2d2c23a07bf5432854a01ad790af19bb",
        _TABLES + "recovery:Recovery._add": "1584a197b11bf835c0e3c497952413ce",
        _TABLES + "recovery:Recovery._build_offsets": "27eec86be06cb51f66dfd2572be2f9b4",
        _TABLES + "recovery:Recovery._slurp_changelogs": "7825c7e50f766d5ab0fd246b63420ea0",
        _TABLES + "recovery:Recovery._resume_streams": "d986a6710c1aca98f08c4c723fb3eadc",
        _TABLES + "recovery:Recovery.on_recovery_completed": "6ef567acf072e46da3fccbccc6d66237",
    },
}
PINS = [(ours, place, pinned) for ours, places in RELIED_UPON.items() for place, pinned in places.items()]


def _found(place: str) -> Any:
    module, _, path = place.partition(":")
    found: Any = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    return getattr(found, "fun", found)  # mode wraps background tasks of services


def _hash(place: str) -> str:
    return hashlib.sha256(inspect.getsource(_found(place)).encode()).hexdigest()[:32]


@pytest.mark.parametrize(("package", "known"), VERSIONS.items())
def test_the_installed_version_is_the_one_that_was_read(package: str, known: str) -> None:
    assert version(package) == known, f"{package} {version(package)} has not been read yet: {__doc__}"


@pytest.mark.parametrize(("ours", "place", "pinned"), PINS, ids=[place for _, place, _ in PINS])
def test_what_we_rely_on_is_unchanged(ours: Any, place: str, pinned: str) -> None:
    assert _hash(place) == pinned, f"{place} has changed, on which {ours.__name__} relies. {__doc__}"


@pytest.mark.parametrize(
    ("ours", "place"), [(ours, place) for ours, place, _ in PINS], ids=[place for _, place, _ in PINS]
)
def test_what_is_pinned_is_what_our_module_says_it_relies_on(ours: Any, place: str) -> None:
    *owner, name = place.rpartition(":")[2].split(".")
    documentation = Path(str(ours.__file__)).read_text("utf-8")
    assert (owner[0] if name == "__init__" else name) in documentation


def test_what_is_overridden_is_still_there() -> None:
    stock = importlib.import_module(_DRIVER.rstrip(":")).Consumer
    for name in ("_to_message", "_new_consumer_thread", "seek_to_committed", "_new_offset", "_add_gap"):
        assert name in vars(streams.transport.driver.Consumer)
        assert callable(getattr(stock, name))
