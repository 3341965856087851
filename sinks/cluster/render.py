"""Statements of a single server as those of a cluster. Pure.

- A table whose rows come from a source partition (it has `feed`, `_partition` and `_offset`) is sharded:
  `<name>_local`, replicated within its shard, holds the rows, and a Distributed table of the old name asks and writes
  all of them. The sharding key is the source partition. A subject is always in one, so a person's rows are together;
  and a landing message is of one, so that its insert, with its token, goes to one shard as a whole, and what the sink
  asks about a partition is answered by one.
- Every other table is on every node whole: one replicated table over all shards. Joins with it need no network. So are
  corrections and links between pseudonyms: few, and asked about by nearly every view. Views that follow links from one
  to the next could not do so over shards either: the engine answers a GLOBAL IN within WITH RECURSIVE once only.
- Views are the same text, with GLOBAL where `wide` says so.

A renderer reads all statements in order from the first, as it has to know the tables that are there.
"""

from collections.abc import Callable, Mapping, Sequence

from sinks.cluster.tokens import Token, closing, following, preceding, text_of, tokens
from sinks.cluster.wide import made_global, mentions

_SHARDED_BY = "_partition"
_OF_SOURCE = frozenset({"feed", "_partition", "_offset"})
_WHOLE = frozenset({"corrections", "identity_links"})
_LOCAL = "_local"
#: Commands on columns concern the Distributed table as well; all others only the one that holds the rows.
_COLUMN_COMMANDS = frozenset({"ADD", "DROP", "MODIFY", "RENAME", "COMMENT", "CLEAR"})
#: What comes before a relation's name where it is read or written.
_BEFORE_RELATION = frozenset({"FROM", "JOIN", "IN", "TO", "INTO"})
_RENAMED = {"non_replicated_deduplication_window": "replicated_deduplication_window"}
_OPTIONAL = frozenset({"IF", "NOT", "EXISTS"})


class CannotRender(Exception):
    """A statement no rule is known for; the text says which and what to do."""


class Renderer:
    """Renders statements for a cluster, one after the other, and remembers the relations they make."""

    def __init__(self, cluster: str) -> None:
        """Take the cluster's name in the servers' configuration."""
        self._cluster = cluster
        self._sharded: set[str] = set()
        self._wide: set[str] = set()

    @property
    def sharded(self) -> frozenset[str]:
        """The tables that are sharded, by their old names."""
        return frozenset(self._sharded)

    @property
    def wide(self) -> frozenset[str]:
        """The relations over sharded tables, those among them: of each, a shard knows its own rows only."""
        return frozenset(self._wide)

    def local(self, table: str) -> str:
        """Return the name of the table that holds a table's rows on a node."""
        return table + _LOCAL if table in self._sharded else table

    def render(self, statement: str) -> list[str]:
        """Return the statements that do on the cluster what `statement` does on one server.

        Raises CannotRender for a kind of statement that migrations have not had so far.
        """
        some = tokens(statement.strip())
        words = [token.word or token.text for token in some if token.kind != "blank"][:4]
        for beginning, rule in self._rules().items():
            if beginning == tuple(word for word in words if word not in {"OR", "REPLACE"})[: len(beginning)]:
                return rule(some)
        raise CannotRender(
            f"No rule renders {' '.join(words)} … for a cluster; add one to sinks/cluster/render.py and its test."
        )

    def _rules(self) -> Mapping[tuple[str, ...], Callable[[list[Token]], list[str]]]:
        return {
            ("CREATE", "TABLE"): self._create_table,
            ("CREATE", "VIEW"): self._create_view,
            ("CREATE", "MATERIALIZED", "VIEW"): self._create_materialized_view,
            ("CREATE", "DATABASE"): self._on_cluster,
            ("CREATE", "FUNCTION"): self._on_cluster,
            ("DROP", "VIEW"): self._on_cluster,
            ("ALTER", "TABLE"): self._alter_table,
            ("INSERT",): lambda some: [text_of(some)],
        }

    def _create_table(self, some: list[Token]) -> list[str]:
        at = _name_at(some)
        opened = following(some, at + 1)
        if opened >= len(some) or some[opened].text != "(":
            raise CannotRender(f"CREATE TABLE {some[at].text} must list its columns behind its name.")
        columns = _column_names(some[opened : closing(some, opened) + 1])
        if not columns >= _OF_SOURCE or some[at].name in _WHOLE:
            return [text_of(self._replicated(self._placed(some, at), shard="all", replica="{shard}-{replica}"))]
        name = some[at].name
        self._sharded.add(name)
        self._wide.add(name)
        holds_rows = self._placed([*some[:at], Token("name", name + _LOCAL), *some[at + 1 :]], at)
        head = text_of(some[:at])
        distributed = f"Distributed('{self._cluster}', currentDatabase(), '{name}{_LOCAL}', {_SHARDED_BY})"
        return [
            text_of(self._replicated(holds_rows, shard="{shard}", replica="{replica}")),
            f"{head}{name} ON CLUSTER {self._cluster} AS {name}{_LOCAL} ENGINE = {distributed}",
        ]

    def _create_view(self, some: list[Token]) -> list[str]:
        at = _name_at(some)
        body = some[at + 1 :]
        if mentions(body, self._wide):
            self._wide.add(some[at].name)
        return [text_of(made_global(self._placed(some, at), self._wide - {some[at].name}))]

    def _create_materialized_view(self, some: list[Token]) -> list[str]:
        """Let every shard fill its part: what a view reads and writes is what the shard itself holds."""
        placed = self._placed(some, _name_at(some))
        return [text_of([self._localised(placed, index) for index in range(len(placed))])]

    def _alter_table(self, some: list[Token]) -> list[str]:
        at = _name_at(some)
        name = some[at].name
        if name not in self._sharded:
            return [text_of(self._placed(some, at))]
        local = text_of(self._placed([*some[:at], Token("name", name + _LOCAL), *some[at + 1 :]], at))
        command = following(some, at + 1)
        kind = following(some, command + 1)
        if some[command].word in _COLUMN_COMMANDS and some[kind].word == "COLUMN":
            return [local, text_of(self._placed(some, at))]
        return [local]

    def _on_cluster(self, some: list[Token]) -> list[str]:
        return [text_of(self._placed(some, _name_at(some)))]

    def _placed(self, some: Sequence[Token], at: int) -> list[Token]:
        """Return a statement with ON CLUSTER behind the name at `at`."""
        return [*some[: at + 1], Token("other", f" ON CLUSTER {self._cluster}"), *some[at + 1 :]]

    def _localised(self, some: Sequence[Token], index: int) -> Token:
        token, before = some[index], preceding(some, index - 1)
        if token.name in self._sharded and before >= 0 and some[before].word in _BEFORE_RELATION:
            return Token("name", token.name + _LOCAL)
        return token

    def _replicated(self, some: Sequence[Token], *, shard: str, replica: str) -> list[Token]:
        """Return a CREATE TABLE with the replicated engine of the same kind, and the settings of that."""
        engine = next(index for index, token in enumerate(some) if token.word == "ENGINE")
        kind = following(some, following(some, engine + 1) + 1)
        if not some[kind].name.endswith("MergeTree"):
            raise CannotRender(f"Engine {some[kind].name} has no replicated kind; use one of the MergeTree family.")
        path = f"'/clickhouse/tables/{shard}/{{database}}/{{table}}', '{replica}'"
        after = following(some, kind + 1)
        rest: list[Token]
        if after < len(some) and some[after].text == "(":
            inner = text_of(some[after + 1 : closing(some, after)]).strip()
            arguments = f"{path}, {inner}" if inner else path
            rest = list(some[closing(some, after) + 1 :])
        else:
            arguments, rest = path, list(some[kind + 1 :])
        named = [Token("name", _RENAMED.get(token.name, token.text)) for token in rest if token.kind == "name"]
        others = iter(named)
        rest = [next(others) if token.kind == "name" else token for token in rest]
        return [*some[:kind], Token("other", f"Replicated{some[kind].name}({arguments})"), *rest]


def _name_at(some: Sequence[Token]) -> int:
    """Return the index of the relation's name: what follows the last keyword of the statement's beginning."""
    at = -1
    for index, token in enumerate(some):
        if token.kind == "blank":
            continue
        if token.word in {
            "CREATE",
            "ALTER",
            "DROP",
            "TABLE",
            "VIEW",
            "MATERIALIZED",
            "DATABASE",
            "FUNCTION",
            "OR",
            "REPLACE",
        }:
            at = index
        elif token.word not in _OPTIONAL:
            return index
    return at


def _column_names(some: Sequence[Token]) -> frozenset[str]:
    """Return the first name of each part of a list in brackets."""
    names, depth, fresh = set[str](), 0, False
    for token in some:
        if token.kind == "blank":
            continue
        if fresh and token.kind == "name":
            names.add(token.name)
        fresh = token.text == "," and depth == 1
        if token.text in {"(", "["}:
            depth += 1
            fresh = depth == 1
        elif token.text in {")", "]"}:
            depth -= 1
    return frozenset(names)
