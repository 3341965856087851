"""`scanstream reports import`: what an office types, through a real gateway, to the rows that count."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deploy.cli import main
from schemas.enums import Role, TokenKind
from tests.deploy.entry.forms import declaration, table_of
from tests.streams.device.gateway_thread import GatewayThread, directory_of_samples
from tests.streams.gateway.samples import DEVICE_ID, KEY, TOKEN, TOKEN_SHA256, raw_number

_YESTERDAY = f"{datetime.now(UTC) - timedelta(days=1):%d/%m/%Y %H:%M}"


def _gateway_of(role: Role) -> GatewayThread:
    directory = directory_of_samples()
    directory.enrol(DEVICE_ID, TOKEN_SHA256, role)
    return GatewayThread(directory)


@pytest.fixture(name="gateway")
def _gateway() -> Iterator[GatewayThread]:
    gateway = _gateway_of(Role.OPERATOR)
    with gateway.up():
        yield gateway


def _import(gateway: GatewayThread, tmp_path: Path, file: bytes, *arguments: str, feed: str = "declaration") -> Result:
    (tmp_path / "forms.csv").write_bytes(file)
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "token").chmod(0o600)
    own = ["--feed", feed, "--gateway", gateway.url, "--token-file", str(tmp_path / "token")]
    return CliRunner().invoke(main, ["reports", "import", str(tmp_path / "forms.csv"), *own, *arguments])


def test_a_pile_of_paper_is_sent_and_sent_again_it_is_the_same_events(gateway: GatewayThread, tmp_path: Path) -> None:
    file = table_of(*(declaration(seed, time=_YESTERDAY) for seed in range(3)))
    for _ in range(2):
        ended = _import(gateway, tmp_path, file, "--json")
        assert (ended.exit_code, ended.stderr.splitlines()[-1]) == (0, "Sent 3 lines.")
        assert json.loads(ended.stdout) == {"lines": 3, "sent": 3, "refused": 0, "not_sent": 0, "problems": []}
    events = gateway.events()
    assert [event["event_id"] for event in events[:3]] == [event["event_id"] for event in events[3:]]
    assert {event["subject"] for event in events} == {
        KEY.subject(kind=TokenKind.CCCD, identity=raw_number(seed)) for seed in range(3)
    }
    assert {(event["capture_mode"], event["device_id"]) for event in events} == {("PAPER", DEVICE_ID)}


def test_one_wrong_line_keeps_all_back_unless_asked(gateway: GatewayThread, tmp_path: Path) -> None:
    file = table_of(declaration(1, time=_YESTERDAY), declaration(2, time="yesterday"))
    whole = _import(gateway, tmp_path, file, "--report", str(tmp_path / "report.json"))
    reason = "line 3: event_time must be a time as 05/08/2021 14:30, or in ISO 8601"
    assert (whole.exit_code, whole.stderr.splitlines()[-1]) == (2, f"Error: Nothing was sent: {reason}.")
    assert gateway.publisher.stored == []
    good = _import(gateway, tmp_path, file, "--partial", "--report", str(tmp_path / "report.csv"))
    assert (good.exit_code, good.stderr.splitlines()[-2:]) == (1, ["Sent 1 lines.", f"Refused 1: {reason}."])
    assert len(gateway.publisher.stored) == 1
    written = (tmp_path / "report.csv").read_text("utf-8-sig") + (tmp_path / "report.json").read_text("utf-8")
    assert "2,{},sent".format(json.loads((tmp_path / "report.json").read_text("utf-8"))[0]["event_id"]) in written
    assert not any(raw_number(seed) in written + whole.output + good.output for seed in (1, 2))


def test_a_scanners_token_is_refused_with_what_to_do(tmp_path: Path) -> None:
    gateway = _gateway_of(Role.SCANNER)
    with gateway.up():
        ended = _import(gateway, tmp_path, table_of(declaration(1)))
    assert ended.exit_code == 2
    assert "A credential of role SCANNER may not enter forms; use an operator's" in ended.stderr


def test_an_operator_may_not_report_what_is_an_authoritys(gateway: GatewayThread, tmp_path: Path) -> None:
    ended = _import(gateway, tmp_path, table_of(declaration(1)), feed="case")
    assert ended.exit_code == 2
    assert "a credential of role OPERATOR may not send case events; use one of role AUTHORITY, HEALTH" in ended.stderr


def test_a_gateway_that_is_not_there_is_named(tmp_path: Path) -> None:
    ended = _import(GatewayThread(), tmp_path, table_of(declaration(1)))
    assert ended.exit_code == 2
    assert "Nothing was sent: the gateway can't be reached at http://127.0.0.1:" in ended.stderr
