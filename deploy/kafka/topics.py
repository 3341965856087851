"""Create topics, as often as wanted."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, NewTopic

from deploy.kafka.reach import no_answer
from deploy.user_error import UserError

_REQUEST_SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSpec:
    """A topic as it should be: `config` holds Kafka's own topic settings."""

    name: str
    partitions: int
    config: Mapping[str, str] = field(default_factory=dict)


def create_topics(bootstrap: str, specs: Iterable[TopicSpec], *, replication_factor: int = 1) -> list[str]:
    """Make the topics that don't exist yet and return their names; leave existing ones as they are.

    Safe to run at the same time from several processes. Raises UserError if the broker can't be reached or refuses, and
    if a topic exists with another number of partitions: keys would then meet in other partitions than before.
    """
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    existing = _partitions(admin, bootstrap)
    missing = [spec for spec in specs if not _exists(spec, existing)]
    if not missing:
        return []
    new = [NewTopic(spec.name, spec.partitions, replication_factor, config=dict(spec.config)) for spec in missing]
    requests = admin.create_topics(new, request_timeout=_REQUEST_SECONDS)
    return [name for name, request in requests.items() if _was_made(name, request)]


def require_topics(bootstrap: str, names: Iterable[str]) -> None:
    """Raise UserError if one of the topics isn't there: whoever reads it would wait for ever."""
    existing = _partitions(AdminClient({"bootstrap.servers": bootstrap, "log_level": 0}), bootstrap)
    for name in names:
        if name not in existing:
            raise UserError(f"Kafka at {bootstrap} has no topic {name} yet; run `scanstream migrate` first.")


def _partitions(admin: AdminClient, bootstrap: str) -> dict[str, int]:
    try:
        topics = admin.list_topics(timeout=_REQUEST_SECONDS).topics
    except KafkaException as problem:
        raise no_answer(bootstrap) from problem
    return {name: len(topic.partitions) for name, topic in topics.items()}


def _exists(spec: TopicSpec, existing: Mapping[str, int]) -> bool:
    partitions = existing.get(spec.name)
    if partitions not in (None, spec.partitions):
        raise UserError(
            f"Topic {spec.name} exists with {partitions} partitions, not {spec.partitions}; set "
            f"SCANSTREAM_PARTITIONS={partitions}, or delete the topic."
        )
    return partitions is not None


def _was_made(name: str, request: Future[None]) -> bool:
    try:
        request.result()
    except KafkaException as problem:
        error: KafkaError = problem.args[0]
        if error.code() == KafkaError.TOPIC_ALREADY_EXISTS:
            return False  # another process made it a moment ago
        raise UserError(f"Kafka refused to make topic {name}: {error.str()}.") from problem
    return True
