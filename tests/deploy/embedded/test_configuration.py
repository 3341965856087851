"""The files the server is configured with."""

# ruff: noqa: S106, S314 -- passwords of nobody, XML of our own

import xml.etree.ElementTree as ET

import pytest

from deploy.embedded.configuration import KEPT_FREE_BYTES, check_user, config_xml, users_xml
from deploy.user_error import UserError
from tests.deploy.embedded.running import RunningServer


def _networks(users: ET.Element, name: str) -> list[str | None]:
    return [ip.text for ip in users.findall(f"./users/{name}/networks/ip")]


def test_the_configuration_is_well_formed_whatever_the_host() -> None:
    config = ET.fromstring(config_xml(host="<&>", http_port=8123, login_url="http://x/"))
    assert config.findtext("listen_host") == "<&>"
    assert config.findtext("http_port") == "8123"


@pytest.mark.integration
def test_the_engine_begins_no_write_that_could_fill_the_disk(server: RunningServer) -> None:
    assert server.query("SELECT keep_free_space FROM system.disks") == str(KEPT_FREE_BYTES)


def test_the_password_is_stored_as_a_hash() -> None:
    text = users_xml(user="keeper", password="secret & <odd>")
    assert "secret" not in text
    stored = ET.fromstring(text).findtext("./users/keeper/password_sha256_hex")
    assert stored is not None
    assert len(stored) == 64


def test_a_user_with_a_password_may_come_from_anywhere_and_one_without_only_from_this_machine() -> None:
    with_password = ET.fromstring(users_xml(user="keeper", password="x"))
    without = ET.fromstring(users_xml(user="keeper", password=""))
    assert _networks(with_password, "keeper") == ["::/0"]
    assert _networks(without, "keeper") == ["127.0.0.1", "::1"]


def test_beside_a_named_user_the_default_user_logs_in_by_the_startup_login_only() -> None:
    users = ET.fromstring(users_xml(user="keeper", password="x"))
    assert users.findtext("./users/default/http_authentication/server") == "startup"
    assert users.find("./users/default/password_sha256_hex") is None
    assert _networks(users, "default") == ["127.0.0.1", "::1"]


def test_the_default_user_can_be_the_administrator_without_a_password() -> None:
    check_user("default", "")
    users = ET.fromstring(users_xml(user="default", password=""))
    assert len(users.findall("./users/default")) == 1
    assert users.find("./users/default/password_sha256_hex") is not None


@pytest.mark.parametrize(("user", "password"), [("default", "x"), ("", ""), ("a b", "x"), ("a<b", "x"), ("1a", "x")])
def test_a_user_that_cannot_be_served_is_refused_in_a_sentence(user: str, password: str) -> None:
    with pytest.raises(UserError, match=r"^[A-Z].*\.$"):
        check_user(user, password)
