"""Which queries people may send to the embedded engine, judged by what its own parser makes of them.

The engine checks grants and row policies itself. Two things have no right of their own in it (measured on chDB 4.4,
ClickHouse 26.9, as a user who may read one table): the function `file` reads any file of the machine, also when it is
named and not called (`arrayMap(file, ...)`, `APPLY(file)`), and the table function `python` ends the process. A server
confines `file` to a directory and has no `python`. So a query is let through only if every node of its syntax tree is
of a kind known here, and every function harmless. Nothing here looks at the text of the query.
"""

import re
from collections.abc import Collection, Iterator

_LINE = re.compile(r" *([A-Za-z_:]+)(?: (.*))?")

_KINDS = frozenset(
    """
    SelectWithUnionQuery SelectIntersectExceptQuery SelectQuery ExpressionList Subquery WithElement
    Identifier TableIdentifier Literal Function Asterisk QualifiedAsterisk
    ColumnsRegexpMatcher QualifiedColumnsRegexpMatcher ColumnsListMatcher QualifiedColumnsListMatcher
    ColumnsTransformerList ColumnsExceptTransformer ColumnsReplaceTransformer ColumnsReplaceTransformer::Replacement
    TablesInSelectQuery TablesInSelectQueryElement TableExpression TableJoin ArrayJoin SampleRatio
    OrderByElement InterpolateElement WindowDefinition WindowListElement StorageOrderByElement
    Explain DescribeQuery ShowTables ShowColumns ShowCreateTableQuery ShowGrantsQuery ExistsTableQuery UseQuery
    """.split()  # noqa: SIM905 -- a list of forty quoted words is harder to read
)

#: Table functions that make rows from nothing, or from what the query says.
_TABLE_FUNCTIONS = frozenset(
    {"numbers", "numbers_mt", "generateseries", "generate_series", "values", "zeros", "format"}
)
_TOLD = {"Set": "settings", "ColumnsApplyTransformer": "APPLY", "InsertQuery": "INSERT"}
_READS_FILES = frozenset({"file"})
_ASKS_OTHERS = re.compile(r"ai[A-Z]\w*|AI[A-Z]\w*|llm\w*", re.ASCII)


class Refused(Exception):
    """This query may not be sent; the sentence says why."""


def check(tree: str, *, table_functions: Collection[str]) -> None:
    """Raise Refused unless a query may be sent.

    `tree` is the whole answer to `EXPLAIN AST` of it, a line a node; `table_functions` are all the engine knows.
    """
    if not tree.strip():
        raise Refused("The engine did not say what this query is.")
    dangerous = {name.lower() for name in table_functions} - _TABLE_FUNCTIONS
    for kind, rest in _nodes(tree):
        if kind not in _KINDS:
            raise Refused(f"Queries with {_TOLD.get(kind, kind) or 'this'} are not let through here; write it without.")
        name = rest.split(" (")[0].strip("`")
        if kind == "Function":
            _check_function(name, dangerous)
        elif kind in {"Identifier", "TableIdentifier"} and name.lower() in _READS_FILES:
            raise Refused(f"Nothing may be called {name} here.")


def _nodes(tree: str) -> Iterator[tuple[str, str]]:
    for line in tree.splitlines():
        if line.strip():
            found = _LINE.fullmatch(line)
            yield (found[1], found[2] or "") if found else ("", "")


def _check_function(name: str, dangerous: Collection[str]) -> None:
    if name.lower() in _READS_FILES:
        raise Refused(f"The function {name} reads files of the server and is not let through.")
    if name.lower() in dangerous:
        raise Refused(f"The table function {name} is not let through; read the tables and views of the database.")
    if _ASKS_OTHERS.fullmatch(name):
        raise Refused(f"The function {name} sends data elsewhere and is not let through.")
