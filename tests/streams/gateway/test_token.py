"""A token proves one device, and says nothing about others."""

import pytest

from schemas.enums import Role
from streams.gateway.devices import InMemoryDeviceDirectory
from streams.gateway.problem import Refusal
from streams.gateway.token import device_of
from tests.streams.gateway.samples import DEVICE_ID, TOKEN, TOKEN_SHA256


@pytest.fixture
def directory() -> InMemoryDeviceDirectory:
    """Return a directory with the one device of the samples."""
    directory = InMemoryDeviceDirectory()
    directory.enrol(DEVICE_ID, TOKEN_SHA256)
    return directory


def _refused(authorization: str | None, directory: InMemoryDeviceDirectory) -> Refusal:
    with pytest.raises(Refusal) as refused:
        device_of(authorization, directory)
    return refused.value


def test_a_token_proves_its_device(directory: InMemoryDeviceDirectory) -> None:
    assert device_of(f"Bearer {TOKEN}", directory) == (DEVICE_ID, Role.SCANNER)
    assert device_of(f"bearer  {TOKEN}", directory) == (DEVICE_ID, Role.SCANNER)


def test_a_token_has_the_role_it_was_enrolled_with(directory: InMemoryDeviceDirectory) -> None:
    directory.enrol(DEVICE_ID, TOKEN_SHA256, Role.HEALTH)
    assert device_of(f"Bearer {TOKEN}", directory) == (DEVICE_ID, Role.HEALTH)


@pytest.mark.parametrize(
    "token", [f"{TOKEN}x", f"{DEVICE_ID}.", "78.a-secret", f"0{TOKEN}", "٧٧.a-secret", "9" * 11 + ".x"]
)
def test_another_token_proves_nothing(directory: InMemoryDeviceDirectory, token: str) -> None:
    refusal = _refused(f"Bearer {token}", directory)

    assert refusal.status == 401
    assert refusal.headers == {"WWW-Authenticate": "Bearer"}
    assert token not in refusal.detail


@pytest.mark.parametrize("authorization", [None, "", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN} {TOKEN}", "Bearer \x00"])
def test_without_a_bearer_token_nobody_is_let_in(directory: InMemoryDeviceDirectory, authorization: str | None) -> None:
    assert _refused(authorization, directory).status == 401


def test_a_revoked_token_and_an_unknown_device_get_the_same_answer(directory: InMemoryDeviceDirectory) -> None:
    directory.revoke(DEVICE_ID)

    revoked, unknown = _refused(f"Bearer {TOKEN}", directory), _refused("Bearer 5.x", directory)

    assert (revoked.status, revoked.detail) == (unknown.status, unknown.detail)


def test_a_device_whose_hash_is_all_zeros_is_not_open_to_everyone(directory: InMemoryDeviceDirectory) -> None:
    directory.enrol(5, bytes(32))

    assert _refused("Bearer 5.x", directory).status == 401


def test_while_the_devices_are_loading_the_client_is_told_to_come_again(directory: InMemoryDeviceDirectory) -> None:
    directory.loaded = False

    refusal = _refused(f"Bearer {TOKEN}", directory)

    assert refusal.status == 503
    assert "Retry-After" in refusal.headers
