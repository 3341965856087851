"""Bring the stores to what this version needs: topics in Kafka, tables in ClickHouse."""

from deploy.clickhouse import clickhouse_client
from deploy.kafka.topics import create_topics
from deploy.kafka.wanted import wanted_topics
from deploy.settings import Settings
from sinks.access.owner_views import read_as_owner
from sinks.migrate import migrate


def migrate_stores(settings: Settings) -> list[str]:
    """Make missing topics and tables and return what was made, by name; safe to repeat.

    `settings` hold both addresses. Raises UserError where a store refuses.
    """
    topics = create_topics(settings.kafka, wanted_topics(partitions=settings.partitions))
    with clickhouse_client(settings) as client:
        client.database = None  # it may not exist yet
        applied = migrate(client, settings.clickhouse_database, cluster=settings.cluster)
        read_as_owner(client, cluster=settings.cluster)
    return [*topics, *(f"{migration.version:04}_{migration.name}" for migration in applied)]
