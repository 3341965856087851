"""`python -m deploy.embedded`: run the embedded ClickHouse server until SIGTERM or SIGINT."""

import json
from pathlib import Path

import click

from deploy.embedded.server import serve
from deploy.local.ports import LOOPBACK, free_ports


@click.command()
@click.option("--path", type=click.Path(path_type=Path, file_okay=False), required=True, help="Directory of its data.")
@click.option("--host", default=LOOPBACK, show_default=True, help="Address to listen on.")
@click.option("--port", default=0, show_default=True, help="Port to listen on; 0 picks a free one.")
@click.option("--user", envvar="SCANSTREAM_CLICKHOUSE_USER", default="default", show_default=True)
@click.option("--password", envvar="SCANSTREAM_CLICKHOUSE_PASSWORD", default="", help="Better set by the environment.")
def main(*, path: Path, host: str, port: int, user: str, password: str) -> None:
    """Run the embedded ClickHouse server; prints one JSON line when it accepts requests."""
    http_port = port or free_ports(1, host=host)[0]

    def on_ready() -> None:
        click.echo(json.dumps({"ready": True, "port": http_port}))

    serve(path=path, host=host, http_port=http_port, user=user, password=password, on_ready=on_ready)


if __name__ == "__main__":
    main()
