"""`scanstream dead-letters`: rejected events, and their way back."""

import click
from confluent_kafka import Producer

from deploy.cli.options import settings_from, settings_options
from deploy.clickhouse import clickhouse_client
from deploy.local.stores import existing_stores
from schemas.enums import Reason
from schemas.kinds import FEEDS, feed_by_name
from sinks.dead_letters import DeadLetter, Selection, count_by_reason, find, replay

_feed = click.option("--feed", type=click.Choice([feed.name for feed in FEEDS]), help="only this feed's")
_reason = click.option(
    "--reason", type=click.Choice([reason.name for reason in Reason], case_sensitive=False), help="only for this reason"
)
_limit = click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="newest so many")
_clickhouse = settings_options("clickhouse_url", "clickhouse_user", "clickhouse_database", "port_base")


@click.group(name="dead-letters")
def command() -> None:
    """Look at rejected events, and publish them again once their cause is mended."""


@command.command(name="list")
@_feed
@_reason
@_limit
@_clickhouse
def list_letters(*, feed: str | None, reason: str | None, limit: int, **flags: object) -> None:
    """List rejected events, newest first: position, reason, time, replay and size; below, how many for each reason."""
    settings = existing_stores(settings_from(flags), need_kafka=False)
    with clickhouse_client(settings) as client:
        letters = find(client, _selection(feed, reason, limit))
        counts = count_by_reason(client)
    for letter in letters:
        click.echo(_line(letter))
    for its_feed, its_reason, count in counts:
        click.echo(f"{count:>10,}  {its_feed}  {its_reason}")
    if not counts:
        click.echo("There are no dead letters.")


@command.command(name="replay")
@_feed
@_reason
@_limit
@settings_options("kafka")
@_clickhouse
def replay_letters(*, feed: str | None, reason: str | None, limit: int, **flags: object) -> None:
    """Publish rejected events again with their original bytes; those replayed before are left out."""
    settings = existing_stores(settings_from(flags))
    producer = Producer({"bootstrap.servers": settings.kafka, "enable.idempotence": True, "log_level": 0})
    with clickhouse_client(settings) as client:
        done = replay(client, producer, find(client, _selection(feed, reason, limit)))
    click.echo(f"Published {done.published:,}; {done.replayed_before:,} had been replayed before.")


def _selection(feed: str | None, reason: str | None, limit: int) -> Selection:
    return Selection(
        feed=feed_by_name(feed) if feed else None, reason=Reason[reason.upper()] if reason else None, limit=limit
    )


def _line(letter: DeadLetter) -> str:
    replayed = f"replayed {letter.replayed_at:%Y-%m-%d %H:%M:%S}" if letter.replayed_at else "not replayed"
    return (
        f"{letter.position:<24}  {letter.reason.name:<20}  {letter.logged_at:%Y-%m-%d %H:%M:%S}  "
        f"{replayed}  {len(letter.value)} bytes"
    )
