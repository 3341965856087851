"""The migrations as a cluster gets them, from the same files."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.clickhouse import EmbeddedClickHouse
from schemas.kinds import FEEDS
from sinks.clickhouse_writer import connect
from sinks.cluster.render import CannotRender, Renderer
from sinks.cluster.tokens import text_of, tokens
from sinks.cluster.wide import made_global
from sinks.config import SinkConfig
from sinks.migrate import migrations

STATEMENTS = [(it.version, statement) for it in migrations() for statement in it.statements]
ON_CLUSTER = " ON CLUSTER c"


def rendered() -> list[tuple[str, list[str]]]:
    """Return every statement of the migrations and what it becomes."""
    renderer = Renderer("c")
    return [(statement, renderer.render(statement)) for _, statement in STATEMENTS]


@given(
    st.one_of(
        st.text(), st.lists(st.sampled_from(["'", "`", '"', "\\", "--", "/*", "*/", " ", "\n", "x"])).map("".join)
    )
)
def test_tokens_are_the_text_again(text: str) -> None:
    assert text_of(tokens(text)) == text


def test_tokens_of_every_migration_are_its_text_again() -> None:
    for migration in migrations():
        assert text_of(tokens(migration.sql)) == migration.sql


def test_tables_of_feeds_are_sharded_and_the_others_are_everywhere() -> None:
    renderer = Renderer("c")
    for _, statement in STATEMENTS:
        renderer.render(statement)
    others = {"dead_letter_log", "dead_letter_replays", "tombstones"}
    assert renderer.sharded == {feed.table for feed in FEEDS} - {"corrections", "identity_links"} | others


def test_only_on_cluster_global_and_tables_of_shards_are_added() -> None:
    for statement, (first, *_) in rendered():
        stripped = re.sub(r"Replicated(\w+)\('[^']*', '[^']*'(?:, )?", r"\1(", first)
        for added, before in ((ON_CLUSTER, ""), ("GLOBAL ", ""), ("_local", ""), ("MergeTree()", "MergeTree"),
                              (" replicated_dedup", " non_replicated_dedup")):  # fmt: skip
            stripped = stripped.replace(added, before)
        assert stripped == statement.strip()


def test_every_statement_that_makes_something_is_for_all_nodes() -> None:
    for statement, statements in rendered():
        if not statement.startswith("INSERT"):
            assert all(ON_CLUSTER in text for text in statements)


def test_a_sharded_table_is_made_of_what_holds_rows_and_what_spreads_them() -> None:
    made = Renderer("c").render(
        "CREATE TABLE IF NOT EXISTS t\n(\n    feed Int8, x Tuple(y Int8), _partition UInt16, _offset Int64\n)\n"
        "ENGINE = ReplacingMergeTree(x)\nORDER BY x\nSETTINGS non_replicated_deduplication_window = 5"
    )
    holds, spreads = made
    assert holds == (
        "CREATE TABLE IF NOT EXISTS t_local ON CLUSTER c\n"
        "(\n    feed Int8, x Tuple(y Int8), _partition UInt16, _offset Int64\n)\n"
        "ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', x)\n"
        "ORDER BY x\nSETTINGS replicated_deduplication_window = 5"
    )
    assert spreads == (
        "CREATE TABLE IF NOT EXISTS t ON CLUSTER c AS t_local "
        "ENGINE = Distributed('c', currentDatabase(), 't_local', _partition)"
    )


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 FROM a WHERE x IN (SELECT x FROM wide)", "SELECT 1 FROM a WHERE x GLOBAL IN (SELECT x FROM wide)"),
        ("x NOT IN (SELECT x FROM wide)", "x GLOBAL NOT IN (SELECT x FROM wide)"),
        ("x IN wide", "x GLOBAL IN wide"),
        ("x IN (1, wide)", "x IN (1, wide)"),
        ("x IN ('SELECT wide')", "x IN ('SELECT wide')"),
        ("x IN (SELECT x FROM narrow)", "x IN (SELECT x FROM narrow)"),
        ("a LEFT ANY JOIN wide AS b USING (x)", "a GLOBAL LEFT ANY JOIN wide AS b USING (x)"),
        ("a ASOF LEFT JOIN (SELECT * FROM wide) AS b", "a GLOBAL ASOF LEFT JOIN (SELECT * FROM wide) AS b"),
        ("a CROSS JOIN db.wide", "a GLOBAL CROSS JOIN db.wide"),
        ("wide LEFT ARRAY JOIN wide", "wide LEFT ARRAY JOIN wide"),
        ("wide JOIN narrow ON x", "wide JOIN narrow ON x"),
        ("a GLOBAL JOIN wide", "a GLOBAL JOIN wide"),
        (
            "WITH one AS (SELECT * FROM wide), two AS (SELECT * FROM one) SELECT x IN (SELECT x FROM two)",
            "WITH one AS (SELECT * FROM wide), two AS (SELECT * FROM one) SELECT x GLOBAL IN (SELECT x FROM two)",
        ),
        ("a JOIN -- wide\n narrow", "a JOIN -- wide\n narrow"),
    ],
)
def test_global_stands_where_a_right_side_is_sharded(sql: str, expected: str) -> None:
    once = made_global(tokens(sql), {"wide"})
    assert text_of(once) == expected
    assert made_global(tokens(expected), {"wide"}) == tokens(expected)


def test_a_view_over_a_view_over_a_sharded_table_is_one_too() -> None:
    renderer = Renderer("c")
    renderer.render("CREATE TABLE IF NOT EXISTS t (feed Int8, _partition UInt16, _offset Int64) ENGINE = MergeTree")
    renderer.render("CREATE OR REPLACE VIEW v AS SELECT * FROM t")
    assert renderer.render("CREATE OR REPLACE VIEW w AS SELECT 1 FROM x JOIN v USING (feed)") == [
        "CREATE OR REPLACE VIEW w ON CLUSTER c AS SELECT 1 FROM x GLOBAL JOIN v USING (feed)"
    ]


def test_a_change_reaches_the_tables_it_concerns() -> None:
    renderer = Renderer("c")
    renderer.render("CREATE TABLE IF NOT EXISTS t (feed Int8, _partition UInt16, _offset Int64) ENGINE = MergeTree")
    assert renderer.render("ALTER TABLE t ADD COLUMN x Int8") == [
        "ALTER TABLE t_local ON CLUSTER c ADD COLUMN x Int8", "ALTER TABLE t ON CLUSTER c ADD COLUMN x Int8",
    ]  # fmt: skip
    for command in ("ADD PROJECTION p (SELECT feed ORDER BY feed)", "ADD INDEX i feed TYPE minmax", "DELETE WHERE 1"):
        assert renderer.render(f"ALTER TABLE t {command}") == [f"ALTER TABLE t_local ON CLUSTER c {command}"]
    assert renderer.render("CREATE MATERIALIZED VIEW IF NOT EXISTS v TO o AS SELECT feed FROM t") == [
        "CREATE MATERIALIZED VIEW IF NOT EXISTS v ON CLUSTER c TO o AS SELECT feed FROM t_local"
    ]


@pytest.mark.parametrize("statement", [
    "OPTIMIZE TABLE t", "CREATE TABLE x (y Int8) ENGINE = Log", "CREATE TABLE x AS y", "CREATE TABLE x",
])  # fmt: skip
def test_what_no_rule_is_known_for_is_refused(statement: str) -> None:
    with pytest.raises(CannotRender, match=r"Log|OPTIMIZE TABLE|list its columns"):
        Renderer("c").render(statement)


@pytest.mark.integration
def test_the_engine_parses_every_statement_and_sees_on_cluster_in_it(clickhouse: EmbeddedClickHouse) -> None:
    client = connect(SinkConfig(kafka="", clickhouse_url=clickhouse.url))
    texts = [text for _, statements in rendered() for text in statements if not text.startswith("INSERT")]
    literals = ",".join("'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'" for text in texts)
    (row,) = client.query(
        f"SELECT groupArray(formatQueryOrNull(text)) FROM (SELECT arrayJoin([{literals}]) AS text)",  # noqa: S608 -- our own migrations
        settings={"max_query_size": "10000000"},
    ).result_rows
    client.close()
    assert [text for text, found in zip(texts, row[0], strict=True) if not found or "ON CLUSTER c" not in found] == []
