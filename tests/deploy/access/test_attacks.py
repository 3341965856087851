"""Attempts of a commune's officer to see another commune's people, and of anybody to leave the tables they were given.

They ask the engine itself, without the door: what it refuses is refused wherever it runs.
"""

# ruff: noqa: S608 -- names of our own

import http.client

import pytest

from tests.deploy.access.looking import Looking
from tests.deploy.access.world import DATABASE, HOME, SPOTS

pytestmark = pytest.mark.integration

_ELSEWHERE = SPOTS[1]  # of the same district

_REFUSED = {
    "tables nobody was given": """
        SELECT * FROM vault_contacts
        SELECT * FROM identity_links
        SELECT * FROM scans
        SELECT * FROM visits(from = '2021-08-05 00:00:00', to = '2021-08-06 00:00:00')
        SELECT (SELECT any(subject) FROM scans)
        SELECT 1 WHERE 'x' IN scans
        WITH x AS (SELECT subject FROM scans) SELECT * FROM x
        SELECT * FROM declarations JOIN scans USING (subject)
        SELECT * FROM view(SELECT * FROM scans)
        SELECT * FROM merge('scanstream', '^(scans|vault_contacts)$')
        EXPLAIN SELECT * FROM scans
        EXPLAIN ESTIMATE SELECT * FROM scans
        EXPLAIN PIPELINE SELECT * FROM scans
        EXPLAIN QUERY TREE SELECT * FROM scans
        DESCRIBE scans
        SHOW CREATE TABLE scans
        SELECT hasColumnInTable('scanstream', 'scans', 'subject')
        SELECT * FROM mergeTreeIndex('scanstream', 'declarations')
        SELECT * FROM loop('scanstream', 'declarations')
    """,
    "the engine's own tables": """
        SELECT * FROM system.query_log
        SELECT * FROM system.processes
        SELECT * FROM system.users
        SELECT * FROM system.grants
        SELECT * FROM system.row_policies
        SELECT * FROM system.parts
        SELECT * FROM system.parts_columns
        SELECT * FROM system.errors
        SELECT * FROM system.settings_profile_elements
        SELECT * FROM system.stack_trace
        SELECT * FROM information_schema.tables
        SELECT * FROM other.secrets
        SHOW PROCESSLIST
        SHOW USERS
        SHOW CREATE USER test_commune
        KILL QUERY WHERE 1
    """,
    "files and other machines": """
        SELECT * FROM file('/etc/hostname', 'LineAsString')
        SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')
        SELECT * FROM url('file:///etc/hostname', 'LineAsString')
        SELECT * FROM remote('127.0.0.1:1', scanstream.scans)
        SELECT * FROM clusterAllReplicas('default', scanstream.scans)
        SELECT * FROM s3('http://127.0.0.1:1/bucket/a', 'CSV', 'a String')
        SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')
        SELECT * FROM postgresql('127.0.0.1:1', 'a', 'b', 'c', 'd')
        SELECT * FROM mongodb('127.0.0.1:1', 'd', 'c', 'u', 'p', 'a String')
        SELECT * FROM redis('127.0.0.1:1', 'k', 'k String')
        SELECT * FROM sqlite('/tmp/x', 't')
        SELECT * FROM executable('id', 'TSV', 'a String')
        SELECT * FROM filesystem('/etc')
        SELECT * FROM icebergLocal('/tmp/x')
        SELECT * FROM dictionary('d')
        SELECT * FROM eval('SELECT 1')
        SELECT * FROM declarations INTO OUTFILE '/tmp/never'
        BACKUP TABLE declarations TO File('/tmp/never')
        RESTORE TABLE declarations FROM File('/tmp/never')
    """,
    "settings and other users": """
        SET readonly = 0
        SELECT 1 SETTINGS readonly = 0
        SELECT * FROM declarations SETTINGS additional_table_filters = {'scanstream.declarations': '1'}
        SELECT * FROM declarations SETTINGS max_result_rows = 0
        SELECT 1 SETTINGS allow_get_client_http_header = 1
        SET ROLE scanstream_district
        EXECUTE AS default SELECT 1
        GRANT scanstream_district TO test_commune
        ALTER USER test_commune IDENTIFIED BY 'x'
        CREATE USER x
        CREATE ROW POLICY z ON declarations USING 1 TO test_commune
        DROP ROW POLICY test_commune ON declarations
    """,
    "changes": """
        INSERT INTO declarations (subject) VALUES ('x')
        ALTER TABLE declarations DELETE WHERE 1
        TRUNCATE TABLE declarations
        DROP TABLE declarations
        OPTIMIZE TABLE declarations
        CREATE TABLE x (a Int8) ENGINE = Memory
        CREATE TEMPORARY TABLE x (a Int8)
        CREATE VIEW x AS SELECT * FROM scans
        CREATE FUNCTION f AS x -> x
        CREATE DICTIONARY d (a UInt8) PRIMARY KEY a SOURCE(CLICKHOUSE(TABLE 'scans')) LAYOUT(FLAT()) LIFETIME(0)
        SYSTEM SHUTDOWN
        SYSTEM STOP LISTEN HTTP
        SYSTEM FLUSH LOGS
    """,
}
_ATTEMPTS = [(what, query.strip()) for what, text in _REFUSED.items() for query in text.strip().splitlines()]


def test_each_attempt_is_refused(looking: Looking) -> None:
    for what, query in _ATTEMPTS:
        answer = looking.ask("commune", query)
        assert answer.status != http.client.OK, (what, query, answer.text[:200])
        assert _ELSEWHERE.person not in answer.text


@pytest.mark.parametrize(
    "setting",
    [
        {"readonly": 0}, {"max_threads": 1}, {"additional_table_filters": "{'scanstream.declarations': '1'}"},
        {"role": "scanstream_district"}, {"profile": "default"}, {"enable_analyzer": 0}, {"max_execution_time": 0},
    ],
)  # fmt: skip
def test_no_setting_changes_by_the_address(looking: Looking, setting: dict[str, object]) -> None:
    answer = looking.ask("commune", "SELECT count() FROM declarations", **setting)
    assert answer.status != http.client.OK or answer.text == "1\n"


# Conditions that fail, and tell so, on a row of somebody else: none may be asked of such a row.
_TELLTALE = f"throwIf(commune_code = {_ELSEWHERE.commune})"
_SIDEWAYS = (
    f"SELECT count() FROM {{0}} WHERE {_TELLTALE}",
    f"SELECT count() FROM {{0}} WHERE NOT {_TELLTALE}",
    f"SELECT count() FROM {{0}} AS a JOIN (SELECT 1 AS x) AS b ON {_TELLTALE} = b.x",
    f"SELECT count() FROM (SELECT 1 AS x) AS b LEFT JOIN {{0}} AS a ON {_TELLTALE} = b.x",
    f"SELECT count() FROM {{0}} AS a JOIN {{0}} AS b USING (subject, commune_code) WHERE {_TELLTALE}",
    f"SELECT {_TELLTALE} AS z, count() FROM {{0}} GROUP BY z",
    f"SELECT 1 FROM {{0}} ORDER BY {_TELLTALE}",
    f"SELECT 1 FROM {{0}} LIMIT 1 BY {_TELLTALE}",
    f"SELECT count() FROM {{0}} ARRAY JOIN [{_TELLTALE}] AS z",
    f"SELECT sum({_TELLTALE}) OVER () FROM {{0}}",
    f"SELECT count() FROM {{0}} WHERE ({_TELLTALE} + 1) IN (SELECT 1)",
    f"SELECT count() FROM {{0}} WHERE toUInt8(concat('1', replaceOne(subject, '{HOME.person}', ''))) = 1",
)


@pytest.mark.parametrize("relation", ["declarations", "declarations_effective", "isolations_effective"])
def test_no_condition_is_asked_of_anothers_row(looking: Looking, relation: str) -> None:
    for query in _SIDEWAYS:
        answer = looking.ask("commune", query.format(relation))
        assert answer.status == http.client.OK, (query, answer.text)


def test_counts_minima_and_marks_of_parts_are_of_ones_own_rows(looking: Looking) -> None:
    own = str(HOME.commune)
    for query, wanted in (
        ("SELECT count() FROM declarations", "1"),
        ("SELECT uniqExact(subject) FROM declarations", "1"),
        ("SELECT min(commune_code), max(commune_code) FROM declarations", f"{own}\t{own}"),
        ("SELECT count() FROM declarations WHERE _part_offset >= 0", "1"),
        ("SELECT count() FROM merge('scanstream', '^declarations$')", "1"),
        (f"SELECT count() FROM declarations PREWHERE subject = '{_ELSEWHERE.person}'", "0"),
        (f"SELECT count() FROM {DATABASE}.declarations AS a, declarations AS b", "1"),
    ):
        assert looking.ask("commune", query).text == f"{wanted}\n", query


def test_a_password_is_asked_for(looking: Looking) -> None:
    wrong = Looking(looking.server, dict.fromkeys(looking.passwords, "wrong"))
    assert wrong.ask("commune", "SELECT 1").headers["x-clickhouse-exception-code"] in {"516", "194"}


def test_the_hours_quota_holds(looking: Looking) -> None:
    found = looking.ask("public", "SELECT max_queries, max_read_rows FROM system.quota_usage").text.split()
    assert found == ["600", "5000000000"]
