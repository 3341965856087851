"""Ask whether a Kafka answers."""

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from deploy.user_error import UserError


def answers(bootstrap: str, *, timeout_seconds: float = 0.5) -> bool:
    """Tell whether a Kafka at `bootstrap` answers a metadata request with at least one live broker."""
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    try:
        return bool(admin.list_topics(timeout=timeout_seconds).brokers)
    except KafkaException:
        return False


def no_answer(bootstrap: str) -> UserError:
    """Return the error for a Kafka that can't be reached."""
    return UserError(
        f"No Kafka answers at {bootstrap}; start it, correct SCANSTREAM_KAFKA, or leave that empty to start one here."
    )
