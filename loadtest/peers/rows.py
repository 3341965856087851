"""Count what is in a table."""

from loadtest.ledger import Asks


def count_rows(client: Asks, table: str) -> int:
    """Return the number of rows; ClickHouse knows it without reading them."""
    return int(client.query(f"SELECT count() FROM {table}").result_rows[0][0])  # noqa: S608 -- our own table's name


def count_unique(client: Asks, table: str) -> int:
    """Return how many rows differ in scan_id, exactly."""
    return int(client.query(f"SELECT uniqExact(scan_id) FROM {table}").result_rows[0][0])  # noqa: S608 -- the same
