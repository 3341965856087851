"""The command line `scanstream`. The table below is its contents page; each command is a small file of its own."""

import click

from deploy.cli.lazy import Lazy, LazyGroup

COMMANDS = {
    "demo": "Start everything, let a simulated fleet scan, and check that every event is accounted for.",
    "up": "Start everything here and keep it running until Ctrl-C.",
    "ledger": "Show each feed's account, and whether it balances.",
    "places": "Import the register of places; make their QR codes and posters.",
    "report": "Make the daily report of a province, which has to leave before 17:00.",
    "reports": "Enter paper and assisted forms from a table.",
    "passes": "Issue, renew and revoke movement passes.",
    "population": "Make the register that identities at checkpoints are compared with.",
    "devices": "Enrol devices, withdraw their credentials, and list them.",
    "device": "Run a kiosk: read scans from a scanner that types, and send them to a gateway.",
    "alerts": "List alerts: what happened, where, and who has to act.",
    "dead-letters": "Look at rejected events, and publish them again.",
    "keys": "List and rotate the secret keys.",
    "identity": "Seal, open and erase people's contact details.",
    "retention": "Delete rows about people in time, prove it, and hold those of cases.",
    "access": "Give people access to their part of the data, and take it away.",
    "audit": "Check the log of contact details that were opened.",
    "export": "Write landed scans for other systems (EPCIS 2.0).",
    "map": "Make the risk map and the feeds for the public.",
    "gateway": "Take scans from devices over HTTP and publish them to Kafka.",
    "worker": "Validate, deduplicate and enrich events into the landing log.",
    "sink": "Land the landing log in ClickHouse, with every event accounted for.",
    "watch": "Ask ClickHouse what somebody has to know, and raise alerts.",
    "migrate": "Make the topics and tables this version needs.",
    "kafka": "Run one Kafka broker on this machine.",
    "clickhouse": "Run the embedded ClickHouse server on this machine.",
    "bench": "Measure throughput and latency on this machine.",
    "plan": "Tell how large an installation a load needs, from what was measured.",
    "loadtest": "Hurt the system under load and see whether every row is still right.",
}

_TABLE = {
    name: Lazy(module=f"deploy.cli.{name.replace('-', '_')}", attribute="command", does=does)
    for name, does in COMMANDS.items()
}


@click.group(
    cls=LazyGroup,
    table=_TABLE,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
def main() -> None:
    """Take scan events from many devices, decide which are new, and land them in ClickHouse, to the row.

    Every setting has an environment variable (SCANSTREAM_…) and a flag; `scanstream COMMAND --help` lists those a
    command reads. Without any, everything runs on this machine.
    """
