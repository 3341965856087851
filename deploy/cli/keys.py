"""`scanstream keys`: versions of the secret keys."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.keys import KeyFile, key_ring, pseudonym_keys, rotate, vault_keys
from deploy.settings import Settings
from schemas.key_ring import KeyRing, Secret
from schemas.rotation import linked_until, live

_PURPOSES: dict[str, Callable[[Settings], KeyFile]] = {"pseudonym": pseudonym_keys, "vault": vault_keys}
_purpose = click.option(
    "--purpose", type=click.Choice(list(_PURPOSES)), default="pseudonym", show_default=True, help="which keys"
)
_files = settings_options("pseudonym_key_file", "vault_key_file", "data_dir")


@click.group(name="keys")
def command() -> None:
    """List and rotate the keys of pseudonyms and of sealed contact details. No secret is ever shown."""


@command.command(name="list")
@_purpose
@click.option("--json", "as_json", is_flag=True, help="one JSON object for each version instead of lines")
@_files
def list_keys(*, purpose: str, as_json: bool, **flags: object) -> None:
    """List the versions: when each was made, which is current, and until when older ones are linked."""
    ring = key_ring(_PURPOSES[purpose](settings_from(flags)))
    found = [_about(ring, secret, purpose) for secret in ring.secrets]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for key in found:
        until = f"  links until {key['linked_until'] or '(unknown)'}" if key["state"] == "linked" else ""
        click.echo(f"{key['version']:>3}  {key['state']:<8}  made {key['made_at'] or '(unknown)'}{until}")


@command.command(name="rotate")
@_purpose
@_files
def rotate_keys(*, purpose: str, **flags: object) -> None:
    """Add a version, which is current from now on; older ones stay.

    Restart the gateways within a day: they read the keys when they start.
    """
    ring = rotate(_PURPOSES[purpose](settings_from(flags)))
    say(f"Version {ring.current.version} is current; restart what reads these keys within a day.")


def _about(ring: KeyRing, secret: Secret, purpose: str) -> dict[str, object]:
    until = linked_until(ring, secret) if purpose == "pseudonym" else None
    return {
        "version": secret.version,
        "state": _state(ring, secret, purpose),
        "made_at": secret.made_at.isoformat(timespec="seconds") if secret.made_at else None,
        "linked_until": until.isoformat(timespec="seconds") if until else None,
    }


def _state(ring: KeyRing, secret: Secret, purpose: str) -> str:
    """Return `current`, `linked` or `retired`; older master keys are `kept`, for what they wrapped."""
    if secret == ring.current:
        return "current"
    if purpose != "pseudonym":
        return "kept"
    return "linked" if secret in live(ring, now=datetime.now(UTC)) else "retired"
