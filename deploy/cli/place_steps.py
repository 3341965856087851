"""`scanstream places step`, and what other commands on places tell of their steps."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import say
from deploy.entry.cells import BadCell, milliseconds
from deploy.local.stores import existing_stores
from deploy.place_steps import PlaceStep, codes_issued, publish_steps, registrations
from deploy.places import Place, known_places, publish_places
from deploy.user_error import UserError
from schemas.report_enums import Assistance, PlaceAction

_ACTIONS = (PlaceAction.QR_POSTED, PlaceAction.CLOSED, PlaceAction.REOPENED, PlaceAction.SAFETY_ASSESSED)
_MOST_REFERENCE = 100


@click.command(name="step")
@click.argument("place_id", type=click.IntRange(1, 2**31 - 1))
@click.option("--action", type=click.Choice([action.name for action in _ACTIONS]), required=True, help="what happened")
@click.option("--score", type=click.IntRange(0, 100), help="of the assessment, in percent; SAFETY_ASSESSED needs it")
@click.option("--decision-ref", default="", metavar="TEXT", help="order or decision it follows")
@click.option("--at", "at", metavar="TIME", help="when, as 05/08/2021 14:30 in Vietnam, or ISO 8601  [default: now]")
@settings_options("kafka", "port_base")
def step(*, place_id: int, action: str, score: int | None, decision_ref: str, at: str | None, **flags: object) -> None:
    """Tell a step in the life of the place PLACE_ID, as an event. Told again with the same --at, it counts once."""
    if (score is not None) != (action == PlaceAction.SAFETY_ASSESSED.name):
        raise UserError("--score goes with --action SAFETY_ASSESSED, which needs it, and with no other.")
    if len(decision_ref.encode()) > _MOST_REFERENCE:
        raise UserError(f"--decision-ref may have {_MOST_REFERENCE} bytes; give the number of the decision alone.")
    told = PlaceStep(
        place_id=place_id,
        action=PlaceAction[action],
        at=_moment(at),
        safety_score=score or 0,
        decision_ref=decision_ref,
    )
    kafka = existing_stores(settings_from(flags), need_clickhouse=False).kafka
    if place_id not in known_places(kafka):
        raise UserError(f"There is no place {place_id} in the register; import it with `scanstream places import`.")
    publish_steps(kafka, [told])
    say(f"Place {place_id}: {action}.")


def publish_import(kafka: str, places: Sequence[Place], *, assisted_by: Assistance) -> None:
    """Publish the registration of places that are new, then the state of all.

    In this order: what is interrupted in between is registered again, under the same identity, never left out.
    """
    now = datetime.now(UTC)
    new = registrations(places, known=known_places(kafka), at=now, assisted_by=assisted_by)
    with click.progressbar(length=len(places) + len(new), label="Publishing", file=sys.stderr) as bar:
        publish_steps(kafka, new, on_step=bar.update)
        publish_places(kafka, places, now=lambda: now, on_place=bar.update)


def publish_codes(place_ids: Sequence[int], flags: dict[str, object]) -> None:
    """Publish that the places' codes were issued now."""
    settings = existing_stores(settings_from(flags), need_clickhouse=False)
    publish_steps(settings.kafka, codes_issued(place_ids, at=datetime.now(UTC)))
    say(f"Codes told as issued: {len(place_ids):,}.")


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(milliseconds(text, needs_time=True) / 1_000, UTC)
    except (BadCell, OverflowError, ValueError) as problem:
        raise UserError(f"--at {problem}.") from None
