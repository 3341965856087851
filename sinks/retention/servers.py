"""What a run says to one server, or to all servers of a cluster. Pure.

The statements are written for one server, like the migrations. On a cluster (docs/cluster.md) rows of feeds lie in
`<name>_local` of each shard, and what is asked over shards is asked once (GLOBAL), as in views. A deletion goes by
tables every node has whole, of which each replica has to know the last row: so they are synchronised first.
"""

from collections.abc import Mapping, Sequence

from sinks.cluster.render import Renderer
from sinks.cluster.tokens import text_of, tokens
from sinks.cluster.wide import made_global
from sinks.migrate import migrations

#: A mutation that asks another table is refused on replicas, as they might see different rows; see `synchronised`.
_ON_REPLICAS = {"allow_nondeterministic_mutations": "1"}
_NOT_WAITING = {"distributed_ddl_task_timeout": "0", "distributed_ddl_output_mode": "none"}


class Servers:
    """One server, or all of a cluster where its name is given."""

    def __init__(self, cluster: str = "") -> None:
        """Take the cluster's name in the servers' configuration; empty: there is one server."""
        self._cluster = cluster
        self._renderer = Renderer(cluster)
        for statement in (it for migration in migrations() for it in migration.statements) if cluster else ():
            self._renderer.render(statement)

    def asked(self, text: str) -> str:
        """Return a SELECT or INSERT as these servers take it."""
        return text_of(made_global(tokens(text), self._renderer.wide)) if self._cluster else text

    def altered(self, table: str, command: str) -> str:
        """Return `ALTER TABLE table command`; a table that is replicated to all nodes passes it on itself."""
        statement = f"ALTER TABLE {table} {command}"
        if table not in self._renderer.sharded:
            return statement
        (rendered,) = self._renderer.render(statement)
        return rendered

    def stored(self, table: str) -> str:
        """Return the name of the table that holds a table's rows."""
        return self._renderer.local(table)

    def merged(self, table: str, partition: str) -> str:
        """Return the statement that makes a partition of a table one part, where it is several."""
        wide = f" ON CLUSTER {self._cluster}" if self._cluster else ""
        return f"OPTIMIZE TABLE {self.stored(table)}{wide} PARTITION ID '{partition}' FINAL"

    def merging(self) -> Mapping[str, str]:
        """Return the settings of that statement: one part is let be, and no answer of other servers waited for."""
        return {"optimize_skip_merged_partitions": "1"} | (_NOT_WAITING if self._cluster else {})

    def everywhere(self, system_table: str) -> str:
        """Return what has the rows of a table of `system` on all servers."""
        return f"clusterAllReplicas('{self._cluster}', {system_table})" if self._cluster else system_table

    def synchronised(self, *tables: str) -> Sequence[str]:
        """Return the statements after which every replica knows all rows of these tables, which are on every node."""
        return [f"SYSTEM SYNC REPLICA ON CLUSTER {self._cluster} {it}" for it in tables] if self._cluster else []

    def deleting(self) -> Mapping[str, str]:
        """Return the settings of a deletion that asks other tables."""
        return _ON_REPLICAS if self._cluster else {}
