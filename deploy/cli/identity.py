"""`scanstream identity`: contact details, sealed, opened and erased."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.clickhouse import clickhouse_client
from deploy.contacts import read_contacts
from deploy.identity.audit_log import AuditLog, audit_path
from deploy.identity.desk import Approval, Desk
from deploy.identity.operators import Role, new_operator, read_operators, read_token
from deploy.identity.request import request
from deploy.keys import key_ring, pseudonym_key, vault_keys
from deploy.local.stores import existing_stores
from deploy.settings import Settings, variable
from deploy.user_error import UserError
from sinks.vault.clickhouse_store import ClickHouseVaultStore
from sinks.vault.contacts import ContactVault, Found
from sinks.vault.people import same_person
from sinks.vault.witness import ClickHouseWitness

_AT_ONCE = 1_000

_clickhouse = settings_options("clickhouse_url", "clickhouse_user", "clickhouse_database", "port_base")
_desk = settings_options("vault_key_file", "operators_file", "operator_token_file", "audit_file", "data_dir")
_subject = click.option("--subject", required=True, metavar="HEX", help="whose: a pseudonym, 32 hexadecimal digits")
_reason = click.option("--reason", required=True, metavar="TEXT", help="why; goes into the audit log")
_linked = click.option("--linked", is_flag=True, help="of all subjects that are the same person")


@click.group(name="identity")
def command() -> None:
    """Seal, open and erase people's contact details; who may, is in the file of operators."""


@command.command(name="open")
@_subject
@click.option("--case", required=True, metavar="CASE", help="the case it is needed for; goes into the audit log")
@_reason
@click.option("--approved-by", metavar="NAME", help="another operator who agrees, and types their token when asked")
@_linked
@click.option("--json", "as_json", is_flag=True, help="one JSON object for each record instead of lines")
@_desk
@_clickhouse
def open_contact(
    *, subject: str, case: str, reason: str, approved_by: str | None, linked: bool, as_json: bool, **flags: object
) -> None:
    """Open the contact details of a person; exit code 1 if there are none that open.

    It is written to the audit log first. If that can't be done, nothing is opened.
    """
    asked = request(subject=subject, case=case, reason=reason)
    with _open_desk(settings_from(flags)) as (desk, token):
        found = desk.open(asked, token=token, approval=_approval(approved_by), linked=linked)
    _show(found, as_json=as_json)
    if not found.opened:
        raise click.exceptions.Exit(1)


@command.command(name="erase")
@_subject
@_reason
@_linked
@_desk
@_clickhouse
def erase(*, subject: str, reason: str, linked: bool, **flags: object) -> None:
    """Destroy the keys of a person's contact details: nobody can open them any more. Written to the audit log first."""
    asked = request(subject=subject, case="", reason=reason)
    with _open_desk(settings_from(flags)) as (desk, token):
        destroyed = desk.erase(asked, token=token, linked=linked)
    say(
        f"Erased: {destroyed} key(s) destroyed."
        if destroyed
        else "There is no key to destroy: nothing of this subject opens."
    )


@command.command(name="seal")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@settings_options("vault_key_file", "pseudonym_key_file", "data_dir")
@_clickhouse
def seal(*, file: TextIO, **flags: object) -> None:
    """Seal the contact details of a CSV FILE (- for standard input); all of them, or none if a line is wrong.

    Its first line names the columns: kind, number, name, phone, address. The number becomes a pseudonym.
    """
    chosen = settings_from(flags)
    details = read_contacts(file, pseudonym_key(chosen))
    with clickhouse_client(existing_stores(chosen, need_kafka=False)) as client:
        vault = ContactVault(ClickHouseVaultStore(client), key_ring(vault_keys(chosen)), now=_now)
        for start in range(0, len(details), _AT_ONCE):
            vault.seal(details[start : start + _AT_ONCE])
            if start:
                say(f"{start:,} of {len(details):,} are sealed.")
    say(f"Sealed the contact details of {len({it.subject for it in details}):,} people.")


@command.command(name="operator")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="what they may do")
@settings_options("operators_file")
def operator(*, name: str, role: str, **flags: object) -> None:
    """Add an operator NAME to the file of operators, and print their token: only now, it is kept nowhere else."""
    path = settings_from(flags).operators_file
    if not path:
        raise UserError(f"Say where operators are kept: set {variable('operators_file')}.")
    click.echo(new_operator(Path(path), name=name, role=Role(role)))


@contextmanager
def _open_desk(chosen: Settings) -> Iterator[tuple[Desk, str]]:
    """Give the desk over the stores, and the token of who is at this terminal."""
    operators, token = read_operators(chosen.operators_file), read_token(chosen.operator_token_file)
    with clickhouse_client(existing_stores(chosen, need_kafka=False)) as client:
        vault = ContactVault(ClickHouseVaultStore(client), key_ring(vault_keys(chosen)), now=_now)
        audit = AuditLog(audit_path(chosen), ClickHouseWitness(client))
        yield (
            Desk(
                operators=operators,
                audit=audit,
                vault=vault,
                same_person=lambda subject: same_person(client, subject),
                now=_now,
            ),
            token,
        )


def _approval(name: str | None) -> Approval | None:
    if name is None:
        return None
    return Approval(name=name, token=click.prompt(f"Token of {name}", hide_input=True, err=True))


def _show(found: Found, *, as_json: bool) -> None:
    for it in found.opened:
        about = {"subject": it.subject.hex(), "sealed_at": it.sealed_at.isoformat(timespec="seconds")}
        contact = {"name": it.contact.name, "phone": it.contact.phone, "address": it.contact.address}
        click.echo(
            json.dumps(about | contact, ensure_ascii=False) if as_json else "  ".join((about | contact).values())
        )
    if found.erased:
        say(f"{found.erased} more were erased: nobody can open them.")
    elif not found.opened:
        say("No contact details are kept for this subject.")


def _now() -> datetime:
    return datetime.now(UTC)
