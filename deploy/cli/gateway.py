"""`scanstream gateway`: the HTTP front door."""

import click

from deploy.cli.options import settings_from, settings_options
from deploy.cli.progress import log_to_stderr
from deploy.contact_store import contact_store
from deploy.local.layout import require_gateway_port
from deploy.local.stores import existing_stores
from deploy.public_documents import public_documents
from deploy.user_error import UserError
from deploy.wiring import gateway_config
from streams.gateway.main import CannotServe, run


@click.command(name="gateway")
@settings_options("kafka", "listen_host", "gateway_port", "pseudonym_key_file", "port_base", "data_dir", "log_level")
@settings_options("vault_key_file", "clickhouse_url", "clickhouse_user", "clickhouse_database")
@settings_options("public_documents", "public_origin", "boundaries_file")
def command(**flags: object) -> None:
    """Take scans from devices over HTTP and publish them to Kafka, until Ctrl-C.

    Raw identities become pseudonyms here, and contact details are sealed: only for those is ClickHouse needed, and for
    the maps and tables anybody may read (docs/maps.md).
    """
    settings = settings_from(flags)
    require_gateway_port(settings, settings.gateway_port)
    settings = existing_stores(settings, need_clickhouse=False, need_topics=True)
    log_to_stderr(settings)
    try:
        run(gateway_config(settings), contacts=contact_store(settings), documents=public_documents(settings))
    except CannotServe as problem:
        raise UserError(str(problem)) from None
