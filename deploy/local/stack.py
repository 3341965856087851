"""Start the whole system on this machine, in the order its parts need each other."""

from dataclasses import dataclass

from deploy.kafka.topics import create_topics
from deploy.kafka.wanted import wanted_topics
from deploy.local.layout import Ports, choose_ports
from deploy.local.stores import start_stores
from deploy.local.supervisor import Supervisor
from deploy.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A running system; `settings` hold the addresses in use, also of what was started here."""

    settings: Settings
    ports: Ports


def start_stack(supervisor: Supervisor, settings: Settings) -> Stack:
    """Start what is not there yet and return when it is ready; raise UserError where a part can't start."""
    ports = choose_ports(settings)
    settings = start_stores(supervisor, settings, ports)
    create_topics(settings.kafka, wanted_topics(partitions=settings.partitions))
    return Stack(settings=settings, ports=ports)
