"""`scanstream passes`: issue, renew and revoke movement passes."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.keys import pseudonym_key
from deploy.local.stores import existing_stores
from deploy.passes import Holder, PassEvent, Terms, issued, publish_pass, renewed, revoked
from deploy.posters.code import write_code
from deploy.settings import Settings
from deploy.user_error import UserError
from schemas.entered import digits_missing, whole_number
from schemas.enums import TokenKind
from schemas.kinds import PASS
from schemas.passes import Validity
from schemas.qr.movement_pass import pass_text
from schemas.report_enums import PassAction, Purpose

_Command = TypeVar("_Command", bound=Callable[..., Any])
_PATH = click.Path(path_type=Path)
_KINDS = [kind.name for kind in TokenKind if kind is not TokenKind.ANON]
_MOST_COMMUNE = 65_535


def _sixteen_bytes(_context: click.Context, option: click.Parameter, value: str | None) -> bytes | None:
    if value is None:
        return None
    try:
        found = bytes.fromhex(value)
    except ValueError:
        found = b""
    if len(found) != 16 or not any(found):
        raise click.BadParameter("it must be 32 hexadecimal digits that aren't all 0", param=option)
    return found


def _options(*options: Callable[[_Command], _Command]) -> Callable[[_Command], _Command]:
    def decorate(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


_pass_id = click.argument("pass_id", metavar="PASS_ID", callback=_sixteen_bytes)
_holder = _options(
    click.option("--subject", metavar="HEX", callback=_sixteen_bytes, help="whose: a pseudonym"),
    click.option("--kind", type=click.Choice(_KINDS), help="or the kind of a document, whose number is asked for"),
)
_terms = _options(
    click.option(
        "--from", "valid_from", metavar="TIME", help="first moment it is valid, with its zone  [default: now]"
    ),
    click.option(
        "--validity",
        type=click.Choice([validity.value for validity in Validity]),
        default=Validity.HOURS_72.value,
        show_default=True,
        help="72 hours, or to the end of the third calendar day",
    ),
    click.option(
        "--purpose", type=click.Choice([purpose.name for purpose in Purpose]), default="OTHER", show_default=True
    ),
    click.option("--origin", type=click.IntRange(0, _MOST_COMMUNE), default=0, help="code of a commune; 0 for any"),
    click.option(
        "--destination", type=click.IntRange(0, _MOST_COMMUNE), default=0, help="code of a commune; 0 for any"
    ),
    click.option("--svg", type=_PATH, metavar="FILE", help="write the pass's code as SVG"),
    click.option("--png", type=_PATH, metavar="FILE", help="write the pass's code as PNG"),
)
_where = _options(
    click.option("--json", "as_json", is_flag=True, help="print the pass as JSON"),
    settings_options("kafka", "port_base", "pseudonym_key_file", "data_dir"),
)


@click.group(name="passes")
def command() -> None:
    """Issue, renew and revoke movement passes.

    Whose a pass is says --subject, or --kind with the number on standard input: numbers never are arguments, which
    other users of the machine could read.
    """


@command.command(name="issue")
@_holder
@_terms
@_where
def issue(*, subject: bytes | None, kind: str | None, as_json: bool, **options: Any) -> None:
    """Issue a pass, and print what its QR code says."""
    settings = settings_from(_settings_of(options))
    holder, now = _holder_of(settings, subject, kind), datetime.now(UTC)
    event = issued(holder, _terms_of(options), now=now, valid_from=_moment(options["valid_from"]))
    _hand_out(settings, event, as_json=as_json, svg=options["svg"], png=options["png"])


@command.command(name="renew")
@_pass_id
@_holder
@_terms
@_where
def renew(*, pass_id: bytes, subject: bytes | None, kind: str | None, as_json: bool, **options: Any) -> None:
    """Renew the pass PASS_ID (32 hexadecimal digits), and print what its new QR code says."""
    settings = settings_from(_settings_of(options))
    holder, now = _holder_of(settings, subject, kind), datetime.now(UTC)
    event = renewed(pass_id, holder, _terms_of(options), now=now, valid_from=_moment(options["valid_from"]))
    _hand_out(settings, event, as_json=as_json, svg=options["svg"], png=options["png"])


@command.command(name="revoke")
@_pass_id
@_holder
@_where
def revoke(*, pass_id: bytes, subject: bytes | None, kind: str | None, as_json: bool, **flags: object) -> None:
    """Revoke the pass PASS_ID (32 hexadecimal digits): it is valid no more, from now on."""
    settings = settings_from(flags)
    event = revoked(pass_id, _holder_of(settings, subject, kind), now=datetime.now(UTC))
    _hand_out(settings, event, as_json=as_json, svg=None, png=None)


def _settings_of(options: dict[str, Any]) -> dict[str, object]:
    return {name: options[name] for name in ("kafka", "port_base", "pseudonym_key_file", "data_dir")}


def _terms_of(options: dict[str, Any]) -> Terms:
    return Terms(
        validity=Validity(options["validity"]),
        purpose=Purpose[options["purpose"]],
        origin=options["origin"],
        destination=options["destination"],
    )


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UserError("--from must be a time with its zone, like 2021-08-05T07:00:00+07:00.")
    return moment.astimezone(UTC)


def _holder_of(settings: Settings, subject: bytes | None, kind: str | None) -> Holder:
    if (subject is None) == (kind is None):
        raise UserError("Say whose the pass is: either --subject, or --kind and the number on standard input.")
    if subject is not None:
        return Holder(subject=subject)
    number = _number()
    if "*" in number:
        raise UserError("The number is masked; give the whole one.")
    key, token_kind = pseudonym_key(settings), TokenKind[kind or ""]
    try:
        pseudonym = key.subject(kind=token_kind, identity=number)
    except ValueError:
        raise UserError("There is no number on standard input.") from None
    if digits := digits_missing(token_kind, whole_number(token_kind, number)):
        raise UserError(f"The number of a {token_kind.name} must have {digits} digits; give the whole one.")
    return Holder(subject=pseudonym, token_kind=token_kind, key_version=key.version)


def _number() -> str:
    if sys.stdin.isatty():
        answer: str = click.prompt("Number", hide_input=True, err=True)
        return answer
    return sys.stdin.readline().strip()


def _hand_out(settings: Settings, event: PassEvent, *, as_json: bool, svg: Path | None, png: Path | None) -> None:
    """Publish a pass, and only then show its code."""
    publish_pass(existing_stores(settings, need_clickhouse=False).kafka, event, topic=PASS.topic)
    text = "" if event.action is PassAction.REVOKED else pass_text(pass_id=event.pass_id, valid_until=event.valid_until)
    for kind, path in (("svg", svg), ("png", png)):
        if path is not None:
            try:
                write_code(path, text, kind=kind)
            except OSError as problem:
                raise UserError(
                    f"The pass {event.pass_id.hex()} is published, but {path} can't be written ({problem.strerror})."
                ) from None
    if as_json:
        click.echo(json.dumps(_about(event, text)))
    elif text:
        click.echo(text)
    say(f"Pass {event.pass_id.hex()} is {event.action.name.lower()}.")


def _about(event: PassEvent, text: str) -> dict[str, object]:
    about: dict[str, object] = {
        "pass_id": event.pass_id.hex(),
        "subject": event.holder.subject.hex(),
        "action": event.action.name,
    }
    if text:
        times = {"valid_from": event.valid_from.isoformat(), "valid_until": event.valid_until.isoformat()}
        about |= {**times, "qr": text}
    return about
