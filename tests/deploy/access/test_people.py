"""People come and go while the engine runs: the commands, and the engine beginning anew."""

import json
from pathlib import Path

import aiohttp
import pytest
from click.testing import CliRunner, Result

from deploy.cli import main
from deploy.settings import variable
from tests.deploy.access.conftest import Installation
from tests.deploy.access.world import DATABASE, SPOTS
from tests.deploy.embedded.running import RunningServer, basic_auth

_ELSEWHERE = SPOTS[1]


def _run(data_dir: Path, *arguments: str, server: RunningServer | None = None) -> Result:
    command, *rest = arguments
    options = ["--data-dir", str(data_dir), "--clickhouse-database", DATABASE, "--port-base", "0"]
    environment = {}
    if server:
        options += ["--clickhouse-url", server.url, "--clickhouse-user", server.user]
        environment = {variable("clickhouse_password"): server.password}
    return CliRunner().invoke(main, ["access", command, *rest, *options], env=environment)


@pytest.mark.integration
async def test_who_is_granted_access_has_it_once_the_engine_has_begun_anew(
    installed: Installation, door: aiohttp.ClientSession
) -> None:
    data_dir = installed.settings.data_dir
    pid = installed.server.pid
    granted = _run(
        data_dir, "grant", "newcomer", "--role", "commune", "--scope", str(_ELSEWHERE.commune), server=installed.server
    )
    assert granted.exit_code == 0, granted.output
    auth = basic_auth("newcomer", granted.stdout.strip().splitlines()[-1])
    async with door.post("/", data=b"SELECT subject FROM declarations", headers=auth) as answer:
        assert (answer.status, await answer.text()) == (200, f"{_ELSEWHERE.person}\n")
    assert installed.server.pid == pid
    installed.register.revoke("newcomer")
    async with door.post("/", data=b"SELECT 1", headers=auth) as answer:
        assert answer.status == 401


def test_a_listing_and_an_export_show_who_has_access_and_no_secret(data_dir: Path, tmp_path: Path) -> None:
    token = _run(data_dir, "grant", "mai", "--role", "district", "--scope", "731").stdout.strip().splitlines()[-1]
    listed = json.loads(_run(data_dir, "list", "--json").stdout)
    assert [(one["name"], one["role"], one["scope"]) for one in listed] == [("mai", "district", ["731"])]
    assert "mai" in _run(data_dir, "list").stdout
    out = tmp_path / "server"
    assert _run(data_dir, "export", "--out", str(out)).exit_code == 0
    users = (out / "users.d" / "scanstream.xml").read_text()
    assert 'from_env="ACCESS_MAI_SHA256"' in users
    assert "district IN (731)" in users
    hashed = (out / "passwords.env").read_text().strip().removeprefix("ACCESS_MAI_SHA256=")
    assert len(hashed) == 64
    assert hashed not in users
    assert token not in users + hashed
    assert "users_without_row_policies_can_read_rows" in (out / "config.d" / "scanstream.xml").read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ("grant", "mai", "--role", "commune"),
        ("grant", "mai", "--role", "commune", "--scope", "42"),
        ("grant", "mai", "--role", "ops", "--scope", "42"),
        ("grant", "Mai", "--role", "ops"),
        ("revoke", "mai"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(data_dir: Path, arguments: tuple[str, ...]) -> None:
    result = _run(data_dir, *arguments)
    assert result.exit_code == 2
    assert result.output.startswith("Error: ")
    assert result.output.strip().endswith((".", "list"))
