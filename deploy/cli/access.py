"""`scanstream access`: people who query ClickHouse."""

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from aiohttp import web

from deploy.access.door import application
from deploy.access.files import journal_of, register_of, write_embedded, write_export
from deploy.access.register import Person
from deploy.access.take_effect import answers, await_user
from deploy.access.tls import tls_of
from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.local.layout import choose_ports
from deploy.local.ports import LOOPBACK, require_free
from deploy.local.stores import check_clickhouse
from deploy.settings import Settings, variable
from sinks.access.roles import ROLES

_register = settings_options("clickhouse_url", "clickhouse_user", "clickhouse_database", "data_dir", "port_base")


@click.group(name="access")
def command() -> None:
    """Give people access to their part of the data in ClickHouse, take it away, and open the door they come in by."""


@command.command(name="grant")
@click.argument("name")
@click.option("--role", type=click.Choice(list(ROLES)), required=True, help="what they are; see docs/access.md")
@click.option(
    "--scope", multiple=True, metavar="CODE", help="whose rows: place, commune, district, province or 42/SGDDT"
)
@_register
def grant(*, name: str, role: str, scope: tuple[str, ...], **flags: object) -> None:
    """Let NAME query their rows, and print their token, once: only its hash is kept.

    The embedded engine begins anew to learn of it, which takes some seconds.
    """
    settings = settings_from(flags)
    register = register_of(settings)
    token = register.grant(name=name, role=role, scope=scope, at=datetime.now(UTC))
    _tell_engine(settings, register.people(), changed=name)
    say(f"{name} has access as {role}. The token, shown this once:")
    click.echo(token)


@command.command(name="revoke")
@click.argument("name")
@_register
def revoke(*, name: str, **flags: object) -> None:
    """Take NAME's access away: the door refuses them from now on."""
    settings = settings_from(flags)
    register = register_of(settings)
    register.revoke(name)
    _tell_engine(settings, register.people(), changed=name)
    say(f"{name} has no access any more.")


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="an array of JSON objects instead of lines")
@_register
def list_people(*, as_json: bool, **flags: object) -> None:
    """List who has access: name, role, scope, since when."""
    found = [_about(person) for _, person in sorted(register_of(settings_from(flags)).people().items())]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for person in found:
        click.echo(
            f"{person['name']:<32}  {person['role']:<13}  {' '.join(person['scope']):<24}  {person['granted_at']}"
        )
    if not found:
        click.echo("Nobody has access.")


@command.command(name="export")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="directory to write into")
@_register
def export(*, out: Path, **flags: object) -> None:
    """Write roles, grants, row policies, quotas and everybody with access as files for a ClickHouse server."""
    settings = settings_from(flags)
    people = register_of(settings).people()
    for path in write_export(out, people.values(), database=settings.clickhouse_database):
        say(f"Wrote {path}.")


@command.command(name="serve")
@click.option("--port", type=click.IntRange(1, 65_535), help="port to listen on  [default: port base + 124]")
@settings_options("clickhouse_url", "clickhouse_user", "data_dir", "listen_host", "port_base")
@settings_options("access_certificate_file", "access_key_file")
def serve(*, port: int | None, **flags: object) -> None:
    """Open the door for people with access to the embedded engine, until Ctrl-C.

    They come with ClickHouse's own clients, by name and token; beyond this machine with TLS only.
    """
    settings = settings_from(flags)
    context = tls_of(settings)
    ports = choose_ports(settings)
    url = settings.clickhouse_url or f"http://{LOOPBACK}:{ports.clickhouse}"
    check_clickhouse(url)
    chosen = port or ports.door
    require_free(chosen, purpose="the door", remedy="give --port", host=settings.listen_host)
    app = application(register=register_of(settings), journal=journal_of(settings), engine_url=url)
    address = f"{'https' if context else 'http'}://{settings.listen_host}:{chosen}"

    def opened(_banner: str) -> None:
        say(f"The door is open at {address}; Ctrl-C closes it.")
        click.echo(json.dumps({"ready": True, "url": address}))
        sys.stdout.flush()

    web.run_app(app, host=settings.listen_host, port=chosen, ssl_context=context, print=opened, access_log=None)


def _tell_engine(settings: Settings, people: Mapping[str, Person], *, changed: str) -> None:
    url = settings.clickhouse_url or f"http://{LOOPBACK}:{choose_ports(settings).clickhouse}"
    running = answers(url)
    write_embedded(settings, people.values())
    if not (running and await_user(replace(settings, clickhouse_url=url), changed, known=changed in people)):
        say("ClickHouse does not run here now; it goes by this once it has been started, and `migrate` has run.")
    if not settings.clickhouse_password:
        say(
            "Whoever is on this machine is ClickHouse's administrator without a password; before others may be here, "
            f"set {variable('clickhouse_user')} and {variable('clickhouse_password')}."
        )


def _about(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "role": person.role,
        "scope": list(person.scope),
        "granted_at": person.granted_at,
    }
