"""`scanstream devices`: who may send scans."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.devices import DeviceRegister
from deploy.local.stores import existing_stores
from schemas.enums import Role

_MOST_ID = 2**31 - 1
_kafka = settings_options("kafka", "port_base")


@click.group(name="devices")
def command() -> None:
    """Enrol devices, withdraw their credentials, and list them."""


@command.command(name="enrol")
@click.option("--place", type=click.IntRange(1, _MOST_ID), required=True, help="place_id of the place it stands at")
@click.option("--label", required=True, help="name people know it by, as `north gate`")
@click.option(
    "--role",
    type=click.Choice([role.name for role in Role]),
    default="SCANNER",
    show_default=True,
    help="what it may send",
)
@_kafka
def enrol(*, place: int, label: str, role: str, **flags: object) -> None:
    """Enrol a device and print its token, once: it is kept nowhere. Put it into the device's token file.

    Gateways let it in within seconds.
    """
    if not label.strip() or not label.isprintable():
        raise click.BadParameter("it must be one line of text that can be read", param_hint="--label")
    enrolled = _register(flags).enrol(place_id=place, label=label.strip(), role=Role[role])
    say(f"Device {enrolled.device_id} is enrolled at place {place}. Its token, shown this once:")
    click.echo(enrolled.token)


@command.command(name="revoke")
@click.argument("device", type=click.IntRange(0, _MOST_ID), metavar="ID")
@_kafka
def revoke(*, device: int, **flags: object) -> None:
    """Withdraw the credential of the device ID, for good: gateways refuse it within seconds.

    A device that is found again is enrolled anew.
    """
    if _register(flags).revoke(device):
        say(f"Device {device} is revoked.")
    else:
        say(f"Device {device} was revoked before.")


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="an array of JSON objects instead of lines")
@_kafka
def list_devices(*, as_json: bool, **flags: object) -> None:
    """List the devices: number, state, role, place and name."""
    found = [_about(device) for _, device in sorted(_register(flags).devices().items())]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for device in found:
        state = "revoked" if device["revoked"] else "enrolled"
        head = f"{device['device_id']:>10}  {state:<8}  {device['role']:<9}"
        click.echo(f"{head}  place {device['place_id']:<10}  {device['label']}")
    if not found:
        click.echo("No device is enrolled.")


def _register(flags: dict[str, object]) -> DeviceRegister:
    settings = existing_stores(settings_from(flags), need_clickhouse=False)
    return DeviceRegister(settings.kafka, now=lambda: datetime.now(UTC))


def _about(device: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be shown of a device: not its token's hash."""
    shown = {name: value for name, value in device.items() if name not in {"token_sha256", "updated_at"}}
    return shown | {"updated_at": device["updated_at"].isoformat(timespec="seconds")}
