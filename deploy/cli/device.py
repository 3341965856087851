"""`scanstream device`: a kiosk with a scanner that types."""

import json
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import click

from deploy.device import gateway_address, queue_directory, queue_key, token_in
from deploy.user_error import UserError
from schemas.enums import Direction, ScanMode
from streams.device.main import CourierFailed, DeviceConfig, run
from streams.device.qr import decode
from streams.device.queue import Refused, refused_in
from streams.device.queue_file import QueueError
from streams.device.scan import Station

_FEEDS = ("venue", "checkpoint")
_FILE = click.Path(path_type=Path, dir_okay=False)
_DIRECTORY = click.Path(path_type=Path, file_okay=False)


@click.command(name="device")
@click.option(
    "--gateway", default="http://127.0.0.1:19080", show_default=True, metavar="URL", help="address of the gateway"
)
@click.option("--allow-http", is_flag=True, help="let numbers cross a network that is protected by other means")
@click.option("--token-file", type=_FILE, help="file with the token that `devices enrol` printed")
@click.option("--place", type=click.IntRange(1, 2**31 - 1), help="place_id of the place it stands at")
@click.option("--gate", type=click.IntRange(0, 65_535), default=0, show_default=True, help="gate or lane, from 1")
@click.option("--direction", type=click.Choice([one.name for one in Direction]), default="IN", show_default=True)
@click.option("--feed", type=click.Choice(_FEEDS), default="venue", show_default=True, help="what kind of place it is")
@click.option("--scan-mode", type=click.Choice([one.name for one in ScanMode]), default="GUARD_SCAN", show_default=True)
@click.option("--queue", type=_DIRECTORY, default=Path("var/device"), show_default=True, help="where scans wait")
@click.option("--key-file", type=_FILE, help="key that seals them, made once  [default: device.key in --queue]")
@click.option("--heartbeat-seconds", type=click.FloatRange(min=0), default=0.0, show_default=True, help="0: none")
@click.option("--json", "as_json", is_flag=True, help="one JSON object a line, for programs")
@click.option("--refused", is_flag=True, help="list the scans that were refused, and end")
def command(
    *,
    gateway: str,
    allow_http: bool,
    token_file: Path | None,
    place: int | None,
    gate: int,
    direction: str,
    feed: str,
    scan_mode: str,
    queue: Path,
    key_file: Path | None,
    heartbeat_seconds: float,
    as_json: bool,
    refused: bool,
) -> None:
    """Read scans from standard input, one a line, and send them to the gateway, until the input's end or Ctrl-C.

    A scanner that types a line and Enter needs nothing else. Each scan is on the disk, sealed, before its line is
    shown: OK (the gateway has it), STORED (it is sent when the gateway is back, also after a restart), or REFUSED with
    the reason. --token-file and --place are needed.
    """
    try:
        if refused:
            _list(refused_in(queue), as_json=as_json)
            return
        if token_file is None or place is None:
            raise click.UsageError("Give --token-file and --place.")
        config = DeviceConfig(
            gateway_url=gateway_address(gateway, allow_http=allow_http),
            token=token_in(token_file)[1],
            queue_directory=queue_directory(queue),
            key=queue_key(key_file or queue / "device.key"),
            station=Station(
                place_id=place,
                gate=gate,
                direction=Direction[direction],
                feed=feed,
                scan_mode=ScanMode[scan_mode],
            ),
            as_json=as_json,
            version=version("scanstream"),
            heartbeat_seconds=heartbeat_seconds,
        )
        run(config, decode=decode)
    except (QueueError, CourierFailed) as problem:
        raise UserError(str(problem)) from None


def _list(refused: list[Refused], *, as_json: bool) -> None:
    for one in refused:
        made = datetime.fromtimestamp(one.event_time_ms / 1_000, UTC).astimezone()
        if as_json:
            about = {"device_seq": one.device_seq, "scan_id": str(one.scan_id), "event_time": made.isoformat()}
            click.echo(json.dumps(about | {"reason": one.reason}, ensure_ascii=False))
        else:
            click.echo(f"scan {one.device_seq:<8}  {made:%Y-%m-%d %H:%M:%S}  {one.reason}")
    if not refused and not as_json:
        click.echo("No scan was refused.")
