"""Let the views of the catalogue that are to read with an owner's rights do so."""

from clickhouse_connect.driver.client import Client

from sinks.access.catalogue import CATALOGUE
from sinks.access.users_xml import OWNER


def read_as_owner(client: Client, *, cluster: str = "") -> list[str]:
    """Make OWNER the owner of those views in the client's database, and return which were not its; safe to repeat.

    Does nothing where the server has no such user: nobody has access then. A view that a migration makes anew reads
    with the rights of who asks until then: its readers are refused, none sees more. With a `cluster` it is done on
    all its nodes. Raises the client's exceptions.
    """
    found = client.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'View' "
        "AND definer != {owner:String} AND name IN {views:Array(String)} "
        "AND {owner:String} IN (SELECT name FROM system.users) ORDER BY name",
        parameters={"owner": OWNER, "views": [found.name for found in CATALOGUE.values() if found.as_owner]},
    ).result_rows
    names = [str(name) for (name,) in found]
    everywhere = f" ON CLUSTER `{cluster}`" if cluster else ""
    for name in names:
        client.command(f"ALTER TABLE `{name}`{everywhere} MODIFY SQL SECURITY DEFINER DEFINER = {OWNER}")
    return names
