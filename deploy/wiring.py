"""Turn settings into what each room's process wants to be told: the only place that knows both sides."""

from pathlib import Path

from deploy.keys import key_ring, pseudonym_keys
from deploy.settings import Settings, variable
from deploy.user_error import UserError
from schemas.population_file import MalformedPopulation, read
from schemas.rotation import current_key
from sinks.config import SinkConfig
from streams.config import WorkerConfig
from streams.gateway.config import GatewayConfig


def worker_config(settings: Settings, *, metrics_port: int) -> WorkerConfig:
    """Return the configuration of one worker; its scratch files are named after its metrics port."""
    return WorkerConfig(
        bootstrap=settings.kafka,
        sink_group=sink_config(settings, metrics_port=0).group,
        linger_ms=settings.worker_linger_ms,
        horizon_minutes=settings.window_minutes,
        metrics_host=settings.listen_host,
        metrics_port=metrics_port,
        data_dir=settings.data_dir / "worker" / str(metrics_port),
        log_level=settings.log_level.upper(),
        population_file=_population_file(settings),
    )


def _population_file(settings: Settings) -> str:
    if settings.population_file:
        try:
            read(Path(settings.population_file))
        except (OSError, MalformedPopulation) as problem:
            why = problem.strerror if isinstance(problem, OSError) else problem
            raise UserError(
                f"The register of the population {settings.population_file} can't be used ({why}); correct "
                f"{variable('population_file')}, or make it with `scanstream population build`."
            ) from None
    return settings.population_file


def sink_config(settings: Settings, *, metrics_port: int, instance: str = "") -> SinkConfig:
    """Return the configuration of one sink; see SinkConfig for `instance`."""
    return SinkConfig(
        kafka=settings.kafka,
        clickhouse_url=settings.clickhouse_url,
        clickhouse_user=settings.clickhouse_user,
        clickhouse_password=settings.clickhouse_password,
        clickhouse_database=settings.clickhouse_database,
        instance=instance,
        metrics_host=settings.listen_host,
        metrics_port=metrics_port,
        insert_threads=settings.sink_insert_threads,
    )


def gateway_config(settings: Settings) -> GatewayConfig:
    """Return the configuration of the gateway, with the key that makes pseudonyms, and older ones if there are any."""
    ring = key_ring(pseudonym_keys(settings))
    return GatewayConfig(
        kafka_bootstrap=settings.kafka,
        pseudonym_key=current_key(ring),
        rotated_keys=ring if len(ring.secrets) > 1 else None,
        host=settings.listen_host,
        port=settings.gateway_port,
        cloud_events=settings.gateway_cloud_events == 1,
        public_origin=settings.public_origin,
    )
